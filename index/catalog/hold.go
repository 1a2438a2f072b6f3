package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Action is what would make a document's content vanish.
type Action string

const (
	// ActHide stops serving a document that passes no longer list.
	ActHide Action = "hide"
	// ActRemove stops serving a document that is reported as gone.
	ActRemove Action = "remove"
	// ActExclude stops serving a document that a rule leaves out.
	ActExclude Action = "exclude"
	// ActReplace puts a text in place that shares almost nothing with the old one.
	ActReplace Action = "replace"
)

// HoldState is where a hold stands.
type HoldState string

const (
	// HoldOpen: found in the present run, not decided.
	HoldOpen HoldState = "open"
	// HoldPending: above the guard's thresholds, waits for a person.
	HoldPending HoldState = "pending"
	// HoldRejected: a person said that the content stays.
	HoldRejected HoldState = "rejected"
)

// A Hold is one document whose content would vanish.
type Hold struct {
	Source    string
	Document  string // key
	Action    Action
	Evidence  string
	State     HoldState
	Run       int64
	At        time.Time
	DecidedBy string
	Stash     []byte // for ActReplace: the prepared change
}

const holdColumns = `source, doc, action, evidence, state, run, at, decided_by, stash`

func scanHold(r scanner) (Hold, error) {
	var h Hold
	var at int64
	err := r.Scan(&h.Source, &h.Document, &h.Action, &h.Evidence, &h.State, &h.Run, &at, &h.DecidedBy, &h.Stash)
	h.At = fromMillis(at)
	return h, err
}

func (w *writer) holds() error {
	for _, key := range w.b.DropHolds {
		if err := w.exec(`DELETE FROM holds WHERE source = ? AND doc = ?`, w.b.Source, key); err != nil {
			return err
		}
	}
	for _, h := range w.b.Holds {
		err := w.exec(`INSERT INTO holds (`+holdColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (source, doc) DO UPDATE SET action = excluded.action, evidence = excluded.evidence, state = excluded.state,
			run = excluded.run, at = excluded.at, decided_by = excluded.decided_by, stash = excluded.stash`,
			w.b.Source, h.Document, string(h.Action), h.Evidence, string(h.State), h.Run, millis(h.At), h.DecidedBy, nonNil(h.Stash))
		if err != nil {
			return err
		}
	}
	return nil
}

func nonNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// Holds lists a source's holds in these states, by document.
func (c *Catalog) Holds(ctx context.Context, source string, states ...HoldState) ([]Hold, error) {
	if len(states) == 0 {
		return nil, nil
	}
	args := []any{source}
	for _, s := range states {
		args = append(args, string(s))
	}
	rows, err := c.read.QueryContext(ctx, `SELECT `+holdColumns+` FROM holds WHERE source = ? AND state IN (`+placeholders(len(states))+`) ORDER BY doc`, args...)
	out, err := collect(rows, err, scanHold)
	if err != nil {
		return nil, fmt.Errorf("list what waits for approval in %s: %w", source, err)
	}
	return out, nil
}

// HoldOf returns the hold on a document, or ErrNotFound.
func (c *Catalog) HoldOf(ctx context.Context, source, document string) (Hold, error) {
	h, err := scanHold(c.read.QueryRowContext(ctx, `SELECT `+holdColumns+` FROM holds WHERE source = ? AND doc = ?`, source, document))
	if errors.Is(err, sql.ErrNoRows) {
		return h, fmt.Errorf("hold on document %s: %w", document, ErrNotFound)
	}
	if err != nil {
		return h, fmt.Errorf("read hold on document %s: %w", document, err)
	}
	return h, nil
}

// Vanished counts the documents of a source that stopped serving, or lost almost
// all their text, since a time without a person's approval.
func (c *Catalog) Vanished(ctx context.Context, source string, since time.Time) (int, error) {
	var n int
	err := c.read.QueryRowContext(ctx, `SELECT COUNT(DISTINCT l.doc) FROM log l JOIN documents d ON d.doc = l.doc
		WHERE l.source = ? AND l.at >= ? AND l.approved = 0
		AND (l.kind = 'taken' AND d.state NOT IN ('present', 'unreadable') OR l.outcome = 'replaced')`, source, millis(since)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what vanished from %s: %w", source, err)
	}
	return n, nil
}

// takeSome closes a few documents of a source that is being removed, and says how many.
func (c *Catalog) takeSome(ctx context.Context, source string) (int, error) {
	docs, err := c.Documents(ctx, DocumentFilter{Source: source, States: []State{Present, Unreadable}, Limit: 200})
	if err != nil || len(docs) == 0 {
		return 0, err
	}
	b := &Batch{Source: source}
	for _, d := range docs {
		d.State, d.StateReason, d.StateAt = Removed, "source_removed", c.now()
		b.Changes = append(b.Changes, Change{Document: d, Outcome: WasRemoved, Approved: true})
	}
	if _, err := c.Apply(ctx, b); err != nil {
		return 0, err
	}
	return len(docs), nil
}

// A Retry is a document that could not be read and is asked for again.
type Retry struct {
	ExternalID string
	Attempts   int
	Next       time.Time
	Reason     string
}

func (w *writer) retries() error {
	for _, id := range w.b.DropRetries {
		if err := w.exec(`DELETE FROM retries WHERE source = ? AND ext_id = ?`, w.b.Source, id); err != nil {
			return err
		}
	}
	for _, r := range w.b.Retries {
		err := w.exec(`INSERT INTO retries (source, ext_id, attempts, next_at, reason) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (source, ext_id) DO UPDATE SET attempts = excluded.attempts, next_at = excluded.next_at, reason = excluded.reason`,
			w.b.Source, r.ExternalID, r.Attempts, millis(r.Next), r.Reason)
		if err != nil {
			return err
		}
	}
	return nil
}

// Retries lists the ledger of a source by ID; due selects those whose time has come.
func (c *Catalog) Retries(ctx context.Context, source string, due bool) ([]Retry, error) {
	until := int64(1<<63 - 1)
	if due {
		until = millis(c.now())
	}
	rows, err := c.read.QueryContext(ctx, `SELECT ext_id, attempts, next_at, reason FROM retries WHERE source = ? AND next_at <= ? ORDER BY ext_id`, source, until)
	out, err := collect(rows, err, func(r scanner) (Retry, error) {
		var v Retry
		var next int64
		err := r.Scan(&v.ExternalID, &v.Attempts, &next, &v.Reason)
		v.Next = fromMillis(next)
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("read retries of %s: %w", source, err)
	}
	return out, nil
}
