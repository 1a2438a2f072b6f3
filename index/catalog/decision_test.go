package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
)

var decidedAt = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// doubts is a catalog of pages that say things, with findings about them.
type doubts struct {
	*catalog.Catalog
	t    testing.TB
	path string
	now  time.Time
	seen map[string]int // events of each finding, see settledAfter
}

func newDoubts(t testing.TB, driver string) *doubts {
	t.Helper()
	d := &doubts{t: t, now: decidedAt, seen: map[string]int{}, path: filepath.Join(t.TempDir(), "catalog.db")}
	c, err := catalog.Open(t.Context(), catalog.Options{Path: d.path, Driver: driver, Now: func() time.Time { return d.now }})
	d.must(err)
	d.Catalog = c
	t.Cleanup(func() { d.must(d.Catalog.Close()) })
	d.must(c.PutBase(t.Context(), catalog.Base{ID: "help", Languages: []string{"en"}}))
	for _, s := range []string{"site", "wiki"} {
		d.must(c.PutSource(t.Context(), catalog.Source{ID: s, Base: "help", State: catalog.Published, Owner: s + "@example.org"}))
	}
	d.write("site", "a", "Delivery costs 5 €.")
	d.write("site", "b", "Delivery costs 6 €.")
	d.write("wiki", "c", "Delivery costs 5 €, all over the country.")
	d.write("wiki", "e", "Returns are free.")
	return d
}

func (d *doubts) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func keyOf(source, id string) string { return catalog.NewDocumentKey(source, id, 0) }

func (d *doubts) write(source, id string, passages ...string) {
	d.t.Helper()
	ctx := d.t.Context()
	doc, err := d.DocumentByID(ctx, source, id)
	if errors.Is(err, catalog.ErrNotFound) {
		doc, err = catalog.Document{Key: keyOf(source, id), Source: source, ExternalID: id, Base: "help"}, nil
	}
	d.must(err)
	doc.State, doc.TextHash = catalog.Present, index.HashTexts("test", passages...)
	doc.Details = catalog.Details{Title: "Page " + id, URI: "https://example.org/" + source + "/" + id, EditURI: "https://example.org/edit/" + id, Access: connectors.Public(), Locale: "en"}
	ch := catalog.Change{Document: doc, Outcome: catalog.New, Content: true, Text: []byte(fmt.Sprintf("%q", passages))}
	for i, text := range passages {
		c := index.Chunk{ID: index.NewChunkID(doc.Key, nil, text, 0), Document: doc.Key, Ord: i, Kind: index.Prose, Text: text, Locale: "en"}
		c.Input = c.InputHash("test")
		ch.Chunks = append(ch.Chunks, c)
	}
	_, err = d.Apply(ctx, &catalog.Batch{Source: source, Pass: 1, Changes: []catalog.Change{ch}})
	d.must(err)
}

// told says what answers are told of the passages: each text with its notes, those that
// are left out not among them.
func (d *doubts) told() []string {
	d.t.Helper()
	ctx := d.t.Context()
	mark, err := d.Head(ctx)
	d.must(err)
	var ids []index.ChunkID
	for doc, err := range d.AllDocuments(ctx, catalog.DocumentFilter{Base: "help"}) {
		d.must(err)
		list, err := d.ChunksOf(ctx, doc.Key)
		d.must(err)
		for _, c := range list {
			ids = append(ids, c.ID)
		}
	}
	list, err := d.Vouch(ctx, index.VouchRequest{Base: "help", Mark: mark, IDs: ids})
	d.must(err)
	out := []string{}
	for _, p := range list {
		line := p.Document.ExternalID
		for _, x := range p.Conflicts {
			line += " disputed:" + x.Finding
		}
		if p.Doubt != nil {
			line += " doubted:" + p.Doubt.Finding
		}
		for _, name := range slices.Sorted(maps.Keys(p.Document.Facets)) {
			line += " " + name + "=" + strings.Join(p.Document.Facets[name], ",")
		}
		if !p.Document.ConfirmedUntil.IsZero() {
			line += " confirmed"
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

func (d *doubts) tells(what string, want ...string) {
	d.t.Helper()
	if diff := cmp.Diff(want, d.told()); diff != "" {
		d.t.Errorf("%s: answers are told otherwise (-want +got):\n%s", what, diff)
	}
}

func (d *doubts) side(source, id, sentence, value string) index.Member {
	doc, err := d.DocumentByID(d.t.Context(), source, id)
	d.must(err)
	m := index.Member{Document: doc.Key, Source: source, ExternalID: id, Title: doc.Details.Title, URL: doc.Details.URI, EditURI: doc.Details.EditURI,
		Sentence: sentence, Value: value, Normal: value, Hash: index.HashTexts("sentence", sentence)}
	if sentence == "" {
		m.Hash = doc.TextHash
	}
	return m
}

func (d *doubts) pair(kind index.FindingKind, rule, typ string, a, b index.Member) catalog.Pair {
	return catalog.Pair{ID: index.HashTexts("pair", rule, a.Document, b.Document, a.Hash.String(), b.Hash.String()), Base: "help", Kind: kind, Rule: rule, Type: typ, Tier: index.Likely,
		P: 0.9, Content: catalog.ContentKey(typ, a.Hash, b.Hash), A: a, B: b, Found: d.now.UnixMilli()}
}

// conflict is a finding of three pages: a and c say 5 €, b says 6 €.
func (d *doubts) conflict(id string) index.Finding {
	d.t.Helper()
	a, b, c := d.side("site", "a", "Delivery costs 5 €.", "5 EUR"), d.side("site", "b", "Delivery costs 6 €.", "6 EUR"), d.side("wiki", "c", "Delivery costs 5 €, all over the country.", "5 EUR")
	f := index.Finding{ID: id, Kind: index.Conflicting, Rule: "value", Type: "money", Base: "help", Tier: index.Likely, P: 0.9, Severity: 0.7, State: index.Undecided,
		Members: []index.Member{a, b, c}, Suggested: -1, Owners: []string{"site@example.org"}, Found: d.now, Updated: d.now}
	pairs := []catalog.Pair{d.pair(f.Kind, f.Rule, f.Type, a, b), d.pair(f.Kind, f.Rule, f.Type, b, c)}
	var notes []catalog.DocumentNote
	for i, m := range f.Members {
		notes = append(notes, catalog.DocumentNote{Document: m.Document, Note: index.Note{Kind: index.NoteConflict, Finding: id, Sentence: m.Sentence, Needs: f.Members[(i+1)%2].Document, Value: m.Value, Rule: "value"}})
	}
	d.must(d.PutFinding(d.t.Context(), &f, pairs, notes))
	return f
}

// twice is a finding that pages b and e are the same.
func (d *doubts) twice(id string) index.Finding {
	d.t.Helper()
	b, e := d.side("site", "b", "", ""), d.side("wiki", "e", "", "")
	f := index.Finding{ID: id, Kind: index.Duplicate, Rule: "near", Base: "help", Tier: index.Likely, State: index.Undecided, Members: []index.Member{b, e}, Suggested: 0, Found: d.now, Updated: d.now}
	d.must(d.PutFinding(d.t.Context(), &f, []catalog.Pair{d.pair(f.Kind, f.Rule, "", b, e)}, nil))
	return f
}

// stale is a finding that page e is out of date.
func (d *doubts) stale(id string) index.Finding {
	d.t.Helper()
	e := d.side("wiki", "e", "", "")
	f := index.Finding{ID: id, Kind: index.Stale, Rule: "stale", Base: "help", Tier: index.Likely, State: index.Undecided, Members: []index.Member{e}, Suggested: -1, Found: d.now, Updated: d.now}
	note := catalog.DocumentNote{Document: e.Document, Note: index.Note{Kind: index.NoteStale, Finding: id, Text: e.Hash, Reasons: []string{"overdue_review"}, Score: 0.7}}
	d.must(d.PutFinding(d.t.Context(), &f, []catalog.Pair{d.pair(f.Kind, f.Rule, "stale", e, e)}, []catalog.DocumentNote{note}))
	return f
}

func (d *doubts) overlap(id string) index.Finding {
	d.t.Helper()
	a, c := d.side("site", "a", "", ""), d.side("wiki", "c", "", "")
	f := index.Finding{ID: id, Kind: index.Overlap, Rule: "overlap", Base: "help", Tier: index.Likely, State: index.Undecided, Members: []index.Member{a, c}, Suggested: -1, Found: d.now, Updated: d.now}
	d.must(d.PutFinding(d.t.Context(), &f, []catalog.Pair{d.pair(f.Kind, f.Rule, "", a, c)}, nil))
	return f
}

func (d *doubts) decide(r catalog.Ruling) index.Finding {
	d.t.Helper()
	if r.By == "" {
		r.By = "ann"
	}
	d.now = d.now.Add(time.Minute)
	f, err := d.DecideFinding(d.t.Context(), &r)
	d.must(err)
	return f
}

func (d *doubts) reopen(id string) index.Finding {
	d.t.Helper()
	d.now = d.now.Add(time.Minute)
	f, err := d.Reopen(d.t.Context(), id, time.Time{}, "bob", "")
	d.must(err)
	return f
}

// all are the findings of every kind, and what answers are told before anybody decides.
func (d *doubts) all() {
	d.conflict("conflict")
	d.twice("twice")
	d.stale("stale")
	d.overlap("overlap")
}

var undecided = []string{"a disputed:conflict", "b disputed:conflict", "c disputed:conflict", "e doubted:stale"}

func replaced(at int, with ...string) []string {
	return slices.Replace(slices.Clone(undecided), at, at+1, with...)
}

// decisions are every verdict on the kinds that it can be given of, and what answers
// are told from then on.
func decisions() map[string]struct {
	r    catalog.Ruling
	want []string
} {
	soon := decidedAt.AddDate(0, 1, 0)
	settled := []string{"a", "b", "c", "e doubted:stale"}
	pro, free := map[string][]string{"plan": {"pro"}}, map[string][]string{"plan": {"free"}}
	return map[string]struct {
		r    catalog.Ruling
		want []string
	}{
		"keep a":                  {catalog.Ruling{Finding: "conflict", Verdict: index.KeepOne, Member: 0}, []string{"a", "c", "e doubted:stale"}},
		"keep b":                  {catalog.Ruling{Finding: "conflict", Verdict: index.KeepOne, Member: 1}, []string{"b", "e doubted:stale"}},
		"both":                    {catalog.Ruling{Finding: "conflict", Verdict: index.KeepBoth, Facets: map[int]map[string][]string{0: pro, 1: free}}, []string{"a plan=pro", "b plan=free", "c plan=pro", "e doubted:stale"}},
		"both, one scoped":        {catalog.Ruling{Finding: "conflict", Verdict: index.KeepBoth, Facets: map[int]map[string][]string{1: free}}, []string{"a", "b plan=free", "c", "e doubted:stale"}},
		"both by force":           {catalog.Ruling{Finding: "conflict", Verdict: index.KeepBoth, Force: true}, settled},
		"one page twice":          {catalog.Ruling{Finding: "twice", Verdict: index.SameTwice, Member: 1}, replaced(1)},
		"two pages for two":       {catalog.Ruling{Finding: "twice", Verdict: index.KeepBoth, Facets: map[int]map[string][]string{0: pro}}, replaced(1, "b disputed:conflict plan=pro")},
		"a conflict that is one":  {catalog.Ruling{Finding: "conflict", Verdict: index.SameTwice, Member: 2}, []string{"c", "e doubted:stale"}},
		"verified":                {catalog.Ruling{Finding: "stale", Verdict: index.Verified, Until: soon}, replaced(3, "e confirmed")},
		"excluded, stale":         {catalog.Ruling{Finding: "stale", Verdict: index.ExcludedPage}, replaced(3)},
		"excluded, twice":         {catalog.Ruling{Finding: "twice", Verdict: index.ExcludedPage, Member: 1}, replaced(3)},
		"excluded, conflict":      {catalog.Ruling{Finding: "conflict", Verdict: index.ExcludedPage, Member: 1}, []string{"a", "c", "e doubted:stale"}},
		"fix, conflict":           {catalog.Ruling{Finding: "conflict", Verdict: index.FixRequested, Due: soon}, undecided},
		"fix, twice":              {catalog.Ruling{Finding: "twice", Verdict: index.FixRequested}, undecided},
		"fix, stale":              {catalog.Ruling{Finding: "stale", Verdict: index.FixRequested}, undecided},
		"fix, overlap":            {catalog.Ruling{Finding: "overlap", Verdict: index.FixRequested}, undecided},
		"snooze, conflict":        {catalog.Ruling{Finding: "conflict", Verdict: index.Snooze, Until: soon}, undecided},
		"snooze, twice":           {catalog.Ruling{Finding: "twice", Verdict: index.Snooze, Until: soon}, undecided},
		"snooze, stale":           {catalog.Ruling{Finding: "stale", Verdict: index.Snooze, Until: soon}, undecided},
		"snooze, overlap":         {catalog.Ruling{Finding: "overlap", Verdict: index.Snooze, Until: soon}, undecided},
		"dismiss, conflict":       {catalog.Ruling{Finding: "conflict", Verdict: index.NoDoubt}, settled},
		"dismiss, twice":          {catalog.Ruling{Finding: "twice", Verdict: index.NoDoubt, Scope: catalog.ScopePages}, undecided},
		"dismiss, stale":          {catalog.Ruling{Finding: "stale", Verdict: index.NoDoubt, Scope: catalog.ScopePageRule, Member: -1}, replaced(3, "e")},
		"dismiss, overlap":        {catalog.Ruling{Finding: "overlap", Verdict: index.NoDoubt}, undecided},
		"dismiss a rule on pages": {catalog.Ruling{Finding: "conflict", Verdict: index.NoDoubt, Scope: catalog.ScopePageRule, Member: 1}, settled},
	}
}

func TestADecisionChangesAnswersAtOnceAndTakingItBackRestoresThem(t *testing.T) {
	for name, c := range decisions() {
		t.Run(name, func(t *testing.T) {
			d := newDoubts(t, "")
			d.all()
			d.tells("before", undecided...)
			before, err := d.Finding(t.Context(), c.r.Finding)
			d.must(err)
			f := d.decide(c.r)
			d.tells("after", c.want...)
			if f.State.Live() != (f.Closed.IsZero()) || !f.State.Live() && f.Outcome != c.r.Verdict {
				t.Errorf("state %s, outcome %s, closed %s", f.State, f.Outcome, f.Closed)
			}
			said, err := d.DecisionsOf(t.Context(), f.ID)
			d.must(err)
			if len(said) != 1 || said[0].By != "ann" || said[0].Verdict != c.r.Verdict || !said[0].At.Equal(d.now) {
				t.Errorf("decisions %+v", said)
			}

			d.restart("")
			d.tells("after a restart", c.want...)
			again := d.reopen(c.r.Finding)
			d.tells("taken back", undecided...)
			before.Updated = again.Updated
			if diff := cmp.Diff(before, again); diff != "" {
				t.Errorf("the finding differs after taking back (-want +got):\n%s", diff)
			}
			said, err = d.DecisionsOf(t.Context(), f.ID)
			d.must(err)
			if len(said) != 1 || said[0].Withdrew.IsZero() {
				t.Errorf("decisions %+v", said)
			}
			list, err := d.Mutes(t.Context(), "help")
			d.must(err)
			for _, m := range list {
				if m.Confirmed != 0 || m.Refused != 0 {
					t.Errorf("it still counts: %+v", m)
				}
			}
			d.decide(c.r)
			d.tells("decided again", c.want...)
		})
	}
}

// restart closes the catalog and opens it again.
func (d *doubts) restart(driver string) {
	d.t.Helper()
	d.must(d.Catalog.Close())
	var err error
	d.Catalog, err = catalog.Open(context.Background(), catalog.Options{Path: d.path, Driver: driver, Now: func() time.Time { return d.now }})
	d.must(err)
}
