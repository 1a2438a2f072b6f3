package pipeline

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/records"
	"freshet/index/catalog"
	"freshet/index/embedded"
	"freshet/index/lexical"
	"freshet/pipeline/extract/formats"
)

// benchWorld is the real thing: a records file, the catalog, the embedded store.
type benchWorld struct {
	catalog *catalog.Catalog
	store   *embedded.Store
	applier *Applier
	syncer  *Syncer
}

func newBenchWorld(b *testing.B, dir, export string) *benchWorld {
	b.Helper()
	ctx := b.Context()
	c, err := catalog.Open(ctx, catalog.Options{Path: filepath.Join(dir, "catalog.db")})
	if err != nil {
		b.Fatal(err)
	}
	store, err := embedded.Open(embedded.Options{Dir: filepath.Join(dir, "index")})
	if err != nil {
		b.Fatal(err)
	}
	w := &benchWorld{catalog: c, store: store}
	w.applier = NewApplier(ApplierOptions{Catalog: c, Store: store, Terms: lexical.NewTerms()})
	kind := records.Kind()
	settings, err := kind.Parse(map[string]any{"location": export, "id": "id", "title": "title", "body": "body", "body_format": "text"})
	if err != nil {
		b.Fatal(err)
	}
	w.syncer = NewSyncer(Options{Catalog: c, Extractor: formats.New(formats.Config{}),
		Open: func(context.Context, catalog.Source) (connectors.Source, connectors.Kind, error) {
			src, err := kind.New(connectors.Env{Now: time.Now, Dir: dir}, settings)
			return src, kind, err
		}})
	if err := c.PutBase(ctx, catalog.Base{ID: "help", Languages: []string{"en"}}); err != nil {
		b.Fatal(err)
	}
	if err := c.PutSource(ctx, catalog.Source{ID: "s", Base: "help", Kind: "records", Digest: "d", State: catalog.Published}); err != nil {
		b.Fatal(err)
	}
	return w
}

func (w *benchWorld) close(b *testing.B) {
	b.Helper()
	if err := w.store.Close(); err != nil {
		b.Fatal(err)
	}
	if err := w.catalog.Close(); err != nil {
		b.Fatal(err)
	}
}

func (w *benchWorld) sync(b *testing.B, source string) catalog.Report {
	b.Helper()
	res, err := w.syncer.Run(b.Context(), source, RunOptions{})
	if err != nil || res.Report.Result != catalog.RunDone {
		b.Fatalf("sync: %v %v", res.Report.Errors, err)
	}
	return res.Report
}

// syncFound syncs and waits until everything can be found. The applier runs.
func (w *benchWorld) syncFound(b *testing.B, source string) catalog.Report {
	b.Helper()
	r := w.sync(b, source)
	head, err := w.catalog.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if err := w.applier.Wait(b.Context(), head); err != nil {
		b.Fatal(err)
	}
	return r
}

// small are words that two fifths of English running text consist of.
var small = strings.Fields("the of and to in is that for it with as on be this are by from or an have not which you at your")

// writeExport writes records of 250 words each, one chunk: small words, and others by Zipf's law.
func writeExport(b *testing.B, path string, n int) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	rng := rand.New(rand.NewPCG(7, 7))
	zipf := rand.NewZipf(rng, 1.1, 4, 40000)
	for i := range n {
		var text strings.Builder
		for k := range 250 {
			if k > 0 {
				text.WriteByte(' ')
			}
			if k%5 < 2 {
				text.WriteString(small[rng.IntN(len(small))])
			} else {
				text.WriteString(coined(zipf.Uint64()))
			}
			if k%14 == 13 {
				text.WriteByte('.')
			}
		}
		line, err := json.Marshal(map[string]string{"id": fmt.Sprintf("r%06d", i), "title": "Record " + coined(uint64(i)), "body": text.String()})
		if err != nil {
			b.Fatal(err)
		}
		w.Write(line)
		w.WriteByte('\n')
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// coined makes a pronounceable word of a number.
func coined(n uint64) string {
	const consonants, vowels = "bcdfglmnprstv", "aeiou"
	var w []byte
	for n += 20; n > 0; n /= 65 {
		w = append(w, consonants[n%13], vowels[n/13%5])
	}
	return string(w)
}

// BenchmarkSyncRecords syncs plain records from nothing, points in the Store included.
func BenchmarkSyncRecords(b *testing.B) {
	const n = 20000
	export := filepath.Join(b.TempDir(), "export.jsonl")
	writeExport(b, export, n)
	b.ReportAllocs()
	var chunks int
	var took time.Duration
	for b.Loop() {
		b.StopTimer()
		dir := b.TempDir()
		w := newBenchWorld(b, dir, export)
		ctx, stop := context.WithCancel(b.Context())
		done := make(chan error, 1)
		b.StartTimer()
		start := time.Now()
		go func() { done <- w.applier.Run(ctx) }()
		r := w.syncFound(b, "s")
		took += time.Since(start)
		chunks += r.ChunksWritten
		b.StopTimer()
		stop()
		<-done
		w.close(b)
		b.StartTimer()
	}
	b.ReportMetric(float64(chunks)/took.Seconds(), "chunks/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkSyncUnchanged syncs 10,000 documents of which none has changed.
func BenchmarkSyncUnchanged(b *testing.B) {
	const n = 10000
	dir := b.TempDir()
	export := filepath.Join(dir, "export.jsonl")
	writeExport(b, export, n)
	w := newBenchWorld(b, dir, export)
	defer w.close(b)
	w.sync(b, "s")
	if err := w.applier.CatchUp(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if r := w.sync(b, "s"); r.Unchanged != n || r.ChunksWritten != 0 {
			b.Fatalf("unchanged %d, chunks %d", r.Unchanged, r.ChunksWritten)
		}
	}
}
