package pipeline

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/indextest"
	"freshet/index/lexical"
	"freshet/pipeline/contents"
	"freshet/pipeline/extract/formats"
)

// clock is set by tests.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)} }

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

// world is a source, a catalog and a Store, joined as the program joins them.
type world struct {
	t       *testing.T
	clock   *clock
	src     *connectortest.Memory
	kind    connectors.Kind
	catalog *catalog.Catalog
	store   index.Store
	terms   *lexical.Terms
	applier *Applier
	syncer  *Syncer
	plain   connectors.Source // what Open gives, if not src
	kept    *contents.Store   // nil: bytes are not kept
	limits  Limits
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: newClock(), src: connectortest.NewMemory()}
	w.src.SetFaults(connectortest.Faults{OpenInLoopOnly: true})
	w.kind = w.src.Kind()
	w.kind.HasFeed = false
	w.kind.PublicByDefault = true
	c, err := catalog.Open(t.Context(), catalog.Options{Path: filepath.Join(t.TempDir(), "catalog.db"), Now: w.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	w.catalog = c
	w.configure("s", catalog.Published)
	w.join(indextest.NewOracle())
	return w
}

func (w *world) configure(id string, state catalog.SourceState) {
	w.t.Helper()
	if err := w.catalog.PutBase(w.t.Context(), catalog.Base{ID: "help", Languages: []string{"fr", "en"}}); err != nil {
		w.t.Fatal(err)
	}
	err := w.catalog.PutSource(w.t.Context(), catalog.Source{ID: id, Base: "help", Kind: "memory", Digest: "d1", Origin: catalog.OriginFile, State: state})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) join(store index.Store) {
	w.store, w.terms = store, lexical.NewTerms()
	w.applier = NewApplier(ApplierOptions{Catalog: w.catalog, Store: store, Terms: w.terms})
	w.syncer = NewSyncer(Options{Catalog: w.catalog, Extractor: formats.New(formats.Config{}), Now: w.clock.now, Contents: w.kept, Limits: w.limits,
		Open: func(context.Context, catalog.Source) (connectors.Source, connectors.Kind, error) {
			if w.plain != nil {
				return w.plain, w.kind, nil
			}
			return w.src, w.kind, nil
		}})
}

// sync runs the source and brings the Store up to date.
func (w *world) sync() catalog.Report { return w.syncWith(RunOptions{}) }

func (w *world) syncWith(o RunOptions) catalog.Report {
	w.t.Helper()
	res, err := w.syncer.Run(w.t.Context(), "s", o)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.applier.CatchUp(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.clock.pass(time.Hour)
	return res.Report
}

// wantCounts fails unless the report has just these counts above zero.
func (w *world) wantCounts(r catalog.Report, want string) {
	w.t.Helper()
	if got := counts(r); got != want {
		w.t.Errorf("the run says %q, want %q; reasons %v, errors %v", got, want, r.Reasons, r.Errors)
	}
}

func counts(r catalog.Report) string {
	var parts []string
	for _, c := range []struct {
		name string
		n    int
	}{
		{"new", r.New}, {"text_changed", r.TextChanged}, {"details_changed", r.DetailsChanged}, {"reprocessed", r.Reprocessed},
		{"unchanged", r.Unchanged}, {"restored", r.Restored}, {"moved", r.Moved}, {"hidden", r.Hidden}, {"removed", r.Removed},
		{"deleted", r.Deleted}, {"excluded", r.Excluded}, {"skipped", r.Skipped}, {"unreadable", r.Unreadable}, {"pending", r.DeletionsPending},
	} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", c.name, c.n))
		}
	}
	return r.Result + ": " + strings.Join(parts, ", ")
}

// served searches as retrieval does and returns the IDs of the documents that hold
// the words, in title or text.
func (w *world) served(words string) []string {
	w.t.Helper()
	q := lexical.NewAnalyser(w.terms).Query("common "+words, lexical.Options{Base: "help", Languages: []string{"en", "fr"}})
	res, err := w.store.Search(w.t.Context(), []index.Query{{Base: "help", Lexical: q.Index(), Limit: 200}})
	if err != nil {
		w.t.Fatal(err)
	}
	var ids []index.ChunkID
	for _, h := range res[0].Hits {
		ids = append(ids, h.ID)
	}
	got, err := w.catalog.Vouch(w.t.Context(), index.VouchRequest{Base: "help", Mark: res[0].Mark, IDs: ids})
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, p := range got {
		holds := strings.Contains(strings.ToLower(p.Chunk.Title+" "+p.Chunk.Text), strings.ToLower(words))
		if holds && !slices.Contains(out, p.Document.ExternalID) {
			out = append(out, p.Document.ExternalID)
		}
	}
	slices.Sort(out)
	return out
}

func (w *world) wantServed(words string, want ...string) {
	w.t.Helper()
	got := w.served(words)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.t.Errorf("%q finds %v, want %v", words, got, want)
	}
}

func (w *world) document(id string) catalog.Document {
	w.t.Helper()
	d, err := w.catalog.DocumentByID(w.t.Context(), "s", id)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *world) wantState(id string, want catalog.State) {
	w.t.Helper()
	if got := w.document(id).State; got != want {
		w.t.Errorf("%s is %s, want %s", id, got, want)
	}
}

func (w *world) wantConsistent() {
	w.t.Helper()
	c, err := w.applier.Reconcile(w.t.Context(), false)
	if err != nil {
		w.t.Fatal(err)
	}
	if !c.Equal() || c.Mark != c.Head {
		w.t.Errorf("catalog and Store differ: %+v", c)
	}
}

// page is a text of about sixty words that has "common" and its own word in it.
func page(name string) string {
	return fmt.Sprintf("<h1>About %s</h1><p>This common page explains %s in detail. Our parcel service delivers every weekday before noon, and the courier "+
		"rings twice before leaving a note. If nobody answers, the parcel named %s waits at the counter for fourteen days, after which it goes "+
		"back to whoever sent it. Ask the hotline about %s when the note got lost.</p>", name, name, name, name)
}

func (w *world) fill(n int) {
	for i := range n {
		w.src.Put(fmt.Sprintf("p%02d", i), page(fmt.Sprintf("topic%02d", i)))
	}
}
