package qdrant

import (
	"cmp"
	"context"
	"math"
	"slices"

	pb "github.com/qdrant/go-client/qdrant"

	"freshet/index"
)

// explainPage is how many vectors are read at once: some 10 MB.
const explainPage = 1000

// explain gives the first hits their contributions, from their vectors, and looks
// at the mark again on the way. It does nothing when neither is wanted.
func (r *round) explain(ctx context.Context) error {
	places := r.explained()
	if len(places) == 0 && !r.confirm {
		return nil
	}
	ids := make([]*pb.PointId, 0, len(places)+1)
	for id := range places {
		ids = append(ids, pointID(id))
	}
	// The reserved point comes last, so that the mark is that of after the hits.
	ids = append(ids, reserved())
	for page := range slices.Chunk(ids, explainPage) {
		if err := r.read(ctx, page, places); err != nil {
			return err
		}
	}
	for _, list := range places {
		for _, place := range list {
			r.missing = r.missing || place.hit.Terms == nil
			r.differs = r.differs || !agrees(place.hit)
		}
	}
	return nil
}

func (r *round) read(ctx context.Context, ids []*pb.PointId, places map[index.ChunkID][]place) error {
	mark, err := r.store.get(ctx, &pb.GetPoints{
		CollectionName: r.store.name, Ids: ids,
		WithPayload: pb.NewWithPayloadInclude(keyMark), WithVectors: pb.NewWithVectorsInclude(lexicalVector),
	}, func(id index.ChunkID, v packedSparse) error {
		for _, place := range places[id] {
			terms, err := v.contributions(place.wanted)
			if err != nil {
				return err
			}
			place.hit.Terms = terms
		}
		return nil
	})
	if mark != nil {
		r.seen = *mark
	}
	return err
}

// A place is a hit to be explained.
type place struct {
	hit    *index.Hit
	wanted wanted
}

// explained lists the hits to be explained.
func (r *round) explained() map[index.ChunkID][]place {
	places := map[index.ChunkID][]place{}
	for i := range r.asks {
		a := &r.asks[i]
		n := min(len(a.hits), max(a.query.Explain, 0))
		if a.query.Dense != nil || n == 0 {
			continue
		}
		w := wantedOf(a.query.Lexical)
		for k := range n {
			hit := &a.hits[k]
			places[hit.ID] = append(places[hit.ID], place{hit, w})
		}
	}
	return places
}

// agrees reports whether the contributions are those of the score; when not, the
// point was replaced or deleted between the search and the look at its vector.
func agrees(h *index.Hit) bool {
	var sum float32
	for _, c := range h.Terms {
		sum += c
	}
	return math.Abs(float64(sum-h.Score)) <= 5e-5*math.Max(1, math.Abs(float64(h.Score)))
}

func compareTerms(a, b index.Term) int { return cmp.Compare(a.ID, b.ID) }
