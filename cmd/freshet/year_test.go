package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/fetch"
	"freshet/connectors/website/sitetest"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/embedded"
	"freshet/index/lexical"
	"freshet/pipeline"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/formats"
)

// year is a generated site and the knowledge base that is kept of it, on one clock.
type year struct {
	*testing.T
	site    *sitetest.Site
	catalog *catalog.Catalog
	applier *pipeline.Applier
	syncer  *pipeline.Syncer

	step string
	keys map[int]string          // internal key by the page's number, once it was held
	ids  map[int]map[string]bool // every address under which the page was held
	last catalog.Report
	runs int
}

// held is one served document.
type held struct {
	id, key, text string
}

func newYear(t *testing.T, o sitetest.Options) *year {
	t.Helper()
	site, err := sitetest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(site.Close)
	y := &year{T: t, site: site, keys: map[int]string{}, ids: map[int]map[string]bool{}}
	dir := t.TempDir()
	y.catalog, err = catalog.Open(t.Context(), catalog.Options{Path: filepath.Join(dir, catalogFile), Now: site.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	store, err := embedded.Open(embedded.Options{Dir: filepath.Join(dir, indexDir), Space: index.Space{Lexical: lexical.Version, Provider: "none"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
		if err := y.catalog.Close(); err != nil {
			t.Error(err)
		}
	})
	y.applier = pipeline.NewApplier(pipeline.ApplierOptions{Catalog: y.catalog, Store: store, Terms: lexical.NewTerms(), Name: "embedded"})
	client := fetch.New(fetch.Options{Contact: "https://example.org/bot", Lookup: site.Lookup, RootCAs: site.Roots(),
		Now: site.Clock.Now, Sleep: site.Clock.Sleep, Jitter: func() float64 { return 0.5 }})
	kind, err := kindOf("website")
	if err != nil {
		t.Fatal(err)
	}
	settings, err := kind.Parse(map[string]any{"start": site.URL + "/", "allow_private": "127.0.0.0/8", "allow_ports": fmt.Sprint(site.Port())})
	if err != nil {
		t.Fatal(err)
	}
	y.syncer = pipeline.NewSyncer(pipeline.Options{Catalog: y.catalog, Extractor: formats.New(formats.Config{}), Now: site.Clock.Now,
		Open: func(context.Context, catalog.Source) (connectors.Source, connectors.Kind, error) {
			source, err := kind.New(connectors.Env{HTTP: client, Now: site.Clock.Now}, settings)
			return source, kind, err
		}})
	if err := y.catalog.PutBase(t.Context(), catalog.Base{ID: "help", Languages: []string{"fr", "en"}}); err != nil {
		t.Fatal(err)
	}
	if err := y.catalog.PutSource(t.Context(), catalog.Source{ID: "site", Base: "help", Kind: "website", Digest: settings.Digest(), State: catalog.Published}); err != nil {
		t.Fatal(err)
	}
	return y
}

// run syncs once, moves the clock to the next day, and asserts what must hold after
// every run: nothing that the site still has is hidden.
func (y *year) run(after time.Duration) catalog.Report {
	y.Helper()
	y.site.NewPass()
	result, err := y.syncer.Run(y.Context(), "site", pipeline.RunOptions{Full: true})
	if err != nil {
		y.Fatalf("%s: %v", y.step, err)
	}
	if err := y.applier.CatchUp(y.Context()); err != nil {
		y.Fatalf("%s: %v", y.step, err)
	}
	y.last = result.Report
	y.runs++
	y.nothingWronglyHidden()
	y.site.Clock.Advance(after)
	return result.Report
}

// read yields the documents that the base serves and has read at least once.
func (y *year) read() iter.Seq[catalog.Document] {
	y.Helper()
	return func(yield func(catalog.Document) bool) {
		f := catalog.DocumentFilter{Source: "site", States: []catalog.State{catalog.Present, catalog.Unreadable}}
		for d, err := range y.catalog.AllDocuments(y.Context(), f) {
			if err != nil {
				y.Fatal(err)
			}
			if d.VersionSeq > 0 && !yield(d) {
				return
			}
		}
	}
}

// served is what the base serves, by ID.
func (y *year) served() map[string]held {
	y.Helper()
	out := map[string]held{}
	for d := range y.read() {
		packed, err := y.catalog.LastText(y.Context(), d.Key)
		if err != nil {
			y.Fatal(err)
		}
		var text extract.Text
		if err := json.Unmarshal(packed, &text); err != nil {
			y.Fatal(err)
		}
		out[d.ExternalID] = held{d.ExternalID, d.Key, strings.Join(strings.Fields(text.Plain()), " ")}
	}
	return out
}

// existing are the documents that the site has at present, whatever it suffers from.
func (y *year) existing() map[string]sitetest.Expect {
	out := y.site.Truth()
	maps.DeleteFunc(out, func(_ string, e sitetest.Expect) bool {
		return e.Is != sitetest.Document && e.Is != sitetest.Either && e.Is != sitetest.Fault
	})
	return out
}

func (y *year) nothingWronglyHidden() {
	y.Helper()
	served, existing := y.served(), y.existing()
	shown := map[int]bool{}
	for id, e := range existing {
		_, there := served[id]
		shown[e.Page] = shown[e.Page] || there
	}
	complaints := 0
	for id, e := range existing {
		if y.keys[e.Page] == "" || shown[e.Page] {
			continue // never held so far, or held where it is
		}
		found := false
		for old := range y.ids[e.Page] {
			_, there := served[old]
			found = found || there
		}
		if found {
			continue
		}
		if complaints++; complaints <= 5 {
			d, err := y.catalog.DocumentByKey(y.Context(), y.keys[e.Page])
			y.Errorf("%s, run %d: %s is hidden although the site has it: %s is %s (%s), %v", y.step, y.runs, id, d.ExternalID, d.State, d.StateReason, err)
		}
	}
	if complaints > 5 {
		y.Errorf("%s, run %d: and %d more; the run said %s %v %v", y.step, y.runs, complaints-5, y.last.Result, y.last.Reasons, y.last.Errors)
	}
}

// differences says in sentences where the base is not what the site is.
func (y *year) differences() []string {
	y.Helper()
	var out []string
	served, either := y.served(), map[string]int{}
	expected := y.existing()
	for id, e := range expected {
		h, there := served[id]
		switch {
		case e.Is == sitetest.Either:
			if there {
				either[e.OneOf]++
			} else {
				either[e.OneOf] += 0
				continue
			}
		case e.Is == sitetest.Fault && !there:
			continue
		case !there:
			d, err := y.catalog.DocumentByID(y.Context(), "site", id)
			out = append(out, fmt.Sprintf("%s is not served: %s (%s), %v", id, d.State, d.StateReason, err))
			continue
		}
		for _, piece := range e.Text {
			if !strings.Contains(h.text, piece) {
				out = append(out, fmt.Sprintf("%s does not hold %q", id, piece))
				break
			}
		}
		if was := y.keys[e.Page]; was != "" && was != h.key && e.Is == sitetest.Document {
			out = append(out, fmt.Sprintf("%s has another key than before", id))
		}
	}
	for name, n := range either {
		if n == 0 {
			out = append(out, name+" is not served")
		}
	}
	for id := range served {
		if _, ok := expected[id]; !ok {
			out = append(out, id+" is served and should not be")
		}
	}
	slices.Sort(out)
	return out
}

// settle runs the source until the base is what the site is, at most so often, and
// says in how many runs it was.
func (y *year) settle(most int) int {
	y.Helper()
	var wrong []string
	for n := 1; n <= most; n++ {
		r := y.run(25 * time.Hour)
		if r.DeletionsPending > 0 {
			y.Errorf("%s: %d documents wait for approval", y.step, r.DeletionsPending)
		}
		if wrong = y.differences(); len(wrong) == 0 {
			y.remember()
			return n
		}
	}
	y.Errorf("%s: after %d runs the base is not what the site is; the last said %s %v %v\n%s", y.step, most, y.last.Result, y.last.Reasons, y.last.Errors[:min(len(y.last.Errors), 2)],
		strings.Join(wrong[:min(len(wrong), 8)], "\n"))
	y.remember()
	return most
}

// remember notes under which key and address each page is held.
func (y *year) remember() {
	served := y.served()
	for id, e := range y.existing() {
		if h, ok := served[id]; ok {
			if e.Is == sitetest.Document {
				y.keys[e.Page] = h.key
			}
			if y.ids[e.Page] == nil {
				y.ids[e.Page] = map[string]bool{}
			}
			y.ids[e.Page][id] = true
		}
	}
}

// unharmed runs the source while the site suffers, and wants nothing to have changed.
func (y *year) unharmed(m sitetest.Mode, after time.Duration) {
	y.Helper()
	before := y.served()
	y.site.Suffer(m)
	r := y.run(after)
	y.site.Suffer(sitetest.Healthy)
	if r.New+r.TextChanged+r.Deleted+r.Excluded+r.Hidden+r.Removed+r.DeletionsPending > 0 {
		y.Errorf("%s: the run says %+v", y.step, r)
	}
	if after := y.served(); !maps.Equal(before, after) {
		y.Errorf("%s: what is served has changed: %d documents before, %d after", y.step, len(before), len(after))
	}
}

func (y *year) consistent() {
	y.Helper()
	c, err := y.applier.Reconcile(y.Context(), false)
	if err != nil {
		y.Fatal(err)
	}
	if !c.Equal() || c.Mark != c.Head {
		y.Errorf("%s: catalog and index differ: %+v", y.step, c)
	}
}

func TestAYearOfASite(t *testing.T) {
	y := newYear(t, sitetest.Options{Seed: 11, Pages: 300, TLS: true, CrawlDelay: 2 * time.Second,
		Without: []string{"calendar", "facets", "repeating links", "endless paths", "sessions", "files", "sizes", "needs a browser"}})
	began := time.Now()
	article := func(i int) int { return y.site.Articles()[i] }
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"the first crawl", func() { y.settle(2) }},
		{"a quiet day", func() {
			if r := y.run(25 * time.Hour); r.New+r.TextChanged+r.Hidden+r.Deleted+r.Excluded > 0 || r.Unchanged < 200 {
				y.Errorf("the run says %+v", r)
			}
			if v := y.site.Judge(); v.Bodies > 0 || len(v.Violations) > 0 {
				y.Errorf("%d unchanged pages were sent whole; the site's server complains: %q", v.Bodies, v.Violations)
			}
			y.settle(1)
		}},
		{"added", func() {
			y.site.Add("fr")
			y.site.Add("fr")
			y.site.Add("en")
			y.settle(1)
		}},
		{"edited", func() {
			for i := range 5 {
				y.site.Edit(article(7 * i))
			}
			y.settle(1)
		}},
		{"moved for good", func() {
			for i, status := range []int{301, 308, 301, 308} {
				y.site.Move(article(10+9*i), status)
			}
			y.site.Edit(article(10)) // moved and edited at once
			y.settle(2)
		}},
		{"moved for a while", func() {
			away := []int{article(20), article(33)}
			for _, page := range away {
				y.site.Detour(page)
			}
			y.settle(2)
			for _, page := range away {
				y.site.EndDetour(page)
			}
			y.settle(3)
		}},
		{"not found and gone", func() {
			linked, unlinked, gone := article(5), article(6), article(8)
			still := y.site.ID(linked)
			y.site.Delete(linked, http.StatusNotFound, false)
			y.site.Delete(unlinked, http.StatusNotFound, true)
			y.site.Delete(gone, http.StatusGone, false)
			y.run(25 * time.Hour)
			if _, ok := y.served()[still]; !ok {
				y.Error("a page that was not found once is hidden at once")
			}
			y.settle(2)
		}},
		{"blocked by robots.txt", func() {
			y.site.Block(article(12))
			y.site.Block(article(40))
			y.settle(2)
		}},
		{"asked not to be indexed", func() {
			y.site.Noindex(article(14))
			y.site.Noindex(article(42))
			y.settle(2)
		}},
		{"some pages broken for a day", func() {
			broken := []int{article(3), article(50), article(60)}
			for _, page := range broken {
				y.site.Break(page, true)
			}
			y.run(12 * time.Hour)
			y.run(13 * time.Hour)
			for _, page := range broken {
				y.site.Break(page, false)
			}
			y.settle(1)
		}},
		{"the whole site broken for a day", func() {
			y.unharmed(sitetest.Broken, 12*time.Hour)
			y.unharmed(sitetest.Broken, 13*time.Hour)
			y.settle(1)
		}},
		{"the certificate expired", func() {
			y.unharmed(sitetest.Expired, 25*time.Hour)
			y.settle(1)
		}},
		{"a login wall for an hour", func() {
			y.unharmed(sitetest.LoginPage, time.Hour)
			y.settle(1)
			y.unharmed(sitetest.LoginRedirect, time.Hour)
			y.settle(1)
		}},
		{"a consent wall", func() {
			y.unharmed(sitetest.ConsentPage, time.Hour)
			y.settle(1)
		}},
		{"maintenance", func() {
			y.unharmed(sitetest.Maintenance, time.Hour)
			y.settle(1)
			y.unharmed(sitetest.MaintenanceAs200, time.Hour)
			y.settle(1)
		}},
		{"launched anew with redirects", func() {
			y.site.Relaunch(true, false)
			y.settle(3)
		}},
		{"launched anew without redirects", func() { y.relaunchedWithoutRedirects() }},
		{"a section removed on purpose", func() { y.sectionRemoved() }},
	} {
		y.step = step.name
		at, runs := time.Now(), y.runs
		t.Run(strings.ReplaceAll(step.name, " ", "-"), func(t *testing.T) {
			outer := y.T
			y.T = t
			defer func() { y.T = outer }()
			step.do()
			y.consistent()
		})
		t.Logf("%s: %d runs, %s", step.name, y.runs-runs, time.Since(at).Round(time.Millisecond))
	}
	t.Logf("%d runs over %s of the clock, %s", y.runs, y.site.Clock.Now().Sub(sitetest.NewClock().Now()).Round(time.Hour), time.Since(began).Round(time.Millisecond))
}

// relaunchedWithoutRedirects: every page stands at another address with slightly
// other words, and nothing says so. The old ones wait for a person's word.
func (y *year) relaunchedWithoutRedirects() {
	before := y.served()
	y.site.Relaunch(false, true)
	y.forget()
	var r catalog.Report
	for range 3 {
		r = y.run(25 * time.Hour)
	}
	if r.DeletionsPending == 0 {
		y.Errorf("no document waits for approval; the run says %+v", r)
	}
	after := y.served()
	keys := map[string]bool{}
	for _, h := range after {
		keys[h.key] = true // what has moved with its text unchanged keeps it
	}
	for id, h := range before {
		if !keys[h.key] {
			y.Errorf("%s is no longer served, and nobody has approved", id)
			break
		}
	}
	y.approve()
	y.settle(2)
}

// forget lets pages be held under new keys: nothing tells that they are the same.
func (y *year) forget() { clear(y.keys) }

func (y *year) sectionRemoved() {
	before := len(y.served())
	y.site.RemoveSection(1)
	var r catalog.Report
	for range 2 {
		r = y.run(25 * time.Hour)
	}
	if r.DeletionsPending == 0 || len(y.served()) < before {
		y.Errorf("%d documents wait for approval, %d of %d are served", r.DeletionsPending, len(y.served()), before)
	}
	y.approve()
	y.settle(2)
}

func (y *year) approve() {
	y.Helper()
	settled, err := y.syncer.Approve(y.Context(), "site", pipeline.Decision{By: "owner"})
	if err != nil {
		y.Fatal(err)
	}
	if settled.Still > 0 || settled.Done == 0 {
		y.Errorf("%s: the approval says %+v", y.step, settled)
	}
	if err := y.applier.CatchUp(y.Context()); err != nil {
		y.Fatal(err)
	}
}
