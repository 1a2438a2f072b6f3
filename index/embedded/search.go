package embedded

import (
	"context"
	"errors"
	"fmt"
	"runtime"

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
		if err := checkQuery(s.options.Space, &queries[i]); err != nil {
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

func checkQuery(space index.Space, q *index.Query) error {
	switch {
	case q.Limit <= 0:
		return errors.New("the limit has to be above 0")
	case q.Dense != nil && len(q.Lexical) > 0:
		return errors.New("a query is lexical or dense, not both: ask twice")
	case q.Dense != nil && (space.Dimension == 0 || len(q.Dense) != space.Dimension):
		return fmt.Errorf("%d dimensions, the space has %d: %w", len(q.Dense), space.Dimension, index.ErrSpace)
	}
	return nil
}

// A workspace is what a search needs beside the state. Its sums and touched bits
// are zero between searches.
type workspace struct {
	sums    [maxChunks + 1]float32
	touched [(maxChunks + 1) / 64]uint64
	best    best
	spans   []span // of the query's terms, view by view
}

func (w *workspace) answer(ctx context.Context, list []*view, q *index.Query) ([]index.Hit, error) {
	positive := true
	for _, t := range q.Lexical {
		positive = positive && t.Value*scale > 0
	}
	least := anyScore
	if positive && q.Dense == nil {
		least = aboveZero
	}
	w.best.begin(list, q, least)
	w.spans = w.spans[:0]
	for i, v := range list {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		w.best.enter(i)
		switch {
		case q.Dense != nil:
			w.nearest(v.seg, q.Dense)
		case positive:
			w.weigh(v.seg, q.Lexical)
		default:
			w.weighMarked(v.seg, q.Lexical)
		}
	}
	hits := w.best.hits(q, w.spans)
	w.best = best{list: w.best.list[:0]}
	return hits, nil
}

// weigh adds up the segment's postings of every term and offers the chunks that
// have any. It needs positive values, by which a sum above 0 says that a chunk
// has a term.
func (w *workspace) weigh(s *segment, terms []index.Term) {
	any := false
	for _, t := range terms {
		p := s.span(t.ID)
		w.spans = append(w.spans, p)
		if p.from < p.to {
			add(&w.sums, s.locals[p.from:p.to], s.weights[p.from:p.to], float32(t.Value*scale))
			any = true
		}
	}
	if !any {
		return
	}
	sums := w.sums[:s.len()]
	b := &w.best
	for i, sum := range sums {
		if sum >= b.least {
			b.offer(i, sum)
		}
	}
	clear(sums)
}

// add is the loop in which a search spends its time. The size of sums lets the
// compiler leave out the bounds check on it, and so does unrolling on the lists; a
// product is rounded before it is added, so that every machine gives the same sums.
func add(sums *[maxChunks + 1]float32, locals []uint16, weights []uint8, value float32) {
	for len(locals) >= 8 && len(weights) >= 8 {
		l, w := (*[8]uint16)(locals), (*[8]uint8)(weights)
		sums[l[0]] += float32(value * float32(w[0]))
		sums[l[1]] += float32(value * float32(w[1]))
		sums[l[2]] += float32(value * float32(w[2]))
		sums[l[3]] += float32(value * float32(w[3]))
		sums[l[4]] += float32(value * float32(w[4]))
		sums[l[5]] += float32(value * float32(w[5]))
		sums[l[6]] += float32(value * float32(w[6]))
		sums[l[7]] += float32(value * float32(w[7]))
		locals, weights = locals[8:], weights[8:]
	}
	weights = weights[:len(locals)]
	for i, local := range locals {
		sums[local] += float32(value * float32(weights[i]))
	}
}

// weighMarked is weigh for values that may be 0 or negative: it notes which chunks
// have a term.
func (w *workspace) weighMarked(s *segment, terms []index.Term) {
	for _, t := range terms {
		p := s.span(t.ID)
		w.spans = append(w.spans, p)
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
