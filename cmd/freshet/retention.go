package main

import (
	"context"
	"time"
)

// How long closed versions and passages are kept: what the bot knew on a day, the
// difference between two versions, a run undone.
const (
	historyKept  = 90 * 24 * time.Hour
	verdictsKept = 365 * 24 * time.Hour // of the judge: each costs a request
	forgetEvery  = 24 * time.Hour
	forgetFirst  = time.Minute
	forgetWithin = time.Minute
)

// forget deletes history that has grown too old, and contents that nobody needs, once
// a day, until ctx ends.
func (s *service) forget(ctx context.Context) {
	wait := forgetFirst
	for {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
		wait = forgetEvery
		within, cancel := context.WithTimeout(ctx, forgetWithin)
		err := s.catalog.ForgetHistory(within, s.now().Add(-historyKept))
		cancel()
		if err != nil && ctx.Err() == nil {
			s.log.Warn("old versions are kept a day longer", "error", err)
		}
		if _, err := s.catalog.ForgetVectors(ctx, s.now().Add(-historyKept), canaryVectors); err != nil && ctx.Err() == nil {
			s.log.Warn("dense vectors that nobody needs are kept a day longer", "error", err)
		}
		if _, err := s.catalog.ForgetJudgeVerdicts(ctx, s.now().Add(-verdictsKept)); err != nil && ctx.Err() == nil {
			s.log.Warn("old verdicts of the judge are kept a day longer", "error", err)
		}
		if _, err := s.contents.Sweep(ctx, s.catalog.MayReturn); err != nil && ctx.Err() == nil {
			s.log.Warn("contents that nobody needs are kept a day longer", "error", err)
		}
	}
}
