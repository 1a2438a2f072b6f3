package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"freshet/pipeline/detect"
	"freshet/pipeline/detect/judge"
)

func TestTheJudgeThatIsConfigured(t *testing.T) {
	for name, c := range map[string]struct {
		block, want string // part of the problem, "" for none
	}{
		"none":                    {"{}", ""},
		"switched off":            {"{provider: none}", ""},
		"ollama":                  {"{provider: ollama, model: qwen3, budget: 50, timeout: 90s}", ""},
		"an address":              {"{base_url: 'http://gpu:8000/v1', model: m, api_key: '${KEY}'}", ""},
		"nli":                     {"{provider: tei, contradiction: LABEL_0}", ""},
		"a model alone":           {"{model: m}", "doubts.judge names a model, but no provider"},
		"a provider":              {"{provider: opnai, model: m}", `doubts.judge.provider is "opnai"`},
		"no model":                {"{provider: ollama}", "doubts.judge.model is missing"},
		"no key":                  {"{provider: openai, model: m}", "doubts.judge.api_key is missing"},
		"a key of another":        {"{provider: ollama, modell: m}", `did you mean "model"`},
		"a password":              {"{base_url: 'http://u:hunter2@gpu/v1', model: m}", "under doubts.judge.api_key"},
		"a time":                  {"{provider: ollama, model: m, timeout: soon}", "doubts.judge.timeout"},
		"a budget":                {"{provider: ollama, model: m, budget: -1}", "above 0"},
		"a kind":                  {"{provider: ollama, model: m, kind: oracle}", "known are chat and nli"},
		"a secret not set":        {"{provider: ollama, model: m, api_key: '${NOBODY}'}", "NOBODY"},
		"an address that is none": {"{base_url: gpu, model: m}", "doubts.judge.base_url"},
	} {
		t.Run(name, func(t *testing.T) {
			getenv := func(key string) string { return map[string]string{"KEY": "secret"}[key] }
			cfg, err := readConfig("freshet.yaml", []byte("doubts:\n  judge: "+c.block+"\n"), getenv)
			if (err != nil) != (c.want != "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2")) {
				t.Fatalf("%v, want %q", err, c.want)
			}
			if name == "an address" && cfg.Doubts.Judge.APIKey != "secret" {
				t.Errorf("the key is %q", cfg.Doubts.Judge.APIKey)
			}
		})
	}
}

func TestDoctorAsksTheJudge(t *testing.T) {
	answer := "conflict"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Authorization") != "Bearer judge-key" || !strings.Contains(string(body), "within 14 days of delivery") {
			http.Error(w, "not for me", http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, `{"choices":[{"message":{"content":"{\"verdict\":\"%s\",\"quote_a\":\"30 days\",\"quote_b\":\"14 days\",\"confidence\":0.97}"}}]}`, answer)
	}))
	t.Cleanup(server.Close)
	w := newWorld(t)
	w.write(defaultConfig, "doubts:\n  judge: {base_url: "+server.URL+", model: m, api_key: judge-key}\n")
	if out := w.ok("doctor"); !strings.Contains(out, "✔  judge") || !strings.Contains(out, "m judges as it has to") {
		t.Errorf("doctor says\n%s", out)
	}
	answer = "compatible"
	if r := w.run("doctor"); r.status != exitFailed || !strings.Contains(r.out, "✘  judge") || !strings.Contains(r.out, "better model") {
		t.Errorf("doctor: status %d\n%s%s", r.status, r.out, r.errors)
	}
	w.write(defaultConfig, "doubts:\n  judge: {base_url: "+server.URL+", model: m, api_key: other-key}\n")
	if r := w.run("doctor"); r.status != exitFailed || !strings.Contains(r.out, "doubts.judge.api_key") || strings.Contains(r.out, "other-key") {
		t.Errorf("doctor: status %d\n%s%s", r.status, r.out, r.errors)
	}
}

// One run of the judge has one budget, and ends when nothing is asked for a while.
func TestTheJudgeHasABudget(t *testing.T) {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests++
		fmt.Fprint(w, `{"choices":[{"message":{"content":"{\"verdict\":\"conflict\",\"quote_a\":\"30 days\",\"quote_b\":\"14 days\",\"confidence\":0.97,\"reason_fr\":\"Deux délais.\"}"}}]}`)
	}))
	t.Cleanup(server.Close)
	j, err := newJudge(&judgeConfig{BaseURL: server.URL, Model: "m", Budget: 2}, judge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	g := &judging{judge: j, now: func() time.Time { return now }}
	ask := func() detect.Verdict {
		v, err := g.decide(t.Context(), detect.Question{Type: "duration",
			A: detect.Quoted{Sentence: "Within 30 days.", Value: "30 days", Title: "Returns"}, B: detect.Quoted{Sentence: "Within 14 days.", Value: "14 days", Title: "Zeal"}})
		if err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
		return v
	}
	if v := ask(); !v.Conflict || v.Apart || v.QuoteA != "30 days" || v.QuoteB != "14 days" || v.Reason["fr"] != "Deux délais." || len(v.Reason) != 1 {
		t.Fatalf("%+v", v)
	}
	ask()
	if v := ask(); v.Conflict || v.Apart || requests != 2 {
		t.Errorf("%+v after %d requests", v, requests)
	}
	now = now.Add(judgePause)
	if v := ask(); !v.Conflict || requests != 3 {
		t.Errorf("the next run: %+v after %d requests", v, requests)
	}
}
