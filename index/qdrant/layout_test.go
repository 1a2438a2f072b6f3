package qdrant_test

import (
	"fmt"
	"testing"

	pb "github.com/qdrant/go-client/qdrant"

	"freshet/index"
	"freshet/index/indextest"
	"freshet/index/qdrant"
	"freshet/index/qdrant/qdranttest"
)

// How a collection is laid out follows the options, and searches say what they
// need of it.
func TestLayouts(t *testing.T) {
	for _, quantization := range []qdrant.Quantization{qdrant.Unquantized, qdrant.Int8, qdrant.Binary} {
		for _, datatype := range []qdrant.Datatype{qdrant.Float32, qdrant.Float16} {
			t.Run(fmt.Sprintf("%s of %s", quantization, datatype), func(t *testing.T) {
				layout(t, quantization, datatype)
			})
		}
	}
}

func layout(t *testing.T, quantization qdrant.Quantization, datatype qdrant.Datatype) {
	server := qdranttest.Start(t, qdranttest.Options{})
	o := impatient(t, server, denseSpace)
	o.Quantization, o.Datatype, o.OnDisk = quantization, datatype, true
	o.Shards, o.Replicas, o.WriteConsistency = 12, 2, 2
	var created *pb.CreateCollection
	var indexed []string
	var rescored int
	server.Inject(func(c qdranttest.Call) qdranttest.Fault {
		switch r := c.Request.(type) {
		case *pb.CreateCollection:
			created = r
		case *pb.CreateFieldIndexCollection:
			indexed = append(indexed, r.GetFieldName())
		case *pb.UpsertPoints:
			if len(indexed) != 4 {
				t.Errorf("points are written when only %v are indexed", indexed)
			}
		case *pb.QueryBatchPoints:
			for _, q := range r.GetQueryPoints() {
				if q.GetParams().GetQuantization().GetRescore() && q.GetUsing() == "dense" {
					rescored++
				}
			}
		}
		return qdranttest.Fault{}
	})
	store := open(t, o)
	defer store.Close()
	maker := indextest.NewMaker(1, denseSpace)
	if err := store.Upsert(t.Context(), maker.Points(0, 10, 1)); err != nil {
		t.Fatal(err)
	}
	if err := store.Delete(t.Context(), []index.ChunkID{indextest.ID(1)}, 1); err != nil {
		t.Fatal(err)
	}
	dense := make([]float32, denseSpace.Dimension)
	dense[0] = 1
	if _, err := store.Search(t.Context(), []index.Query{{Base: "help", Dense: dense, Limit: 3}}); err != nil {
		t.Fatal(err)
	}
	params := created.GetVectorsConfig().GetParamsMap().GetMap()["dense"]
	quantized := params.GetQuantizationConfig()
	switch {
	case params.GetSize() != 8 || params.GetDistance() != pb.Distance_Cosine || created.GetSparseVectorsConfig().GetMap()["lexical"].Modifier != nil:
		t.Errorf("vectors are laid out as %v", created)
	case (params.GetDatatype() == pb.Datatype_Float16) != (datatype == qdrant.Float16):
		t.Errorf("datatype %v", params.GetDatatype())
	case (quantized.GetScalar() != nil) != (quantization == qdrant.Int8) || (quantized.GetBinary() != nil) != (quantization == qdrant.Binary):
		t.Errorf("quantised as %v", quantized)
	case (rescored > 0) != (quantization != qdrant.Unquantized):
		t.Errorf("%d searches are rescored", rescored)
	case created.GetShardNumber() != 12 || created.GetReplicationFactor() != 2 || created.GetWriteConsistencyFactor() != 2:
		t.Errorf("shards and replicas of %v", created)
	}
	meta := created.GetMetadata()["freshet"].GetStructValue().GetFields()
	if meta["space"].GetStringValue() != denseSpace.Fingerprint() || meta["schema"].GetIntegerValue() != 1 {
		t.Errorf("metadata is %v", meta)
	}
}

// Replies larger than the 4 MiB that gRPC takes by default arrive.
func TestLargeRepliesArrive(t *testing.T) {
	store := fresh(t, serverAddress(t), lexicalSpace)
	defer store.Close()
	maker := indextest.NewMaker(1, lexicalSpace)
	maker.Bases, maker.Terms, maker.PerPoint = []string{"help"}, 20_000, 1500
	if err := store.Upsert(t.Context(), maker.Points(0, 1300, 1)); err != nil {
		t.Fatal(err)
	}
	q := maker.Query()
	q.Dense, q.Filter, q.Limit, q.Explain = nil, nil, 1300, 1300
	q.Lexical = append(q.Lexical, index.Term{ID: 0, Value: 1})
	results, err := store.Search(t.Context(), []index.Query{q})
	if err != nil {
		t.Fatal(err)
	}
	hits := results[0].Hits
	if len(hits) < 1200 || hits[len(hits)-1].Terms == nil {
		t.Errorf("%d hits", len(hits))
	}
}
