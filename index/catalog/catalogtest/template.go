package catalogtest

import (
	"time"

	"freshet/index/catalog"
)

var templateTests = []test{
	{"what was learned is kept as it is", (*world).templatesAreKept},
	{"texts that come, change or go are counted, until they were learned from", (*world).textsAreCounted},
	{"what a document leaves out is kept with it", (*world).leftOutIsKept},
	{"a change of our own doing is no sight", (*world).unaskedIsNoSight},
	{"a removed source leaves no templates", (*world).templatesGoWithTheSource},
}

func (w *world) templatesOf() catalog.Templates {
	w.Helper()
	t, err := w.c.TemplatesOf(w.ctx, source)
	w.ok(err)
	return t
}

func (w *world) learnt(t catalog.Templates) {
	w.Helper()
	w.apply(&catalog.Batch{Source: source, Templates: &t})
}

func (w *world) templatesAreKept() {
	w.equal("before", w.templatesOf(), catalog.Templates{})
	t := catalog.Templates{Digest: "d", Learned: start, Pages: 12, Applied: true, Blocks: []catalog.TemplateBlock{
		{Hash: 1<<64 - 1, Part: "html fr é\"", Everywhere: true, Times: 2, Pages: 11, Of: 12, Keeper: "k", Address: "https://example.org/", Text: "Menu"}}}
	w.learnt(t)
	w.equal("after", w.templatesOf(), t)
	t.Digest, t.Applied, t.Blocks = "e", false, []catalog.TemplateBlock{}
	w.learnt(t)
	w.equal("replaced", w.templatesOf(), t)
	none, err := w.c.TemplatesOf(w.ctx, other)
	w.ok(err)
	w.equal("of another source", none, catalog.Templates{})
}

func (w *world) textsAreCounted() {
	w.write(w.text("a", "one"), w.text("b", "one"))
	w.equal("two came", w.templatesOf().Changed, 2)
	w.write(w.text("a", "other"), w.details("b", func(d *catalog.Details) { d.Title = "B" }))
	w.equal("one changed", w.templatesOf().Changed, 3)
	w.write(w.state("b", catalog.Hidden))
	w.equal("one went", w.templatesOf().Changed, 4)
	w.write(w.state("b", catalog.Removed))
	w.equal("what was gone went on", w.templatesOf().Changed, 4)
	w.ok(w.c.Exclude(w.ctx, w.key("a"), "me"))
	w.equal("a person took one", w.templatesOf().Changed, 5)
	w.learnt(catalog.Templates{Digest: "d", Learned: start, Changed: 4})
	w.equal("learned before the last", w.templatesOf().Changed, 1)
	w.ok(w.c.Include(w.ctx, w.key("a"), "me"))
	w.equal("it came back", w.templatesOf().Changed, 2)
}

func (w *world) leftOutIsKept() {
	c := w.text("a", "one")
	c.Document.LeftOut, c.Document.LeftOutMark = 3, "mark"
	w.write(c)
	d := w.row("a")
	w.equal("row", []any{d.LeftOut, d.LeftOutMark}, []any{3, "mark"})
	d.LeftOut, d.LeftOutMark = 0, ""
	again := catalog.Change{Document: d, Outcome: catalog.Reprocessed, Content: true, Chunks: cut(&d, "one", "footer")}
	w.write(again)
	d = w.row("a")
	w.equal("row with all", []any{d.LeftOut, d.LeftOutMark, d.Chunks}, []any{0, "", 2})
}

func (w *world) unaskedIsNoSight() {
	w.write(w.text("a", "one"))
	w.apply(&catalog.Batch{Source: source, Missed: []catalog.Missed{{Document: w.key("a"), Count: 1, Since: start}}})
	before := w.stampOf("a")
	w.pass(time.Hour)
	d := w.row("a")
	w.write(catalog.Change{Document: d, Outcome: catalog.Reprocessed, Content: true, Chunks: cut(&d, "two"), Unasked: true})
	w.equal("stamp", w.stampOf("a"), before)
	w.equal("chunks", textsOf(w.chunksOf("a")), []string{"two"})
}

func (w *world) templatesGoWithTheSource() {
	w.write(w.text("a", "one"))
	w.learnt(catalog.Templates{Digest: "d", Learned: start})
	w.ok(w.c.RemoveSource(w.ctx, source))
	w.equal("templates", w.templatesOf(), catalog.Templates{})
}
