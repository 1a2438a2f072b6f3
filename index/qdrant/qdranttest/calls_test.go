package qdranttest

import (
	"fmt"
	"math/rand/v2"

	pb "github.com/qdrant/go-client/qdrant"
	"google.golang.org/protobuf/proto"
)

// scriptPrefix begins the names of the script's collections and aliases.
const scriptPrefix = "freshet-script-"

const (
	mainCollection   = scriptPrefix + "main"
	strictCollection = scriptPrefix + "strict"
	mainAlias        = scriptPrefix + "alias"
)

// scriptCalls are the calls of the script, the same at every run.
func scriptCalls() []call {
	w := &writer{random: rand.New(rand.NewPCG(5, 19))}
	w.do("HealthCheck", &pb.HealthCheckRequest{})
	w.collections()
	w.aliases()
	w.refusals()
	w.engine = true
	for round := range 24 {
		w.work(round)
	}
	w.engine = false
	w.strictness()
	w.end()
	return w.calls
}

// A writer of the script.
type writer struct {
	calls  []call
	random *rand.Rand
	seq    int64
	engine bool
}

func (w *writer) do(method string, request proto.Message) {
	w.calls = append(w.calls, call{method, request, w.engine})
}

func (w *writer) create(name string, more func(*pb.CreateCollection)) {
	r := &pb.CreateCollection{
		CollectionName:      name,
		SparseVectorsConfig: pb.NewSparseVectorsConfig(map[string]*pb.SparseVectorParams{"lexical": {Index: &pb.SparseIndexConfig{}}}),
		HnswConfig:          &pb.HnswConfigDiff{M: pb.PtrOf(uint64(0)), PayloadM: pb.PtrOf(uint64(16))},
		ShardNumber:         pb.PtrOf(uint32(1)), ReplicationFactor: pb.PtrOf(uint32(1)), WriteConsistencyFactor: pb.PtrOf(uint32(1)),
		StrictModeConfig: &pb.StrictModeConfig{Enabled: pb.PtrOf(true), UnindexedFilteringRetrieve: pb.PtrOf(false), UnindexedFilteringUpdate: pb.PtrOf(false)},
		Metadata: map[string]*pb.Value{"freshet": pb.NewValueFromFields(map[string]*pb.Value{
			"schema": pb.NewValueInt(1), "alias": pb.NewValueString(mainAlias), "space": pb.NewValueString("0123"),
		})},
		Timeout: pb.PtrOf(uint64(59)),
	}
	more(r)
	w.do("Create", r)
}

func dense(p *pb.VectorParams) func(*pb.CreateCollection) {
	p.Size, p.Distance = 4, pb.Distance_Cosine
	return func(r *pb.CreateCollection) {
		r.VectorsConfig = pb.NewVectorsConfigMap(map[string]*pb.VectorParams{"dense": p})
	}
}

func (w *writer) collections() {
	names := []string{mainCollection, strictCollection, scriptPrefix + "lexical", scriptPrefix + "int8", scriptPrefix + "binary"}
	for _, name := range names {
		w.do("CollectionsDelete", &pb.DeleteCollection{CollectionName: name, Timeout: pb.PtrOf(uint64(59))})
	}
	w.do("CollectionsDelete", &pb.DeleteCollection{CollectionName: mainCollection})
	w.do("CollectionsGet", &pb.GetCollectionInfoRequest{CollectionName: mainCollection})
	w.do("List", &pb.ListCollectionsRequest{})
	w.create(mainCollection, dense(&pb.VectorParams{}))
	w.create(mainCollection, dense(&pb.VectorParams{}))
	w.create(scriptPrefix+"lexical", func(r *pb.CreateCollection) {
		//lint:ignore SA1019 the adapter says so, for servers before 1.19
		r.SparseVectorsConfig.GetMap()["lexical"].Index.OnDisk = pb.PtrOf(true)
	})
	//lint:ignore SA1019 the adapter says so, for servers before 1.19
	int8 := &pb.ScalarQuantization{Type: pb.QuantizationType_Int8, Quantile: pb.PtrOf(float32(0.99)), AlwaysRam: pb.PtrOf(true)}
	//lint:ignore SA1019 the adapter says so, for servers before 1.19
	binary := &pb.BinaryQuantization{AlwaysRam: pb.PtrOf(true)}
	//lint:ignore SA1019 the adapter says so, for servers before 1.19
	w.create(scriptPrefix+"int8", dense(&pb.VectorParams{OnDisk: pb.PtrOf(true), Datatype: pb.Datatype_Float16.Enum(), QuantizationConfig: pb.NewQuantizationScalar(int8)}))
	w.create(scriptPrefix+"binary", dense(&pb.VectorParams{QuantizationConfig: pb.NewQuantizationBinary(binary)}))
	w.do("List", &pb.ListCollectionsRequest{})
	for _, name := range []string{mainCollection, scriptPrefix + "lexical"} {
		w.do("CollectionsGet", &pb.GetCollectionInfoRequest{CollectionName: name})
		w.indexes(name)
		w.do("CollectionsGet", &pb.GetCollectionInfoRequest{CollectionName: name})
	}
}

func (w *writer) indexes(name string) {
	yes, no := pb.PtrOf(true), pb.PtrOf(false)
	for _, i := range []struct {
		key  string
		kind pb.FieldType
		p    *pb.PayloadIndexParams
	}{
		{"base", pb.FieldType_FieldTypeKeyword, pb.NewPayloadIndexParamsKeyword(&pb.KeywordIndexParams{IsTenant: yes})},
		{"filter", pb.FieldType_FieldTypeKeyword, pb.NewPayloadIndexParamsKeyword(&pb.KeywordIndexParams{EnableHnsw: no})},
		{"seq", pb.FieldType_FieldTypeInteger, pb.NewPayloadIndexParamsInt(&pb.IntegerIndexParams{Lookup: no, Range: yes, EnableHnsw: no})},
		{"modified", pb.FieldType_FieldTypeFloat, pb.NewPayloadIndexParamsFloat(&pb.FloatIndexParams{EnableHnsw: no})},
	} {
		w.do("CreateFieldIndex", &pb.CreateFieldIndexCollection{
			CollectionName: name, Wait: yes, FieldName: i.key, FieldType: i.kind.Enum(), FieldIndexParams: i.p, Timeout: pb.PtrOf(uint64(59)),
		})
	}
}

func (w *writer) aliases() {
	change := func(actions ...*pb.AliasOperations) { w.do("UpdateAliases", &pb.ChangeAliases{Actions: actions}) }
	list := func() { w.do("ListAliases", &pb.ListAliasesRequest{}) }
	list()
	change(pb.NewAliasCreate(mainAlias, scriptPrefix+"lexical"))
	list()
	change(pb.NewAliasDelete(mainAlias), pb.NewAliasCreate(mainAlias, mainCollection))
	list()
	change(pb.NewAliasCreate(mainAlias, scriptPrefix+"nowhere"))
	change(pb.NewAliasCreate(scriptPrefix+"lexical", mainCollection))
	w.create(mainAlias, dense(&pb.VectorParams{}))
	w.do("CollectionsDelete", &pb.DeleteCollection{CollectionName: scriptPrefix + "lexical"})
	change(pb.NewAliasDelete(scriptPrefix + "none"))
	w.do("CollectionsGet", &pb.GetCollectionInfoRequest{CollectionName: mainAlias})
	list()
}

// refusals are requests that are wrong in themselves.
func (w *writer) refusals() {
	upsert := func(vectors map[string]*pb.Vector) {
		w.do("Upsert", &pb.UpsertPoints{CollectionName: mainCollection, Wait: pb.PtrOf(true), Points: []*pb.PointStruct{{Id: chunk(1), Vectors: pb.NewVectorsMap(vectors)}}})
	}
	upsert(map[string]*pb.Vector{"dense": pb.NewVectorDense([]float32{1, 2, 3})})
	upsert(map[string]*pb.Vector{"other": pb.NewVectorDense([]float32{1, 2, 3, 4})})
	upsert(map[string]*pb.Vector{"lexical": pb.NewVectorSparse([]uint32{1, 1}, []float32{1, 2})})
	w.do("Upsert", &pb.UpsertPoints{CollectionName: mainCollection, Wait: pb.PtrOf(true)})
	w.do("Upsert", &pb.UpsertPoints{CollectionName: scriptPrefix + "nowhere", Wait: pb.PtrOf(true), Points: []*pb.PointStruct{{Id: chunk(1), Vectors: pb.NewVectorsMap(nil)}}})
	w.do("SetPayload", &pb.SetPayloadPoints{CollectionName: mainCollection, Wait: pb.PtrOf(true), Payload: payload(1), PointsSelector: pb.NewPointsSelector(pb.NewIDNum(1))})
	w.do("Count", &pb.CountPoints{CollectionName: mainCollection, Exact: pb.PtrOf(true)})
	w.query(mainCollection, &pb.QueryPoints{Query: pb.NewQueryDense([]float32{1, 2, 3}), Using: pb.PtrOf("dense"), Limit: pb.PtrOf(uint64(3))})
	w.query(mainCollection, &pb.QueryPoints{Query: pb.NewQueryDense([]float32{1, 2, 3, 4}), Using: pb.PtrOf("other"), Limit: pb.PtrOf(uint64(3))})
	w.query(mainCollection, &pb.QueryPoints{Query: pb.NewQuerySparse([]uint32{2, 2}, []float32{1, 1}), Using: pb.PtrOf("lexical"), Limit: pb.PtrOf(uint64(3))})
	w.query(mainCollection, &pb.QueryPoints{Query: pb.NewQuerySparse([]uint32{2}, []float32{1}), Using: pb.PtrOf("lexical"), Limit: pb.PtrOf(uint64(0))})
	// The reserved point, as a collection begins with it.
	w.do("Upsert", &pb.UpsertPoints{
		CollectionName: mainCollection, Wait: pb.PtrOf(true), Timeout: pb.PtrOf(uint64(59)),
		Points: []*pb.PointStruct{{Id: pb.NewIDNum(1), Vectors: pb.NewVectorsMap(map[string]*pb.Vector{}), Payload: mark("", 0)}},
	})
}

func (w *writer) query(collection string, queries ...*pb.QueryPoints) {
	for _, q := range queries {
		q.CollectionName = collection
	}
	w.do("QueryBatch", &pb.QueryBatchPoints{CollectionName: collection, QueryPoints: queries})
}

// chunk returns the n-th ID; IDs do not come in the order of n.
func chunk(n int) *pb.PointId {
	return pb.NewID(fmt.Sprintf("%08x-0000-8000-8000-%012x", uint32(n)*2654435761, n))
}

func payload(seq int64) map[string]*pb.Value { return map[string]*pb.Value{"seq": pb.NewValueInt(seq)} }

func mark(epoch string, seq int64) map[string]*pb.Value {
	return map[string]*pb.Value{"mark": pb.NewValueFromFields(map[string]*pb.Value{"epoch": pb.NewValueString(epoch), "seq": pb.NewValueInt(seq)})}
}

func upTo(seq int64) *pb.Condition {
	return pb.NewRange("seq", &pb.Range{Lte: pb.PtrOf(float64(seq))})
}
