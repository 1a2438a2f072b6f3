package facts

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/detect/stale"
)

// BenchmarkPass judges every document of a base: 2,000 documents of six passages of 110
// words, changed 400 days ago so that every signal is looked for, and 20,000 answers of
// the last 90 days. Time and allocation are per passage.
func BenchmarkPass(b *testing.B) {
	const documents, passages, answers = 2_000, 6, 20_000
	c := &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	cat := open(b, c)
	text := strings.Repeat("Le service client répond du lundi au samedi, de 8 h à 20 h, et par courriel en 2 jours ouvrés. La livraison coûte 4,90 €. ", 5)
	var keys []string
	for from := 0; from < documents; from += 100 {
		batch := &catalog.Batch{Source: "site"}
		for i := from; i < from+100; i++ {
			id := fmt.Sprint("d", i)
			key := catalog.NewDocumentKey("site", id, 0)
			d := catalog.Document{Key: key, Source: "site", ExternalID: id, Base: "help", State: catalog.Present, TextHash: index.HashTexts("t", id),
				Details: catalog.Details{Title: "Titre " + id, URI: "https://www.example.org/" + id, Locale: "fr", Modified: c.now.AddDate(0, 0, -400), Access: connectors.Public()}}
			var chunks []index.Chunk
			for n := range passages {
				ch := index.Chunk{ID: index.NewChunkID(key, nil, fmt.Sprint(n), 0), Document: key, Ord: n, Kind: index.Prose, Text: fmt.Sprint(text, "Offre ", i, " valable jusqu'au 31 mars 2025."), Locale: "fr"}
				ch.Input = ch.InputHash("e")
				chunks = append(chunks, ch)
			}
			batch.Changes = append(batch.Changes, catalog.Change{Document: d, Outcome: catalog.New, Content: true, Text: []byte(`{}`), Chunks: chunks})
			keys = append(keys, key)
		}
		_, err := cat.Apply(b.Context(), batch)
		ok(b, err)
	}
	ledger(b, cat, c, keys, answers)
	r := New(Options{Catalog: cat, Now: c.time})
	rules := &stale.Rules{Terms: stale.NewTerms([]string{"Mistral 4G"})}
	b.ReportAllocs()
	var before, after runtime.MemStats
	for b.Loop() {
		r.Forget()
		runtime.GC()
		runtime.ReadMemStats(&before)
		n, most := 0, uint64(0)
		for f, err := range r.All(b.Context(), "help") {
			ok(b, err)
			if v := rules.Judge(f, c.now); v.State != stale.Stale {
				b.Fatal(v.State)
			}
			if n++; n%500 == 0 {
				runtime.GC()
				runtime.ReadMemStats(&after)
				most = max(most, after.HeapAlloc-min(before.HeapAlloc, after.HeapAlloc))
			}
		}
		b.ReportMetric(float64(most)/(1<<20), "MB-held")
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*documents*passages), "µs/passage")
}

// ledger writes answers of ten passages each.
func ledger(b *testing.B, cat *catalog.Catalog, c *clock, keys []string, n int) {
	b.Helper()
	var list []catalog.Query
	for i := range n {
		var hits []map[string]any
		for k := range 10 {
			hits = append(hits, map[string]any{"chunk_id": "00000000-0000-0000-0000-000000000000", "key": keys[(i*7+k*13)%len(keys)], "document": "d", "source": "site", "title": "Un titre", "url": "https://www.example.org/d", "score": 1.5, "freshness": "fresh"})
		}
		served, err := json.Marshal(map[string]any{"confidence": 0.5, "reasons": []string{}, "degraded": []string{}, "hits": hits})
		ok(b, err)
		list = append(list, catalog.Query{ID: fmt.Sprint("q", i), Base: "help", At: c.now.Add(-time.Duration(i) * time.Minute), State: "found", Served: served})
		if len(list) == 1000 {
			ok(b, cat.LogQueries(b.Context(), list))
			list = nil
		}
	}
}

// BenchmarkUsage goes through the ledger; time is per answer of ten passages.
func BenchmarkUsage(b *testing.B) {
	const answers = 20_000
	c := &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	cat := open(b, c)
	keys := make([]string, 2_000)
	for i := range keys {
		keys[i] = index.HashTexts("k", fmt.Sprint(i)).String()
	}
	ledger(b, cat, c, keys, answers)
	b.ReportAllocs()
	for b.Loop() {
		u, err := cat.Usage(b.Context(), "help", c.now.AddDate(0, 0, -90))
		ok(b, err)
		if len(u.Documents) != len(keys) {
			b.Fatal(len(u.Documents))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*answers), "µs/answer")
}
