package main

import (
	"context"
	"errors"
	"time"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline"
	"freshet/pipeline/detect"
)

// detectionAwaited says how long a run waits until what it wrote was compared with the
// rest.
type detectionAwaited struct {
	engine *detect.Engine
	// within is the longest wait. What is not compared then is compared by the process
	// that serves, or by the next command.
	within time.Duration
}

// How long a run waits for detection: of a process that serves, where it comes anyway,
// and of a command, which may be the only one of the day.
const (
	serveDetects   = 5 * time.Second
	commandDetects = 30 * time.Minute
)

// detected waits until what a run wrote was compared. That it does not come holds up
// nothing: the report says so.
func (s *syncs) detected(ctx context.Context, r *catalog.Report) error {
	waiting, cancel := context.WithTimeout(ctx, s.detection.within)
	defer cancel()
	err := s.compare(waiting, r)
	if err == nil {
		_, err = s.catalog.ApplyAuthorities(waiting, "")
	}
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		r.Because("detection_pending")
	default:
		s.log.Warn("what was synced cannot be compared with the rest; findings come later", "source", r.Source, "error", err)
		r.Because("detection_pending")
	}
	return nil
}

// compare has the engine catch up and notes meanwhile how many passages it has looked
// at.
func (s *syncs) compare(ctx context.Context, r *catalog.Report) error {
	began := s.detection.engine.Status().Passages
	there := make(chan error, 1)
	go func() { there <- s.detection.engine.CatchUp(ctx) }()
	tick := time.NewTicker(pendingEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-there:
			return err
		case <-tick.C:
			if n := s.detection.engine.Status().Passages - began; n > 0 {
				s.note(pipeline.Progress{Source: r.Source, Compared: n, Started: time.Now()})
			}
		}
	}
}

// makeEngine makes what finds doubts.
func (s *service) makeEngine() {
	judges, err := s.judges()
	if err != nil {
		s.log.Warn("nobody judges what is only possible", "error", err)
	}
	s.engine = detect.New(detect.Options{Catalog: s.catalog, Judge: judges, First: s.first(), Stale: staleRules(s.config), Fingerprint: s.activeFingerprint, Yield: s.polite.standBack, Now: s.now, Log: s.log})
	s.syncs.detection = detectionAwaited{engine: s.engine, within: commandDetects}
	if s.scheduled {
		s.syncs.detection.within = serveDetects
	}
}

// activeFingerprint names the dense vectors that questions are answered by, "" where
// there are none.
func (s *service) activeFingerprint(context.Context) (string, error) {
	if serving := s.machine.Active(); serving != nil && serving.Target.Space.Dimension > 0 {
		return serving.Target.Space.DenseFingerprint(), nil
	}
	return "", nil
}

// openFindings counts the doubts that wait for somebody.
func (s *service) openFindings(ctx context.Context) (int, error) {
	return s.catalog.CountFindings(ctx, catalog.FindingFilter{Tiers: []index.Tier{index.Likely}, States: []index.FindingState{index.Undecided}})
}

// How often everything is looked at for what time alone changes.
const (
	ageFirst = 2 * time.Minute
	ageEvery = 24 * time.Hour
)

// age has documents judged once a day for whether they can still be trusted, and wakes
// the doubts that were put off, until ctx ends.
func (s *service) age(ctx context.Context) {
	wait := ageFirst
	for {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
		wait = ageEvery
		if _, err := s.catalog.WakeFindings(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("doubts that were put off wake a day later", "error", err)
		}
		bases, err := s.catalog.Bases(ctx)
		for i := range bases {
			err = errors.Join(err, s.engine.Age(ctx, bases[i].ID))
		}
		if err != nil && ctx.Err() == nil {
			s.log.Warn("documents are judged by their age a day later", "error", err)
		}
		if err := s.engine.CatchUp(ctx); err != nil && ctx.Err() == nil { // the monthly pass
			s.log.Warn("the pass over everything comes later", "error", err)
		}
	}
}

// firstShown is how many doubts about what was there before the first sync are shown
// at once: the others are shown on request.
const firstShown = 10

// first is 0 where everything is to be seen, without a configuration: in a trial or a
// measurement.
func (s *service) first() int {
	if s.config == nil {
		return 0
	}
	return firstShown
}
