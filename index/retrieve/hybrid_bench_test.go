package retrieve_test

import (
	"context"
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"freshet/index"
	"freshet/index/embedded"
	"freshet/index/indextest"
	"freshet/index/lexical"
	"freshet/index/retrieve"
)

// go test -run '^$' -bench Hybrid -chunks 100000 ./index/retrieve
var benchChunks = flag.Int("chunks", 20_000, "chunks of BenchmarkHybrid")

const (
	benchDimension = 384
	benchWords     = 100 // of a chunk
)

// BenchmarkHybrid asks the real questions of the data sets, by words, by meaning and
// by both, of an embedded store in memory whose passages have random vectors. The
// embedder costs nothing and the catalog a map. store-ms/op is the part of the store.
func BenchmarkHybrid(b *testing.B) {
	w := newBenchWorld(b)
	r := retrieve.New(retrieve.Options{
		Active: func() retrieve.Active { return retrieve.Active{Store: w, Embed: w.embed} }, Catalog: w, Terms: w.terms,
		Base: func(string) (retrieve.Base, bool) { return retrieve.Base{Languages: []string{"fr", "en"}}, true },
	})
	for _, mode := range []retrieve.Mode{retrieve.Lexical, retrieve.Semantic, retrieve.Hybrid} {
		b.Run(string(mode), func(b *testing.B) {
			b.ReportAllocs()
			w.spent = 0
			i := 0
			for b.Loop() {
				if _, err := r.Search(b.Context(), retrieve.Request{Base: "help", Query: w.questions[i%len(w.questions)], Mode: mode}); err != nil {
					b.Fatal(err)
				}
				i++
			}
			b.ReportMetric(float64(w.spent.Microseconds())/1000/float64(i), "store-ms/op")
		})
	}
}

// A benchWorld is a store and a catalog of generated pages.
type benchWorld struct {
	store     *embedded.Store
	terms     *lexical.Terms
	passages  map[index.ChunkID]index.Passage
	questions []string
	vector    []float32
	spent     time.Duration // in the store
}

func newBenchWorld(b *testing.B) *benchWorld {
	corpus := indextest.ReadCorpus(b)
	store, err := embedded.Open(embedded.Options{Space: index.Space{Lexical: lexical.Version, Provider: "bench", Dimension: benchDimension}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	r := rand.New(rand.NewPCG(1, 1))
	w := &benchWorld{store: store, terms: lexical.NewTerms(), passages: make(map[index.ChunkID]index.Passage), questions: corpus.Questions(), vector: benchVector(r)}
	e := lexical.NewEncoder()
	for i, batch := range slices.Collect(slices.Chunk(corpus.Texts(*benchChunks, benchWords), 1000)) {
		points := make([]index.Point, len(batch))
		for j, text := range batch {
			key := strconv.Itoa(1000*i + j)
			c := index.Chunk{ID: index.NewChunkID(key, nil, text.Body, 0), Document: key, Title: text.Title, Text: text.Body, Locale: text.Language, Words: benchWords}
			encoded := e.Encode(lexical.FromChunk(&c))
			w.terms.Add("help", encoded)
			w.passages[c.ID] = index.Passage{Chunk: c, Document: index.DocumentInfo{Key: key, ExternalID: key, Title: text.Title, Locale: text.Language}}
			points[j] = index.Point{ID: c.ID, Base: "help", Stamp: index.Stamp{Seq: 1, Dense: true}, Lexical: encoded.Vector, Dense: benchVector(r)}
		}
		if err := store.Upsert(b.Context(), points); err != nil {
			b.Fatal(err)
		}
	}
	return w
}

func benchVector(r *rand.Rand) []float32 {
	v := make([]float32, benchDimension)
	sum := 0.0
	for i := range v {
		v[i] = float32(r.NormFloat64())
		sum += float64(v[i]) * float64(v[i])
	}
	for i := range v {
		v[i] = float32(float64(v[i]) / math.Sqrt(sum))
	}
	return v
}

func (w *benchWorld) embed(context.Context, string) ([]float32, error) { return w.vector, nil }

func (w *benchWorld) Search(ctx context.Context, queries []index.Query) ([]index.Result, error) {
	defer func(start time.Time) { w.spent += time.Since(start) }(time.Now())
	return w.store.Search(ctx, queries)
}

func (w *benchWorld) Vouch(_ context.Context, r index.VouchRequest) ([]index.Passage, error) {
	list := make([]index.Passage, 0, len(r.IDs))
	for _, id := range r.IDs {
		list = append(list, w.passages[id])
	}
	return list, nil
}

func (w *benchWorld) Around(context.Context, index.AroundRequest) ([]index.Passage, error) {
	return nil, nil
}
