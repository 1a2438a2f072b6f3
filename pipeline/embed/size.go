package embed

import "sync"

// batchSize is how many texts a request may hold: the limit that is known, lowered
// by what the server refuses or does not manage, and growing back to it.
type batchSize struct {
	mu     sync.Mutex
	most   int // 0: unlimited
	size   int // 0: unlimited
	worked int // the largest request that succeeded since the size was last lowered
	good   int // successes since the size changed
	growth int // how often growing was too much
}

// longestPatience bounds how many successes growing waits for: growAfter, doubled
// so often.
const longestPatience = 6

func (b *batchSize) limit() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.size
}

// learn lowers the limit after n texts were too many together, while none of them
// was at fault alone and they were taken in halves.
func (b *batchSize) learn(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	size := (n + 1) / 2
	if b.worked < n {
		size = max(size, b.worked)
	}
	if b.size == 0 || size < b.size {
		b.size, b.worked, b.good = size, size, 0
		b.growth = min(b.growth+1, longestPatience)
	}
}

// well notes a request of n texts that succeeded.
func (b *batchSize) well(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.worked = max(b.worked, n)
	if b.size == b.most {
		return
	}
	if b.good++; b.good < growAfter<<b.growth {
		return
	}
	b.good = 0
	b.size += max(b.size/8, 1)
	if b.most > 0 {
		b.size = min(b.size, b.most)
	}
}
