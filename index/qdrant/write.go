package qdrant

import (
	"context"
	"slices"

	pb "github.com/qdrant/go-client/qdrant"

	"freshet/index"
)

// Upsert implements index.Store. A large call is several requests; when one fails,
// those before it are written.
func (s *Store) Upsert(ctx context.Context, points []index.Point) error {
	if err := s.server.usable(ctx); err != nil {
		return err
	}
	for i := range points {
		if err := points[i].Check(s.options.Space); err != nil {
			return err
		}
	}
	if len(points) == 0 {
		return nil
	}
	latest := distinct(points)
	batch := make([]*pb.PointStruct, 0, min(len(latest), s.batchPoints()))
	from, size := 0, 0
	for i, p := range latest {
		e := encode(p)
		n := sizeOf(e)
		if len(batch) > 0 && (size+n > s.options.BatchBytes || len(batch) == s.batchPoints()) {
			if err := s.upsert(ctx, latest[from:i], batch); err != nil {
				return err
			}
			batch, from, size = batch[:0], i, 0
		}
		batch, size = append(batch, e), size+n
	}
	return s.upsert(ctx, latest[from:], batch)
}

func (s *Store) batchPoints() int { return within(s.options.BatchPoints, s.limits.points) }

// distinct returns the points to write, one for each ID: of several the one with
// the highest sequence number, of equal ones the last.
func distinct(points []index.Point) []*index.Point {
	list := make([]*index.Point, 0, len(points))
	place := make(map[index.ChunkID]int, len(points))
	for i := range points {
		p := &points[i]
		at, known := place[p.ID]
		switch {
		case !known:
			place[p.ID] = len(list)
			list = append(list, p)
		case list[at].Stamp.Seq <= p.Stamp.Seq:
			list[at] = p
		}
	}
	return list
}

// upsert writes a batch; points are those that it was encoded from.
func (s *Store) upsert(ctx context.Context, points []*index.Point, batch []*pb.PointStruct) error {
	var condition *pb.Filter
	var err error
	if s.server.version.before(conditionalUpdates) {
		batch, err = s.withoutOlder(ctx, points, batch)
	} else {
		condition = noNewer(points)
	}
	if err != nil || len(batch) == 0 {
		return err
	}
	_, err = call(ctx, s.server, writing("write points"), s.server.client.GetPointsClient().Upsert, &pb.UpsertPoints{
		CollectionName: s.name, Wait: pb.PtrOf(true), Timeout: s.timeout(), Ordering: s.ordering(), Points: batch, UpdateFilter: condition,
	})
	return err
}

// noNewer passes the present points that a batch may replace: those whose sequence
// number is not above that of their successor.
func noNewer(points []*index.Point) *pb.Filter {
	groups := map[int64][]*pb.PointId{}
	least, greatest := points[0].Stamp.Seq, points[0].Stamp.Seq
	for _, p := range points {
		least, greatest = min(least, p.Stamp.Seq), max(greatest, p.Stamp.Seq)
	}
	if least == greatest {
		return &pb.Filter{Must: []*pb.Condition{upTo(least)}}
	}
	for _, p := range points {
		groups[p.Stamp.Seq] = append(groups[p.Stamp.Seq], pointID(p.ID))
	}
	// Nearly all pass the first, which is one look-up.
	some := []*pb.Condition{upTo(least)}
	for seq, ids := range groups {
		if seq > least {
			some = append(some, pb.NewFilterAsCondition(&pb.Filter{Must: []*pb.Condition{pb.NewHasID(ids...), upTo(seq)}}))
		}
	}
	return &pb.Filter{Should: some}
}

func upTo(seq int64) *pb.Condition {
	return pb.NewRange(keySeq, &pb.Range{Lte: pb.PtrOf(float64(seq))})
}

// withoutOlder leaves out the points that would replace a newer one, as the server
// has them at this moment.
func (s *Store) withoutOlder(ctx context.Context, points []*index.Point, batch []*pb.PointStruct) ([]*pb.PointStruct, error) {
	ids := make([]*pb.PointId, len(batch))
	for i, p := range batch {
		ids[i] = p.GetId()
	}
	reply, err := call(ctx, s.server, reading("read the stamps of points to be replaced"), s.server.client.GetPointsClient().Get, &pb.GetPoints{
		CollectionName: s.name, Ids: ids, WithPayload: pb.NewWithPayloadInclude(keySeq),
	})
	if err != nil {
		return nil, err
	}
	present := make(map[string]int64, len(reply.GetResult()))
	for _, p := range reply.GetResult() {
		present[p.GetId().GetUuid()] = p.GetPayload()[keySeq].GetIntegerValue()
	}
	var kept []*pb.PointStruct
	for i, p := range batch {
		if seq, there := present[p.GetId().GetUuid()]; !there || seq <= points[i].Stamp.Seq {
			kept = append(kept, p)
		}
	}
	return kept, nil
}

// Patch implements index.Store.
func (s *Store) Patch(ctx context.Context, ids []index.ChunkID, payload index.Payload, seq int64) error {
	fields := make(map[string]*pb.Value, 4)
	describe(fields, payload, payload.Hash(), seq)
	return s.each(ctx, ids, seq, func(selector *pb.PointsSelector) error {
		_, err := call(ctx, s.server, writing("patch points"), s.server.client.GetPointsClient().SetPayload, &pb.SetPayloadPoints{
			CollectionName: s.name, Wait: pb.PtrOf(true), Timeout: s.timeout(), Ordering: s.ordering(), Payload: fields, PointsSelector: selector,
		})
		return err
	})
}

// Delete implements index.Store.
func (s *Store) Delete(ctx context.Context, ids []index.ChunkID, upTo int64) error {
	return s.each(ctx, ids, upTo, func(selector *pb.PointsSelector) error {
		_, err := call(ctx, s.server, writing("delete points"), s.server.client.GetPointsClient().Delete, &pb.DeletePoints{
			CollectionName: s.name, Wait: pb.PtrOf(true), Timeout: s.timeout(), Ordering: s.ordering(), Points: selector,
		})
		return err
	})
}

// each calls do with the points that have one of the IDs and a sequence number of
// at most seq, as many at a time as the server takes.
func (s *Store) each(ctx context.Context, ids []index.ChunkID, seq int64, do func(*pb.PointsSelector) error) error {
	if err := s.server.usable(ctx); err != nil {
		return err
	}
	for some := range slices.Chunk(ids, within(s.options.BatchPoints, s.limits.conditions)) {
		filter := &pb.Filter{Must: []*pb.Condition{pb.NewHasID(pointIDs(some)...), upTo(seq)}}
		if err := do(pb.NewPointsSelectorFilter(filter)); err != nil {
			return err
		}
	}
	return nil
}
