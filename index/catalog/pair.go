package catalog

import (
	"context"
	"database/sql"
	"fmt"

	"freshet/index"
)

// A Pair is what a finding is a view of: two sentences, or documents, that do not go
// together. Of a stale document both sides are the same.
type Pair struct {
	ID      index.Hash // fingerprint
	Finding string
	Base    string
	Kind    index.FindingKind
	Rule    string
	Type    string
	Tier    index.Tier
	P       float64
	Content index.Hash // ContentKey
	A, B    index.Member
	Codes   []string // guards that lowered it, and other reasons as names
	Found   int64    // milliseconds since 1970
}

type pairData struct {
	A     index.Member `json:"a"`
	B     index.Member `json:"b"`
	Codes []string     `json:"codes,omitempty"`
}

const pairColumns = `p.pair, p.finding, p.base, p.kind, p.rule, p.type, p.tier, p.p, p.content, p.data, p.found`

func scanPair(r scanner) (Pair, error) {
	var p Pair
	var id, content []byte
	var probability int64
	var data string
	if err := r.Scan(&id, &p.Finding, &p.Base, &p.Kind, &p.Rule, &p.Type, &p.Tier, &probability, &content, &data, &p.Found); err != nil {
		return p, err
	}
	var d pairData
	p.ID, p.Content, p.P = toHash(id), toHash(content), float64(probability)/million
	err := decode(data, &d)
	p.A, p.B, p.Codes = d.A, d.B, d.Codes
	return p, err
}

// putPair writes a pair within a transaction, instead of the one with its ID.
func putPair(ctx context.Context, tx *sql.Tx, p *Pair) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO pairs (pair, finding, base, kind, rule, type, tier, p, a_doc, b_doc, a_chunk, b_chunk, content, data, found)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (pair) DO UPDATE SET finding = excluded.finding, tier = excluded.tier, p = excluded.p, a_chunk = excluded.a_chunk, b_chunk = excluded.b_chunk, data = excluded.data`,
		p.ID[:], p.Finding, p.Base, string(p.Kind), p.Rule, p.Type, string(p.Tier), share(p.P), p.A.Document, p.B.Document, p.A.Chunk[:], p.B.Chunk[:],
		p.Content[:], encode(pairData{p.A, p.B, p.Codes}), p.Found)
	return err
}

// PairsOf lists the live pairs of a finding.
func (c *Catalog) PairsOf(ctx context.Context, finding string) ([]Pair, error) {
	return c.pairs(ctx, `p.finding = ?`, finding)
}

// PairsWith lists the live pairs that a document has a side of.
func (c *Catalog) PairsWith(ctx context.Context, document string) ([]Pair, error) {
	return c.pairs(ctx, `p.pair IN (SELECT pair FROM pairs WHERE a_doc = ? UNION SELECT pair FROM pairs WHERE b_doc = ?)`, document, document)
}

func (c *Catalog) pairs(ctx context.Context, cond string, args ...any) ([]Pair, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT `+pairColumns+` FROM pairs p WHERE `+cond+` ORDER BY p.pair`, args...)
	list, err := collect(rows, err, scanPair)
	if err != nil {
		return nil, fmt.Errorf("read pairs: %w", err)
	}
	return list, nil
}
