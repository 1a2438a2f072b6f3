package judge

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

const key = "sk-very-secret"

// A world is a judge with a server behind it.
type world struct {
	t      *testing.T
	j      *Judge
	server *httptest.Server

	mu       sync.Mutex
	requests []request // in order
	now      time.Time
	slept    []time.Duration
	log      bytes.Buffer
}

type request struct {
	path, authorization string
	body                []byte
	chat                chatRequest
}

// An answer is what the server does with its nth request, from 1.
type answer func(n int, w http.ResponseWriter, r request)

func newWorld(t *testing.T, do answer, change func(*Options)) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		got := request{path: r.URL.Path, authorization: r.Header.Get("Authorization"), body: body}
		_ = json.Unmarshal(body, &got.chat)
		w.mu.Lock()
		w.requests = append(w.requests, got)
		n := len(w.requests)
		w.mu.Unlock()
		do(n, rw, got)
	}))
	t.Cleanup(w.server.Close)
	o := Options{BaseURL: w.server.URL, Model: "m", APIKey: key, Timeout: 5 * time.Second, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
		Now: w.clock, Sleep: func(_ context.Context, d time.Duration) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.slept = append(w.slept, d)
			w.now = w.now.Add(d)
			return nil
		}}
	if change != nil {
		change(&o)
	}
	j, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.j = j
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.requests)
}

// says makes the reply of a chat endpoint with this content.
func says(content string) answer {
	return func(_ int, w http.ResponseWriter, _ request) { write(w, content) }
}

func write(w http.ResponseWriter, content string) {
	b, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"id":"c-1","object":"chat.completion","model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":%s}}],"usage":{"total_tokens":9}}`, b)
}

// status replies with a status and a body.
func status(code int, body string) answer {
	return func(_ int, w http.ResponseWriter, _ request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// then is one answer after the other; the last goes on.
func then(list ...answer) answer {
	return func(n int, w http.ResponseWriter, r request) { list[min(n, len(list))-1](n, w, r) }
}

var question = Question{
	Type: "duration",
	A:    Side{Sentence: "Vous disposez de 14\u00a0jours pour rendre l’article.", Title: "Retours", Heading: []string{"Aide", "Délais"}, Value: "14 jours", Date: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)},
	B:    Side{Sentence: "Vous disposez de 30 jours pour rendre l'article.", Title: "Questions", Value: "30 jours", Facets: map[string][]string{"country": {"FR"}}},
}

// verdict is a reply about question, in the order of its sides.
func verdict(answer string, confidence float64) string {
	return fmt.Sprintf(`{"verdict":%q,"attribute":"délai de retour","value_a":"14 jours","quote_a":"14 jours","value_b":"30 jours","quote_b":"30 jours","confidence":%v,"reason_fr":"Deux délais.","reason_en":"Two periods."}`,
		answer, confidence)
}
