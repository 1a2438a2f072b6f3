package embed

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Passages makes vectors of texts: one Outcome for each, in their order, equal
// texts sent once. On an error some are pending; the others are as good as
// without. Call it again with those: what came already and only waits for a canary
// is not sent again. The error is, or wraps, an *Error whose Wait says how long
// the Provider wants to be left alone, or it is the context's.
func (e *Embedder) Passages(ctx context.Context, texts []string) ([]Outcome, error) {
	r := &run{e: e, refused: map[string]Reason{}}
	distinct := r.distinct(texts)
	e.ledger.begin()
	defer e.ledger.end()
	vectors := make(map[string][]float32, len(distinct))
	missing, err := distinct, error(nil)
	for pass := 0; pass < passes && len(missing) > 0 && err == nil; pass++ {
		missing, err = r.pass(ctx, missing, vectors)
	}
	if err == nil && len(missing) > 0 {
		err = &Error{Reason: ModelChanged, Detail: "vectors were dropped as often as they were asked for"}
	}
	e.counters.ended(len(vectors), len(r.refused))
	out, pending := make([]Outcome, len(texts)), 0
	for i, t := range texts {
		out[i] = Outcome{Vector: vectors[t], Refused: r.refused[t]}
		if out[i].Pending() {
			pending++
		}
	}
	if err != nil {
		return out, fmt.Errorf("embed %d texts, of which %d are pending: %w", len(texts), pending, err)
	}
	return out, nil
}

// passes over the texts of a call: a vector may be missing after one because
// another call took it, or because that one's canary was bad.
const passes = 3

// pass asks for the texts, collects the vectors that a canary vouched for, and
// returns the texts that are missing still.
func (r *run) pass(ctx context.Context, texts []string, vectors map[string][]float32) ([]string, error) {
	err := r.all(ctx, texts)
	if err == nil && r.e.ledger.unvouched(texts) {
		err = r.e.askCanary(ctx, ctx, Passage, true)
	}
	var missing []string
	for _, t := range texts {
		if v := r.e.ledger.take(t); v != nil {
			vectors[t] = v
		} else if r.refused[t] == "" {
			missing = append(missing, t)
		}
	}
	return missing, err
}

// run is one call of Passages. Its methods take two contexts: ctx ends a request
// that is under way, going the waiting for one. An error ends going alone, so that
// what is paid for is not thrown away because something else failed.
type run struct {
	e       *Embedder
	mu      sync.Mutex
	refused map[string]Reason
	found   int // texts that were at fault alone, refused or not
}

// distinct lists the texts without repeats; empty ones are refused.
func (r *run) distinct(texts []string) []string {
	seen := make(map[string]bool, len(texts))
	out := make([]string, 0, len(texts))
	for _, t := range texts {
		if seen[t] {
			continue
		}
		seen[t] = true
		if strings.TrimSpace(t) == "" {
			r.refused[t] = Empty
			continue
		}
		out = append(out, t)
	}
	return out
}

func (r *run) refuse(text string, why Reason) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused[text] = why
}

// all embeds what is not here yet, several batches at a time. The first error ends
// it.
func (r *run) all(ctx context.Context, texts []string) error {
	missing := slices.DeleteFunc(slices.Clone(texts), r.e.ledger.holds)
	batches := r.e.plan(missing)
	going, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	work := make(chan int)
	var first error
	var once sync.Once
	for range min(r.e.o.MostConcurrency, len(batches)) {
		wg.Go(func() {
			for i := range work {
				if err := r.batch(ctx, going, batches[i], i == len(batches)-1); err != nil {
					once.Do(func() { first = err })
					cancel(err)
					return
				}
			}
		})
	}
	for i := range batches {
		select {
		case work <- i:
		case <-going.Done():
		}
	}
	close(work)
	wg.Wait()
	if first == nil && ctx.Err() != nil {
		first = context.Cause(ctx)
	}
	return first
}

// plan puts texts of like length together, so that little is padded, into batches
// within the limits. A text that is over a limit alone goes alone.
func (e *Embedder) plan(texts []string) [][]string {
	texts = slices.Clone(texts)
	slices.SortStableFunc(texts, func(a, b string) int { return len(a) - len(b) })
	most := e.limits.Texts
	if most > 1 && !e.limits.Local {
		most-- // room for the canary
	}
	var out [][]string
	from, tokens := 0, 0
	for i, t := range texts {
		n := estimate(len(e.identity.PassagePrefix) + len(t))
		if i > from && (e.needs(t) > 1 || most > 0 && i-from >= most || e.limits.Tokens > 0 && tokens+n > e.limits.Tokens) {
			out, from, tokens = append(out, texts[from:i]), i, 0
		}
		tokens += n
	}
	if from < len(texts) {
		out = append(out, texts[from:])
	}
	return out
}

// batch embeds the texts of one batch, in smaller ones where the server showed
// that it does not take as many. The last of a call carries the canary, so that as
// little as may be waits for one.
func (r *run) batch(ctx, going context.Context, texts []string, last bool) error {
	for len(texts) > 0 {
		if going.Err() != nil {
			return context.Cause(going)
		}
		n := len(texts)
		if most := r.e.size.limit(); most > 0 {
			n = min(n, most)
		}
		if err := r.embed(ctx, going, texts[:n], last && n == len(texts)); err != nil {
			return err
		}
		texts = texts[n:]
	}
	return nil
}

// embed embeds texts by one request, or looks for the text that spoils it. An
// error is the Provider's fault.
func (r *run) embed(ctx, going context.Context, texts []string, canary bool) error {
	e := r.e
	if n := e.needs(texts[0]); n > 1 && len(texts) == 1 {
		sent := e.ledger.now()
		if err := r.long(ctx, going, texts[0], n, sent); err != nil {
			return r.blame(ctx, going, texts, err, sent)
		}
		return nil
	}
	canary = e.ledger.turn(Passage) || canary && !e.limits.Local
	if most := e.size.limit(); canary && most > 0 && len(texts) >= most {
		if len(texts) > 1 {
			if err := r.embed(ctx, going, texts[:1], false); err != nil {
				return err
			}
			return r.embed(ctx, going, texts[1:], true)
		}
		canary = false
		if err := e.askCanary(ctx, going, Passage, true); err != nil {
			return err
		}
	}
	sent := e.ledger.now()
	vectors, reasons, err := e.persist(ctx, going, Passage, texts, canary, true)
	if err != nil {
		return r.blame(ctx, going, texts, err, sent)
	}
	e.size.well(len(texts))
	e.ledger.hold(texts, vectors, canary, sent)
	for i, why := range reasons {
		if why == "" {
			continue
		}
		if len(texts) == 1 {
			return r.blame(ctx, going, texts, &Error{Reason: why}, sent)
		}
		if err := r.embed(ctx, going, texts[i:i+1], false); err != nil {
			return err
		}
	}
	return nil
}
