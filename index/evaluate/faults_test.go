package evaluate

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"freshet/index"
	"freshet/index/retrieve"
	"freshet/index/standby"
)

// faults fail every so many calls: by turns at once, after hanging until the time is
// over, and with an error that has no name.
type faults struct {
	every int64
	calls atomic.Int64
}

func (f *faults) next(ctx context.Context) error {
	n := f.calls.Add(1)
	if n%f.every != 0 {
		return nil
	}
	switch n / f.every % 3 {
	case 0:
		return fmt.Errorf("put in: %w", index.ErrUnavailable)
	case 1:
		<-ctx.Done()
		return ctx.Err()
	}
	return errors.New("put in")
}

// faulty is a Searcher that fails now and then.
type faulty struct {
	retrieve.Searcher
	faults *faults
}

func (f faulty) Search(ctx context.Context, queries []index.Query) ([]index.Result, error) {
	if err := f.faults.next(ctx); err != nil {
		return nil, err
	}
	return f.Searcher.Search(ctx, queries)
}

// Mark is where every search is.
func (m *memory) Mark(context.Context) (index.Mark, error) { return index.Mark{Seq: 1}, nil }

// Whatever fails, a question that was answered is never denied, and where nothing can
// answer that is said.
func TestFaultsAreNeverAnswersOfNone(t *testing.T) {
	b := indexed(covid(t))
	b.questions = b.questions[:80]
	b.embedAs(farAhead, 1)
	embed := b.embed
	for name, fusion := range map[string]*retrieve.Fusion{"default": nil, "learnt": {Share: 0.5, Spread: 0.6, Model: retrieve.DefaultModel()}} {
		b.base.Fusion = fusion
		answered := make(map[string]retrieve.Answer, len(b.questions))
		for _, q := range b.questions {
			resp, err := b.retriever.Search(t.Context(), retrieve.Request{Base: "b", Query: q.Question})
			if err != nil {
				t.Fatal(err)
			}
			answered[q.Question] = resp.Answer
		}
		for _, every := range []int64{1, 2, 3, 7} {
			for _, alone := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/every %d/alone %v", name, every, alone), func(t *testing.T) {
					store, ofStore := b.behindFaults(every, alone)
					defer store.Close()
					ofEmbedder := &faults{every: every}
					r := retrieve.New(retrieve.Options{
						Active: func() retrieve.Active {
							return retrieve.Active{Store: store, Embed: func(ctx context.Context, question string) ([]float32, error) {
								if err := ofEmbedder.next(ctx); err != nil {
									return nil, err
								}
								return embed(ctx, question)
							}}
						},
						Catalog: b.store, Terms: b.store.terms, Base: func(string) (retrieve.Base, bool) { return b.base, true },
						Limits: retrieve.Limits{Embedding: 5 * time.Millisecond},
					})
					b.askThrough(t, r, answered, alone)
					if ofStore.calls.Load() == 0 || ofEmbedder.calls.Load() < int64(len(b.questions)) {
						t.Errorf("%d calls of the store, %d of the embedder", ofStore.calls.Load(), ofEmbedder.calls.Load())
					}
				})
			}
		}
	}
}

// behindFaults puts faults before the set's Searcher, with the set itself as standby
// unless alone.
func (b *bench) behindFaults(every int64, alone bool) (*standby.Store, *faults) {
	f := &faults{every: every}
	o := standby.Options{Primary: faulty{b.store, f}, Deadline: 5 * time.Millisecond, Probe: 10 * time.Millisecond}
	if !alone {
		o.Standby = func() standby.Follower { return b.store }
	}
	return standby.New(o), f
}

// askThrough asks all questions, four at a time.
func (b *bench) askThrough(t *testing.T, r *retrieve.Retriever, answered map[string]retrieve.Answer, alone bool) {
	t.Helper()
	var askers sync.WaitGroup
	var refused, degraded atomic.Int64
	for part := range 4 {
		askers.Go(func() {
			for i := part; i < len(b.questions); i += 4 {
				q := b.questions[i].Question
				resp, err := r.Search(t.Context(), retrieve.Request{Base: "b", Query: q})
				switch {
				case err != nil && (!alone || !errors.Is(err, index.ErrUnavailable)):
					t.Errorf("%q: %v", q, err)
				case err != nil:
					refused.Add(1)
				case resp.Answer.State == retrieve.None && answered[q].State != retrieve.None:
					t.Errorf("%q was %s, with degraded %v it is none: %v", q, answered[q].State, resp.Degraded, resp.Answer.Reasons)
				case len(resp.Degraded) > 0:
					degraded.Add(1)
				}
			}
		})
	}
	askers.Wait()
	if refused.Load()+degraded.Load() == 0 {
		t.Error("no fault was put in")
	}
	t.Logf("%d questions: %d refused, %d degraded", len(b.questions), refused.Load(), degraded.Load())
}
