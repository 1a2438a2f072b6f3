package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"freshet/index"
)

// Exclude stops serving a document by a person's decision, until Include. It is
// kept across runs. ErrNotFound when there is no such document.
func (c *Catalog) Exclude(ctx context.Context, key, by string) error {
	d, err := c.DocumentByKey(ctx, key)
	if err != nil {
		return err
	}
	if d.State == Excluded && d.StateReason == ExcludedByPerson {
		return nil
	}
	c.log.Info("document excluded", "document", d.ExternalID, "source", d.Source, "by", by)
	return c.decide(ctx, exclusion(d, c.now()))
}

// exclusion is the batch that excludes a document.
func exclusion(d Document, at time.Time) *Batch {
	d.State, d.StateReason, d.StateAt = Excluded, ExcludedByPerson, at
	return &Batch{Source: d.Source, DropHolds: []string{d.Key}, Changes: []Change{{Document: d, Outcome: WasExcluded, Approved: true}}}
}

// Include serves a document again that a person excluded, from the text and the
// passages that it had. One that never had a text, or whose passages history has
// forgotten, is read by the next run.
// Documents in other states stay as they are. ErrNotFound when there is none.
func (c *Catalog) Include(ctx context.Context, key, by string) error {
	d, err := c.DocumentByKey(ctx, key)
	if err != nil || d.State != Excluded || d.StateReason != ExcludedByPerson {
		return err
	}
	b, err := c.inclusion(ctx, d)
	if err != nil {
		return err
	}
	c.log.Info("document included", "document", d.ExternalID, "source", d.Source, "by", by)
	return c.decide(ctx, b)
}

// inclusion is the batch that takes an exclusion back.
func (c *Catalog) inclusion(ctx context.Context, d Document) (*Batch, error) {
	change := Change{Outcome: Restored, Approved: true}
	text, err := c.LastText(ctx, d.Key)
	switch {
	case errors.Is(err, ErrNotFound):
		d.Revision, d.Content = "", index.Hash{}
	case err != nil:
		return nil, err
	default:
		change.Content, change.Text = true, text
		if change.Chunks, err = c.lastChunks(ctx, d.Key); err != nil {
			return nil, err
		}
		if len(change.Chunks) == 0 { // history has forgotten them: the next run cuts the text anew
			d.Recipe = ""
		}
	}
	d.State, d.StateReason, d.StateAt = Present, "", c.now()
	change.Document = d
	return &Batch{Source: d.Source, Changes: []Change{change}}, nil
}

// Confirm records that a person vouches for a document until a time; the zero time
// takes it back. ErrNotFound when there is no such document.
func (c *Catalog) Confirm(ctx context.Context, key string, until time.Time, by string) error {
	if until.IsZero() {
		by = ""
	}
	return c.txOn(ctx, "confirm document "+key, func() touched { return touched{documents: []string{key}} }, func(tx *sql.Tx) error {
		return mustChange(tx.ExecContext(ctx, `UPDATE documents SET confirmed_until = ?, confirmed_by = ? WHERE doc = ?`, millis(until), by, key))
	})
}

// decide applies a batch about one document without touching when its source last
// listed it: a person's decision is no sight of it.
func (c *Catalog) decide(ctx context.Context, b *Batch) error {
	var needing []string
	touches := func() touched {
		t := b.touches(time.Time{})
		t.documents = append(t.documents, needing...)
		return t
	}
	err := c.txOn(ctx, "decide on document "+b.Changes[0].Document.ExternalID, touches, func(tx *sql.Tx) error {
		var err error
		needing, err = decideWithin(ctx, tx, b, c.now())
		return err
	})
	if err == nil {
		c.announce()
	}
	return err
}

// decideWithin is decide within a transaction; it returns the documents that the
// transaction has to touch besides the batch's own.
func decideWithin(ctx context.Context, tx *sql.Tx, b *Batch, at time.Time) (needing []string, err error) {
	w, err := newWriter(ctx, tx, b, at)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := w.all(); err != nil {
		return nil, err
	}
	d := &b.Changes[0].Document
	if d.Seen.IsZero() {
		return w.needing, nil
	}
	return w.needing, w.exec(`UPDATE seen SET at = ?, missed = ?, missed_since = ? WHERE doc = ?`, millis(d.Seen), d.Missed, millis(d.MissedSince), d.Key)
}

// lastChunks returns the passages of the newest version that the document had.
func (c *Catalog) lastChunks(ctx context.Context, key string) ([]index.Chunk, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT `+chunkColumns+` FROM chunks c
		WHERE c.doc = ? AND c.until_seq = (SELECT until_seq FROM versions WHERE doc = ? ORDER BY from_seq DESC LIMIT 1) ORDER BY c.ord`, key, key)
	out, err := collect(rows, err, func(r scanner) (index.Chunk, error) { return scanChunk(r) })
	if err != nil {
		return nil, fmt.Errorf("read last passages of %s: %w", key, err)
	}
	return out, nil
}
