package main

import (
	"context"
	"fmt"

	"freshet/api"
	"freshet/index/catalog"
	"freshet/index/lexical"
	"freshet/pipeline"
	"freshet/pipeline/migrate"
)

// openIndex opens the active index, and what makes another one of it.
func (s *service) openIndex(ctx context.Context) error {
	terms := lexical.NewTerms()
	s.terms = pipeline.NewStatistics(terms)
	s.targets = &targets{dir: s.dir, config: s.config, getenv: s.getenv, catalog: s.catalog, log: s.log,
		yield: func() { _ = s.polite.standBack(context.Background()) }}
	questions := &goldenQuestions{catalog: s.catalog, terms: terms, bases: s.bases, titles: (&calibrator{catalog: s.catalog}).titles, now: s.now}
	if s.config != nil {
		questions.path = s.config.Index.Questions
	}
	s.machine = migrate.New(migrate.Options{Catalog: s.catalog, Statistics: s.terms, OpenStore: s.targets.openStore, OpenModel: s.targets.openModel,
		Remove: s.targets.remove, Switched: s.switched, Golden: questions.ask, Yield: s.polite.standBack, Now: s.now, Log: s.log})
	s.standbys = newStandbys(s)
	want, err := s.targets.wanted(ctx)
	if err != nil {
		return err
	}
	return s.machine.Open(ctx, lexical.Version, want)
}

// switched is told of the active target at the start and after every change.
func (s *service) switched(ctx context.Context, active catalog.Target) error {
	s.standbys.look()
	return s.targets.switched(ctx, active)
}

// indexKeeper looks after the index. It is the API's Index.
type indexKeeper struct {
	catalog  *catalog.Catalog
	machine  *migrate.Machine
	standbys *standbys
	rereads  func(context.Context) ([]pipeline.Reread, error)
	needed   int64 // what has to be found before searches are answered
}

var _ api.Index = (*indexKeeper)(nil)

// Verify compares catalog and index, and with repair mends what differs.
func (k *indexKeeper) Verify(ctx context.Context, repair bool) (api.IndexComparison, error) {
	c, err := k.machine.Reconcile(ctx, repair)
	return api.IndexComparison(c), err
}

// wait returns when everything up to an entry of the change log can be found.
func (k *indexKeeper) wait(ctx context.Context, seq int64) error { return k.machine.Wait(ctx, seq) }

// Ready reports why searches cannot be answered yet.
func (k *indexKeeper) Ready(ctx context.Context) error {
	if k.standbys.has(ctx, k.needed) {
		return nil
	}
	mark, err := k.machine.Active().Store.Mark(ctx)
	if err != nil {
		return err
	}
	if mark.Epoch != k.catalog.Epoch() && k.needed > 0 || mark.Seq < k.needed {
		return fmt.Errorf("the index is being filled: %d of %d changes are in it", mark.Seq, k.needed)
	}
	return nil
}
