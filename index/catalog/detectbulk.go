package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// A DetectBulk registers very many rows: it keeps their keys back until there are so
// many that writing them in order is fast. What is lost when it is not flushed are
// keys, so that a pass which did not come to its end has to begin again.
type DetectBulk struct {
	c       *Catalog
	most    int
	entries []int64
}

// DetectBulk returns one that keeps back at most so many keys, of eight bytes each.
func (c *Catalog) DetectBulk(most int) *DetectBulk { return &DetectBulk{c: c, most: most} }

// Add writes rows, giving them IDs from next on, and returns the ID after them.
func (b *DetectBulk) Add(ctx context.Context, rows []DetectRow, next int64) (int64, error) {
	for i := range rows {
		rows[i].ID = next
		next++
	}
	if next > MaxDetectRows {
		return next, fmt.Errorf("detection has registered %d passages since the catalog was made, which is all it can number: make a new one", next)
	}
	b.entries = append(b.entries, entriesOf(rows)...)
	err := b.c.txOn(ctx, "register passages for detection", touchesNothing, func(tx *sql.Tx) error {
		w := detectWriter{ctx: context.WithoutCancel(ctx), tx: tx}
		return w.insertRows(rows)
	})
	if err == nil && len(b.entries) >= b.most {
		err = b.Flush(ctx)
	}
	return next, err
}

// bulkPage keeps a transaction below a second.
const bulkPage = 100_000

// Flush writes the keys that are kept back.
func (b *DetectBulk) Flush(ctx context.Context) error {
	slices.Sort(b.entries)
	for page := range slices.Chunk(slices.Compact(b.entries), bulkPage) {
		err := b.c.txOn(ctx, "register passages for detection", touchesNothing, func(tx *sql.Tx) error {
			w := detectWriter{ctx: context.WithoutCancel(ctx), tx: tx}
			return w.insertEntries(page)
		})
		if err != nil {
			return err
		}
	}
	b.entries = b.entries[:0]
	return ctx.Err()
}

// dropPage is how many rows are dropped in one transaction.
const dropPage = 2000

// DropDetectRows forgets the rows of a base, in steps that each commit.
func (c *Catalog) DropDetectRows(ctx context.Context, base string) error {
	for {
		rows, err := c.DetectRowsAfter(ctx, base, 0, dropPage)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := c.Detect(ctx, &Detection{Drop: rows}); err != nil {
			return err
		}
	}
}

// CountServed counts the documents of a base that are served.
func (c *Catalog) CountServed(ctx context.Context, base string) (int, error) {
	var n int
	err := c.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM documents WHERE base = ? AND state IN ('present', 'unreadable') AND chunks > 0`, base).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count documents of %s: %w", base, err)
	}
	return n, nil
}

// touchesNothing is of transactions that write tables of detection alone.
func touchesNothing() touched { return touched{} }
