package embed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"freshet/index"
)

// LongTexts says what becomes of a text that is longer than the model reads.
type LongTexts int

const (
	// Split embeds the parts and takes their mean, weighted by length. It is the
	// default.
	Split LongTexts = iota
	// Truncate embeds the beginning.
	Truncate
)

// Options of an Embedder. Only Provider is needed.
type Options struct {
	Provider Provider
	// BatchTexts and BatchTokens take the place of the Provider's limits; 0 leaves
	// them. What proves to be too much for the server is lowered by itself.
	BatchTexts, BatchTokens int
	// PricePerMillion tokens, in the operator's currency; 0: free.
	PricePerMillion float64
	LongTexts       LongTexts

	// Attempts of one request that fails in a way that passes; 0: 6.
	Attempts int
	// FirstBackoff is the most that the first wait between attempts lasts; it
	// doubles to LongestBackoff. 0: 1 s and 60 s. Each wait is random below that
	// (full jitter).
	FirstBackoff, LongestBackoff time.Duration
	// Patience is the longest wait that a server can ask for within a call; a longer
	// one ends the call with an error that holds it. 0: 2 min.
	Patience time.Duration
	// Concurrency of requests for passages: where it begins, and the most that it
	// grows to. 0: 2 and 8.
	FirstConcurrency, MostConcurrency int

	// QueryBudget is the longest that Query takes, whatever its context allows;
	// 0: 800 ms (ARCHITECTURE 4).
	QueryBudget time.Duration
	// CacheQueries is how many questions' vectors are remembered; 0: 2,048, -1: none.
	CacheQueries int
	// OpenAfter failures in a row of Query it is not asked for Cooldown, then once.
	// 0: 3 and 2 s.
	OpenAfter int
	Cooldown  time.Duration

	// CanaryEvery so many requests, one carries the CanaryText; 0: 20.
	CanaryEvery int
	// LoadCanary returns the canary's vector as SaveCanary kept it under this key, or
	// nil. The key names Provider, model, revision, configured dimension and prefix;
	// it is known before the dimension is. Without the two, a model that changes while
	// Freshet is not running is not noticed.
	LoadCanary func(ctx context.Context, key index.Hash) ([]float32, error)
	SaveCanary func(ctx context.Context, key index.Hash, vector []float32) error

	Log   *slog.Logger                                     // nil: none
	Now   func() time.Time                                 // nil: time.Now
	Sleep func(ctx context.Context, d time.Duration) error // nil: a timer; it has to let Now go on by d
	Rand  func() float64                                   // in [0, 1), safe for concurrent use; nil: math/rand
}

func (o *Options) fill() error {
	if o.Provider == nil {
		return errors.New("an embedder without a provider")
	}
	if o.BatchTexts < 0 || o.BatchTokens < 0 || o.PricePerMillion < 0 {
		return fmt.Errorf("embedding.batch and price_per_million have to be 0 or more, not %d texts, %d tokens, %g", o.BatchTexts, o.BatchTokens, o.PricePerMillion)
	}
	fillIn(&o.Attempts, 6)
	fillIn(&o.FirstBackoff, time.Second)
	fillIn(&o.LongestBackoff, time.Minute)
	fillIn(&o.Patience, 2*time.Minute)
	fillIn(&o.FirstConcurrency, 2)
	fillIn(&o.MostConcurrency, 8)
	fillIn(&o.QueryBudget, 800*time.Millisecond)
	fillIn(&o.CacheQueries, 2048)
	fillIn(&o.OpenAfter, 3)
	fillIn(&o.Cooldown, 2*time.Second)
	fillIn(&o.CanaryEvery, 20)
	o.FirstConcurrency = min(o.FirstConcurrency, o.MostConcurrency)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	return nil
}

func fillIn[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
