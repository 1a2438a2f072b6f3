package detect

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
)

// clock is set by tests.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// world is a catalog with pages, and an Engine.
type world struct {
	testing.TB
	ctx     context.Context
	clock   *clock
	catalog *catalog.Catalog
	engine  *Engine
	driver  string
}

const testBase = "help"

func newWorld(t testing.TB) *world { return newWorldOn(t, "") }

func newWorldOn(t testing.TB, driver string) *world {
	t.Helper()
	w := &world{TB: t, ctx: t.Context(), clock: &clock{t: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}, driver: driver}
	c, err := catalog.Open(w.ctx, catalog.Options{Path: filepath.Join(t.TempDir(), "catalog.db"), Now: w.clock.now, Driver: driver})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	w.catalog = c
	w.ok(c.PutBase(w.ctx, catalog.Base{ID: testBase, Languages: []string{"fr", "en"}}))
	for _, id := range []string{"site", "files"} {
		w.ok(c.PutSource(w.ctx, catalog.Source{ID: id, Base: testBase, Kind: "memory", Digest: "d", Origin: catalog.OriginFile, State: catalog.Published}))
	}
	w.restart()
	return w
}

// restart makes a new Engine, which knows nothing but what the catalog holds.
func (w *world) restart() { w.engine = New(Options{Catalog: w.catalog, Now: w.clock.now}) }

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// A page is a document: paragraphs below headings, each a passage.
type page struct {
	id, source, title, locale, group string
	modified                         time.Time
	facets                           map[string][]string
	owner                            string
	paragraphs                       []string
}

func (w *world) document(p *page) catalog.Document {
	if p.source == "" {
		p.source = "site"
	}
	if p.locale == "" {
		p.locale = "en"
	}
	text := strings.Join(p.paragraphs, "\n")
	key := catalog.NewDocumentKey(p.source, p.id, 0)
	d, err := w.catalog.DocumentByKey(w.ctx, key)
	if errors.Is(err, catalog.ErrNotFound) {
		d, err = catalog.Document{Key: key, Source: p.source, ExternalID: p.id, Base: testBase}, nil
	}
	w.ok(err)
	d.State, d.Recipe = catalog.Present, "r"
	d.Content, d.TextHash = index.HashTexts("content", text), index.HashTexts("text", text)
	d.Details = catalog.Details{URI: "https://example.org/" + p.id, Title: p.title, Locale: p.locale, TranslationGroup: p.group, Modified: p.modified, Owner: p.owner,
		Facets: p.facets, Access: connectors.Access{Known: true, Public: true}}
	return d
}

func (w *world) change(p *page) catalog.Change {
	d := w.document(p)
	c := catalog.Change{Document: d, Outcome: catalog.TextChanged, Content: true, Text: []byte(strings.Join(p.paragraphs, "\n"))}
	repeats := map[string]int{}
	for i, text := range p.paragraphs {
		ch := index.Chunk{ID: index.NewChunkID(d.Key, nil, text, repeats[text]), Document: d.Key, Ord: i, Kind: index.Prose, Title: p.title, Text: text,
			Locale: p.locale, Words: len(strings.Fields(text))}
		repeats[text]++
		ch.Input = ch.InputHash("t")
		c.Chunks = append(c.Chunks, ch)
	}
	return c
}

// put writes pages.
func (w *world) put(pages ...page) {
	w.Helper()
	by := map[string][]catalog.Change{}
	for i := range pages {
		c := w.change(&pages[i])
		by[c.Document.Source] = append(by[c.Document.Source], c)
	}
	for _, source := range sorted(by) {
		_, err := w.catalog.Apply(w.ctx, &catalog.Batch{Source: source, Changes: by[source]})
		w.ok(err)
	}
}

// take takes pages away.
func (w *world) take(pages ...page) {
	w.Helper()
	for i := range pages {
		d, err := w.catalog.DocumentByKey(w.ctx, w.document(&pages[i]).Key)
		w.ok(err)
		d.State = catalog.Removed
		_, err = w.catalog.Apply(w.ctx, &catalog.Batch{Source: d.Source, Changes: []catalog.Change{{Document: d, Outcome: catalog.WasRemoved}}})
		w.ok(err)
	}
}

func (w *world) detect() {
	w.Helper()
	w.ok(w.engine.CatchUp(w.ctx))
	head, err := w.catalog.Head(w.ctx)
	w.ok(err)
	w.ok(w.engine.Wait(w.ctx, head))
}

func (w *world) all() []index.Finding {
	w.Helper()
	list, err := w.catalog.Findings(w.ctx, catalog.FindingFilter{Limit: 10000})
	w.ok(err)
	return list
}

// open are the findings that stand, in short.
func (w *world) open() []string {
	w.Helper()
	var out []string
	for _, f := range w.all() {
		if f.State.Live() {
			out = append(out, brief(&f))
		}
	}
	slices.Sort(out)
	return out
}

func brief(f *index.Finding) string {
	var values []string
	for _, m := range f.Members {
		values = append(values, fmt.Sprintf("%s=%s", m.ExternalID, m.Value))
	}
	slices.Sort(values)
	return fmt.Sprintf("%s %s %s: %s", f.Kind, f.Type, f.Tier, strings.Join(values, " "))
}

func (w *world) want(want ...string) {
	w.Helper()
	if got := w.open(); !slices.Equal(got, want) {
		w.Errorf("open findings:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
