package catalog

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"freshet/index"
)

// Times are kept as Unix milliseconds; zero is the zero time.

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// encode makes the JSON text of plain data.
func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("catalog: %T is not plain data: %v", v, err))
	}
	return string(b)
}

func decode(text string, into any) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("decode %T: %w", into, err)
	}
	return nil
}

func toHash(b []byte) index.Hash {
	var h index.Hash
	copy(h[:], b)
	return h
}

func toChunkID(b []byte) index.ChunkID {
	var id index.ChunkID
	copy(id[:], b)
	return id
}

type scanner interface{ Scan(dest ...any) error }

// collect reads all rows and closes them.
func collect[T any](rows *sql.Rows, err error, scan func(scanner) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// placeholders returns "?,?,?".
func placeholders(n int) string {
	b := make([]byte, 0, 2*n)
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '?')
	}
	return string(b)
}

// parseHash reads the hexadecimal form.
func parseHash(s string) (index.Hash, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(index.Hash{}) {
		return index.Hash{}, fmt.Errorf("%q is not a hash", s)
	}
	return toHash(b), nil
}
