package embed

import (
	"context"
	"fmt"
	"sync"

	"freshet/index"
)

// An Embedder makes a Provider dependable. It is safe for concurrent use. It
// holds no goroutine of its own and needs no closing.
//
// Every text ends in one of three ways: with a vector; refused, which is the
// text's own fault and was shown by the same Provider answering for the canary
// right after; or pending, which is the Provider's fault and comes with an error.
// A vector is handed over only after a canary that was asked for later than it was
// good, so that no caller ever keeps one of a model that changed.
type Embedder struct {
	o        Options
	limits   Limits // the Provider's, or the options'
	identity Identity
	pace     *pace
	size     *batchSize
	ledger   *ledger
	breaker  *breaker
	cache    *cache
	counters counters

	mu        sync.Mutex
	dimension int // 0 before the first good reply, unless it is configured
}

// New makes an Embedder and sends nothing.
func New(o Options) (*Embedder, error) {
	if err := o.fill(); err != nil {
		return nil, err
	}
	limits := o.Provider.Limits()
	if o.BatchTexts > 0 {
		limits.Texts = o.BatchTexts
	}
	if o.BatchTokens > 0 {
		limits.Tokens = o.BatchTokens
	}
	identity := o.Provider.Identity()
	return &Embedder{o: o, limits: limits, identity: identity, dimension: identity.Dimension,
		pace:    newPace(o.FirstConcurrency, o.MostConcurrency, o.Now, o.Sleep),
		size:    &batchSize{most: limits.Texts, size: limits.Texts},
		ledger:  newLedger(o.CanaryEvery, limits.Local),
		breaker: &breaker{after: o.OpenAfter, cooldown: o.Cooldown, now: o.Now},
		cache:   newCache(o.CacheQueries),
	}, nil
}

// Space is the vectors' space, without its lexical half. Where neither the
// configuration nor the preset knows the dimension, the Provider is asked once;
// then the error is the Provider's.
func (e *Embedder) Space(ctx context.Context) (index.Space, error) {
	if e.Dimension() == 0 {
		if err := e.askCanary(ctx, ctx, Passage, false); err != nil {
			return index.Space{}, fmt.Errorf("ask %s for the dimension of its vectors: %w", e.identity.Provider, err)
		}
	}
	return index.Space{Provider: e.identity.Provider, Model: e.identity.Model, Revision: e.identity.Revision,
		Dimension: e.Dimension(), QueryTo: e.identity.QueryPrefix, PassageTo: e.identity.PassagePrefix, Normalised: true}, nil
}

// Identity is the Provider's, its Dimension filled in where it is known by now.
func (e *Embedder) Identity() Identity {
	id := e.identity
	id.Dimension = e.Dimension()
	return id
}

// Dimension of the vectors; 0 before it is known.
func (e *Embedder) Dimension() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.dimension
}

// agree holds the vectors of a reply to one dimension, which is the Space's where
// that is known, and returns it.
func (e *Embedder) agree(vectors [][]float32) (int, error) {
	want := e.Dimension()
	for _, v := range vectors {
		if want == 0 {
			want = len(v)
		}
		if len(v) != want || want == 0 {
			return 0, &Error{Reason: WrongDimension, Detail: fmt.Sprintf("a vector has %d numbers where %d are due", len(v), want)}
		}
	}
	return want, nil
}

// settle makes a dimension the Space's, unless one is already.
func (e *Embedder) settle(dimension int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.dimension == 0 {
		e.dimension = dimension
	}
}
