package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"freshet/index/catalog"
	"freshet/index/embedded"
	"freshet/index/retrieve"
	"freshet/index/standby"
	"freshet/pipeline"
	"freshet/pipeline/migrate"
)

// standbyConsumer is the change log's consumer that keeps the standby.
const standbyConsumer = "standby"

// standbys have an index in memory answer while the active one, which is on another
// server, does not.
type standbys struct {
	catalog *catalog.Catalog
	machine *migrate.Machine
	most    int // passages that are kept in memory; 0: no standby
	log     *slog.Logger
	yield   func(context.Context) error

	kick     chan struct{}
	follower atomic.Pointer[follower] // nil while there is none

	mu     sync.Mutex
	guards map[int64]*standby.Store // by target
}

// A follower is an index in memory that follows the change log for one target.
type follower struct {
	target  int64
	store   *embedded.Store
	applier *pipeline.Applier
	ready   atomic.Bool // it has caught up once
	stop    context.CancelFunc
	done    chan struct{}
}

func newStandbys(s *service) *standbys {
	most := 0
	switch {
	case !s.scheduled: // a command is over before one is filled
	case s.config == nil:
		most = standby.MostChunks
	default:
		most = s.config.Index.standby
	}
	return &standbys{catalog: s.catalog, machine: s.machine, most: most, log: s.log, yield: s.polite.standBack,
		kick: make(chan struct{}, 1), guards: map[int64]*standby.Store{}}
}

// active is what a question is asked of.
func (s *standbys) active() retrieve.Active {
	now := s.machine.Active()
	a := retrieve.Active{Store: now.Store}
	if now.Target.Store != storeEmbedded {
		a.Store = s.guard(now)
	}
	if now.Target.Space.Dimension > 0 {
		a.Fingerprint = now.Target.Space.DenseFingerprint()
	}
	if now.Model != nil {
		a.Embed = now.Model.Query
	}
	return a
}

// guard is the Store of a target with its standby.
func (s *standbys) guard(now *migrate.Serving) *standby.Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := now.Target.ID
	g := s.guards[id]
	if g == nil {
		g = standby.New(standby.Options{Primary: now.Store, Log: s.log, Standby: func() standby.Follower {
			f := s.follower.Load()
			if f == nil || f.target != id || !f.ready.Load() {
				return nil
			}
			return f.store
		}})
		s.guards[id] = g
	}
	return g
}

// look has run look whether the active target is still the one that it follows for.
func (s *standbys) look() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

// completeEvery is how often the standby takes the dense vectors that came meanwhile.
const completeEvery = 5 * time.Minute

// run keeps a standby for the active target until ctx ends.
func (s *standbys) run(ctx context.Context) {
	defer s.end()
	s.look()
	for {
		select {
		case <-s.kick:
		case <-time.After(completeEvery):
			s.complete(ctx)
		case <-ctx.Done():
			return
		}
		if err := s.adapt(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("there is no standby for the index", "error", err)
		}
	}
}

// adapt starts a standby for the active target where it needs one, and ends one of
// another target.
func (s *standbys) adapt(ctx context.Context) error {
	now := s.machine.Active().Target
	if f := s.follower.Load(); f != nil {
		if f.target == now.ID {
			return nil
		}
		s.end()
	}
	if now.Store == storeEmbedded || s.most == 0 {
		return s.catalog.DropConsumer(ctx, standbyConsumer)
	}
	chunks, err := s.catalog.CountOpen(ctx, 0)
	if err != nil {
		return err
	}
	if chunks > s.most {
		s.log.Warn("no standby is kept in memory: while Qdrant is away questions are not answered; raise index.standby to have one",
			"passages", chunks, "index.standby", s.most)
		return s.catalog.DropConsumer(ctx, standbyConsumer)
	}
	return s.begin(ctx, now)
}

func (s *standbys) begin(ctx context.Context, t catalog.Target) error {
	store, err := embedded.Open(embedded.Options{Space: t.Space, Log: s.log})
	if err != nil {
		return fmt.Errorf("open the standby: %w", err)
	}
	o := pipeline.ApplierOptions{Catalog: s.catalog, Store: store, Name: standbyConsumer, Log: s.log, Yield: s.yield}
	if t.Space.Dimension > 0 {
		o.Dense = pipeline.KeptVectors(s.catalog, t.Space.DenseFingerprint())
	}
	following, stop := context.WithCancel(ctx)
	f := &follower{target: t.ID, store: store, applier: pipeline.NewApplier(o), stop: stop, done: make(chan struct{})}
	s.follower.Store(f)
	go func() {
		defer close(f.done)
		if f.applier.CatchUp(following) == nil {
			f.ready.Store(true)
			s.log.Info("the standby has caught up")
		}
		if err := f.applier.Run(following); err != nil {
			s.log.Error("the standby stopped following the catalog", "error", err)
		}
	}()
	return nil
}

// complete has the standby take vectors that were made since its points were written.
func (s *standbys) complete(ctx context.Context) {
	f := s.follower.Load()
	if f == nil || !f.ready.Load() || f.applier.Dense == nil {
		return
	}
	if _, err := f.applier.Reconcile(ctx, true); err != nil && ctx.Err() == nil {
		s.log.Warn("the standby lacks dense vectors", "error", err)
	}
}

// end ends the standby. Questions that it is answering are answered.
func (s *standbys) end() {
	f := s.follower.Swap(nil)
	if f == nil {
		return
	}
	f.stop()
	<-f.done
	if err := f.store.Close(); err != nil {
		s.log.Warn("the standby was not closed", "error", err)
	}
}

// has reports whether the standby answers for the active target and has come to seq.
func (s *standbys) has(ctx context.Context, seq int64) bool {
	f := s.follower.Load()
	if f == nil || !f.ready.Load() || f.target != s.machine.Active().Target.ID {
		return false
	}
	mark, err := f.store.Mark(ctx)
	return err == nil && mark.Seq >= seq
}

// state says who answers questions in place of the active target, if anybody.
func (s *standbys) state() standby.State {
	now := s.machine.Active()
	if now.Target.Store == storeEmbedded {
		return standby.State{}
	}
	return s.guard(now).State()
}

// close waits for what is under way.
func (s *standbys) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.guards {
		g.Close()
	}
}
