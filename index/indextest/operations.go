package indextest

import (
	"context"
	"sync"
	"testing"

	"freshet/index"
)

// Operate does n random writes to both Stores: new points, replacements by newer
// and by older ones, patches, deletions, marks. IDs are those of 0 to span-1.
// Sequence numbers begin at seq; the next free one is returned.
func (m *Maker) Operate(ctx context.Context, n, span int, seq int64, stores ...index.Store) (int64, error) {
	for range n {
		do := m.operation(ctx, span, seq)
		for _, s := range stores {
			if err := do(s); err != nil {
				return seq, err
			}
		}
		seq++
	}
	return seq, nil
}

func (m *Maker) operation(ctx context.Context, span int, seq int64) func(index.Store) error {
	late := seq - int64(m.random.IntN(20))
	switch m.random.IntN(10) {
	case 0:
		mark := index.Mark{Epoch: "epoch", Seq: seq}
		return func(s index.Store) error { return s.SetMark(ctx, mark) }
	case 1, 2:
		ids, payload := m.ids(span), m.Payload()
		return func(s index.Store) error { return s.Patch(ctx, ids, payload, late) }
	case 3, 4:
		ids := m.ids(span)
		return func(s index.Store) error { return s.Delete(ctx, ids, late) }
	default:
		var points []index.Point
		for _, id := range m.ids(span) {
			points = append(points, m.Point(id, late))
		}
		return func(s index.Store) error { return s.Upsert(ctx, points) }
	}
}

func (m *Maker) ids(span int) []index.ChunkID {
	list := make([]index.ChunkID, m.random.IntN(12))
	for i := range list {
		list[i] = ID(m.random.IntN(span))
	}
	return list
}

func (s *suite) randomOperations(t *testing.T) {
	space := denseSpace()
	for seed := range uint64(4) {
		store, oracle := s.start(t, space), NewOracleIn(space)
		maker := NewMaker(100+seed, space)
		maker.PerPoint = 12
		seq := int64(1)
		for range 20 {
			var err error
			seq, err = maker.Operate(t.Context(), 25, 150, seq, store, oracle)
			must(t, err)
			must(t, SameContent(t.Context(), store, oracle))
			judgeAll(t, store, oracle, []index.Query{maker.Query(), maker.Query(), maker.Query()}, 0.005)
		}
	}
}

// A document has two chunks, replaced again and again by two others with the same
// IDs; a search must find both at any moment.
func (s *suite) replacedWhileSearching(t *testing.T) {
	store := s.start(t, lexicalSpace())
	version := func(seq int64) []index.Point {
		return []index.Point{words(ID(1), "help", seq, 7), words(ID(2), "help", seq, 7)}
	}
	must(t, store.Upsert(t.Context(), append(version(0), words(ID(3), "help", 0, 9))))
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			for ctx.Err() == nil {
				results, err := store.Search(t.Context(), []index.Query{word("help", 7)})
				if err != nil || len(results[0].Hits) != 2 {
					t.Errorf("the document is not whole: %+v, %v", results, err)
					return
				}
			}
		})
	}
	for seq := range int64(400) {
		must(t, store.Upsert(t.Context(), version(seq)))
	}
	cancel()
	group.Wait()
}

// Each write adds a point and then moves the mark to its number; a search that
// reports mark m must find at least the points up to m.
func (s *suite) searchesBesideWrites(t *testing.T) {
	store := s.start(t, lexicalSpace())
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	query := word("help", 7)
	query.Limit = 1000
	for range 2 {
		group.Go(func() {
			for ctx.Err() == nil {
				results, err := store.Search(t.Context(), []index.Query{query, query})
				if err != nil {
					t.Errorf("search: %v", err)
					return
				}
				a, b := results[0], results[1]
				if int64(len(a.Hits)) < a.Mark || a.Mark != b.Mark || len(a.Hits) != len(b.Hits) {
					t.Errorf("marks %d and %d, hits %d and %d", a.Mark, b.Mark, len(a.Hits), len(b.Hits))
					return
				}
			}
		})
	}
	for seq := int64(1); seq <= 300; seq++ {
		must(t, store.Upsert(t.Context(), []index.Point{words(ID(int(seq)), "help", seq, 7)}))
		must(t, store.SetMark(t.Context(), index.Mark{Epoch: "e", Seq: seq}))
	}
	cancel()
	group.Wait()
}

func (s *suite) reopenKeeps(t *testing.T) {
	s.needsReopen(t)
	space := denseSpace()
	store, oracle := s.open(t, space), NewOracleIn(space)
	maker := NewMaker(8, space)
	seq := int64(1)
	for range 4 {
		var err error
		seq, err = maker.Operate(t.Context(), 60, 400, seq, store, oracle)
		must(t, err)
		mark := index.Mark{Epoch: "epoch", Seq: seq}
		write(t, store, oracle, func(s index.Store) error { return s.SetMark(t.Context(), mark) })
		store = s.reopen(t, store, space)
		wantMark(t, store, mark)
		must(t, SameContent(t.Context(), store, oracle))
		for range 20 {
			judgeAll(t, store, oracle, []index.Query{maker.Query()}, 0.005)
		}
	}
	must(t, store.Close())
}

func (s *suite) reopenWrites(t *testing.T) {
	s.needsReopen(t)
	store := s.open(t, lexicalSpace())
	must(t, store.Upsert(t.Context(), []index.Point{words(ID(1), "help", 5, 7), words(ID(2), "help", 5, 7), words(ID(3), "help", 5, 7)}))
	store = s.reopen(t, store, lexicalSpace())
	must(t, store.Upsert(t.Context(), []index.Point{words(ID(1), "help", 4, 8), words(ID(2), "help", 6, 8)}))
	must(t, store.Delete(t.Context(), []index.ChunkID{ID(3)}, 5))
	must(t, store.Patch(t.Context(), []index.ChunkID{ID(1)}, payloadOf("patched"), 7))
	store = s.reopen(t, store, lexicalSpace())
	wantIDs(t, ask(t, store, word("help", 7))[0], ID(1))
	wantIDs(t, ask(t, store, word("help", 8))[0], ID(2))
	patched := with(words(ID(1), "help", 7, 7), payloadOf("patched"))
	wantStamps(t, store, patched, words(ID(2), "help", 6, 8))
	must(t, store.Close())
}

func (s *suite) needsReopen(t *testing.T) {
	if s.reopen == nil {
		t.Skip("the store was given no Reopen: it keeps nothing")
	}
}
