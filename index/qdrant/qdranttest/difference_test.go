package qdranttest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	pb "github.com/qdrant/go-client/qdrant"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
)

// difference describes in what two replies differ, leaving out what no caller may
// rely on: times, counters, the order of what has none, and the last bits of
// scores.
func difference(want, got proto.Message) string {
	if w, ok := want.(*pb.QueryBatchResponse); ok {
		return batchDifference(w, got.(*pb.QueryBatchResponse))
	}
	want, got = essence(want), essence(got)
	if proto.Equal(want, got) {
		return ""
	}
	return fmt.Sprintf("\nwant %s\ngot  %s", prototext.Format(want), prototext.Format(got))
}

func essence(m proto.Message) proto.Message {
	switch m := m.(type) {
	case *pb.PointsOperationResponse:
		return &pb.PointsOperationResponse{Result: &pb.UpdateResult{Status: m.GetResult().GetStatus()}}
	case *pb.CollectionOperationResponse:
		return &pb.CollectionOperationResponse{Result: m.GetResult()}
	case *pb.CountResponse:
		return &pb.CountResponse{Result: m.GetResult()}
	case *pb.HealthCheckReply:
		return &pb.HealthCheckReply{}
	case *pb.GetResponse:
		return &pb.GetResponse{Result: byID(m.GetResult())}
	case *pb.ScrollResponse:
		return &pb.ScrollResponse{Result: essences(m.GetResult()), NextPageOffset: m.GetNextPageOffset()}
	case *pb.FacetResponse:
		return facetEssence(m)
	case *pb.ListCollectionsResponse:
		return collectionsEssence(m)
	case *pb.ListAliasesResponse:
		return aliasesEssence(m)
	case *pb.GetCollectionInfoResponse:
		return infoEssence(m.GetResult())
	}
	return m
}

func byID(list []*pb.RetrievedPoint) []*pb.RetrievedPoint {
	list = essences(list)
	slices.SortFunc(list, func(a, b *pb.RetrievedPoint) int { return strings.Compare(a.GetId().String(), b.GetId().String()) })
	return list
}

func essences(list []*pb.RetrievedPoint) []*pb.RetrievedPoint {
	out := make([]*pb.RetrievedPoint, len(list))
	for i, p := range list {
		vectors := map[string]*pb.VectorOutput{}
		for name, v := range p.GetVectors().GetVectors().GetVectors() {
			vectors[name] = &pb.VectorOutput{Vector: &pb.VectorOutput_Sparse{Sparse: v.GetSparse()}}
		}
		out[i] = &pb.RetrievedPoint{Id: p.GetId(), Payload: p.GetPayload(), Vectors: &pb.VectorsOutput{
			VectorsOptions: &pb.VectorsOutput_Vectors{Vectors: &pb.NamedVectorsOutput{Vectors: vectors}},
		}}
	}
	return out
}

// facetEssence leaves out values that no point has: when the server's index forgets
// them is its own affair.
func facetEssence(m *pb.FacetResponse) *pb.FacetResponse {
	out := &pb.FacetResponse{}
	for _, h := range m.GetHits() {
		if h.GetCount() > 0 {
			out.Hits = append(out.Hits, h)
		}
	}
	slices.SortFunc(out.Hits, func(a, b *pb.FacetHit) int {
		return strings.Compare(a.GetValue().GetStringValue(), b.GetValue().GetStringValue())
	})
	return out
}

func collectionsEssence(m *pb.ListCollectionsResponse) *pb.ListCollectionsResponse {
	out := &pb.ListCollectionsResponse{}
	for _, c := range m.GetCollections() {
		if strings.HasPrefix(c.GetName(), scriptPrefix) {
			out.Collections = append(out.Collections, c)
		}
	}
	slices.SortFunc(out.Collections, func(a, b *pb.CollectionDescription) int { return strings.Compare(a.GetName(), b.GetName()) })
	return out
}

func aliasesEssence(m *pb.ListAliasesResponse) *pb.ListAliasesResponse {
	out := &pb.ListAliasesResponse{}
	for _, a := range m.GetAliases() {
		if strings.HasPrefix(a.GetCollectionName(), scriptPrefix) {
			out.Aliases = append(out.Aliases, a)
		}
	}
	slices.SortFunc(out.Aliases, func(a, b *pb.AliasDescription) int { return strings.Compare(a.GetAliasName(), b.GetAliasName()) })
	return out
}

// infoEssence is what the adapter reads of a collection.
func infoEssence(i *pb.CollectionInfo) *pb.CollectionInfo {
	params, strict := i.GetConfig().GetParams(), i.GetConfig().GetStrictModeConfig()
	dense := map[string]*pb.VectorParams{}
	for name, v := range params.GetVectorsConfig().GetParamsMap().GetMap() {
		dense[name] = &pb.VectorParams{Size: v.GetSize(), Distance: v.GetDistance()}
	}
	sparse := map[string]*pb.SparseVectorParams{}
	for name := range params.GetSparseVectorsConfig().GetMap() {
		sparse[name] = &pb.SparseVectorParams{}
	}
	schema := map[string]*pb.PayloadSchemaInfo{}
	for key, s := range i.GetPayloadSchema() {
		schema[key] = &pb.PayloadSchemaInfo{DataType: s.GetDataType()}
	}
	return &pb.CollectionInfo{
		Config: &pb.CollectionConfig{
			Params: &pb.CollectionParams{VectorsConfig: pb.NewVectorsConfigMap(dense), SparseVectorsConfig: pb.NewSparseVectorsConfig(sparse)},
			StrictModeConfig: &pb.StrictModeConfig{
				Enabled: pb.PtrOf(strict.GetEnabled()), UpsertMaxBatchsize: pb.PtrOf(strict.GetUpsertMaxBatchsize()), MaxQueryLimit: pb.PtrOf(strict.GetMaxQueryLimit()),
				SearchMaxBatchsize: pb.PtrOf(strict.GetSearchMaxBatchsize()), ConditionMaxSize: pb.PtrOf(strict.GetConditionMaxSize()), MaxTimeout: pb.PtrOf(strict.GetMaxTimeout()),
			},
			Metadata: i.GetConfig().GetMetadata(),
		},
		PayloadSchema: schema, PointsCount: pb.PtrOf(i.GetPointsCount()),
	}
}

func batchDifference(want, got *pb.QueryBatchResponse) string {
	if len(want.GetResult()) != len(got.GetResult()) {
		return fmt.Sprintf("%d results, want %d", len(got.GetResult()), len(want.GetResult()))
	}
	for i := range want.GetResult() {
		if d := hitsDifference(want.GetResult()[i].GetResult(), got.GetResult()[i].GetResult()); d != "" {
			return fmt.Sprintf("query %d: %s", i, d)
		}
	}
	return ""
}

// hitsDifference compares hits whose scores descend in any order of equal ones.
func hitsDifference(want, got []*pb.ScoredPoint) string {
	if len(want) != len(got) {
		return fmt.Sprintf("%d hits, want %d", len(got), len(want))
	}
	right := map[string]*pb.ScoredPoint{}
	for _, h := range want {
		right[h.GetId().String()] = h
	}
	if !slices.IsSortedFunc(got, func(a, b *pb.ScoredPoint) int { return cmp.Compare(b.GetScore(), a.GetScore()) }) {
		return "the scores do not descend"
	}
	for _, h := range got {
		w := right[h.GetId().String()]
		switch {
		case w == nil:
			return fmt.Sprintf("hit %v does not belong", h.GetId())
		case math.Abs(float64(w.GetScore()-h.GetScore())) > 1e-5*math.Max(1, math.Abs(float64(w.GetScore()))):
			return fmt.Sprintf("hit %v has score %v, want %v", h.GetId(), h.GetScore(), w.GetScore())
		case !proto.Equal(&pb.ScoredPoint{Payload: w.GetPayload()}, &pb.ScoredPoint{Payload: h.GetPayload()}):
			return fmt.Sprintf("hit %v has payload %v, want %v", h.GetId(), h.GetPayload(), w.GetPayload())
		}
	}
	return ""
}
