// Package schedules decides when jobs are due and runs them, each on one worker
// at a time: cron expressions, leases, a runner, catch-up of missed times. What a
// job does is not its business.
package schedules

import (
	"context"
	"errors"
	"time"
)

// ErrLeaseLost: the lease ran out and another worker may hold the job. Whoever
// gets it stops at once and writes nothing more.
var ErrLeaseLost = errors.New("the lease was lost to another worker")

// A Key names a job: what is done (Kind) to what (Subject), such as "sync" to
// "cnil". There is one job for a Key.
type Key struct{ Kind, Subject string }

// A Job is what is to be done again and again.
type Job struct {
	Key
	// Schedule is a cron expression of five fields, with an optional
	// "CRON_TZ=Area/City " before it; "" means only when asked for.
	Schedule string
	Due      time.Time // zero: not before it is asked for
	Paused   bool
}

// A Lease is the right to do a job until it runs out.
type Lease struct {
	Key
	Schedule string
	Token    int64     // grows with every claim of the job: a fence against late writers
	Due      time.Time // when it was due
	Expires  time.Time
	Failures int // failures in a row before this claim
}

// An Outcome is how a claimed job ended.
type Outcome struct {
	Failed bool
	Reason string // stable word, "" when all went well
}

// A Store keeps jobs and leases. "Now" is the clock of the Store, one for all
// workers. Methods may be called from several goroutines and processes.
type Store interface {
	// Put makes the job exist with this schedule. A job that is there keeps its
	// lease; its Due changes only when its schedule did or when it has none.
	Put(ctx context.Context, job Job) error

	// Remove forgets the job; a lease on it is lost.
	Remove(ctx context.Context, key Key) error

	// Jobs lists all jobs of a kind ("" for every kind), by subject.
	Jobs(ctx context.Context, kind string) ([]Job, error)

	// Claim takes the job of these kinds that has been due for longest and is not
	// leased, or returns nil when there is none.
	Claim(ctx context.Context, worker string, kinds []string, lease time.Duration) (*Lease, error)

	// ClaimNow takes this job whether it is due or not. It returns nil when
	// another worker holds it, and ErrLeaseLost never.
	ClaimNow(ctx context.Context, worker string, key Key, lease time.Duration) (*Lease, error)

	// Extend prolongs the lease to now + lease, or returns ErrLeaseLost.
	Extend(ctx context.Context, l *Lease, lease time.Duration) error

	// Finish gives the lease back and sets when the job is due next (zero: when
	// it is asked for). It returns ErrLeaseLost if the lease was taken over.
	Finish(ctx context.Context, l *Lease, o Outcome, next time.Time) error

	// Now is the Store's clock.
	Now(ctx context.Context) (time.Time, error)
}
