package catalog

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"freshet/index"
)

// A Vector is what became of a text that was to be embedded.
type Vector struct {
	Values  []float32 // nil when the text was refused
	Refused string    // why the embedder will never take it
}

// PutVectors keeps dense vectors by the fingerprint of their space and the hash of
// what was embedded.
func (c *Catalog) PutVectors(ctx context.Context, fingerprint string, vectors map[index.Hash]Vector) error {
	now := millis(c.now())
	return c.txApart(ctx, "keep vectors", func(tx *sql.Tx) error {
		for hash, v := range vectors {
			_, err := tx.ExecContext(ctx, `INSERT INTO vectors (fingerprint, input_hash, vector, refused, used) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (fingerprint, input_hash) DO UPDATE SET vector = excluded.vector, refused = excluded.refused, used = excluded.used`,
				fingerprint, hash[:], floatBytes(v.Values), v.Refused, now)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Vectors returns those of the vectors that are kept.
func (c *Catalog) Vectors(ctx context.Context, fingerprint string, hashes []index.Hash) (map[index.Hash]Vector, error) {
	out := make(map[index.Hash]Vector, len(hashes))
	st, err := c.statements.get(ctx, `SELECT vector, refused FROM vectors WHERE fingerprint = ? AND input_hash = ?`)
	if err != nil {
		return nil, fmt.Errorf("read vectors: %w", err)
	}
	for _, h := range hashes {
		if _, have := out[h]; have {
			continue
		}
		var raw []byte
		var v Vector
		err := st.QueryRowContext(ctx, fingerprint, h[:]).Scan(&raw, &v.Refused)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err == nil {
			v.Values, err = bytesFloats(raw)
		}
		if err != nil {
			return nil, fmt.Errorf("read vectors: %w", err)
		}
		out[h] = v
	}
	return out, nil
}

// DropVectors forgets the vectors of these texts, which were made wrongly.
func (c *Catalog) DropVectors(ctx context.Context, fingerprint string, hashes []index.Hash) error {
	return c.txApart(ctx, "drop vectors", func(tx *sql.Tx) error {
		for _, h := range hashes {
			if _, err := tx.ExecContext(ctx, `DELETE FROM vectors WHERE fingerprint = ? AND input_hash = ?`, fingerprint, h[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

// VectorCounts are how many texts of a space are embedded, and how many were refused.
type VectorCounts struct{ Kept, Refused int }

// CountVectors counts what is kept of a space.
func (c *Catalog) CountVectors(ctx context.Context, fingerprint string) (VectorCounts, error) {
	var n VectorCounts
	err := c.read.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN refused <> '' THEN 1 ELSE 0 END), 0) FROM vectors WHERE fingerprint = ?`,
		fingerprint).Scan(&n.Kept, &n.Refused)
	if err != nil {
		return n, fmt.Errorf("count vectors: %w", err)
	}
	n.Kept -= n.Refused
	return n, nil
}

// ForgetVectors deletes vectors that were kept before a moment and that no chunk row
// of the catalog, open or closed, has any more; those of the fingerprints keep stay. A
// model that is gone back to within that time costs nothing. It returns how many they
// were.
func (c *Catalog) ForgetVectors(ctx context.Context, before time.Time, keep ...string) (int, error) {
	old, err := c.oldVectors(ctx, before)
	if err != nil {
		return 0, fmt.Errorf("forget vectors: %w", err)
	}
	old = slices.DeleteFunc(old, func(v oldVector) bool { return slices.Contains(keep, v.fingerprint) })
	if len(old) == 0 {
		return 0, nil
	}
	needed := make(map[index.Hash]bool)
	rows, err := c.read.QueryContext(ctx, `SELECT `+chunkColumns+` FROM chunks c`)
	if err != nil {
		return 0, fmt.Errorf("forget vectors: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		ch, err := scanChunk(rows)
		if err != nil {
			return 0, fmt.Errorf("forget vectors: %w", err)
		}
		needed[ch.EmbedHash()] = true
	}
	if err := rows.Err(); err != nil {
		return 0, fmt.Errorf("forget vectors: %w", err)
	}
	old = slices.DeleteFunc(old, func(v oldVector) bool { return needed[v.hash] })
	for part := range slices.Chunk(old, forgetVectorsPage) {
		if err := c.txApart(ctx, "forget vectors", func(tx *sql.Tx) error {
			for _, v := range part {
				if _, err := tx.ExecContext(ctx, `DELETE FROM vectors WHERE fingerprint = ? AND input_hash = ? AND used < ?`, v.fingerprint, v.hash[:], millis(before)); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return 0, err
		}
	}
	return len(old), nil
}

// forgetVectorsPage keeps a transaction far below a second.
const forgetVectorsPage = 1000

type oldVector struct {
	fingerprint string
	hash        index.Hash
}

func (c *Catalog) oldVectors(ctx context.Context, before time.Time) ([]oldVector, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT fingerprint, input_hash FROM vectors WHERE used < ?`, millis(before))
	return collect(rows, err, func(r scanner) (oldVector, error) {
		var v oldVector
		var hash []byte
		err := r.Scan(&v.fingerprint, &hash)
		v.hash = toHash(hash)
		return v, err
	})
}

// floatBytes is the little-endian form in which vectors are kept.
func floatBytes(v []float32) []byte {
	b := make([]byte, 0, 4*len(v))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

func bytesFloats(b []byte) ([]float32, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if len(b)%4 != 0 {
		return nil, fmt.Errorf("a vector of %d bytes is malformed", len(b))
	}
	v := make([]float32, len(b)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v, nil
}
