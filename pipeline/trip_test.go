package pipeline

import (
	"errors"
	"sync"
	"sync/atomic"

	"freshet/index/catalog/faultsql"
)

var errInjected = errors.New("injected fault")

// trip counts calls and acts at one of them.
type trip struct {
	calls atomic.Int64
	at    int64 // 0: never
	act   func() error
}

func (c *trip) step() error {
	if c == nil {
		return nil
	}
	if n := c.calls.Add(1); c.at > 0 && n == c.at && c.act != nil {
		return c.act()
	}
	return nil
}

// catalogFaults is the driver of catalogs whose calls trip.
var catalogFaults = sync.OnceValue(faultsql.Register)
