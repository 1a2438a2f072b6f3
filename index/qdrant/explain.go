package qdrant

import (
	"cmp"
	"context"
	"math"
	"slices"

	pb "github.com/qdrant/go-client/qdrant"

	"freshet/index"
)

// explain gives the first hits their contributions, from their vectors, and looks
// at the mark again on the way. It does nothing when neither is wanted.
func (r *round) explain(ctx context.Context) error {
	ids, places := r.explained()
	if len(ids) == 0 && !r.confirm {
		return nil
	}
	s := r.store
	wanted := append([]*pb.PointId{reserved()}, ids...)
	reply, err := call(ctx, s.server, reading("read the vectors of hits"), s.server.client.GetPointsClient().Get, &pb.GetPoints{
		CollectionName: s.name, Ids: wanted,
		WithPayload: pb.NewWithPayloadInclude(keyMark), WithVectors: pb.NewWithVectorsInclude(lexicalVector),
	})
	if err != nil {
		return err
	}
	vectors := make(map[string]sparse, len(reply.GetResult()))
	for _, p := range reply.GetResult() {
		if p.GetId().GetUuid() == "" {
			r.seen = markFrom(p.GetPayload())
			continue
		}
		vectors[p.GetId().GetUuid()] = sparseFrom(p.GetVectors().GetVectors().GetVectors()[lexicalVector])
	}
	for i, place := range places {
		hit := &r.asks[place.ask].hits[place.hit]
		v, there := vectors[ids[i].GetUuid()]
		hit.Terms = v.contributions(r.asks[place.ask].query.Lexical)
		if !there || !agrees(hit) {
			r.torn = true
		}
	}
	return nil
}

type hitPlace struct{ ask, hit int }

// explained lists the hits to be explained.
func (r *round) explained() (ids []*pb.PointId, places []hitPlace) {
	for i := range r.asks {
		a := &r.asks[i]
		if a.query.Dense != nil {
			continue
		}
		for k := range min(len(a.hits), max(a.query.Explain, 0)) {
			ids = append(ids, pointID(a.hits[k].ID))
			places = append(places, hitPlace{i, k})
		}
	}
	return ids, places
}

// agrees reports whether the contributions are those of the score; when not, the
// point was replaced between the search and the look at its vector.
func agrees(h *index.Hit) bool {
	var sum float32
	for _, c := range h.Terms {
		sum += c
	}
	return math.Abs(float64(sum-h.Score)) <= 5e-5*math.Max(1, math.Abs(float64(h.Score)))
}

// A sparse vector as the server returns it, sorted by ID.
type sparse struct {
	ids    []uint32
	values []float32
}

func sparseFrom(v *pb.VectorOutput) sparse {
	out := sparse{v.GetSparse().GetIndices(), v.GetSparse().GetValues()}
	if v.GetSparse() == nil && v != nil {
		//lint:ignore SA1019 servers before 1.16 give nothing else
		out = sparse{v.GetIndices().GetData(), v.GetData()}
	}
	if len(out.ids) != len(out.values) {
		return sparse{}
	}
	if !slices.IsSorted(out.ids) {
		out.sort()
	}
	return out
}

func (v *sparse) sort() {
	order := make([]int, len(v.ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(v.ids[a], v.ids[b]) })
	ids, values := make([]uint32, len(order)), make([]float32, len(order))
	for to, from := range order {
		ids[to], values[to] = v.ids[from], v.values[from]
	}
	v.ids, v.values = ids, values
}

func (v sparse) contributions(terms []index.Term) []float32 {
	list := make([]float32, len(terms))
	for i, t := range terms {
		if at, ok := slices.BinarySearch(v.ids, t.ID); ok {
			list[i] = float32(t.Value * v.values[at])
		}
	}
	return list
}
