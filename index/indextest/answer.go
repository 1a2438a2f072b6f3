package indextest

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"freshet/index"
)

// Search implements index.Store.
func (o *Oracle) Search(ctx context.Context, queries []index.Query) ([]index.Result, error) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	results := make([]index.Result, len(queries))
	for i, q := range queries {
		if err := o.usable(ctx); err != nil {
			return nil, err
		}
		if err := o.checkQuery(q); err != nil {
			return nil, err
		}
		results[i] = index.Result{Mark: o.mark.Seq, Hits: o.answer(q)}
	}
	return results, o.usable(ctx)
}

func (o *Oracle) checkQuery(q index.Query) error {
	switch {
	case q.Limit <= 0:
		return errors.New("the query's limit has to be above 0")
	case q.Dense != nil && len(q.Lexical) > 0:
		return errors.New("the query is lexical and dense: ask twice")
	case q.Dense != nil && len(q.Dense) != o.space.Dimension:
		return index.ErrSpace
	}
	return nil
}

func (o *Oracle) answer(q index.Query) []index.Hit {
	hits := o.all(q)
	hits = hits[:min(len(hits), q.Limit)]
	for i := range hits[:min(len(hits), max(q.Explain, 0))] {
		if q.Dense == nil {
			hits[i].Terms = contributions(q.Lexical, o.points[hits[i].ID].Lexical)
		}
	}
	return hits
}

// all returns every hit of q, best first, without a limit.
func (o *Oracle) all(q index.Query) []index.Hit {
	var hits []index.Hit
	for id, p := range o.points {
		if p.Base != q.Base || q.Filter != nil && !q.Filter.Match(p.Payload) {
			continue
		}
		if score, ok := scoreOf(q, p); ok {
			hits = append(hits, index.Hit{ID: id, Score: score})
		}
	}
	slices.SortFunc(hits, func(a, b index.Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), compareIDs(a.ID, b.ID))
	})
	return hits
}

func scoreOf(q index.Query, p index.Point) (score float32, hit bool) {
	if q.Dense != nil {
		return dot(q.Dense, p.Dense), p.Dense != nil
	}
	for _, t := range q.Lexical {
		if v, ok := valueOf(p.Lexical, t.ID); ok {
			score += float32(t.Value * v)
			hit = true
		}
	}
	return score, hit
}

func dot(a, b []float32) float32 {
	var sum float64
	for i := range min(len(a), len(b)) {
		sum += float64(a[i]) * float64(b[i])
	}
	return float32(sum)
}

func valueOf(v index.SparseVector, id uint32) (float32, bool) {
	i, ok := slices.BinarySearch(v.IDs, id)
	if !ok {
		return 0, false
	}
	return v.Values[i], true
}

func contributions(terms []index.Term, v index.SparseVector) []float32 {
	list := make([]float32, len(terms))
	for i, t := range terms {
		value, _ := valueOf(v, t.ID)
		list[i] = float32(t.Value * value)
	}
	return list
}
