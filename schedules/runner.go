package schedules

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

var (
	// ErrBusy: another worker is doing this job at the moment.
	ErrBusy = errors.New("this job is running already")
	// ErrNoJob: the Store has no such job.
	ErrNoJob = errors.New("there is no such job")
	// ErrStopped: the runner was stopped before the job ended. It is also the cause
	// of a job's cancelled context when the runner stops.
	ErrStopped = errors.New("the runner was stopped")
)

// Work does one claimed job. Its context is cancelled, with the cause, when the
// lease is lost (ErrLeaseLost) or the runner stops (ErrStopped); it returns within a
// second then. The time that it returns, unless zero, is when the job is due next,
// whatever its schedule says. An error is a failure: it is logged, and its reason is
// that of the Outcome or, if that is empty, "error". A panic is a failure with the
// reason "panic".
type Work func(ctx context.Context, l *Lease) (Outcome, time.Time, error)

// Options of a Runner. Store, Work and Name are needed, the rest has defaults.
type Options struct {
	Store Store
	Work  map[string]Work // by kind; jobs of other kinds are left to others
	Name  string          // of this process, different from every other one's

	Workers int            // jobs at the same time; default 2
	Lease   time.Duration  // prolonged every third of it; default 1 minute
	Poll    time.Duration  // how often the Store is asked for due jobs; default 5 seconds
	Spread  time.Duration  // each subject is late by its own Jitter below this; default 0
	Zone    *time.Location // of schedules without CRON_TZ; default UTC
	Logger  *slog.Logger   // default: nothing is logged
}

// A Runner claims due jobs and does them. All due times come from the Store's clock.
//
// However many times of a job were missed, it runs once and is then due at the next
// time of its schedule. After the n-th failure in a row it is due after [Backoff](n),
// or at the next time of its schedule if that is earlier.
type Runner struct {
	o       Options
	kinds   []string
	wake    chan struct{}
	asked   chan *request
	stopped chan struct{}
	once    sync.Once
}

type request struct {
	key  Key
	done chan result // buffered: whoever asked may have gone
}

type result struct {
	outcome Outcome
	err     error
}

// New checks the options and returns a Runner that does nothing before Run.
func New(o Options) (*Runner, error) {
	if o.Store == nil || len(o.Work) == 0 || o.Name == "" {
		return nil, errors.New("a runner needs a Store, Work and a Name")
	}
	for kind, work := range o.Work {
		if work == nil {
			return nil, fmt.Errorf("no work for jobs of kind %q", kind)
		}
	}
	if o.Workers < 0 || o.Lease < 0 || o.Poll < 0 || o.Spread < 0 {
		return nil, errors.New("a runner's numbers cannot be negative")
	}
	if o.Workers == 0 {
		o.Workers = 2
	}
	if o.Lease == 0 {
		o.Lease = time.Minute
	}
	if o.Poll == 0 {
		o.Poll = 5 * time.Second
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	r := &Runner{
		o:       o,
		wake:    make(chan struct{}, 1),
		asked:   make(chan *request),
		stopped: make(chan struct{}),
	}
	for kind := range o.Work {
		r.kinds = append(r.kinds, kind)
	}
	slices.Sort(r.kinds)
	return r, nil
}

// Run does jobs until ctx is cancelled, then cancels those that are running, waits
// for them, gives their leases back with their due time unchanged, and returns.
// It may be called once.
func (r *Runner) Run(ctx context.Context) {
	defer r.once.Do(func() { close(r.stopped) })
	var workers sync.WaitGroup
	for i := range r.o.Workers {
		workers.Go(func() { r.work(ctx, fmt.Sprintf("%s/%d", r.o.Name, i+1)) })
	}
	workers.Wait()
}

// Put makes a job exist in the Store, due at the next time of its schedule unless
// job.Due says otherwise, and has the Store looked at. It may be called while Run
// runs, and before.
func (r *Runner) Put(ctx context.Context, job Job) error {
	s, err := Parse(job.Schedule, r.o.Zone)
	if err != nil {
		return err
	}
	if job.Due.IsZero() && !s.Never() {
		now, err := r.o.Store.Now(ctx)
		if err != nil {
			return fmt.Errorf("read the clock: %w", err)
		}
		job.Due = r.scheduled(s, job.Subject, now)
	}
	if err := r.o.Store.Put(ctx, job); err != nil {
		return fmt.Errorf("save the job %s %s: %w", job.Kind, job.Subject, err)
	}
	r.Wake()
	return nil
}

// Wake has the Store asked for due jobs at once, instead of at the next poll.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // somebody will look anyway
	}
}

// RunNow does a job as soon as a worker is free, due or not, paused or not, and
// returns how it ended. When ctx is cancelled it returns at once; a job that has
// begun goes on. It returns ErrBusy when another worker holds the job, ErrNoJob,
// ErrLeaseLost, ErrStopped, or the job's own error. It needs Run to be running.
func (r *Runner) RunNow(ctx context.Context, key Key) (Outcome, error) {
	if _, ok := r.o.Work[key.Kind]; !ok {
		return Outcome{}, fmt.Errorf("run %s %s: nothing here does jobs of this kind", key.Kind, key.Subject)
	}
	req := &request{key: key, done: make(chan result, 1)}
	select {
	case r.asked <- req:
	case <-ctx.Done():
		return Outcome{}, context.Cause(ctx)
	case <-r.stopped:
		return Outcome{}, ErrStopped
	}
	select {
	case res := <-req.done:
		return res.outcome, res.err
	case <-ctx.Done():
		return Outcome{}, context.Cause(ctx)
	}
}

// work is one worker: what was asked for first, then what is due, then waiting.
func (r *Runner) work(ctx context.Context, worker string) {
	poll := time.NewTicker(r.o.Poll)
	defer poll.Stop()
	for ctx.Err() == nil {
		select {
		case req := <-r.asked:
			r.doAsked(ctx, worker, req)
			continue
		default:
		}
		if r.doDue(ctx, worker) {
			continue
		}
		select {
		case req := <-r.asked:
			r.doAsked(ctx, worker, req)
		case <-r.wake:
		case <-poll.C:
		case <-ctx.Done():
		}
	}
}

// doDue does one due job and reports whether there was one.
func (r *Runner) doDue(ctx context.Context, worker string) bool {
	l, err := r.o.Store.Claim(ctx, worker, r.kinds, r.o.Lease)
	if err != nil {
		if ctx.Err() == nil {
			r.o.Logger.WarnContext(ctx, "due jobs could not be claimed", "error", err)
		}
		return false
	}
	if l == nil {
		return false
	}
	r.Wake() // there may be more for the others
	r.do(ctx, l)
	return true
}

func (r *Runner) doAsked(ctx context.Context, worker string, req *request) {
	l, err := r.o.Store.ClaimNow(ctx, worker, req.key, r.o.Lease)
	if err == nil && l == nil {
		err = r.whyNot(ctx, req.key)
	}
	if err != nil {
		if ctx.Err() != nil {
			err = ErrStopped
		}
		req.done <- result{err: fmt.Errorf("run %s %s: %w", req.key.Kind, req.key.Subject, err)}
		return
	}
	req.done <- r.do(ctx, l)
}

// whyNot says why a job could not be claimed.
func (r *Runner) whyNot(ctx context.Context, key Key) error {
	_, err := r.find(ctx, key)
	if err != nil {
		return err
	}
	return ErrBusy
}

func (r *Runner) find(ctx context.Context, key Key) (Job, error) {
	jobs, err := r.o.Store.Jobs(ctx, key.Kind)
	if err != nil {
		return Job{}, fmt.Errorf("list jobs: %w", err)
	}
	i := slices.IndexFunc(jobs, func(j Job) bool { return j.Key == key })
	if i < 0 {
		return Job{}, ErrNoJob
	}
	return jobs[i], nil
}
