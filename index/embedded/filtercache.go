package embedded

import (
	"sync"
	"sync/atomic"
)

// A filterCache keeps, for a segment, which payloads pass which filters.
type filterCache struct {
	limit int

	mu    sync.Mutex
	clock uint64
	known map[string]*verdicts
}

func newFilterCache(limit int) *filterCache {
	return &filterCache{limit: limit, known: map[string]*verdicts{}}
}

// verdicts of one filter: two bits a payload, known and passed. Payloads that came
// by a patch have their places behind those of the segment.
type verdicts struct {
	used  uint64
	words []atomic.Uint32
}

const (
	verdictKnown  = 1
	verdictPasses = 2
)

// get returns the verdicts of a filter over at least n payloads, forgetting the
// filter that was not used for longest when there are too many.
func (c *filterCache) get(key string, n int) *verdicts {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clock++
	v := c.known[key]
	if v == nil || len(v.words)*16 < n {
		if v == nil && len(c.known) >= c.limit {
			c.forget()
		}
		// A quarter more, for payloads that patches bring.
		v = &verdicts{words: make([]atomic.Uint32, (n+n/4)/16+1)}
		c.known[key] = v
	}
	v.used = c.clock
	return v
}

func (c *filterCache) forget() {
	oldest, key := c.clock, ""
	for k, v := range c.known {
		if v.used < oldest {
			oldest, key = v.used, k
		}
	}
	delete(c.known, key)
}

func (v *verdicts) look(ref int) (passes, known bool) {
	word := v.words[ref/16].Load() >> (ref % 16 * 2)
	return word&verdictPasses != 0, word&verdictKnown != 0
}

func (v *verdicts) note(ref int, passes bool) {
	bits := uint32(verdictKnown)
	if passes {
		bits |= verdictPasses
	}
	v.words[ref/16].Or(bits << (ref % 16 * 2))
}
