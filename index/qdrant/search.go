package qdrant

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	pb "github.com/qdrant/go-client/qdrant"

	"freshet/index"
)

const (
	// spare is how many hits are asked for beyond those wanted: enough, mostly, to
	// see which points tie with the last one.
	spare = 8
	// deepest search for one query, beyond which hits are not looked for, ties not
	// settled and filters that the server cannot check not satisfied. The server
	// keeps so many for each segment while it searches.
	deepestSearch = 1 << 16
	// mostTries is how often a search is made while the mark moves.
	mostTries = 20
)

// Search implements index.Store: all queries in one round trip, and the vectors
// that explain hits in a second. There are more when more points tie than were
// asked for, or a filter is one that the server cannot check.
func (s *Store) Search(ctx context.Context, queries []index.Query) ([]index.Result, error) {
	if err := s.server.usable(ctx); err != nil {
		return nil, err
	}
	for i := range queries {
		if err := queries[i].Check(s.options.Space); err != nil {
			return nil, fmt.Errorf("query %d: %w", i, err)
		}
	}
	if len(queries) == 0 {
		return nil, nil
	}
	within, cancel := context.WithTimeout(ctx, s.options.SearchTimeout)
	defer cancel()
	results, err := s.settle(within, queries)
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		return nil, fmt.Errorf("search: the server did not answer within %v: %w", s.options.SearchTimeout, index.ErrUnavailable)
	}
	return results, err
}

// settle searches until the mark did not move meanwhile.
func (s *Store) settle(ctx context.Context, queries []index.Query) ([]index.Result, error) {
	for try := range mostTries {
		before, confirm := s.marks.before()
		round := &round{store: s, asks: s.asksFor(queries), confirm: confirm}
		if err := round.run(ctx); err != nil {
			return nil, err
		}
		ok, foreign := s.marks.unmoved(before, round.seen)
		if foreign && !confirm {
			s.options.Log.Warn("another process moves the mark of the collection: searches ask for it once more from here on",
				"collection", s.name)
		}
		// A server that weighs by vectors less precise than it keeps would differ
		// always.
		if ok && !round.missing && (!round.differs || try >= 2) {
			results := make([]index.Result, len(queries))
			for i := range round.asks {
				results[i] = index.Result{Mark: before.Seq, Hits: round.asks[i].hits}
			}
			return results, nil
		}
	}
	return nil, fmt.Errorf("search: the index changed %d times while it was searched: %w", mostTries, index.ErrUnavailable)
}

// An ask is a query on its way to its hits.
type ask struct {
	query   *index.Query
	request *pb.QueryPoints
	recheck bool // hits have to be checked by their payload
	limit   int
	done    bool
	hits    []index.Hit
}

func (s *Store) asksFor(queries []index.Query) []ask {
	asks := make([]ask, len(queries))
	for i := range queries {
		asks[i] = s.askFor(&queries[i])
	}
	return asks
}

func (s *Store) askFor(q *index.Query) ask {
	a := ask{query: q, limit: min(q.Limit, deepestSearch)}
	p := everything
	if q.Filter != nil {
		p = compile(q.Filter, false)
	}
	if p.nothing || q.Dense == nil && len(q.Lexical) == 0 {
		a.done = true
		return a
	}
	must := []*pb.Condition{pb.NewMatch(keyBase, escape(q.Base))}
	if p.condition != nil {
		must = append(must, p.condition)
	}
	a.recheck = !p.exact
	a.request = &pb.QueryPoints{
		CollectionName: s.name, Filter: &pb.Filter{Must: must}, Limit: pb.PtrOf(s.depth(a.limit + spare)),
		WithPayload: pb.NewWithPayload(false), WithVectors: pb.NewWithVectors(false),
	}
	if a.recheck {
		a.request.WithPayload = pb.NewWithPayloadInclude(keyFilter)
	}
	if q.Dense != nil {
		a.request.Query, a.request.Using = pb.NewQueryDense(q.Dense), pb.PtrOf(denseVector)
		a.request.Params = s.options.rescoring()
		return a
	}
	ids, values := merged(q.Lexical)
	a.request.Query, a.request.Using = pb.NewQuerySparse(ids, values), pb.PtrOf(lexicalVector)
	return a
}

// depth is how many hits may be asked for.
func (s *Store) depth(n int) uint64 { return uint64(within(min(n, deepestSearch), s.limits.hits)) }

// rescoring weighs what the quantised vectors find by the whole ones: of four
// times as many where a component is one bit, of twice as many where it is a byte.
func (o *Options) rescoring() *pb.SearchParams {
	oversampling := 2.0
	switch o.Quantization {
	case Unquantized:
		return nil
	case Binary:
		oversampling = 4
	}
	return &pb.SearchParams{Quantization: &pb.QuantizationSearchParams{Rescore: pb.PtrOf(true), Oversampling: &oversampling}}
}

// merged returns the terms of a query with ascending distinct IDs, as the server
// wants them; the values of a term that occurs twice are added.
func merged(terms []index.Term) (ids []uint32, values []float32) {
	sorted := slices.Clone(terms)
	slices.SortStableFunc(sorted, compareTerms)
	ids, values = make([]uint32, 0, len(terms)), make([]float32, 0, len(terms))
	for _, t := range sorted {
		if n := len(ids); n > 0 && ids[n-1] == t.ID {
			values[n-1] += t.Value
			continue
		}
		ids, values = append(ids, t.ID), append(values, t.Value)
	}
	return ids, values
}

// A round answers queries, between two looks at the mark.
type round struct {
	store   *Store
	asks    []ask
	confirm bool // the mark has to be read when the hits are there

	seen index.Mark // as the server had it; after the hits when confirm is set
	// A hit that was to be explained is gone, or its vector is not that of its
	// score: it was replaced meanwhile.
	missing, differs bool
}

func (r *round) run(ctx context.Context) error {
	// The mark is looked at even when no query needs the server.
	for open, first := r.open(), true; len(open) > 0 || first; open, first = r.open(), false {
		if err := r.ask(ctx, open); err != nil {
			return err
		}
	}
	return r.explain(ctx)
}

func (r *round) open() []*ask {
	var list []*ask
	for i := range r.asks {
		if !r.asks[i].done {
			list = append(list, &r.asks[i])
		}
	}
	return list
}

// ask sends what is open, with a look at the mark.
func (r *round) ask(ctx context.Context, open []*ask) error {
	s := r.store
	list := make([]*pb.QueryPoints, 0, len(open)+1)
	list = append(list, &pb.QueryPoints{
		CollectionName: s.name, Filter: &pb.Filter{Must: []*pb.Condition{pb.NewHasID(reserved())}}, Limit: pb.PtrOf(uint64(1)),
		WithPayload: pb.NewWithPayloadInclude(keyMark),
	})
	for _, a := range open {
		list = append(list, a.request)
	}
	var results []*pb.BatchResult
	for some := range slices.Chunk(list, within(len(list), s.limits.queries)) {
		reply, err := call(ctx, s.server, reading("search"), s.server.client.GetPointsClient().QueryBatch, &pb.QueryBatchPoints{
			CollectionName: s.name, QueryPoints: some,
		})
		if err != nil {
			return err
		}
		results = append(results, reply.GetResult()...)
	}
	if len(results) != len(list) {
		return fmt.Errorf("search: the server gave %d results for %d queries: %w", len(results), len(list), index.ErrUnavailable)
	}
	if points := results[0].GetResult(); len(points) == 1 {
		r.seen = markFrom(points[0].GetPayload())
	} else {
		return fmt.Errorf("search: the collection lost its reserved point, it has to be rebuilt: %w", index.ErrUnavailable)
	}
	for i, a := range open {
		if err := a.take(s, results[i+1].GetResult()); err != nil {
			return err
		}
	}
	return nil
}

// take reads the hits, and asks for more of them when there may be some that belong
// before the last one.
func (a *ask) take(s *Store, points []*pb.ScoredPoint) error {
	asked := int(a.request.GetLimit())
	a.hits = slices.Grow(a.hits[:0], len(points))
	for _, p := range points {
		id, err := chunkID(p.GetId())
		if err != nil {
			return fmt.Errorf("search: the collection has a point that is not Freshet's: %w", err)
		}
		if a.recheck {
			pass, err := a.passes(p)
			if err != nil {
				return fmt.Errorf("search: point %s: %w", id, err)
			}
			if !pass {
				continue
			}
		}
		a.hits = append(a.hits, index.Hit{ID: id, Score: p.GetScore()})
	}
	slices.SortFunc(a.hits, func(a, b index.Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), bytes.Compare(a.ID[:], b.ID[:]))
	})
	more := len(points) >= asked
	settled := len(a.hits) > a.limit && points[len(points)-1].GetScore() < a.hits[a.limit-1].Score
	deeper := s.depth(4 * asked)
	if a.done = !more || settled || deeper <= uint64(asked); !a.done {
		a.request.Limit = &deeper
		return nil
	}
	a.hits = a.hits[:min(len(a.hits), a.limit)]
	return nil
}

func (a *ask) passes(p *pb.ScoredPoint) (bool, error) {
	list := p.GetPayload()[keyFilter].GetListValue().GetValues()
	keywords := make([]string, len(list))
	for i, v := range list {
		keywords[i] = v.GetStringValue()
	}
	payload, err := payloadFrom(keywords)
	return err == nil && a.query.Filter.Match(payload), err
}
