package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"freshet/api"
)

// modelServer is a server of the OpenAI shape: a vector by the words of each text.
type modelServer struct {
	*httptest.Server
	mu   sync.Mutex
	sent map[string]int // texts, by model
	down bool
}

func newModelServer(t *testing.T) *modelServer {
	s := &modelServer{sent: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(s.Close)
	return s
}

func (s *modelServer) answer(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Model string   `json:"model"`
		Input []string `json:"input"`
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down || json.NewDecoder(r.Body).Decode(&in) != nil {
		http.Error(w, `{"error":{"message":"out of order"}}`, http.StatusServiceUnavailable)
		return
	}
	type row struct {
		Index     int       `json:"index"`
		Embedding []float32 `json:"embedding"`
	}
	out := struct {
		Data  []row          `json:"data"`
		Model string         `json:"model"`
		Usage map[string]int `json:"usage"`
	}{Model: in.Model, Usage: map[string]int{}}
	for i, text := range in.Input {
		s.sent[in.Model]++
		out.Data = append(out.Data, row{i, wordVector(in.Model, text)})
		out.Usage["total_tokens"] += len(text) / 4
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out) // a client that has left is not an error
}

// wordVector is the sum of a random direction for each word, so that texts with
// common words are near each other.
func wordVector(model, text string) []float32 {
	v := make([]float32, map[string]int{"small": 16, "large": 24}[model])
	for _, word := range strings.Fields(strings.ToLower(text)) {
		h := fnv.New64a()
		_, _ = h.Write([]byte(model + word)) // it never fails
		r := rand.New(rand.NewPCG(h.Sum64(), 1))
		for i := range v {
			v[i] += float32(r.NormFloat64())
		}
	}
	return v
}

func (s *modelServer) count(model string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent[model]
}

// modelConfig is a configuration with a source of files and this embedding.
func (w *world) modelConfig(embedding string) {
	w.write("freshet.yaml", "knowledge_bases:\n  - id: help\n    languages: [en]\nsources:\n  - id: docs\n    knowledge_base: help\n    type: files\n    settings: {location: docs}\n"+embedding)
}

func (s *modelServer) embedding(model string, price float64) string {
	return fmt.Sprintf("embedding: {provider: openai-compatible, base_url: %q, model: %s, price_per_million: %g}\n", s.URL+"/v1", model, price)
}

func TestTheIndexIsChangedToAnotherModelAndBack(t *testing.T) {
	w, s := newWorld(t), newModelServer(t)
	for i, topic := range []string{"parcels", "invoices", "passwords", "returns", "shops", "refunds"} {
		w.write(fmt.Sprintf("docs/%d.md", i), fmt.Sprintf("# About %s\n\nEverything that there is to know about %s, their number%d and their colour%d, stands on this page.\n", topic, topic, i, i))
	}
	w.modelConfig("")
	w.ok("sync")
	w.says(exitFailed, "No migration is under way", "index", "switch")

	w.modelConfig(s.embedding("small", 0))
	w.says(exitDone, "small is wanted; the active index goes on answering, `freshet index rebuild` changes to this one", "index", "status")
	if out := w.ok("search", "parcels"); !strings.Contains(out, "About parcels") {
		t.Errorf("the service stopped answering:\n%s", out)
	}
	if n := s.count("small"); n > 2 { // each start asks for the dimension
		t.Errorf("%d texts were embedded unasked", n)
	}
	w.says(exitDone, "✔ verify", "index", "rebuild")
	var v api.IndexStatus
	w.ask(&v, "index", "status")
	if g := v.Migration; g == nil || g.Phase != "soak" || g.Embedded != 6 || v.Wanted != nil || len(v.Targets) != 2 || v.Targets[1].Model != "small" || v.Targets[1].State != "active" {
		t.Errorf("status %+v, migration %+v", v, v.Migration)
	}
	w.says(exitFailed, "under way already", "index", "rebuild", "--afresh")
	w.says(exitDone, "just what the catalog says", "index", "verify")

	w.says(exitDone, "✘ soak", "index", "rollback", "--reason", "not better")
	w.ask(&v, "index", "status")
	if v.Migration.State != "rolled_back" || v.Migration.Reason != "not better" || v.Wanted == nil {
		t.Errorf("status %+v, migration %+v", v, v.Migration)
	}
	w.says(exitFailed, "No migration is under way", "index", "rollback")
	w.says(exitDone, "0 texts embedded, the vectors of 6 passages were kept", "index", "rebuild")

	w.ok("index", "rollback")
	w.modelConfig(s.embedding("large", 3))
	w.says(exitFailed, "accept it with --yes", "index", "rebuild")
	w.says(exitDone, "the new index is ready", "index", "rebuild", "--yes", "--hold")
	out := w.ok("index", "switch")
	if !strings.Contains(out, "✔ switch") || !strings.Contains(out, "▶ soak") || !strings.Contains(out, "golden questions: MRR@10") {
		t.Errorf("switch says\n%s", out)
	}
	w.ask(&v, "index", "status")
	if g := v.Migration; g.Tokens == 0 || g.Cost <= 0 || v.Targets[len(v.Targets)-1].Dimension != 24 {
		t.Errorf("status %+v, migration %+v", v, g)
	}
}

func TestAModelThatIsAwayNeverStopsTheService(t *testing.T) {
	w, s := newWorld(t), newModelServer(t)
	w.write("docs/a.md", "# About parcels\n\nEverything that there is to know about parcels stands on this page.\n")
	w.modelConfig("")
	w.ok("sync")
	s.down = true
	w.modelConfig(s.embedding("small", 0))
	if out := w.ok("search", "parcels"); !strings.Contains(out, "About parcels") {
		t.Errorf("the service stopped answering:\n%s", out)
	}
	w.says(exitDone, "the active index goes on answering", "index", "status")
	w.says(exitFailed, "cannot be made", "index", "rebuild")
}
