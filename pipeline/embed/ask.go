package embed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"freshet/index"
)

// ask makes one request, with the canary among the texts if it is to be. The
// vectors have length 1; nil stands for one that is not usable while others of the
// reply are, its reason in the second list.
func (e *Embedder) ask(ctx context.Context, kind Kind, texts []string, canary bool) ([][]float32, []Reason, error) {
	sent, at := e.ledger.now(), -1
	all := texts
	if canary {
		at = int(e.o.Rand() * float64(len(texts)+1))
		all = slices.Insert(slices.Clone(texts), at, CanaryText)
	}
	began := e.o.Now()
	vectors, usage, err := e.o.Provider.Embed(ctx, kind, all)
	if err == nil && len(vectors) != len(all) {
		err = &Error{Reason: WrongCount, Detail: fmt.Sprintf("%d vectors for %d texts", len(vectors), len(all))}
	}
	dimension := 0
	if err == nil {
		dimension, err = e.agree(vectors)
	}
	e.counters.asked(len(all), usage, e.tokens(kind, all), e.o.Now().Sub(began), err)
	if err != nil {
		return nil, nil, err
	}
	e.pace.well(usage.Left)
	reasons := make([]Reason, len(vectors))
	for i, v := range vectors {
		if reasons[i] = normalise(v); reasons[i] != "" {
			vectors[i] = nil
		}
	}
	if canary {
		if err := e.judge(ctx, kind, vectors, at, sent, reasons[at]); err != nil {
			e.counters.failed(err)
			return nil, nil, err
		}
		vectors, reasons = slices.Delete(vectors, at, at+1), slices.Delete(reasons, at, at+1)
		e.settle(dimension)
	}
	if err := allBad(reasons); err != nil {
		e.counters.failed(err)
		return nil, nil, err
	}
	e.settle(dimension)
	return vectors, reasons, nil
}

// allBad is an error when no vector of a reply is usable.
func allBad(reasons []Reason) error {
	if len(reasons) == 0 || slices.Contains(reasons, "") {
		return nil
	}
	return &Error{Reason: reasons[0], Detail: fmt.Sprintf("%d of %d vectors", len(reasons), len(reasons))}
}

// persist asks, and asks again while that may help. See run for its contexts.
func (e *Embedder) persist(ctx, going context.Context, kind Kind, texts []string, canary, suspicious bool) ([][]float32, []Reason, error) {
	for try := 1; ; try++ {
		vectors, reasons, err := e.paced(ctx, going, kind, texts, canary)
		if err == nil {
			return vectors, reasons, nil
		}
		if going.Err() != nil {
			return nil, nil, fmt.Errorf("wait for vectors: %w", context.Cause(going))
		}
		wait, again := e.again(err, try, suspicious)
		if !again {
			return nil, nil, err
		}
		e.counters.retried()
		e.o.Log.Debug("asking the embedder again", slog.String("reason", string(ReasonOf(err))), slog.Duration("wait", wait), slog.Int("tried", try))
		if ReasonOf(err) == RateLimited {
			e.pace.hold(wait)
		} else if err := e.o.Sleep(going, wait); err != nil {
			return nil, nil, fmt.Errorf("wait for vectors: %w", err)
		}
	}
}

// again says whether to ask once more, and after which wait. Where a text may be
// to blame, two attempts are enough to go and look for it.
func (e *Embedder) again(err error, try int, suspicious bool) (time.Duration, bool) {
	var of *Error
	if !errors.As(err, &of) || !of.Reason.passes() || try >= e.o.Attempts || of.Wait > e.o.Patience {
		return 0, false
	}
	if suspicious && of.Reason.suspects() && try >= 2 {
		return 0, false
	}
	return max(e.backoff(try), of.Wait), true
}

// backoff is a random wait below a bound that doubles: full jitter.
func (e *Embedder) backoff(try int) time.Duration {
	most := e.o.LongestBackoff
	if try < 30 {
		most = min(most, e.o.FirstBackoff<<(try-1))
	}
	return time.Duration(e.o.Rand() * float64(most))
}

// paced asks in its turn.
func (e *Embedder) paced(ctx, going context.Context, kind Kind, texts []string, canary bool) ([][]float32, []Reason, error) {
	if e.limits.Local {
		return e.ask(ctx, kind, texts, false)
	}
	if err := e.pace.enter(going, e.tokens(kind, texts)); err != nil {
		return nil, nil, err
	}
	defer e.pace.leave()
	vectors, reasons, err := e.ask(ctx, kind, texts, canary)
	switch ReasonOf(err) {
	case RateLimited, TimedOut, Unavailable:
		e.pace.overloaded()
	}
	return vectors, reasons, err
}

// askCanary sends the canary alone.
func (e *Embedder) askCanary(ctx, going context.Context, kind Kind, retry bool) error {
	if e.limits.Local {
		vectors, reasons, err := e.ask(ctx, kind, []string{CanaryText}, false)
		if err == nil && vectors[0] == nil {
			err = &Error{Reason: reasons[0], Detail: "for the canary"}
		}
		return err
	}
	var err error
	if retry {
		_, _, err = e.persist(ctx, going, kind, nil, true, false)
	} else {
		_, _, err = e.paced(ctx, going, kind, nil, true)
	}
	return err
}

// judge compares the canary's vector in a reply with the one that is known. An
// error means that nothing of the reply is to be used.
func (e *Embedder) judge(ctx context.Context, kind Kind, vectors [][]float32, at int, sent int64, why Reason) error {
	got := vectors[at]
	if why != "" {
		return &Error{Reason: why, Detail: "the canary has no usable vector"}
	}
	known, err := e.reference(ctx, kind, got)
	if err != nil {
		return err
	}
	if cosine(known, got) >= sameModel {
		e.ledger.vouch(kind, sent)
		return nil
	}
	return e.changed(vectors, known, cosine(known, got))
}

// changed drops what a wrong canary calls in doubt, and says what is wrong.
func (e *Embedder) changed(vectors [][]float32, known []float32, similar float64) error {
	dropped := e.ledger.drop()
	e.cache.clear()
	if slices.ContainsFunc(vectors, func(v []float32) bool { return cosine(known, v) >= sameModel }) {
		e.o.Log.Warn("the embedder's reply is not in the order of the texts", slog.Int("dropped", dropped))
		return &Error{Reason: WrongOrder, Detail: "the canary's vector stands in another text's place"}
	}
	e.counters.drifted()
	e.o.Log.Error("the model behind the embedder changed", slog.String("model", e.identity.Model), slog.Float64("cosine", similar), slog.Int("dropped", dropped))
	return &Error{Reason: ModelChanged, Detail: fmt.Sprintf("the canary's vector has a cosine of %.3f to the one that is kept", similar)}
}

// reference is the canary's vector to compare with: the one that is known, the one
// that is kept, or else the one that came, which is kept from here on.
func (e *Embedder) reference(ctx context.Context, kind Kind, got []float32) ([]float32, error) {
	key := e.canaryKey(kind)
	if known := e.ledger.reference(key); known != nil {
		return known, nil
	}
	if e.o.LoadCanary != nil {
		kept, err := e.o.LoadCanary(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("load the canary's vector: %w", err)
		}
		if kept = slices.Clone(kept); kept != nil {
			if why := normalise(kept); why != "" {
				return nil, fmt.Errorf("the canary's kept vector is unusable: %s", why)
			}
			e.settle(len(kept))
			return e.ledger.refer(key, kept, true), nil
		}
	}
	known := e.ledger.refer(key, got, false)
	if known == nil {
		return nil, &Error{Reason: ModelChanged, Detail: "another model answered a moment ago, and which one answers this is not known"}
	}
	if e.o.SaveCanary != nil {
		if err := e.o.SaveCanary(ctx, key, slices.Clone(known)); err != nil {
			e.ledger.forget(key)
			return nil, fmt.Errorf("keep the canary's vector: %w", err)
		}
	}
	return known, nil
}

// canaryKey names what the canary's vector depends on.
func (e *Embedder) canaryKey(kind Kind) index.Hash {
	id := e.identity
	return index.HashTexts("canary/1", id.Provider, id.Model, id.Revision, strconv.Itoa(id.Dimension), id.prefix(kind), CanaryText)
}

// tokens estimates the tokens of a request at a third of its bytes, which is more
// than most languages of Europe take (RETRIEVAL 2.7).
func (e *Embedder) tokens(kind Kind, texts []string) int {
	n, prefix := 0, len(e.identity.prefix(kind))
	for _, t := range texts {
		n += estimate(prefix + len(t))
	}
	return n
}

func estimate(bytes int) int { return (bytes + 2) / 3 }
