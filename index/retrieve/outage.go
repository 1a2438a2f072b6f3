package retrieve

import (
	"context"
	"log/slog"
	"sync/atomic"
)

// An outage is whether a helper is away, so that its going and its coming are logged,
// and not every question between.
type outage struct{ away atomic.Bool }

// note takes what came of asking the helper; nil: it answered.
func (o *outage) note(ctx context.Context, log *slog.Logger, helper string, err error) {
	if ctx.Err() != nil {
		return // the caller has left, which says nothing about the helper
	}
	switch away := err != nil; {
	case away && !o.away.Swap(true):
		log.WarnContext(ctx, "answers do without the "+helper, "error", err)
	case !away && o.away.Load() && o.away.Swap(false):
		log.InfoContext(ctx, "the "+helper+" is at hand again")
	}
}
