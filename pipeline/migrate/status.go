package migrate

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline"
)

// Status is how the index stands.
type Status struct {
	Head      int64
	Active    TargetStatus
	Targets   []TargetStatus // all that live, the active one among them
	Wanted    catalog.Target
	Differs   []string // what of the active target is otherwise than wanted
	Fault     string   // why what is wanted cannot be told
	Migration *MigrationStatus
}

// TargetStatus is how a target stands to the catalog.
type TargetStatus struct {
	Target     catalog.Target
	Stats      index.Stats
	Mark       int64
	Fault      string // why its Store cannot be asked
	ModelFault string // why there is no model for questions
	Embeddings *pipeline.EmbeddingsStatus
}

// MigrationStatus is how far a migration is.
type MigrationStatus struct {
	catalog.Migration
	Rate         float64       // passages a second; 0 while it is not known
	Left         time.Duration // of backfill; 0 while it is not known
	Verification *Verification // nil before
}

// Status looks at all targets. A Store that cannot be asked is no error: its Fault
// says so.
func (m *Machine) Status(ctx context.Context) (Status, error) {
	var s Status
	var err error
	if s.Head, err = m.Catalog.Head(ctx); err != nil {
		return s, err
	}
	rows, err := m.Catalog.Targets(ctx)
	if err != nil {
		return s, err
	}
	m.mu.Lock()
	wanted := m.wanted
	living := make(map[int64]*target, len(m.targets))
	for id, t := range m.targets {
		living[id] = t
	}
	m.mu.Unlock()
	for _, row := range rows {
		if t := living[row.ID]; t != nil && row.State.Lives() {
			s.Targets = append(s.Targets, t.status(ctx, row))
			if row.State == catalog.TargetActive {
				s.Active = s.Targets[len(s.Targets)-1]
			}
		}
	}
	s.Wanted, s.Fault = wanted.Target, wanted.Fault
	if wanted.Fault == "" && wanted.Differs != nil {
		s.Differs = wanted.Differs(s.Active.Target)
	}
	s.Migration, err = m.migrationStatus(ctx)
	return s, err
}

func (t *target) status(ctx context.Context, row catalog.Target) TargetStatus {
	s := TargetStatus{Target: row, ModelFault: t.modelFault}
	store, err := t.store.present()
	if err == nil {
		s.Stats, err = store.Stats(ctx)
	}
	if err == nil {
		var mark index.Mark
		mark, err = store.Mark(ctx)
		s.Mark = mark.Seq
	}
	if err != nil {
		s.Fault = err.Error()
	}
	if t.embedding != nil {
		status := t.embedding.embeddings.Status()
		s.Embeddings = &status
	}
	return s
}

func (m *Machine) migrationStatus(ctx context.Context) (*MigrationStatus, error) {
	now, err := m.Catalog.LastMigration(ctx)
	if errors.Is(err, catalog.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s := &MigrationStatus{Migration: now}
	if now.Report != "" {
		var v Verification
		if json.Unmarshal([]byte(now.Report), &v) == nil {
			s.Verification = &v
		}
	}
	if now.Phase != catalog.PhaseBackfill || now.State != catalog.MigrationRunning {
		return s, nil
	}
	if s.Rate = m.rate.perSecond(); s.Rate == 0 && now.Progress.Spent > 0 {
		s.Rate = float64(now.Progress.Chunks) / now.Progress.Spent.Seconds()
	}
	if left := now.Progress.Total - now.Progress.Chunks; s.Rate > 0 && left > 0 {
		s.Left = time.Duration(float64(left) / s.Rate * float64(time.Second))
	}
	return s, nil
}
