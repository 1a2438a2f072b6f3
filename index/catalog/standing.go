package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"freshet/index"
)

// TextsFirstSeen returns, by key, when the present text of documents was seen for the
// first time, as far as history reaches.
func (c *Catalog) TextsFirstSeen(ctx context.Context, documents []string) (map[string]time.Time, error) {
	out := make(map[string]time.Time, len(documents))
	err := inParts(documents, func(part []any) error {
		rows, err := c.read.QueryContext(ctx, `SELECT v.doc, MIN(v.at) FROM versions v JOIN documents d ON d.doc = v.doc AND d.text_hash = v.text_hash
			WHERE v.doc IN (`+placeholders(len(part))+`) GROUP BY v.doc`, part...)
		return each(rows, err, func(doc string, at int64) { out[doc] = fromMillis(at) })
	})
	if err != nil {
		return nil, fmt.Errorf("read when texts were first seen: %w", err)
	}
	return out, nil
}

// WithoutVectors counts, by key, the passages of documents that have no vector of a
// space, and were not refused one. Documents without such passages are left out.
func (c *Catalog) WithoutVectors(ctx context.Context, fingerprint string, documents []string) (map[string]int, error) {
	out := make(map[string]int)
	err := inParts(documents, func(part []any) error {
		args := append([]any{index.Open}, part...)
		args = append(args, fingerprint)
		rows, err := c.read.QueryContext(ctx, `SELECT c.doc, COUNT(*) FROM chunks c WHERE c.until_seq = ? AND c.doc IN (`+placeholders(len(part))+`)
			AND NOT EXISTS (SELECT 1 FROM vectors v WHERE v.fingerprint = ? AND v.input_hash = c.input_hash) GROUP BY c.doc`, args...)
		return each(rows, err, func(doc string, n int64) { out[doc] = int(n) })
	})
	if err != nil {
		return nil, fmt.Errorf("count passages without vectors: %w", err)
	}
	return out, nil
}

// each goes through rows of a key and a number.
func each(rows *sql.Rows, err error, f func(string, int64)) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var n int64
		if err := rows.Scan(&key, &n); err != nil {
			return err
		}
		f(key, n)
	}
	return rows.Err()
}

// A PendingRemoval is a document that its source no longer has, and that is served
// until a person has approved of its removal.
type PendingRemoval struct {
	Document string
	Evidence string
	At       time.Time
}

// PendingRemovals returns what waits for approval, by document.
func (c *Catalog) PendingRemovals(ctx context.Context) (map[string]PendingRemoval, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT doc, evidence, at FROM holds WHERE state = ? AND action IN (?, ?)`, string(HoldPending), string(ActHide), string(ActRemove))
	list, err := collect(rows, err, func(r scanner) (PendingRemoval, error) {
		var p PendingRemoval
		var at int64
		err := r.Scan(&p.Document, &p.Evidence, &at)
		p.At = fromMillis(at)
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("list removals that wait for approval: %w", err)
	}
	out := make(map[string]PendingRemoval, len(list))
	for _, p := range list {
		out[p.Document] = p
	}
	return out, nil
}

// inParts calls f with the values in parts that fit an IN list.
func inParts(values []string, f func(part []any) error) error {
	const most = 500
	for len(values) > 0 {
		n := min(most, len(values))
		part := make([]any, n)
		for i := range part {
			part[i] = values[i]
		}
		if err := f(part); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}
