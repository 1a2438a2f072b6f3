package catalog

import (
	"context"
	"database/sql"
	"fmt"

	"freshet/index"
)

// PutVectors keeps dense vectors by the fingerprint of their space and the hash
// of what was embedded.
func (c *Catalog) PutVectors(ctx context.Context, fingerprint string, vectors map[index.Hash][]byte) error {
	now := millis(c.now())
	return c.txApart(ctx, "keep vectors", func(tx *sql.Tx) error {
		for hash, v := range vectors {
			_, err := tx.ExecContext(ctx, `INSERT INTO vectors (fingerprint, input_hash, vector, used) VALUES (?, ?, ?, ?)
				ON CONFLICT (fingerprint, input_hash) DO UPDATE SET vector = excluded.vector, used = excluded.used`, fingerprint, hash[:], v, now)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Vectors returns those of the vectors that are kept.
func (c *Catalog) Vectors(ctx context.Context, fingerprint string, hashes []index.Hash) (map[index.Hash][]byte, error) {
	out := make(map[index.Hash][]byte, len(hashes))
	st, err := c.statements.get(ctx, `SELECT vector FROM vectors WHERE fingerprint = ? AND input_hash = ?`)
	if err != nil {
		return nil, fmt.Errorf("read vectors: %w", err)
	}
	for _, h := range hashes {
		var v []byte
		switch err := st.QueryRowContext(ctx, fingerprint, h[:]).Scan(&v); err {
		case nil:
			out[h] = v
		case sql.ErrNoRows:
		default:
			return nil, fmt.Errorf("read vectors: %w", err)
		}
	}
	return out, nil
}
