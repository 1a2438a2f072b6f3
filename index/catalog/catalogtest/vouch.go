package catalogtest

import (
	"fmt"
	"time"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
)

var vouchTests = []test{
	{"a passage says all of its chunk and its document", (*world).passageIsWhole},
	{"a row is shown from the entry that opened it up to the one that closed it", (*world).vouchAtMark},
	{"what was taken is refused at every mark at once", (*world).takenAtOnce},
	{"chunks of another base are refused", (*world).vouchOtherBase},
	{"chunks of a draft are for those who ask for drafts", (*world).vouchDrafts},
	{"sources that are paused, detached or need someone still serve", (*world).vouchSourceStates},
	{"unknown and repeated IDs and empty lists are no error", (*world).vouchUnknown},
	{"lists of 1 to 70 IDs are answered whole", (*world).vouchSizes},
	{"the source's owner and review time stand in for missing ones", (*world).vouchDefaults},
	{"details changed a moment ago are what is told", (*world).vouchFreshDetails},
	{"more documents than the cache holds are told apart", (*world).vouchManyDocuments},
	{"a confirmation and a sight are told", (*world).vouchTimes},
}

func (w *world) passageIsWhole() {
	d := w.row("a")
	d.Details = catalog.Details{
		URI: "https://example.org/a", EditURI: "https://example.org/edit", Canonical: "https://example.org/c", Path: []string{"Help", "Prices"},
		Title: "Prices & plans", MediaType: "text/html", Form: "html", Locale: "en", TranslationGroup: "g1", Created: start.Add(-48 * time.Hour),
		Modified: start.Add(-24 * time.Hour), Owner: "ann", Labels: []string{"x", "y"}, Facets: map[string][]string{"plan": {"pro", "free"}},
		Class: "pricing", ReviewEvery: 30 * 24 * time.Hour, Metadata: map[string]string{"k": "v"}, Access: connectors.Public(), PartOf: "p",
	}
	c := content(d, "one")
	w.write(c)
	got := w.vouch(1, c.Chunks[0].ID)
	w.equal("passage", got, []index.Passage{{
		Chunk: at(c.Chunks, 1, index.Open)[0],
		Document: index.DocumentInfo{
			Key: d.Key, Source: source, ExternalID: "a", Base: base, Title: "Prices & plans", URL: "https://example.org/a", Canonical: "https://example.org/c",
			Path: []string{"Help", "Prices"}, Locale: "en", Labels: []string{"x", "y"}, Facets: map[string][]string{"plan": {"pro", "free"}}, Class: "pricing",
			Owner: "ann", Created: start.Add(-48 * time.Hour), Modified: start.Add(-24 * time.Hour), Checked: start, ReviewEvery: 30 * 24 * time.Hour,
			Translation: "g1", PartOf: "p", Form: "html", SourceState: "published",
		},
	}})
	w.equal("row", w.row("a").Details, d.Details)
}

func (w *world) vouchAtMark() {
	w.write(w.text("other", "x"))
	first := w.text("a", "one", "stays")
	w.write(first)
	w.write(w.text("other", "y"))
	second := w.text("a", "two", "stays")
	w.write(second)
	ids := append(idsOf(first.Chunks), idsOf(second.Chunks)...)
	for mark, want := range [][]string{{}, {}, {"one", "stays"}, {"one", "stays"}, {"stays", "two"}, {"stays", "two"}} {
		w.equal(fmt.Sprintf("shown at %d", mark), shown(w.vouch(int64(mark), ids...)), want)
	}
}

func (w *world) takenAtOnce() {
	for _, s := range []catalog.State{catalog.Hidden, catalog.Removed, catalog.Excluded} {
		c := w.text(string(s), "one")
		seq := w.write(c).Seq
		w.equal("shown", len(w.vouch(seq, c.Chunks[0].ID)), 1)
		after := w.write(w.state(string(s), s)).Seq
		for _, mark := range []int64{seq, after, after + 10} {
			w.equal(fmt.Sprintf("%s at %d", s, mark), len(w.vouch(mark, c.Chunks[0].ID)), 0)
		}
		w.write(w.text(string(s), "one"))
		w.equal("shown at the old mark when it is back", len(w.vouch(seq, c.Chunks[0].ID)), 1)
		w.equal("shown at the mark at which it was away", len(w.vouch(after, c.Chunks[0].ID)), 0)
	}
}

func (w *world) vouchOtherBase() {
	c := w.text("a", "one")
	w.write(c)
	w.equal("in another base", len(w.vouchFor(index.VouchRequest{Base: "other", Mark: 1, IDs: idsOf(c.Chunks)})), 0)
	w.equal("without a base", len(w.vouchFor(index.VouchRequest{Mark: 1, IDs: idsOf(c.Chunks)})), 0)
}

func (w *world) vouchDrafts() {
	c := w.text("a", "one")
	w.write(c)
	w.ok(w.c.SetSourceState(w.ctx, source, catalog.Draft, ""))
	ask := index.VouchRequest{Base: base, Mark: 1, IDs: idsOf(c.Chunks)}
	w.equal("to everybody", len(w.vouchFor(ask)), 0)
	ask.Drafts = true
	got := w.vouchFor(ask)
	w.equal("to a preview", shown(got), []string{"one"})
	w.equal("state", got[0].Document.SourceState, "draft")
	w.ok(w.c.SetSourceState(w.ctx, source, catalog.Published, ""))
	w.equal("to everybody, published", len(w.vouch(1, ask.IDs...)), 1)
}

func (w *world) vouchSourceStates() {
	c := w.text("a", "one")
	w.write(c)
	for _, s := range []catalog.SourceState{catalog.Paused, catalog.NeedsYou, catalog.Detached} {
		w.ok(w.c.SetSourceState(w.ctx, source, s, "why"))
		got := w.vouch(1, c.Chunks[0].ID)
		w.equal("shown", len(got), 1)
		w.equal("state", got[0].Document.SourceState, string(s))
	}
}

func (w *world) vouchUnknown() {
	c := w.text("a", "one")
	w.write(c)
	id := c.Chunks[0].ID
	unknown := index.NewChunkID("x", nil, "y", 0)
	w.equal("unknown", len(w.vouch(1, unknown)), 0)
	w.equal("zero", len(w.vouch(1, index.ChunkID{})), 0)
	w.equal("empty", len(w.vouch(1)), 0)
	w.equal("mixed and repeated", shown(w.vouch(1, unknown, id, id, unknown, id)), []string{"one"})
}

func (w *world) vouchSizes() {
	var texts []string
	for i := range 70 {
		texts = append(texts, fmt.Sprintf("chunk %02d", i))
	}
	c := w.text("a", texts...)
	w.write(c)
	for n := 1; n <= 70; n++ {
		w.equal(fmt.Sprintf("%d IDs", n), shown(w.vouch(1, idsOf(c.Chunks[:n])...)), texts[:n])
		w.equal(fmt.Sprintf("the last %d IDs", n), shown(w.vouch(1, idsOf(c.Chunks[70-n:])...)), texts[70-n:])
	}
}

func (w *world) vouchDefaults() {
	w.ok(w.c.PutSource(w.ctx, catalog.Source{ID: source, Base: base, Owner: "source owner", ReviewEvery: time.Hour}))
	c := w.text("a", "one")
	c.Document.Details.Title = ""
	w.write(c)
	read := func() []any {
		w.Helper()
		d := w.vouch(1, c.Chunks[0].ID)[0].Document
		return []any{d.Owner, d.ReviewEvery, d.Title}
	}
	w.equal("of the source", read(), []any{"source owner", time.Hour, "Title of a"})
	w.write(w.details("a", func(d *catalog.Details) { d.Owner, d.ReviewEvery, d.Title = "ann", time.Minute, "Own" }))
	w.equal("its own", read(), []any{"ann", time.Minute, "Own"})
}

func (w *world) vouchFreshDetails() {
	c := w.text("a", "one")
	w.write(c)
	for i := range 20 {
		labels := []string{fmt.Sprint("label ", i%3)}
		w.write(w.details("a", func(d *catalog.Details) { d.Labels = labels }))
		for range 2 { // the second time from what the catalog remembers
			w.equal("labels", w.vouch(w.head(), c.Chunks[0].ID)[0].Document.Labels, labels)
		}
	}
}

func (w *world) vouchManyDocuments() {
	const n = 5000
	var ids []index.ChunkID
	for i := 0; i < n; i += 500 {
		var changes []catalog.Change
		for j := i; j < i+500; j++ {
			c := w.text(fmt.Sprint(j), fmt.Sprint("text ", j))
			ids = append(ids, c.Chunks[0].ID)
			changes = append(changes, c)
		}
		w.write(changes...)
	}
	for range 2 {
		for i := 0; i < n; i += 50 {
			for _, p := range w.vouch(n, ids[i:i+50]...) {
				if want := "text " + p.Document.ExternalID; p.Chunk.Text != want || p.Document.Title != "Title of "+p.Document.ExternalID {
					w.Fatalf("passage %q of %q is told as of %q", p.Chunk.Text, p.Document.ExternalID, p.Document.Title)
				}
			}
		}
	}
}

func (w *world) vouchTimes() {
	c := w.text("a", "one")
	w.write(c)
	w.pass(time.Hour)
	w.apply(&catalog.Batch{Source: source, Seen: []string{c.Document.Key}})
	until := start.Add(90 * 24 * time.Hour)
	w.ok(w.c.Confirm(w.ctx, c.Document.Key, until, "ann"))
	d := w.vouch(1, c.Chunks[0].ID)[0].Document
	w.equal("times", []time.Time{d.Checked, d.ConfirmedUntil}, []time.Time{start.Add(time.Hour), until})
}
