package pipeline

import (
	"context"
	"time"
)

// stintLength is how long a goroutine works before it lets questions pass: they
// should not notice it, and to stop and go on should cost little beside it.
const stintLength = time.Millisecond

// A stint is the work of one goroutine since it last let questions pass.
type stint struct {
	yield func(context.Context) error
	since time.Time
}

// work begins a goroutine's first stint. Without yield stints never end.
func work(yield func(context.Context) error) stint { return stint{yield, time.Now()} }

// pause lets questions pass when the stint was long enough.
func (s *stint) pause(ctx context.Context) error {
	if s.yield == nil || time.Since(s.since) < stintLength {
		return nil
	}
	err := s.yield(ctx)
	s.since = time.Now()
	return err
}

// pausesOfWrite is how long a write transaction may let questions pass altogether:
// whoever else wants to write waits for it.
const pausesOfWrite = 200 * time.Millisecond

// pauseBetween is for a transaction that starts when it is first called: it lets
// questions pass between two documents, for a time that is bounded.
func pauseBetween(yield func(context.Context) error) func(context.Context) error {
	if yield == nil {
		return nil
	}
	var s stint
	left := pausesOfWrite
	return func(ctx context.Context) error {
		began := time.Now()
		if s.yield == nil {
			s = stint{yield, began}
		}
		if left <= 0 {
			return ctx.Err()
		}
		err := s.pause(ctx)
		left -= time.Since(began)
		return err
	}
}
