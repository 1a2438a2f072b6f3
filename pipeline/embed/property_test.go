package embed_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/pipeline/embed"
)

// TestRandomFaults: under any schedule of faults every text ends in exactly one
// outcome, in its place; what is poisoned is refused and nothing else is; each
// distinct text is answered well once for each vector that was made of it and not
// lost with its reply.
func TestRandomFaults(t *testing.T) {
	t.Parallel()
	seeds := 60
	if testing.Short() {
		seeds = 10
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			randomFaults(t, uint64(seed))
		})
	}
}

func randomFaults(t *testing.T, seed uint64) {
	rng := rand.New(&locked{src: rand.NewPCG(seed, 7)})
	w := newWorld(t, func(_ *embed.EndpointOptions, o *embed.Options) {
		o.BatchTexts, o.MostConcurrency = 2+rng.IntN(40), 1+rng.IntN(6)
		o.Attempts = 2 + rng.IntN(5)
	})
	all := texts(20 + rng.IntN(200))
	all = append(all, all[:rng.IntN(len(all))]...)
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	poisoned := map[string]bool{}
	for range rng.IntN(4) {
		poisoned[all[rng.IntN(len(all))]] = true
	}
	rate := []float64{0, 0.05, 0.2, 0.5}[rng.IntN(4)]
	w.set(func(rw http.ResponseWriter, r *http.Request, a asked) bool {
		if slices.ContainsFunc(a.Input, func(s string) bool { return poisoned[s] }) {
			openAIError(rw, 400, "invalid_request_error", "", "poison")
			return true
		}
		return rng.Float64() < rate && anyFault(w, rng, rw, r, a)
	})
	distinct := map[string]embed.Outcome{}
	pending := slices.Clone(all)
	for round := 0; len(pending) > 0; round++ {
		if round > 400 {
			t.Fatalf("%d texts are pending after %d calls", len(pending), round)
		}
		got, err := w.e.Passages(t.Context(), pending)
		if len(got) != len(pending) {
			t.Fatalf("%d outcomes for %d texts", len(got), len(pending))
		}
		var next []string
		for i, o := range got {
			text := pending[i]
			if o.Vector != nil && o.Refused != "" {
				t.Fatalf("%q has two outcomes", text)
			}
			if o.Pending() {
				next = append(next, text)
				continue
			}
			if o.Vector != nil && !near(o.Vector, vectorOf("m", text)) {
				t.Fatalf("%q has another's vector", text)
			}
			distinct[text] = o
		}
		if (err != nil) != (len(next) > 0) {
			t.Fatalf("%d are pending, with the error %v", len(next), err)
		}
		pending = next
		w.pass(time.Minute)
	}
	for _, text := range all {
		o := distinct[text]
		if poisoned[text] != (o.Refused == embed.Rejected) || !poisoned[text] && o.Vector == nil {
			t.Errorf("%q: poisoned %v, %+v", text, poisoned[text], o)
		}
		if n := w.times(text); poisoned[text] && n != 0 || !poisoned[text] && n != 1 {
			t.Errorf("%q was answered well %d times", text, n)
		}
	}
}

// anyFault answers a request badly in one of the ways that are the provider's
// fault and lose no good reply.
func anyFault(w *world, rng *rand.Rand, rw http.ResponseWriter, r *http.Request, a asked) bool {
	switch rng.IntN(10) {
	case 0:
		rw.Header().Set("Retry-After", fmt.Sprint(rng.IntN(200)))
		openAIError(rw, 429, "requests", "rate_limit_exceeded", "slow down")
	case 1:
		rw.WriteHeader(503)
	case 2:
		openAIError(rw, 401, "", "invalid_api_key", "revoked")
	case 3:
		_, _ = io.WriteString(rw, "<html>maintenance</html>")
	case 4:
		_, _ = io.WriteString(rw, `{"data":[{"index":0,"embedd`)
	case 5:
		wide(func(d []map[string]any) []map[string]any { return d[:len(d)-1] })(rw, r, a)
	case 6:
		wide(func(d []map[string]any) []map[string]any { d[0]["index"] = len(d); return d })(rw, r, a)
	case 7:
		wide(func(d []map[string]any) []map[string]any { d[0]["embedding"] = []float32{1}; return d })(rw, r, a)
	case 8:
		openAIError(rw, 404, "", "model_not_found", "no such model")
	case 9:
		if c, ok := rw.(http.Hijacker); ok {
			conn, _, err := c.Hijack()
			if err != nil {
				w.t.Error(err)
			} else {
				_ = conn.Close()
			}
		}
	}
	return true
}

// TestManyCallersShareOneEmbedder: overlapping calls all end, with right vectors.
func TestManyCallersShareOneEmbedder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			all := texts(200)[10*i : 10*i+100]
			got, err := w.e.Passages(t.Context(), all)
			if err != nil {
				t.Error(err)
				return
			}
			for k, o := range got {
				if !near(o.Vector, vectorOf("m", all[k])) {
					t.Errorf("%q has a wrong vector", all[k])
				}
			}
			q := strings.Repeat("q", i%3+1)
			if v, err := w.e.Query(t.Context(), q); err != nil || !near(v, vectorOf("m", q)) {
				t.Errorf("%q: %v", q, err)
			}
		})
	}
	wg.Wait()
}
