package embedded

import (
	"math/rand/v2"
	"slices"
	"testing"

	"freshet/index"
	"freshet/index/indextest"
)

// crowded makes points whose terms are as unevenly spread as those of texts: term i
// stands in about one of i/2 chunks.
func crowded(seed uint64, n int) []index.Point {
	random := rand.New(rand.NewPCG(seed, 0))
	list := make([]index.Point, n)
	for i := range list {
		p := index.Point{ID: indextest.ID(i), Base: "help", Stamp: index.Stamp{Seq: 1}, Payload: index.Payload{
			Texts: map[string][]string{index.KeySource: {string(rune('a' + i%7))}},
		}}
		for term := range uint32(60) {
			if random.IntN(int(term)+2) < 2 {
				p.Lexical.IDs = append(p.Lexical.IDs, term*0x04000001)
				// Few weights, so that many chunks tie.
				p.Lexical.Values = append(p.Lexical.Values, float32(1+random.IntN(8))*index.MaxWeight/8)
			}
		}
		list[i] = p
	}
	return list
}

// whole answers a query by reading every list, which is what weigh saves.
func whole(views []*view, q *index.Query) []index.Hit {
	w := new(workspace)
	w.begin(views, q, aboveZero)
	for i, v := range views {
		w.best.enter(i)
		sums := make([]float32, v.seg.len())
		spans := w.spans[i*len(q.Lexical):][:len(q.Lexical)]
		for _, at := range w.ranking {
			t, p := q.Lexical[at], v.seg.span(q.Lexical[at].ID)
			spans[at] = p
			for j, local := range v.seg.locals[p.from:p.to] {
				sums[local] += float32(float32(t.Value*scale) * float32(v.seg.weights[int(p.from)+j]))
			}
		}
		for local, sum := range sums {
			if sum >= w.best.least {
				w.best.offer(local, sum)
			}
		}
	}
	return w.best.hits(q, w.spans)
}

// Scores and order are those of reading every list, to the last bit: over several
// blocks and segments, with dead chunks, ties, filters, and values of all sizes.
func TestPassingOverChunksChangesNothing(t *testing.T) {
	points := crowded(1, 3*blockChunks+100)
	s := open(t, Options{Space: index.Space{}, SegmentChunks: 2*blockChunks + 64, MergeAt: 1000, WaitAt: 2000, QuietMergeAt: -1})
	must(t, s.Upsert(t.Context(), points))
	must(t, s.Upsert(t.Context(), crowded(2, 40)))
	random := rand.New(rand.NewPCG(3, 0))
	for range 500 {
		must(t, s.Delete(t.Context(), []index.ChunkID{points[random.IntN(len(points))].ID}, 9))
	}
	views := s.state.Load().bases["help"]
	if len(views) != 3 {
		t.Fatalf("%d segments", len(views))
	}
	w, passed := new(workspace), 0
	for round := range 300 {
		q := index.Query{Base: "help", Limit: 1 + random.IntN(60), Explain: 3}
		for range 1 + random.IntN(40) {
			value := random.Float32() + 1e-3
			switch round % 5 {
			case 1:
				value *= 1e30
			case 2:
				value *= 1e-38
			case 3:
				value = 1
			}
			q.Lexical = append(q.Lexical, index.Term{ID: uint32(random.IntN(61)) * 0x04000001, Value: value})
		}
		if round%3 == 0 {
			q.Filter = index.Equal{Key: index.KeySource, Value: "c"}
		}
		got, err := w.answer(t.Context(), views, &q)
		must(t, err)
		want := whole(views, &q)
		if !slices.EqualFunc(got, want, func(a, b index.Hit) bool {
			return a.ID == b.ID && a.Score == b.Score && slices.Equal(a.Terms, b.Terms)
		}) {
			t.Fatalf("round %d: %v, want %v", round, got, want)
		}
		if len(want) == q.Limit {
			w.begin(views, &q, want[len(want)-1].Score)
			for i, term := range q.Lexical {
				w.spans[i] = views[0].seg.span(term.ID)
			}
			w.list(views[0].seg, q.Lexical, w.spans)
			if w.split() < len(w.lists) {
				passed++
			}
		}
	}
	if passed < 100 {
		t.Fatalf("chunks were passed over in %d of 300 questions: the test misses its subject", passed)
	}
}

func TestAHeavyTermTellsTheWeightOfAnyChunk(t *testing.T) {
	points := crowded(4, 1000)
	seg := build(distinct(points), 0, maxChunks, 4)[0]
	must(t, seg.check())
	heavy := 0
	for _, e := range seg.dict[:seg.terms()] {
		p := seg.span(e.Term)
		if e.heavy() > 0 {
			heavy++
		}
		for local, point := range points {
			want := uint8(0)
			if i, ok := slices.BinarySearch(point.Lexical.IDs, e.Term); ok {
				want = quantise(point.Lexical.Values[i])
			}
			if got := seg.weight(p, uint16(local)); got != want {
				t.Fatalf("term %d weighs %d in chunk %d, want %d", e.Term, got, local, want)
			}
			if want > e.top() {
				t.Fatalf("term %d weighs %d, its highest weight is given as %d", e.Term, want, e.top())
			}
		}
	}
	if heavy == 0 || heavy == seg.terms() {
		t.Fatalf("%d of %d terms are heavy", heavy, seg.terms())
	}
}
