package embed

import (
	"sync"
	"time"
)

// Stats are counts since New.
type Stats struct {
	Requests    int64            `json:"requests"`
	Failures    map[Reason]int64 `json:"failures"` // of requests, by reason
	Retries     int64            `json:"retries"`
	Sent        int64            `json:"sent"`     // texts in requests that succeeded, canaries among them
	Embedded    int64            `json:"embedded"` // distinct texts of Passages that were not refused
	Refused     int64            `json:"refused"`
	Tokens      int64            `json:"tokens"` // as the Provider counts, or estimated where it does not
	Cost        float64          `json:"cost"`   // in the currency of the price
	CacheHits   int64            `json:"cache_hits"`
	CacheMisses int64            `json:"cache_misses"`
	Changes     int64            `json:"changes"`     // times that the canary found another model
	Concurrency int              `json:"concurrency"` // of requests for passages
	BatchTexts  int              `json:"batch_texts"` // most texts in a request; 0: unlimited
	Breaker     string           `json:"breaker"`     // closed, open or half-open
	LastError   string           `json:"last_error"`  // the last failed request's
}

// Estimate is what embedding so many texts will take.
type Estimate struct {
	Texts    int           `json:"texts"`
	Tokens   int64         `json:"tokens"`
	Requests int           `json:"requests"`
	Cost     float64       `json:"cost"` // in the currency of the price; 0: free, or the price is not configured
	Took     time.Duration `json:"took"` // at the rate so far; 0: nothing to go by
}

type counters struct {
	mu    sync.Mutex
	stats Stats
	busy  time.Duration // spent in requests that succeeded
}

func (c *counters) asked(texts int, u Usage, estimated int, took time.Duration, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Requests++
	if err != nil {
		c.fail(err)
		return
	}
	c.stats.Sent += int64(texts)
	c.busy += took
	if u.Tokens > 0 {
		estimated = u.Tokens
	}
	c.stats.Tokens += int64(estimated)
}

func (c *counters) failed(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail(err)
}

func (c *counters) fail(err error) {
	if c.stats.Failures == nil {
		c.stats.Failures = map[Reason]int64{}
	}
	c.stats.Failures[ReasonOf(err)]++
	c.stats.LastError = err.Error()
}

func (c *counters) retried() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Retries++
}

func (c *counters) drifted() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Changes++
}

func (c *counters) ended(embedded, refused int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Embedded += int64(embedded)
	c.stats.Refused += int64(refused)
}

func (c *counters) cached(hit bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if hit {
		c.stats.CacheHits++
	} else {
		c.stats.CacheMisses++
	}
}

// Stats returns the counts so far.
func (e *Embedder) Stats() Stats {
	e.counters.mu.Lock()
	s := e.counters.stats
	failures := make(map[Reason]int64, len(s.Failures))
	for r, n := range s.Failures {
		failures[r] = n
	}
	e.counters.mu.Unlock()
	s.Failures = failures
	s.Cost = e.price(s.Tokens)
	s.Concurrency, s.BatchTexts = e.pace.concurrency(), e.size.limit()
	s.Breaker, _ = e.breaker.state()
	return s
}

// Estimate says what embedding so many texts of so many bytes together will take,
// before anything is sent.
func (e *Embedder) Estimate(texts, bytes int) Estimate {
	tokens := estimate(bytes + texts*len(e.identity.PassagePrefix))
	out := Estimate{Texts: texts, Tokens: int64(tokens), Cost: e.price(int64(tokens))}
	if texts > 0 {
		out.Requests = 1
	}
	if e.limits.Texts > 0 {
		out.Requests = max(out.Requests, ceil(texts, e.limits.Texts))
	}
	if e.limits.Tokens > 0 {
		out.Requests = max(out.Requests, ceil(tokens, e.limits.Tokens))
	}
	e.counters.mu.Lock()
	defer e.counters.mu.Unlock()
	if e.counters.stats.Tokens > 0 {
		perToken := float64(e.counters.busy) / float64(e.counters.stats.Tokens)
		out.Took = time.Duration(perToken * float64(tokens) / float64(max(e.pace.concurrency(), 1)))
	}
	return out
}

func (e *Embedder) price(tokens int64) float64 {
	return float64(tokens) / 1e6 * e.o.PricePerMillion
}

func ceil(a, b int) int { return (a + b - 1) / b }
