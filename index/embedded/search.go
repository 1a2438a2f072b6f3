package embedded

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"

	"freshet/index"
)

// Search implements index.Store. It waits for nobody; all queries see the same
// state.
func (s *Store) Search(ctx context.Context, queries []index.Query) ([]index.Result, error) {
	st, err := s.usable(ctx)
	if err != nil {
		return nil, err
	}
	for i := range queries {
		if err := queries[i].Check(s.options.Space); err != nil {
			return nil, fmt.Errorf("query %d: %w", i, err)
		}
	}
	w := s.work.Get().(*workspace)
	defer s.work.Put(w)
	results := make([]index.Result, len(queries))
	for i := range queries {
		hits, err := w.answer(ctx, st.bases[queries[i].Base], &queries[i])
		if err != nil {
			return nil, err
		}
		results[i] = index.Result{Mark: st.mark.Seq, Hits: hits}
	}
	// Slices of a mapped segment do not keep its mapping.
	runtime.KeepAlive(st)
	return results, nil
}

// A workspace is what a search needs beside the state. Its sums and touched bits
// are zero between searches.
type workspace struct {
	sums    [maxChunks + 1]float32
	touched [(maxChunks + 1) / 64]uint64
	best    best
	order   []int  // of the views, larger ones first
	spans   []span // of the query's terms, in their order, view by view
	ranking []int  // of the terms, those that count most first
	lists   []list // of the view being searched
	rest    [blockChunks]uint16
}

func (w *workspace) answer(ctx context.Context, views []*view, q *index.Query) ([]index.Hit, error) {
	positive := true
	for _, t := range q.Lexical {
		positive = positive && t.Value*scale > 0
	}
	least := anyScore
	if positive && q.Dense == nil {
		least = aboveZero
	}
	w.begin(views, q, least)
	for _, i := range w.order {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		w.best.enter(i)
		v, spans := views[i], w.spans[i*len(q.Lexical):][:len(q.Lexical)]
		switch {
		case q.Dense != nil:
			w.nearest(v.seg, q.Dense)
		case positive:
			w.weigh(v.seg, q.Lexical, spans)
		default:
			w.weighMarked(v.seg, q.Lexical, spans)
		}
	}
	hits := w.best.hits(q, w.spans)
	w.best = best{list: w.best.list[:0]}
	clear(w.lists[:cap(w.lists)])
	return hits, nil
}

// begin readies the workspace for a query. The views' larger segments come first,
// because they soonest tell which score a hit needs.
func (w *workspace) begin(views []*view, q *index.Query, least float32) {
	w.best.begin(views, q, least)
	w.order, w.ranking = numbers(w.order, len(views)), numbers(w.ranking, len(q.Lexical))
	slices.SortStableFunc(w.order, func(a, b int) int { return views[b].seg.len() - views[a].seg.len() })
	slices.SortStableFunc(w.ranking, func(a, b int) int { return cmp.Compare(q.Lexical[b].Value, q.Lexical[a].Value) })
	n := len(views) * len(q.Lexical)
	w.spans = slices.Grow(w.spans[:0], n)[:n]
}

// numbers makes a list of 0 to n-1 in the memory of another.
func numbers(list []int, n int) []int {
	list = slices.Grow(list[:0], n)[:n]
	for i := range list {
		list[i] = i
	}
	return list
}

// weighMarked is weigh for values that may be 0 or negative: it notes which chunks
// have a term.
func (w *workspace) weighMarked(s *segment, terms []index.Term, spans []span) {
	for i, t := range terms {
		p := s.span(t.ID)
		spans[i] = p
		add(&w.sums, s.locals[p.from:p.to], s.weights[p.from:p.to], float32(t.Value*scale))
		for _, local := range s.locals[p.from:p.to] {
			w.touched[local/64] |= 1 << (local % 64)
		}
	}
	for i := range s.len() {
		if w.touched[i/64]&(1<<(i%64)) != 0 && w.sums[i] >= w.best.least {
			w.best.offer(i, w.sums[i])
		}
	}
	clear(w.sums[:s.len()])
	clear(w.touched[:])
}

// nearest offers every chunk with a dense vector.
func (w *workspace) nearest(s *segment, to []float32) {
	rest := s.dense
	for _, local := range s.denseLocals {
		if score := dot(to, rest[:len(to)]); score >= w.best.least {
			w.best.offer(int(local), score)
		}
		rest = rest[len(to):]
	}
}
