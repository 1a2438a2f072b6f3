// Package standby has another Store answer while the first one cannot, or is behind.
// Both follow the change log of one catalog; each answers at its own mark.
package standby

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"freshet/index"
)

// MostChunks is up to how many chunks a standby in memory is kept, unless the
// operator says otherwise: about 1 GB.
const MostChunks = 200_000

// A Searcher is what is asked first: all of a Store that searches need.
type Searcher interface {
	Search(ctx context.Context, queries []index.Query) ([]index.Result, error)
}

// A Follower answers instead, and says how far it has followed the change log.
type Follower interface {
	Searcher
	Mark(ctx context.Context) (index.Mark, error)
}

// Options of a Store. Primary is required.
type Options struct {
	Primary Searcher
	// Standby returns what answers instead, or nil while nothing could: there are more
	// chunks than are kept, or it has not caught up since the start. nil: there never
	// is one.
	Standby func() Follower
	// Deadline is how long the primary may take, and half of what the request has left
	// where that is less and there is a standby; 0: 1 s.
	Deadline time.Duration
	// Probe is how long the primary is left alone after a failure before a question
	// is put to it again; 0: 2 s.
	Probe time.Duration
	// Lag is how long ago the standby must have been where the primary is not yet, for
	// the primary to be behind; 0: 2 s.
	Lag time.Duration
	Log *slog.Logger     // nil: none
	Now func() time.Time // nil: time.Now
}

// A Store asks its primary, or its standby. It may be shared between goroutines.
type Store struct {
	o      Options
	probes sync.WaitGroup

	mu      sync.Mutex
	down    error     // why the primary is left alone; nil: it is not
	since   time.Time // it is down
	next    time.Time // probe
	probing bool
	goal    int64     // where the standby was at goalAt, or at which it answered since
	goalAt  time.Time // zero: the primary was not asked yet
}

// A State says who answers.
type State struct {
	Down  error     // why the primary does not answer; nil: it does
	Since time.Time // it does not; zero when it does
}

// New returns a Store. Close it.
func New(o Options) *Store {
	if o.Standby == nil {
		o.Standby = func() Follower { return nil }
	}
	for field, value := range map[*time.Duration]time.Duration{&o.Deadline: time.Second, &o.Probe: 2 * time.Second, &o.Lag: 2 * time.Second} {
		if *field <= 0 {
			*field = value
		}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Store{o: o}
}

// Close waits for a probe that is under way. It closes neither Store.
func (s *Store) Close() { s.probes.Wait() }

// State says who answers at the moment.
func (s *Store) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return State{Down: s.down, Since: s.since}
}

// Search asks the primary. When it fails, takes too long or is behind, the standby
// answers and Result.Standby is set; the primary is then left alone but for a probe
// now and then, of which no question waits for the outcome. Without a standby a
// primary that does not answer gives index.ErrUnavailable: never an empty answer.
// index.ErrSpace is the question's fault and is returned as it is.
func (s *Store) Search(ctx context.Context, queries []index.Query) ([]index.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	follower := s.o.Standby()
	if follower == nil {
		return s.alone(ctx, queries)
	}
	down, probe := s.ready()
	if probe {
		s.probe(ctx, queries)
	}
	if down == nil {
		results, err := s.ask(ctx, s.share(ctx), queries)
		if err == nil {
			err = s.follows(ctx, follower, results)
		}
		if err == nil || fault(ctx, err) == nil {
			return results, err
		}
		s.failed(ctx, err)
		down = err
	}
	return s.instead(ctx, follower, queries, down)
}

// alone asks a primary that has no standby.
func (s *Store) alone(ctx context.Context, queries []index.Query) ([]index.Result, error) {
	down, probe := s.ready()
	if down != nil && !probe {
		return nil, unavailable(down)
	}
	results, err := s.ask(ctx, s.o.Deadline, queries)
	switch {
	case err == nil:
		s.recovered(ctx)
	case fault(ctx, err) == nil:
		s.undecided()
		return nil, err
	case down != nil || errors.Is(err, context.DeadlineExceeded):
		s.failed(ctx, err)
		return nil, unavailable(err)
	default:
		return nil, unavailable(err) // it cost no time, and the next question may be luckier
	}
	return results, nil
}

// share is what of the request's time the primary may take.
func (s *Store) share(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return min(s.o.Deadline, time.Until(deadline)/2)
	}
	return s.o.Deadline
}

func (s *Store) ask(ctx context.Context, within time.Duration, queries []index.Query) ([]index.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	results, err := s.o.Primary.Search(ctx, queries)
	if err == nil && len(results) != len(queries) {
		err = fmt.Errorf("the index gave %d results for %d queries", len(results), len(queries))
	}
	return results, err
}

// instead has the standby answer.
func (s *Store) instead(ctx context.Context, follower Follower, queries []index.Query, because error) ([]index.Result, error) {
	results, err := follower.Search(ctx, queries)
	if err != nil {
		if fault(ctx, err) == nil {
			return nil, err
		}
		return nil, unavailable(errors.Join(because, fmt.Errorf("and its standby: %w", err)))
	}
	for i := range results {
		results[i].Standby = true
		s.promise(results[i].Mark)
	}
	return results, nil
}

// fault returns err when it says something about the Store: not that the caller has
// left or has no time, and not that the question does not fit.
func fault(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, index.ErrSpace) {
		return nil
	}
	return err
}

// unavailable makes an error one of index.ErrUnavailable.
func unavailable(err error) error {
	if errors.Is(err, index.ErrUnavailable) || errors.Is(err, index.ErrEpoch) {
		return err
	}
	// The cause's kind, such as an end of time, would say that the caller is to blame.
	return fmt.Errorf("%v: %w", err, index.ErrUnavailable)
}
