package catalogtest

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp/cmpopts"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
)

var feedTests = []test{
	{"an entry of content lists what was opened and closed", (*world).contentEntry},
	{"an entry of details lists the chunks that stayed", (*world).detailsEntry},
	{"text and details at once patch the chunks that stayed", (*world).contentAndDetails},
	{"a later change of the payload patches instead of an earlier one", (*world).latestPatch},
	{"details that no point carries write no entry", (*world).invisibleDetails},
	{"the payload is that of the document now", (*world).payloadNow},
	{"a taken document closes and patches nothing", (*world).takenEntry},
	{"pages are gapless and whole", (*world).feedPages},
	{"an entry that fits no chunk row is empty, not left out", (*world).emptyEntries},
	{"a reader that breaks off leaves nothing behind", (*world).feedBreak},
	{"a reader that writes between two entries is not blocked", (*world).writeWhileReading},
	{"a cancelled reader gets the error last", (*world).feedCancelled},
	{"marks of consumers are kept", (*world).consumerMarks},
	{"a consumer that follows the log holds what a view lists", (*world).followerEqualsView},
}

var (
	sortChunks = cmpopts.SortSlices(func(a, b index.Chunk) bool { return slices.Compare(a.ID[:], b.ID[:]) < 0 })
	sortIDs    = cmpopts.SortSlices(func(a, b index.ChunkID) bool { return slices.Compare(a[:], b[:]) < 0 })
	emptyIsNil = cmpopts.EquateEmpty()
)

func (w *world) equalEntry(what string, got, want index.Entry) {
	w.Helper()
	w.equal(what, got, want, sortChunks, sortIDs, emptyIsNil)
}

// at sets the interval of copies of the chunks.
func at(list []index.Chunk, from, until int64) []index.Chunk {
	out := slices.Clone(list)
	for i := range out {
		out[i].FromSeq, out[i].UntilSeq = from, until
	}
	return out
}

func (w *world) payload(id string) index.Payload {
	d := w.row(id)
	return d.IndexPayload()
}

func (w *world) contentEntry() {
	first := w.text("a", "one", "two")
	w.write(first)
	second := w.text("a", "two", "three")
	w.write(second)
	log := w.log(0)
	if len(log) != 2 {
		w.Fatalf("%d entries, want 2", len(log))
	}
	entry := index.Entry{Kind: index.EntryContent, Base: base, Source: source, Document: w.key("a"), Payload: w.payload("a")}
	want := entry
	want.Seq = 1
	want.Opened = append(at(first.Chunks[:1], 1, 2), at(second.Chunks[:1], 1, index.Open)...)
	w.equalEntry("first", log[0], want)
	want = entry
	want.Seq = 2
	want.Opened = at(second.Chunks[1:], 2, index.Open)
	want.Closed = at(first.Chunks[:1], 1, 2)
	w.equalEntry("second", log[1], want)
}

func (w *world) detailsEntry() {
	c := w.text("a", "one", "two")
	w.write(c)
	w.write(w.details("a", func(d *catalog.Details) {
		d.Labels, d.Facets, d.Owner = []string{"x", "y"}, map[string][]string{"plan": {"pro"}}, "ann"
	}))
	got := w.log(1)
	w.equal("entries", len(got), 1)
	w.equalEntry("details", got[0], index.Entry{
		Seq: 2, Kind: index.EntryDetails, Base: base, Source: source, Document: w.key("a"), Payload: w.payload("a"), Patched: idsOf(c.Chunks),
	})
	w.equal("labels", got[0].Payload.Texts[index.KeyLabel], []string{"x", "y"})
	w.equal("facet", got[0].Payload.Texts[index.KeyFacet+"plan"], []string{"pro"})
	w.equal("sequence of the payload", w.row("a").PayloadSeq, int64(2))
}

func (w *world) contentAndDetails() {
	first := w.text("a", "one", "two")
	w.write(first)
	d := w.row("a")
	d.Details.Labels = []string{"new"}
	second := content(d, "two", "three")
	w.write(second)
	w.equalEntry("entry", w.log(1)[0], index.Entry{
		Seq: 2, Kind: index.EntryContent, Base: base, Source: source, Document: d.Key, Payload: w.payload("a"),
		Opened: at(second.Chunks[1:], 2, index.Open), Closed: at(first.Chunks[:1], 1, 2), Patched: idsOf(second.Chunks[:1]),
	})
}

func (w *world) latestPatch() {
	w.write(w.text("a", "one"))
	w.write(w.details("a", func(d *catalog.Details) { d.Labels = []string{"x"} }))
	w.write(w.details("a", func(d *catalog.Details) { d.Labels = []string{"y"} }))
	log := w.log(0)
	w.equal("kinds", []index.EntryKind{log[0].Kind, log[1].Kind, log[2].Kind}, []index.EntryKind{index.EntryContent, index.EntryDetails, index.EntryDetails})
	w.equal("patched by the last", log[2].Patched, idsOf(w.chunksOf("a")))
	for _, e := range log {
		w.equal("payload", e.Payload.Texts[index.KeyLabel], []string{"y"})
	}
}

func (w *world) invisibleDetails() {
	w.write(w.text("a", "one"))
	w.equal("applied", w.write(w.details("a", func(d *catalog.Details) { d.URI = "https://example.org/moved" })), catalog.Applied{Seq: 1})
	w.equal("address at the reader's", w.vouch(1, idsOf(w.chunksOf("a"))...)[0].Document.URL, "https://example.org/moved")
}

func (w *world) payloadNow() {
	c := w.text("a", "one")
	c.Document.Details.Access = connectors.Access{Known: true, AnyOf: [][]connectors.Principal{{"group:staff"}}}
	w.write(c)
	w.write(w.details("a", func(d *catalog.Details) { d.Access = connectors.Public() }))
	for _, e := range w.log(0) {
		w.equal("principals", e.Payload.Texts[index.KeyPrincipal], []string{catalog.EverybodyPrincipal})
	}
}

func (w *world) takenEntry() {
	c := w.text("a", "one", "two")
	w.write(c)
	take := w.state("a", catalog.Hidden)
	take.Document.Details.Labels = []string{"changed too"}
	w.write(take)
	w.equalEntry("taken", w.log(1)[0], index.Entry{
		Seq: 2, Kind: index.EntryTaken, Base: base, Source: source, Document: w.key("a"), Payload: w.payload("a"), Closed: at(c.Chunks, 1, 2),
	})
}

func (w *world) feedPages() {
	const documents = 300 // more than a page of entries, in several rounds
	for round := range 3 {
		var changes []catalog.Change
		for i := range documents {
			changes = append(changes, w.text(fmt.Sprint(i), fmt.Sprintf("kept %d", i), fmt.Sprintf("%d in round %d", i, round)))
		}
		w.write(changes...)
	}
	log := w.log(0)
	w.equal("entries", len(log), 3*documents)
	for i, e := range log {
		round := i / documents
		opened, closed := 1, 1
		if round == 0 {
			opened, closed = 2, 0
		}
		if e.Seq != int64(i+1) || len(e.Opened) != opened || len(e.Closed) != closed || len(e.Patched) != 0 || e.Document != w.key(fmt.Sprint(i%documents)) {
			w.Fatalf("entry %d of round %d: seq %d, %d opened, %d closed, %d patched, document %s", i, round, e.Seq, len(e.Opened), len(e.Closed), len(e.Patched), e.Document)
		}
	}
	for _, mark := range []int64{1, 255, 256, 257, 511, 512, 513, 3*documents - 1, 3 * documents, 3*documents + 9} {
		w.equal(fmt.Sprintf("entries after %d", mark), len(w.log(mark)), max(0, 3*documents-int(mark)))
	}
}

func (w *world) emptyEntries() {
	w.write(w.text("a"))
	w.write(w.state("a", catalog.Removed))
	w.write(w.state("a", catalog.Excluded))
	log := w.log(0)
	w.equal("entries", len(log), 3)
	for _, e := range log {
		w.equal("rows", len(e.Opened)+len(e.Closed)+len(e.Patched), 0)
	}
}

func (w *world) feedBreak() {
	w.write(w.text("a", "one"), w.text("b", "one"))
	for range 20 { // more often than there are reading connections
		for e, err := range w.c.Since(w.ctx, 0) {
			w.ok(err)
			w.equal("first", e.Seq, int64(1))
			break
		}
	}
}

func (w *world) writeWhileReading() {
	w.write(w.text("a", "one"))
	n := 0
	for e, err := range w.c.Since(w.ctx, 0) {
		w.ok(err)
		n++
		if e.Seq == 1 {
			w.write(w.text("a", "two"))
		}
	}
	if n < 1 || n > 2 {
		w.Errorf("%d entries, want the one that was there, and perhaps the one that came", n)
	}
	w.equal("entries afterwards", len(w.log(0)), 2)
}

func (w *world) feedCancelled() {
	w.write(w.text("a", "one"))
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	n := 0
	for _, err := range w.c.Since(ctx, 0) {
		n++
		w.is(err, context.Canceled)
	}
	w.equal("yields", n, 1)
}

func (w *world) consumerMarks() {
	read := func(name string) int64 {
		w.Helper()
		n, err := w.c.ConsumerMark(w.ctx, name)
		w.ok(err)
		return n
	}
	w.equal("unknown", read("x"), int64(0))
	w.ok(w.c.SetConsumerMark(w.ctx, "x", 5))
	w.ok(w.c.SetConsumerMark(w.ctx, "y", 7))
	w.ok(w.c.SetConsumerMark(w.ctx, "x", 3)) // a rebuild goes back
	w.equal("marks", []int64{read("x"), read("y")}, []int64{3, 7})
}

// followerEqualsView follows the log as an Applier does and compares with the view.
func (w *world) followerEqualsView() {
	w.write(w.text("a", "one", "two"), w.text("b", "three"), w.text("c", "four"))
	w.write(w.details("a", func(d *catalog.Details) { d.Labels = []string{"x"} }))
	w.write(w.text("a", "two", "five"), w.state("b", catalog.Hidden))
	w.write(w.details("a", func(d *catalog.Details) { d.Class = "news" }))
	w.write(w.text("b", "three", "six"))
	got := follow(w.log(0))
	want := make(map[index.ChunkID]point)
	w.ok(w.c.View(w.ctx, func(v *catalog.View) error {
		w.equal("head", v.Head, w.head())
		for c, err := range v.OpenChunks(w.ctx) {
			w.ok(err)
			want[c.Chunk.ID] = point{c.Base, c.Stamp, c.Payload}
		}
		return nil
	}))
	w.equal("points", got, want)
}

// point is what a Store holds of a chunk.
type point struct {
	Base    string
	Stamp   index.Stamp
	Payload index.Payload
}

func follow(log []index.Entry) map[index.ChunkID]point {
	points := make(map[index.ChunkID]point)
	for _, e := range log {
		for _, c := range e.Opened {
			points[c.ID] = point{e.Base, index.Stamp{Input: c.Input, Payload: e.Payload.Hash(), Seq: e.Seq}, e.Payload}
		}
		for _, id := range e.Patched {
			p := points[id]
			p.Payload, p.Stamp.Payload, p.Stamp.Seq = e.Payload, e.Payload.Hash(), e.Seq
			points[id] = p
		}
		for _, c := range e.Closed {
			if p, ok := points[c.ID]; ok && p.Stamp.Seq < e.Seq {
				delete(points, c.ID)
			}
		}
	}
	return points
}
