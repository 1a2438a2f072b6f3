package schedules

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

const (
	firstBackoff = time.Minute
	longestWait  = time.Hour

	finishTries = 3
	finishPause = 200 * time.Millisecond
	finishLimit = 5 * time.Second
)

// Backoff returns how long to wait after the n-th failure in a row: 1 minute, then
// twice as long each time, up to 1 hour.
func Backoff(n int) time.Duration {
	wait := firstBackoff
	for ; n > 1 && wait < longestWait; n-- {
		wait *= 2
	}
	return min(wait, longestWait)
}

// do does a claimed job and gives its lease back.
func (r *Runner) do(ctx context.Context, l *Lease) result {
	log := r.o.Logger.With("kind", l.Kind, "subject", l.Subject)
	res, override, cause := r.hold(ctx, l)
	if errors.Is(cause, ErrLeaseLost) || errors.Is(res.err, ErrLeaseLost) {
		log.WarnContext(ctx, "the lease was lost; the job was stopped")
		return result{err: ErrLeaseLost}
	}
	stopped := ctx.Err() != nil && (res.err != nil || res.outcome.Failed)
	if stopped {
		res = result{outcome: Outcome{Reason: "stopped"}, err: ErrStopped}
	}
	if res.err != nil && !stopped {
		log.ErrorContext(ctx, "a job failed", "reason", res.outcome.Reason, "error", res.err)
	}
	next := l.Due // a stopped job keeps its turn
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishLimit)
	defer cancel()
	if !stopped {
		next = override
		if next.IsZero() {
			next = r.next(finish, l, res.outcome.Failed)
		}
	}
	if err := r.finish(finish, l, res.outcome, next); err != nil {
		if errors.Is(err, ErrLeaseLost) {
			return result{err: ErrLeaseLost}
		}
		log.ErrorContext(ctx, "a lease could not be given back; it will run out", "error", err)
	}
	return res
}

// hold runs the job beside a heartbeat that prolongs the lease. It returns when both
// have ended, with the cause of the job's cancelled context, if it was cancelled.
func (r *Runner) hold(ctx context.Context, l *Lease) (result, time.Time, error) {
	held, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	defer context.AfterFunc(ctx, func() { cancel(ErrStopped) })()
	ended, beaten := make(chan struct{}), make(chan struct{})
	beat := *l // the job reads l while the Store writes to its copy
	go func() {
		defer close(beaten)
		r.heartbeat(held, &beat, ended, cancel)
	}()
	var res result
	var next time.Time
	res.outcome, next, res.err = r.call(held, l)
	close(ended)
	<-beaten
	l.Expires = beat.Expires
	if res.err != nil {
		res.outcome.Failed = true
		if res.outcome.Reason == "" {
			res.outcome.Reason = "error"
		}
	}
	return res, next, context.Cause(held)
}

// call does the work and turns a panic into an error.
func (r *Runner) call(ctx context.Context, l *Lease) (o Outcome, next time.Time, err error) {
	defer func() {
		if p := recover(); p != nil {
			o, next = Outcome{Failed: true, Reason: "panic"}, time.Time{}
			err = fmt.Errorf("panic: %v", p)
			r.o.Logger.ErrorContext(ctx, "a job panicked", "kind", l.Kind, "subject", l.Subject, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	return r.o.Work[l.Kind](ctx, l)
}

// heartbeat prolongs the lease every third of it until the job has ended, also while
// a cancelled job winds down. It cancels the job when the lease is lost, or when the
// Store could not be reached for as long as the lease lasts.
func (r *Runner) heartbeat(ctx context.Context, l *Lease, ended <-chan struct{}, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(max(r.o.Lease/3, time.Millisecond))
	defer tick.Stop()
	good := time.Now()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
		}
		began := time.Now()
		limited, done := context.WithTimeout(context.WithoutCancel(ctx), max(r.o.Lease/3, time.Millisecond))
		err := r.o.Store.Extend(limited, l, r.o.Lease)
		done()
		switch {
		case err == nil:
			good = began
		case errors.Is(err, ErrLeaseLost), time.Since(good) >= r.o.Lease:
			cancel(ErrLeaseLost)
			return
		default:
			r.o.Logger.WarnContext(ctx, "a lease could not be prolonged yet", "kind", l.Kind, "subject", l.Subject, "error", err)
		}
	}
}

// next is when the job is due after this run, by the schedule that it has now.
func (r *Runner) next(ctx context.Context, l *Lease, failed bool) time.Time {
	expression := l.Schedule
	if job, err := r.find(ctx, l.Key); err == nil {
		expression = job.Schedule // it may have been changed during the run
	}
	s, err := Parse(expression, r.o.Zone)
	if err != nil {
		r.o.Logger.ErrorContext(ctx, "a job has no usable schedule; it runs only when asked for", "kind", l.Kind, "subject", l.Subject, "error", err)
		return time.Time{}
	}
	now, err := r.o.Store.Now(ctx)
	if err != nil {
		// The lease says what the Store's clock was at its last beat.
		now = l.Expires.Add(-r.o.Lease)
		r.o.Logger.WarnContext(ctx, "the clock of the store could not be read", "error", err)
	}
	due := r.scheduled(s, l.Subject, now)
	if again := now.Add(Backoff(l.Failures + 1)); failed && !due.IsZero() && again.Before(due) {
		return again
	}
	return due
}

// scheduled is the first time after now at which the subject's turn comes.
func (r *Runner) scheduled(s Schedule, subject string, now time.Time) time.Time {
	late := Jitter(subject, r.o.Spread)
	due := s.Next(now.Add(-late))
	if due.IsZero() {
		return due
	}
	return due.Add(late)
}

// finish gives the lease back, with a few tries: a job that was done is not to be
// done again because the Store was busy for a moment.
func (r *Runner) finish(ctx context.Context, l *Lease, o Outcome, next time.Time) error {
	var err error
	for try := range finishTries {
		if try > 0 {
			select {
			case <-time.After(finishPause):
			case <-ctx.Done():
				return err
			}
		}
		if err = r.o.Store.Finish(ctx, l, o, next); err == nil || errors.Is(err, ErrLeaseLost) {
			return err
		}
	}
	return err
}
