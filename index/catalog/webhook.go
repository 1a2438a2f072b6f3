package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"freshet/index"
)

// A WebhookEvent is something that one hook is told once: a second event of the same
// hook, name and subject is the first one.
type WebhookEvent struct {
	ID       int64
	Hook     string // name of the receiver
	Event    string // such as audit.ready
	Subject  string // what it is about
	Body     string // what is sent, the same at every attempt
	At       time.Time
	Attempts int
	Next     time.Time // when it is to be sent; zero: never
	Sent     time.Time // zero: not yet
	Reason   string    // of the last attempt that failed
}

// MessageID is what the receiver knows the event by: the same at every attempt and
// after every restart, and another one in every catalog.
func (c *Catalog) MessageID(e *WebhookEvent) string {
	h := index.HashTexts("webhook/1", c.epoch, e.Hook, e.Event, e.Subject)
	return "evt_" + h.String()[:32]
}

const webhookColumns = `id, hook, event, subject, body, at, attempts, next_at, sent, reason`

func scanWebhookEvent(r scanner) (WebhookEvent, error) {
	var e WebhookEvent
	var at, next, sent int64
	err := r.Scan(&e.ID, &e.Hook, &e.Event, &e.Subject, &e.Body, &at, &e.Attempts, &next, &sent, &e.Reason)
	e.At, e.Next, e.Sent = fromMillis(at), fromMillis(next), fromMillis(sent)
	return e, err
}

// putWebhookEvents writes events within a transaction, due at once. Those that a hook
// was told of before are left as they are.
func putWebhookEvents(ctx context.Context, tx *sql.Tx, at int64, list []WebhookEvent) error {
	for i := range list {
		e := &list[i]
		if _, err := tx.ExecContext(ctx, `INSERT INTO webhook_events (id, hook, event, subject, body, at, attempts, next_at, sent, reason)
			SELECT COALESCE(MAX(id), 0) + 1, ?, ?, ?, ?, ?, 0, ?, 0, '' FROM webhook_events WHERE true
			ON CONFLICT (hook, event, subject) DO NOTHING`, e.Hook, e.Event, e.Subject, e.Body, at, at); err != nil {
			return err
		}
	}
	return nil
}

// PutWebhookEvents writes events that are due at once, and how far whoever makes them
// has come: the state of its name.
func (c *Catalog) PutWebhookEvents(ctx context.Context, list []WebhookEvent, name, state string) error {
	return c.txApart(ctx, "write events for webhooks", func(tx *sql.Tx) error {
		if err := putWebhookEvents(ctx, tx, millis(c.now()), list); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, webhookState+name, state)
		return err
	})
}

const webhookState = "webhooks:"

// WebhookState returns what PutWebhookEvents kept under a name; empty before the first.
func (c *Catalog) WebhookState(ctx context.Context, name string) (string, error) {
	var state string
	err := c.read.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = ?`, webhookState+name).Scan(&state)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read how far webhooks were told: %w", err)
	}
	return state, nil
}

// DueWebhookEvents lists the events of a hook that are due, the oldest first.
func (c *Catalog) DueWebhookEvents(ctx context.Context, hook string, limit int) ([]WebhookEvent, error) {
	return c.webhookEvents(ctx, `hook = ? AND sent = 0 AND next_at > 0 AND next_at <= ? ORDER BY next_at, id LIMIT ?`, hook, millis(c.now()), limit)
}

// WebhookEvents lists the newest events of all hooks, whatever became of them.
func (c *Catalog) WebhookEvents(ctx context.Context, limit int) ([]WebhookEvent, error) {
	return c.webhookEvents(ctx, `true ORDER BY id DESC LIMIT ?`, limit)
}

func (c *Catalog) webhookEvents(ctx context.Context, cond string, args ...any) ([]WebhookEvent, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT `+webhookColumns+` FROM webhook_events WHERE `+cond, args...)
	list, err := collect(rows, err, scanWebhookEvent)
	if err != nil {
		return nil, fmt.Errorf("list events of webhooks: %w", err)
	}
	return list, nil
}

// WebhookSent records that a receiver has taken an event.
func (c *Catalog) WebhookSent(ctx context.Context, id int64) error {
	return c.txApart(ctx, "note an event as sent", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE webhook_events SET attempts = attempts + 1, sent = ?, next_at = 0, reason = '' WHERE id = ?`, millis(c.now()), id)
		return err
	})
}

// WebhookFailed records why an attempt failed and when the next one is; the zero time
// gives the event up.
func (c *Catalog) WebhookFailed(ctx context.Context, id int64, reason string, next time.Time) error {
	return c.txApart(ctx, "note an event as not sent", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE webhook_events SET attempts = attempts + 1, next_at = ?, reason = ? WHERE id = ?`, millis(next), reason, id)
		return err
	})
}

// ForgetWebhookEvents deletes events of before a time that were sent or given up.
func (c *Catalog) ForgetWebhookEvents(ctx context.Context, before time.Time) error {
	return c.txApart(ctx, "forget old events of webhooks", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM webhook_events WHERE at < ? AND (sent > 0 OR next_at = 0)`, millis(before))
		return err
	})
}

// RunsAfter lists the runs with a number above after, oldest first, those that are
// under way among them.
func (c *Catalog) RunsAfter(ctx context.Context, after int64, limit int) ([]Report, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT report FROM runs WHERE id > ? ORDER BY id LIMIT ?`, after, limit)
	list, err := collect(rows, err, scanReport)
	if err != nil {
		return nil, fmt.Errorf("list runs after %s: %w", strconv.FormatInt(after, 10), err)
	}
	return list, nil
}

// ValueChangesOf lists what a run that began at a time changed in values, oldest first,
// at most limit.
func (c *Catalog) ValueChangesOf(ctx context.Context, base string, run int64, from time.Time, limit int) ([]ValueChange, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT `+valueChangeColumns+` FROM value_changes v WHERE v.base = ? AND v.at >= ? AND v.run = ? ORDER BY v.id LIMIT ?`,
		base, millis(from), run, limit)
	list, err := collect(rows, err, scanValueChange)
	if err != nil {
		return nil, fmt.Errorf("list changes of run %d: %w", run, err)
	}
	return list, nil
}

// LogTime returns when the entry of the change log with this number was written, or
// the zero time when it is not there.
func (c *Catalog) LogTime(ctx context.Context, seq int64) (time.Time, error) {
	var at int64
	err := c.read.QueryRowContext(ctx, `SELECT at FROM log WHERE seq = ?`, seq).Scan(&at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, fmt.Errorf("read an entry of the change log: %w", err)
	}
	return fromMillis(at), nil
}
