package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"freshet/index/qdrant/qdranttest"
	"freshet/index/retrieve"
)

// hashedEmbeddings is a server of the OpenAI shape whose vectors are sums of directions
// that words have by their hash. It counts the texts that it was sent, and can be down.
type hashedEmbeddings struct {
	*httptest.Server
	down  atomic.Bool
	texts atomic.Int64
}

const hashedDimension = 64

func newHashedEmbeddings(t *testing.T) *hashedEmbeddings {
	h := &hashedEmbeddings{}
	h.Server = httptest.NewServer(http.HandlerFunc(h.embed))
	t.Cleanup(h.Close)
	return h
}

func (h *hashedEmbeddings) embed(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Model string   `json:"model"`
		Input []string `json:"input"`
	}
	if h.down.Load() || json.NewDecoder(r.Body).Decode(&req) != nil {
		http.Error(w, `{"error": {"message": "out of order"}}`, http.StatusInternalServerError)
		return
	}
	h.texts.Add(int64(len(req.Input)))
	type item struct {
		Index     int       `json:"index"`
		Embedding []float32 `json:"embedding"`
	}
	reply := struct {
		Model string `json:"model"`
		Data  []item `json:"data"`
	}{Model: req.Model}
	for i, text := range req.Input {
		reply.Data = append(reply.Data, item{i, hashedVector(text)})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(reply) // whoever went away needs no answer
}

func hashedVector(text string) []float32 {
	v := make([]float32, hashedDimension)
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		f := fnv.New64a()
		_, _ = f.Write([]byte(strings.Trim(word, ".,?#"))) // it never fails
		r := rand.New(rand.NewPCG(f.Sum64(), 7))
		for i := range v {
			v[i] += float32(r.NormFloat64())
		}
	}
	return v
}

// outage is a world whose index is in Qdrant and whose vectors come from a server.
type outage struct {
	*world
	qdrant     *qdranttest.Server
	embeddings *hashedEmbeddings
}

func newOutage(t *testing.T) *outage {
	w := &outage{newWorld(t), qdranttest.Start(t, qdranttest.Options{}), newHashedEmbeddings(t)}
	w.write("docs/hours.md", "# Opening hours\n\nThe shop in Nantes is open from 9 am to 7 pm on weekdays.\n")
	w.write("docs/returns.md", "# Returns\n\nYou may send any product back within 30 days. Sending it back is free.\n")
	w.write(defaultConfig, fmt.Sprintf(`sources:
  - {id: docs, knowledge_base: help, type: files, settings: {location: %q}}
index:
  store: qdrant
  qdrant: {address: %q}
embedding: {provider: openai-compatible, model: hashed, base_url: %q}
`, filepath.Join(w.dir, "docs"), w.qdrant.Address(), w.embeddings.URL+"/v1"))
	return w
}

// search asks, and fails the test when the answer is none or the page is not the right one.
func (w *outage) search(query, page string) retrieve.Response {
	w.t.Helper()
	var r retrieve.Response
	w.ask(&r, "search", query)
	if r.Answer.State == retrieve.None || len(r.Hits) == 0 || r.Hits[0].Document.ID != page {
		w.t.Fatalf("%q finds %+v, state %s, degraded %v; want %s", query, r.Hits, r.Answer.State, r.Degraded, page)
	}
	return r
}

// until searches until what answers is degraded in just this way.
func (w *outage) until(query, page, degraded string, limit time.Duration) retrieve.Response {
	w.t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		r := w.search(query, page)
		if strings.Join(r.Degraded, ",") == degraded {
			return r
		}
		if time.Now().After(end) {
			w.t.Fatalf("after %s the answer is still degraded by %v, want %q", limit, r.Degraded, degraded)
		}
	}
}

func TestQuestionsAreAnsweredWhileQdrantOrTheEmbedderIsAway(t *testing.T) {
	w := newOutage(t)
	if out := w.ok("sync"); !strings.Contains(out, "2  texts embedded") {
		t.Errorf("sync says\n%s", out)
	}
	w.serve()
	const returns, hours = "may I send a product back", "when is the shop in Nantes open"
	if r := w.until(returns, "returns.md", "", time.Minute); r.Hits[0].Scores.Dense <= 0 {
		t.Errorf("no part of the answer is by meaning: %+v", r.Hits[0].Scores)
	}

	w.embeddings.down.Store(true)
	if r := w.search("may I send a thing back", "returns.md"); strings.Join(r.Degraded, ",") != "embedder" {
		t.Errorf("without the embedder: degraded %v", r.Degraded)
	}
	w.write("docs/parking.md", "# Parking\n\nThere are forty parking places behind the shop.\n")
	if out := w.ok("sync"); !strings.Contains(out, "(vectors_pending)") {
		t.Errorf("a sync without the embedder says\n%s", out)
	}
	w.search("how many parking places", "parking.md")
	w.embeddings.down.Store(false)
	w.until(hours, "hours.md", "", 10*time.Second)

	w.qdrant.Stop()
	w.until(hours, "hours.md", "index", 10*time.Second)
	if out := w.ok("index", "status"); !strings.Contains(out, "the standby answers since ") {
		t.Errorf("index status says\n%s", out)
	}
	w.write("docs/hours.md", "# Opening hours\n\nThe shop in Nantes is open from 8 am to 10 pm on weekdays.\n")
	began := time.Now()
	committed := make(chan result, 1)
	go func() { committed <- w.run("sync", "docs") }()
	w.found(hours, "10 pm", 20*time.Second)
	t.Logf("the standby answered with the edit %s after its sync began", time.Since(began).Round(time.Millisecond))
	if r := <-committed; r.status == exitFailed {
		t.Errorf("a sync while Qdrant is away: status %d\n%s%s", r.status, r.out, r.errors)
	}

	if err := w.qdrant.Listen(w.qdrant.Address()); err != nil {
		t.Fatal(err)
	}
	r := w.until(hours, "hours.md", "", time.Minute)
	if !strings.Contains(r.Hits[0].Text, "10 pm") {
		t.Errorf("Qdrant is back and answers with the old text: %q", r.Hits[0].Text)
	}
	if out := w.ok("index", "verify"); !strings.Contains(out, "just what the catalog says") {
		t.Errorf("verify says %s", out)
	}
}

// found searches until the first passage says so.
func (w *outage) found(query, text string, limit time.Duration) {
	w.t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		r := w.search(query, "hours.md")
		if strings.Contains(r.Hits[0].Text, text) {
			return
		}
		if time.Now().After(end) {
			w.t.Fatalf("after %s the answer is %q", limit, r.Hits[0].Text)
		}
	}
}

func TestACommandWithoutTheConfigurationLeavesTheIndexAsItIs(t *testing.T) {
	w := newOutage(t)
	w.ok("sync")
	path := filepath.Join(w.dir, defaultConfig)
	for _, there := range []bool{true, false, true} {
		if moved := path + ".away"; there && !fileExists(path) {
			if err := os.Rename(moved, path); err != nil {
				t.Fatal(err)
			}
		} else if !there {
			if err := os.Rename(path, moved); err != nil {
				t.Fatal(err)
			}
		}
		r := w.run("index", "status")
		if r.status != exitDone || !strings.Contains(r.out, "qdrant, hashed") || strings.Contains(r.out+r.errors, "wanted") || strings.Contains(r.errors, "asks for another") {
			t.Errorf("with its configuration %v: %s%s", there, r.out, r.errors)
		}
		if r := w.search("may I send a product back", "returns.md"); len(r.Degraded) > 0 || r.Hits[0].Scores.Dense <= 0 {
			t.Errorf("with its configuration %v: degraded %v, scores %+v", there, r.Degraded, r.Hits[0].Scores)
		}
	}
}

func TestTheFirstPaidEmbeddingIsForetold(t *testing.T) {
	w := newOutage(t)
	path := filepath.Join(w.dir, defaultConfig)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w.write(defaultConfig, strings.Replace(string(text), "model: hashed", "model: hashed, price_per_million: 1000000", 1))
	r := w.run("sync")
	if r.status != exitDone || !strings.Contains(r.errors, "passages are embedded for the first time") || !strings.Contains(r.errors, "cost_about=") {
		t.Errorf("status %d: %s%s", r.status, r.out, r.errors)
	}
	w.write("docs/parking.md", "# Parking\n\nThere are forty parking places behind the shop.\n")
	if r := w.run("sync"); r.status != exitDone || strings.Contains(r.errors, "cost_about=") {
		t.Errorf("the second sync, status %d: %s%s", r.status, r.out, r.errors)
	}
}

func TestAStaticTableThatIsGoneKeepsNothingFromStarting(t *testing.T) {
	w := newWorld(t)
	w.docs()
	w.write(defaultConfig, "embedding: {provider: static, directory: nowhere}\n")
	var r retrieve.Response
	w.ask(&r, "search", "when is the shop open")
	if len(r.Hits) == 0 || r.Hits[0].Document.ID != "hours.md" {
		t.Errorf("hits %+v", r.Hits)
	}
	if out := w.ok("index", "status"); !strings.Contains(out, "it cannot be told what the configuration asks for") {
		t.Errorf("status says\n%s", out)
	}
	if r := w.run("config", "check"); r.status != exitFailed || !strings.Contains(r.errors, "nowhere") {
		t.Errorf("config check: status %d, %s%s", r.status, r.out, r.errors)
	}
}

func TestAnOutageOfQdrantStopsNoCommit(t *testing.T) {
	w := newOutage(t)
	w.ok("sync")
	w.qdrant.Stop()
	w.write("docs/parking.md", "# Parking\n\nThere are forty parking places behind the shop.\n")
	if r := w.run("sync"); r.status != exitDone || !strings.Contains(r.out, "1  new") || !strings.Contains(r.out, "(index_behind)") {
		t.Errorf("sync: status %d\n%s%s", r.status, r.out, r.errors)
	}
	if out := w.ok("source", "show", "docs"); !strings.Contains(out, "3") {
		t.Errorf("source show says\n%s", out)
	}
	if r := w.run("search", "how many parking places"); r.status != exitFailed || !strings.Contains(r.errors, "index") {
		t.Errorf("a search that nobody can answer: status %d\n%s%s", r.status, r.out, r.errors)
	}
	if r := w.run("doctor"); r.status != exitFailed || !strings.Contains(r.out, "✘  qdrant") || !strings.Contains(r.out, "✔  embedder") {
		t.Errorf("doctor: status %d\n%s%s", r.status, r.out, r.errors)
	}
	if err := w.qdrant.Listen(w.qdrant.Address()); err != nil {
		t.Fatal(err)
	}
	w.search("how many parking places", "parking.md")
	if out := w.ok("doctor"); !strings.Contains(out, "✔  qdrant") {
		t.Errorf("doctor says\n%s", out)
	}
}
