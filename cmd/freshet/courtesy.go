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
// Work is asked to stand back about every millisecond of its own. It then waits for
// a turn of another millisecond, which one goroutine has at a time: when no question
// is being answered, so that a processor is free for the next one, or when the last
// turn is long ago. So a sync gets on under any load, with a third of one processor.
type courtesy struct {
	answering atomic.Int64
	last      atomic.Int64 // when the last question came, in nanoseconds since 1970
	turn      atomic.Int64 // when the last turn began, likewise
}

const (
	// courtesyFor is how long after a question another one is expected.
	courtesyFor = 100 * time.Millisecond
	// courtesyStep is the shortest wait: it is enough for the scheduler to look at
	// the network.
	courtesyStep = 100 * time.Microsecond
	// courtesyTurn is how long work goes on until it is asked to stand back again.
	courtesyTurn = time.Millisecond
	// courtesyMost is the longest wait between the end of a turn and the next one.
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
	if time.Now().UnixNano()-c.last.Load() > int64(courtesyFor) {
		return ctx.Err()
	}
	for ctx.Err() == nil {
		time.Sleep(courtesyStep)
		if c.takeTurn(time.Now().UnixNano()) {
			break
		}
	}
	return ctx.Err()
}

// takeTurn reports whether work may go on from now.
func (c *courtesy) takeTurn(now int64) bool {
	last := c.turn.Load()
	since := time.Duration(now - last)
	if since < courtesyTurn || since < courtesyTurn+courtesyMost && c.answering.Load() > 0 {
		return false
	}
	return c.turn.CompareAndSwap(last, now)
}
