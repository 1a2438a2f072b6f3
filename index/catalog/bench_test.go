package catalog_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
)

const (
	benchChunks = 6  // of a document
	benchBatch  = 64 // documents
)

// benchText makes texts of about 100 words.
func benchText(r *rand.Rand) string {
	words := []string{"invoice", "account", "the", "of", "delivery", "within", "days", "customer", "price", "please", "contact", "support", "abonnement", "facture"}
	var b strings.Builder
	for range 100 {
		b.WriteString(words[r.IntN(len(words))])
		b.WriteByte(' ')
	}
	return b.String()
}

func benchDocument(r *rand.Rand, n int) catalog.Change {
	id := fmt.Sprint("page/", n)
	d := catalog.Document{
		Key: catalog.NewDocumentKey("s", id, 0), Source: "s", ExternalID: id, Base: "b", State: catalog.Present,
		Details: catalog.Details{
			Title: "How to pay an invoice " + id, URI: "https://example.org/" + id, Path: []string{"Help", "Billing"}, Locale: "en",
			Labels: []string{"billing"}, Access: connectors.Public(),
		},
	}
	var text strings.Builder
	var chunks []index.Chunk
	for i := range benchChunks {
		c := index.Chunk{
			Document: d.Key, Ord: i, Kind: index.Prose, Title: d.Details.Title, Heading: []string{"Billing", fmt.Sprint("Part ", i)}, Text: benchText(r),
			Locale: "en", Words: 100, Start: text.Len(),
		}
		text.WriteString(c.Text)
		c.End = text.Len()
		c.ID = index.NewChunkID(c.Document, c.Heading, c.Text, 0)
		c.Input = c.InputHash("enc/1")
		chunks = append(chunks, c)
	}
	d.TextHash = index.HashTexts("text", text.String())
	return catalog.Change{Document: d, Outcome: catalog.New, Content: true, Chunks: chunks, Text: []byte(text.String())}
}

func benchOpen(b *testing.B) *catalog.Catalog {
	b.Helper()
	return benchOpenAt(b, catalog.Options{Path: filepath.Join(b.TempDir(), "catalog.db")})
}

func benchOpenAt(b *testing.B, o catalog.Options) *catalog.Catalog {
	b.Helper()
	c := open(b, o)
	if err := c.PutSource(b.Context(), catalog.Source{ID: "s", Base: "b", State: catalog.Published}); err != nil {
		b.Fatal(err)
	}
	return c
}

// benchFill writes documents with benchChunks chunks each and returns keys and IDs.
func benchFill(b *testing.B, c *catalog.Catalog, documents int) (keys []string, ids []index.ChunkID) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 1))
	for n := 0; n < documents; n += benchBatch {
		batch := &catalog.Batch{Source: "s"}
		for i := n; i < min(n+benchBatch, documents); i++ {
			ch := benchDocument(r, i)
			keys = append(keys, ch.Document.Key)
			for _, chunk := range ch.Chunks {
				ids = append(ids, chunk.ID)
			}
			batch.Changes = append(batch.Changes, ch)
		}
		if _, err := c.Apply(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	return keys, ids
}

func BenchmarkApply64DocumentsOf6Chunks(b *testing.B) {
	c := benchOpen(b)
	r := rand.New(rand.NewPCG(1, 1))
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		batch := &catalog.Batch{Source: "s", Pass: 1}
		for range benchBatch {
			batch.Changes = append(batch.Changes, benchDocument(r, n))
			n++
		}
		b.StartTimer()
		if _, err := c.Apply(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*benchChunks)/b.Elapsed().Seconds(), "chunks/s")
}

// benchVouch asks for random chunks, after each was asked for twice on average.
func benchVouch(b *testing.B, c *catalog.Catalog, ids []index.ChunkID, size int) {
	head, err := c.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	vouch := func(n int) {
		ask := index.VouchRequest{Base: "b", Mark: head, IDs: make([]index.ChunkID, n)}
		for i := range ask.IDs {
			ask.IDs[i] = ids[r.IntN(len(ids))]
		}
		if _, err := c.Vouch(b.Context(), ask); err != nil {
			b.Fatal(err)
		}
	}
	for range len(ids) / 50 {
		vouch(100)
	}
	b.ReportAllocs()
	for b.Loop() {
		vouch(size)
	}
}

func BenchmarkVouchAmong100000Chunks(b *testing.B) {
	path := filepath.Join(b.TempDir(), "catalog.db")
	c := benchOpenAt(b, catalog.Options{Path: path})
	_, ids := benchFill(b, c, 100_000/benchChunks)
	for _, kept := range []struct {
		name  string
		bytes int64
	}{{"nothing", -1}, {"24 MB", 24 << 20}, {"64 MB", 64 << 20}, {"all", 1 << 30}} {
		c := open(b, catalog.Options{Path: path, CacheBytes: kept.bytes})
		for _, size := range []int{10, 50} {
			b.Run(fmt.Sprintf("%d IDs, %s kept", size, kept.name), func(b *testing.B) { benchVouch(b, c, ids, size) })
		}
	}
}

// Ten times a second 64 documents get new texts and 300 others are confirmed.
func BenchmarkVouchBesideASync(b *testing.B) {
	c := benchOpen(b)
	keys, ids := benchFill(b, c, 100_000/benchChunks)
	ctx, stop := context.WithCancel(b.Context())
	var wg sync.WaitGroup
	wg.Go(func() { benchSync(ctx, b, c, keys) })
	benchVouch(b, c, ids, 10)
	stop()
	wg.Wait()
}

func benchSync(ctx context.Context, b *testing.B, c *catalog.Catalog, keys []string) {
	r := rand.New(rand.NewPCG(2, 2))
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for pass := int64(1); ; pass++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		batch := &catalog.Batch{Source: "s", Pass: pass}
		for range benchBatch {
			batch.Changes = append(batch.Changes, benchDocument(r, len(keys)+r.IntN(1000)))
		}
		for range 300 {
			batch.Seen = append(batch.Seen, keys[r.IntN(len(keys))])
		}
		if _, err := c.Apply(b.Context(), batch); err != nil {
			b.Error(err)
			return
		}
	}
}

func BenchmarkStampsOf10000UnchangedDocuments(b *testing.B) {
	c := benchOpen(b)
	keys, _ := benchFill(b, c, 10_000)
	pass := int64(1)
	b.ReportAllocs()
	for b.Loop() {
		pass++
		if _, err := c.Apply(b.Context(), &catalog.Batch{Source: "s", Pass: pass, Seen: keys}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenChunksOf100000(b *testing.B) {
	c := benchOpen(b)
	_, ids := benchFill(b, c, 100_000/benchChunks)
	b.ReportAllocs()
	for b.Loop() {
		err := c.View(b.Context(), func(v *catalog.View) error {
			n := 0
			for _, err := range v.OpenChunks(b.Context()) {
				if err != nil {
					return err
				}
				n++
			}
			if n != len(ids) {
				return fmt.Errorf("%d chunks, want %d", n, len(ids))
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
