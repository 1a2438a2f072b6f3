package embed_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"freshet/pipeline/embed"
)

func TestAQuestionIsPrefixedAndRemembered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(p *embed.EndpointOptions, o *embed.Options) {
		p.Model = "nomic-embed-text:v1.5"
		o.CacheQueries = 2
	})
	ask := func(q string) {
		t.Helper()
		v, err := w.e.Query(t.Context(), q)
		if err != nil || !near(v, vectorOf("m", "search_query: "+strings.TrimSpace(q))) {
			t.Fatalf("%q: %v", q, err)
		}
	}
	ask("one")
	ask(" one ")
	if w.count() != 1 {
		t.Fatalf("%d requests", w.count())
	}
	ask("two")
	ask("one")
	ask("three") // two goes
	ask("one")
	if w.count() != 3 {
		t.Fatalf("%d requests", w.count())
	}
	ask("two")
	if s := w.e.Stats(); w.count() != 4 || s.CacheHits != 3 || s.CacheMisses != 4 {
		t.Fatalf("%d requests, %+v", w.count(), s)
	}
	got, err := w.e.Passages(t.Context(), []string{"one"})
	if err != nil || !near(got[0].Vector, vectorOf("m", "search_document: one")) {
		t.Errorf("a passage has the other prefix: %v", err)
	}
}

func TestASlowEmbedderCostsAQuestionItsBudgetAndThenNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *embed.EndpointOptions, o *embed.Options) { o.QueryBudget = 50 * time.Millisecond })
	w.set(func(_ http.ResponseWriter, r *http.Request, _ asked) bool {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
		return true
	})
	for range 3 {
		began := time.Now()
		if _, err := w.e.Query(t.Context(), "a question"); embed.ReasonOf(err) != embed.TimedOut {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("it took %s", took)
		}
	}
	before := w.count()
	for range 10 {
		if _, err := w.e.Query(t.Context(), "a question"); embed.ReasonOf(err) != embed.CircuitOpen {
			t.Fatal(err)
		}
	}
	if w.count() != before || w.e.Stats().Breaker != "open" {
		t.Errorf("%d requests while it is open, %s", w.count()-before, w.e.Stats().Breaker)
	}
	w.pass(2 * time.Second)
	if s := w.e.Stats().Breaker; s != "half-open" {
		t.Errorf("breaker %s", s)
	}
	if _, err := w.e.Query(t.Context(), "a question"); embed.ReasonOf(err) != embed.TimedOut {
		t.Fatal(err)
	}
	if _, err := w.e.Query(t.Context(), "a question"); embed.ReasonOf(err) != embed.CircuitOpen {
		t.Fatal(err)
	}
	w.set(nil)
	var err error
	for range 20 { // this machine may be slow too
		w.pass(2 * time.Second)
		if _, err = w.e.Query(t.Context(), "a question"); err == nil {
			break
		}
	}
	if err != nil || w.e.Stats().Breaker != "closed" {
		t.Fatal(err)
	}
}

func TestTheContextsDeadlineIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(_ http.ResponseWriter, r *http.Request, _ asked) bool {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
		return true
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := w.e.Query(ctx, "a question")
	if embed.ReasonOf(err) != embed.TimedOut || time.Since(began) > 20*time.Second {
		t.Fatalf("%v after %s", err, time.Since(began))
	}
}

func TestAKeyThatIsRefusedOpensTheBreakerAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(rw http.ResponseWriter, _ *http.Request, _ asked) bool {
		openAIError(rw, 401, "", "invalid_api_key", "no")
		return true
	})
	if _, err := w.e.Query(t.Context(), "a"); embed.ReasonOf(err) != embed.Unauthorized {
		t.Fatal(err)
	}
	_, err := w.e.Query(t.Context(), "b")
	if embed.ReasonOf(err) != embed.CircuitOpen || !strings.Contains(err.Error(), "unauthorized") {
		t.Fatalf("it says what opened it: %v", err)
	}
}

func TestAQuestionsOwnFaultOpensNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(rw http.ResponseWriter, _ *http.Request, a asked) bool {
		if len(a.Input[0]) < 500 && (len(a.Input) < 2 || len(a.Input[1]) < 500) {
			return false
		}
		openAIError(rw, 400, "", "", "bad")
		return true
	})
	for range 5 {
		if _, err := w.e.Query(t.Context(), strings.Repeat("long ", 200)); embed.ReasonOf(err) != embed.Rejected {
			t.Fatal(err)
		}
	}
	if _, err := w.e.Query(t.Context(), "short"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.e.Query(t.Context(), "  "); embed.ReasonOf(err) != embed.Empty {
		t.Fatal(err)
	}
}

func TestAQuestionThatIsTooLongIsCut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(rw http.ResponseWriter, _ *http.Request, a asked) bool {
		for _, text := range a.Input {
			if len(text) > 600 {
				openAIError(rw, 400, "", "", "the input length exceeds the context length")
				return true
			}
		}
		return false
	})
	if _, err := w.e.Query(t.Context(), strings.Repeat("long ", 1000)); err != nil {
		t.Fatal(err)
	}
}

func TestACancelledQuestionOpensNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(_ http.ResponseWriter, r *http.Request, _ asked) bool {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
		return true
	})
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Millisecond, cancel)
		if _, err := w.e.Query(ctx, "a question"); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	w.set(nil)
	if _, err := w.e.Query(t.Context(), "a question"); err != nil {
		t.Fatal(err)
	}
}
