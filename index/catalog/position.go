package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"freshet/connectors"
)

// A Position is how far one sort of pass over a source has come.
type Position struct {
	Pass    connectors.Pass
	Cursor  string
	Digest  string // of the settings that the cursor belongs to
	PassID  int64  // grows by one with every full pass that begins
	Started time.Time
	Done    time.Time // when a pass was last whole
	Open    bool      // the pass PassID has begun and is not whole yet
}

func (w *writer) position() error {
	p := w.b.Position
	if p == nil {
		return nil
	}
	return w.exec(`INSERT INTO positions (source, pass, cursor, digest, pass_id, started, done, open) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (source, pass) DO UPDATE SET cursor = excluded.cursor, digest = excluded.digest, pass_id = excluded.pass_id,
		started = excluded.started, done = excluded.done, open = excluded.open`,
		w.b.Source, p.Pass.String(), p.Cursor, p.Digest, p.PassID, millis(p.Started), millis(p.Done), flag(p.Open))
}

// PositionOf returns the position of a source's pass; the zero Position with Pass
// set when there is none.
func (c *Catalog) PositionOf(ctx context.Context, source string, pass connectors.Pass) (Position, error) {
	p := Position{Pass: pass}
	var started, done int64
	err := c.read.QueryRowContext(ctx, `SELECT cursor, digest, pass_id, started, done, open FROM positions WHERE source = ? AND pass = ?`, source, pass.String()).
		Scan(&p.Cursor, &p.Digest, &p.PassID, &started, &done, &p.Open)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err != nil {
		return p, fmt.Errorf("read position of %s: %w", source, err)
	}
	p.Started, p.Done = fromMillis(started), fromMillis(done)
	return p, nil
}

// MemoryOf returns a connector's note, "" when there is none.
func (c *Catalog) MemoryOf(ctx context.Context, source, key string) (string, error) {
	st, err := c.statements.get(ctx, `SELECT value FROM memory WHERE source = ? AND key = ?`)
	if err != nil {
		return "", fmt.Errorf("read note %q of %s: %w", key, source, err)
	}
	var v string
	err = st.QueryRowContext(ctx, source, key).Scan(&v)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read note %q of %s: %w", key, source, err)
	}
	return v, nil
}
