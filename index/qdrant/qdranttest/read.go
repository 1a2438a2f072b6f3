package qdranttest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	pb "github.com/qdrant/go-client/qdrant"
)

func (s *pointsService) Get(_ context.Context, r *pb.GetPoints) (*pb.GetResponse, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, err := s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	reply := &pb.GetResponse{}
	for _, id := range r.GetIds() {
		key, err := keyOf(id)
		if err != nil {
			return nil, err
		}
		if p := c.points[key]; p != nil {
			reply.Result = append(reply.Result, retrieved(p, r.GetWithPayload(), r.GetWithVectors()))
		}
	}
	return reply, nil
}

func retrieved(p *point, payload *pb.WithPayloadSelector, vectors *pb.WithVectorsSelector) *pb.RetrievedPoint {
	return &pb.RetrievedPoint{Id: p.id, Payload: p.show(payload), Vectors: p.showVectors(vectors)}
}

// show returns the payload that is asked for.
func (p *point) show(selector *pb.WithPayloadSelector) map[string]*pb.Value {
	out := map[string]*pb.Value{}
	for _, key := range selector.GetInclude().GetFields() {
		if v, ok := p.payload[key]; ok {
			out[key] = v
		}
	}
	return out
}

func (p *point) showVectors(selector *pb.WithVectorsSelector) *pb.VectorsOutput {
	if selector.GetInclude() == nil {
		return nil
	}
	out := map[string]*pb.VectorOutput{}
	for _, name := range selector.GetInclude().GetNames() {
		if v := p.vectors[name]; v != nil {
			out[name] = &pb.VectorOutput{Vector: &pb.VectorOutput_Sparse{Sparse: &pb.SparseVector{Indices: v.indices, Values: v.values}}}
		}
	}
	return &pb.VectorsOutput{VectorsOptions: &pb.VectorsOutput_Vectors{Vectors: &pb.NamedVectorsOutput{Vectors: out}}}
}

// QueryBatch answers all queries by the same state.
func (s *pointsService) QueryBatch(_ context.Context, r *pb.QueryBatchPoints) (*pb.QueryBatchResponse, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, err := s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	if err := atMost(uint64(len(r.GetQueryPoints())), c.strict().SearchMaxBatchsize, "search batch size"); err != nil {
		return nil, err
	}
	reply := &pb.QueryBatchResponse{}
	for _, q := range r.GetQueryPoints() {
		result, err := c.query(q)
		if err != nil {
			return nil, err
		}
		reply.Result = append(reply.Result, &pb.BatchResult{Result: result})
	}
	return reply, nil
}

func (c *collection) query(q *pb.QueryPoints) ([]*pb.ScoredPoint, error) {
	if err := atMost(q.GetLimit(), c.strict().MaxQueryLimit, "limit"); err != nil {
		return nil, err
	}
	if q.Limit != nil && q.GetLimit() == 0 {
		return nil, invalid("Validation error in body: [limit: value 0 invalid, must be 1 or larger]")
	}
	if err := c.admit(q.GetFilter(), toRead); err != nil {
		return nil, err
	}
	score, err := c.scorer(q)
	if err != nil {
		return nil, err
	}
	type hit struct {
		p     *point
		score float32
	}
	var hits []hit
	for p := range c.candidates(q.GetFilter()) {
		if !passes(q.GetFilter(), p) {
			continue
		}
		if x, found := score(p); found {
			hits = append(hits, hit{p, x})
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		// Ties go to the higher ID, against what callers of the index are promised.
		// Without scores the lower ID is first.
		if q.GetQuery() == nil {
			return strings.Compare(a.p.key, b.p.key)
		}
		return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(b.p.key, a.p.key))
	})
	limit := uint64(10)
	if q.Limit != nil {
		limit = *q.Limit
	}
	hits = hits[:min(uint64(len(hits)), limit)]
	out := make([]*pb.ScoredPoint, len(hits))
	for i, h := range hits {
		out[i] = &pb.ScoredPoint{Id: h.p.id, Score: h.score, Payload: h.p.show(q.GetWithPayload())}
	}
	return out, nil
}

// scorer returns how a query weighs points, and which of them it does not find.
func (c *collection) scorer(q *pb.QueryPoints) (func(*point) (float32, bool), error) {
	if q.GetQuery() == nil {
		return func(*point) (float32, bool) { return 1, true }, nil
	}
	name := q.GetUsing()
	if in := q.GetQuery().GetNearest().GetSparse(); in != nil {
		if !c.sparse(name) {
			return nil, invalid("Wrong input: Not existing vector name error: %s", name)
		}
		wanted, err := readSparse(in.GetIndices(), in.GetValues())
		return func(p *point) (float32, bool) { return p.vectors[name].common(wanted) }, err
	}
	wanted, err := c.readDense(name, q.GetQuery().GetNearest().GetDense().GetData())
	if err != nil {
		return nil, err
	}
	return func(p *point) (float32, bool) {
		v := p.vectors[name]
		if v == nil {
			return 0, false
		}
		var sum float32
		for i, x := range wanted.values {
			sum += float32(x * v.values[i])
		}
		return sum, true
	}, nil
}

// common is the dot product, false when no index is in both.
func (v *vector) common(with *vector) (sum float32, found bool) {
	if v == nil {
		return 0, false
	}
	for i, x := range with.indices {
		if at, ok := slices.BinarySearch(v.indices, x); ok {
			sum += float32(with.values[i] * v.values[at])
			found = true
		}
	}
	return sum, found
}

func (s *pointsService) Scroll(_ context.Context, r *pb.ScrollPoints) (*pb.ScrollResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	if err := atMost(uint64(r.GetLimit()), c.strict().MaxQueryLimit, "limit"); err != nil {
		return nil, err
	}
	from, err := keyOf(r.GetOffset())
	if err != nil {
		return nil, err
	}
	reply := &pb.ScrollResponse{}
	keys := c.keys()
	first, _ := slices.BinarySearch(keys, from)
	for _, key := range keys[first:] {
		if len(reply.Result) == int(r.GetLimit()) {
			reply.NextPageOffset = c.points[key].id
			break
		}
		reply.Result = append(reply.Result, retrieved(c.points[key], r.GetWithPayload(), nil))
	}
	return reply, nil
}

func (c *collection) keys() []string {
	if c.sorted == nil {
		c.sorted = make([]string, 0, len(c.points))
		for key := range c.points {
			c.sorted = append(c.sorted, key)
		}
		slices.Sort(c.sorted)
	}
	return c.sorted
}

func (s *pointsService) Count(_ context.Context, r *pb.CountPoints) (*pb.CountResponse, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, err := s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	if err := c.admit(r.GetFilter(), toRead); err != nil {
		return nil, err
	}
	var n uint64
	for _, p := range c.points {
		if passes(r.GetFilter(), p) {
			n++
		}
	}
	return &pb.CountResponse{Result: &pb.CountResult{Count: n}}, nil
}

// Facet counts the points by the values of a key, those that no point has any more
// among them. It begins with the most frequent one; equal ones are ordered by the
// value.
func (s *pointsService) Facet(_ context.Context, r *pb.FacetCounts) (*pb.FacetResponse, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, err := s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	if c.indexes[r.GetKey()].GetDataType() != pb.PayloadSchemaType_Keyword {
		return nil, refused("Index required but not found for %q", r.GetKey())
	}
	if err := atMost(r.GetLimit(), c.strict().MaxQueryLimit, "limit"); err != nil {
		return nil, err
	}
	counts := map[string]uint64{}
	for value := range c.known[r.GetKey()] {
		counts[value] = 0
	}
	for _, p := range c.points {
		if v, ok := p.payload[r.GetKey()].GetKind().(*pb.Value_StringValue); ok {
			counts[v.StringValue]++
		}
	}
	reply := &pb.FacetResponse{}
	for value, n := range counts {
		reply.Hits = append(reply.Hits, &pb.FacetHit{Value: &pb.FacetValue{Variant: &pb.FacetValue_StringValue{StringValue: value}}, Count: n})
	}
	slices.SortFunc(reply.Hits, func(a, b *pb.FacetHit) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.GetValue().GetStringValue(), b.GetValue().GetStringValue()))
	})
	reply.Hits = reply.Hits[:min(uint64(len(reply.Hits)), r.GetLimit())]
	return reply, nil
}
