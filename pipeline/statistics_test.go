package pipeline

import (
	"context"
	"errors"
	"testing"

	"freshet/index"
	"freshet/index/indextest"
	"freshet/index/lexical"
)

// awayStore is a Store that cannot be written to while it is away.
type awayStore struct {
	index.Store
	away bool
}

func (s *awayStore) Upsert(ctx context.Context, p []index.Point) error {
	if s.away {
		return errors.New("away")
	}
	return s.Store.Upsert(ctx, p)
}

// countedAnew is how often each term of all open chunks occurs.
func (w *world) countedAnew() map[uint32]int {
	w.t.Helper()
	out := make(map[uint32]int)
	open, err := w.catalog.OpenChunksAfter(w.t.Context(), index.ChunkID{}, 1000)
	must(w.t, err)
	e := lexical.NewEncoder()
	for i := range open {
		for _, id := range e.Encode(lexical.FromChunk(&open[i].Chunk)).Vector.IDs {
			out[id]++
		}
	}
	return out
}

func TestStoresThatShareStatisticsCountEachEntryOnce(t *testing.T) {
	w := newWorld(t)
	away := &awayStore{Store: indextest.NewOracle()}
	w.join(away)
	shared := NewStatistics(lexical.NewTerms())
	first := NewApplier(ApplierOptions{Catalog: w.catalog, Store: away, Statistics: shared, Name: "first"})
	second := NewApplier(ApplierOptions{Catalog: w.catalog, Store: indextest.NewOracle(), Statistics: shared, Name: "second"})
	check := func(when string) {
		t.Helper()
		wrong, want := 0, w.countedAnew()
		for id, n := range want {
			if shared.Terms().Frequencies("help", []uint32{id})[0] != n {
				wrong++
			}
		}
		if head, _ := w.catalog.Head(t.Context()); wrong > 0 || len(want) == 0 || shared.counted() != head {
			t.Errorf("%s: %d of %d terms are counted otherwise, up to %d of %d", when, wrong, len(want), shared.counted(), head)
		}
	}
	sync := func() {
		t.Helper()
		_, err := w.syncer.Run(t.Context(), "s", RunOptions{})
		must(t, err)
	}
	w.fill(10)
	sync()
	must(t, first.CatchUp(t.Context()))
	must(t, second.CatchUp(t.Context()))
	check("one behind the other")

	w.src.Put("p03", page("changed"))
	w.src.Put("p99", page("added"))
	sync()
	away.away = true
	if first.CatchUp(t.Context()) == nil {
		t.Error("a store that is away fails nobody")
	}
	must(t, second.CatchUp(t.Context()))
	check("while the first is away")

	w.src.Put("p03", page("changed again"))
	sync()
	away.away = false
	// What the first applies reaches behind and before what is counted.
	must(t, first.CatchUp(t.Context()))
	check("when it is back")
	must(t, second.CatchUp(t.Context()))
	check("and the second follows")

	must(t, second.Rebuild(t.Context()))
	check("counted anew")
	must(t, shared.Save(t.Context(), w.catalog))
	again := NewStatistics(lexical.NewTerms())
	third := NewApplier(ApplierOptions{Catalog: w.catalog, Store: indextest.NewOracle(), Statistics: again, Name: "third"})
	must(t, third.CatchUp(t.Context()))
	shared = again
	check("read from what was saved")
}

func TestStatisticsThatMovedMeanwhileAreCountedFromWhereTheyAre(t *testing.T) {
	w := newWorld(t)
	shared := NewStatistics(lexical.NewTerms())
	a := NewApplier(ApplierOptions{Catalog: w.catalog, Store: indextest.NewOracle(), Statistics: shared, Name: "a"})
	b := NewApplier(ApplierOptions{Catalog: w.catalog, Store: indextest.NewOracle(), Statistics: shared, Name: "b"})
	w.fill(6)
	_, err := w.syncer.Run(t.Context(), "s", RunOptions{})
	must(t, err)
	must(t, a.CatchUp(t.Context()))
	w.src.Put("p01", page("first"))
	w.src.Put("p02", page("second"))
	_, err = w.syncer.Run(t.Context(), "s", RunOptions{})
	must(t, err)
	// b has made its jobs for a page when a counts the half of it.
	var entries []index.Entry
	counted := shared.counted()
	for e, err := range w.catalog.Since(t.Context(), counted) {
		must(t, err)
		entries = append(entries, e)
	}
	if len(entries) != 2 {
		t.Fatalf("%d entries", len(entries))
	}
	jobs := jobsOf(entries, counted)
	must(t, b.encodeWords(t.Context(), jobs))
	half := jobsOf(entries[:1], counted)
	must(t, a.encodeWords(t.Context(), half))
	must(t, a.count(t.Context(), entries[:1], half, counted))
	must(t, b.count(t.Context(), entries, jobs, counted))
	for id, n := range w.countedAnew() {
		if got := shared.Terms().Frequencies("help", []uint32{id})[0]; got != n {
			t.Fatalf("a term of %d chunks is counted %d times", n, got)
		}
	}
}
