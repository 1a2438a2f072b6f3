package migrate

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"
	"time"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/catalog/faultsql"
)

var errInjected = errors.New("injected fault")

// A fault fails some of the calls that pass it.
type fault struct {
	calls atomic.Int64
	fails func(n int64) bool
	hits  atomic.Int64
	on    atomic.Bool
}

func (f *fault) step() error {
	if f == nil || !f.on.Load() {
		return nil
	}
	if f.fails(f.calls.Add(1)) {
		f.hits.Add(1)
		return errInjected
	}
	return nil
}

// faultyStore is a Store every call of which may fail, as one on another machine does:
// before anything was done, or, of writes, when it was done and only the answer is lost.
type faultyStore struct {
	index.Store
	f *fault
}

func (s faultyStore) around(do func() error) error {
	if err := s.f.step(); err != nil {
		return fmt.Errorf("%w: %w", index.ErrUnavailable, err)
	}
	if err := do(); err != nil {
		return err
	}
	if err := s.f.step(); err != nil {
		return fmt.Errorf("%w: %w", index.ErrUnavailable, err)
	}
	return nil
}

func (s faultyStore) Upsert(ctx context.Context, p []index.Point) error {
	return s.around(func() error { return s.Store.Upsert(ctx, p) })
}

func (s faultyStore) Patch(ctx context.Context, ids []index.ChunkID, p index.Payload, seq int64) error {
	return s.around(func() error { return s.Store.Patch(ctx, ids, p, seq) })
}

func (s faultyStore) Delete(ctx context.Context, ids []index.ChunkID, upTo int64) error {
	return s.around(func() error { return s.Store.Delete(ctx, ids, upTo) })
}

func (s faultyStore) SetMark(ctx context.Context, m index.Mark) error {
	return s.around(func() error { return s.Store.SetMark(ctx, m) })
}

func (s faultyStore) Mark(ctx context.Context) (m index.Mark, err error) {
	err = s.around(func() error { m, err = s.Store.Mark(ctx); return err })
	return m, err
}

func (s faultyStore) Search(ctx context.Context, q []index.Query) (r []index.Result, err error) {
	err = s.around(func() error { r, err = s.Store.Search(ctx, q); return err })
	return r, err
}

func (s faultyStore) Stamps(ctx context.Context, from, to index.ChunkID) iter.Seq2[index.StampedID, error] {
	return func(yield func(index.StampedID, error) bool) {
		if err := s.f.step(); err != nil {
			yield(index.StampedID{}, fmt.Errorf("%w: %w", index.ErrUnavailable, err))
			return
		}
		for p, err := range s.Store.Stamps(ctx, from, to) {
			if !yield(p, err) {
				return
			}
		}
		if err := s.f.step(); err != nil {
			yield(index.StampedID{}, fmt.Errorf("%w: %w", index.ErrUnavailable, err))
		}
	}
}

// faultPlaces are the places that fail. The active index stays whole: what answers
// while it fails is the standby's matter.
var faultPlaces = []string{"store", "embedder", "catalog"}

// disturbed moves a world to another model while calls of one place fail, with edits
// in the midst of it, and looks at the end whether everything is as it should be.
func disturbed(t *testing.T, place string, fails func(n int64) bool, until time.Duration) (calls, hits int64) {
	t.Helper()
	w := newWorld(t)
	f := &fault{fails: fails}
	if place == "catalog" {
		faults := faultsql.Register()
		must(t, w.catalog.Close())
		w.driver = faults.Name()
		faults.Set(f.step)
		w.openCatalog()
	}
	a, b := w.use(newFakeModel("a", 8)), w.use(newFakeModel("b", 12))
	if place == "embedder" {
		b.fault = f.step
	}
	w.wrap = func(target catalog.Target, s index.Store) index.Store {
		if place == "store" && target.Space.Model == "b" {
			return faultyStore{s, f}
		}
		return s
	}
	if place == "qdrant" {
		w.qdrant(f, b)
	}
	w.options = func(o *Options) {
		if o.Page, o.Sample = 10, 10; place == "embedder" {
			o.Page = 3
		}
	}
	w.start(a.space())
	w.fill(30)
	w.same(30)
	w.halt()
	w.start(b.space())
	w.caughtUp()
	questions := w.asking(texts(0, 10))
	f.on.Store(true)
	if until > 0 {
		time.AfterFunc(until, func() { f.on.Store(false) })
	}
	insist(t, func() error {
		_, err := w.machine.Begin(context.Background(), BeginOptions{})
		return ignore(err, ErrRefused)
	})
	insist(t, func() error {
		return w.write(map[string]string{"d00020": "An edit in the midst of it, number20b.", "new": "Another page in the midst of it.", "d00021": ""})
	})
	w.untilPhase(catalog.PhaseSoak)
	insist(t, func() error { return w.write(map[string]string{"d00022": "An edit while both follow, number22b."}) })
	f.on.Store(false)
	w.same(30)
	questions.end(t)
	for _, text := range []string{"An edit in the midst of it, number20b.", "An edit while both follow, number22b."} {
		if found, err := w.ask(text); !found || err != nil {
			t.Errorf("%q is not found: %v", text, err)
		}
	}
	if got := w.machine.Active().Target.Space; got != b.space() {
		t.Errorf("active is %+v", got)
	}
	w.settle()
	w.halt()
	return f.calls.Load(), f.hits.Load()
}

func ignore(err, what error) error {
	if errors.Is(err, what) {
		return nil
	}
	return err
}

// insist tries again for as long as injected faults are the reason.
func insist(t *testing.T, do func() error) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		err := do()
		if err == nil {
			return
		}
		if !errors.Is(err, errInjected) {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("it never succeeds")
}

func TestAFaultAtEveryCallOfAMigrationIsOvercome(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a migration for every call; left out by -short")
	}
	for _, place := range faultPlaces {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			most, met := int64(1), 0
			for k := int64(1); k <= most; k += stepOf(place) {
				calls, hits := disturbed(t, place, func(n int64) bool { return n == k }, 0)
				if most = max(most, min(calls, mostOf(place))); hits > 0 {
					met++
				}
				if t.Failed() {
					t.Fatalf("with a fault at call %d", k)
				}
			}
			t.Logf("%d migrations with a fault at one of %d calls", met, most)
		})
	}
}

// stepOf leaves out calls of the catalog, of which there are very many: its faults
// fall on every statement, begin and commit of everything that runs.
func stepOf(place string) int64 {
	if place == "catalog" {
		return 13
	}
	return 1
}

func mostOf(place string) int64 {
	if place == "catalog" {
		return 400
	}
	return 100
}

func TestAMigrationEndsByItselfBehindManyFaults(t *testing.T) {
	for _, place := range append(faultPlaces, "qdrant") {
		for _, every := range []int64{2, 3, 5, 7} {
			t.Run(fmt.Sprintf("%s, every %d", place, every), func(t *testing.T) {
				t.Parallel()
				calls, hits := disturbed(t, place, func(n int64) bool { return n%every == 0 }, 3*time.Second)
				if hits == 0 && calls >= every {
					t.Error("nothing failed")
				}
				t.Logf("%d of %d calls failed", hits, calls)
			})
		}
	}
}
