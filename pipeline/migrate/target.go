package migrate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline"
)

// A target that lives, with what brings it to where the catalog is.
type target struct {
	row        catalog.Target // as it was made: its State is not looked at
	store      *lateStore
	applier    *pipeline.Applier
	embedding  *embedding // nil without dense vectors, or without their model
	modelFault string     // why the model cannot be made

	// Guarded by the Machine's lock.
	state catalog.TargetState
	stop  context.CancelFunc // of its Applier; nil while it does not run
	done  chan struct{}
}

// An embedding is the consumer that makes the vectors of one Space, with the targets
// that it completes.
type embedding struct {
	model      *Model
	embeddings *pipeline.Embeddings
	stop       context.CancelFunc
	done       chan struct{}
}

// refresh brings the targets to what the catalog says: those that live are made and
// follow, those that do not end, and the active one answers. The lock is held.
func (m *Machine) refresh(ctx context.Context) error {
	list, err := m.Catalog.Targets(ctx)
	if err != nil {
		return err
	}
	var active *target
	for _, row := range list {
		if !row.State.Lives() {
			continue
		}
		t := m.targets[row.ID]
		if t == nil {
			t = m.make(row)
			m.targets[row.ID] = t
		}
		t.state = row.State
		if row.State == catalog.TargetActive {
			active = t
		}
	}
	if active == nil {
		return errors.New("no index is active in the catalog: it is damaged; restore it from its backup")
	}
	m.serve(active)
	for _, row := range list {
		if row.State == catalog.TargetDropping {
			m.retire(row)
		}
	}
	return m.start(ctx)
}

// make makes what belongs to a target; nothing runs yet.
func (m *Machine) make(row catalog.Target) *target {
	t := &target{row: row, state: row.State, store: &lateStore{options: &m.Options, target: row}}
	o := pipeline.ApplierOptions{Catalog: m.Catalog, Store: t.store, Statistics: m.Statistics, Name: row.Consumer, Log: m.Log, Yield: m.Yield}
	if row.Space.Dimension > 0 {
		o.Dense = pipeline.KeptVectors(m.Catalog, row.Space.DenseFingerprint())
		var err error
		if t.embedding, err = m.embeddingOf(row); err != nil {
			t.modelFault = err.Error()
			m.Log.Error("questions are answered by words alone", "target", row.ID, "model", row.Space.Model, "error", err)
		}
	}
	t.applier = pipeline.NewApplier(o)
	return t
}

// embeddingOf is shared by all targets with these dense vectors.
func (m *Machine) embeddingOf(row catalog.Target) (*embedding, error) {
	fingerprint := row.Space.DenseFingerprint()
	if e := m.models[fingerprint]; e != nil {
		return e, nil
	}
	model, err := m.OpenModel(row)
	if err != nil {
		return nil, err
	}
	e := &embedding{model: model}
	e.embeddings = pipeline.NewEmbeddings(pipeline.EmbeddingsOptions{Catalog: m.Catalog, Embed: model.Passages, Fingerprint: fingerprint, Log: m.Log, Page: m.Page, Begin: func(texts int, bytes int64) { m.foretell(row, model, texts, bytes) },
		Complete: func(ctx context.Context, ids []index.ChunkID) error { return m.complete(ctx, fingerprint, ids) }})
	m.models[fingerprint] = e
	return e, nil
}

// foretell says what embedding everything for the first time will come to, where it
// costs money.
func (m *Machine) foretell(row catalog.Target, model *Model, texts int, bytes int64) {
	if model.Estimate == nil {
		return
	}
	if tokens, cost := model.Estimate(texts, bytes); cost > 0 {
		m.Log.Warn("passages are embedded for the first time; stop freshet to spend nothing more", "model", row.Space.Model, "passages", texts,
			"tokens_about", tokens, "cost_about", fmt.Sprintf("%.2f", cost))
	}
}

// complete writes vectors that were made into all targets that follow and have them.
func (m *Machine) complete(ctx context.Context, fingerprint string, ids []index.ChunkID) error {
	m.mu.Lock()
	var appliers []*pipeline.Applier
	for _, t := range m.targets {
		if t.stop != nil && t.state.Lives() && t.hasDense(fingerprint) {
			appliers = append(appliers, t.applier)
		}
	}
	m.mu.Unlock()
	var errs []error
	for _, a := range appliers {
		errs = append(errs, a.Complete(ctx, ids))
	}
	return errors.Join(errs...)
}

// hasDense reports whether the target holds dense vectors of this fingerprint.
func (t *target) hasDense(fingerprint string) bool {
	return t.row.Space.Dimension > 0 && t.row.Space.DenseFingerprint() == fingerprint
}

// serve has questions answered from a target.
func (m *Machine) serve(t *target) {
	if now := m.active.Load(); now != nil && now.Target.ID == t.row.ID {
		return
	}
	s := &Serving{Target: t.row, Store: t.store}
	if t.embedding != nil {
		s.Model = t.embedding.model
	}
	m.active.Store(s)
}

// start has targets follow that may and do not yet, those first that have followed
// before. A target that is being made follows from the phase on that makes it a
// consumer; one that cannot keeps no other from it.
func (m *Machine) start(ctx context.Context) error {
	if m.working == nil {
		return nil
	}
	now, err := m.Catalog.LastMigration(ctx)
	if err != nil && !errors.Is(err, catalog.ErrNotFound) {
		return err
	}
	var building []*target
	for _, t := range m.targets {
		switch {
		case t.stop != nil || !t.state.Lives():
		case t.state != catalog.TargetBuilding:
			m.run(t)
		case now.Phase != catalog.PhasePrepare && now.Phase != catalog.PhaseFollow:
			building = append(building, t)
		}
	}
	for _, t := range building { // there is one
		if err := m.resume(ctx, t, now); err != nil {
			return err
		}
		m.run(t)
	}
	return nil
}

// run starts a target's consumers.
func (m *Machine) run(t *target) {
	ctx, stop := context.WithCancel(m.working)
	done := make(chan struct{})
	t.stop, t.done = stop, done
	m.consumers.Go(func() {
		defer close(done)
		if err := t.applier.Run(ctx); err != nil {
			m.Log.Error("the index stopped following the catalog", "target", t.row.ID, "error", err)
		}
	})
	if t.embedding != nil && t.embedding.stop == nil {
		m.runEmbedding(t.embedding)
	}
}

func (m *Machine) runEmbedding(e *embedding) {
	ctx, stop := context.WithCancel(m.working)
	done := make(chan struct{})
	e.stop, e.done = stop, done
	m.consumers.Go(func() {
		defer close(done)
		if err := e.embeddings.Run(ctx); err != nil {
			m.Log.Error("passages get no dense vectors any more", "model", e.embeddings.Fingerprint, "error", err)
		}
	})
}

// begin makes a target a consumer: its mark and that of its embeddings are at the
// head, so that what comes is followed and what was there is backfilled. Done again
// it begins anew.
func (m *Machine) begin(ctx context.Context, t *target) error {
	head, err := m.Catalog.Head(ctx)
	if err != nil {
		return err
	}
	if e := t.embedding; e != nil && e.stop == nil {
		if err := m.Catalog.SetConsumerMark(ctx, e.embeddings.Name(), head); err != nil {
			return err
		}
	}
	if err := m.Catalog.SetConsumerMark(ctx, t.row.Consumer, head); err != nil {
		return err
	}
	return t.store.SetMark(ctx, index.Mark{Epoch: m.Catalog.Epoch(), Seq: head})
}

// resume looks whether a Store that is being filled still has what was written into
// it: one that was not on disk yet when the process ended is begun again. What is
// there still is passed over.
func (m *Machine) resume(ctx context.Context, t *target, now catalog.Migration) error {
	mark, err := t.store.Mark(ctx)
	if err != nil {
		return fmt.Errorf("read how far target %d is: %w", t.row.ID, err)
	}
	lost := mark.Epoch != m.Catalog.Epoch()
	if lost {
		if err := m.begin(ctx, t); err != nil {
			return err
		}
	} else if lost, err = m.lacks(ctx, t, &now, mark.Seq); err != nil {
		return err
	}
	if !lost || now.Place == (index.ChunkID{}) && now.Phase == catalog.PhaseBackfill {
		return nil
	}
	m.Log.Warn("the new index lost what was not on disk yet; it is filled from the beginning, from vectors that are kept", "target", t.row.ID)
	now.Phase, now.Place = catalog.PhaseBackfill, index.ChunkID{}
	now.Progress.Chunks, now.Progress.Kept = 0, 0
	now.Progress.Restarts++
	return m.Catalog.SaveMigration(ctx, now)
}

// lacks reports whether a Store lacks something of the last page that was written.
// Pages are written in order, so a Store that has it has all before.
func (m *Machine) lacks(ctx context.Context, t *target, now *catalog.Migration, mark int64) (bool, error) {
	from, to := now.Progress.Before, now.Place
	if to == (index.ChunkID{}) {
		return false, nil
	}
	page, err := m.Catalog.OpenChunksAfter(ctx, from, m.Page)
	if err != nil {
		return false, err
	}
	have, err := stamps(ctx, t.store, from, to)
	if err != nil {
		return false, err
	}
	for i := range page {
		c := &page[i].Chunk
		if _, there := have[c.ID]; !there && compareIDs(c.ID, to) <= 0 && c.FromSeq <= mark {
			return true, nil
		}
	}
	return false, nil
}

// stamps are those of the points with from < ID <= to.
func stamps(ctx context.Context, s index.Store, from, to index.ChunkID) (map[index.ChunkID]index.Stamp, error) {
	have := make(map[index.ChunkID]index.Stamp)
	for p, err := range s.Stamps(ctx, from, to) {
		if err != nil {
			return nil, fmt.Errorf("read stamps: %w", err)
		}
		have[p.ID] = p.Stamp
	}
	return have, nil
}

func compareIDs(a, b index.ChunkID) int { return bytes.Compare(a[:], b[:]) }

// retire ends the consumers of a target that is dropped and, when no question asks it
// any more, removes it. The lock is held.
func (m *Machine) retire(row catalog.Target) {
	t := m.targets[row.ID]
	switch {
	case m.working == nil:
		return
	case t == nil: // a process before this one ended it
		t = &target{row: row, store: &lateStore{options: &m.Options, target: row}}
		m.targets[row.ID] = t
	case t.state == catalog.TargetDropping:
		return // it is being removed
	}
	t.state = catalog.TargetDropping
	ended := []chan struct{}{t.done}
	if t.stop != nil {
		t.stop()
	}
	if e := t.embedding; e != nil && !m.needed(e.embeddings.Fingerprint) {
		delete(m.models, e.embeddings.Fingerprint)
		if e.stop != nil {
			e.stop()
		}
		ended = append(ended, e.done)
	}
	ctx := m.working
	m.consumers.Go(func() {
		for _, done := range ended {
			if done != nil {
				<-done
			}
		}
		if ended[0] != nil {
			select {
			case <-time.After(m.Grace):
			case <-ctx.Done():
			}
		}
		m.remove(ctx, t)
	})
}

// needed reports whether a target that lives has these dense vectors. The lock is held.
func (m *Machine) needed(fingerprint string) bool {
	for _, t := range m.targets {
		if t.state.Lives() && t.hasDense(fingerprint) {
			return true
		}
	}
	return false
}

// remove closes a dropped target and removes what it kept. When the process ends
// first, the next one does it.
func (m *Machine) remove(ctx context.Context, t *target) {
	if err := t.store.Close(); err != nil {
		m.Log.Warn("a dropped index was not closed", "target", t.row.ID, "error", err)
	}
	const shortest, longest = time.Second, 10 * time.Minute
	for wait := shortest; ctx.Err() == nil; wait = min(2*wait, longest) {
		err := m.removeOnce(ctx, t)
		if err == nil || errors.Is(err, catalog.ErrNotFound) {
			m.mu.Lock()
			delete(m.targets, t.row.ID)
			m.mu.Unlock()
			return
		}
		if ctx.Err() == nil {
			m.Log.Warn("a dropped index is not removed yet", "target", t.row.ID, "again_in", wait, "error", err)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

func (m *Machine) removeOnce(ctx context.Context, t *target) error {
	if err := m.Remove(ctx, t.row); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if fingerprint := t.row.Space.DenseFingerprint(); t.row.Space.Dimension > 0 && !m.needed(fingerprint) {
		if err := m.Catalog.DropConsumer(ctx, pipeline.EmbeddingConsumer(fingerprint)); err != nil {
			return err
		}
	}
	return m.Catalog.TargetRemoved(ctx, t.row.ID)
}

// target returns one that lives.
func (m *Machine) target(id int64) (*target, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.targets[id]
	if t == nil || !t.state.Lives() {
		return nil, errSuperseded
	}
	return t, nil
}
