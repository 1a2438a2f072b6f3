package catalogtest

import (
	"fmt"
	"strings"

	"freshet/index"
	"freshet/index/catalog"
)

var chunkTests = []test{
	{"new chunks are opened with all their fields", (*world).chunksOpened},
	{"equal chunks stay in their rows and the others close", (*world).chunksKept},
	{"a chunk whose input changed is closed and opened anew", (*world).inputChanged},
	{"a chunk that moves within its document keeps its row", (*world).chunkMoves},
	{"a chunk that moves to another page keeps its row", (*world).pageMoves},
	{"the same text twice is two chunks", (*world).repeatedTexts},
	{"a chunk that was closed can be opened again", (*world).reopened},
	{"states that no longer serve close every chunk", (*world).statesClose},
	{"an unreadable document keeps its chunks", (*world).unreadableKeeps},
	{"a reprocessed document gets other chunks and keeps its version", (*world).reprocessed},
	{"a document may have no chunks, and many", (*world).noneAndMany},
	{"hostile texts come back byte for byte", (*world).hostileTexts},
}

func (w *world) chunksOpened() {
	c := w.text("a", "one")
	c.Chunks = []index.Chunk{{
		ID: index.NewChunkID(c.Document.Key, nil, "x", 0), Document: c.Document.Key, Ord: 0, Kind: index.FAQ, Title: "T", Heading: []string{"A", "B/C"},
		Question: "Why?", Text: "Because", Locale: "fr-CA", Words: 12, Start: 5, End: 12, Page: 31, Input: index.HashTexts("i", "1"),
	}, {
		ID: index.NewChunkID(c.Document.Key, nil, "y", 0), Document: c.Document.Key, Ord: 1, Kind: index.Table, Text: "no heading",
	}}
	done := w.write(c)
	w.equal("applied", done, catalog.Applied{Seq: 1, Written: 2})
	want := append([]index.Chunk{}, c.Chunks...)
	for i := range want {
		want[i].FromSeq, want[i].UntilSeq = 1, index.Open
	}
	w.equal("chunks", w.chunksOf("a"), want)
	w.equal("count in the document", w.row("a").Chunks, 2)
}

func (w *world) chunksKept() {
	w.write(w.text("a", "one", "two", "three"))
	before := w.chunksOf("a")
	done := w.write(w.text("a", "one", "2", "three"))
	w.equal("applied", done, catalog.Applied{Seq: 2, Written: 1, Kept: 2})
	after := w.chunksOf("a")
	w.equal("texts", textsOf(after), []string{"one", "2", "three"})
	w.equal("from", []int64{after[0].FromSeq, after[1].FromSeq, after[2].FromSeq}, []int64{1, 2, 1})
	closed := w.log(1)[0].Closed
	want := before[1]
	want.UntilSeq = 2
	w.equal("closed", closed, []index.Chunk{want})
}

func (w *world) inputChanged() {
	w.write(w.text("a", "one", "two"))
	before := w.chunksOf("a")
	c := w.text("a", "one", "two")
	c.Chunks[0].Title = "Renamed"
	c.Chunks[0].Input = c.Chunks[0].InputHash("enc/1")
	w.equal("applied", w.write(c), catalog.Applied{Seq: 2, Written: 1, Kept: 1})
	after := w.chunksOf("a")
	w.equal("the same ID", after[0].ID, before[0].ID)
	w.equal("the new row", [2]int64{after[0].FromSeq, after[0].UntilSeq}, [2]int64{2, index.Open})
	w.equal("at 1", w.vouch(1, before[0].ID)[0].Chunk.Title, "Title of a")
	w.equal("at 2", w.vouch(2, before[0].ID)[0].Chunk.Title, "Renamed")
}

func (w *world) chunkMoves() {
	w.write(w.text("a", "one", "two", "three"))
	w.equal("applied", w.write(w.text("a", "zero", "three", "one", "two")), catalog.Applied{Seq: 2, Written: 1, Kept: 3})
	got := w.chunksOf("a")
	want := cut(&catalog.Document{Key: w.key("a"), Details: catalog.Details{Title: "Title of a"}}, "zero", "three", "one", "two")
	for i := range want {
		want[i].FromSeq, want[i].UntilSeq = 1, index.Open
	}
	want[0].FromSeq = 2
	w.equal("chunks", got, want)
	e := w.log(1)[0]
	w.equal("opened", textsOf(e.Opened), []string{"zero"})
	w.equal("closed", len(e.Closed), 0)
}

func (w *world) pageMoves() {
	first := w.text("a", "one", "two")
	first.Chunks[0].Page, first.Chunks[1].Page = 1, 1
	w.write(first)
	next := w.text("a", "one", "two")
	next.Chunks[0].Page, next.Chunks[1].Page = 1, 2
	w.equal("shown before", w.vouch(1, next.Chunks[1].ID)[0].Chunk.Page, 1)
	w.equal("applied", w.write(next), catalog.Applied{Seq: 2, Kept: 2})
	w.equal("shown", w.vouch(2, next.Chunks[1].ID)[0].Chunk.Page, 2)
	got := w.chunksOf("a")
	w.equal("pages", []int{got[0].Page, got[1].Page}, []int{1, 2})
	w.equal("opened", len(w.log(1)[0].Opened), 0)
}

func (w *world) repeatedTexts() {
	w.write(w.text("a", "same", "same", "same"))
	w.equal("three", textsOf(w.chunksOf("a")), []string{"same", "same", "same"})
	w.equal("applied", w.write(w.text("a", "same")), catalog.Applied{Seq: 2, Kept: 1})
	w.equal("one", textsOf(w.chunksOf("a")), []string{"same"})
	w.equal("closed", len(w.log(1)[0].Closed), 2)
	w.equal("applied again", w.write(w.text("a", "same", "same")), catalog.Applied{Seq: 3, Written: 1, Kept: 1})
}

func (w *world) reopened() {
	w.write(w.text("a", "one"))
	id := w.chunksOf("a")[0].ID
	w.write(w.text("a", "two"))
	w.write(w.text("a", "one"))
	for mark, want := range map[int64]int{0: 0, 1: 1, 2: 0, 3: 1, 4: 1} {
		w.equal(fmt.Sprintf("passages at %d", mark), len(w.vouch(mark, id)), want)
	}
}

func (w *world) statesClose() {
	for _, s := range []catalog.State{catalog.Hidden, catalog.Removed, catalog.Excluded} {
		id := string(s)
		w.write(w.text(id, "one", "two"))
		seq := w.write(w.state(id, s)).Seq
		e := w.log(seq - 1)[0]
		w.equal("kind", e.Kind, index.EntryTaken)
		w.equal("closed", len(e.Closed), 2)
		w.equal("open", len(w.chunksOf(id)), 0)
		d := w.row(id)
		w.equal("row", []any{d.State, d.Chunks}, []any{s, 0})
		w.equal("restored", w.write(w.text(id, "one", "two")).Written, 2)
		w.equal("state", w.row(id).State, catalog.Present)
	}
}

func (w *world) unreadableKeeps() {
	w.write(w.text("a", "one", "two"))
	w.equal("applied", w.write(w.state("a", catalog.Unreadable)), catalog.Applied{Seq: 1})
	got := w.vouch(1, idsOf(w.chunksOf("a"))...)
	w.equal("served", shown(got), []string{"one", "two"})
	w.equal("says that it is an old copy", got[0].Document.Unreadable, true)
}

func (w *world) reprocessed() {
	w.write(w.text("a", "one", "two"))
	text, err := w.c.Text(w.ctx, w.key("a"), index.Open)
	w.ok(err)
	c := w.text("a", "one two")
	c.Text, c.Outcome = nil, catalog.Reprocessed
	w.equal("applied", w.write(c), catalog.Applied{Seq: 2, Written: 1})
	w.equal("chunks", textsOf(w.chunksOf("a")), []string{"one two"})
	w.equal("kind", w.log(1)[0].Kind, index.EntryContent)
	for _, seq := range []int64{1, 2, index.Open} {
		after, err := w.c.Text(w.ctx, w.key("a"), seq)
		w.ok(err)
		w.equal("text", after, text)
	}
}

func (w *world) noneAndMany() {
	w.equal("none", w.write(w.text("empty")), catalog.Applied{Seq: 1})
	w.equal("kind", w.log(0)[0].Kind, index.EntryContent)
	many := make([]string, 5000)
	for i := range many {
		many[i] = fmt.Sprint("chunk ", i)
	}
	w.equal("many", w.write(w.text("many", many...)), catalog.Applied{Seq: 2, Written: 5000})
	w.equal("taken", len(w.log(2)), 0)
	w.write(w.state("many", catalog.Removed))
	w.equal("closed", len(w.log(2)[0].Closed), 5000)
}

func (w *world) hostileTexts() {
	texts := []string{
		"'; DROP TABLE chunks; --", "?1 $1 :a @b", "emoji \U0001F600 and \u202e reversed", "a\nb\r\n\tc", strings.Repeat("long ", 50_000), "é decomposed e\u0301", "%_\\",
	}
	w.write(w.text("'; DELETE FROM documents; --", texts...))
	w.equal("texts", textsOf(w.chunksOf("'; DELETE FROM documents; --")), texts)
}
