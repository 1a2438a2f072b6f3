package pipeline

import (
	"context"
	"errors"

	"freshet/connectors"
	"freshet/index/catalog"
)

// retryDue asks again for documents that could not be read, where the source can
// be asked for one.
func (r *run) retryDue(ctx context.Context) error {
	fetcher, ok := r.src.(connectors.Fetcher)
	if !ok {
		return nil
	}
	due, err := r.Catalog.Retries(ctx, r.source.ID, true)
	if err != nil {
		return err
	}
	if len(due) > r.Limits.Confirm {
		due = due[:r.Limits.Confirm]
	}
	r.pass = connectors.Feed // a retry lists nothing
	for _, old := range due {
		if err := r.retryOne(ctx, fetcher, old); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) retryOne(ctx context.Context, fetcher connectors.Fetcher, old catalog.Retry) error {
	change, err := fetcher.Fetch(ctx, old.ExternalID)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	it := &item{id: old.ExternalID, change: change}
	var wait *connectors.RetryAfter
	if errors.As(err, &wait) || errors.Is(err, connectors.ErrAuth) {
		return err
	}
	if err != nil {
		it.change = connectors.Unreadable{ID: old.ExternalID, Err: err}
	}
	known, err := r.Catalog.Lookup(ctx, r.source.ID, []string{old.ExternalID})
	if err != nil {
		return err
	}
	if k, ok := known[old.ExternalID]; ok {
		it.known = &k
	}
	if err := r.prepare(ctx, it); err != nil {
		return err
	}
	if err := r.collapse(ctx, []*item{it}); err != nil {
		return err
	}
	b := r.batch()
	r.fill(b, []*item{it})
	for i := range b.Retries {
		b.Retries[i].Attempts = old.Attempts + 1
		b.Retries[i].Next = r.now.Add(retryAfter(old.Attempts + 1))
		if old.Attempts+1 > r.Limits.RetryAttempts {
			b.DropRetries, b.Retries = append(b.DropRetries, old.ExternalID), nil
			r.note("retries_given_up")
			break
		}
	}
	r.note("retried")
	return r.write(ctx, b, []*item{it})
}
