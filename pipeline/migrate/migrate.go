// Package migrate changes the index while questions are answered from it: another
// embedding model, another dimension, another kind of Store.
//
// A target is a Store with the Space of its vectors. One target is active: questions
// are answered from it. A migration makes another one, which follows the change log
// from its first moment on, fills it with what was there before, compares it with the
// catalog and with the active one, and switches: one transaction of the catalog. Then
// both follow for a day, so that going back takes no time, before the former one is
// dropped.
//
// How far a migration is stands in the catalog. A process that is stopped or killed
// in any phase goes on from there.
package migrate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline"
)

// A Model makes the dense vectors of one Space.
type Model struct {
	Passages pipeline.EmbedPassages
	// Query embeds a question; its vector is normalised.
	Query func(ctx context.Context, question string) ([]float32, error)
	// Spent tells the tokens and the cost of what Passages did since the Model was
	// made; nil: nobody counts.
	Spent func() (tokens int64, cost float64)
	// Estimate foretells tokens and cost of embedding texts of so many bytes; nil:
	// nobody can tell.
	Estimate func(texts int, bytes int64) (tokens int64, cost float64)
}

// Serving is what questions are answered from: a Store with the model of its Space.
// It is taken once for each question, so that vectors of two Spaces never meet.
type Serving struct {
	Target catalog.Target
	// Store answers index.ErrUnavailable for as long as it cannot be opened.
	Store index.Store
	// Model embeds questions for the Store's Space; nil where it has no dense vectors,
	// or where the model cannot be made.
	Model *Model
}

// Fingerprint identifies the Space.
func (s *Serving) Fingerprint() string { return s.Target.Space.Fingerprint() }

// Options make a Machine. Catalog, Statistics, OpenStore, OpenModel and Remove are
// required.
type Options struct {
	Catalog *catalog.Catalog
	// Statistics are shared by all targets.
	Statistics *pipeline.Statistics
	// OpenStore opens the Store of a target, making it where it does not exist. An
	// error that is index.ErrUnavailable has it tried again.
	OpenStore func(ctx context.Context, t catalog.Target) (index.Store, error)
	// OpenModel makes the model of a target whose Space has dense vectors.
	OpenModel func(t catalog.Target) (*Model, error)
	// Remove removes what a dropped target's Store has kept. Doing it twice is no error.
	Remove func(ctx context.Context, t catalog.Target) error
	// Switched is told of every change of the active target when it has been made, and
	// at every start; it may be told of the same one twice. Its error has it told
	// again. nil: nobody is told.
	Switched func(ctx context.Context, active catalog.Target) error
	// Golden asks the golden questions of a Serving; nil: there are none.
	Golden Golden
	// Yield is that of pipeline.Options.
	Yield func(ctx context.Context) error
	Now   func() time.Time
	Log   *slog.Logger

	Soak   time.Duration // how long both targets follow behind a switch; 24 h
	Grace  time.Duration // how long questions may still ask a dropped target; 1 min
	Page   int           // chunks of one step of backfill; 512
	Sample int           // texts that must find themselves; 200
	// Reached is called before each phase's work; tests stop the process there.
	Reached func(catalog.MigrationPhase)

	retry time.Duration // the shortest wait behind a fault; 200 ms
}

func (o Options) complete() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Soak <= 0 {
		o.Soak = 24 * time.Hour
	}
	if o.Grace <= 0 {
		o.Grace = time.Minute
	}
	if o.Page <= 0 {
		o.Page = 512
	}
	if o.Sample <= 0 {
		o.Sample = 200
	}
	if o.retry <= 0 {
		o.retry = 200 * time.Millisecond
	}
	if o.Reached == nil {
		o.Reached = func(catalog.MigrationPhase) {}
	}
	return o
}

// A Machine looks after the targets of one catalog and moves between them. Its
// methods may be called from several goroutines. One process runs it.
type Machine struct {
	Options

	active atomic.Pointer[Serving]

	mu      sync.Mutex // guards what follows, and one change of targets at a time
	targets map[int64]*target
	models  map[string]*embedding // by DenseFingerprint
	wanted  Wanted
	working context.Context // of the consumers; nil before Run
	step    context.CancelFunc
	rate    rate

	told int64 // the active target that Switched was told of; Run's own

	kick      chan struct{}
	consumers sync.WaitGroup // joined by Run
}

// New returns a Machine that has done nothing yet.
func New(o Options) *Machine {
	return &Machine{Options: o.complete(), targets: make(map[int64]*target), models: make(map[string]*embedding), kick: make(chan struct{}, 1)}
}

// Active is what questions are answered from. It is there once Open has returned.
func (m *Machine) Active() *Serving { return m.active.Load() }

// Run has all targets follow the change log and moves what migration there is, until
// ctx ends. A step that fails is tried again, with growing distance of at most 30 s.
// Open is called before.
func (m *Machine) Run(ctx context.Context) error {
	const longest = 30 * time.Second
	shortest := m.retry
	defer m.consumers.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	m.mu.Lock()
	m.working = ctx
	m.mu.Unlock()
	again := shortest
	for ctx.Err() == nil {
		next, err := m.advance(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, errSuperseded):
			continue
		case err != nil:
			m.Log.Warn("the index's migration waits; questions are answered from the active index meanwhile", "again_in", again, "error", err)
			m.noteFault(ctx, err)
			next, again = again, min(2*again, longest)
		default:
			again = shortest
		}
		select {
		case <-m.kick:
		case <-time.After(next):
		case <-ctx.Done():
		}
	}
	return nil
}

const (
	atOnce = time.Duration(0)
	// lookAgain is how often a migration is looked at that has nothing to do: the clock
	// may have moved on, or a person's word come whose answer was lost.
	lookAgain = time.Minute
)

// errSuperseded ends a step that a person's word has overtaken.
var errSuperseded = errors.New("somebody has changed the migration")

// advance makes one step and says when the next one is due.
func (m *Machine) advance(ctx context.Context) (time.Duration, error) {
	step, cancel := context.WithCancel(ctx)
	defer cancel()
	m.mu.Lock()
	m.step = cancel
	err := m.refresh(step)
	m.mu.Unlock()
	next := lookAgain
	if err == nil {
		next, err = m.migrate(step)
	}
	if err != nil && step.Err() != nil && ctx.Err() == nil {
		err = errSuperseded
	}
	if err == nil && !m.tell(ctx) {
		next = min(next, tellAgain)
	}
	return next, err
}

// migrate makes a step of the migration, if one runs.
func (m *Machine) migrate(ctx context.Context) (time.Duration, error) {
	now, err := m.Catalog.LastMigration(ctx)
	if errors.Is(err, catalog.ErrNotFound) || err == nil && now.State != catalog.MigrationRunning {
		return lookAgain, nil
	}
	if err != nil {
		return 0, err
	}
	m.Reached(now.Phase)
	return m.do(ctx, now)
}

// do does what the phase of a running migration asks for.
func (m *Machine) do(ctx context.Context, now catalog.Migration) (time.Duration, error) {
	switch now.Phase {
	case catalog.PhasePrepare:
		return atOnce, m.prepare(ctx, now)
	case catalog.PhaseFollow:
		return atOnce, m.follow(ctx, now)
	case catalog.PhaseBackfill:
		return atOnce, m.backfill(ctx, now)
	case catalog.PhaseVerify:
		return atOnce, m.verify(ctx, now)
	case catalog.PhaseSwitch:
		return atOnce, m.switchOver(ctx, now)
	case catalog.PhaseSoak:
		if left := now.SoakUntil.Sub(m.Now()); left > 0 {
			return min(left, lookAgain), nil
		}
		return atOnce, m.moveOn(ctx, now, catalog.PhaseDrop)
	case catalog.PhaseDrop:
		return atOnce, m.drop(ctx, now)
	}
	return lookAgain, fmt.Errorf("the migration is in a phase %q that this version of freshet does not know: use the version that began it", now.Phase)
}

// prepare has the target's Store made.
func (m *Machine) prepare(ctx context.Context, now catalog.Migration) error {
	t, err := m.target(now.To)
	if err != nil {
		return err
	}
	if _, err := t.store.open(ctx); err != nil {
		return fmt.Errorf("make the store of target %d: %w", now.To, err)
	}
	if t.row.Space.Dimension > 0 && t.embedding == nil {
		return fmt.Errorf("make the embedding model of target %d: %s", now.To, t.modelFault)
	}
	return m.moveOn(ctx, now, catalog.PhaseFollow)
}

// follow makes the target a consumer of the change log: what is committed from here
// on comes to it by the log, what was there before by backfill.
func (m *Machine) follow(ctx context.Context, now catalog.Migration) error {
	t, err := m.target(now.To)
	if err != nil {
		return err
	}
	if err := m.begin(ctx, t); err != nil {
		return err
	}
	return m.moveOn(ctx, now, catalog.PhaseBackfill)
}

// switchOver makes the target the active one.
func (m *Machine) switchOver(ctx context.Context, now catalog.Migration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.unchanged(ctx, &now); err != nil {
		return err
	}
	if err := m.Catalog.SwitchMigration(ctx, now, m.Now().Add(m.Soak)); err != nil {
		return err
	}
	m.Log.Info("the index is switched", "from", now.From, "to", now.To, "soaks_until", m.Now().Add(m.Soak))
	return m.refresh(ctx)
}

// drop ends the migration; the former target is removed by refresh.
func (m *Machine) drop(ctx context.Context, now catalog.Migration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.unchanged(ctx, &now); err != nil {
		return err
	}
	return m.Catalog.FinishMigration(ctx, now)
}

// moveOn enters the next phase.
func (m *Machine) moveOn(ctx context.Context, now catalog.Migration, next catalog.MigrationPhase) error {
	return m.update(ctx, now, func(c *catalog.Migration) {
		c.Phase, c.Reason, c.Progress.Faults = next, "", 0
	})
}

// update changes the running migration, unless a person's word has overtaken it.
func (m *Machine) update(ctx context.Context, now catalog.Migration, change func(*catalog.Migration)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.unchanged(ctx, &now); err != nil {
		return err
	}
	change(&now)
	return m.Catalog.SaveMigration(ctx, now)
}

// unchanged reads the migration anew; errSuperseded when it is no longer where it
// was. The lock is held.
func (m *Machine) unchanged(ctx context.Context, now *catalog.Migration) error {
	last, err := m.Catalog.LastMigration(ctx)
	if err != nil {
		return err
	}
	if last.ID != now.ID || last.Phase != now.Phase || last.State != now.State {
		return errSuperseded
	}
	*now = last
	return nil
}

// noteFault keeps why the migration does not go on; that this may fail too is no loss.
func (m *Machine) noteFault(ctx context.Context, fault error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now, err := m.Catalog.LastMigration(ctx)
	if err != nil || now.State != catalog.MigrationRunning {
		return
	}
	now.Reason = fault.Error()
	now.Progress.Faults++
	_ = m.Catalog.SaveMigration(ctx, now)
}

// tellWithin bounds what telling of a switch may take, tellAgain is when it is tried
// again: a server that is away must not keep a migration away from it.
const (
	tellWithin = 5 * time.Second
	tellAgain  = 10 * time.Second
)

// tell tells of the active target, once; false when that failed.
func (m *Machine) tell(ctx context.Context) bool {
	active := m.Active()
	if m.Switched == nil || m.told == active.Target.ID {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	if err := m.Switched(ctx, active.Target); err != nil {
		m.Log.Warn("others are not told yet which index is active", "target", active.Target.ID, "error", err)
		return false
	}
	m.told = active.Target.ID
	return true
}

// wake has the next step made at once, and the one that runs ended.
func (m *Machine) wake() {
	if m.step != nil {
		m.step()
	}
	select {
	case m.kick <- struct{}{}:
	default:
	}
}
