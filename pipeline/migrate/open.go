package migrate

import (
	"context"
	"errors"
	"fmt"

	"freshet/index"
	"freshet/index/catalog"
)

// Wanted is what the configuration asks for.
type Wanted struct {
	Target catalog.Target // Store, Settings and Space
	// Fault is why it cannot be told, such as a model's server that does not say its
	// dimension; "" when it can.
	Fault string
	// Differs says in words what of an active target is otherwise than wanted; nothing
	// when the target serves as it is.
	Differs func(active catalog.Target) []string
}

// legacyConsumer is the consumer of the one index that catalogs had which know of no
// targets.
const legacyConsumer = "embedded"

// Open finds the active target and opens its Store, so that questions can be answered.
// A catalog without any entry takes what is wanted at once. One that knows of no
// targets has the embedded index, in the lexical space, that it always had. Otherwise
// the active target stays, whatever is wanted. lexical is the version of the encoder
// that questions are encoded with: a target of another one cannot be asked, so it is
// replaced at once by one that is filled from the catalog, from vectors that are kept.
func (m *Machine) Open(ctx context.Context, lexical string, w Wanted) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wanted = w
	head, err := m.Catalog.Head(ctx)
	if err != nil {
		return err
	}
	active, err := m.Catalog.ActiveTarget(ctx)
	if errors.Is(err, catalog.ErrNotFound) {
		active, err = m.first(ctx, lexical, head)
	}
	if err != nil {
		return err
	}
	if err := m.leaveOldEncoder(ctx, lexical, &active); err != nil {
		return err
	}
	if err := m.takeWanted(ctx, head, active); err != nil {
		return err
	}
	if err := m.refresh(ctx); err != nil {
		return err
	}
	t := m.targets[m.Active().Target.ID]
	if _, err := t.store.open(ctx); err != nil && !errors.Is(err, index.ErrUnavailable) {
		return err
	}
	return nil
}

// first makes the first target that a catalog knows of.
func (m *Machine) first(ctx context.Context, lexical string, head int64) (catalog.Target, error) {
	t := catalog.Target{Store: "embedded", Space: index.Space{Lexical: lexical, Provider: "none"}, Consumer: legacyConsumer}
	if head == 0 && m.wanted.Fault == "" {
		t = m.wanted.Target
		if t.Store == "embedded" {
			t.Consumer = legacyConsumer
		}
	}
	return m.Catalog.StartTarget(ctx, t)
}

// leaveOldEncoder leaves targets that this program cannot put a question to.
func (m *Machine) leaveOldEncoder(ctx context.Context, lexical string, active *catalog.Target) error {
	if active.Space.Lexical == lexical {
		return m.endOldMigration(ctx, lexical)
	}
	now, err := m.Catalog.LastMigration(ctx)
	if err == nil && !now.State.Ended() {
		if now.To == active.ID {
			err = m.Catalog.FinishMigration(ctx, now)
		} else {
			err = m.Catalog.RollBackMigration(ctx, now, otherEncoder)
		}
	}
	if err != nil && !errors.Is(err, catalog.ErrNotFound) {
		return err
	}
	next := *active
	next.Consumer, next.Space.Lexical = "", lexical
	m.Log.Warn("the index is filled anew, because this version of freshet encodes words otherwise; vectors that were paid for are kept",
		"was", active.Space.Lexical, "is", lexical)
	*active, err = m.Catalog.StartTarget(ctx, next)
	return err
}

const otherEncoder = "this version of freshet encodes words otherwise; begin again with `freshet index rebuild`"

// endOldMigration ends a migration between targets of which one has another encoder's
// words.
func (m *Machine) endOldMigration(ctx context.Context, lexical string) error {
	now, err := m.Catalog.LastMigration(ctx)
	if errors.Is(err, catalog.ErrNotFound) || err == nil && now.State.Ended() {
		return nil
	}
	if err != nil {
		return err
	}
	list, err := m.Catalog.Targets(ctx)
	if err != nil {
		return err
	}
	for _, t := range list {
		switch {
		case t.Space.Lexical == lexical || !t.State.Lives():
		case t.ID == now.To:
			return m.Catalog.RollBackMigration(ctx, now, otherEncoder)
		case t.ID == now.From:
			return m.Catalog.FinishMigration(ctx, now)
		}
	}
	return nil
}

// takeWanted has the active target be what is wanted where that costs nothing: in a
// catalog without entries, or where only how it is reached differs.
func (m *Machine) takeWanted(ctx context.Context, head int64, active catalog.Target) error {
	w := &m.wanted
	if w.Fault != "" {
		return nil
	}
	differs := w.Differs(active)
	switch {
	case len(differs) == 0 && active.Settings != w.Target.Settings:
		return m.Catalog.SetSpace(ctx, active.ID, active.Space, w.Target.Settings)
	case len(differs) > 0 && head == 0:
		_, err := m.Catalog.StartTarget(ctx, w.Target)
		if errors.Is(err, catalog.ErrMigrating) {
			return nil
		}
		return err
	case len(differs) > 0:
		m.Log.Warn("the configuration asks for another index than the active one, which goes on answering; `freshet index rebuild` changes to it", "differs", differs)
	}
	return nil
}

// Close closes the Stores of all targets. Run has returned.
func (m *Machine) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var errs []error
	for _, t := range m.targets {
		if err := t.store.Close(); err != nil {
			errs = append(errs, fmt.Errorf("close target %d: %w", t.row.ID, err))
		}
	}
	return errors.Join(errs...)
}

// Applier is that of the active target.
func (m *Machine) applier() (*target, error) {
	active := m.Active()
	if active == nil {
		return nil, errors.New("the index is not open")
	}
	return m.target(active.Target.ID)
}
