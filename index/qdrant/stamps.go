package qdrant

import (
	"bytes"
	"context"
	"fmt"
	"iter"

	pb "github.com/qdrant/go-client/qdrant"

	"freshet/index"
)

// stampPage is how many stamps are read at once: about 300 KB.
const stampPage = 1000

// Stamps implements index.Store. Points that are written meanwhile may be among
// them or not.
func (s *Store) Stamps(ctx context.Context, from, to index.ChunkID) iter.Seq2[index.StampedID, error] {
	return func(yield func(index.StampedID, error) bool) {
		next := pointID(from)
		for next != nil {
			reply, err := call(ctx, s.server, reading("read stamps"), s.server.client.GetPointsClient().Scroll, &pb.ScrollPoints{
				CollectionName: s.name, Offset: next, Limit: pb.PtrOf(uint32(within(stampPage, s.limits.hits))),
				WithPayload: pb.NewWithPayloadInclude(keyBase, keySeq, keyInput, keyDetails, keyDense),
				WithVectors: pb.NewWithVectors(false),
			})
			if err != nil {
				yield(index.StampedID{}, err)
				return
			}
			for _, p := range reply.GetResult() {
				stamp, err := stampOf(p)
				if err == nil {
					err = ctx.Err()
				}
				if err != nil {
					yield(index.StampedID{}, err)
					return
				}
				if bytes.Compare(stamp.ID[:], to[:]) > 0 || !yield(stamp, nil) {
					return
				}
			}
			next = reply.GetNextPageOffset()
		}
	}
}

func stampOf(p *pb.RetrievedPoint) (index.StampedID, error) {
	id, err := chunkID(p.GetId())
	if err != nil {
		return index.StampedID{}, fmt.Errorf("the collection has a point that is not Freshet's: %w", err)
	}
	return stampFrom(id, p.GetPayload())
}

// mostBases is how many knowledge bases are counted one by one.
const mostBases = 10_000

// Stats implements index.Store. Bytes stays 0, because the server does not tell.
func (s *Store) Stats(ctx context.Context) (index.Stats, error) {
	points := s.server.client.GetPointsClient()
	count, err := call(ctx, s.server, reading("count points"), points.Count, &pb.CountPoints{
		CollectionName: s.name, Exact: pb.PtrOf(true), Filter: &pb.Filter{MustNot: []*pb.Condition{pb.NewHasID(reserved())}},
	})
	if err != nil {
		return index.Stats{}, err
	}
	bases, err := call(ctx, s.server, reading("count points by knowledge base"), points.Facet, &pb.FacetCounts{
		CollectionName: s.name, Key: keyBase, Limit: pb.PtrOf(uint64(within(mostBases, s.limits.hits))), Exact: pb.PtrOf(true),
	})
	if err != nil {
		return index.Stats{}, err
	}
	stats := index.Stats{Points: int(count.GetResult().GetCount()), ByBase: make(map[string]int, len(bases.GetHits()))}
	for _, h := range bases.GetHits() {
		if h.GetCount() == 0 {
			// The index remembers values that no point has any more.
			continue
		}
		base, err := unescape(h.GetValue().GetStringValue())
		if err != nil {
			return index.Stats{}, fmt.Errorf("count points by knowledge base: %w", err)
		}
		stats.ByBase[base] = int(h.GetCount())
	}
	return stats, nil
}
