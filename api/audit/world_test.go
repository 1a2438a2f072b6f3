package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
)

// world is a catalog in which a month of a help centre has passed.
type world struct {
	testing.TB
	c   *catalog.Catalog
	ctx context.Context

	mu  sync.Mutex
	now time.Time
}

// november is the first moment after the month that most tests are about.
var november = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// october is a moment of it.
func october(day, hour int) time.Time { return time.Date(2026, 10, day, hour, 0, 0, 0, time.UTC) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t testing.TB, driver string) *world {
	t.Helper()
	w := &world{TB: t, ctx: context.Background(), now: october(1, 9)}
	var err error
	w.c, err = catalog.Open(w.ctx, catalog.Options{Path: filepath.Join(t.TempDir(), "catalog.db"), Driver: driver, Now: w.clock})
	must(t, err)
	t.Cleanup(func() { must(t, w.c.Close()) })
	must(t, w.c.PutBase(w.ctx, catalog.Base{ID: "aide", Languages: []string{"fr", "en"}}))
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) at(t time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = t
}

func (w *world) maker(change ...func(*Options)) *Maker {
	o := Options{Catalog: w.c, Now: w.clock, Every: func(s catalog.Source) time.Duration {
		if s.Schedule == "" {
			return 0
		}
		return day
	}}
	for _, f := range change {
		f(&o)
	}
	return New(o)
}

func (w *world) source(id, owner string, review time.Duration) {
	w.Helper()
	must(w, w.c.PutSource(w.ctx, catalog.Source{ID: id, Base: "aide", Kind: "website", Owner: owner, Schedule: "0 3 * * *", State: catalog.Published, ReviewEvery: review, Created: w.clock()}))
}

// page writes a document and returns its key.
func (w *world) page(source, id, title string, change ...func(*catalog.Document)) string {
	w.Helper()
	d := catalog.Document{Key: catalog.NewDocumentKey(source, id, 0), Source: source, ExternalID: id, Base: "aide", State: catalog.Present, Revision: "1", FirstSeen: w.clock(),
		TextHash: index.HashTexts("test", id),
		Details: catalog.Details{Title: title, URI: "https://aide.example.org/" + id, EditURI: "https://cms.example.org/edit/" + id, Access: connectors.Public(), Locale: "fr",
			Modified: w.clock().Add(-10 * day)}}
	for _, f := range change {
		f(&d)
	}
	c := catalog.Change{Document: d, Outcome: catalog.New, Content: true, Text: []byte(`{}`)}
	ch := index.Chunk{ID: index.NewChunkID(d.Key, nil, title, 0), Document: d.Key, Kind: index.Prose, Title: title, Text: "Texte de " + title, Locale: "fr", Words: 3}
	ch.Input = ch.InputHash("test")
	c.Chunks = []index.Chunk{ch}
	_, err := w.c.Apply(w.ctx, &catalog.Batch{Source: source, Pass: 1, Changes: []catalog.Change{c}})
	must(w, err)
	return d.Key
}

func (w *world) finding(f index.Finding) {
	w.Helper()
	f.Base = "aide"
	if f.Tier == "" {
		f.Tier = index.Likely
	}
	if f.State == "" {
		f.State = index.Undecided
	}
	must(w, w.c.PutFinding(w.ctx, &f, nil, nil))
}

func (w *world) member(source, id, title, sentence, value string) index.Member {
	start := strings.Index(sentence, value)
	m := index.Member{Document: catalog.NewDocumentKey(source, id, 0), Source: source, ExternalID: id, Title: title, URL: "https://aide.example.org/" + id,
		EditURI: "https://cms.example.org/edit/" + id, Sentence: sentence, Value: value, Normal: value, Modified: october(2, 0)}
	if start >= 0 && value != "" {
		m.Start, m.End = start, start+len(value)
	}
	return m
}

func (w *world) ask(id, text, state string, at time.Time, hits ...string) {
	w.Helper()
	type hit struct {
		Key string `json:"key"`
	}
	s := struct {
		Hits []hit `json:"hits"`
	}{}
	for _, h := range hits {
		s.Hits = append(s.Hits, hit{h})
	}
	served, err := json.Marshal(s)
	must(w, err)
	must(w, w.c.LogQueries(w.ctx, []catalog.Query{{ID: id, Base: "aide", At: at, Text: text, State: state, Served: served}}))
}

const (
	alice = "alice@example.org"
	bruno = "bruno@example.org"
)

// fill lets a month pass in which everything happens once.
func (w *world) fill() {
	w.Helper()
	w.at(time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC))
	w.source("site", alice, 180*day)
	w.source("docs", bruno, 0)
	w.source("import", "", 0)
	w.at(time.Date(2026, 9, 3, 9, 0, 0, 0, time.UTC))
	delivery := w.page("site", "livraison", "Livraison")
	w.page("site", "frais", "Frais & délais")
	w.page("docs", "retours", "Retours et remboursements")
	w.page("site", "vieille", "Conditions <2024>", func(d *catalog.Document) { d.Details.Modified = time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC) })
	w.page("docs", "tarifs", "Tarifs", func(d *catalog.Document) {
		d.Details.Class, d.Details.Modified = "pricing", time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	})
	w.page("import", "orphelin", "")
	w.findings()
	w.questions(delivery)
	w.runs()
	w.changed()
	w.at(november.Add(6 * time.Hour))
}

func (w *world) findings() {
	cost := w.member("site", "livraison", "Livraison", "La livraison standard coûte 4,90 € en France.", "4,90 €")
	other := w.member("docs", "retours", "Retours et remboursements", "Les frais de livraison sont de 5,90 €.", "5,90 €")
	third := w.member("site", "frais", "Frais & délais", "Livraison : 4,90 € dès 20 € d’achat.", "4,90 €")
	w.finding(index.Finding{ID: "f_prix", Kind: index.Conflicting, Rule: "value", Type: "money", P: 0.93, Severity: 0.8, Members: []index.Member{cost, other, third},
		Title:     map[string]string{"fr": "Livraison : 4,90 € ou 5,90 € ?", "en": "Delivery: €4.90 or €5.90?"},
		Reasons:   map[string][]string{"fr": {"même libellé « livraison »"}, "en": {"same label “livraison”"}},
		Suggested: 1, Because: map[string]string{"fr": "La page la plus récente dit 5,90 €.", "en": "The newest page says €5.90."}, Owners: []string{alice, bruno}, Found: october(5, 10), Updated: october(5, 10)})
	w.finding(index.Finding{ID: "f_noel", Kind: index.Stale, Rule: "stale", P: 0.9, Severity: 0.7, Members: []index.Member{
		w.member("site", "frais", "Frais & délais", "Offre valable jusqu’au 30 septembre 2026.", "30 septembre 2026")},
		Codes: []string{"expired_text:2026-09-30"}, Reasons: map[string][]string{"fr": {"« jusqu’au 30 septembre 2026 » est passé"}, "en": {"“until 30 September 2026” has passed"}},
		Suggested: -1, Owners: []string{alice}, Found: october(1, 2)})
	w.finding(index.Finding{ID: "f_double", Kind: index.Duplicate, Rule: "near", P: 0.99, Severity: 0.3, Members: []index.Member{
		w.member("docs", "retours", "Retours et remboursements", "", ""), w.member("import", "orphelin", "", "", "")},
		Suggested: 0, Because: map[string]string{"fr": "Elle a un responsable.", "en": "It has an owner."}, Owners: []string{bruno}, Found: time.Date(2026, 9, 20, 0, 0, 0, 0, time.UTC)})
	w.finding(index.Finding{ID: "f_possible", Kind: index.Conflicting, Tier: index.Possible, Rule: "value", Type: "count", Suggested: -1, Owners: []string{bruno}, Found: october(7, 0)})
	for id, verdict := range map[string]index.Verdict{"f_garde": index.KeepOne, "f_tort": index.NoDoubt} {
		w.finding(index.Finding{ID: id, Kind: index.Conflicting, Rule: "value", Type: "money", Severity: 0.5, State: index.Undecided, Title: map[string]string{"fr": "Prix du kit", "en": "Price of the kit"},
			Members: []index.Member{cost, other}, Suggested: -1, Owners: []string{bruno}, Found: october(3, 0)})
		w.decide(id, verdict, october(13, 0))
	}
}

// decide has Bruno decide on a finding.
func (w *world) decide(id string, v index.Verdict, at time.Time) {
	w.Helper()
	w.at(at)
	_, err := w.c.DecideFinding(w.ctx, &catalog.Ruling{Finding: id, Verdict: v, By: bruno, Comment: "vu avec Alice"})
	must(w, err)
}

func (w *world) questions(delivery string) {
	for i := range 12 {
		w.ask(fmt.Sprintf("q_found%02d", i), "Combien coûte la livraison ?", "found", october(2+i, 8), delivery)
	}
	w.ask("q_1", "Puis-je payer en trois fois ?", "none", october(4, 8))
	w.ask("q_2", "payer en 3 fois, trois fois", "uncertain", october(9, 8), delivery)
	w.ask("q_3", "Peut-on payer en trois fois ?", "none", october(20, 8))
	w.ask("q_4", "Do you ship to Norway?", "uncertain", october(21, 8), delivery)
	w.ask("q_5", "asked in November", "none", november.Add(time.Hour))
}

func (w *world) runs() {
	for i, r := range []catalog.Report{
		{Source: "site", Result: catalog.RunDone, Started: october(30, 3), Ended: october(30, 4)},
		{Source: "docs", Result: catalog.RunDone, Started: october(9, 3), Ended: october(9, 4)},
		{Source: "docs", Result: catalog.RunFailed, Started: october(30, 3), Ended: october(30, 4), Errors: []string{"the server answered 503"}},
		{Source: "import", Result: catalog.RunDone, Started: october(31, 3), Ended: october(31, 4)},
	} {
		id, err := w.c.BeginRun(w.ctx, r)
		must(w, err)
		r.Run = id
		if i >= 0 {
			must(w, w.c.EndRun(w.ctx, r))
		}
	}
}

// changed has the delivery change its price on two pages, while a third says the old one.
func (w *world) changed() {
	w.Helper()
	var d catalog.Detection
	for i, id := range []string{"livraison", "frais"} {
		w.at(october(15, 8+i))
		w.page("site", id, map[string]string{"livraison": "Livraison", "frais": "Frais & délais"}[id], func(d *catalog.Document) {
			d.FirstSeen, d.TextHash, d.Details.Modified = time.Date(2026, 9, 3, 9, 0, 0, 0, time.UTC), index.HashTexts("changed", id), october(15, 7)
		})
		head, err := w.c.Head(w.ctx)
		must(w, err)
		d.Changes = append(d.Changes, catalog.ValueChange{Base: "aide", Source: "site", Seq: head, Type: "money", Document: catalog.NewDocumentKey("site", id, 0), Fact: index.HashTexts("fact"), Label: "livraison",
			Old: catalog.ChangedValue{Value: "3,90 €", Normal: "3.9 EUR", Sentence: "La livraison coûte 3,90 €."}, New: catalog.ChangedValue{Value: "4,90 €", Normal: "4.9 EUR", Sentence: "La livraison coûte 4,90 €."},
			Still: []catalog.StillValue{{Document: catalog.NewDocumentKey("docs", "retours", 0), Value: "3,90 €", Sentence: "Retour : 3,90 € de frais de port."}}})
	}
	must(w, w.c.Detect(w.ctx, &d))
}
