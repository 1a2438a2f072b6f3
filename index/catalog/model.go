package catalog

import (
	"context"
	"database/sql"
	"fmt"
)

// SetModel keeps the answer state's model of a knowledge base with the head of the
// change log at which it was fitted. ErrNotFound when there is no such base.
func (c *Catalog) SetModel(ctx context.Context, base, model string, seq int64) error {
	return c.txApart(ctx, "save the answer model of "+base, func(tx *sql.Tx) error {
		return mustChange(tx.ExecContext(ctx, `UPDATE bases SET model = ?, model_seq = ? WHERE id = ?`, model, seq, base))
	})
}

// Turnover counts the documents of a knowledge base that are served now and, in
// the change log since seq, those that came or went.
func (c *Catalog) Turnover(ctx context.Context, base string, seq int64) (served, turned int, err error) {
	err = c.read.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM documents WHERE base = ? AND state IN ('present', 'unreadable') AND chunks > 0),
		(SELECT COUNT(DISTINCT doc) FROM log WHERE seq > ? AND base = ? AND (kind = 'taken' OR outcome IN ('new', 'restored')))`, base, seq, base).Scan(&served, &turned)
	if err != nil {
		return 0, 0, fmt.Errorf("count what came and went in %s: %w", base, err)
	}
	return served, turned, nil
}

// PublicTitles returns the external IDs of the served documents that everybody may
// read, by title. Documents without a title are left out.
func (c *Catalog) PublicTitles(ctx context.Context, base string) (map[string][]string, error) {
	out := make(map[string][]string)
	for d, err := range c.AllDocuments(ctx, DocumentFilter{Base: base, States: []State{Present, Unreadable}}) {
		if err != nil {
			return nil, err
		}
		if a := d.Details.Access; a.Known && a.Public && d.Chunks > 0 && d.Details.Title != "" {
			out[d.Details.Title] = append(out[d.Details.Title], d.ExternalID)
		}
	}
	return out, nil
}
