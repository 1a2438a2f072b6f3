package catalogtest

import (
	"encoding/json"
	"fmt"
	"time"

	"freshet/index/catalog"
)

var queryTests = []test{
	{"a question is kept as it was served", (*world).queryKept},
	{"an ID twice in a batch of questions keeps none", (*world).queriesWholeOrNothing},
	{"questions are listed newest first and by page", (*world).queriesListed},
	{"questions are found by base, key and state", (*world).queriesFound},
	{"feedback belongs to a question", (*world).feedback},
	{"old questions are forgotten with their feedback", (*world).forgetQueries},
}

func (w *world) queryKept() {
	q := catalog.Query{
		ID: "q1", Base: base, At: start, Key: "key_1", Text: "où est \"l'index\" ?", State: "answered", Mark: 9, Took: 1234 * time.Microsecond,
		Served: json.RawMessage(`[{"chunk":"c"}]`),
	}
	w.ok(w.c.LogQueries(w.ctx, []catalog.Query{q}))
	got, feedback, err := w.c.Query(w.ctx, "q1")
	w.ok(err)
	w.equal("question", got, q)
	w.equal("feedback", len(feedback), 0)
	_, _, err = w.c.Query(w.ctx, "q2")
	w.is(err, catalog.ErrNotFound)
	w.ok(w.c.LogQueries(w.ctx, nil))
}

func (w *world) queriesWholeOrNothing() {
	if err := w.c.LogQueries(w.ctx, []catalog.Query{{ID: "q1"}, {ID: "q2"}, {ID: "q1"}}); err == nil {
		w.Fatal("an ID twice was accepted")
	}
	list, err := w.c.Queries(w.ctx, "", 10)
	w.ok(err)
	w.equal("kept", len(list), 0)
}

func queryIDs(list []catalog.Query) []string {
	out := []string{}
	for _, q := range list {
		out = append(out, q.ID)
	}
	return out
}

// ask keeps ten questions, two at a time; the odd ones are of another base.
func (w *world) ask() {
	w.Helper()
	var list []catalog.Query
	for i := range 10 {
		list = append(list, catalog.Query{
			ID: fmt.Sprint("q", i), Base: []string{base, "second"}[i%2], At: start.Add(time.Duration(i/2) * time.Minute),
			Key: fmt.Sprint("key_", i%3), State: []string{"answered", "no_answer"}[i/5],
		})
	}
	w.ok(w.c.LogQueries(w.ctx, list))
}

func (w *world) queriesListed() {
	w.ask()
	want := []string{"q8", "q9", "q6", "q7", "q4", "q5", "q2", "q3", "q0", "q1"}
	list, err := w.c.Queries(w.ctx, "", 100)
	w.ok(err)
	w.equal("all", queryIDs(list), want)
	list, err = w.c.Queries(w.ctx, base, 2)
	w.ok(err)
	w.equal("of a base", queryIDs(list), []string{"q8", "q6"})
	var got []string
	after := ""
	for range 4 {
		page, err := w.c.FindQueries(w.ctx, catalog.QueryFilter{After: after, Limit: 3})
		w.ok(err)
		got = append(got, queryIDs(page)...)
		after = page[len(page)-1].ID
	}
	w.equal("pages", got, want)
}

func (w *world) queriesFound() {
	w.ask()
	for name, c := range map[string]struct {
		filter catalog.QueryFilter
		want   []string
	}{
		"bases":             {catalog.QueryFilter{Bases: []string{"second", "third"}}, []string{"q9", "q7", "q5", "q3", "q1"}},
		"a key":             {catalog.QueryFilter{Key: "key_1"}, []string{"q4", "q7", "q1"}},
		"a state":           {catalog.QueryFilter{State: "answered"}, []string{"q4", "q2", "q3", "q0", "q1"}},
		"all of them":       {catalog.QueryFilter{Bases: []string{base}, Key: "key_0", State: "answered"}, []string{"q0"}},
		"nothing":           {catalog.QueryFilter{Key: "key_9"}, []string{}},
		"behind a stranger": {catalog.QueryFilter{After: "q99"}, []string{}},
	} {
		list, err := w.c.FindQueries(w.ctx, c.filter)
		w.ok(err)
		if name == "a key" {
			w.equal(name, sorted(queryIDs(list)), sorted(c.want))
			continue
		}
		w.equal(name, queryIDs(list), c.want)
	}
}

func (w *world) feedback() {
	w.ask()
	w.pass(time.Hour)
	w.ok(w.c.AddFeedback(w.ctx, catalog.Feedback{QueryID: "q1", Chunk: "c", Verdict: "wrong", Comment: "no"}))
	w.ok(w.c.AddFeedback(w.ctx, catalog.Feedback{QueryID: "q1", Verdict: "helpful"}))
	w.ok(w.c.AddFeedback(w.ctx, catalog.Feedback{QueryID: "q2", Verdict: "outdated"}))
	w.is(w.c.AddFeedback(w.ctx, catalog.Feedback{QueryID: "q99", Verdict: "wrong"}), catalog.ErrNotFound)
	_, got, err := w.c.Query(w.ctx, "q1")
	w.ok(err)
	later := start.Add(time.Hour)
	w.equal("feedback", got, []catalog.Feedback{
		{QueryID: "q1", Chunk: "c", Verdict: "wrong", Comment: "no", At: later}, {QueryID: "q1", Verdict: "helpful", At: later},
	})
}

func (w *world) forgetQueries() {
	w.ask()
	w.ok(w.c.AddFeedback(w.ctx, catalog.Feedback{QueryID: "q1", Verdict: "wrong"}))
	w.ok(w.c.AddFeedback(w.ctx, catalog.Feedback{QueryID: "q9", Verdict: "wrong"}))
	w.ok(w.c.ForgetQueries(w.ctx, start.Add(3*time.Minute)))
	list, err := w.c.Queries(w.ctx, "", 100)
	w.ok(err)
	w.equal("kept", queryIDs(list), []string{"q8", "q9", "q6", "q7"})
	_, feedback, err := w.c.Query(w.ctx, "q9")
	w.ok(err)
	w.equal("feedback kept", len(feedback), 1)
	w.ok(w.c.LogQueries(w.ctx, []catalog.Query{{ID: "q1", At: start}})) // the ID is free again
	_, feedback, err = w.c.Query(w.ctx, "q1")
	w.ok(err)
	w.equal("feedback on a question that was forgotten", len(feedback), 0)
}
