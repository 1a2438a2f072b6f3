package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"freshet/index/catalog"
	"freshet/index/retrieve"
	"freshet/pipeline"
	"freshet/pipeline/contents"
	"freshet/pipeline/detect"
	"freshet/pipeline/detect/links"
	"freshet/pipeline/extract/formats"
	"freshet/pipeline/migrate"
	"freshet/schedules"
)

// serviceOptions open a service.
type serviceOptions struct {
	dir      string // the data directory
	config   *config
	getenv   func(string) string
	now      func() time.Time
	log      *slog.Logger
	owner    owner
	patience time.Duration // how long to wait for a data directory that is in use
	// scheduled has due sources run by themselves; without it they run when asked.
	scheduled bool
}

// A service is everything that one data directory needs: catalog, index, workers
// and what the API asks for. Close it.
type service struct {
	serviceOptions
	lock      *dirLock
	catalog   *catalog.Catalog
	terms     *pipeline.Statistics
	targets   *targets
	machine   *migrate.Machine
	standbys  *standbys
	engine    *detect.Engine
	links     *links.Checker
	syncer    *pipeline.Syncer
	extractor *formats.Extractor
	contents  *contents.Store
	runner    *schedules.Runner
	retriever *retrieve.Retriever
	bases     *bases
	opener    *opener

	sources *sources
	syncs   *syncs
	index   *indexKeeper
	polite  *courtesy
	hooks   *webhooks
	audits  *audits

	stop    context.CancelFunc
	workers sync.WaitGroup
}

// openService takes the data directory and starts the workers. The index may
// still have to follow the catalog when it returns; see service.caughtUp.
func openService(ctx context.Context, o serviceOptions) (*service, error) {
	s := &service{serviceOptions: o, stop: func() {}, polite: &courtesy{}}
	var err error
	if s.lock, err = lockDir(o.dir, o.owner, o.patience); err != nil {
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *service) start(ctx context.Context) error {
	var err error
	s.catalog, err = catalog.Open(ctx, catalog.Options{Path: filepath.Join(s.dir, catalogFile), Now: s.now, Log: s.log})
	if err != nil {
		return err
	}
	s.bases = &bases{catalog: s.catalog}
	if err := s.openIndex(ctx); err != nil {
		return err
	}
	s.extractor = formats.New(formatsConfig(s.config))
	if s.contents, err = contents.Open(contentsOptions(s.config, s.dir)); err != nil {
		return err
	}
	s.opener = newOpener(s.serviceOptions)
	runs := s.log
	if !s.scheduled {
		runs = nil // whoever asked for a run is told how it ended
	}
	s.syncer = pipeline.NewSyncer(pipeline.Options{Catalog: s.catalog, Extractor: s.extractor, Contents: s.contents, Open: s.opener.open, Now: s.now, Log: runs, Yield: s.polite.standBack,
		Limits: pipeline.Limits{DocumentBytes: formatsConfig(s.config).Limits.Bytes}})
	rerank, err := newReranker(s.config)
	if err != nil {
		return err
	}
	s.retriever = retrieve.New(retrieve.Options{Active: s.standbys.active, Rerank: rerank,
		Catalog: s.catalog, Terms: s.terms.Terms(), Base: s.bases.get, Now: s.now, Logger: s.log})
	s.index = &indexKeeper{catalog: s.catalog, machine: s.machine, standbys: s.standbys, rereads: s.syncer.Rereads}
	s.syncs = newSyncs(s.catalog, s.syncer, s.index.wait, s.log)
	s.syncs.vectors = vectorsAwaited{machine: s.machine}
	if s.scheduled {
		s.syncs.vectors.within = serveAwaits
	}
	s.makeEngine()
	s.makeLinks()
	s.syncs.fit = &calibrator{catalog: s.catalog, bases: s.bases, search: s.retriever.Search, active: s.standbys.active, log: s.log}
	s.hooks = newWebhooks(s)
	s.audits = newAudits(s, s.hooks.auditEvents)
	if err := s.makeRunner(); err != nil {
		return err
	}
	s.syncs.runner, s.audits.runner = s.runner, s.runner
	s.sources = &sources{service: s}
	return s.run(ctx)
}

func (s *service) makeRunner() error {
	var store schedules.Store = s.catalog.Jobs()
	if !s.scheduled {
		store = onlyAsked{store}
	}
	var err error
	s.runner, err = schedules.New(schedules.Options{Store: store, Work: map[string]schedules.Work{syncJob: s.syncs.work, auditJob: s.audits.work, linksJob: s.checkLinks},
		Name: fmt.Sprintf("%s-%d", s.owner.Command, s.owner.PID), Spread: 0, Logger: s.log})
	return err
}

// onlyAsked is a Store in which no job is ever due by itself.
type onlyAsked struct{ schedules.Store }

// Claim finds nothing.
func (onlyAsked) Claim(context.Context, string, []string, time.Duration) (*schedules.Lease, error) {
	return nil, nil
}

// run brings the configuration into the catalog and starts the workers.
func (s *service) run(ctx context.Context) error {
	if s.config != nil {
		if err := s.provision(ctx); err != nil {
			return err
		}
		if err := s.provisionDoubts(ctx); err != nil {
			return err
		}
	}
	if _, err := s.catalog.WakeFindings(ctx); err != nil {
		return err
	}
	if err := s.bases.load(ctx); err != nil {
		return err
	}
	head, err := s.catalog.Head(ctx)
	if err != nil {
		return err
	}
	s.index.needed = head
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.workers.Go(func() {
		if err := s.machine.Run(working); err != nil {
			s.log.Error("the index stopped following the catalog", "error", err)
		}
	})
	s.workers.Go(func() { s.standbys.run(working) })
	s.workers.Go(func() { s.runner.Run(working) })
	if s.scheduled {
		if err := s.scheduleLinks(ctx); err != nil {
			return err
		}
		s.workers.Go(func() { s.age(working) })
		s.workers.Go(func() { _ = s.engine.Run(working) }) // it ends with its context
		s.workers.Go(func() { s.forget(working) })
		s.workers.Go(func() { s.keepDoubts(working) })
		s.workers.Go(func() { s.audits.run(working) })
		s.workers.Go(func() { s.hooks.run(working) })
	}
	return nil
}

// caughtUp waits until everything that the catalog held at the start can be found.
func (s *service) caughtUp(ctx context.Context) error {
	return s.index.wait(ctx, s.index.needed)
}

// close stops runs between two transactions, keeps what saves time at the next
// start and gives the data directory back.
func (s *service) close() error {
	s.stop()
	s.workers.Wait()
	var errs []error
	if s.opener != nil {
		errs = append(errs, s.opener.close())
	}
	if s.terms != nil {
		if err := s.keepTerms(); err != nil {
			s.log.Warn("term statistics are not kept; they are counted again at the next start", "error", err)
		}
	}
	if s.machine != nil {
		s.standbys.close()
		errs = append(errs, s.machine.Close())
	}
	if s.catalog != nil {
		errs = append(errs, s.catalog.Close())
	}
	errs = append(errs, s.lock.release())
	return errors.Join(errs...)
}

// keepTerms saves the term statistics, unless those that are kept are current.
func (s *service) keepTerms() error {
	ctx, cancel := context.WithTimeout(context.Background(), keepWithin)
	defer cancel()
	head, err := s.catalog.Head(ctx)
	if err != nil {
		return err
	}
	if mark, _, err := s.catalog.TermStatistics(ctx, "lexical"); err == nil && mark == head {
		return nil
	}
	return s.terms.Save(ctx, s.catalog)
}

const keepWithin = 10 * time.Second
