package migrate

import (
	"context"
	"errors"
	"fmt"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline"
)

// What a person may ask for. The errors that wrap ErrRefused say in a sentence why it
// cannot be done, and how it can.

// ErrRefused: the index is not in a state in which that can be done.
var ErrRefused = errors.New("refused")

type refusal string

func (r refusal) Error() string { return string(r) }
func (r refusal) Unwrap() error { return ErrRefused }

func refuse(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }

// BeginOptions say how a migration is begun.
type BeginOptions struct {
	Hold  bool // it waits for Switch when it is ready
	Force bool // what is only doubtful does not keep it from the switch
	// Afresh has another target made although nothing differs from what is wanted.
	Afresh bool
}

// Begin begins a migration to what the configuration asks for.
func (m *Machine) Begin(ctx context.Context, o BeginOptions) (catalog.Migration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer m.wake() // behind an error too: only the answer may be lost
	active := m.Active()
	if m.wanted.Fault != "" {
		return catalog.Migration{}, refuse("what the configuration asks for cannot be made: %s", m.wanted.Fault)
	}
	if len(m.wanted.Differs(active.Target)) == 0 && !o.Afresh {
		return catalog.Migration{}, refuse("the active index is what the configuration asks for; there is nothing to change to")
	}
	to := m.wanted.Target
	to.Consumer = ""
	now, err := m.Catalog.BeginMigration(ctx, to, catalog.Migration{Hold: o.Hold, Force: o.Force})
	if errors.Is(err, catalog.ErrMigrating) {
		return now, refuse("a migration is under way already; see `freshet index status`, or drop it with `freshet index rollback`")
	}
	if err != nil {
		return now, err
	}
	m.Log.Info("a migration begins", "migration", now.ID, "from", now.From, "to", now.To)
	return now, nil
}

// Switch has a migration that waits go on to the switch: the new index is verified
// again and taken. With force what is only doubtful does not keep it back.
func (m *Machine) Switch(ctx context.Context, force bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer m.wake()
	now, err := m.underWay(ctx)
	if err != nil {
		return err
	}
	switch now.Phase {
	case catalog.PhaseSoak, catalog.PhaseDrop:
		return refuse("the new index answers already; `freshet index rollback` goes back")
	case catalog.PhaseVerify:
		now.State, now.Reason = catalog.MigrationRunning, ""
	}
	now.Hold, now.Force = false, now.Force || force
	return m.Catalog.SaveMigration(ctx, now)
}

// RollBack ends the migration that is under way: the index of before answers, at once,
// and the other one is dropped. Vectors that were made are kept.
func (m *Machine) RollBack(ctx context.Context, reason string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer m.wake()
	now, err := m.underWay(ctx)
	if err != nil {
		return err
	}
	if err := m.Catalog.RollBackMigration(ctx, now, reason); err != nil {
		// When only the answer was lost the index has changed all the same.
		return errors.Join(err, m.refresh(ctx))
	}
	m.Log.Info("the index is rolled back", "migration", now.ID, "active", now.From, "reason", reason)
	return m.refresh(ctx)
}

// underWay is the migration that has not ended. The lock is held.
func (m *Machine) underWay(ctx context.Context) (catalog.Migration, error) {
	now, err := m.Catalog.LastMigration(ctx)
	if errors.Is(err, catalog.ErrNotFound) || err == nil && now.State.Ended() {
		return now, refuse("no migration is under way; `freshet index rebuild` begins one")
	}
	return now, err
}

// Wait returns when the active index has come to an entry of the change log, or with
// the error that keeps it from there.
func (m *Machine) Wait(ctx context.Context, seq int64) error {
	t, err := m.applier()
	if err != nil {
		return err
	}
	return t.applier.Wait(ctx, seq)
}

// Reconcile compares the active index with the catalog and, with repair, mends what
// differs.
func (m *Machine) Reconcile(ctx context.Context, repair bool) (pipeline.Comparison, error) {
	t, err := m.applier()
	if err != nil {
		return pipeline.Comparison{}, err
	}
	return t.applier.Reconcile(ctx, repair)
}

// Rebuild fills the active index anew from the catalog; what it holds answers
// meanwhile.
func (m *Machine) Rebuild(ctx context.Context) error {
	t, err := m.applier()
	if err != nil {
		return err
	}
	return t.applier.Rebuild(ctx)
}

// An Estimate is what a migration to what is wanted would take.
type Estimate struct {
	Passages int     `json:"passages"`
	Texts    int     `json:"texts"` // distinct ones that have to be embedded
	Kept     int     `json:"kept"`  // passages whose vector is kept
	Bytes    int64   `json:"bytes"` // of the texts that have to be embedded
	Tokens   int64   `json:"tokens"`
	Cost     float64 `json:"cost"` // in the currency of the configured price; 0 when none is configured
}

// Estimate counts what a migration to what is wanted would embed, and what that
// costs.
func (m *Machine) Estimate(ctx context.Context) (Estimate, error) {
	m.mu.Lock()
	wanted := m.wanted.Target
	m.mu.Unlock()
	var e Estimate
	fingerprint := wanted.Space.DenseFingerprint()
	seen := make(map[index.Hash]bool)
	for after := (index.ChunkID{}); ; {
		page, err := m.Catalog.OpenChunksAfter(ctx, after, m.Page)
		if err != nil {
			return e, err
		}
		if len(page) == 0 {
			break
		}
		e.Passages += len(page)
		if wanted.Space.Dimension > 0 {
			if err := m.estimate(ctx, fingerprint, page, seen, &e); err != nil {
				return e, err
			}
		}
		after = page[len(page)-1].Chunk.ID
	}
	if e.Texts == 0 {
		return e, nil
	}
	model, err := m.OpenModel(wanted)
	if err != nil {
		return e, err
	}
	if model.Estimate != nil {
		e.Tokens, e.Cost = model.Estimate(e.Texts, e.Bytes)
	}
	return e, nil
}

func (m *Machine) estimate(ctx context.Context, fingerprint string, page []catalog.OpenChunk, seen map[index.Hash]bool, e *Estimate) error {
	hashes := make([]index.Hash, len(page))
	for i := range page {
		hashes[i] = page[i].Chunk.EmbedHash()
	}
	kept, err := m.Catalog.Vectors(ctx, fingerprint, hashes)
	if err != nil {
		return err
	}
	for i, h := range hashes {
		if _, ok := kept[h]; ok {
			e.Kept++
		} else if !seen[h] {
			seen[h] = true
			e.Texts++
			e.Bytes += int64(len(page[i].Chunk.EmbedText()))
		}
	}
	return nil
}
