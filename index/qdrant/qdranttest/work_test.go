package qdranttest

import (
	"fmt"
	"slices"

	pb "github.com/qdrant/go-client/qdrant"
)

// span is how many different points the script writes.
const span = 40

// work is a round of what a Store does to a collection that it fills.
func (w *writer) work(round int) {
	w.seq += 3
	w.upsert()
	if round%3 == 1 {
		w.do("SetPayload", &pb.SetPayloadPoints{
			CollectionName: mainCollection, Wait: pb.PtrOf(true), Timeout: pb.PtrOf(uint64(59)), Payload: w.details(w.seq), Ordering: w.ordering(),
			PointsSelector: w.some(w.seq - 1),
		})
	}
	w.do("SetPayload", &pb.SetPayloadPoints{
		CollectionName: mainCollection, Wait: pb.PtrOf(true), Timeout: pb.PtrOf(uint64(59)),
		Payload: mark("epoch", w.seq), PointsSelector: pb.NewPointsSelector(pb.NewIDNum(1)),
	})
	if round%3 == 2 {
		w.do("Delete", &pb.DeletePoints{
			CollectionName: mainCollection, Wait: pb.PtrOf(true), Timeout: pb.PtrOf(uint64(59)), Points: w.some(w.seq - 2), Ordering: w.ordering(),
		})
	}
	w.query(mainCollection, w.markQuery(), w.sparseQuery(), w.denseQuery(), w.sparseQuery())
	w.query(mainAlias, w.markQuery(), w.sparseQuery())
	w.query(mainCollection, w.markQuery(), w.denseQuery())
	w.do("Get", &pb.GetPoints{
		CollectionName: mainCollection, Ids: append([]*pb.PointId{pb.NewIDNum(1)}, w.ids(5)...),
		WithPayload: pb.NewWithPayloadInclude("mark", "seq"), WithVectors: pb.NewWithVectorsInclude("lexical"),
	})
	w.do("Get", &pb.GetPoints{CollectionName: mainCollection, Ids: w.ids(3), WithPayload: pb.NewWithPayloadInclude("seq", "modified")})
	w.do("Scroll", &pb.ScrollPoints{
		CollectionName: mainCollection, Offset: chunk(w.random.IntN(span)), Limit: pb.PtrOf(uint32(1 + w.random.IntN(20))),
		WithPayload: pb.NewWithPayloadInclude("base", "seq", "input", "details", "dense"), WithVectors: pb.NewWithVectors(false),
	})
	w.do("Count", &pb.CountPoints{CollectionName: mainCollection, Exact: pb.PtrOf(true), Filter: &pb.Filter{MustNot: []*pb.Condition{pb.NewHasID(pb.NewIDNum(1))}}})
	w.do("Facet", &pb.FacetCounts{CollectionName: mainCollection, Key: "base", Limit: pb.PtrOf(uint64(100)), Exact: pb.PtrOf(true)})
}

// ordering is what a Store says where there are replicas.
func (w *writer) ordering() *pb.WriteOrdering {
	if w.random.IntN(2) == 0 {
		return nil
	}
	return &pb.WriteOrdering{Type: pb.WriteOrderingType_Medium}
}

func (w *writer) ids(n int) []*pb.PointId {
	list := make([]*pb.PointId, 0, n)
	for _, i := range w.random.Perm(span)[:n] {
		list = append(list, chunk(i))
	}
	return list
}

// some selects points up to a sequence number.
func (w *writer) some(seq int64) *pb.PointsSelector {
	return pb.NewPointsSelectorFilter(&pb.Filter{Must: []*pb.Condition{pb.NewHasID(w.ids(8)...), upTo(seq)}})
}

// upsert writes points under one condition, or one for each sequence number, or
// none.
func (w *writer) upsert() {
	r := &pb.UpsertPoints{CollectionName: mainCollection, Wait: pb.PtrOf(true), Timeout: pb.PtrOf(uint64(59)), Ordering: w.ordering()}
	ids := w.ids(6)
	switch w.random.IntN(3) {
	case 0:
		seq := w.seq - int64(w.random.IntN(12))
		for _, id := range ids {
			r.Points = append(r.Points, w.point(id, seq))
		}
		r.UpdateFilter = &pb.Filter{Must: []*pb.Condition{upTo(seq)}}
	case 1:
		least := w.seq - 6
		some := []*pb.Condition{upTo(least)}
		for i, id := range ids {
			seq := least + int64(i)
			r.Points = append(r.Points, w.point(id, seq))
			some = append(some, pb.NewFilterAsCondition(&pb.Filter{Must: []*pb.Condition{pb.NewHasID(id), upTo(seq)}}))
		}
		r.UpdateFilter = &pb.Filter{Should: some}
	default:
		for _, id := range ids {
			r.Points = append(r.Points, w.point(id, w.seq))
		}
	}
	w.do("Upsert", r)
}

func (w *writer) point(id *pb.PointId, seq int64) *pb.PointStruct {
	vectors := map[string]*pb.Vector{}
	if w.random.IntN(12) > 0 {
		ids, values := w.terms(8)
		vectors["lexical"] = pb.NewVectorSparse(ids, values)
	}
	if w.random.IntN(4) > 0 {
		vectors["dense"] = pb.NewVectorDense(w.direction())
	}
	p := w.details(seq)
	p["base"] = pb.NewValueString([]string{"help", "legal", ""}[w.random.IntN(3)])
	p["input"] = pb.NewValueString(fmt.Sprintf("%032x", w.random.Uint64()))
	p["dense"] = pb.NewValueBool(vectors["dense"] != nil)
	return &pb.PointStruct{Id: id, Payload: p, Vectors: pb.NewVectorsMap(vectors)}
}

// details are what a patch replaces.
func (w *writer) details(seq int64) map[string]*pb.Value {
	label := fmt.Sprintf("label=%d", w.random.IntN(4))
	p := payload(seq)
	p["filter"] = pb.NewValueFromList(pb.NewValueString("label"), pb.NewValueString(label), pb.NewValueString("owner=Zoé \"Z\""))
	p["details"] = pb.NewValueString(fmt.Sprintf("%032x", w.random.Uint64()))
	p["modified"] = pb.NewValueNull()
	if w.random.IntN(3) > 0 {
		p["modified"] = pb.NewValueDouble(float64(w.random.IntN(10)))
	}
	return p
}

func (w *writer) terms(n int) (ids []uint32, values []float32) {
	for range n {
		ids = append(ids, uint32(w.random.IntN(30))*143165576)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for range ids {
		values = append(values, 0.1+2*w.random.Float32())
	}
	return ids, values
}

func (w *writer) direction() []float32 {
	v := make([]float32, 4)
	for i := range v {
		v[i] = float32(w.random.NormFloat64())
	}
	return v
}

func (w *writer) markQuery() *pb.QueryPoints {
	return &pb.QueryPoints{
		Filter: &pb.Filter{Must: []*pb.Condition{pb.NewHasID(pb.NewIDNum(1))}}, Limit: pb.PtrOf(uint64(1)), WithPayload: pb.NewWithPayloadInclude("mark"),
	}
}

func (w *writer) sparseQuery() *pb.QueryPoints {
	ids, values := w.terms(6)
	return w.filtered(&pb.QueryPoints{Query: pb.NewQuerySparse(ids, values), Using: pb.PtrOf("lexical"), WithPayload: pb.NewWithPayload(false)})
}

func (w *writer) denseQuery() *pb.QueryPoints {
	q := w.filtered(&pb.QueryPoints{Query: pb.NewQueryDense(w.direction()), Using: pb.PtrOf("dense"), WithPayload: pb.NewWithPayloadInclude("filter")})
	if w.random.IntN(2) == 0 {
		q.Params = &pb.SearchParams{Quantization: &pb.QuantizationSearchParams{Rescore: pb.PtrOf(true), Oversampling: pb.PtrOf(2.0)}}
	}
	return q
}

func (w *writer) filtered(q *pb.QueryPoints) *pb.QueryPoints {
	q.Limit, q.WithVectors = pb.PtrOf(uint64(1+w.random.IntN(20))), pb.NewWithVectors(false)
	must := []*pb.Condition{pb.NewMatch("base", []string{"help", "legal", ""}[w.random.IntN(3)])}
	label := fmt.Sprintf("label=%d", w.random.IntN(4))
	one := pb.NewMatch("filter", label)
	switch w.random.IntN(6) {
	case 0:
		must = append(must, one)
	case 1:
		must = append(must, pb.NewMatchKeywords("filter", label, "label=0", "label=nothing"))
	case 2:
		must = append(must, pb.NewFilterAsCondition(&pb.Filter{MustNot: []*pb.Condition{one}}))
	case 3:
		must = append(must, pb.NewRange("modified", &pb.Range{Gte: pb.PtrOf(2.0), Lte: pb.PtrOf(7.0)}))
	case 4:
		must = append(must, pb.NewFilterAsCondition(&pb.Filter{Should: []*pb.Condition{one, pb.NewRange("modified", &pb.Range{Lte: pb.PtrOf(3.0)})}}))
	}
	q.Filter = &pb.Filter{Must: must}
	return q
}

// strictness is what strict mode refuses.
func (w *writer) strictness() {
	w.create(strictCollection, func(r *pb.CreateCollection) {
		s := r.StrictModeConfig
		s.UpsertMaxBatchsize, s.MaxQueryLimit, s.SearchMaxBatchsize = pb.PtrOf(uint64(3)), pb.PtrOf(uint32(5)), pb.PtrOf(uint64(2))
		s.ConditionMaxSize, s.MaxTimeout = pb.PtrOf(uint64(4)), pb.PtrOf(uint32(30))
	})
	w.do("CollectionsGet", &pb.GetCollectionInfoRequest{CollectionName: strictCollection})
	points := func(n int) (list []*pb.PointStruct) {
		for i := range n {
			list = append(list, &pb.PointStruct{Id: chunk(i), Payload: payload(1), Vectors: pb.NewVectorsMap(map[string]*pb.Vector{"lexical": pb.NewVectorSparse([]uint32{1}, []float32{1})})})
		}
		return list
	}
	sparse := func(limit uint64, must ...*pb.Condition) *pb.QueryPoints {
		return &pb.QueryPoints{Query: pb.NewQuerySparse([]uint32{1}, []float32{1}), Using: pb.PtrOf("lexical"), Limit: &limit, Filter: &pb.Filter{Must: must}}
	}
	w.do("Upsert", &pb.UpsertPoints{CollectionName: strictCollection, Wait: pb.PtrOf(true), Points: points(3)})
	w.do("Upsert", &pb.UpsertPoints{CollectionName: strictCollection, Wait: pb.PtrOf(true), Points: points(4)})
	w.do("Upsert", &pb.UpsertPoints{CollectionName: strictCollection, Wait: pb.PtrOf(true), Timeout: pb.PtrOf(uint64(31)), Points: points(1)})
	w.do("Upsert", &pb.UpsertPoints{CollectionName: strictCollection, Wait: pb.PtrOf(true), Points: points(1), UpdateFilter: &pb.Filter{Must: []*pb.Condition{upTo(1)}}})
	w.query(strictCollection, sparse(5))
	w.query(strictCollection, sparse(6))
	w.query(strictCollection, sparse(1), sparse(1), sparse(1))
	w.query(strictCollection, sparse(1, pb.NewMatch("filter", "x")))
	w.query(strictCollection, sparse(1, upTo(1)))
	w.query(strictCollection, sparse(3, pb.NewHasID(chunk(1), chunk(2))))
	w.query(strictCollection, sparse(3, pb.NewFilterAsCondition(&pb.Filter{MustNot: []*pb.Condition{pb.NewMatchKeywords("filter", "x", "y")}})))
	selector := func(ids int, more ...*pb.Condition) *pb.PointsSelector {
		return pb.NewPointsSelectorFilter(&pb.Filter{Must: append([]*pb.Condition{pb.NewHasID(w.ids(ids)...)}, more...)})
	}
	w.do("Delete", &pb.DeletePoints{CollectionName: strictCollection, Wait: pb.PtrOf(true), Points: selector(2, upTo(1))})
	w.do("SetPayload", &pb.SetPayloadPoints{CollectionName: strictCollection, Wait: pb.PtrOf(true), Payload: payload(2), PointsSelector: selector(2, upTo(1))})
	w.indexes(strictCollection)
	for _, timeout := range []uint64{30, 31} {
		w.do("Delete", &pb.DeletePoints{CollectionName: strictCollection, Wait: pb.PtrOf(true), Timeout: &timeout, Points: selector(2, upTo(1))})
	}
	w.do("Delete", &pb.DeletePoints{CollectionName: strictCollection, Wait: pb.PtrOf(true), Points: selector(5)})
	w.query(strictCollection, sparse(1, pb.NewMatch("filter", "x")))
	w.query(strictCollection, sparse(5, upTo(1)))
	w.query(strictCollection, sparse(1, pb.NewMatchKeywords("filter", "1", "2", "3", "4", "5")))
	w.do("Scroll", &pb.ScrollPoints{CollectionName: strictCollection, Offset: chunk(0), Limit: pb.PtrOf(uint32(6)), WithPayload: pb.NewWithPayloadInclude("seq")})
	w.do("Scroll", &pb.ScrollPoints{CollectionName: strictCollection, Offset: pb.NewIDNum(1), Limit: pb.PtrOf(uint32(5)), WithPayload: pb.NewWithPayloadInclude("seq")})
	w.do("Facet", &pb.FacetCounts{CollectionName: strictCollection, Key: "base", Limit: pb.PtrOf(uint64(6)), Exact: pb.PtrOf(true)})
	w.do("Facet", &pb.FacetCounts{CollectionName: strictCollection, Key: "base", Limit: pb.PtrOf(uint64(5)), Exact: pb.PtrOf(true)})
}

func (w *writer) end() {
	for _, name := range []string{mainCollection, strictCollection, scriptPrefix + "int8", scriptPrefix + "binary"} {
		w.do("CollectionsDelete", &pb.DeleteCollection{CollectionName: name, Timeout: pb.PtrOf(uint64(59))})
	}
	w.do("ListAliases", &pb.ListAliasesRequest{})
	w.do("List", &pb.ListCollectionsRequest{})
	w.query(mainAlias, w.markQuery())
}
