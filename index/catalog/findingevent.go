package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// A FindingEvent is a line of a finding's history.
type FindingEvent struct {
	Finding string
	At      time.Time
	By      string // a person, or empty for Freshet
	Kind    string // found, reopened, comment, or the Verdict that was given
	Text    string // the comment, or what happened in words
}

// addEvent writes a line of a finding's history within a transaction.
func addEvent(ctx context.Context, tx *sql.Tx, e *FindingEvent) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO finding_events (id, finding, at, by_whom, kind, text)
		SELECT COALESCE(MAX(id), 0) + 1, ?, ?, ?, ?, ? FROM finding_events`, e.Finding, millis(e.At), e.By, e.Kind, e.Text)
	return err
}

// FindingEvents lists the history of a finding, oldest first.
func (c *Catalog) FindingEvents(ctx context.Context, finding string) ([]FindingEvent, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT finding, at, by_whom, kind, text FROM finding_events WHERE finding = ? ORDER BY id`, finding)
	list, err := collect(rows, err, func(r scanner) (FindingEvent, error) {
		var e FindingEvent
		var at int64
		err := r.Scan(&e.Finding, &at, &e.By, &e.Kind, &e.Text)
		e.At = fromMillis(at)
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("read history of finding %s: %w", finding, err)
	}
	return list, nil
}
