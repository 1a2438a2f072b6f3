package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"freshet/api"
	"freshet/index/catalog"
	"freshet/pipeline"
	"freshet/schedules"
)

// syncJob is the kind of the jobs that run sources.
const syncJob = "sync"

// probeEvery is how often a source whose credentials are refused is tried.
const probeEvery = 24 * time.Hour

// syncs runs sources, those that are due and those that somebody asks for. It is
// the API's Syncs.
type syncs struct {
	catalog   *catalog.Catalog
	syncer    *pipeline.Syncer
	wait      func(ctx context.Context, seq int64) error // until all up to seq can be found
	vectors   vectorsAwaited
	detection detectionAwaited
	runner    *schedules.Runner
	fit       *calibrator
	log       *slog.Logger

	mu       sync.Mutex
	asked    map[string]*order // what the next run of a source was asked to be
	taken    map[string]bool   // sources that this process has run: their leases are its own
	progress map[string]pipeline.Progress
	turns    map[string]chan struct{} // of one who asks at a time, by source
}

// An order is a run that somebody waits for. If he leaves, it is stopped.
type order struct {
	ctx     context.Context
	options api.SyncOptions
	begun   bool          // guarded by syncs.mu
	done    chan struct{} // closed when report and err are set
	report  catalog.Report
	err     error
}

func newOrder(ctx context.Context, o api.SyncOptions) *order {
	return &order{ctx: ctx, options: o, done: make(chan struct{})}
}

var _ api.Syncs = (*syncs)(nil)

func newSyncs(c *catalog.Catalog, s *pipeline.Syncer, wait func(context.Context, int64) error, log *slog.Logger) *syncs {
	return &syncs{catalog: c, syncer: s, wait: wait, log: log, asked: map[string]*order{}, taken: map[string]bool{},
		progress: map[string]pipeline.Progress{}, turns: map[string]chan struct{}{}}
}

// Sync runs a source now, behind a run that is under way.
func (s *syncs) Sync(ctx context.Context, id string, o api.SyncOptions) (catalog.Report, error) {
	if _, err := s.catalog.Source(ctx, id); err != nil {
		return catalog.Report{}, err
	}
	if o.DryRun {
		result, err := s.syncer.Run(ctx, id, pipeline.RunOptions{Full: o.Full, DryRun: true, Progress: s.note})
		s.forget(id)
		return result.Report, err
	}
	turn := s.turn(id)
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return catalog.Report{}, ctx.Err()
	}
	return s.ask(ctx, id, o)
}

// busyWait is the pause between two tries to run a source that is running.
const busyWait = 200 * time.Millisecond

func (s *syncs) ask(ctx context.Context, id string, o api.SyncOptions) (catalog.Report, error) {
	want := newOrder(ctx, o)
	s.mu.Lock()
	s.asked[id] = want
	s.mu.Unlock()
	key := schedules.Key{Kind: syncJob, Subject: id}
	for {
		_, err := s.runner.RunNow(ctx, key)
		if begun := s.withdraw(id, want); begun {
			<-want.done
			return want.report, want.err
		}
		if !errors.Is(err, schedules.ErrBusy) {
			return catalog.Report{}, err
		}
		select {
		case <-time.After(busyWait):
		case <-ctx.Done():
			return catalog.Report{}, ctx.Err()
		}
		if err := s.freeDead(ctx, key); err != nil {
			return catalog.Report{}, err
		}
		s.mu.Lock()
		s.asked[id] = want
		s.mu.Unlock()
	}
}

// freeDead gives back the lease of a process that died. This process holds the
// data directory, so a lease on a source that it has not run is nobody's.
func (s *syncs) freeDead(ctx context.Context, key schedules.Key) error {
	s.mu.Lock()
	taken := s.taken[key.Subject]
	s.mu.Unlock()
	if taken {
		return nil
	}
	jobs, err := s.catalog.Jobs().Jobs(ctx, key.Kind)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if j.Key != key {
			continue
		}
		if err := s.catalog.Jobs().Remove(ctx, key); err != nil {
			return err
		}
		return s.catalog.Jobs().Put(ctx, j)
	}
	return nil
}

// work is the Work of sync jobs.
func (s *syncs) work(ctx context.Context, l *schedules.Lease) (schedules.Outcome, time.Time, error) {
	want := s.take(l.Subject)
	defer close(want.done)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(want.ctx, cancel)()
	s.note(pipeline.Progress{Source: l.Subject, Started: time.Now()})
	defer s.forget(l.Subject)
	before := s.vectors.made()
	o := pipeline.RunOptions{Full: want.options.Full, Fence: &catalog.Fence{Key: l.Key, Token: l.Token}, Progress: s.note}
	result, err := s.syncer.Run(ctx, l.Subject, o)
	want.report, want.err = result.Report, err
	if err == nil {
		want.err = s.found(ctx, &want.report)
		want.report.Embedded = s.vectors.made() - before
	}
	switch {
	case want.ctx.Err() != nil:
		return schedules.Outcome{Reason: "stopped"}, time.Time{}, nil
	case want.err != nil:
		return schedules.Outcome{Failed: true}, time.Time{}, want.err
	}
	failed := want.report.Result == catalog.RunFailed
	return schedules.Outcome{Failed: failed, Reason: firstReason(&want.report)}, s.next(ctx, l.Subject, result.Next), nil
}

// found waits until what the run wrote can be found.
func (s *syncs) found(ctx context.Context, r *catalog.Report) error {
	head, err := s.catalog.Head(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := s.wait(ctx, head); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.log.Warn("what was synced cannot be found yet", "source", r.Source, "error", err)
		r.Because("index_behind")
	}
	r.LagMS.Searchable = time.Since(began).Milliseconds()
	if err := s.embedded(ctx, r, head); err != nil {
		return err
	}
	if err := s.detected(ctx, r); err != nil {
		return err
	}
	s.fit.after(ctx, r)
	return nil
}

func firstReason(r *catalog.Report) string {
	if r.Result == catalog.RunFailed && len(r.Reasons) > 0 {
		for reason := range r.Reasons {
			return reason
		}
	}
	return ""
}

// next is when the source is due, where its schedule does not decide.
func (s *syncs) next(ctx context.Context, id string, asked time.Time) time.Time {
	row, err := s.catalog.Source(ctx, id)
	if err == nil && row.State == catalog.NeedsYou {
		return time.Now().Add(probeEvery)
	}
	return asked
}

// take returns the order that waits for the source, or one that nobody waits for.
func (s *syncs) take(id string) *order {
	s.mu.Lock()
	defer s.mu.Unlock()
	want := s.asked[id]
	delete(s.asked, id)
	if want == nil {
		want = newOrder(context.Background(), api.SyncOptions{})
	}
	want.begun, s.taken[id] = true, true
	return want
}

// withdraw takes an order back and reports whether it was too late for that.
func (s *syncs) withdraw(id string, want *order) (begun bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked[id] == want {
		delete(s.asked, id)
	}
	return want.begun
}

func (s *syncs) turn(id string) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.turns[id] == nil {
		s.turns[id] = make(chan struct{}, 1)
	}
	return s.turns[id]
}

func (s *syncs) note(p pipeline.Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.progress[p.Source] = p
}

func (s *syncs) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.progress, id)
}

// Progress says how far the run of a source is that is under way.
func (s *syncs) Progress(id string) (api.Progress, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.progress[id]
	return api.Progress{Seen: p.Seen, Total: p.Total, Chunks: p.Chunks, Pending: p.Pending, Compared: p.Compared, Started: p.Started}, ok
}

// Approve carries out what waits for a person.
func (s *syncs) Approve(ctx context.Context, id string, documents []string, by string) (api.Settled, error) {
	done, err := s.syncer.Approve(ctx, id, pipeline.Decision{Documents: documents, By: by})
	return s.settled(ctx, done, err)
}

// Reject keeps what waits for a person.
func (s *syncs) Reject(ctx context.Context, id string, documents []string, by string) (api.Settled, error) {
	done, err := s.syncer.Reject(ctx, id, pipeline.Decision{Documents: documents, By: by})
	return s.settled(ctx, done, err)
}

func (s *syncs) settled(ctx context.Context, done pipeline.Settled, err error) (api.Settled, error) {
	if err != nil {
		return api.Settled{}, err
	}
	head, err := s.catalog.Head(ctx)
	if err != nil {
		return api.Settled{}, err
	}
	return api.Settled{Done: done.Done, Kept: done.Kept, Still: done.Still}, s.wait(ctx, head)
}
