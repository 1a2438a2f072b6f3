package catalog

import (
	"context"
	"fmt"
)

// A SourceOverlap counts the duplicates between two sources.
type SourceOverlap struct {
	A, B      string // in order
	Pairs     int
	Documents int // of the smaller source that have one
	Smaller   int // documents of the smaller source that are served
	// ExampleA and ExampleB are the keys of one pair.
	ExampleA, ExampleB string
}

// DuplicateSources counts the duplicates of whole documents between the sources of a
// base.
func (c *Catalog) DuplicateSources(ctx context.Context, base string) ([]SourceOverlap, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT x.source, y.source, COUNT(*), COUNT(DISTINCT x.doc), COUNT(DISTINCT y.doc), MIN(x.doc), MIN(y.doc)
		FROM pairs p JOIN documents x ON x.doc = p.a_doc OR x.doc = p.b_doc JOIN documents y ON (y.doc = p.a_doc OR y.doc = p.b_doc)
		WHERE p.base = ? AND p.kind = 'duplicate' AND p.rule <> 'passage' AND x.source < y.source GROUP BY x.source, y.source ORDER BY x.source, y.source`, base)
	type counted struct {
		SourceOverlap
		inA, inB int
	}
	list, err := collect(rows, err, func(r scanner) (counted, error) {
		var o counted
		return o, r.Scan(&o.A, &o.B, &o.Pairs, &o.inA, &o.inB, &o.ExampleA, &o.ExampleB)
	})
	if err != nil {
		return nil, fmt.Errorf("count duplicates between the sources of %s: %w", base, err)
	}
	out := make([]SourceOverlap, len(list))
	for i := range list {
		o := &list[i]
		inA, err := c.servedOf(ctx, o.A)
		if err != nil {
			return nil, err
		}
		inB, err := c.servedOf(ctx, o.B)
		if err != nil {
			return nil, err
		}
		if o.Smaller, o.Documents = inA, o.inA; inB < inA {
			o.Smaller, o.Documents = inB, o.inB
		}
		out[i] = o.SourceOverlap
	}
	return out, nil
}

func (c *Catalog) servedOf(ctx context.Context, source string) (int, error) {
	var n int
	err := c.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM documents WHERE source = ? AND state IN ('present', 'unreadable') AND chunks > 0`, source).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count documents of %s: %w", source, err)
	}
	return n, nil
}
