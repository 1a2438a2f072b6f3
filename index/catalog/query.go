package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// A Query is a row of the answer ledger: what was asked, masked, and what was served.
type Query struct {
	ID     string
	Base   string
	At     time.Time
	Key    string // ID of the API key
	Text   string // masked
	State  string // of the answer
	Mark   int64  // of the change log at which it was answered
	Took   time.Duration
	Served json.RawMessage // passages as they were served
}

// Feedback is what a user thought of an answer.
type Feedback struct {
	QueryID string
	Chunk   string // "" for the answer as a whole
	Verdict string // helpful, not_helpful, wrong, outdated
	Comment string // masked
	At      time.Time
}

// LogQueries writes rows of the ledger in one transaction.
func (c *Catalog) LogQueries(ctx context.Context, list []Query) error {
	return c.txApart(ctx, "write the query log", func(tx *sql.Tx) error {
		st, err := tx.PrepareContext(ctx, `INSERT INTO queries (id, base, at, api_key, query, state, mark, took_us, served) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
		if err != nil {
			return err
		}
		defer st.Close()
		for _, q := range list {
			if _, err := st.ExecContext(ctx, q.ID, q.Base, millis(q.At), q.Key, q.Text, q.State, q.Mark, q.Took.Microseconds(), string(q.Served)); err != nil {
				return err
			}
		}
		return nil
	})
}

const queryColumns = `id, base, at, api_key, query, state, mark, took_us, served`

func scanQuery(r scanner) (Query, error) {
	var q Query
	var at, took int64
	var served string
	err := r.Scan(&q.ID, &q.Base, &at, &q.Key, &q.Text, &q.State, &q.Mark, &took, &served)
	q.At, q.Took, q.Served = fromMillis(at), time.Duration(took)*time.Microsecond, json.RawMessage(served)
	return q, err
}

// Query returns a row of the ledger with its feedback, or ErrNotFound.
func (c *Catalog) Query(ctx context.Context, id string) (Query, []Feedback, error) {
	q, err := scanQuery(c.read.QueryRowContext(ctx, `SELECT `+queryColumns+` FROM queries WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return q, nil, fmt.Errorf("query %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return q, nil, fmt.Errorf("read query %s: %w", id, err)
	}
	rows, err := c.read.QueryContext(ctx, `SELECT query_id, chunk, verdict, comment, at FROM feedback WHERE query_id = ? ORDER BY id`, id)
	list, err := collect(rows, err, func(r scanner) (Feedback, error) {
		var f Feedback
		var at int64
		err := r.Scan(&f.QueryID, &f.Chunk, &f.Verdict, &f.Comment, &at)
		f.At = fromMillis(at)
		return f, err
	})
	if err != nil {
		return q, nil, fmt.Errorf("read feedback on query %s: %w", id, err)
	}
	return q, list, nil
}

// Queries lists the newest rows of the ledger first; base "" is all.
func (c *Catalog) Queries(ctx context.Context, base string, limit int) ([]Query, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT `+queryColumns+` FROM queries WHERE base = ? OR ? = '' ORDER BY at DESC, id LIMIT ?`, base, base, limit)
	out, err := collect(rows, err, scanQuery)
	if err != nil {
		return nil, fmt.Errorf("list queries: %w", err)
	}
	return out, nil
}

// AddFeedback keeps feedback, or returns ErrNotFound when the query is not in the ledger.
func (c *Catalog) AddFeedback(ctx context.Context, f Feedback) error {
	return c.txApart(ctx, "keep feedback", func(tx *sql.Tx) error {
		return mustChange(tx.ExecContext(ctx, `INSERT INTO feedback (id, query_id, chunk, verdict, comment, at)
			SELECT (SELECT COALESCE(MAX(id), 0) + 1 FROM feedback), id, ?, ?, ?, ? FROM queries WHERE id = ?`,
			f.Chunk, f.Verdict, f.Comment, millis(c.now()), f.QueryID))
	})
}

// ForgetQueries deletes rows of the ledger, and their feedback, from before a time.
func (c *Catalog) ForgetQueries(ctx context.Context, before time.Time) error {
	return c.txApart(ctx, "forget old queries", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM feedback WHERE query_id IN (SELECT id FROM queries WHERE at < ?)`, millis(before)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM queries WHERE at < ?`, millis(before))
		return err
	})
}

// ForgetHistory deletes versions and chunk rows that were closed before a time
// and that every consumer of the change log has passed.
func (c *Catalog) ForgetHistory(ctx context.Context, before time.Time) error {
	return c.tx(ctx, "forget old versions", func(tx *sql.Tx) error {
		var seq, mark int64
		err := tx.QueryRowContext(ctx, `SELECT COALESCE((SELECT MAX(seq) FROM log WHERE at < ?), 0), COALESCE((SELECT MIN(mark) FROM consumers), 0)`, millis(before)).Scan(&seq, &mark)
		if err != nil {
			return err
		}
		seq = min(seq, mark)
		// The newest version of a document stays for as long as the document: what
		// comes back is restored from it.
		for _, q := range []string{
			`DELETE FROM chunks WHERE ` + closedUpTo,
			`DELETE FROM versions WHERE until_seq <= ? AND from_seq < (SELECT MAX(v.from_seq) FROM versions v WHERE v.doc = versions.doc)`,
		} {
			if _, err := tx.ExecContext(ctx, q, seq); err != nil {
				return err
			}
		}
		return nil
	})
}
