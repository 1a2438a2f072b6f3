package embed_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"freshet/pipeline/embed"
)

// has reports whether one of the texts of a request is t.
func has(a asked, t string) bool { return slices.Contains(a.Input, t) }

// wide bends the data of a good reply.
func wide(bend func([]map[string]any) []map[string]any) func(http.ResponseWriter, *http.Request, asked) bool {
	return func(w http.ResponseWriter, _ *http.Request, a asked) bool {
		var data []map[string]any
		for i, text := range a.Input {
			data = append(data, map[string]any{"index": i, "embedding": vectorOf("m", text)})
		}
		reply(w, 200, map[string]any{"data": bend(data)})
		return true
	}
}

func page(status int, body string) func(http.ResponseWriter, *http.Request, asked) bool {
	return func(w http.ResponseWriter, _ *http.Request, _ asked) bool {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return true
	}
}

func TestEachFaultOfTheProviderHasItsNameAndLosesNoText(t *testing.T) {
	t.Parallel()
	type fault = func(http.ResponseWriter, *http.Request, asked) bool
	cases := map[string]struct {
		want  embed.Reason
		fault fault
	}{
		"a storm of 429": {embed.RateLimited, func(w http.ResponseWriter, _ *http.Request, _ asked) bool {
			w.Header().Set("Retry-After", "7")
			openAIError(w, 429, "requests", "rate_limit_exceeded", "Rate limit reached for text-embedding-3-small")
			return true
		}},
		"no credit": {embed.QuotaExhausted, func(w http.ResponseWriter, _ *http.Request, _ asked) bool {
			openAIError(w, 429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota")
			return true
		}},
		"503":        {embed.Unavailable, page(503, "upstream connect error")},
		"500 to all": {embed.ServerError, page(500, `{"error":{"message":"llama runner process has terminated"}}`)},
		"504":        {embed.TimedOut, page(504, "gateway timeout")},
		"a revoked key": {embed.Unauthorized, func(w http.ResponseWriter, _ *http.Request, _ asked) bool {
			openAIError(w, 401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided: sk-secret-key.")
			return true
		}},
		"403 to all":   {embed.Unauthorized, page(403, `{"detail":"forbidden"}`)},
		"a wrong path": {embed.NotFound, page(404, "404 page not found")},
		"an unknown model, as Ollama says it": {embed.ModelNotFound, func(w http.ResponseWriter, _ *http.Request, _ asked) bool {
			openAIError(w, 404, "api_error", "", `model "m" not found, try pulling it first`)
			return true
		}},
		"an unknown model, as vLLM says it": {embed.ModelNotFound, page(404, "{\"object\":\"error\",\"message\":\"The model `m` does not exist.\",\"type\":\"NotFoundError\",\"code\":404}")},
		"a redirect": {embed.Redirected, func(w http.ResponseWriter, r *http.Request, _ asked) bool {
			http.Redirect(w, r, "https://elsewhere.example.org/login", http.StatusTemporaryRedirect)
			return true
		}},
		"a 200 with an HTML page": {embed.NotJSON, page(200, "<!doctype html><title>Sign in</title>")},
		"a 200 with words":        {embed.NotJSON, page(200, "it works!")},
		"an empty 200":            {embed.Truncated, page(200, "")},
		"truncated JSON":          {embed.Truncated, page(200, `{"data":[{"index":0,"embedding":[0.1,0.2`)},
		"a connection that breaks off": {embed.Truncated, func(w http.ResponseWriter, _ *http.Request, _ asked) bool {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"data":[`)
			return true
		}},
		"an error in a 200":   {embed.Malformed, page(200, `{"error":{"message":"model is loading"}}`)},
		"another shape":       {embed.Malformed, page(200, `{"embeddings":[[1,2,3]]}`)},
		"too few vectors":     {embed.WrongCount, wide(func(d []map[string]any) []map[string]any { return d[1:] })},
		"too many vectors":    {embed.WrongCount, wide(func(d []map[string]any) []map[string]any { return append(d, d[0]) })},
		"an index twice":      {embed.WrongOrder, wide(func(d []map[string]any) []map[string]any { d[0]["index"] = len(d) - 1; return d })},
		"an index far out":    {embed.WrongOrder, wide(func(d []map[string]any) []map[string]any { d[0]["index"] = 1 << 40; return d })},
		"a negative index":    {embed.WrongOrder, wide(func(d []map[string]any) []map[string]any { d[0]["index"] = -1; return d })},
		"another dimension":   {embed.WrongDimension, wide(func(d []map[string]any) []map[string]any { d[0]["embedding"] = []float32{1, 2}; return d })},
		"empty vectors":       {embed.WrongDimension, wide(func(d []map[string]any) []map[string]any { d[0]["embedding"] = []float32{}; return d })},
		"no vector":           {embed.Malformed, wide(func(d []map[string]any) []map[string]any { delete(d[0], "embedding"); return d })},
		"NaN as Python does":  {embed.NotFinite, page(200, `{"data":[{"index":0,"embedding":[0.1,NaN]}]}`)},
		"-Infinity as Python": {embed.NotFinite, page(200, `{"data":[{"index":0,"embedding":[0.1,-Infinity]}]}`)},
		"null for NaN, everywhere": {embed.NotFinite, wide(func(d []map[string]any) []map[string]any {
			for _, it := range d {
				it["embedding"] = make([]any, dimension)
			}
			return d
		})},
		"zeros everywhere": {embed.ZeroVector, wide(func(d []map[string]any) []map[string]any {
			for _, it := range d {
				it["embedding"] = make([]float32, dimension)
			}
			return d
		})},
		"a reply without end": {embed.ReplyTooLarge, func(w http.ResponseWriter, _ *http.Request, _ asked) bool {
			_, _ = io.WriteString(w, `{"data":[`)
			for range 1 << 14 { // 1 GiB, if anybody reads it
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					break
				}
			}
			return true
		}},
		"a reply that says it has 1 GB": {embed.ReplyTooLarge, func(w http.ResponseWriter, _ *http.Request, _ asked) bool {
			w.Header().Set("Content-Length", "1000000000")
			w.WriteHeader(200)
			return true
		}},
		"a 400 to all": {embed.Rejected, page(400, `{"error":"unknown field input_type"}`)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if _, err := w.e.Space(t.Context()); err != nil {
				t.Fatal(err)
			}
			all := texts(100)
			served := 0
			w.set(func(rw http.ResponseWriter, r *http.Request, a asked) bool {
				w.server.mu.Lock()
				served++
				broken := served > 1 // in the midst: the first is answered well
				w.server.mu.Unlock()
				return broken && c.fault(rw, r, a)
			})
			got, err := w.e.Passages(t.Context(), all)
			if embed.ReasonOf(err) != c.want {
				t.Fatalf("reason %q, want %q: %v", embed.ReasonOf(err), c.want, err)
			}
			if strings.Contains(err.Error(), "sk-secret-key") {
				t.Errorf("the error holds the key: %v", err)
			}
			if embed.Mend(c.want) == embed.Mend("") {
				t.Errorf("no words that say how to mend %s", c.want)
			}
			pending := 0
			for i, o := range got {
				switch {
				case o.Refused != "":
					t.Errorf("text %d is refused as %s, by a fault of the provider", i, o.Refused)
				case o.Pending():
					pending++
				case !near(o.Vector, vectorOf("m", all[i])):
					t.Errorf("text %d has a wrong vector", i)
				}
			}
			if pending == 0 {
				t.Error("nothing is pending")
			}
			if w.e.Stats().Failures[c.want] == 0 {
				t.Errorf("not counted: %v", w.e.Stats().Failures)
			}
			w.set(nil)
			w.pass(time.Hour)
			got, err = w.e.Passages(t.Context(), all)
			if err != nil {
				t.Fatal(err)
			}
			wantVectors(t, "m", all, got)
		})
	}
}

func TestATrickleIsCutOffInTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(p *embed.EndpointOptions, o *embed.Options) { p.Timeout = 80 * time.Millisecond; o.Attempts = 2 })
	w.set(func(rw http.ResponseWriter, r *http.Request, _ asked) bool {
		for range 1000 {
			if _, err := io.WriteString(rw, " "); err != nil || r.Context().Err() != nil {
				break
			}
			_ = http.NewResponseController(rw).Flush()
			time.Sleep(5 * time.Millisecond)
		}
		return true
	})
	began := time.Now()
	got, err := w.e.Passages(t.Context(), texts(3))
	if embed.ReasonOf(err) != embed.TimedOut || !got[0].Pending() {
		t.Fatalf("%v, %+v", err, got[0])
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	if w.e.Stats().Concurrency != 1 {
		t.Errorf("the concurrency is %d", w.e.Stats().Concurrency)
	}
}

func TestAServerThatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Close()
	_, err := w.e.Passages(t.Context(), texts(3))
	if embed.ReasonOf(err) != embed.Unavailable || strings.Contains(err.Error(), "sk-secret") {
		t.Fatal(err)
	}
}

// TestAPoisonedTextIsFoundAndRefusedAlone: whatever a server does at one text, the
// others get their vectors.
func TestAPoisonedTextIsFoundAndRefusedAlone(t *testing.T) {
	t.Parallel()
	all := texts(200)
	poison := all[137]
	null := func(rw http.ResponseWriter, a asked) {
		wide(func(d []map[string]any) []map[string]any {
			d[slices.Index(a.Input, poison)]["embedding"] = make([]any, dimension)
			return d
		})(rw, nil, a)
	}
	for name, c := range map[string]struct {
		want embed.Reason
		at   func(http.ResponseWriter, asked)
	}{
		"400": {embed.Rejected, func(w http.ResponseWriter, _ asked) {
			openAIError(w, 400, "invalid_request_error", "", "'$.input' is invalid.")
		}},
		"422": {embed.Rejected, func(w http.ResponseWriter, _ asked) {
			reply(w, 422, map[string]string{"error": "Input validation error", "error_type": "Validation"})
		}},
		"403 of a filter before": {embed.Rejected, func(w http.ResponseWriter, _ asked) {
			w.WriteHeader(403)
			_, _ = io.WriteString(w, "<html>Request blocked</html>")
		}},
		"500": {embed.ServerError, func(w http.ResponseWriter, _ asked) { openAIError(w, 500, "api_error", "", "tensor is on fire") }},
		"424 of TEI": {embed.ServerError, func(w http.ResponseWriter, _ asked) {
			reply(w, 424, map[string]string{"error": "Inference failed", "error_type": "Backend"})
		}},
		"null for NaN in one vector": {embed.NotFinite, null},
		"NaN that spoils the reply": {embed.NotFinite, func(w http.ResponseWriter, _ asked) {
			page(200, `{"data":[{"index":0,"embedding":[NaN]}]}`)(w, nil, asked{})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.set(func(rw http.ResponseWriter, _ *http.Request, a asked) bool {
				if !has(a, poison) {
					return false
				}
				c.at(rw, a)
				return true
			})
			got, err := w.e.Passages(t.Context(), all)
			if err != nil {
				t.Fatal(err)
			}
			if got[137].Refused != c.want || got[137].Vector != nil {
				t.Errorf("the poisoned text: refused %q, want %q", got[137].Refused, c.want)
			}
			wantVectors(t, "m", append(slices.Clone(all[:137]), all[138:]...), append(slices.Clone(got[:137]), got[138:]...))
			if n := w.count(); n > 60 {
				t.Errorf("it took %d requests", n)
			}
			if w.e.Stats().Refused != 1 {
				t.Errorf("stats %+v", w.e.Stats())
			}
		})
	}
}

func TestAServerThatTakesFewerTextsIsLearnt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(rw http.ResponseWriter, _ *http.Request, a asked) bool {
		if len(a.Input) <= 8 {
			return false
		}
		reply(rw, 422, map[string]string{"error": fmt.Sprintf("batch size %d > maximum allowed batch size 8", len(a.Input)), "error_type": "Validation"})
		return true
	})
	all := texts(600)
	got, err := w.e.Passages(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	wantVectors(t, "m", all, got)
	if n := w.e.Stats().BatchTexts; n > 9 {
		t.Errorf("batches of %d", n)
	}
	if n := w.count(); n > 170 {
		t.Errorf("%d requests for 600 texts in batches of 8", n)
	}
}

func TestATextThatIsTooLongIsPooledOrCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("lorem ipsum ", 100)
	limited := func(rw http.ResponseWriter, _ *http.Request, a asked) bool {
		for _, text := range a.Input {
			if len(text) > 400 {
				reply(rw, 413, map[string]string{"error": "Input validation error: `inputs` must have less than 512 tokens. Given: 785", "error_type": "Validation"})
				return true
			}
		}
		return false
	}
	all := append(texts(50), long)
	for name, mode := range map[string]embed.LongTexts{"split": embed.Split, "truncate": embed.Truncate} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(_ *embed.EndpointOptions, o *embed.Options) { o.LongTexts = mode })
			w.set(limited)
			got, err := w.e.Passages(t.Context(), all)
			if err != nil {
				t.Fatal(err)
			}
			wantVectors(t, "m", all[:50], got[:50])
			if got[50].Refused != "" || len(got[50].Vector) != dimension {
				t.Fatalf("the long text: %+v", got[50])
			}
			var parts []string
			for _, r := range w.requests {
				if len(r.Input) == 1 && strings.HasPrefix(long, r.Input[0][:12]) && len(r.Input[0]) <= 400 {
					parts = append(parts, r.Input[0])
				}
			}
			if whole := strings.Join(parts, ""); mode == embed.Split && whole != long {
				t.Errorf("the parts are not the text: %d bytes of %d", len(whole), len(long))
			}
			if mode == embed.Truncate && len(parts) != 1 {
				t.Errorf("%d parts where the beginning was to do", len(parts))
			}
		})
	}
	t.Run("too long however short", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.set(func(rw http.ResponseWriter, _ *http.Request, a asked) bool {
			if !slices.ContainsFunc(a.Input, func(s string) bool { return strings.Contains(s, "lorem") }) {
				return false
			}
			openAIError(rw, 400, "invalid_request_error", "", "This model's maximum context length is 8192 tokens, however you requested 9000 tokens")
			return true
		})
		got, err := w.e.Passages(t.Context(), all)
		if err != nil || got[50].Refused != embed.TooLong {
			t.Fatalf("%v %+v", err, got[50])
		}
		wantVectors(t, "m", all[:50], got[:50])
	})
}

// TestATextThatTheServerWouldCutSilentlyIsNotSentWhole: Ollama says nothing when it
// cuts a text at the model's length.
func TestATextThatTheServerWouldCutSilentlyIsNotSentWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(p *embed.EndpointOptions, _ *embed.Options) { p.Preset, p.Model = "ollama", "all-minilm" }) // 256 tokens
	long := strings.Repeat("lorem ipsum ", 600)
	all := append(texts(20), long)
	got, err := w.e.Passages(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	wantVectors(t, "m", all[:20], got[:20])
	if len(got[20].Vector) != dimension {
		t.Fatalf("%+v", got[20])
	}
	var parts strings.Builder
	for _, r := range w.requests {
		for _, text := range r.Input {
			if len(text) > 5*256 {
				t.Errorf("a text of %d bytes was sent to a model that reads 256 tokens", len(text))
			}
			if strings.HasPrefix(text, "lorem") || strings.HasPrefix(text, "ipsum") {
				parts.WriteString(text)
			}
		}
	}
	if parts.String() != long {
		t.Error("the parts are not the text")
	}
}

func TestEmptyTextsAreNeverSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got, err := w.e.Passages(t.Context(), []string{"", " \n\t", "a word"})
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Refused != embed.Empty || got[1].Refused != embed.Empty || got[2].Vector == nil {
		t.Errorf("%+v", got)
	}
	for _, r := range w.requests {
		if has(r, "") || has(r, " \n\t") {
			t.Error("an empty text was sent")
		}
	}
	if got, err := w.e.Passages(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("%v %v", got, err)
	}
}

// TestTheServersPaceIsKept: after a 429 with Retry-After nothing is sent before its
// end, by nobody.
func TestTheServersPaceIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.e.Space(t.Context()); err != nil {
		t.Fatal(err)
	}
	var limited atomic.Int64
	var until atomic.Int64
	w.set(func(rw http.ResponseWriter, _ *http.Request, _ asked) bool {
		now := w.now()
		if now.UnixNano() < until.Load() {
			// What was under way when the first was refused may still arrive.
			if limited.Add(1) > 3 {
				t.Error("sent within the time that the server asked for")
			}
		} else if n := limited.Load(); n > 0 {
			return false
		} else {
			limited.Add(1)
			until.Store(now.Add(30 * time.Second).UnixNano())
		}
		rw.Header().Set("Retry-After", "30")
		openAIError(rw, 429, "tokens", "rate_limit_exceeded", "slow down")
		return true
	})
	all := texts(300)
	got, err := w.e.Passages(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	wantVectors(t, "m", all, got)
	if w.total() < 30*time.Second {
		t.Errorf("it waited %s", w.total())
	}
}

func TestALongRetryAfterIsHandedToTheCaller(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(rw http.ResponseWriter, _ *http.Request, _ asked) bool {
		rw.Header().Set("Retry-After", "3600")
		openAIError(rw, 429, "requests", "rate_limit_exceeded", "come tomorrow")
		return true
	})
	_, err := w.e.Passages(t.Context(), texts(3))
	var of *embed.Error
	if !errors.As(err, &of) || of.Wait != time.Hour || w.total() > time.Minute {
		t.Fatalf("%v after %s", err, w.total())
	}
}

// TestRemainingTokensAreNotOverdrawn: the server's x-ratelimit headers are a budget.
func TestRemainingTokensAreNotOverdrawn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *embed.EndpointOptions, o *embed.Options) { o.BatchTexts, o.MostConcurrency = 5, 1 })
	const perMinute = 4
	reset, left := w.now().Add(time.Minute), perMinute
	w.set(func(rw http.ResponseWriter, _ *http.Request, _ asked) bool {
		if !w.now().Before(reset) {
			reset, left = w.now().Add(time.Minute), perMinute
		}
		if left--; left < 0 {
			t.Error("a request beyond what was left")
		}
		rw.Header().Set("X-Ratelimit-Remaining-Requests", fmt.Sprint(left))
		rw.Header().Set("X-Ratelimit-Reset-Requests", reset.Sub(w.now()).String())
		return false
	})
	all := texts(100)
	got, err := w.e.Passages(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	wantVectors(t, "m", all, got)
	if w.e.Stats().Failures[embed.RateLimited] != 0 {
		t.Error("it was refused all the same")
	}
}

func TestTheKeyIsNotCarriedToAnotherHost(t *testing.T) {
	t.Parallel()
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the other host was asked with %q", r.Header.Get("Authorization"))
	}))
	defer thief.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		w := newWorld(t)
		w.set(func(rw http.ResponseWriter, r *http.Request, _ asked) bool {
			http.Redirect(rw, r, thief.URL+"/v1/embeddings", status)
			return true
		})
		if _, err := w.e.Passages(t.Context(), texts(1)); embed.ReasonOf(err) != embed.Redirected || !strings.Contains(err.Error(), thief.URL) {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestCancellingEndsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.set(func(_ http.ResponseWriter, r *http.Request, _ asked) bool {
		cancel()
		<-r.Context().Done()
		return true
	})
	began := time.Now()
	got, err := w.e.Passages(ctx, texts(100))
	if !errors.Is(err, context.Canceled) || !got[0].Pending() || time.Since(began) > 20*time.Second {
		t.Fatalf("%v after %s", err, time.Since(began))
	}
}
