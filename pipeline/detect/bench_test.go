package detect

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"testing"

	"freshet/index/catalog"
)

// benchPassages is how many passages the base of a benchmark has: FRESHET_BENCH_PASSAGES,
// else fewer than a large base has, so that all benchmarks are over in a minute.
func benchPassages(b *testing.B) int {
	b.Helper()
	n, err := strconv.Atoi(os.Getenv("FRESHET_BENCH_PASSAGES"))
	if err != nil || n <= 0 {
		return 6000
	}
	return n
}

// words are those of a language with as many words as people use, the frequent ones
// far more often than the others.
func prose(r *rand.Rand, n int) string {
	out := make([]byte, 0, 8*n)
	for i := range n {
		k := int(float64(20_000) * r.Float64() * r.Float64() * r.Float64() * r.Float64())
		out = fmt.Appendf(out, "%c%c%c%s%c%c ", 'a'+k%17, 'e'+k/17%5, 'k'+k/85%11, strconv.FormatInt(int64(k), 26), 'n', 'a'+k%3)
		switch {
		case i%40 == 20:
			out = fmt.Appendf(out, "within %d days after the ", 5+r.IntN(60))
		case i%60 == 50:
			out = fmt.Appendf(out, "costs %d.%02d € for each ", 3+r.IntN(90), r.IntN(100))
		case i%18 == 17:
			out = append(out[:len(out)-1], ". The "...)
		}
	}
	return string(out) + "."
}

// fillWorld writes pages of eight passages of a hundred words.
func fillWorld(b *testing.B, w *world, passages int) []page {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var all, part []page
	for i := range (passages + 7) / 8 {
		p := page{id: fmt.Sprintf("p%d", i), title: prose(r, 4)}
		for range 8 {
			p.paragraphs = append(p.paragraphs, prose(r, 100))
		}
		all, part = append(all, p), append(part, p)
		if len(part) == 100 {
			w.put(part...)
			part = part[:0]
		}
	}
	w.put(part...)
	return all
}

// BenchmarkChangedChunk changes one passage in each of several pages and looks at them:
// the time is that of one passage.
func BenchmarkChangedChunk(b *testing.B) {
	w := newWorld(b)
	pages := fillWorld(b, w, benchPassages(b))
	w.detect()
	r := rand.New(rand.NewPCG(3, 4))
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; {
		b.StopTimer()
		var changed []page
		for range min(64, b.N-done) {
			p := pages[r.IntN(len(pages))]
			p.paragraphs = append([]string{prose(r, 100)}, p.paragraphs[1:]...)
			changed = append(changed, p)
		}
		w.put(changed...)
		done += len(changed)
		b.StartTimer()
		w.detect()
	}
}

// BenchmarkNothingChanged catches up when there is nothing to look at.
func BenchmarkNothingChanged(b *testing.B) {
	w := newWorld(b)
	fillWorld(b, w, benchPassages(b))
	w.detect()
	w.restart()
	b.ReportAllocs()
	for b.Loop() {
		w.detect()
	}
}

// BenchmarkFullPass looks at a whole base, and reports its time for a passage and the
// memory that is held at most.
func BenchmarkFullPass(b *testing.B) {
	w := newWorld(b)
	n := benchPassages(b)
	fillWorld(b, w, n)
	head, err := w.catalog.Head(w.ctx)
	w.ok(err)
	w.ok(w.catalog.Detect(w.ctx, &catalog.Detection{Mark: head, Consumer: Consumer}))
	var most uint64
	w.engine.Progress = func(int, int) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapInuse)
	}
	b.ResetTimer()
	for b.Loop() {
		w.ok(w.engine.Pass(w.ctx, testBase))
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/passage")
	b.ReportMetric(float64(most)/(1<<20), "MB-heap")
}
