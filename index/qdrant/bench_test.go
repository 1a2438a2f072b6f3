package qdrant_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"

	"freshet/index"
	"freshet/index/indextest"
	"freshet/index/lexical"
	"freshet/index/qdrant"
	"freshet/index/qdrant/qdranttest"
)

// go test -run '^$' -bench . -benchmem ./index/qdrant
var (
	benchChunks    = flag.Int("chunks", 4000, "chunks of the benchmarks' corpus")
	benchWords     = flag.Int("words", 250, "words of a chunk")
	benchDimension = flag.Int("dimension", 384, "dimension of dense vectors")
)

// A corpus is real text, encoded, and questions about it.
type corpus struct {
	space     index.Space
	points    []index.Point
	questions []lexical.Query
	dense     []float32
}

var readCorpus = sync.OnceValue(func() *corpus { return &corpus{} })

func benchCorpus(b *testing.B) *corpus {
	b.Helper()
	c := readCorpus()
	if c.points != nil {
		return c
	}
	real := indextest.ReadCorpus(b)
	c.space = index.Space{Lexical: lexical.Version, Provider: "bench", Model: "random", Dimension: *benchDimension, Normalised: true}
	terms, encoder := lexical.NewTerms(), lexical.NewEncoder()
	maker := indextest.NewMaker(1, c.space)
	for i, t := range real.Texts(*benchChunks, *benchWords) {
		e := encoder.Encode(lexical.Text{Title: t.Title, Headings: []string{t.Heading}, Body: t.Body, Language: t.Language})
		terms.Add("help", e)
		page := i / indextest.ChunksPerPage
		p := index.Point{ID: indextest.ID(i), Base: "help", Lexical: e.Vector, Payload: index.Payload{
			Texts: map[string][]string{
				index.KeySource: {fmt.Sprintf("source-%d", page%10)}, index.KeyDocument: {fmt.Sprintf("document-%d", page)},
				index.KeyLocale: {"fr"}, index.KeyLabel: {fmt.Sprintf("label-%d", page%7), "all"}, index.KeyPath: {"Help/Products/Billing"},
				index.KeyPrincipal: {"everybody"},
			},
			Numbers: map[string]float64{index.KeyModified: float64(page)},
		}}
		for len(p.Dense) == 0 {
			p.Dense = maker.Point(p.ID, 1).Dense
		}
		p.Stamp = index.Stamp{Payload: p.Payload.Hash(), Seq: int64(page + 1), Dense: true}
		c.points = append(c.points, p)
	}
	c.dense = c.points[0].Dense
	analyser := lexical.NewAnalyser(terms)
	for _, q := range real.Questions()[:200] {
		if x := analyser.Query(q, lexical.Options{Base: "help"}); len(x.Terms) > 0 {
			c.questions = append(c.questions, x)
		}
	}
	return c
}

func (c *corpus) queries(i int, hybrid bool) []index.Query {
	list := []index.Query{{Base: "help", Lexical: c.questions[i%len(c.questions)].Index(), Limit: 50, Explain: 20}}
	if hybrid {
		list = append(list, index.Query{Base: "help", Dense: c.dense, Limit: 50})
	}
	return list
}

func benchOptions(b *testing.B, address string, c *corpus) qdrant.Options {
	o := optionsFor(b, address, c.space)
	o.Collection = "bench"
	return o
}

// BenchmarkUpsert writes points of 250 words with 384 dimensions to the double,
// which does its share on the same cores.
func BenchmarkUpsert(b *testing.B) {
	c := benchCorpus(b)
	for name, size := range map[string]int{"page of the applier (4096)": 4096, "one document (6)": 6} {
		b.Run(name, func(b *testing.B) {
			s := open(b, benchOptions(b, qdranttest.Start(b, qdranttest.Options{Trusting: true}).Address(), c))
			defer s.Close()
			points := 0
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				for some := range slices.Chunk(c.points, size) {
					if err := s.Upsert(b.Context(), some); err != nil {
						b.Fatal(err)
					}
					if points += len(some); size < 100 {
						break
					}
				}
			}
			b.ReportMetric(float64(points)/b.Elapsed().Seconds(), "points/s")
		})
	}
}

// BenchmarkSearch measures the adapter's own cost of a question: "own" is its
// encoding and decoding without any call. "whole" is a search that a relay answers
// from memory, and "transport" what the same bytes take to go and come; the
// difference of these two also has what gRPC does for a call beside moving it.
func BenchmarkSearch(b *testing.B) {
	c := benchCorpus(b)
	relay := startRelay(b, qdranttest.Start(b, qdranttest.Options{Trusting: true}).Address())
	s := open(b, benchOptions(b, relay.address, c))
	defer s.Close()
	if err := s.Upsert(b.Context(), c.points); err != nil {
		b.Fatal(err)
	}
	for _, kind := range []string{"lexical", "hybrid"} {
		relay.keep(b, func() { search(b, s, c.queries(7, kind == "hybrid")) })
		b.Run(kind+"/own", func(b *testing.B) {
			queries := c.queries(7, kind == "hybrid")
			measure(b, func() {
				hits, err := s.Answer(queries, relay.calls[0].reply, relay.calls[1].reply)
				if err != nil || len(hits) != 50 || len(hits[19].Terms) == 0 {
					b.Fatalf("%d hits, %v", len(hits), err)
				}
			})
		})
		b.Run(kind+"/whole", func(b *testing.B) {
			measure(b, func() { search(b, s, c.queries(7, kind == "hybrid")) })
		})
		b.Run(kind+"/transport", func(b *testing.B) {
			measure(b, func() { relay.repeat(b) })
		})
	}
}

// measure also reports the processor time of a call, of the relay's share as well,
// which is the same for both kinds.
func measure(b *testing.B, do func()) {
	do()
	b.ReportAllocs()
	b.ResetTimer()
	from := cpuTime()
	for b.Loop() {
		do()
	}
	if used := cpuTime() - from; used > 0 {
		b.ReportMetric(float64(used.Microseconds())/float64(b.N), "cpu-us/op")
	}
}

func search(b *testing.B, s *opened, queries []index.Query) {
	results, err := s.Search(b.Context(), queries)
	if err != nil || len(results[0].Hits) != 50 || len(results[0].Hits[19].Terms) == 0 {
		b.Fatalf("%+v, %v", results, err)
	}
}

// A relay passes bytes on to a server, and can answer again what was answered
// before, without the server.
type relay struct {
	address string
	server  *grpc.ClientConn
	self    *grpc.ClientConn

	mu     sync.Mutex
	canned bool
	calls  []cannedCall
}

type cannedCall struct {
	method         string
	request, reply []byte
}

// raw passes messages as bytes.
type raw struct{}

func (raw) Name() string                       { return "proto" }
func (raw) Marshal(v any) ([]byte, error)      { return *v.(*[]byte), nil }
func (raw) Unmarshal(data []byte, v any) error { *v.(*[]byte) = slices.Clone(data); return nil }

// unread passes messages as bytes and only counts those that come, as the least
// that taking them costs.
type unread struct{}

func (unread) Name() string { return "proto" }
func (unread) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}
func (unread) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*int) = data.Len()
	return nil
}

func startRelay(b *testing.B, to string) *relay {
	r := &relay{server: dialRaw(b, to)}
	listener := listen(b)
	server := grpc.NewServer(grpc.ForceServerCodec(raw{}), grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
		method, _ := grpc.MethodFromServerStream(stream)
		var request []byte
		if err := stream.RecvMsg(&request); err != nil {
			return err
		}
		reply, err := r.answer(stream.Context(), method, request)
		if err != nil {
			return err
		}
		return stream.SendMsg(&reply)
	}), grpc.MaxRecvMsgSize(64<<20))
	go server.Serve(listener)
	b.Cleanup(server.Stop)
	r.address = listener.Addr().String()
	r.self = dialRaw(b, r.address)
	return r
}

func dialRaw(b *testing.B, address string) *grpc.ClientConn {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(raw{}), grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	return conn
}

func (r *relay) answer(ctx context.Context, method string, request []byte) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.canned {
		for _, c := range r.calls {
			if c.method == method {
				return c.reply, nil
			}
		}
	}
	var reply []byte
	if err := r.server.Invoke(ctx, method, &request, &reply); err != nil {
		return nil, err
	}
	r.calls = append(r.calls, cannedCall{method, request, reply})
	return reply, nil
}

// keep remembers the calls that do makes, to answer them from memory.
func (r *relay) keep(b *testing.B, do func()) {
	r.set(false)
	do()
	r.set(true)
	for _, c := range r.calls {
		b.Logf("%s: %d bytes there, %d back", c.method, len(c.request), len(c.reply))
	}
}

func (r *relay) set(canned bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.canned = canned; !canned {
		r.calls = nil
	}
}

// repeat makes the remembered calls with the same bytes.
func (r *relay) repeat(b *testing.B) {
	for _, c := range r.calls {
		size := 0
		if err := r.self.Invoke(b.Context(), c.method, &c.request, &size, grpc.ForceCodecV2(unread{})); err != nil || size != len(c.reply) {
			b.Fatalf("%d bytes, %v", size, err)
		}
	}
}
