package catalogtest

import (
	"slices"

	"freshet/index"
	"freshet/index/catalog"
)

var annotationTests = []test{
	{"a suppressed sentence is not served, from the moment that it was decided, until it changes", (*world).suppressSentence},
	{"a hidden document is served again when its text changes", (*world).hideDocument},
	{"a note that needs another document says nothing while that one is away", (*world).noteNeedsAnother},
	{"a passage is for whom its scope says", (*world).scopePassage},
	{"a disputed sentence and a stale document say so", (*world).tellDoubts},
	{"notes of a finding are replaced by kind", (*world).replaceNotes},
	{"notes go with their source", (*world).notesGoWithSource},
}

// note hangs a note on a document of the source.
func (w *world) note(id string, n index.Note) {
	w.Helper()
	n.Finding = "f-" + id
	w.ok(w.c.PutNotes(w.ctx, n.Finding, []catalog.DocumentNote{{Document: w.key(id), Note: n}}))
}

func (w *world) suppressSentence() {
	first := w.text("a", "It costs 5 €. It is blue.", "It is round.")
	mark := w.write(first).Seq
	ids := idsOf(first.Chunks)
	w.equal("before", shown(w.vouch(mark, ids...)), []string{"It costs 5 €. It is blue.", "It is round."})
	w.note("a", index.Note{Kind: index.NoteSuppress, Sentence: "It costs 5 €."})
	w.equal("suppressed", shown(w.vouch(mark, ids...)), []string{"It is round."})

	second := w.text("a", "Something else. It costs 5 €.", "It is round.")
	mark = w.write(second).Seq
	w.equal("moved within the page", shown(w.vouch(mark, idsOf(second.Chunks)...)), []string{"It is round."})

	third := w.text("a", "It costs 6 €. It is blue.", "It is round.")
	mark = w.write(third).Seq
	w.equal("changed", shown(w.vouch(mark, idsOf(third.Chunks)...)), []string{"It costs 6 €. It is blue.", "It is round."})
}

func (w *world) hideDocument() {
	first := w.text("a", "one", "two")
	mark := w.write(first).Seq
	w.note("a", index.Note{Kind: index.NoteHide, Text: first.Document.TextHash})
	w.equal("hidden", len(w.vouch(mark, idsOf(first.Chunks)...)), 0)
	second := w.text("a", "one", "three")
	mark = w.write(second).Seq
	w.equal("changed", shown(w.vouch(mark, idsOf(second.Chunks)...)), []string{"one", "three"})
}

func (w *world) noteNeedsAnother() {
	kept := w.text("kept", "same")
	w.write(kept)
	hidden := w.text("hidden", "same")
	mark := w.write(hidden).Seq
	ids := idsOf(hidden.Chunks)
	w.note("hidden", index.Note{Kind: index.NoteHide, Text: hidden.Document.TextHash, Needs: kept.Document.Key})
	w.equal("while the other is there", len(w.vouch(mark, ids...)), 0)
	for _, s := range []catalog.State{catalog.Hidden, catalog.Removed, catalog.Excluded} {
		mark = w.write(w.state("kept", s)).Seq
		w.equal("while the other is "+string(s), len(w.vouch(mark, ids...)), 1)
		mark = w.write(w.text("kept", "same")).Seq
		w.equal("when the other is back", len(w.vouch(mark, ids...)), 0)
	}
	w.ok(w.c.Exclude(w.ctx, kept.Document.Key, "ann"))
	w.equal("when a person excluded the other", len(w.vouch(mark, ids...)), 1)
	w.ok(w.c.Include(w.ctx, kept.Document.Key, "ann"))
	w.equal("when a person included it", len(w.vouch(mark, ids...)), 0)
}

func (w *world) scopePassage() {
	c := w.text("a", "It costs 5 €.", "It is round.")
	c.Document.Details.Facets = map[string][]string{"plan": {"free"}, "country": {"FR"}}
	mark := w.write(c).Seq
	w.note("a", index.Note{Kind: index.NoteScope, Sentence: "It costs 5 €.", Facets: map[string][]string{"plan": {"pro"}}})
	got := w.vouch(mark, idsOf(c.Chunks)...)
	slices.SortFunc(got, func(a, b index.Passage) int { return a.Chunk.Ord - b.Chunk.Ord })
	w.equal("scoped", got[0].Document.Facets, map[string][]string{"plan": {"pro"}, "country": {"FR"}})
	w.equal("the scope", got[0].Scope, &index.Scope{Finding: "f-a", Facets: map[string][]string{"plan": {"pro"}}})
	w.equal("the other passage", got[1].Document.Facets, map[string][]string{"plan": {"free"}, "country": {"FR"}})
}

func (w *world) tellDoubts() {
	c := w.text("a", "It costs 5 €.", "It is round.")
	mark := w.write(c).Seq
	w.ok(w.c.PutNotes(w.ctx, "f1", []catalog.DocumentNote{
		{Document: w.key("a"), Note: index.Note{Kind: index.NoteConflict, Finding: "f1", Sentence: "It costs 5 €.", Value: "5 €", OtherValue: "6 €", Other: "b", OtherTitle: "B", OtherURL: "https://example.org/b", Rule: "value", Suggested: "this"}},
		{Document: w.key("a"), Note: index.Note{Kind: index.NoteStale, Finding: "f1", Text: c.Document.TextHash, Score: 0.7, Reasons: []string{"expired_text"}}},
	}))
	got := w.vouch(mark, idsOf(c.Chunks)...)
	slices.SortFunc(got, func(a, b index.Passage) int { return a.Chunk.Ord - b.Chunk.Ord })
	conflict := index.Conflict{Finding: "f1", Rule: "value", Value: "5 €", OtherValue: "6 €", OtherDocument: "b", OtherTitle: "B", OtherURL: "https://example.org/b", Suggested: "this"}
	w.equal("disputed", got[0].Conflicts, []index.Conflict{conflict})
	w.equal("not disputed", len(got[1].Conflicts), 0)
	for _, p := range got {
		w.equal("stale", p.Doubt, &index.Doubt{Finding: "f1", Score: 0.7, Reasons: []string{"expired_text"}})
	}
}

func (w *world) replaceNotes() {
	w.write(w.text("a", "x"), w.text("b", "x"))
	a, b := w.key("a"), w.key("b")
	suppress := index.Note{Kind: index.NoteSuppress, Finding: "f", Sentence: "x", Needs: b}
	conflict := index.Note{Kind: index.NoteConflict, Finding: "f", Sentence: "x", Value: "1"}
	w.ok(w.c.PutNotes(w.ctx, "f", []catalog.DocumentNote{{Document: a, Note: suppress}, {Document: b, Note: conflict}}))
	conflict.Value = "2"
	w.ok(w.c.PutNotes(w.ctx, "f", []catalog.DocumentNote{{Document: a, Note: conflict}}, index.NoteConflict))
	got, err := w.c.NotesOf(w.ctx, a)
	w.ok(err)
	w.equal("of a", got, []index.Note{suppress, conflict})
	got, err = w.c.NotesOf(w.ctx, b)
	w.ok(err)
	w.equal("of b", len(got), 0)
	w.ok(w.c.PutNotes(w.ctx, "f", nil))
	got, err = w.c.NotesOf(w.ctx, a)
	w.ok(err)
	w.equal("all taken back", len(got), 0)
}

func (w *world) notesGoWithSource() {
	w.write(w.text("a", "x"))
	w.note("a", index.Note{Kind: index.NoteSuppress, Sentence: "x"})
	key := w.key("a")
	w.ok(w.c.RemoveSource(w.ctx, source))
	got, err := w.c.NotesOf(w.ctx, key)
	w.ok(err)
	w.equal("notes", len(got), 0)
}
