package qdrant

import (
	"context"

	pb "github.com/qdrant/go-client/qdrant"
	"google.golang.org/protobuf/proto"

	"freshet/index"
)

// Remove drops the collection of o although its alias points at it.
func Remove(ctx context.Context, s *Server, o Options) error {
	return s.drop(ctx, CollectionOf(o.Collection, o.Space))
}

// Answer does what Search does but for the calls themselves: it encodes the
// requests, and reads the replies that are given.
func (s *Store) Answer(queries []index.Query, batch, vectors []byte) ([]index.Hit, error) {
	r := &round{store: s, asks: s.asksFor(queries)}
	request := &pb.QueryBatchPoints{CollectionName: s.name}
	for i := range r.asks {
		request.QueryPoints = append(request.QueryPoints, r.asks[i].request)
	}
	if _, err := proto.Marshal(request); err != nil {
		return nil, err
	}
	var reply pb.QueryBatchResponse
	if err := proto.Unmarshal(batch, &reply); err != nil {
		return nil, err
	}
	for i := range r.asks {
		if err := r.asks[i].take(s, reply.GetResult()[i+1].GetResult()); err != nil {
			return nil, err
		}
	}
	places := r.explained()
	get := &pb.GetPoints{CollectionName: s.name}
	for id := range places {
		get.Ids = append(get.Ids, pointID(id))
	}
	if _, err := proto.Marshal(get); err != nil {
		return nil, err
	}
	packed := &packedReply{visit: func(id index.ChunkID, v packedSparse) (err error) {
		for _, place := range places[id] {
			place.hit.Terms, err = v.contributions(place.wanted)
		}
		return err
	}}
	return r.asks[0].hits, packed.read(vectors)
}
