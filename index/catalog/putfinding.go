package catalog

import (
	"context"
	"database/sql"

	"freshet/index"
)

// PutFinding writes a finding with its live pairs, which replace those that it had,
// and its notes of the kinds that detection writes. It is for one finding alone; the
// detectors write theirs with their mark.
func (c *Catalog) PutFinding(ctx context.Context, f *index.Finding, pairs []Pair, notes []DocumentNote) error {
	var keys []string
	return c.txOn(ctx, "write finding "+f.ID, func() touched { return touched{documents: keys} }, func(tx *sql.Tx) error {
		var err error
		keys, err = writeFinding(ctx, tx, millis(c.now()), f, pairs, notes)
		return err
	})
}

// writeFinding is PutFinding within a transaction; it returns the documents that the
// transaction has to touch.
func writeFinding(ctx context.Context, tx *sql.Tx, at int64, f *index.Finding, pairs []Pair, notes []DocumentNote) (keys []string, err error) {
	if err := putFinding(ctx, tx, f); err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM pairs WHERE finding = ?`, f.ID); err != nil {
		return nil, err
	}
	for i := range pairs {
		pairs[i].Finding = f.ID
		if err := putPair(ctx, tx, &pairs[i]); err != nil {
			return nil, err
		}
	}
	if keys, err = dropNotes(ctx, tx, f.ID, index.NoteConflict, index.NoteStale); err != nil {
		return nil, err
	}
	for i := range notes {
		keys = append(keys, notes[i].Document)
	}
	return keys, putNotes(ctx, tx, at, notes)
}
