package retrieve

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"freshet/index"
)

func TestAQuestionEndsOnTheTargetThatItBeganOn(t *testing.T) {
	old, next := newWorld(t), newWorld(t)
	old.add("old", "", []string{"refund"}, nil)
	next.add("new", "", []string{"refund"}, nil)
	now := old
	r := old.retriever(Options{Active: func() Active {
		w := now
		return Active{Store: w, Embed: func(context.Context, string) ([]float32, error) {
			now = next // the switch happens while the question is on its way
			return []float32{1, 0}, nil
		}}
	}})
	if _, err := r.Search(t.Context(), Request{Base: "b", Query: "refund"}); err != nil {
		t.Fatal(err)
	}
	if len(old.searched) != 2 || len(next.searched) != 0 {
		t.Fatalf("asked the old target %d times and the new one %d times, want 2 and 0", len(old.searched), len(next.searched))
	}
	if _, err := r.Search(t.Context(), Request{Base: "b", Query: "refund"}); err != nil {
		t.Fatal(err)
	}
	if len(old.searched) != 2 || len(next.searched) != 2 {
		t.Fatalf("the next question asked %d and %d times, want 2 and 2", len(old.searched), len(next.searched))
	}
}

func TestTheEmbedderHasHalfOfTheTimeThatIsLeft(t *testing.T) {
	w := newWorld(t)
	w.add("d", "", []string{"refund"}, nil)
	for name, c := range map[string]struct {
		request, least, most time.Duration
	}{
		"a long request":  {10 * time.Second, 700 * time.Millisecond, 800 * time.Millisecond},
		"a short request": {time.Second, 400 * time.Millisecond, 500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			var left time.Duration
			r := w.retriever(Options{Active: w.active(func(ctx context.Context, _ string) ([]float32, error) {
				deadline, _ := ctx.Deadline()
				left = time.Until(deadline)
				return []float32{1, 0}, nil
			})})
			ctx, cancel := context.WithTimeout(t.Context(), c.request)
			defer cancel()
			if _, err := r.Search(ctx, Request{Base: "b", Query: "refund"}); err != nil {
				t.Fatal(err)
			}
			if left < c.least || left > c.most {
				t.Errorf("the embedder had %v, want %v to %v", left, c.least, c.most)
			}
		})
	}
}

func TestAVectorOfAnotherSpaceLeavesALexicalAnswer(t *testing.T) {
	w := newWorld(t)
	w.add("d", "", []string{"refund"}, nil)
	r := w.retriever(Options{Active: func() Active {
		return Active{Store: oneSpace{w}, Embed: func(context.Context, string) ([]float32, error) { return []float32{1, 0, 0}, nil }}
	}})
	for _, c := range []struct {
		mode     Mode
		question string
		hits     int
	}{{Hybrid, "refund", 1}, {Semantic, "refund", 1}, {Hybrid, "?!", 0}} {
		resp, err := r.Search(t.Context(), Request{Base: "b", Query: c.question, Mode: c.mode})
		if err != nil || len(resp.Hits) != c.hits || !slices.Equal(resp.Degraded, []string{"embedder"}) {
			t.Errorf("%s %s: %v, %d hits, degraded %v", c.mode, c.question, err, len(resp.Hits), resp.Degraded)
		}
	}
}

// oneSpace refuses vectors that are not of two dimensions.
type oneSpace struct{ *world }

func (s oneSpace) Search(ctx context.Context, queries []index.Query) ([]index.Result, error) {
	for _, q := range queries {
		if q.Dense != nil && len(q.Dense) != 2 {
			return nil, fmt.Errorf("%d dimensions: %w", len(q.Dense), index.ErrSpace)
		}
	}
	return s.world.Search(ctx, queries)
}
