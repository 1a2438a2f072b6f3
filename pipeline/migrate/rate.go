package migrate

import (
	"sync"
	"time"
)

// A rate is how fast chunks went through the last minute or so.
type rate struct {
	mu     sync.Mutex
	chunks float64
	spent  time.Duration
}

// rateOver is the time that a rate looks back on.
const rateOver = time.Minute

// note adds some chunks; what is older than rateOver counts ever less.
func (r *rate) note(chunks int, spent time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.spent += spent; r.spent > rateOver {
		r.chunks *= float64(rateOver) / float64(r.spent)
		r.spent = rateOver
	}
	r.chunks += float64(chunks)
}

// perSecond is 0 while nothing is known.
func (r *rate) perSecond() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.spent <= 0 {
		return 0
	}
	return r.chunks / r.spent.Seconds()
}
