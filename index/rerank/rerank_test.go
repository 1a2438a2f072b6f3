package rerank

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/index"
)

const key = "sk-very-secret-1234567890"

func passages(texts ...string) []index.Passage {
	list := make([]index.Passage, len(texts))
	for i, text := range texts {
		list[i].Chunk.Title, list[i].Chunk.Text = fmt.Sprintf("Title %d", i), text
	}
	return list
}

// A server answers as f does and keeps what it was asked.
type server struct {
	*httptest.Server
	paths  []string
	bodies []map[string]any
	auth   []string
}

func serve(t *testing.T, f http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Errorf("the request is no JSON: %v", err)
		}
		s.paths, s.bodies, s.auth = append(s.paths, r.URL.Path), append(s.bodies, body), append(s.auth, r.Header.Get("Authorization"))
		f(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func saying(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

func client(t *testing.T, o Options) *Client {
	t.Helper()
	if o.Provider == "" {
		o.Provider = "jina"
	}
	if o.Provider != "tei" && o.Model == "" {
		o.Model = "m"
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheThreeShapes(t *testing.T) {
	for name, c := range map[string]struct {
		reply, path string
		keys        []string
		texts       string
	}{
		"cohere": {
			`{"id":"07734bd2","results":[{"index":1,"relevance_score":0.999071},{"index":0,"relevance_score":0.32713068}],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1}}}`,
			"/v2/rerank", []string{"documents", "model", "query", "top_n"}, "documents",
		},
		"jina": {
			`{"model":"jina-reranker-v2-base-multilingual","object":"list","usage":{"total_tokens":815},"results":[{"index":1,"relevance_score":0.999071},{"index":0,"relevance_score":0.32713068}]}`,
			"/v1/rerank", []string{"documents", "model", "query", "return_documents", "top_n"}, "documents",
		},
		"tei": {
			`[{"index":1,"score":0.999071},{"index":0,"score":0.32713068}]`,
			"/rerank", []string{"query", "texts", "truncate"}, "texts",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, saying(c.reply))
			got, err := client(t, Options{Provider: name, BaseURL: s.URL, APIKey: key}).Rerank(t.Context(), "question?", passages("one", "two"))
			if err != nil || !slices.Equal(got, []float32{0.32713068, 0.999071}) {
				t.Fatalf("scores %v, error %v", got, err)
			}
			var keys []string
			for k := range s.bodies[0] {
				keys = append(keys, k)
			}
			slices.Sort(keys)
			if s.paths[0] != c.path || !slices.Equal(keys, c.keys) || s.auth[0] != "Bearer "+key || s.bodies[0]["query"] != "question?" {
				t.Errorf("asked %s with %v as %q", s.paths[0], s.bodies[0], s.auth[0])
			}
			if texts := s.bodies[0][c.texts].([]any); len(texts) != 2 || texts[1] != "Title 1\ntwo" {
				t.Errorf("documents %q", texts)
			}
		})
	}
}

func TestTheBaseURLMayNameThePath(t *testing.T) {
	for base, want := range map[string]string{
		"": "https://api.jina.ai/v1/rerank", "http://h:1": "http://h:1/v1/rerank", "http://h:1/": "http://h:1/v1/rerank",
		"http://h:1/v2/": "http://h:1/v2/rerank", "http://h:1/x/rerank": "http://h:1/x/rerank",
	} {
		if got := client(t, Options{BaseURL: base}).URL(); got != want {
			t.Errorf("%q: %s, want %s", base, got, want)
		}
	}
}

func TestAConfigurationThatCannotWorkSaysWhy(t *testing.T) {
	for name, c := range map[string]struct {
		o    Options
		says string
	}{
		"provider":     {Options{Provider: "x"}, "cohere, jina, tei"},
		"model":        {Options{Provider: "jina"}, "rerank.model"},
		"key":          {Options{Provider: "cohere", Model: "m"}, "rerank.api_key"},
		"line break":   {Options{Provider: "cohere", Model: "m", APIKey: "a\nb"}, "line break"},
		"no address":   {Options{Provider: "tei"}, "rerank.base_url"},
		"bad address":  {Options{Provider: "tei", BaseURL: "localhost:80"}, "rerank.base_url"},
		"key in there": {Options{Provider: "tei", BaseURL: "http://u:p@h"}, "rerank.api_key"},
	} {
		if _, err := New(c.o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.says)
		}
	}
}

func TestTextsAreBoundedAndBatchesAreWhatServersTake(t *testing.T) {
	s := &server{}
	s = serve(t, func(w http.ResponseWriter, _ *http.Request) {
		texts := s.bodies[len(s.bodies)-1]["texts"].([]any)
		var list []string
		for i, text := range texts {
			if len(text.(string)) > 100 {
				t.Errorf("%d bytes were sent", len(text.(string)))
			}
			list = append(list, fmt.Sprintf(`{"index":%d,"score":%d}`, i, len(s.bodies)))
		}
		slices.Reverse(list)
		_, _ = io.WriteString(w, "["+strings.Join(list, ",")+"]")
	})
	texts := make([]string, 50)
	for i := range texts {
		texts[i] = strings.Repeat("é", 200)
	}
	got, err := client(t, Options{Provider: "tei", BaseURL: s.URL, DocumentBytes: 100}).Rerank(t.Context(), "q", passages(texts...))
	if err != nil || len(got) != 50 || len(s.bodies) != 2 || got[31] != 1 || got[32] != 2 {
		t.Errorf("%d requests, scores %v, error %v", len(s.bodies), got, err)
	}
	if sent := s.bodies[0]["texts"].([]any)[0].(string); strings.ContainsRune(sent, '\uFFFD') {
		t.Errorf("a letter was cut: %q", sent)
	}
}

func TestEveryBadReplyHasItsName(t *testing.T) {
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    Reason
	}{
		"a page of HTML":     {saying("<!DOCTYPE html><title>Sign in</title>"), NotJSON},
		"not JSON":           {saying("ok"), NotJSON},
		"empty":              {saying(""), Malformed},
		"another shape":      {saying(`{"data":[]}`), Malformed},
		"an error with 200":  {saying(`{"error":"model not loaded"}`), Malformed},
		"an index of text":   {saying(`{"results":[{"index":"0","relevance_score":1}]}`), Malformed},
		"too few":            {saying(`{"results":[{"index":0,"relevance_score":1}]}`), WrongCount},
		"too many":           {saying(`[{"index":0,"score":1},{"index":1,"score":1},{"index":1,"score":1}]`), WrongCount},
		"one twice":          {saying(`[{"index":1,"score":1},{"index":1,"score":1}]`), BadIndex},
		"another passage":    {saying(`[{"index":0,"score":1},{"index":2,"score":1}]`), BadIndex},
		"below":              {saying(`[{"index":0,"score":1},{"index":-1,"score":1}]`), BadIndex},
		"no index":           {saying(`[{"score":1},{"index":1,"score":1}]`), BadIndex},
		"null":               {saying(`[{"index":0,"score":null},{"index":1,"score":1}]`), NotANumber},
		"NaN":                {saying(`[{"index":0,"score":NaN},{"index":1,"score":1}]`), NotANumber},
		"beyond float32":     {saying(`[{"index":0,"score":1e300},{"index":1,"score":1}]`), NotANumber},
		"beyond all bounds":  {saying(`[{"index":0,"score":1e999},{"index":1,"score":1}]`), Malformed},
		"too large":          {saying("[" + strings.Repeat(" ", replyBytes) + "]"), TooLarge},
		"revoked key":        {status(401, `{"message":"invalid api token `+key+`"}`), Unauthorised},
		"forbidden":          {status(403, ""), Unauthorised},
		"too many requests":  {status(429, "slow down"), RateLimited},
		"no such model":      {status(404, "model not found"), Refused},
		"bad request":        {status(422, "batch size 50 > 32"), Refused},
		"server error":       {status(500, "boom"), Unavailable},
		"gateway":            {status(502, "<html>"), Unavailable},
		"redirect":           {redirect, Refused},
		"connection dropped": {drop, Truncated},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, c.handler)
			got, err := client(t, Options{BaseURL: s.URL, APIKey: key}).Rerank(t.Context(), "q", passages("a", "b"))
			var named *Error
			if !errors.As(err, &named) || named.Reason != c.want || got != nil {
				t.Fatalf("scores %v, error %v, want %s", got, err, c.want)
			}
			if strings.Contains(err.Error(), key) || len(err.Error()) > 600 {
				t.Errorf("error %q", err)
			}
		})
	}
}

func status(code int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, text, code) }
}

func redirect(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
}

func drop(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"results":[`)
}

func TestASlowServerTakesNoMoreThanItsTime(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		for range 100 { // a byte now and then, so that no idle timeout would notice
			if _, err := io.WriteString(w, " "); err != nil {
				return
			}
			if err := http.NewResponseController(w).Flush(); err != nil {
				return
			}
			select {
			case <-r.Context().Done():
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	started := time.Now()
	_, err := client(t, Options{BaseURL: s.URL}).Rerank(ctx, "q", passages("a"))
	var named *Error
	if !errors.As(err, &named) || named.Reason != TimedOut || time.Since(started) > 500*time.Millisecond {
		t.Errorf("error %v after %v", err, time.Since(started))
	}
}

func TestAServerThatFailedIsLeftAloneForAWhile(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	down, retry := true, ""
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if down {
			w.Header().Set("Retry-After", retry)
			http.Error(w, "", http.StatusTooManyRequests)
			return
		}
		_, _ = io.WriteString(w, `{"results":[{"index":0,"relevance_score":1}]}`)
	})
	c := client(t, Options{BaseURL: s.URL, Now: func() time.Time { return now }})
	ask := func(want Reason, requests int) {
		t.Helper()
		_, err := c.Rerank(t.Context(), "q", passages("a"))
		var named *Error
		if want == "" && err != nil || want != "" && (!errors.As(err, &named) || named.Reason != want) || len(s.bodies) != requests {
			t.Fatalf("error %v after %d requests, want %q after %d", err, len(s.bodies), want, requests)
		}
	}
	ask(RateLimited, 1)
	ask(Paused, 1)
	now = now.Add(firstPause)
	ask(RateLimited, 2) // the pause doubles
	now = now.Add(firstPause)
	ask(Paused, 2)
	now, retry = now.Add(firstPause), "120"
	ask(RateLimited, 3) // as long as the server asks for
	now = now.Add(119 * time.Second)
	ask(Paused, 3)
	now, down = now.Add(time.Second), false
	ask("", 4)
	ask("", 5)
}

func TestACallerWhoLeavesSaysNothingAboutTheServer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if ctx.Err() == nil {
			cancel()
			<-r.Context().Done()
			return
		}
		_, _ = io.WriteString(w, `{"results":[{"index":0,"relevance_score":1}]}`)
	})
	c := client(t, Options{BaseURL: s.URL})
	if _, err := c.Rerank(ctx, "q", passages("a")); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if _, err := c.Rerank(t.Context(), "q", passages("a")); err != nil {
		t.Errorf("the next question: %v", err)
	}
}

func TestTheKeyIsNeverLogged(t *testing.T) {
	s := serve(t, status(401, "no such key: "+key))
	var log bytes.Buffer
	_, err := client(t, Options{BaseURL: s.URL, APIKey: key}).Rerank(t.Context(), "q", passages("a"))
	slog.New(slog.NewTextHandler(&log, nil)).Warn("the passages were not re-ranked", "error", err)
	if strings.Contains(log.String(), key) || !strings.Contains(log.String(), "unauthorised") {
		t.Errorf("log %s", log.String())
	}
}

// Whatever comes in, there is one number for each passage or a named error.
func FuzzDecode(f *testing.F) {
	for _, reply := range []string{
		`{"results":[{"index":1,"relevance_score":0.9},{"index":0,"relevance_score":0.3}]}`, `[{"index":1,"score":0.9},{"index":0,"score":-3}]`,
		`{"results":null}`, `[]`, `null`, `"x"`, `[null,null]`, `[{"index":0,"score":1e39},{"index":1,"score":1}]`, `<html>`, `[{"index":0,"score":NaN}]`, ``, `{"results":[{"index":0}]}`, "\xff{",
	} {
		f.Add([]byte(reply), 2)
	}
	f.Fuzz(func(t *testing.T, reply []byte, documents int) {
		if documents < 0 || documents > 1000 {
			return
		}
		scores, err := decode(reply, documents)
		var named *Error
		switch {
		case err != nil && (!errors.As(err, &named) || named.Reason == "" || scores != nil):
			t.Fatalf("scores %v, error %v", scores, err)
		case err == nil && len(scores) != documents:
			t.Fatalf("%d scores for %d documents", len(scores), documents)
		}
		for _, x := range scores {
			if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
				t.Fatalf("score %v", x)
			}
		}
	})
}
