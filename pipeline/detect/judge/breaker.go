package judge

import (
	"errors"
	"sync"
	"time"
)

// openAfter failures in a row the judge is left alone for a while.
const openAfter = 3

// A breaker stops asking what fails. While it is open nothing is asked; then one request
// is let through, and the next failure opens it again.
type breaker struct {
	now func() time.Time

	mu     sync.Mutex
	failed int
	until  time.Time
	last   error
}

// allow returns nil if a request may be made.
func (b *breaker) allow() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.until.After(b.now()) {
		return &Error{Reason: CircuitOpen, Detail: "not asked, as it failed a moment ago", Err: b.last}
	}
	return nil
}

// done notes how a question ended. What is no failure of the server's counts as nothing;
// what waiting does not mend opens at once, as does a server that wants to be left alone.
func (b *breaker) done(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var of *Error
	if err == nil {
		b.failed, b.last = 0, nil
		return
	}
	if !errors.As(err, &of) || of.Reason == CircuitOpen || of.Reason == Reason(WhyBudget) || of.Reason == Rejected {
		return
	}
	b.failed++
	switch of.Reason {
	case Unauthorized, QuotaExhausted, NotFound, ModelNotFound, Redirected:
		b.failed = max(b.failed, openAfter)
	}
	if b.failed >= openAfter || of.Wait > 0 {
		b.last, b.until = err, b.now().Add(max(defaultCooldown, of.Wait))
	}
}
