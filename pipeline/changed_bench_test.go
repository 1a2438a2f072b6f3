package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"freshet/index/catalog"
	"freshet/index/indextest"
)

// writeTexts writes passages as records, each with mark behind its text.
func writeTexts(b *testing.B, path string, texts []indextest.CorpusText, mark string) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	enc := json.NewEncoder(f)
	for i, t := range texts {
		err := enc.Encode(map[string]string{"id": strconv.Itoa(i), "title": t.Title, "body": t.Body + mark, "locale": t.Language})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSyncChanged rewrites 2,000 records of a knowledge base with real text,
// passages of 250 words. The processor time is that of the whole way: reading the
// export, catalog, points, statistics, and what the index does behind it.
func BenchmarkSyncChanged(b *testing.B) {
	corpus := indextest.ReadCorpus(b)
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("base=%d", n), func(b *testing.B) { benchmarkChanged(b, corpus, n) })
	}
}

func benchmarkChanged(b *testing.B, corpus *indextest.Corpus, n int) {
	dir := b.TempDir()
	export := filepath.Join(dir, "export.jsonl")
	writeTexts(b, export, corpus.Texts(n, 250), "")
	w := newBenchWorld(b, dir, export)
	defer w.close(b)
	if err := w.catalog.PutSource(b.Context(), catalog.Source{ID: "live", Base: "help", Kind: "records", Digest: "d", State: catalog.Published}); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- w.applier.Run(ctx) }()
	defer func() { stop(); <-done }()

	start, busy := time.Now(), processorTime()
	w.syncFound(b, "s")
	b.Logf("first sync: %.0f chunks/s, %.2f ms of processor time each", float64(n)/time.Since(start).Seconds(),
		float64((processorTime()-busy).Microseconds())/1000/float64(n))

	texts := corpus.Texts(2000, 250)
	writeTexts(b, export, texts, "")
	w.syncFound(b, "live")
	b.ReportAllocs()
	chunks, round := 0, 0
	var took, used time.Duration
	for b.Loop() {
		b.StopTimer()
		round++
		writeTexts(b, export, texts, fmt.Sprintf(" Round %d.", round))
		b.StartTimer()
		start, busy := time.Now(), processorTime()
		chunks += w.syncFound(b, "live").ChunksWritten
		took += time.Since(start)
		used += processorTime() - busy
	}
	b.ReportMetric(float64(chunks)/took.Seconds(), "chunks/s")
	b.ReportMetric(used.Seconds()*1000/float64(chunks), "cpu-ms/chunk")
	b.ReportMetric(0, "ns/op")
}
