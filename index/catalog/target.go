package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"freshet/index"
)

// A TargetState says what a target is for.
type TargetState string

const (
	// TargetBuilding: it is being filled, and not asked.
	TargetBuilding TargetState = "building"
	// TargetActive: questions are answered from it. There is at most one.
	TargetActive TargetState = "active"
	// TargetSoaking: it was active and still follows the change log, so that going
	// back to it takes no time.
	TargetSoaking TargetState = "soaking"
	// TargetDropping: it follows no longer; what it holds is to be removed.
	TargetDropping TargetState = "dropping"
	// TargetDropped: nothing is left of it but this row.
	TargetDropped TargetState = "dropped"
)

// Lives reports whether a target in this state follows the change log.
func (s TargetState) Lives() bool {
	return s == TargetBuilding || s == TargetActive || s == TargetSoaking
}

// A Target is a Store with the Space of its vectors.
type Target struct {
	ID    int64
	Store string // its kind, such as "embedded" or "qdrant"
	// Settings are how it is laid out and reached and what embeds for it, as the
	// program encodes them: no secrets.
	Settings string
	Space    index.Space
	Consumer string // of the change log
	State    TargetState
	Created  time.Time
	Changed  time.Time // its state did
}

// ConsumerOf is the name under which a target follows the change log.
func ConsumerOf(target int64) string { return fmt.Sprintf("store:%d", target) }

const targetColumns = `id, store, settings, space, consumer, state, created, changed`

func scanTarget(r scanner) (Target, error) {
	var t Target
	var space string
	var created, changed int64
	if err := r.Scan(&t.ID, &t.Store, &t.Settings, &space, &t.Consumer, &t.State, &created, &changed); err != nil {
		return t, err
	}
	t.Created, t.Changed = fromMillis(created), fromMillis(changed)
	return t, decode(space, &t.Space)
}

// Targets lists all targets by ID, dropped ones too.
func (c *Catalog) Targets(ctx context.Context) ([]Target, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT `+targetColumns+` FROM targets ORDER BY id`)
	out, err := collect(rows, err, scanTarget)
	if err != nil {
		return nil, fmt.Errorf("list targets: %w", err)
	}
	return out, nil
}

// ActiveTarget returns the target that answers questions, or ErrNotFound.
func (c *Catalog) ActiveTarget(ctx context.Context) (Target, error) {
	t, err := scanTarget(c.read.QueryRowContext(ctx, `SELECT `+targetColumns+` FROM targets WHERE state = ?`, string(TargetActive)))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return t, fmt.Errorf("read the active target: %w", err)
	}
	return t, nil
}

// SetSpace corrects what is kept of a target's Space and settings, without any effect
// on what it holds.
func (c *Catalog) SetSpace(ctx context.Context, id int64, s index.Space, settings string) error {
	return c.txApart(ctx, "save a target's space", func(tx *sql.Tx) error {
		return mustChange(tx.ExecContext(ctx, `UPDATE targets SET space = ?, settings = ?, changed = ? WHERE id = ?`, encode(s), settings, millis(c.now()), id))
	})
}

// StartTarget makes t the active target without a migration and returns it with its
// ID. A target that was active is dropped. Without t.Consumer the name is ConsumerOf.
// ErrMigrating while a migration runs.
func (c *Catalog) StartTarget(ctx context.Context, t Target) (Target, error) {
	err := c.txApart(ctx, "start the index", func(tx *sql.Tx) error {
		if err := noneRuns(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM consumers WHERE name IN (SELECT consumer FROM targets WHERE state = ?)`, string(TargetActive)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE targets SET state = ?, changed = ? WHERE state = ?`, string(TargetDropping), millis(c.now()), string(TargetActive))
		if err != nil {
			return err
		}
		t.State = TargetActive
		return c.addTarget(ctx, tx, &t)
	})
	return t, err
}

func (c *Catalog) addTarget(ctx context.Context, tx *sql.Tx, t *Target) error {
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM targets`).Scan(&t.ID); err != nil {
		return err
	}
	if t.Consumer == "" {
		t.Consumer = ConsumerOf(t.ID)
	}
	now := millis(c.now())
	t.Created, t.Changed = fromMillis(now), fromMillis(now)
	_, err := tx.ExecContext(ctx, `INSERT INTO targets (`+targetColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		t.ID, t.Store, t.Settings, encode(t.Space), t.Consumer, string(t.State), now, now)
	return err
}

// TargetRemoved states that nothing is left of a target that was dropped.
func (c *Catalog) TargetRemoved(ctx context.Context, id int64) error {
	return c.txApart(ctx, "note that a target is removed", func(tx *sql.Tx) error {
		return mustChange(tx.ExecContext(ctx, `UPDATE targets SET state = ?, changed = ? WHERE id = ? AND state = ?`,
			string(TargetDropped), millis(c.now()), id, string(TargetDropping)))
	})
}

// setTarget moves a target from one state to another, or fails.
func (c *Catalog) setTarget(ctx context.Context, tx *sql.Tx, id int64, from, to TargetState) error {
	err := mustChange(tx.ExecContext(ctx, `UPDATE targets SET state = ?, changed = ? WHERE id = ? AND state = ?`,
		string(to), millis(c.now()), id, string(from)))
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("target %d is not %s: %w", id, from, err)
	}
	if err == nil && !to.Lives() {
		_, err = tx.ExecContext(ctx, `DELETE FROM consumers WHERE name IN (SELECT consumer FROM targets WHERE id = ?)`, id)
	}
	return err
}
