package indextest

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"freshet/index"
)

func (s *suite) upsertIsIdempotent(t *testing.T) {
	store := s.start(t, lexicalSpace())
	p := words(ID(1), "help", 5, 7)
	for range 3 {
		must(t, store.Upsert(t.Context(), []index.Point{p}))
	}
	wantIDs(t, ask(t, store, word("help", 7))[0], p.ID)
	wantStamps(t, store, p)
}

func wantStamps(t *testing.T, s index.Store, points ...index.Point) {
	t.Helper()
	want := NewOracleIn(denseSpace())
	must(t, want.Upsert(t.Context(), points))
	must(t, SameContent(t.Context(), s, want))
}

func (s *suite) upsertReplaces(t *testing.T) {
	store := s.start(t, lexicalSpace())
	for seq := range int64(40) {
		p := words(ID(1), "help", seq, uint32(seq), 100)
		must(t, store.Upsert(t.Context(), []index.Point{p}))
		wantIDs(t, ask(t, store, word("help", uint32(seq)))[0], p.ID)
		wantIDs(t, ask(t, store, word("help", 100))[0], p.ID)
		if seq > 0 {
			wantIDs(t, ask(t, store, word("help", uint32(seq-1)))[0])
		}
		wantStamps(t, store, p)
	}
	same := words(ID(1), "help", 39, 500)
	must(t, store.Upsert(t.Context(), []index.Point{same}))
	wantIDs(t, ask(t, store, word("help", 500))[0], same.ID)
	wantIDs(t, ask(t, store, word("help", 39))[0])
}

func (s *suite) duplicatesInOneCall(t *testing.T) {
	store := s.start(t, lexicalSpace())
	older, newer, last := words(ID(1), "help", 3, 7), words(ID(1), "help", 9, 8), words(ID(1), "legal", 9, 9)
	must(t, store.Upsert(t.Context(), []index.Point{newer, older}))
	wantStamps(t, store, newer)
	wantIDs(t, ask(t, store, word("help", 7))[0])
	must(t, store.Upsert(t.Context(), []index.Point{older, newer, last}))
	wantStamps(t, store, last)
	wantIDs(t, ask(t, store, word("help", 8))[0])
	wantIDs(t, ask(t, store, word("legal", 9))[0], last.ID)
}

func (s *suite) olderNeverReplaces(t *testing.T) {
	store := s.start(t, lexicalSpace())
	newer, older := words(ID(1), "help", 9, 7), words(ID(1), "help", 8, 8)
	other := words(ID(2), "help", 8, 8)
	must(t, store.Upsert(t.Context(), []index.Point{newer}))
	must(t, store.Upsert(t.Context(), []index.Point{older, other}))
	wantStamps(t, store, newer, other)
	wantIDs(t, ask(t, store, word("help", 7))[0], newer.ID)
	wantIDs(t, ask(t, store, word("help", 8))[0], other.ID)
}

func (s *suite) pointsMoveBetweenBases(t *testing.T) {
	store := s.start(t, lexicalSpace())
	must(t, store.Upsert(t.Context(), []index.Point{words(ID(1), "help", 1, 7)}))
	moved := words(ID(1), "legal", 2, 7)
	must(t, store.Upsert(t.Context(), []index.Point{moved}))
	wantIDs(t, ask(t, store, word("help", 7))[0])
	wantIDs(t, ask(t, store, word("legal", 7))[0], moved.ID)
	wantStamps(t, store, moved)
}

func payloadOf(label string) index.Payload {
	return index.Payload{Texts: map[string][]string{index.KeyLabel: {label}}}
}

func (s *suite) patchChangesPayload(t *testing.T) {
	store := s.start(t, lexicalSpace())
	a, b := with(words(ID(1), "help", 3, 7, 9), payloadOf("old")), with(words(ID(2), "help", 3, 7), payloadOf("old"))
	must(t, store.Upsert(t.Context(), []index.Point{a, b}))
	before := ask(t, store, word("help", 7, 9))[0].Hits
	must(t, store.Patch(t.Context(), []index.ChunkID{a.ID, ID(3)}, payloadOf("new"), 4))
	patched := with(a, payloadOf("new"))
	patched.Stamp.Seq = 4
	wantStamps(t, store, patched, b)
	if d := cmp.Diff(before, ask(t, store, word("help", 7, 9))[0].Hits); d != "" {
		t.Fatalf("a patch changed the hits: %s", d)
	}
	labelled := word("help", 7)
	labelled.Filter = index.Equal{Key: index.KeyLabel, Value: "new"}
	wantIDs(t, ask(t, store, labelled)[0], a.ID)
}

func (s *suite) latePatchDoesNothing(t *testing.T) {
	store := s.start(t, lexicalSpace())
	p := with(words(ID(1), "help", 5, 7), payloadOf("five"))
	must(t, store.Upsert(t.Context(), []index.Point{p}))
	must(t, store.Patch(t.Context(), []index.ChunkID{p.ID}, payloadOf("four"), 4))
	wantStamps(t, store, p)
	must(t, store.Patch(t.Context(), []index.ChunkID{p.ID}, payloadOf("same"), 5))
	same := with(p, payloadOf("same"))
	wantStamps(t, store, same)
	must(t, store.Upsert(t.Context(), []index.Point{with(words(ID(1), "help", 4, 8), payloadOf("late"))}))
	wantStamps(t, store, same)
}

func (s *suite) deleteIsConditional(t *testing.T) {
	store := s.start(t, lexicalSpace())
	old, newer := words(ID(1), "help", 4, 7), words(ID(2), "help", 6, 7)
	must(t, store.Upsert(t.Context(), []index.Point{old, newer}))
	all := []index.ChunkID{old.ID, newer.ID, ID(3)}
	must(t, store.Delete(t.Context(), all, 3))
	wantStamps(t, store, old, newer)
	must(t, store.Delete(t.Context(), all, 4))
	wantStamps(t, store, newer)
	wantIDs(t, ask(t, store, word("help", 7))[0], newer.ID)
	must(t, store.Delete(t.Context(), all, 4))
	must(t, store.Delete(t.Context(), all, 6))
	wantStamps(t, store)
	wantIDs(t, ask(t, store, word("help", 7))[0])
	again := words(ID(1), "help", 7, 7)
	must(t, store.Upsert(t.Context(), []index.Point{again}))
	wantIDs(t, ask(t, store, word("help", 7))[0], again.ID)
}

func (s *suite) emptyCalls(t *testing.T) {
	store := s.start(t, lexicalSpace())
	must(t, store.Upsert(t.Context(), nil))
	must(t, store.Patch(t.Context(), nil, index.Payload{}, 1))
	must(t, store.Delete(t.Context(), nil, 1))
	if results := ask(t, store); len(results) != 0 {
		t.Fatalf("%d results for no queries", len(results))
	}
	wantIDs(t, ask(t, store, word("nobody's", 7))[0])
	bare := index.Point{ID: ID(1), Base: "help"}
	must(t, store.Upsert(t.Context(), []index.Point{bare}))
	wantStamps(t, store, bare)
	wantIDs(t, ask(t, store, word("help", 7), index.Query{Base: "help", Limit: 3})[1])
}

func (s *suite) wrongVectors(t *testing.T) {
	good := words(ID(1), "help", 1, 7)
	dense := func(v []float32) index.Point {
		p := words(ID(2), "help", 1, 7)
		p.Dense = v
		return p
	}
	uneven := words(ID(2), "help", 1, 7, 8)
	uneven.Lexical.Values = uneven.Lexical.Values[:1]
	for name, c := range map[string]struct {
		space index.Space
		bad   index.Point
	}{
		"too short":                 {denseSpace(), dense(make([]float32, denseSpace().Dimension-1))},
		"too long":                  {denseSpace(), dense(make([]float32, denseSpace().Dimension+1))},
		"empty, not nil":            {denseSpace(), dense([]float32{})},
		"dense where there is none": {lexicalSpace(), dense([]float32{1})},
		"more terms than values":    {lexicalSpace(), uneven},
	} {
		t.Run(name, func(t *testing.T) {
			store := s.start(t, c.space)
			err := store.Upsert(t.Context(), []index.Point{good, c.bad})
			if !errors.Is(err, index.ErrSpace) {
				t.Fatalf("error %v, want ErrSpace", err)
			}
			wantStamps(t, store)
			wantIDs(t, ask(t, store, word("help", 7))[0])
			must(t, store.Upsert(t.Context(), []index.Point{good}))
			wantStamps(t, store, good)
		})
	}
}

func (s *suite) wrongQueries(t *testing.T) {
	store := s.start(t, denseSpace())
	short := index.Query{Base: "help", Limit: 1, Dense: make([]float32, denseSpace().Dimension-1)}
	if _, err := store.Search(t.Context(), []index.Query{short}); !errors.Is(err, index.ErrSpace) {
		t.Errorf("wrong dimension: error %v, want ErrSpace", err)
	}
	both := word("help", 7)
	both.Dense = make([]float32, denseSpace().Dimension)
	if _, err := store.Search(t.Context(), []index.Query{both}); err == nil {
		t.Error("a query both lexical and dense is answered")
	}
	for _, limit := range []int{0, -1} {
		q := word("help", 7)
		q.Limit = limit
		if _, err := store.Search(t.Context(), []index.Query{q}); err == nil {
			t.Errorf("limit %d is answered", limit)
		}
	}
	huge := word("help", 7)
	huge.Limit, huge.Explain = math.MaxInt, math.MaxInt
	must(t, store.Upsert(t.Context(), []index.Point{words(ID(1), "help", 1, 7)}))
	wantIDs(t, ask(t, store, huge)[0], ID(1))
}

func (s *suite) mark(t *testing.T) {
	store := s.start(t, lexicalSpace())
	wantMark(t, store, index.Mark{})
	for _, m := range []index.Mark{{Epoch: "a", Seq: 3}, {Epoch: "a", Seq: 9}, {Epoch: "b", Seq: 2}, {}} {
		must(t, store.SetMark(t.Context(), m))
		wantMark(t, store, m)
	}
}

func wantMark(t *testing.T, store index.Store, want index.Mark) {
	t.Helper()
	got, err := store.Mark(t.Context())
	must(t, err)
	if got != want {
		t.Fatalf("mark %+v, want %+v", got, want)
	}
	if r := ask(t, store, word("help", 1))[0]; r.Mark != want.Seq {
		t.Fatalf("a search reports mark %d, want %d", r.Mark, want.Seq)
	}
}

func (s *suite) stats(t *testing.T) {
	store := s.start(t, lexicalSpace())
	wantStamps(t, store)
	points := []index.Point{words(ID(1), "help", 1, 7), words(ID(2), "help", 1, 7), words(ID(3), "legal", 1, 7)}
	must(t, store.Upsert(t.Context(), points))
	wantStamps(t, store, points...)
	must(t, store.Delete(t.Context(), []index.ChunkID{ID(3)}, 1))
	wantStamps(t, store, points[:2]...)
}

func (s *suite) cancelled(t *testing.T) {
	store := s.start(t, lexicalSpace())
	p := words(ID(1), "help", 1, 7)
	must(t, store.Upsert(t.Context(), []index.Point{p}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, err := range everyCall(ctx, store) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v, want context.Canceled", name, err)
		}
	}
	wantStamps(t, store, p)
	wantMark(t, store, index.Mark{})
}

func (s *suite) closed(t *testing.T) {
	store := s.start(t, lexicalSpace())
	must(t, store.Upsert(t.Context(), []index.Point{words(ID(1), "help", 1, 7)}))
	must(t, store.Close())
	for name, err := range everyCall(t.Context(), store) {
		if err == nil {
			t.Errorf("%s: no error from a closed store", name)
		}
	}
	must(t, store.Close())
}

// everyCall makes each call with arguments that would change something.
func everyCall(ctx context.Context, store index.Store) map[string]error {
	errs := map[string]error{
		"Upsert":  store.Upsert(ctx, []index.Point{words(ID(2), "help", 1, 7)}),
		"Patch":   store.Patch(ctx, []index.ChunkID{ID(1)}, payloadOf("x"), 2),
		"Delete":  store.Delete(ctx, []index.ChunkID{ID(1)}, 2),
		"SetMark": store.SetMark(ctx, index.Mark{Epoch: "e", Seq: 1}),
	}
	_, errs["Search"] = store.Search(ctx, []index.Query{word("help", 7)})
	_, errs["Mark"] = store.Mark(ctx)
	_, errs["Stats"] = store.Stats(ctx)
	_, errs["Stamps"] = AllStamps(ctx, store)
	return errs
}
