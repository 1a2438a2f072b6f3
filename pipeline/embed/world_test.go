package embed_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/pipeline/embed"
)

const dimension = 16

// vectorOf is the vector that a model of a name gives a text.
func vectorOf(model, text string) []float32 {
	sum := sha256.Sum256([]byte(model + "\x00" + text))
	rng := rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:]), binary.LittleEndian.Uint64(sum[8:])))
	v := make([]float32, dimension)
	var norm float64
	for i := range v {
		v[i] = float32(rng.NormFloat64())
		norm += float64(v[i]) * float64(v[i])
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(norm))
	}
	return v
}

// asked is one request as the server saw it.
type asked struct {
	Model          string   `json:"model"`
	Input          []string `json:"input"`
	EncodingFormat string   `json:"encoding_format"`
	Dimensions     int      `json:"dimensions"`
	key            string
	path           string
}

// server is an embeddings endpoint of the OpenAI shape that can be made to fail.
type server struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	model    string // what answers, whatever is asked for
	requests []asked
	served   map[string]int // how often each text was answered well
	// fault, if it returns true, has answered the request itself.
	fault func(w http.ResponseWriter, r *http.Request, a asked) bool
}

func newServer(t *testing.T) *server {
	s := &server{t: t, model: "m", served: map[string]int{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var a asked
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		s.t.Errorf("the request is not JSON: %v", err)
	}
	a.key, a.path = r.Header.Get("Authorization"), r.URL.Path
	s.mu.Lock()
	s.requests = append(s.requests, a)
	fault, model := s.fault, s.model
	s.mu.Unlock()
	if fault != nil && fault(w, r, a) {
		return
	}
	s.answer(w, a, model)
}

// answer is a good reply.
func (s *server) answer(w http.ResponseWriter, a asked, model string) {
	var data []map[string]any
	for i, text := range a.Input {
		data = append(data, map[string]any{"object": "embedding", "index": i, "embedding": encoded(vectorOf(model, text), a.EncodingFormat)})
	}
	s.mu.Lock()
	for _, text := range a.Input {
		s.served[text]++
	}
	s.mu.Unlock()
	reply(w, 200, map[string]any{"object": "list", "data": data, "model": a.Model, "usage": map[string]int{"prompt_tokens": 7 * len(a.Input), "total_tokens": 7 * len(a.Input)}})
}

func encoded(v []float32, format string) any {
	if format != "base64" {
		return v
	}
	b := make([]byte, 4*len(v))
	for i, x := range v {
		binary.LittleEndian.PutUint32(b[4*i:], math.Float32bits(x))
	}
	return base64.StdEncoding.EncodeToString(b)
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that went away is part of some tests
}

// openAIError is the shape of OpenAI's errors.
func openAIError(w http.ResponseWriter, status int, kind, code, message string) {
	reply(w, status, map[string]any{"error": map[string]any{"message": message, "type": kind, "param": nil, "code": code}})
}

func (s *server) set(fault func(w http.ResponseWriter, r *http.Request, a asked) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

func (s *server) become(model string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.model = model
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

func (s *server) times(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.served[text]
}

// clock goes on only when somebody sleeps.
type clock struct {
	mu    sync.Mutex
	at    time.Time
	slept []time.Duration
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func (c *clock) total() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var sum time.Duration
	for _, d := range c.slept {
		sum += d
	}
	return sum
}

// world is an Embedder over an endpoint at a server, without real waiting.
type world struct {
	*server
	*clock
	e *embed.Embedder
}

type change func(*embed.EndpointOptions, *embed.Options)

func newWorld(t *testing.T, changes ...change) *world {
	t.Helper()
	w := &world{server: newServer(t), clock: newClock()}
	po := embed.EndpointOptions{Preset: "openai-compatible", Model: "m", BaseURL: w.URL, APIKey: "sk-secret-key", Timeout: time.Minute, Now: w.now}
	o := embed.Options{QueryBudget: time.Minute, Now: w.now, Sleep: w.sleep, Rand: rand.New(&locked{src: rand.NewPCG(1, 2)}).Float64}
	for _, c := range changes {
		c(&po, &o)
	}
	p, err := embed.NewEndpoint(po)
	if err != nil {
		t.Fatal(err)
	}
	if o.Provider == nil {
		o.Provider = p
	}
	if w.e, err = embed.New(o); err != nil {
		t.Fatal(err)
	}
	return w
}

// locked makes a source safe for concurrent use.
type locked struct {
	mu  sync.Mutex
	src rand.Source
}

func (l *locked) Uint64() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.src.Uint64()
}

// wantVectors holds outcomes to the vectors of the texts.
func wantVectors(t *testing.T, model string, texts []string, got []embed.Outcome) {
	t.Helper()
	if len(got) != len(texts) {
		t.Fatalf("%d outcomes for %d texts", len(got), len(texts))
	}
	for i, o := range got {
		if o.Refused != "" || !near(o.Vector, vectorOf(model, texts[i])) {
			t.Fatalf("text %d, %.40q: refused %q, vector %v, want %v", i, texts[i], o.Refused, o.Vector, vectorOf(model, texts[i]))
		}
	}
}

func near(a, b []float32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if math.Abs(float64(a[i])-float64(b[i])) > 1e-5 {
			return false
		}
	}
	return true
}

func texts(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("passage %d %s", i, strings.Repeat("word ", i%7))
	}
	return out
}
