package catalogtest

import (
	"fmt"

	"freshet/index"
	"freshet/index/catalog"
)

var aroundTests = []test{
	{"a span is the chunks within its bounds", (*world).aroundSpans},
	{"spans that overlap give each chunk once", (*world).aroundOverlap},
	{"spans are read at the mark", (*world).aroundMark},
	{"many spans are answered whole", (*world).aroundMany},
	{"drafts, other bases and taken documents are refused", (*world).aroundRefused},
}

func (w *world) around(q index.AroundRequest) []string {
	w.Helper()
	list, err := w.c.Around(w.ctx, q)
	w.ok(err)
	return shown(list)
}

func (w *world) spans(mark int64, spans ...index.OrdSpan) []string {
	w.Helper()
	return w.around(index.AroundRequest{Base: base, Mark: mark, Spans: spans})
}

func (w *world) aroundSpans() {
	w.write(w.text("a", "a0", "a1", "a2", "a3"), w.text("b", "b0"))
	a, b := w.key("a"), w.key("b")
	for _, c := range []struct {
		span index.OrdSpan
		want []string
	}{
		{index.OrdSpan{Document: a, Lo: 1, Hi: 2}, []string{"a1", "a2"}},
		{index.OrdSpan{Document: a, Lo: 2, Hi: 2}, []string{"a2"}},
		{index.OrdSpan{Document: a, Lo: -3, Hi: 0}, []string{"a0"}},
		{index.OrdSpan{Document: a, Lo: 3, Hi: 99}, []string{"a3"}},
		{index.OrdSpan{Document: a, Lo: 4, Hi: 99}, []string{}},
		{index.OrdSpan{Document: a, Lo: 2, Hi: 1}, []string{}},
		{index.OrdSpan{Document: b, Lo: 0, Hi: 1}, []string{"b0"}},
		{index.OrdSpan{Document: "nobody", Lo: 0, Hi: 9}, []string{}},
	} {
		w.equal(fmt.Sprint(c.span), w.spans(2, c.span), c.want)
	}
	w.equal("none", w.spans(2), []string{})
}

func (w *world) aroundOverlap() {
	w.write(w.text("a", "a0", "a1", "a2"))
	a := w.key("a")
	w.equal("overlapping", w.spans(1, index.OrdSpan{Document: a, Lo: 0, Hi: 1}, index.OrdSpan{Document: a, Lo: 1, Hi: 2}, index.OrdSpan{Document: a, Lo: 1, Hi: 1}),
		[]string{"a0", "a1", "a2"})
}

func (w *world) aroundMark() {
	w.write(w.text("a", "a0", "a1", "a2"))
	w.write(w.text("a", "a0", "new", "a2"))
	s := index.OrdSpan{Document: w.key("a"), Lo: 0, Hi: 2}
	w.equal("at 0", w.spans(0, s), []string{})
	w.equal("at 1", w.spans(1, s), []string{"a0", "a1", "a2"})
	w.equal("at 2", w.spans(2, s), []string{"a0", "a2", "new"})
}

func (w *world) aroundMany() {
	var changes []catalog.Change
	var spans []index.OrdSpan
	var want []string
	for i := range 70 {
		text := fmt.Sprintf("%02d middle", i)
		c := w.text(fmt.Sprint(i), fmt.Sprintf("%02d before", i), text, fmt.Sprintf("%02d after", i))
		changes = append(changes, c)
		spans = append(spans, index.OrdSpan{Document: c.Document.Key, Lo: 1, Hi: 1})
		want = append(want, text)
	}
	w.write(changes...)
	for n := 1; n <= 70; n++ {
		w.equal(fmt.Sprintf("%d spans", n), w.spans(70, spans[:n]...), want[:n])
	}
}

func (w *world) aroundRefused() {
	c := w.text("a", "a0")
	w.write(c)
	q := index.AroundRequest{Base: "other", Mark: 1, Spans: []index.OrdSpan{{Document: c.Document.Key, Lo: 0, Hi: 0}}}
	w.equal("another base", w.around(q), []string{})
	q.Base = base
	w.ok(w.c.SetSourceState(w.ctx, source, catalog.Draft, ""))
	w.equal("draft", w.around(q), []string{})
	q.Drafts = true
	w.equal("draft, previewed", w.around(q), []string{"a0"})
	w.write(w.state("a", catalog.Hidden))
	w.equal("hidden", w.around(q), []string{})
}
