package records

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

// export writes records of 250 words each.
func export(n int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("le tarif de votre abonnement mobile change à partir du premier mars pour tous les clients qui ont souscrit en boutique ou en ligne « garantie » prolongée")
	var b bytes.Buffer
	for i := range n {
		body := make([]string, 250)
		for j := range body {
			body[j] = words[rng.IntN(len(words))]
		}
		line, _ := json.Marshal(map[string]any{"id": fmt.Sprint("a", i), "title": "Quel est le tarif ?", "html": "<p>" + strings.Join(body, " ") + "</p>",
			"url": fmt.Sprint("https://example.org/a/", i), "theme": "Tarifs", "updated": "2026-03-31T10:00:00Z"})
		b.Write(append(line, '\n'))
	}
	return b.Bytes()
}

func BenchmarkDecodeJSONLines(b *testing.B) {
	data := export(2000)
	b.SetBytes(int64(len(data) / 2000))
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; {
		r := newLineReader(bytes.NewReader(data), 1<<20)
		for n < b.N {
			if _, err := r.next(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			n++
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkPullOfJSONLines(b *testing.B) {
	const n = 2000
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "kb.jsonl"), export(n), 0o644); err != nil {
		b.Fatal(err)
	}
	s := open(b, connectors.Env{Dir: dir}, map[string]any{"location": "kb.jsonl", "id": "id", "title": "title", "body": "html", "body_format": "html",
		"url": "url", "labels": "theme", "modified": "updated"})
	s.every = checkpointEvery
	b.ReportAllocs()
	for b.Loop() {
		docs := 0
		for c, err := range s.Pull(context.Background(), connectortest.NewPosition(connectors.Full)) {
			if err != nil {
				b.Fatal(err)
			}
			if _, ok := c.(connectors.Upsert); ok {
				docs++
			}
		}
		if docs != n {
			b.Fatalf("%d documents", docs)
		}
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "records/s")
}
