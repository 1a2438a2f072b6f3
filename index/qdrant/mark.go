package qdrant

import (
	"context"
	"fmt"
	"sync"

	pb "github.com/qdrant/go-client/qdrant"

	"freshet/index"
)

// reserved is the ID of the point that carries the mark. Numbers come before UUIDs,
// so a scroll that begins at a chunk's ID never meets it.
func reserved() *pb.PointId { return pb.NewIDNum(1) }

// marks is what is known of the collection's mark.
//
// A search that reports mark m has to begin when all up to m has been written, and
// to end before a chunk that was open at m is deleted. Deletions begin once SetMark
// has moved the mark beyond them. So a search takes the mark before it asks and
// again when it has its hits: if it moved, it asks again. The process that moves
// the mark knows it without asking the server.
type marks struct {
	mu      sync.Mutex
	mark    index.Mark
	pending *index.Mark // being set, or tried in vain: the server may have it
	foreign bool        // another process sets it
}

// before returns the mark that a search may report, and whether the server has to
// be asked for the one after.
func (m *marks) before() (mark index.Mark, ask bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mark, m.foreign
}

// unmoved reports whether the mark is still what it was before a search. Seen is
// what the server said: after the search when before asked for that, and else at
// some moment of it.
func (m *marks) unmoved(before, seen index.Mark) (ok, foreign bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.mark != before:
		return false, false
	case seen == before, m.pending != nil && seen == *m.pending:
		// While SetMark has not returned nothing is deleted on its account.
		return true, false
	}
	m.mark, m.foreign = seen, true
	return false, true
}

func (m *marks) begin(next index.Mark) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pending = &next
}

func (m *marks) done(now index.Mark) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mark, m.pending = now, nil
}

// adopt takes over the mark that the collection has.
func (s *Store) adopt(ctx context.Context) error {
	mark, _, err := s.readMark(ctx)
	s.marks.done(mark)
	s.marks.foreign = s.options.Shared
	return err
}

// Mark implements index.Store. It asks the server.
func (s *Store) Mark(ctx context.Context) (index.Mark, error) {
	mark, found, err := s.readMark(ctx)
	if err == nil && !found {
		err = fmt.Errorf("read the mark: the collection lost its reserved point, it has to be rebuilt: %w", index.ErrEpoch)
	}
	return mark, err
}

// SetMark implements index.Store.
func (s *Store) SetMark(ctx context.Context, m index.Mark) error {
	if err := s.server.usable(ctx); err != nil {
		return err
	}
	s.marks.begin(m)
	_, err := call(ctx, s.server, writing("move the mark"), s.server.client.GetPointsClient().SetPayload, &pb.SetPayloadPoints{
		CollectionName: s.name, Wait: pb.PtrOf(true), Timeout: s.timeout(), Ordering: s.ordering(),
		Payload: map[string]*pb.Value{keyMark: markValue(m)}, PointsSelector: pb.NewPointsSelector(reserved()),
	})
	if err != nil {
		return err
	}
	s.marks.done(m)
	return nil
}

// reserve writes the reserved point of a new collection.
func (s *Store) reserve(ctx context.Context) error {
	_, err := call(ctx, s.server, writing("write the reserved point"), s.server.client.GetPointsClient().Upsert, &pb.UpsertPoints{
		CollectionName: s.name, Wait: pb.PtrOf(true), Timeout: s.timeout(), Ordering: s.ordering(),
		Points: []*pb.PointStruct{{
			Id: reserved(), Vectors: pb.NewVectorsMap(map[string]*pb.Vector{}),
			Payload: map[string]*pb.Value{keyMark: markValue(index.Mark{}), keyIdentity: s.identityValue()},
		}},
	})
	return err
}

func (s *Store) readMark(ctx context.Context) (mark index.Mark, found bool, err error) {
	reply, err := call(ctx, s.server, reading("read the mark"), s.server.client.GetPointsClient().Get, &pb.GetPoints{
		CollectionName: s.name, Ids: []*pb.PointId{reserved()}, WithPayload: pb.NewWithPayloadInclude(keyMark),
	})
	if err != nil || len(reply.GetResult()) == 0 {
		return index.Mark{}, false, err
	}
	return markFrom(reply.GetResult()[0].GetPayload()), true, nil
}

func markValue(m index.Mark) *pb.Value {
	return pb.NewValueFromFields(map[string]*pb.Value{"epoch": text(m.Epoch), "seq": pb.NewValueInt(m.Seq)})
}

func markFrom(payload map[string]*pb.Value) index.Mark {
	f := payload[keyMark].GetStructValue().GetFields()
	return index.Mark{Epoch: f["epoch"].GetStringValue(), Seq: f["seq"].GetIntegerValue()}
}

// ordering lets one replica order the writes of a collection that has several, so
// that their conditions are decided alike.
func (s *Store) ordering() *pb.WriteOrdering {
	if s.options.Replicas < 2 {
		return nil
	}
	return &pb.WriteOrdering{Type: pb.WriteOrderingType_Medium}
}
