package embedded

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"freshet/index"
	"freshet/index/indextest"
	"freshet/index/lexical"
)

// go test -run '^$' -bench . ./index/embedded
// go test -run '^$' -bench Search -chunks 500000 -words 100 ./index/embedded
var (
	benchChunks = flag.Int("chunks", 100_000, "chunks of the benchmarks' corpus")
	benchWords  = flag.Int("words", 250, "words of a chunk")
)

var benchSpace = index.Space{Lexical: lexical.Version, Provider: "none"}

// A corpus is the benchmarks' store, on disk, and questions about it.
type corpus struct {
	texts     []lexical.Text
	dir       string
	questions []lexical.Query
	built     time.Duration // encoding and writing
	closed    time.Duration // of that, writing the rest of the snapshot
	postings  int
	err       error
}

// The corpus is made once for all benchmarks and lives until they end.
var theCorpus struct {
	once sync.Once
	corpus
}

func benchCorpus(b *testing.B) *corpus {
	b.Helper()
	real := indextest.ReadCorpus(b)
	theCorpus.once.Do(func() {
		for _, t := range real.Texts(*benchChunks, *benchWords) {
			theCorpus.texts = append(theCorpus.texts, lexical.Text{Title: t.Title, Headings: []string{t.Heading}, Body: t.Body, Language: t.Language})
		}
		theCorpus.err = theCorpus.build(real.Questions())
	})
	if theCorpus.err != nil {
		b.Fatal(theCorpus.err)
	}
	return &theCorpus.corpus
}

func TestMain(m *testing.M) {
	code := m.Run()
	if theCorpus.dir != "" {
		os.RemoveAll(theCorpus.dir)
	}
	os.Exit(code)
}

func (c *corpus) build(questions []string) error {
	var err error
	if c.dir, err = os.MkdirTemp("", "embedded-bench"); err != nil {
		return err
	}
	terms := lexical.NewTerms()
	if err := c.rebuild(c.dir, terms); err != nil {
		return err
	}
	analyser := lexical.NewAnalyser(terms)
	for _, q := range questions {
		c.questions = append(c.questions, analyser.Query(q, lexical.Options{Base: "help"}))
	}
	return nil
}

// rebuild does what a rebuild from the catalog does with texts at hand: two
// workers encode and upsert batches; the mark moves at the end. Terms may be nil.
func (c *corpus) rebuild(dir string, terms *lexical.Terms) error {
	start := time.Now()
	s, err := Open(Options{Dir: dir, Space: benchSpace})
	if err != nil {
		return err
	}
	const batch = 1200
	var group sync.WaitGroup
	errs := make([]error, 2)
	for worker := range errs {
		group.Go(func() {
			encoder := lexical.NewEncoder()
			for first := worker * batch; first < len(c.texts) && errs[worker] == nil; first += len(errs) * batch {
				points := make([]index.Point, 0, batch)
				for i := first; i < min(first+batch, len(c.texts)); i++ {
					e := encoder.Encode(c.texts[i])
					if terms != nil {
						terms.Add("help", e)
					}
					points = append(points, benchPoint(i, e.Vector))
				}
				errs[worker] = s.Upsert(context.Background(), points)
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if err := s.SetMark(context.Background(), index.Mark{Epoch: "bench", Seq: int64(len(c.texts))}); err != nil {
		return err
	}
	for _, v := range s.state.Load().bases["help"] {
		c.postings += len(v.seg.locals)
	}
	closing := time.Now()
	err = s.Close()
	c.built, c.closed = time.Since(start), time.Since(closing)
	return err
}

func benchPoint(i int, vector index.SparseVector) index.Point {
	page := i / indextest.ChunksPerPage
	p := index.Point{ID: indextest.ID(i), Base: "help", Lexical: vector, Payload: index.Payload{
		Texts: map[string][]string{
			index.KeySource: {fmt.Sprintf("source-%d", page%10)}, index.KeyDocument: {fmt.Sprintf("document-%d", page)},
			index.KeyLocale: {"fr"}, index.KeyLabel: {fmt.Sprintf("label-%d", page%7), "all"},
		},
		Numbers: map[string]float64{index.KeyModified: float64(page)},
	}}
	p.Stamp = index.Stamp{Payload: p.Payload.Hash(), Seq: int64(page + 1)}
	return p
}

// measure asks every question in turn and reports how long the slow ones took:
// by the clock, and, where the system can tell, by the time of the processor,
// which is the fairer figure while other programs run.
func measure(b *testing.B, questions []lexical.Query, do func(q *lexical.Query)) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var times, used []time.Duration
	for i := range questions {
		do(&questions[i])
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		start, startUsed := time.Now(), threadTime()
		do(&questions[i%len(questions)])
		times, used = append(times, time.Since(start)), append(used, threadTime()-startUsed)
	}
	report := func(list []time.Duration, prefix string) {
		slices.Sort(list)
		for _, percent := range []int{50, 99} {
			t := list[percent*(len(list)-1)/100]
			b.ReportMetric(float64(t)/float64(time.Millisecond), fmt.Sprintf("%sp%d-ms", prefix, percent))
		}
	}
	report(times, "")
	if used[len(used)-1] > 0 {
		report(used, "cpu-")
	}
}

func openBench(b *testing.B, c *corpus) *Store {
	b.Helper()
	s, err := Open(Options{Dir: c.dir, Space: benchSpace})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	stats, err := s.Stats(b.Context())
	if err != nil || stats.Points != len(c.texts) {
		b.Fatalf("%+v, %v", stats, err)
	}
	settle(b, s)
	return s
}

// settle waits until the keeper has nothing to merge.
func settle(t testing.TB, s *Store) {
	t.Helper()
	for range 1000 {
		busy := false
		for _, list := range s.state.Load().bases {
			busy = busy || s.options.choose(list) != nil
		}
		if !busy {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("merging does not end")
}

func BenchmarkSearch(b *testing.B) {
	c := benchCorpus(b)
	s := openBench(b, c)
	search := func(queries ...index.Query) {
		if _, err := s.Search(context.Background(), queries); err != nil {
			b.Fatal(err)
		}
	}
	terms, touched := 0, 0
	for i := range c.questions {
		for _, t := range c.questions[i].Index() {
			terms++
			for _, v := range s.state.Load().bases["help"] {
				p := v.seg.span(t.ID)
				touched += int(p.to - p.from)
			}
		}
	}
	b.Logf("%d segments, %d postings a chunk, %d terms and %d postings a question",
		len(s.state.Load().bases["help"]), c.postings/len(c.texts), terms/len(c.questions), touched/len(c.questions))
	plain := func(q *lexical.Query) index.Query {
		return index.Query{Base: "help", Lexical: q.Index(), Limit: 50}
	}
	b.Run("plain", func(b *testing.B) {
		measure(b, c.questions, func(q *lexical.Query) { search(plain(q)) })
	})
	b.Run("explained", func(b *testing.B) {
		measure(b, c.questions, func(q *lexical.Query) {
			x := plain(q)
			x.Explain = 20
			search(x)
		})
	})
	b.Run("filter seen before", func(b *testing.B) {
		measure(b, c.questions, func(q *lexical.Query) {
			x := plain(q)
			x.Filter = index.Equal{Key: index.KeySource, Value: "source-3"}
			search(x)
		})
	})
	b.Run("filter never seen", func(b *testing.B) {
		n := 0
		measure(b, c.questions, func(q *lexical.Query) {
			x := plain(q)
			n++
			x.Filter = index.And{index.In{Key: index.KeySource, Values: []string{"source-3", strconv.Itoa(n)}}}
			search(x)
		})
	})
	b.Run("and by words and by grams", func(b *testing.B) {
		measure(b, c.questions, func(q *lexical.Query) {
			words, grams := plain(q), plain(q)
			words.Lexical, grams.Lexical = nil, nil
			for _, t := range q.Terms {
				term := index.Term{ID: t.ID, Value: t.Value}
				if t.Namespace == lexical.Words || t.Namespace == lexical.TitleWords {
					words.Lexical = append(words.Lexical, term)
				} else {
					grams.Lexical = append(grams.Lexical, term)
				}
			}
			search(plain(q), words, grams)
		})
	})
}

// BenchmarkOpen opens the snapshot until it can answer.
func BenchmarkOpen(b *testing.B) {
	c := benchCorpus(b)
	b.ReportAllocs()
	for b.Loop() {
		s, err := Open(Options{Dir: c.dir, Space: benchSpace})
		if err != nil {
			b.Fatal(err)
		}
		if m, _ := s.Mark(context.Background()); m.Seq != int64(len(c.texts)) {
			b.Fatalf("mark %+v", m)
		}
		b.StopTimer()
		s.Close()
		runtime.GC()
		b.StartTimer()
	}
}

// BenchmarkRebuild encodes all texts and writes them to an empty store, up to the
// snapshot at the end.
func BenchmarkRebuild(b *testing.B) {
	c := benchCorpus(b)
	var all, closing time.Duration
	n, used := 0, processTime()
	b.ReportAllocs()
	for b.Loop() {
		again := corpus{texts: c.texts}
		if err := again.rebuild(b.TempDir(), nil); err != nil {
			b.Fatal(err)
		}
		all, closing, n = all+again.built, closing+again.closed, n+1
	}
	b.ReportMetric(all.Seconds()/float64(n), "s/rebuild")
	b.ReportMetric(closing.Seconds()/float64(n), "s/close")
	b.ReportMetric((processTime()-used).Seconds()/float64(n), "cpu-s/rebuild")
}

// BenchmarkUpsertDocument replaces a document of six chunks among all others.
func BenchmarkUpsertDocument(b *testing.B) {
	c := benchCorpus(b)
	s, err := Open(Options{Space: benchSpace})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	encoder := lexical.NewEncoder()
	var points []index.Point
	for i := range min(len(c.texts), 60_000) {
		points = append(points, benchPoint(i, encoder.Encode(c.texts[i]).Vector))
	}
	if err := s.Upsert(b.Context(), points); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		first := i * indextest.ChunksPerPage % (len(points) - indextest.ChunksPerPage)
		document := points[first : first+indextest.ChunksPerPage]
		for j := range document {
			document[j].Stamp.Seq++
		}
		if err := s.Upsert(b.Context(), document); err != nil {
			b.Fatal(err)
		}
	}
}
