package standby

import (
	"context"
	"errors"
	"fmt"
	"time"

	"freshet/index"
)

// errBehind: the primary answers, but lacks what its standby has had for a while.
var errBehind = errors.New("the index is behind the catalog")

// ready reports why the primary is left alone, nil when it is not, and whether this
// question may probe it.
func (s *Store) ready() (down error, probe bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down == nil || s.probing || s.o.Now().Before(s.next) {
		return s.down, false
	}
	s.probing = true
	return s.down, true
}

// probe puts a question to the primary while the standby answers it.
func (s *Store) probe(ctx context.Context, queries []index.Query) {
	ctx = context.WithoutCancel(ctx)
	s.probes.Go(func() {
		results, err := s.ask(ctx, s.o.Deadline, queries)
		if err == nil {
			err = s.caughtUp(results)
		}
		switch {
		case err == nil:
			s.recovered(ctx)
		case errors.Is(err, index.ErrSpace):
			s.undecided()
		default:
			s.failed(ctx, err)
		}
	})
}

// failed leaves the primary alone for a while.
func (s *Store) failed(ctx context.Context, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down == nil {
		s.since = s.o.Now()
		s.o.Log.WarnContext(ctx, "the index does not answer; its standby does, where there is one", "error", err)
	}
	s.down, s.probing, s.next = err, false, s.o.Now().Add(s.o.Probe)
}

// recovered has the primary answer again.
func (s *Store) recovered(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down != nil {
		s.o.Log.InfoContext(ctx, "the index answers again", "after", s.o.Now().Sub(s.since))
	}
	s.down, s.probing, s.since = nil, false, time.Time{}
}

// undecided ends a probe that said nothing about the primary.
func (s *Store) undecided() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.probing = false
}

// promise notes at which mark the standby answered: the primary does not take over
// before it is there, because what was seen would vanish.
func (s *Store) promise(mark int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.goal = max(s.goal, mark)
}

// caughtUp reports, as an error, that the primary has not reached the mark at which
// the standby answered.
func (s *Store) caughtUp(results []index.Result) error {
	there := markOf(results)
	s.mu.Lock()
	goal := s.goal
	s.mu.Unlock()
	if there < goal {
		return fmt.Errorf("%w: at %d of %d", errBehind, there, goal)
	}
	return nil
}

// follows reports, as an error, that the primary has for the time of Lag not reached
// where the standby was.
func (s *Store) follows(ctx context.Context, follower Follower, results []index.Result) error {
	mark, err := follower.Mark(ctx)
	if err != nil {
		return nil // without its standby's mark the primary stands as it is
	}
	there, now := markOf(results), s.o.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.goalAt.IsZero() || there >= s.goal:
		s.goal, s.goalAt = mark.Seq, now // the next one
	case now.Sub(s.goalAt) >= s.o.Lag:
		return fmt.Errorf("%w: at %d of %d", errBehind, there, mark.Seq)
	}
	return nil
}

// markOf is the mark at which all results hold.
func markOf(results []index.Result) int64 {
	if len(results) == 0 {
		return 0
	}
	mark := results[0].Mark
	for _, r := range results[1:] {
		mark = min(mark, r.Mark)
	}
	return mark
}
