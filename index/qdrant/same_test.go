package qdrant_test

import (
	"math"
	"strings"
	"testing"

	pb "github.com/qdrant/go-client/qdrant"

	"freshet/index"
	"freshet/index/embedded"
	"freshet/index/indextest"
	"freshet/index/qdrant/qdranttest"
)

func serverAddress(t *testing.T) string {
	if realServer() != "" {
		return realServer()
	}
	return qdranttest.Start(t, qdranttest.Options{}).Address()
}

// The embedded Store and this one give the same hits in the same order. Hits whose
// scores differ by less than rounding may change places.
func TestRanksAsTheEmbeddedStoreDoes(t *testing.T) {
	other, err := embedded.Open(embedded.Options{Space: denseSpace})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	store := fresh(t, serverAddress(t), denseSpace)
	defer store.Close()
	maker := indextest.NewMaker(21, denseSpace)
	points := maker.Points(0, 1500, 1)
	for i := range points {
		for k := range points[i].Lexical.Values {
			points[i].Lexical.Values[k] = 0.001 + 2.19*maker.Rand().Float32() // no whole steps
		}
	}
	for _, s := range []index.Store{other, store} {
		if err := s.Upsert(t.Context(), points); err != nil {
			t.Fatal(err)
		}
	}
	same, near := 0, 0
	for range 150 {
		q := maker.Query()
		want, err := other.Search(t.Context(), []index.Query{q})
		if err != nil {
			t.Fatal(err)
		}
		got, err := store.Search(t.Context(), []index.Query{q})
		if err != nil {
			t.Fatal(err)
		}
		a, b := want[0].Hits, got[0].Hits
		if len(a) != len(b) {
			t.Fatalf("%d and %d hits for %+v", len(a), len(b), q)
		}
		for i := range a {
			switch distance := math.Abs(float64(a[i].Score - b[i].Score)); {
			case distance > 2e-5*math.Max(1, math.Abs(float64(a[i].Score))):
				t.Fatalf("hit %d: %v and %v for %+v", i, a[i], b[i], q)
			case a[i].ID == b[i].ID:
				same++
			default:
				near++
			}
		}
	}
	t.Logf("%d hits are the same, %d changed places with one of nearly the same score", same, near)
	if near*100 > same {
		t.Errorf("%d of %d hits are others", near, same+near)
	}
}

// A batch is as large as the options and the server's strict mode allow.
func TestKeepsToTheLimitsOfStrictMode(t *testing.T) {
	server := qdranttest.Start(t, qdranttest.Options{})
	o := impatient(t, server, lexicalSpace)
	first := open(t, o)
	tighten(t, o.Address, first.Name(), &pb.StrictModeConfig{
		Enabled: pb.PtrOf(true), UnindexedFilteringRetrieve: pb.PtrOf(false), UnindexedFilteringUpdate: pb.PtrOf(false),
		UpsertMaxBatchsize: pb.PtrOf(uint64(7)), MaxQueryLimit: pb.PtrOf(uint32(50)), SearchMaxBatchsize: pb.PtrOf(uint64(2)),
		ConditionMaxSize: pb.PtrOf(uint64(5)), MaxTimeout: pb.PtrOf(uint32(30)),
	})
	first.Close()
	store, oracle := open(t, o), indextest.NewOracle()
	defer store.Close()
	maker := indextest.NewMaker(3, lexicalSpace)
	maker.PerPoint = 12
	points := maker.Points(0, 60, 3)
	var ids []index.ChunkID
	for _, p := range points[:20] {
		ids = append(ids, p.ID)
	}
	payload := maker.Payload()
	for _, s := range []index.Store{store, oracle} {
		for _, err := range []error{
			s.Upsert(t.Context(), points), s.Patch(t.Context(), ids, payload, 5), s.Delete(t.Context(), ids[:9], 6),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	queries := make([]index.Query, 7)
	for i := range queries {
		queries[i] = maker.Query()
		queries[i].Filter = nil
	}
	results, err := store.Search(t.Context(), queries)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		if err := oracle.Judge(queries[i], r, 0.005); err != nil {
			t.Error(err)
		}
	}
	if err := indextest.SameContent(t.Context(), store, oracle); err != nil {
		t.Error(err)
	}
}

// tighten makes an empty collection anew with another strict mode.
func tighten(t *testing.T, address, name string, strict *pb.StrictModeConfig) {
	t.Helper()
	conn := dialPlain(t, address)
	collections := pb.NewCollectionsClient(conn)
	info, err := collections.Get(t.Context(), &pb.GetCollectionInfoRequest{CollectionName: name})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := collections.Delete(t.Context(), &pb.DeleteCollection{CollectionName: name}); err != nil {
		t.Fatal(err)
	}
	params := info.GetResult().GetConfig().GetParams()
	if _, err := collections.Create(t.Context(), &pb.CreateCollection{
		CollectionName: name, VectorsConfig: params.GetVectorsConfig(), SparseVectorsConfig: params.GetSparseVectorsConfig(),
		StrictModeConfig: strict, Metadata: info.GetResult().GetConfig().GetMetadata(),
	}); err != nil {
		t.Fatal(err)
	}
}

func TestBatchesAreSizedByBytes(t *testing.T) {
	server := qdranttest.Start(t, qdranttest.Options{})
	o := impatient(t, server, lexicalSpace)
	o.BatchBytes = 20_000
	store := open(t, o)
	defer store.Close()
	largest, requests := 0, 0
	server.Inject(func(c qdranttest.Call) qdranttest.Fault {
		if r, ok := c.Request.(*pb.UpsertPoints); ok {
			requests++
			largest = max(largest, len(pbBytes(t, r)))
		}
		return qdranttest.Fault{}
	})
	maker := indextest.NewMaker(3, lexicalSpace)
	maker.PerPoint = 400
	if err := store.Upsert(t.Context(), maker.Points(0, 200, 3)); err != nil {
		t.Fatal(err)
	}
	if largest > 22_000 || largest < 10_000 || requests < 10 {
		t.Errorf("%d requests of at most %d bytes, want some of nearly 20,000", requests, largest)
	}
}

// Text that is not UTF-8, and anything in a key, comes through.
func TestAnyTextComesThrough(t *testing.T) {
	store, oracle := fresh(t, serverAddress(t), lexicalSpace), indextest.NewOracle()
	defer store.Close()
	long := strings.Repeat("é/", 40)
	p := index.Point{ID: indextest.ID(1), Base: "b\xff%", Lexical: index.SparseVector{IDs: []uint32{7}, Values: []float32{1}}, Payload: index.Payload{
		Texts: map[string][]string{"facet.a.\"b\\": {"\xff\xfe", "%41"}, "a=b": {"c"}, index.KeyPath: {long, "x\x00/y"}},
	}}
	for _, s := range []index.Store{store, oracle} {
		if err := s.Upsert(t.Context(), []index.Point{p}); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []index.Filter{
		index.Equal{Key: "facet.a.\"b\\", Value: "\xff\xfe"}, index.Equal{Key: "facet.a.\"b\\", Value: "A"}, index.Equal{Key: "a", Value: "b=c"},
		index.Prefix{Key: index.KeyPath, Prefix: long[:61]}, index.Prefix{Key: index.KeyPath, Prefix: "x\x00/"}, index.Prefix{Key: index.KeyPath, Prefix: "\xc3"},
		index.Not{Of: index.Prefix{Key: index.KeyPath, Prefix: long[:61]}},
	} {
		q := index.Query{Base: p.Base, Limit: 2, Lexical: []index.Term{{ID: 7, Value: 1}}, Filter: f}
		r, err := store.Search(t.Context(), []index.Query{q})
		if err != nil {
			t.Fatal(err)
		}
		if err := oracle.Judge(q, r[0], 0.005); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}
