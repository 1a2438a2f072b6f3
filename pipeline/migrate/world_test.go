package migrate

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/embedded"
	"freshet/index/indextest"
	"freshet/index/lexical"
	"freshet/pipeline"
)

// A clock that tests set.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time       { return time.UnixMilli(c.at.Load()).UTC() }
func (c *clock) pass(d time.Duration) { c.at.Add(d.Milliseconds()) }

// fakeModel makes a vector of each text by its hash, of its own dimension, and counts
// what it was sent.
type fakeModel struct {
	name string
	dim  int

	mu      sync.Mutex
	sent    map[string]int
	refuses func(text string) bool
	fault   func() error // asked before each request
	pause   time.Duration
}

func newFakeModel(name string, dim int) *fakeModel {
	return &fakeModel{name: name, dim: dim, sent: make(map[string]int)}
}

func (f *fakeModel) space() index.Space {
	return index.Space{Lexical: lexical.Version, Provider: "fake", Model: f.name, Dimension: f.dim, Normalised: true}
}

func (f *fakeModel) vector(text string) []float32 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(f.name + "\x00" + text)) // it never fails
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	v := make([]float32, f.dim)
	var sum float64
	for i := range v {
		v[i] = float32(r.NormFloat64())
		sum += float64(v[i]) * float64(v[i])
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
	return v
}

func (f *fakeModel) passages(ctx context.Context, texts []string) ([]catalog.Vector, error) {
	if f.pause > 0 {
		select {
		case <-time.After(f.pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fault != nil {
		if err := f.fault(); err != nil {
			return nil, err
		}
	}
	out := make([]catalog.Vector, len(texts))
	for i, text := range texts {
		f.sent[text]++
		if f.refuses != nil && f.refuses(text) {
			out[i].Refused = "poisoned"
			continue
		}
		out[i].Values = f.vector(text)
	}
	return out, nil
}

// asked counts distinct texts, and texts that were sent more than once.
func (f *fakeModel) asked() (distinct, again int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range f.sent {
		if n > 1 {
			again++
		}
	}
	return len(f.sent), again
}

func (f *fakeModel) model() *Model {
	return &Model{Passages: f.passages,
		Query: func(_ context.Context, q string) ([]float32, error) { return f.vector(q), nil },
		Spent: func() (int64, float64) {
			f.mu.Lock()
			defer f.mu.Unlock()
			n := int64(0)
			for text, times := range f.sent {
				n += int64(len(text) / 4 * times)
			}
			return n, float64(n) / 1e6
		},
		Estimate: func(_ int, bytes int64) (int64, float64) { return bytes / 4, float64(bytes) / 4e6 }}
}

// world is a catalog with its Machine, and Stores that outlive it.
type world struct {
	t       testing.TB
	dir     string
	driver  string
	clock   *clock
	catalog *catalog.Catalog
	stats   *pipeline.Statistics
	machine *Machine
	options func(*Options)

	mu      sync.Mutex
	models  map[string]*fakeModel
	stores  map[int64]index.Store
	removed []int64
	told    []int64
	wrap    func(catalog.Target, index.Store) index.Store
	openErr func(catalog.Target) error
	openAs  func(context.Context, catalog.Target) (index.Store, error) // nil for what it leaves to openStore

	embedded bool // Stores are real ones, in directories

	stop  context.CancelFunc
	ended chan error
}

var (
	wordsOnly = index.Space{Lexical: lexical.Version, Provider: "none"}
)

func newWorld(t testing.TB) *world { return newWorldIn(t, t.TempDir()) }

// newWorldIn has its catalog, and its Stores where they are real ones, in dir.
func newWorldIn(t testing.TB, dir string) *world {
	w := &world{t: t, dir: dir, clock: &clock{}, models: map[string]*fakeModel{}, stores: map[int64]index.Store{}}
	w.clock.at.Store(time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC).UnixMilli())
	w.openCatalog()
	t.Cleanup(func() {
		w.halt()
		if err := w.catalog.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *world) openCatalog() {
	w.t.Helper()
	c, err := catalog.Open(context.Background(), catalog.Options{Path: filepath.Join(w.dir, "catalog.db"), Driver: w.driver, Now: w.clock.now})
	must(w.t, err)
	w.catalog = c
	must(w.t, c.PutBase(context.Background(), catalog.Base{ID: "help", Languages: []string{"en"}}))
	_, err = c.Source(context.Background(), "s")
	if errors.Is(err, catalog.ErrNotFound) {
		err = c.PutSource(context.Background(), catalog.Source{ID: "s", Base: "help", Kind: "memory", Digest: "d", Origin: catalog.OriginFile, State: catalog.Published})
	}
	must(w.t, err)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// use makes a model known.
func (w *world) use(f *fakeModel) *fakeModel {
	w.models[f.name] = f
	return f
}

// open opens a Machine that is wanted to have this Space.
func (w *world) open(space index.Space) error {
	w.stats = pipeline.NewStatistics(lexical.NewTerms())
	o := Options{Catalog: w.catalog, Statistics: w.stats, Now: w.clock.now, Grace: time.Millisecond, Page: 64, retry: 5 * time.Millisecond,
		OpenStore: w.openStore,
		OpenModel: func(t catalog.Target) (*Model, error) {
			f := w.models[t.Space.Model]
			if f == nil {
				return nil, fmt.Errorf("the model %q is not configured", t.Space.Model)
			}
			return f.model(), nil
		},
		Remove: func(_ context.Context, t catalog.Target) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			delete(w.stores, t.ID)
			w.removed = append(w.removed, t.ID)
			return os.RemoveAll(w.place(t.ID))
		},
		Switched: func(_ context.Context, t catalog.Target) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.told = append(w.told, t.ID)
			return nil
		},
	}
	if w.options != nil {
		w.options(&o)
	}
	w.machine = New(o)
	return w.machine.Open(context.Background(), lexical.Version, wants("oracle", space))
}

func wants(store string, space index.Space) Wanted {
	return Wanted{Target: catalog.Target{Store: store, Space: space}, Differs: func(t catalog.Target) []string {
		var out []string
		if t.Store != store {
			out = append(out, "store")
		}
		if t.Space != space {
			out = append(out, "model")
		}
		return out
	}}
}

func (w *world) openStore(ctx context.Context, t catalog.Target) (index.Store, error) {
	if w.openAs != nil {
		if s, err := w.openAs(ctx, t); s != nil || err != nil {
			return s, err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.openErr != nil {
		if err := w.openErr(t); err != nil {
			return nil, err
		}
	}
	s := w.stores[t.ID]
	if w.embedded {
		var err error
		if s, err = embedded.Open(embedded.Options{Dir: w.place(t.ID), Space: t.Space}); err != nil {
			return nil, err
		}
		if w.wrap != nil {
			s = w.wrap(t, s)
		}
		return s, nil
	}
	if s == nil {
		s = indextest.NewOracleIn(t.Space)
		w.stores[t.ID] = s
	}
	s = keptOpen{s}
	if w.wrap != nil {
		s = w.wrap(t, s)
	}
	return s, nil
}

func (w *world) place(id int64) string { return filepath.Join(w.dir, fmt.Sprintf("index-%d", id)) }

// keptOpen is a Store whose content outlives the process that closes it.
type keptOpen struct{ index.Store }

func (keptOpen) Close() error { return nil }

// start opens a Machine and runs it.
func (w *world) start(space index.Space) {
	w.t.Helper()
	must(w.t, w.open(space))
	w.run()
}

func (w *world) run() {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	w.stop, w.ended = stop, ended
	go func(m *Machine) { ended <- m.Run(ctx) }(w.machine)
}

// halt ends the Machine as a process ends that is asked to.
func (w *world) halt() {
	if w.stop == nil {
		return
	}
	w.stop()
	if err := <-w.ended; err != nil {
		w.t.Error(err)
	}
	w.stop = nil
	if err := w.machine.Close(); err != nil {
		w.t.Error(err)
	}
}

// put writes documents of one passage each.
func (w *world) put(texts map[string]string) {
	w.t.Helper()
	must(w.t, w.write(texts))
}

func (w *world) write(texts map[string]string) error {
	b := &catalog.Batch{Source: "s"}
	for _, id := range slices.Sorted(maps.Keys(texts)) {
		text := texts[id]
		d, err := w.catalog.DocumentByID(context.Background(), "s", id)
		outcome := catalog.TextChanged
		if errors.Is(err, catalog.ErrNotFound) {
			var key string
			if key, err = w.catalog.FreeKey(context.Background(), "s", id); err != nil {
				return err
			}
			outcome = catalog.New
			d = catalog.Document{Key: key, Source: "s", ExternalID: id, Base: "help",
				Details: catalog.Details{Title: titleOf(id), URI: "https://example.org/" + id, Access: connectors.Public()}}
		}
		if err != nil {
			return err
		}
		d.State, d.TextHash = catalog.Present, index.HashTexts("text/1", text)
		c := index.Chunk{ID: index.NewChunkID(d.Key, nil, text, 0), Document: d.Key, Kind: index.Prose, Title: d.Details.Title, Text: text, Locale: "en", Words: 5, End: len(text)}
		if text == "" {
			d.State, outcome = catalog.Removed, catalog.WasRemoved
		}
		c.Input = c.InputHash(lexical.Version)
		ch := catalog.Change{Document: d, Outcome: outcome, Content: true, Chunks: []index.Chunk{c}, Text: []byte(text)}
		if text == "" {
			ch.Content, ch.Chunks, ch.Text = false, nil, nil
		}
		b.Changes = append(b.Changes, ch)
	}
	_, err := w.catalog.Apply(context.Background(), b)
	return err
}

// titleOf is the title of a document; those whose ID begins with "same" share one.
func titleOf(id string) string {
	if strings.HasPrefix(id, "same") {
		return "About the same"
	}
	return "About " + id
}

func page(n int) string {
	return fmt.Sprintf("The parcel number%d waits at counter%d for fourteen days, after which it goes back to whoever sent it.", n, n)
}

// fill writes n documents.
func (w *world) fill(n int) {
	w.t.Helper()
	texts := make(map[string]string, 500)
	for i := range n {
		texts[fmt.Sprintf("d%05d", i)] = page(i)
		if len(texts) == 500 || i == n-1 {
			w.put(texts)
			clear(texts)
		}
	}
}

// caughtUp waits until the active index has everything.
func (w *world) caughtUp() {
	w.t.Helper()
	head, err := w.catalog.Head(context.Background())
	must(w.t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		err := w.machine.Wait(ctx, head)
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			w.t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// until waits for a state of the migration and returns it.
func (w *world) until(what string, is func(*catalog.Migration) bool) catalog.Migration {
	w.t.Helper()
	var m catalog.Migration
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		var err error
		if m, err = w.catalog.LastMigration(context.Background()); err == nil && is(&m) {
			return m
		}
	}
	w.t.Fatalf("the migration never came to %s: %+v", what, m)
	return m
}

func (w *world) untilPhase(p catalog.MigrationPhase) catalog.Migration {
	w.t.Helper()
	return w.until(string(p), func(m *catalog.Migration) bool {
		// The catalog is a moment ahead of the Machine.
		return m.Phase == p && (p != catalog.PhaseSoak || w.machine.Active().Target.ID == m.To)
	})
}

func (w *world) untilState(s catalog.MigrationState) catalog.Migration {
	w.t.Helper()
	return w.until(string(s), func(m *catalog.Migration) bool { return m.State == s })
}

// migrate moves to a Space until it soaks.
func (w *world) migrate(space index.Space) catalog.Migration {
	w.t.Helper()
	w.halt()
	w.start(space)
	_, err := w.machine.Begin(context.Background(), BeginOptions{})
	must(w.t, err)
	return w.untilPhase(catalog.PhaseSoak)
}

// settle lets the soaking time pass and waits for the end.
func (w *world) settle() {
	w.t.Helper()
	w.clock.pass(25 * time.Hour)
	w.machine.mu.Lock()
	w.machine.wake()
	w.machine.mu.Unlock()
	w.untilState(catalog.MigrationDone)
}

// same fails unless the active index holds just what the catalog says, with so many
// vectors.
func (w *world) same(vectors int) {
	w.t.Helper()
	w.caughtUp()
	w.embeddedAll()
	var c pipeline.Comparison
	have := -1
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var err error
		if c, err = w.machine.Reconcile(context.Background(), false); err != nil {
			continue
		}
		have = 0
		for s, err := range w.machine.Active().Store.Stamps(context.Background(), index.ChunkID{}, pipeline.LastID()) {
			if err == nil && s.Stamp.Dense {
				have++
			}
		}
		if c.Equal() && have == vectors {
			return
		}
	}
	w.t.Errorf("the active index differs: %+v, %d vectors, want %d", c, have, vectors)
}

// embeddedAll waits until nothing waits for a vector.
func (w *world) embeddedAll() {
	w.t.Helper()
	head, err := w.catalog.Head(context.Background())
	must(w.t, err)
	for end := time.Now().Add(3 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		s, err := w.machine.Status(context.Background())
		if err == nil && (s.Active.Embeddings == nil || s.Active.Embeddings.Mark >= head) {
			return
		}
		if time.Now().After(end) {
			w.t.Fatalf("passages wait for their vectors: %+v, %v", s.Active.Embeddings, err)
		}
	}
}

// ask asks for the passage with a text, by its words and by its meaning, as a
// question does: with what is active at its beginning.
func (w *world) ask(text string) (found bool, err error) {
	active := w.machine.Active()
	chunk := index.Chunk{Text: text}
	v := lexical.NewEncoder().Encode(lexical.FromChunk(&chunk)).Vector
	q := index.Query{Base: "help", Limit: 5}
	for i, n := range w.stats.Terms().Frequencies("help", v.IDs) {
		q.Lexical = append(q.Lexical, index.Term{ID: v.IDs[i], Value: rarity(w.stats.Terms().Chunks("help"), n)})
	}
	queries := []index.Query{q}
	if active.Model != nil {
		d, err := active.Model.Query(context.Background(), text)
		if err != nil {
			return false, err
		}
		if len(d) != active.Target.Space.Dimension {
			return false, fmt.Errorf("%w: a vector of %d dimensions for a space of %d", errMixed, len(d), active.Target.Space.Dimension)
		}
		queries = append(queries, index.Query{Base: "help", Dense: d, Limit: 5})
	}
	results, err := active.Store.Search(context.Background(), queries)
	if errors.Is(err, index.ErrSpace) {
		err = fmt.Errorf("%w: %w", errMixed, err)
	}
	if err != nil {
		return false, err
	}
	var ids []index.ChunkID
	for _, r := range results {
		for _, h := range r.Hits {
			ids = append(ids, h.ID)
		}
	}
	passages, err := w.catalog.Vouch(context.Background(), index.VouchRequest{Base: "help", Mark: results[0].Mark, IDs: ids})
	if err != nil {
		return false, err
	}
	for _, p := range passages {
		if strings.Contains(p.Chunk.Text, text) || p.Chunk.Text == text {
			return true, nil
		}
	}
	return false, nil
}

var errMixed = errors.New("vectors of two spaces met")

// An asker asks all the while.
type asker struct {
	questions, missed, unanswered, mixed atomic.Int64
	stop                                 chan struct{}
	done                                 sync.WaitGroup
}

// asking asks for texts that are there all the time, until it is stopped.
func (w *world) asking(texts []string) *asker {
	a := &asker{stop: make(chan struct{})}
	a.done.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-a.stop:
				return
			default:
			}
			found, err := w.ask(texts[i%len(texts)])
			a.questions.Add(1)
			switch {
			case errors.Is(err, errMixed):
				a.mixed.Add(1)
			case err != nil:
				a.unanswered.Add(1) // a fault, which is never taken for "no answer"
			case !found:
				a.missed.Add(1)
			}
			time.Sleep(time.Millisecond)
		}
	})
	return a
}

func (a *asker) end(t testing.TB) {
	t.Helper()
	close(a.stop)
	a.done.Wait()
	if a.missed.Load() > 0 || a.mixed.Load() > 0 || a.questions.Load() == 0 {
		t.Errorf("of %d questions %d found nothing and %d met two spaces", a.questions.Load(), a.missed.Load(), a.mixed.Load())
	}
}
