package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"freshet/index/indextest"
)

// BenchmarkQuestion is a whole question within the process, from the request's
// bytes to the answer's, query log included and the connection left out: 10,000
// passages of 250 words and the real questions of the data sets in turn. Its
// allocations can be compared between builds on any machine.
func BenchmarkQuestion(b *testing.B) {
	corpus := indextest.ReadCorpus(b)
	h := openBench(b, corpus.Texts(10_000, 250))
	handler := h.api.Handler()
	var key struct{ Secret string }
	callLocal(b, h, "/v1/keys", map[string]any{"name": "bench"}, &key)
	var bodies [][]byte
	for _, q := range corpus.Questions() {
		body, err := json.Marshal(map[string]any{"knowledge_base": "help", "query": q})
		if err != nil {
			b.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	head := httptest.NewRequest(http.MethodPost, "/v1/search", http.NoBody)
	head.Header.Set("Authorization", "Bearer "+key.Secret)
	out := &sink{header: http.Header{}}
	ask := func(i int) {
		body := bodies[i%len(bodies)]
		r := *head
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		clear(out.header)
		out.status = http.StatusOK
		handler.ServeHTTP(out, &r)
		if out.status != http.StatusOK {
			b.Fatalf("question %d was answered with status %d", i, out.status)
		}
	}
	for i := range bodies {
		ask(i) // what was asked before is the rule
	}
	i, before := 0, out.bytes
	b.ReportAllocs()
	for b.Loop() {
		ask(i)
		i++
	}
	b.ReportMetric(float64(out.bytes-before)/float64(i), "answer-B/op")
}

// openBench opens a service over a knowledge base "help" with these texts.
func openBench(b *testing.B, texts []indextest.CorpusText) *host {
	b.Helper()
	dir := b.TempDir()
	records, err := os.Create(filepath.Join(dir, "all.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	enc := json.NewEncoder(records)
	for i, t := range texts {
		if err := enc.Encode(map[string]string{"id": strconv.Itoa(i), "title": t.Title, "body": t.Body, "locale": t.Language}); err != nil {
			b.Fatal(err)
		}
	}
	if err := records.Close(); err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(dir, "freshet.yaml")
	err = os.WriteFile(path, []byte(`
knowledge_bases: [{id: help, languages: [fr, en]}]
sources:
  - {id: all, knowledge_base: help, type: records, settings: {location: all.jsonl, id: id, title: title, body: body, body_format: text, locale: locale}}
`), 0o600)
	if err != nil {
		b.Fatal(err)
	}
	m := &Main{Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }, Now: time.Now, PID: os.Getpid(), log: slog.New(slog.DiscardHandler)}
	cfg, err := findConfig(path, m.Getenv)
	if err != nil {
		b.Fatal(err)
	}
	h, err := m.open(b.Context(), serviceOptions{dir: filepath.Join(dir, "data"), config: cfg})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := h.close(); err != nil {
			b.Error(err)
		}
	})
	callLocal(b, h, "/v1/sources/all/sync", struct{}{}, nil)
	return h
}

// callLocal posts to the service as its owner.
func callLocal(b *testing.B, h *host, path string, body, into any) {
	b.Helper()
	if err := within(h.local()).do(b.Context(), http.MethodPost, path, body, into); err != nil {
		b.Fatal(err)
	}
}

// sink takes an answer and counts its bytes.
type sink struct {
	header http.Header
	status int
	bytes  int64
}

// Header is the answer's.
func (s *sink) Header() http.Header { return s.header }

// WriteHeader notes the status.
func (s *sink) WriteHeader(status int) { s.status = status }

// Write counts.
func (s *sink) Write(p []byte) (int, error) {
	s.bytes += int64(len(p))
	return len(p), nil
}
