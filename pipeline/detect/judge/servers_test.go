package judge

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Replies and refusals as real servers write them.
func TestServersDiffer(t *testing.T) {
	refuse := func(when func(chatRequest) bool, code int, body string, otherwise answer) answer {
		return func(n int, w http.ResponseWriter, r request) {
			if when(r.chat) {
				status(code, body)(n, w, r)
				return
			}
			otherwise(n, w, r)
		}
	}
	schema := func(c chatRequest) bool { return c.Format != nil && c.Format.Type == "json_schema" }
	any := func(c chatRequest) bool { return c.Format != nil }
	good := honest("conflict", 0.95)
	wrapped := func(before, after string) answer {
		return func(n int, w http.ResponseWriter, r request) {
			write(w, before+strings.NewReplacer("14 jours", "30 jours", "30 jours", "14 jours").Replace(verdict("conflict", 0.95))+after)
		}
	}
	for name, c := range map[string]struct {
		do       answer
		requests int
	}{
		"openai":                 {good, 1},
		"openai, an older model": {refuse(schema, 400, `{"error":{"message":"Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.","type":"invalid_request_error","param":"response_format","code":null}}`, good), 2},
		"openai, a thinking model": {refuse(func(c chatRequest) bool { return c.MaxTokens > 0 }, 400, `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}`,
			refuse(func(c chatRequest) bool { return c.Temperature != nil }, 400, `{"error":{"message":"Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}`, good)), 3},
		"vllm, old":            {refuse(schema, 400, `{"object":"error","message":"[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or 'json_object'\"}]","type":"BadRequestError","param":null,"code":400}`, good), 2},
		"deepseek":             {refuse(schema, 400, `{"error":{"message":"This response_format type is unavailable now","type":"invalid_request_error"}}`, good), 2},
		"no format":            {refuse(any, 422, `{"detail":[{"loc":["body","response_format"],"msg":"extra fields not permitted"}]}`, good), 3},
		"ollama, deepseek-r1":  {wrapped("<think>\nThey say 14 and 30.\n</think>\n\n", ""), 1},
		"vllm, no opening tag": {wrapped("Let me see.</think>", "\n"), 1},
		"a fence":              {wrapped("```json\n", "\n```"), 1},
		"more fields":          {wrapped(``, "  \n"), 1},
		"parts": {func(n int, w http.ResponseWriter, r request) {
			fmt.Fprintf(w, `{"choices":[{"message":{"content":[{"type":"text","text":%q}]}}]}`, strings.NewReplacer("14 jours", "30 jours", "30 jours", "14 jours").Replace(verdict("conflict", 0.95)))
		}, 1},
		"repaired":   {then(says("I think they contradict each other."), good), 2},
		"busy":       {then(busy("1"), good), 2},
		"busy twice": {then(busy("2"), status(503, "loading model"), good), 3},
		"breaks off": {then(func(_ int, w http.ResponseWriter, _ request) {
			w.Header().Set("Content-Length", "5000")
			_, _ = io.WriteString(w, `{"choi`)
		}, good), 2},
		"a date":      {then(busy("Sun, 22 Nov 2026 00:00:09 GMT"), good), 2},
		"curly marks": {says(strings.NewReplacer(`"quote_a":"14 jours"`, `"quote_a":"30 jours pour rendre l’article"`, `"quote_b":"30 jours"`, `"quote_b":"14 jours pour rendre l'article"`).Replace(verdict("conflict", 0.95))), 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, c.do, nil)
			v, err := w.j.Run()(t.Context(), question)
			if err != nil || v.Answer != Conflict || len(w.requests) != c.requests {
				t.Fatalf("%+v, %v after %d requests, want %d", v, err, len(w.requests), c.requests)
			}
			if !strings.Contains(question.A.Sentence, v.QuoteA) || !strings.Contains(question.B.Sentence, v.QuoteB) {
				t.Errorf("quotes %q, %q", v.QuoteA, v.QuoteB)
			}
			// What a server was found not to understand is not sent again.
			before := len(w.requests)
			q := question
			q.A.Title = "Une autre"
			if v, err := w.j.Run()(t.Context(), q); err != nil || v.Answer != Conflict || len(w.requests) != before+1 {
				t.Errorf("the next question: %+v, %v after %d requests more", v, err, len(w.requests)-before)
			}
		})
	}
}

func busy(after string) answer {
	return func(_ int, w http.ResponseWriter, _ request) {
		w.Header().Set("Retry-After", after)
		w.WriteHeader(429)
		_, _ = io.WriteString(w, `{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}`)
	}
}

// Whatever a judge does wrong, the verdict is Unsure.
func TestFaults(t *testing.T) {
	change := func(old, new string) answer { return says(strings.Replace(verdict("conflict", 0.95), old, new, 1)) }
	long := strings.Repeat("x", replyBytes+10)
	for name, c := range map[string]struct {
		do   answer
		why  Why
		err  string // part of the error, "" for none
		most int    // requests
	}{
		"wrong key":         {status(401, `{"error":{"message":"Incorrect API key provided: `+key+`"}}`), Why(Unauthorized), "doubts.judge.api_key", 1},
		"no money":          {status(429, `{"error":{"message":"You exceeded your current quota","type":"insufficient_quota"}}`), Why(QuotaExhausted), "quota", 1},
		"no model":          {status(404, `{"error":{"message":"model \"m\" not found, try pulling it first","type":"api_error"}}`), Why(ModelNotFound), "pulling", 1},
		"no model, vllm":    {status(404, `{"object":"error","message":"The model 'm' does not exist.","type":"NotFoundError","code":404}`), Why(ModelNotFound), "does not exist", 1},
		"no endpoint":       {status(404, `404 page not found`), Why(NotFound), "doubts.judge.base_url", 1},
		"too much asked":    {busy("1"), Why(RateLimited), "Rate limit", attempts},
		"for an hour":       {busy("3600"), Why(RateLimited), "Rate limit", 1},
		"away":              {status(500, ``), Why(Unavailable), "500", attempts},
		"a gateway's time":  {status(504, `<html>Gateway Time-out</html>`), Why(TimedOut), "504", 1},
		"a filter":          {status(400, `{"error":{"message":"The response was filtered","code":"content_filter"}}`), Why(Rejected), "filtered", 1},
		"elsewhere":         {redirect, Why(Redirected), "elsewhere.example", 1},
		"html":              {status(200, `<!doctype html><title>Sign in</title>`), Why(NotJSON), "HTML", 1},
		"nothing":           {status(200, ``), Why(Truncated), "empty", 1},
		"half":              {status(200, `{"choices":[{"message":{"content":"{\"ver`), Why(Truncated), "breaks off", 1},
		"no choices":        {status(200, `{"choices":[]}`), Why(Malformed), "choices", 1},
		"an error":          {status(200, `{"error":{"message":"upstream"}}`), Why(Malformed), "upstream", 1},
		"no content":        {status(200, `{"choices":[{"message":{"content":null},"finish_reason":"stop"}]}`), Why(Malformed), "no content", 1},
		"thoughts alone":    {status(200, `{"choices":[{"message":{"content":""},"finish_reason":"length"}]}`), Why(Truncated), "tokens", 1},
		"another shape":     {status(200, `[1,2]`), Why(Malformed), "shape", 1},
		"too much":          {status(200, long), Why(ReplyTooLarge), "256 KiB", 1},
		"too much refused":  {status(400, long), Why(Rejected), "rejected", 1},
		"it declines":       {status(200, `{"choices":[{"message":{"content":null,"refusal":"I cannot"}}]}`), "", "", 1},
		"chatter":           {says("They contradict each other."), WhyInvalid, "", 2},
		"two objects":       {says(verdict("conflict", 1) + verdict("conflict", 1)), WhyInvalid, "", 2},
		"a list":            {says(`[]`), WhyInvalid, "", 2},
		"nothing said":      {says(`{}`), WhyInvalid, "", 2},
		"another verdict":   {change(`"conflict"`, `"definitely"`), WhyInvalid, "", 2},
		"more than sure":    {change(`0.95`, `7`), WhyInvalid, "", 2},
		"less than unsure":  {change(`0.95`, `-1`), WhyInvalid, "", 2},
		"sure in words":     {change(`0.95`, `"very"`), WhyInvalid, "", 2},
		"an invented quote": {says(`{"verdict":"conflict","quote_a":"31 jours","quote_b":"14 jours","confidence":0.99}`), WhyQuote, "", 2},
		"quotes exchanged":  {says(verdict("conflict", 0.99)), WhyQuote, "", 2},
		"one quote":         {says(`{"verdict":"conflict","quote_a":"30 jours","confidence":0.99}`), WhyQuote, "", 2},
		"a quote corrected": {says(`{"verdict":"conflict","quote_a":"30 Jours","quote_b":"14 jours","confidence":0.99}`), WhyQuote, "", 2},
		"another value":     {says(`{"verdict":"conflict","quote_a":"pour rendre","quote_b":"pour rendre","confidence":0.99}`), WhyQuote, "", 2},
		"a lie about past":  {says(`{"verdict":"superseded","confidence":0.99}`), WhyQuote, "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, c.do, nil)
			v, err := w.j.Run()(t.Context(), question)
			if v.Answer != Unsure || v.Why != c.why || (err != nil) != (c.err != "") {
				t.Fatalf("%+v, %v; want %q, %q", v, err, c.why, c.err)
			}
			if err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("the error is %v, want %q", err, c.err)
			}
			if len(w.requests) > c.most {
				t.Errorf("%d requests, want at most %d", len(w.requests), c.most)
			}
			if said := fmt.Sprint(err, w.log.String()); strings.Contains(said, key) || len(said) > 2000 {
				t.Errorf("said: %.300s", said)
			}
		})
	}
}

func redirect(_ int, w http.ResponseWriter, _ request) {
	w.Header().Set("Location", "https://elsewhere.example/")
	w.WriteHeader(http.StatusMovedPermanently)
}

// A server that sends a byte now and then, and one that sends nothing, are given up.
func TestSlowServers(t *testing.T) {
	stop := make(chan struct{})
	for name, do := range map[string]answer{
		"silent": func(int, http.ResponseWriter, request) { <-stop },
		"trickling": func(_ int, w http.ResponseWriter, _ request) {
			for range 1000 {
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Millisecond):
				}
				if _, err := io.WriteString(w, " "); err != nil {
					return
				}
				w.(http.Flusher).Flush()
			}
		},
	} {
		w := newWorld(t, do, func(o *Options) { o.Timeout = 60 * time.Millisecond })
		began := time.Now()
		v, err := w.j.Run()(t.Context(), question)
		if v.Answer != Unsure || v.Why != Why(TimedOut) || err == nil || time.Since(began) > 3*time.Second {
			t.Errorf("%s: %+v, %v after %v", name, v, err, time.Since(began))
		}
	}
	close(stop)
}

// What fails is left alone, and asked again after a while.
func TestFailuresOpenTheBreaker(t *testing.T) {
	down := true
	w := newWorld(t, func(n int, rw http.ResponseWriter, r request) {
		if down {
			status(502, "")(n, rw, r)
			return
		}
		honest("conflict", 0.95)(n, rw, r)
	}, nil)
	ask := w.j.Run()
	for range 10 {
		if v, err := ask(t.Context(), question); err == nil || v.Answer != Unsure {
			t.Fatalf("%+v, %v", v, err)
		}
	}
	if n := w.count(); n > openAfter*attempts {
		t.Errorf("a server that is down was asked %d times", n)
	}
	if n := strings.Count(w.log.String(), "level=WARN"); n != 1 {
		t.Errorf("it was logged %d times: %s", n, w.log.String())
	}
	down = false
	w.mu.Lock()
	w.now = w.now.Add(defaultCooldown + time.Second)
	w.mu.Unlock()
	if v, err := ask(t.Context(), question); err != nil || v.Answer != Conflict {
		t.Errorf("it answers again: %+v, %v", v, err)
	}
}

// A storm of 429 that asks for an hour is obeyed by all questions.
func TestAServerThatWantsToBeLeftAlone(t *testing.T) {
	w := newWorld(t, busy("1800"), nil)
	ask := w.j.Run()
	for range 10 {
		_, _ = ask(t.Context(), question)
	}
	if w.count() != 1 || len(w.slept) != 0 {
		t.Errorf("%d requests, slept %v", w.count(), w.slept)
	}
	w.mu.Lock()
	w.now = w.now.Add(29 * time.Minute)
	w.mu.Unlock()
	if _, err := ask(t.Context(), question); w.count() != 1 || !strings.Contains(fmt.Sprint(err), string(CircuitOpen)) {
		t.Errorf("%d requests, %v", w.count(), err)
	}
	w.mu.Lock()
	w.now = w.now.Add(2 * time.Minute)
	w.mu.Unlock()
	if _, _ = ask(t.Context(), question); w.count() != 2 {
		t.Errorf("%d requests", w.count())
	}
}

func TestReasonsAreSafeToShow(t *testing.T) {
	for in, want := range map[string]string{
		"Two\n periods.":                 "Two periods.",
		"See https://evil.example now":   "",
		"go to WWW.evil.example":         "",
		"<script>alert(1)</script>":      "",
		"a\u202eb\x00c":                  "abc",
		strings.Repeat("é", 300):         strings.Repeat("é", 199) + "…",
		strings.Repeat("mot ", 100)[:80]: strings.TrimSpace(strings.Repeat("mot ", 20)),
	} {
		if got := plain(in); got != want {
			t.Errorf("%.40q is shown as %q, want %q", in, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	days := func(answer string) answer {
		return says(fmt.Sprintf(`{"verdict":%q,"quote_a":"within 30 days","quote_b":"within 14 days","confidence":0.99}`, answer))
	}
	for name, c := range map[string]struct {
		do   answer
		want string
	}{
		"well":       {days("conflict"), ""},
		"not wise":   {days("compatible"), "better model"},
		"not honest": {says(`{"verdict":"conflict","quote_a":"x","quote_b":"y","confidence":1}`), "quote_not_there"},
		"away":       {status(401, ""), "api_key"},
	} {
		w := newWorld(t, c.do, nil)
		if err := w.j.Check(t.Context()); (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
