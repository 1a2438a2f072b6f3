package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// A Base is a knowledge base.
type Base struct {
	ID        string
	Languages []string
	Recipe    string             // active versions of extractor, chunker and encoder
	Weights   map[string]float64 // learnt; empty: derived from the base
	// Model is the answer state's, fitted to the base, as its owner encodes it; ""
	// while there is none. ModelSeq is the change log's head when it was fitted.
	Model    string
	ModelSeq int64
}

// PutBase creates a knowledge base or changes its languages. Its recipe and
// weights are set only when it is created.
func (c *Catalog) PutBase(ctx context.Context, b Base) error {
	return c.tx(ctx, "save knowledge base "+b.ID, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO bases (id, languages, recipe, weights, model, model_seq) VALUES (?, ?, ?, ?, '', 0)
			ON CONFLICT (id) DO UPDATE SET languages = excluded.languages`, b.ID, encode(b.Languages), b.Recipe, encode(b.Weights))
		return err
	})
}

// SetRecipe makes a recipe the active one of a knowledge base.
func (c *Catalog) SetRecipe(ctx context.Context, base, recipe string) error {
	return c.tx(ctx, "switch recipe of "+base, func(tx *sql.Tx) error {
		return mustChange(tx.ExecContext(ctx, `UPDATE bases SET recipe = ? WHERE id = ?`, recipe, base))
	})
}

func scanBase(r scanner) (Base, error) {
	var b Base
	var languages, weights string
	if err := r.Scan(&b.ID, &languages, &b.Recipe, &weights, &b.Model, &b.ModelSeq); err != nil {
		return b, err
	}
	return b, errors.Join(decode(languages, &b.Languages), decode(weights, &b.Weights))
}

// Bases lists the knowledge bases by ID.
func (c *Catalog) Bases(ctx context.Context) ([]Base, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT id, languages, recipe, weights, model, model_seq FROM bases ORDER BY id`)
	out, err := collect(rows, err, scanBase)
	if err != nil {
		return nil, fmt.Errorf("list knowledge bases: %w", err)
	}
	return out, nil
}

// Base returns a knowledge base, or ErrNotFound.
func (c *Catalog) Base(ctx context.Context, id string) (Base, error) {
	b, err := scanBase(c.read.QueryRowContext(ctx, `SELECT id, languages, recipe, weights, model, model_seq FROM bases WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return b, fmt.Errorf("knowledge base %q: %w", id, ErrNotFound)
	}
	if err != nil {
		return b, fmt.Errorf("read knowledge base %q: %w", id, err)
	}
	return b, nil
}

// A Synonym is an owner's word for another.
type Synonym struct {
	Term   string `json:"term"`
	Means  string `json:"means"`
	TwoWay bool   `json:"two_way"`
}

// Synonyms lists the synonyms of a knowledge base.
func (c *Catalog) Synonyms(ctx context.Context, base string) ([]Synonym, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT term, means, two_way FROM synonyms WHERE base = ? ORDER BY term, means`, base)
	out, err := collect(rows, err, func(r scanner) (Synonym, error) {
		var s Synonym
		return s, r.Scan(&s.Term, &s.Means, &s.TwoWay)
	})
	if err != nil {
		return nil, fmt.Errorf("list synonyms of %s: %w", base, err)
	}
	return out, nil
}

// SetSynonyms replaces the synonyms of a knowledge base.
func (c *Catalog) SetSynonyms(ctx context.Context, base string, list []Synonym) error {
	return c.tx(ctx, "save synonyms of "+base, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM synonyms WHERE base = ?`, base); err != nil {
			return err
		}
		for _, s := range list {
			_, err := tx.ExecContext(ctx, `INSERT INTO synonyms (base, term, means, two_way) VALUES (?, ?, ?, ?) ON CONFLICT (base, term, means) DO UPDATE SET two_way = excluded.two_way`,
				base, s.Term, s.Means, flag(s.TwoWay))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// SaveTermStatistics keeps a snapshot of term statistics with the mark up to
// which it has followed the change log.
func (c *Catalog) SaveTermStatistics(ctx context.Context, name string, mark int64, data []byte) error {
	return c.txApart(ctx, "save term statistics", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO term_statistics (name, mark, data) VALUES (?, ?, ?)
			ON CONFLICT (name) DO UPDATE SET mark = excluded.mark, data = excluded.data`, name, mark, data)
		return err
	})
}

// TermStatistics returns the snapshot and its mark, or ErrNotFound.
func (c *Catalog) TermStatistics(ctx context.Context, name string) (mark int64, data []byte, err error) {
	err = c.read.QueryRowContext(ctx, `SELECT mark, data FROM term_statistics WHERE name = ?`, name).Scan(&mark, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, fmt.Errorf("term statistics: %w", ErrNotFound)
	}
	if err != nil {
		return 0, nil, fmt.Errorf("read term statistics: %w", err)
	}
	return mark, data, nil
}
