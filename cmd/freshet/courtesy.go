package main

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// A courtesy lets questions go before the work behind them, which shares their
// processors.
//
// Work is asked to stand back about every millisecond of its own. It then waits
// until no question is being answered, so that a processor is free for the next
// one, but not for long: a sync gets on under any load.
type courtesy struct {
	answering atomic.Int64
	last      atomic.Int64 // when the last question came, in nanoseconds since 1970
}

const (
	// courtesyFor is how long after a question another one is expected.
	courtesyFor = 100 * time.Millisecond
	// courtesyStep is the shortest wait: it is enough for the scheduler to look at
	// the network.
	courtesyStep = 100 * time.Microsecond
	// courtesyMost is the longest wait.
	courtesyMost = 2 * time.Millisecond
)

// questions counts the requests that somebody waits for while he talks: searches.
func (c *courtesy) questions(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/search" {
			next.ServeHTTP(w, r)
			return
		}
		c.answering.Add(1)
		c.last.Store(time.Now().UnixNano())
		defer c.answering.Add(-1)
		next.ServeHTTP(w, r)
	})
}

// standBack waits as long as questions go first. Its error is that of ctx.
func (c *courtesy) standBack(ctx context.Context) error {
	began := time.Now()
	if began.UnixNano()-c.last.Load() > int64(courtesyFor) {
		return ctx.Err()
	}
	for ctx.Err() == nil {
		time.Sleep(courtesyStep)
		if c.answering.Load() == 0 || time.Since(began) > courtesyMost {
			return ctx.Err()
		}
	}
	return ctx.Err()
}
