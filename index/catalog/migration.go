package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"freshet/index"
)

// ErrMigrating: a migration has not ended; there is one at a time.
var ErrMigrating = errors.New("a migration is under way")

// A MigrationPhase is what a migration is about, in this order.
type MigrationPhase string

// Phases of a migration.
const (
	PhasePrepare  MigrationPhase = "prepare"  // the target's Store is made
	PhaseFollow   MigrationPhase = "follow"   // the target becomes a consumer of the change log
	PhaseBackfill MigrationPhase = "backfill" // what was there before is embedded and written, by chunk ID
	PhaseVerify   MigrationPhase = "verify"   // it is compared with the catalog and the active target
	PhaseSwitch   MigrationPhase = "switch"   // questions are answered from it
	PhaseSoak     MigrationPhase = "soak"     // both follow, and going back is possible
	PhaseDrop     MigrationPhase = "drop"     // the former target is removed
)

// MigrationPhases are all phases, in order.
func MigrationPhases() []MigrationPhase {
	return []MigrationPhase{PhasePrepare, PhaseFollow, PhaseBackfill, PhaseVerify, PhaseSwitch, PhaseSoak, PhaseDrop}
}

// A MigrationState says whether a migration goes on.
type MigrationState string

const (
	// MigrationRunning: it goes on by itself.
	MigrationRunning MigrationState = "running"
	// MigrationWaiting: a person has to say whether it shall.
	MigrationWaiting MigrationState = "waiting"
	// MigrationDone: the former target is dropped.
	MigrationDone MigrationState = "done"
	// MigrationRolledBack: the former target is active and the other one dropped.
	MigrationRolledBack MigrationState = "rolled_back"
)

// Ended reports whether nothing will happen any more.
func (s MigrationState) Ended() bool { return s == MigrationDone || s == MigrationRolledBack }

// A Migration is a move from one target to another.
type Migration struct {
	ID       int64
	From, To int64 // targets
	Phase    MigrationPhase
	State    MigrationState
	Reason   string // why it waits, was rolled back, or could not go on when it last tried
	Hold     bool   // it waits before the switch
	Force    bool   // what is only doubtful does not keep it from the switch
	// Place is the last chunk that backfill has written.
	Place    index.ChunkID
	Progress MigrationProgress
	// Report is what verifying found, as the program encodes it; "" before.
	Report     string
	Started    time.Time
	PhaseSince time.Time
	SoakUntil  time.Time
	Ended      time.Time
}

// MigrationProgress counts what backfill did.
type MigrationProgress struct {
	Chunks  int     `json:"chunks"`  // behind it
	Total   int     `json:"total"`   // open when it was last counted
	Texts   int     `json:"texts"`   // distinct ones that were embedded for it
	Kept    int     `json:"kept"`    // chunks whose vector was kept already
	Refused int     `json:"refused"` // texts that the embedder will not take
	Tokens  int64   `json:"tokens"`  // that the embedder counted
	Cost    float64 `json:"cost"`    // in the currency of the configured price
	// Before is the last chunk of the page before the one that ends at Place.
	Before   index.ChunkID `json:"before"`
	Spent    time.Duration `json:"spent"`    // time that backfill took so far
	Faults   int           `json:"faults"`   // since the phase began
	Restarts int           `json:"restarts"` // begun again because the Store had lost what was written
}

const migrationColumns = `id, from_target, to_target, phase, state, reason, hold, force, place, progress, report, started, phase_since, soak_until, ended`

func scanMigration(r scanner) (Migration, error) {
	var m Migration
	var place []byte
	var progress string
	var started, since, soak, ended int64
	err := r.Scan(&m.ID, &m.From, &m.To, &m.Phase, &m.State, &m.Reason, &m.Hold, &m.Force, &place, &progress, &m.Report, &started, &since, &soak, &ended)
	if err != nil {
		return m, err
	}
	m.Place = toChunkID(place)
	m.Started, m.PhaseSince, m.SoakUntil, m.Ended = fromMillis(started), fromMillis(since), fromMillis(soak), fromMillis(ended)
	return m, decode(progress, &m.Progress)
}

// LastMigration returns the newest migration, or ErrNotFound.
func (c *Catalog) LastMigration(ctx context.Context) (Migration, error) {
	m, err := scanMigration(c.read.QueryRowContext(ctx, `SELECT `+migrationColumns+` FROM migrations ORDER BY id DESC LIMIT 1`))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return m, fmt.Errorf("read the migration: %w", err)
	}
	return m, nil
}

func noneRuns(ctx context.Context, tx *sql.Tx) error {
	var n int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM migrations WHERE state IN (?, ?)`, string(MigrationRunning), string(MigrationWaiting)).Scan(&n)
	if err == nil && n > 0 {
		err = ErrMigrating
	}
	return err
}

// BeginMigration begins a move from the active target to one that is made by it. The
// migration is returned with both. ErrMigrating while another has not ended,
// ErrNotFound when no target is active.
func (c *Catalog) BeginMigration(ctx context.Context, to Target, m Migration) (Migration, error) {
	err := c.txApart(ctx, "begin a migration", func(tx *sql.Tx) error {
		if err := noneRuns(ctx, tx); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, `SELECT id FROM targets WHERE state = ?`, string(TargetActive)).Scan(&m.From)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("no target is active: %w", ErrNotFound)
		}
		if err != nil {
			return err
		}
		to.State = TargetBuilding
		if err := c.addTarget(ctx, tx, &to); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM migrations`).Scan(&m.ID); err != nil {
			return err
		}
		now := millis(c.now())
		m.To, m.Phase, m.State = to.ID, PhasePrepare, MigrationRunning
		m.Started, m.PhaseSince, m.SoakUntil, m.Ended = fromMillis(now), fromMillis(now), time.Time{}, time.Time{}
		_, err = tx.ExecContext(ctx, `INSERT INTO migrations (`+migrationColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			m.ID, m.From, m.To, string(m.Phase), string(m.State), m.Reason, flag(m.Hold), flag(m.Force), m.Place[:], encode(m.Progress), m.Report,
			now, now, 0, 0)
		return err
	})
	return m, err
}

// moveMigration does something and saves the migration, in one transaction.
// ErrNotFound when it has ended.
func (c *Catalog) moveMigration(ctx context.Context, doing string, m *Migration, first func(*sql.Tx) error) error {
	return c.txApart(ctx, doing, func(tx *sql.Tx) error {
		if err := first(tx); err != nil {
			return err
		}
		return mustChange(tx.ExecContext(ctx, `UPDATE migrations SET phase_since = CASE WHEN phase = ? THEN phase_since ELSE ? END,
			phase = ?, state = ?, reason = ?, hold = ?, force = ?, place = ?, progress = ?, report = ?, soak_until = ?, ended = ?
			WHERE id = ? AND state IN (?, ?)`,
			string(m.Phase), millis(c.now()), string(m.Phase), string(m.State), m.Reason, flag(m.Hold), flag(m.Force), m.Place[:], encode(m.Progress), m.Report,
			millis(m.SoakUntil), millis(m.Ended), m.ID, string(MigrationRunning), string(MigrationWaiting)))
	})
}

// SaveMigration keeps how far a migration has come; PhaseSince follows from Phase.
// ErrNotFound when it has ended.
func (c *Catalog) SaveMigration(ctx context.Context, m Migration) error {
	return c.moveMigration(ctx, "save the migration", &m, func(*sql.Tx) error { return nil })
}

// SwitchMigration makes m.To the active target and m.From one that soaks until then,
// in one transaction: the moment at which the index changes.
func (c *Catalog) SwitchMigration(ctx context.Context, m Migration, until time.Time) error {
	m.Phase, m.State, m.Reason, m.SoakUntil = PhaseSoak, MigrationRunning, "", until
	return c.moveMigration(ctx, "switch the index", &m, func(tx *sql.Tx) error {
		if err := c.setTarget(ctx, tx, m.From, TargetActive, TargetSoaking); err != nil {
			return err
		}
		return c.setTarget(ctx, tx, m.To, TargetBuilding, TargetActive)
	})
}

// FinishMigration drops the former target and ends the migration.
func (c *Catalog) FinishMigration(ctx context.Context, m Migration) error {
	m.Phase, m.State, m.Reason, m.Ended = PhaseDrop, MigrationDone, "", c.now()
	return c.moveMigration(ctx, "end the migration", &m, func(tx *sql.Tx) error {
		return c.setTarget(ctx, tx, m.From, TargetSoaking, TargetDropping)
	})
}

// RollBackMigration has the target of before answer, drops the other one and ends the
// migration. It is possible until the former target is dropped; ErrNotFound then.
func (c *Catalog) RollBackMigration(ctx context.Context, m Migration, reason string) error {
	m.State, m.Reason, m.Ended = MigrationRolledBack, reason, c.now()
	return c.moveMigration(ctx, "go back to the index of before", &m, func(tx *sql.Tx) error {
		var state TargetState
		if err := tx.QueryRowContext(ctx, `SELECT state FROM targets WHERE id = ?`, m.To).Scan(&state); err != nil {
			return err
		}
		if err := c.setTarget(ctx, tx, m.To, state, TargetDropping); err != nil {
			return err
		}
		if state != TargetActive {
			return nil
		}
		return c.setTarget(ctx, tx, m.From, TargetSoaking, TargetActive)
	})
}
