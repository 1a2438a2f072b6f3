package indextest

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"freshet/index"
)

func (s *suite) filters(t *testing.T) {
	store, oracle := s.start(t, lexicalSpace()), NewOracle()
	maker := NewMaker(1, lexicalSpace())
	points := maker.Points(0, 300, 1)
	odd := payloadOf(`a "b", \c`)
	odd.Texts["none"] = nil
	odd.Numbers = map[string]float64{"nan": math.NaN(), "big": math.Inf(1)}
	points[0] = with(points[0], odd)
	points[1] = with(points[1], index.Payload{})
	for i := range points {
		points[i].Lexical = index.SparseVector{IDs: []uint32{1}, Values: []float32{1}}
	}
	write(t, store, oracle, func(s index.Store) error { return s.Upsert(t.Context(), points) })
	for _, f := range everyFilter() {
		for _, base := range maker.Bases {
			q := word(base, 1)
			q.Filter, q.Limit = f, 1000
			judgeAll(t, store, oracle, []index.Query{q, q}, 0.005)
			q.Limit = 7
			judgeAll(t, store, oracle, []index.Query{q}, 0.005)
		}
	}
}

func everyFilter() []index.Filter {
	three, six := 3.0, 6.0
	one := index.Equal{Key: index.KeyLabel, Value: "label-1"}
	source := index.In{Key: index.KeySource, Values: []string{"source-1", "source-3", "nowhere"}}
	return []index.Filter{
		nil, one, index.Equal{Key: index.KeyLabel, Value: `a "b", \c`}, index.Equal{Key: "x", Value: ""},
		source, index.In{Key: index.KeySource},
		index.Range{Key: index.KeyModified, Min: &three}, index.Range{Key: index.KeyModified, Max: &three},
		index.Range{Key: index.KeyModified, Min: &three, Max: &six}, index.Range{Key: index.KeyModified}, index.Range{Key: "x"},
		index.Range{Key: "nan", Min: &three}, index.Range{Key: "nan"}, index.Range{Key: "big", Min: &three},
		index.Prefix{Key: index.KeyPath, Prefix: "/source-2/"}, index.Prefix{Key: index.KeyPath}, index.Prefix{Key: "x"},
		index.Exists{Key: index.KeyOwner}, index.Exists{Key: index.KeyModified}, index.Exists{Key: "none"}, index.Exists{Key: "x"},
		index.And{}, index.Or{}, index.And{one, source}, index.Or{one, source},
		index.Not{Of: one}, index.Not{Of: index.And{}}, index.Not{Of: index.Not{Of: source}},
		index.And{index.Or{one, index.Exists{Key: index.KeyOwner}}, index.Not{Of: index.Range{Key: index.KeyModified, Min: &six}}},
	}
}

func (s *suite) filtersAfterPatch(t *testing.T) {
	store := s.start(t, lexicalSpace())
	points := make([]index.Point, 20)
	for i := range points {
		points[i] = with(words(ID(i), "help", 1, 7), payloadOf("old"))
	}
	must(t, store.Upsert(t.Context(), points))
	labelled := func(label string) index.Query {
		q := word("help", 7)
		q.Limit, q.Filter = 100, index.Equal{Key: index.KeyLabel, Value: label}
		return q
	}
	for i := range points {
		seq := int64(i + 2)
		must(t, store.Patch(t.Context(), []index.ChunkID{points[i].ID}, payloadOf("new"), seq))
		r := ask(t, store, labelled("old"), labelled("new"))
		if len(r[0].Hits) != len(points)-i-1 || len(r[1].Hits) != i+1 {
			t.Fatalf("after %d patches: %d old and %d new", i+1, len(r[0].Hits), len(r[1].Hits))
		}
	}
}

func (s *suite) batch(t *testing.T) {
	store := s.start(t, lexicalSpace())
	a, b := words(ID(1), "help", 1, 7), words(ID(2), "legal", 1, 8)
	must(t, store.Upsert(t.Context(), []index.Point{a, b}))
	r := ask(t, store, word("legal", 8), word("help", 8), word("help", 7), word("help", 7))
	wantIDs(t, r[0], b.ID)
	wantIDs(t, r[1])
	wantIDs(t, r[2], a.ID)
	wantIDs(t, r[3], a.ID)
}

func (s *suite) basesNeverMix(t *testing.T) {
	store, oracle := s.start(t, lexicalSpace()), NewOracle()
	maker := NewMaker(2, lexicalSpace())
	maker.Bases = []string{"", "a", "b", "ab"}
	write(t, store, oracle, func(s index.Store) error { return s.Upsert(t.Context(), NewMaker(2, lexicalSpace()).Points(0, 5, 1)) })
	points := maker.Points(10, 200, 1)
	write(t, store, oracle, func(s index.Store) error { return s.Upsert(t.Context(), points) })
	held := oracle.Points()
	for range 50 {
		q := maker.Query()
		q.Limit = 500
		r := ask(t, store, q)[0]
		for _, h := range r.Hits {
			if held[h.ID].Base != q.Base {
				t.Fatalf("base %q got a hit of %q", q.Base, held[h.ID].Base)
			}
		}
		if err := oracle.Judge(q, r, 0.005); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *suite) ties(t *testing.T) {
	store := s.start(t, lexicalSpace())
	ids := make([]index.ChunkID, 60)
	for i := range ids {
		ids[i] = ID(i)
		must(t, store.Upsert(t.Context(), []index.Point{words(ids[i], "help", 1, 7)}))
	}
	slices.SortFunc(ids, compareIDs)
	for _, limit := range []int{1, 2, 10, 60, 100} {
		q := word("help", 7)
		q.Limit = limit
		wantIDs(t, ask(t, store, q)[0], ids[:min(limit, len(ids))]...)
	}
}

func (s *suite) explain(t *testing.T) {
	store, oracle := s.start(t, lexicalSpace()), NewOracle()
	maker := NewMaker(3, lexicalSpace())
	points := maker.Points(0, 400, 1)
	write(t, store, oracle, func(s index.Store) error { return s.Upsert(t.Context(), points) })
	for range 40 {
		q := maker.Query()
		q.Limit = 20
		for _, q.Explain = range []int{0, 1, 7, 20, 50} {
			judgeAll(t, store, oracle, []index.Query{q}, 0.005)
		}
	}
}

func (s *suite) noCommonTerm(t *testing.T) {
	store := s.start(t, lexicalSpace())
	must(t, store.Upsert(t.Context(), []index.Point{words(ID(1), "help", 1, 7), words(ID(2), "help", 1, 8), words(ID(3), "help", 1, 9)}))
	wantIDs(t, ask(t, store, word("help", 8, 10))[0], ID(2))
	wantIDs(t, ask(t, store, word("help", 0, 10, math.MaxUint32))[0])
}

func (s *suite) repeatedTerm(t *testing.T) {
	store := s.start(t, lexicalSpace())
	must(t, store.Upsert(t.Context(), []index.Point{words(ID(1), "help", 1, 7)}))
	q := word("help", 7, 7)
	q.Explain = 1
	h := ask(t, store, q)[0].Hits[0]
	if math.Abs(float64(h.Score-2)) > 0.01 || len(h.Terms) != 2 || h.Terms[0] != h.Terms[1] {
		t.Fatalf("score %v by %v, want 2 by two equal parts", h.Score, h.Terms)
	}
}

func (s *suite) dense(t *testing.T) {
	space := denseSpace()
	store, oracle := s.start(t, space), NewOracleIn(space)
	maker := NewMaker(4, space)
	points := maker.Points(0, 500, 1)
	for i := range points[0].Dense {
		points[0].Dense[i] *= 3
	}
	write(t, store, oracle, func(s index.Store) error { return s.Upsert(t.Context(), points) })
	for range 30 {
		q := index.Query{Base: maker.Bases[0], Dense: maker.direction(), Limit: 1000}
		judgeAll(t, store, oracle, []index.Query{q}, 1e-5)
		q.Limit, q.Filter = 10, maker.Filter(1)
		judgeAll(t, store, oracle, []index.Query{q}, 1e-5)
	}
	twin := points[1]
	twin.ID = ID(9999)
	twin.Base = "twins"
	other := twin
	other.ID = ID(9998)
	write(t, store, oracle, func(s index.Store) error { return s.Upsert(t.Context(), []index.Point{twin, other}) })
	judgeAll(t, store, oracle, []index.Query{{Base: "twins", Dense: maker.direction(), Limit: 1}}, 1e-5)
}

func (s *suite) stamps(t *testing.T) {
	store, oracle := s.start(t, lexicalSpace()), NewOracle()
	maker := NewMaker(5, lexicalSpace())
	for i := range 20 {
		points := maker.Points(i*10, 10, int64(i))
		write(t, store, oracle, func(s index.Store) error { return s.Upsert(t.Context(), points) })
	}
	must(t, SameContent(t.Context(), store, oracle))
	all, err := AllStamps(t.Context(), store)
	must(t, err)
	for _, r := range [][2]index.ChunkID{
		{all[10].ID, all[20].ID}, {all[0].ID, all[0].ID}, {first, all[3].ID}, {all[199].ID, last}, {all[20].ID, all[10].ID}, {first, first},
	} {
		want, err := stampsBetween(t.Context(), oracle, r[0], r[1])
		must(t, err)
		got, err := stampsBetween(t.Context(), store, r[0], r[1])
		must(t, err)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("from %s to %s (-want +got): %s", r[0], r[1], d)
		}
	}
}

func (s *suite) stampsBreak(t *testing.T) {
	store := s.start(t, lexicalSpace())
	must(t, store.Upsert(t.Context(), NewMaker(6, lexicalSpace()).Points(0, 50, 1)))
	n := 0
	for _, err := range store.Stamps(t.Context(), first, last) {
		must(t, err)
		// A loop that writes to the store it reads must not block itself.
		must(t, store.SetMark(t.Context(), index.Mark{Epoch: "e", Seq: int64(n)}))
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Fatalf("%d stamps, want 3", n)
	}
}

func (s *suite) tenThousand(t *testing.T) {
	space := denseSpace()
	store, oracle := s.start(t, space), NewOracleIn(space)
	maker := NewMaker(7, space)
	for i := range 10 {
		points := maker.Points(i*1000, 1000, int64(i))
		write(t, store, oracle, func(s index.Store) error { return s.Upsert(t.Context(), points) })
	}
	must(t, SameContent(t.Context(), store, oracle))
	for range 10 {
		queries := make([]index.Query, 10)
		for i := range queries {
			queries[i] = maker.Query()
		}
		judgeAll(t, store, oracle, queries, 0.005)
	}
}
