package catalogtest

import (
	"encoding/json"
	"fmt"
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

var standingTests = []test{
	{"usage counts documents once an answer", (*world).usageCounts},
	{"feedback is about the document of its passage", (*world).usageRated},
	{"usage of a long ledger is counted once", (*world).usagePages},
	{"a ledger of another form counts for nothing", (*world).usageForeign},
	{"a text is first seen when it came, and not when it was read again", (*world).firstSeen},
	{"passages without vectors of a space are counted", (*world).withoutVectors},
	{"removals that wait for approval are known by document", (*world).pendingRemovals},
}

// served is what the ledger keeps of an answer with passages of documents.
func served(keys ...string) json.RawMessage {
	type hit struct {
		Chunk  string   `json:"chunk_id"`
		Joined []string `json:"joined,omitempty"`
		Key    string   `json:"key"`
	}
	hits := make([]hit, len(keys))
	for i, k := range keys {
		hits[i] = hit{fmt.Sprint("c", i), []string{fmt.Sprint("j", i)}, k}
	}
	text, _ := json.Marshal(map[string]any{"hits": hits}) // plain data
	return text
}

func (w *world) usageCounts() {
	w.ok(w.c.LogQueries(w.ctx, []catalog.Query{
		{ID: "old", Base: base, At: start.Add(-time.Hour), State: "found", Served: served("a")},
		{ID: "q1", Base: base, At: start, State: "found", Served: served("a", "a", "b", "c")},
		{ID: "q2", Base: base, At: start.Add(time.Minute), State: "none", Served: served("a")},
		{ID: "q3", Base: "second", At: start.Add(time.Minute), State: "found", Served: served("a")},
	}))
	got, err := w.c.Usage(w.ctx, base, start)
	w.ok(err)
	w.equal("usage", got, catalog.Usage{Oldest: start.Add(-time.Hour), Documents: map[string]catalog.DocumentUsage{
		"a": {Retrievals: 2, Answers: 1}, "b": {Retrievals: 1, Answers: 1}, "c": {Retrievals: 1},
	}})
	got, err = w.c.Usage(w.ctx, "third", start)
	w.ok(err)
	w.equal("of a base that nobody asked", got, catalog.Usage{Documents: map[string]catalog.DocumentUsage{}})
}

func (w *world) usageRated() {
	w.ok(w.c.LogQueries(w.ctx, []catalog.Query{{ID: "q1", Base: base, At: start, State: "found", Served: served("a", "b")}, {ID: "q2", Base: base, At: start, State: "found", Served: served("a", "b")}}))
	for _, f := range []catalog.Feedback{
		{QueryID: "q1", Verdict: "helpful"}, {QueryID: "q1", Chunk: "c0", Verdict: "outdated"}, {QueryID: "q1", Chunk: "j1", Verdict: "helpful"},
		{QueryID: "q1", Chunk: "stranger", Verdict: "wrong"}, {QueryID: "q2", Verdict: "not_helpful"}, {QueryID: "q2", Verdict: "wrong"},
	} {
		w.ok(w.c.AddFeedback(w.ctx, f))
	}
	got, err := w.c.Usage(w.ctx, base, start)
	w.ok(err)
	w.equal("usage", got.Documents, map[string]catalog.DocumentUsage{"a": {Retrievals: 2, Answers: 2, Rated: 2, Bad: 2}, "b": {Retrievals: 2, Answers: 2, Rated: 1}})
}

func (w *world) usagePages() {
	const n = 4_500
	var list []catalog.Query
	for i := range n {
		list = append(list, catalog.Query{ID: fmt.Sprintf("q%05d", i), Base: base, At: start.Add(time.Duration(i/1000) * time.Second), State: "found", Served: served("a")})
	}
	w.ok(w.c.LogQueries(w.ctx, list))
	w.ok(w.c.AddFeedback(w.ctx, catalog.Feedback{QueryID: "q00003", Verdict: "wrong"}))
	w.ok(w.c.AddFeedback(w.ctx, catalog.Feedback{QueryID: "q04400", Verdict: "wrong"}))
	got, err := w.c.Usage(w.ctx, base, start)
	w.ok(err)
	w.equal("usage", got.Documents, map[string]catalog.DocumentUsage{"a": {Retrievals: n, Answers: n, Rated: 2, Bad: 2}})
}

func (w *world) usageForeign() {
	w.ok(w.c.LogQueries(w.ctx, []catalog.Query{{ID: "q1", Base: base, At: start, Served: json.RawMessage(`[1]`)}, {ID: "q2", Base: base, At: start, Served: json.RawMessage(`{`)}, {ID: "q3", Base: base, At: start}}))
	got, err := w.c.Usage(w.ctx, base, start)
	w.ok(err)
	w.equal("usage", len(got.Documents), 0)
}

func (w *world) firstSeen() {
	w.write(w.text("a", "one"), w.text("b", "two"))
	w.pass(time.Hour)
	w.write(w.text("a", "one, bettered"), w.text("b", "two"))
	w.pass(time.Hour)
	got, err := w.c.TextsFirstSeen(w.ctx, []string{w.key("a"), w.key("b"), "stranger"})
	w.ok(err)
	w.equal("first seen", got, map[string]time.Time{w.key("a"): start.Add(time.Hour), w.key("b"): start})
	got, err = w.c.TextsFirstSeen(w.ctx, nil)
	w.ok(err)
	w.equal("of none", len(got), 0)
}

func (w *world) withoutVectors() {
	w.write(w.text("a", "one", "two", "three"), w.text("b", "four"))
	chunks := w.chunksOf("a")
	w.ok(w.c.PutVectors(w.ctx, "fp", map[index.Hash]catalog.Vector{
		chunks[0].Input: {Values: []float32{1}}, chunks[1].Input: {Refused: "too long"}, w.chunksOf("b")[0].Input: {Values: []float32{1}},
	}))
	got, err := w.c.WithoutVectors(w.ctx, "fp", []string{w.key("a"), w.key("b")})
	w.ok(err)
	w.equal("without", got, map[string]int{w.key("a"): 1})
	got, err = w.c.WithoutVectors(w.ctx, "another", []string{w.key("b")})
	w.ok(err)
	w.equal("of another space", got, map[string]int{w.key("b"): 1})
}

func (w *world) pendingRemovals() {
	w.write(w.text("a", "one"), w.text("b", "two"))
	w.apply(&catalog.Batch{Source: source, Holds: []catalog.Hold{
		{Source: source, Document: w.key("a"), Action: catalog.ActRemove, Evidence: "gone", State: catalog.HoldPending},
		{Source: source, Document: w.key("b"), Action: catalog.ActExclude, Evidence: "rule", State: catalog.HoldPending},
	}})
	got, err := w.c.PendingRemovals(w.ctx)
	w.ok(err)
	w.equal("pending", len(got), 1)
	w.equal("evidence", got[w.key("a")].Evidence, "gone")
}
