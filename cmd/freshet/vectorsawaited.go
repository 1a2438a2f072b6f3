package main

import (
	"context"
	"errors"
	"time"

	"freshet/index/catalog"
	"freshet/pipeline"
	"freshet/pipeline/migrate"
)

// vectorsAwaited says how long a run waits for the dense vectors of what it wrote.
type vectorsAwaited struct {
	machine *migrate.Machine
	// within is the longest wait; 0: until they are there, because the process that
	// makes them ends with the command.
	within time.Duration
}

// serveAwaits is how long a run of a serving process waits: its vectors come anyway.
const serveAwaits = 5 * time.Second

// made is how many texts were embedded since the start.
func (v vectorsAwaited) made() int {
	status, _ := v.machine.Vectors()
	return status.Embedded
}

// pendingEvery is how often the number of passages that wait is counted.
const pendingEvery = 500 * time.Millisecond

// embedded waits for the vectors of what a run wrote. That they do not come holds up
// nothing: the report says so.
func (s *syncs) embedded(ctx context.Context, r *catalog.Report, head int64) error {
	if _, any := s.vectors.machine.Vectors(); !any {
		return nil
	}
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	if s.vectors.within > 0 {
		waiting, cancel = context.WithTimeout(ctx, s.vectors.within)
		defer cancel()
	}
	there := make(chan error, 1)
	go func() { there <- s.vectors.machine.WaitVectors(waiting, head) }()
	tick := time.NewTicker(pendingEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-there:
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled):
				r.Because("vectors_pending")
			case err != nil:
				s.log.Warn("passages wait for their dense vectors; they are found by their words meanwhile", "source", r.Source, "error", err)
				r.Because("vectors_pending")
			}
			return nil
		case <-tick.C:
			status, _ := s.vectors.machine.Vectors()
			n, err := s.catalog.CountOpen(ctx, status.Mark)
			if err == nil {
				s.note(pipeline.Progress{Source: r.Source, Pending: n, Started: time.Now()})
			}
		}
	}
}
