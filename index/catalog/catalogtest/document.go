package catalogtest

import (
	"fmt"
	"slices"
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

var documentTests = []test{
	{"a row comes back with every field", (*world).rowComesBack},
	{"look-ups of any size find what is known", (*world).lookupSizes},
	{"a look-up says what decides", (*world).lookupSays},
	{"documents are listed by what they were not made with", (*world).notRecipes},
	{"what is removed or excluded does not return by itself", (*world).mayReturn},
	{"a free key is the first that nobody else holds", (*world).freeKey},
	{"a document that moves keeps its key, its chunks and its first sight", (*world).moves},
	{"a document takes over the ID of a placeholder", (*world).forgetsPlaceholder},
	{"a document with a text is never forgotten as a placeholder", (*world).placeholderWithText},
	{"what is not there is ErrNotFound", (*world).notThere},
}

func externalIDs(list []catalog.Document) []string {
	out := []string{}
	for _, d := range list {
		out = append(out, d.ExternalID)
	}
	return out
}

func sorted(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return out
}

func (w *world) rowComesBack() {
	c := w.text("a", "one", "two")
	d := &c.Document
	d.StateReason, d.StateAt = "because", start.Add(-time.Hour)
	d.Revision, d.Recipe, d.Words = "W/\"1\"\x00é", "r1", 42
	d.Content, d.Listed = index.HashTexts("c", "1"), index.HashTexts("l", "1")
	d.ConfirmedUntil, d.ConfirmedBy = start.Add(time.Hour), "ann"
	d.Details.Metadata = map[string]string{"<k>": "a&b \"c\" \u2028"}
	d.Details.Modified = start.Add(-time.Minute)
	w.apply(&catalog.Batch{Source: source, Pass: 9, Changes: []catalog.Change{c}})
	want := *d
	want.Payload, want.PayloadSeq, want.VersionSeq, want.Chunks = d.IndexPayload().Hash(), 1, 1, 2
	want.FirstSeen, want.Changed, want.Seen, want.SeenPass = start, start, start, 9
	w.equal("by ID", w.row("a"), want)
	byKey, err := w.c.DocumentByKey(w.ctx, want.Key)
	w.ok(err)
	w.equal("by key", byKey, want)
}

func (w *world) lookupSizes() {
	const n = 300 // more than two pages
	var changes []catalog.Change
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprintf("doc/%03d?é=%d", i, i))
		changes = append(changes, w.text(ids[i], "text"))
	}
	w.write(changes...)
	for _, size := range []int{0, 1, 2, 3, 4, 5, 127, 128, 129, 255, 256, 257, n} {
		got, err := w.c.Lookup(w.ctx, source, ids[:size])
		w.ok(err)
		w.equal(fmt.Sprintf("found of %d", size), len(got), size)
		for _, id := range ids[:size] {
			if got[id].ExternalID != id || got[id].Key == "" {
				w.Fatalf("look-up of %d: %q is told as %+v", size, id, got[id])
			}
		}
	}
	got, err := w.c.Lookup(w.ctx, source, []string{"unknown", ids[0], ids[0], ""})
	w.ok(err)
	w.equal("one of many", len(got), 1)
	got, err = w.c.Lookup(w.ctx, other, ids)
	w.ok(err)
	w.equal("in another source", len(got), 0)
}

func (w *world) lookupSays() {
	c := w.text("a", "one")
	c.Document.Revision, c.Document.Recipe, c.Document.Listed = "rev", "r1", index.HashTexts("l", "1")
	never := w.state("b", catalog.Excluded)
	never.Document.StateReason, never.Outcome = "noindex", catalog.Skipped
	w.write(c, never)
	got, err := w.c.Lookup(w.ctx, source, []string{"a", "b"})
	w.ok(err)
	w.equal("known", got, map[string]catalog.Known{
		"a": {Key: w.key("a"), ExternalID: "a", State: catalog.Present, Revision: "rev", Recipe: "r1", Listed: c.Document.Listed, TextHash: c.Document.TextHash, Versions: true},
		"b": {Key: w.key("b"), ExternalID: "b", State: catalog.Excluded, StateReason: "noindex"},
	})
}

func (w *world) freeKey() {
	key := func(id string) string {
		w.Helper()
		k, err := w.c.FreeKey(w.ctx, source, id)
		w.ok(err)
		return k
	}
	first := catalog.NewDocumentKey(source, "a", 0)
	w.equal("of a document never seen", key("a"), first)
	w.write(w.text("a", "one"))
	w.equal("of a document that has it", key("a"), first)
	moved := w.text("a", "one")
	moved.Document.ExternalID, moved.Outcome = "b", catalog.Moved
	w.write(moved)
	w.equal("after it moved away", key("a"), catalog.NewDocumentKey(source, "a", 1))
}

func (w *world) moves() {
	w.write(w.text("a", "one", "two"))
	before := w.row("a")
	chunks := w.chunksOf("a")
	w.pass(time.Hour)
	d := before
	d.ExternalID, d.Details.URI = "b", "https://example.org/b"
	w.equal("applied", w.write(catalog.Change{Document: d, Outcome: catalog.Moved}), catalog.Applied{Seq: 1})
	_, err := w.c.DocumentByID(w.ctx, source, "a")
	w.is(err, catalog.ErrNotFound)
	after := w.row("b")
	w.equal("key and first sight", []any{after.Key, after.FirstSeen}, []any{before.Key, before.FirstSeen})
	w.equal("chunks", w.chunksOf("b"), chunks)
	p := w.vouch(1, chunks[0].ID)[0].Document
	w.equal("told", []string{p.ExternalID, p.URL}, []string{"b", "https://example.org/b"})
}

func (w *world) forgetsPlaceholder() {
	w.write(w.text("a", "one"), w.state("b", catalog.Unreadable))
	placeholder := w.key("b")
	moved := w.text("a", "one")
	moved.Document.ExternalID, moved.Outcome, moved.Forget = "b", catalog.Moved, placeholder
	w.write(moved)
	_, err := w.c.DocumentByKey(w.ctx, placeholder)
	w.is(err, catalog.ErrNotFound)
	w.equal("key", w.key("b"), moved.Document.Key)
}

func (w *world) placeholderWithText() {
	w.write(w.text("a", "one"), w.text("b", "two"))
	b := w.row("b")
	c := w.text("a", "changed")
	c.Forget = b.Key
	w.write(c)
	w.equal("the other", w.row("b"), b)
}

func (w *world) notThere() {
	_, err := w.c.DocumentByKey(w.ctx, "x")
	w.is(err, catalog.ErrNotFound)
	_, err = w.c.DocumentByID(w.ctx, source, "x")
	w.is(err, catalog.ErrNotFound)
	_, err = w.c.LastText(w.ctx, "x")
	w.is(err, catalog.ErrNotFound)
	chunks, err := w.c.ChunksOf(w.ctx, "x")
	w.ok(err)
	w.equal("chunks", len(chunks), 0)
}

func (w *world) notRecipes() {
	for i := range 5 {
		c := w.text(fmt.Sprint("d", i), "one")
		c.Document.Recipe = fmt.Sprintf("form/%d|cut/1", i%3)
		w.write(c)
	}
	list := func(recipes ...string) []string {
		docs, err := w.c.Documents(w.ctx, catalog.DocumentFilter{Source: source, NotRecipes: recipes})
		w.ok(err)
		ids := []string{}
		for _, d := range docs {
			ids = append(ids, d.ExternalID)
		}
		slices.Sort(ids)
		return ids
	}
	w.equal("none left out", list(), []string{"d0", "d1", "d2", "d3", "d4"})
	w.equal("one", list("form/0|cut/1"), []string{"d1", "d2", "d4"})
	w.equal("two and an unknown one", list("form/0|cut/1", "form/1|cut/1", "form/9"), []string{"d2"})
	w.equal("all", list("form/0|cut/1", "form/1|cut/1", "form/2|cut/1"), []string{})
}

func (w *world) mayReturn() {
	var keys []string
	want := map[string]bool{}
	for i := range 140 {
		id := fmt.Sprint("d", i)
		w.write(w.text(id, "one"))
		state := []catalog.State{catalog.Present, catalog.Unreadable, catalog.Hidden, catalog.Removed, catalog.Excluded}[i%5]
		w.write(w.state(id, state))
		keys = append(keys, w.key(id))
		if i%5 < 3 {
			want[w.key(id)] = true
		}
	}
	got, err := w.c.MayReturn(w.ctx, append(keys, "unknown"))
	w.ok(err)
	w.equal("may return", got, want)
	got, err = w.c.MayReturn(w.ctx, nil)
	w.ok(err)
	w.equal("of none", got, map[string]bool{})
}
