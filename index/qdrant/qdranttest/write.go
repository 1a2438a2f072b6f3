package qdranttest

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"math"
	"slices"
	"strings"

	pb "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A point as it is kept.
type point struct {
	id      *pb.PointId
	key     string
	payload map[string]*pb.Value
	vectors map[string]*vector
}

// A vector: sparse ones have indices, ascending; dense ones are normalised.
type vector struct {
	indices []uint32
	values  []float32
}

// keyOf returns a text that sorts as the server sorts IDs: numbers, then UUIDs.
func keyOf(id *pb.PointId) (string, error) {
	switch o := id.GetPointIdOptions().(type) {
	case *pb.PointId_Num:
		return "0" + string(binary.BigEndian.AppendUint64(nil, o.Num)), nil
	case *pb.PointId_Uuid:
		b, err := hex.DecodeString(strings.ReplaceAll(o.Uuid, "-", ""))
		if err != nil || len(b) != 16 {
			return "", invalid("Unable to parse UUID: %s", o.Uuid)
		}
		return "1" + string(b), nil
	}
	return "", invalid("Empty ID is not allowed")
}

type pointsService struct {
	*Server
	pb.UnimplementedPointsServer
}

// write does a checked write: at once, or before the next one when the test wants
// it to be late.
func (s *Server) write(ctx context.Context, wait bool, do func()) *pb.PointsOperationResponse {
	for _, earlier := range s.pending {
		earlier()
	}
	s.pending = nil
	s.operations++
	result := &pb.UpdateResult{OperationId: pb.PtrOf(s.operations), Status: pb.UpdateStatus_Acknowledged}
	if wait {
		result.Status = pb.UpdateStatus_Completed
	}
	if late, _ := ctx.Value(postponed{}).(bool); late {
		s.pending = append(s.pending, do)
		result.Status = pb.UpdateStatus_WaitTimeout
	} else {
		do()
	}
	return &pb.PointsOperationResponse{Result: result}
}

func (s *pointsService) Upsert(ctx context.Context, r *pb.UpsertPoints) (*pb.PointsOperationResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	if len(r.GetPoints()) == 0 {
		return nil, refused("Empty update request")
	}
	if err := c.admitTimeout(r.Timeout); err != nil {
		return nil, err
	}
	if err := atMost(uint64(len(r.GetPoints())), c.strict().UpsertMaxBatchsize, "upsert limit"); err != nil {
		return nil, err
	}
	points := make([]*point, len(r.GetPoints()))
	for i, p := range r.GetPoints() {
		if points[i], err = c.read(p); err != nil {
			return nil, err
		}
	}
	filter := r.GetUpdateFilter()
	if !s.conditional() {
		filter = nil
	}
	return s.write(ctx, r.GetWait(), func() { c.upsert(points, filter) }), nil
}

// upsert judges the filter by the points as they were before the call.
func (c *collection) upsert(points []*point, filter *pb.Filter) {
	var kept []*point
	for _, p := range points {
		if old := c.points[p.key]; filter == nil || old == nil || passes(filter, old) {
			kept = append(kept, p)
		}
	}
	for _, p := range kept {
		if c.points[p.key] == nil {
			c.sorted = nil
		}
		c.points[p.key] = p
		c.remember(p)
	}
}

// remember notes the values of indexed keywords; the server's index, too, knows
// those that no point has any more.
func (c *collection) remember(p *point) {
	for key, index := range c.indexes {
		value, ok := p.payload[key].GetKind().(*pb.Value_StringValue)
		if !ok || index.GetDataType() != pb.PayloadSchemaType_Keyword {
			continue
		}
		if c.known[key] == nil {
			c.known[key] = map[string]bool{}
		}
		c.known[key][value.StringValue] = true
	}
}

// read checks a point and turns it into what is kept.
func (c *collection) read(p *pb.PointStruct) (*point, error) {
	key, err := keyOf(p.GetId())
	if err != nil {
		return nil, err
	}
	if p.GetVectors() == nil {
		return nil, invalid("Expected some vectors")
	}
	out := &point{id: p.GetId(), key: key, payload: p.GetPayload(), vectors: make(map[string]*vector, 2)}
	for _, v := range p.GetPayload() {
		if x, ok := v.GetKind().(*pb.Value_DoubleValue); ok && x.DoubleValue-x.DoubleValue != 0 {
			return nil, invalid("cannot convert to json number")
		}
	}
	for name, v := range p.GetVectors().GetVectors().GetVectors() {
		if out.vectors[name], err = c.vector(name, v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *collection) vector(name string, v *pb.Vector) (*vector, error) {
	if c.sparse(name) {
		return readSparse(v.GetSparse().GetIndices(), v.GetSparse().GetValues())
	}
	return c.readDense(name, v.GetDense().GetData())
}

func (c *collection) readDense(name string, data []float32) (*vector, error) {
	params := c.dense(name)
	if params == nil {
		return nil, invalid("Wrong input: Not existing vector name error: %s", name)
	}
	if uint64(len(data)) != params.GetSize() {
		return nil, invalid("Wrong input: Vector dimension error: expected dim: %d, got %d", params.GetSize(), len(data))
	}
	return &vector{values: normalised(data)}, nil
}

func readSparse(indices []uint32, values []float32) (*vector, error) {
	if len(indices) != len(values) {
		return nil, invalid("Wrong input: Sparse indices does not match sparse vector conditions: must be the same length as values")
	}
	v := &vector{indices: indices, values: values}
	if slices.IsSorted(indices) {
		for i := 1; i < len(indices); i++ {
			if indices[i] == indices[i-1] {
				return nil, invalid("Validation error in body: [indices: must be unique]")
			}
		}
		return v, nil
	}
	order := make(map[uint32]float32, len(indices))
	for i, x := range indices {
		order[x] = values[i]
	}
	if len(order) < len(indices) {
		return nil, invalid("Validation error in body: [indices: must be unique]")
	}
	v = &vector{indices: slices.Sorted(maps.Keys(order))}
	for _, x := range v.indices {
		v.values = append(v.values, order[x])
	}
	return v, nil
}

func normalised(v []float32) []float32 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if math.Abs(sum-1) <= 1e-6 || sum < 1e-12 {
		return v
	}
	out, norm := make([]float32, len(v)), math.Sqrt(sum)
	for i, x := range v {
		out[i] = float32(float64(x) / norm)
	}
	return out
}

func (s *pointsService) Delete(ctx context.Context, r *pb.DeletePoints) (*pb.PointsOperationResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, filter, err := s.selected(r.GetCollectionName(), r.GetPoints(), r.Timeout)
	if err != nil {
		return nil, err
	}
	return s.write(ctx, r.GetWait(), func() {
		for p := range c.candidates(filter) {
			if passes(filter, p) {
				delete(c.points, p.key)
				c.sorted = nil
			}
		}
	}), nil
}

func isNull(v *pb.Value) bool {
	_, null := v.GetKind().(*pb.Value_NullValue)
	return null
}

// SetPayload replaces the keys that are given; null takes one out. By a list of IDs all have to be
// there.
func (s *pointsService) SetPayload(ctx context.Context, r *pb.SetPayloadPoints) (*pb.PointsOperationResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, filter, err := s.selected(r.GetCollectionName(), r.GetPointsSelector(), r.Timeout)
	if err != nil {
		return nil, err
	}
	for _, id := range r.GetPointsSelector().GetPoints().GetIds() {
		key, err := keyOf(id)
		if err != nil {
			return nil, err
		}
		if c.points[key] == nil {
			return nil, status.Errorf(codes.NotFound, "Not found: No point with id %v found", id.GetPointIdOptions())
		}
	}
	return s.write(ctx, r.GetWait(), func() {
		for p := range c.candidates(filter) {
			if !passes(filter, p) {
				continue
			}
			changed := *p
			changed.payload = maps.Clone(p.payload)
			maps.Copy(changed.payload, r.GetPayload())
			maps.DeleteFunc(changed.payload, func(key string, v *pb.Value) bool { return isNull(v) && r.GetPayload()[key] != nil })
			c.points[p.key] = &changed
		}
	}), nil
}

// selected returns the collection and a filter for the selected points.
func (s *Server) selected(name string, selector *pb.PointsSelector, timeout *uint64) (*collection, *pb.Filter, error) {
	c, err := s.find(name)
	if err != nil {
		return nil, nil, err
	}
	if err := c.admitTimeout(timeout); err != nil {
		return nil, nil, err
	}
	filter := selector.GetFilter()
	if filter == nil {
		filter = &pb.Filter{Must: []*pb.Condition{pb.NewHasID(selector.GetPoints().GetIds()...)}}
	}
	return c, filter, c.admit(selector.GetFilter(), toWrite)
}

func (c *collection) admitTimeout(t *uint64) error {
	if t == nil {
		return nil
	}
	return atMost(*t, c.strict().MaxTimeout, "timeout")
}

func (s *pointsService) CreateFieldIndex(ctx context.Context, r *pb.CreateFieldIndexCollection) (*pb.PointsOperationResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	schema := &pb.PayloadSchemaInfo{DataType: map[pb.FieldType]pb.PayloadSchemaType{
		pb.FieldType_FieldTypeKeyword: pb.PayloadSchemaType_Keyword,
		pb.FieldType_FieldTypeInteger: pb.PayloadSchemaType_Integer,
		pb.FieldType_FieldTypeFloat:   pb.PayloadSchemaType_Float,
	}[r.GetFieldType()], Params: r.GetFieldIndexParams()}
	return s.write(ctx, r.GetWait(), func() { c.indexes[r.GetFieldName()] = schema }), nil
}
