package catalog

import (
	"context"
	"database/sql"
	"time"

	"freshet/index"
)

// Comment adds what a person says of a finding to its history; the finding stays as it
// is. ErrNotFound when there is none.
func (c *Catalog) Comment(ctx context.Context, finding, by, text string) error {
	return c.txApart(ctx, "comment on finding "+finding, func(tx *sql.Tx) error {
		return mustChange(tx.ExecContext(ctx, `INSERT INTO finding_events (id, finding, at, by_whom, kind, text)
			SELECT (SELECT COALESCE(MAX(id), 0) + 1 FROM finding_events), id, ?, ?, 'comment', ? FROM findings WHERE id = ?`, millis(c.now()), by, text, finding))
	})
}

// SetDue sets by when a live finding should be settled; the zero time takes it back.
// The error is a *Refusal as those of DecideFinding.
func (c *Catalog) SetDue(ctx context.Context, finding string, due, seen time.Time, by string) (index.Finding, error) {
	return c.on(ctx, finding, seen, func(d *deciding) error {
		if !d.f.State.Live() {
			return refuse(RefusedState, "This doubt is %s already (%s); it has no day by which it is to be settled.", d.f.State, d.f.Outcome)
		}
		if !due.IsZero() && !due.After(d.now) {
			return refuse(RefusedValue, "The day by which a doubt is to be settled has to be one to come.")
		}
		d.f.Due = due
		text := ""
		if !due.IsZero() {
			text = due.UTC().Format(time.DateOnly)
		}
		return d.save(by, "due", text)
	})
}
