package embed

import (
	"sync"
	"time"
)

// breaker stops asking what fails. Closed it lets everything pass; open nothing;
// after the cooldown one at a time, of which a success closes it.
type breaker struct {
	after    int
	cooldown time.Duration
	now      func() time.Time

	mu      sync.Mutex
	failed  int
	open    bool
	probing bool
	until   time.Time
	last    error
}

// allow returns nil if a request may be made, after which done has to be called.
func (b *breaker) allow() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open {
		return nil
	}
	wait := b.until.Sub(b.now())
	if wait > 0 || b.probing {
		return &Error{Reason: CircuitOpen, Wait: max(wait, 0), Detail: "not asked, as it failed a moment ago", Err: b.last}
	}
	b.probing = true
	return nil
}

// done notes how a request ended: nil closes; an error counts, or opens at once if
// nothing passes by waiting; ignored, it tells nothing.
func (b *breaker) done(err error, ignored bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
	if ignored {
		return
	}
	if err == nil {
		b.failed, b.open, b.last = 0, false, nil
		return
	}
	b.last = err
	if b.failed++; b.open || b.failed >= b.after || !ReasonOf(err).passes() {
		b.open, b.until = true, b.now().Add(b.cooldown)
	}
}

// state is "closed", "open" or "half-open", and what opened it.
func (b *breaker) state() (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !b.open:
		return "closed", nil
	case b.until.After(b.now()):
		return "open", b.last
	}
	return "half-open", b.last
}
