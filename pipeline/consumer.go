package pipeline

import (
	"context"
	"time"

	"freshet/index/catalog"
)

// How long a consumer that fails waits before it tries again: the first time, and at
// most.
const (
	firstWait   = 200 * time.Millisecond
	longestWait = 30 * time.Second
)

// FollowLog has a consumer of the change log catch up whenever it has grown, until ctx ends.
// One that fails is told so, with the time after which it is tried again.
func FollowLog(ctx context.Context, c *catalog.Catalog, catchUp func(context.Context) error, failed func(err error, again time.Duration)) {
	wait := firstWait
	for {
		changed := c.Changed()
		err := catchUp(ctx)
		if ctx.Err() != nil {
			return
		}
		var later <-chan time.Time
		if err == nil {
			wait = firstWait
		} else {
			failed(err, wait)
			later, changed = time.After(wait), nil
			wait = min(2*wait, longestWait)
		}
		select {
		case <-changed:
		case <-later:
		case <-ctx.Done():
			return
		}
	}
}
