package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"freshet/schedules"
)

// Jobs returns the catalog's jobs and leases as the scheduler wants them.
func (c *Catalog) Jobs() *Jobs { return &Jobs{c: c} }

// Jobs implements schedules.Store on the catalog. Its clock is the catalog's.
type Jobs struct{ c *Catalog }

var _ schedules.Store = (*Jobs)(nil)

// Put makes the job exist.
func (j *Jobs) Put(ctx context.Context, job schedules.Job) error {
	return j.c.txApart(ctx, "save job "+job.Subject, func(tx *sql.Tx) error {
		// The token begins at the time, so that a job which was removed and made again
		// does not repeat the tokens of leases from before.
		_, err := tx.ExecContext(ctx, `INSERT INTO jobs (kind, subject, schedule, due, paused, worker, token, expires, failures)
			VALUES (?, ?, ?, ?, ?, '', ?, 0, 0)
			ON CONFLICT (kind, subject) DO UPDATE SET paused = excluded.paused, schedule = excluded.schedule,
			due = CASE WHEN jobs.schedule <> excluded.schedule OR jobs.due = 0 THEN excluded.due ELSE jobs.due END`,
			job.Kind, job.Subject, job.Schedule, millis(job.Due), flag(job.Paused), millis(j.c.now()))
		return err
	})
}

// Remove forgets the job.
func (j *Jobs) Remove(ctx context.Context, key schedules.Key) error {
	return j.c.txApart(ctx, "remove job "+key.Subject, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM jobs WHERE kind = ? AND subject = ?`, key.Kind, key.Subject)
		return err
	})
}

// Jobs lists jobs by subject.
func (j *Jobs) Jobs(ctx context.Context, kind string) ([]schedules.Job, error) {
	rows, err := j.c.read.QueryContext(ctx, `SELECT kind, subject, schedule, due, paused FROM jobs WHERE kind = ? OR ? = '' ORDER BY subject, kind`, kind, kind)
	out, err := collect(rows, err, func(r scanner) (schedules.Job, error) {
		var v schedules.Job
		var due int64
		err := r.Scan(&v.Kind, &v.Subject, &v.Schedule, &due, &v.Paused)
		v.Due = fromMillis(due)
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	return out, nil
}

// Claim takes the job that has been due for longest.
func (j *Jobs) Claim(ctx context.Context, worker string, kinds []string, lease time.Duration) (*schedules.Lease, error) {
	if len(kinds) == 0 {
		return nil, nil
	}
	now := j.c.now()
	args := []any{millis(now), millis(now)}
	for _, k := range kinds {
		args = append(args, k)
	}
	where := `due > 0 AND due <= ? AND expires <= ? AND paused = 0 AND kind IN (` + placeholders(len(kinds)) + `) ORDER BY due, subject LIMIT 1`
	return j.take(ctx, worker, lease, now, where, args)
}

// ClaimNow takes this job whether it is due or not.
func (j *Jobs) ClaimNow(ctx context.Context, worker string, key schedules.Key, lease time.Duration) (*schedules.Lease, error) {
	now := j.c.now()
	return j.take(ctx, worker, lease, now, `kind = ? AND subject = ? AND expires <= ?`, []any{key.Kind, key.Subject, millis(now)})
}

func (j *Jobs) take(ctx context.Context, worker string, lease time.Duration, now time.Time, where string, args []any) (*schedules.Lease, error) {
	var l *schedules.Lease
	err := j.c.txApart(ctx, "claim a job", func(tx *sql.Tx) error {
		var v schedules.Lease
		var due int64
		err := tx.QueryRowContext(ctx, `SELECT kind, subject, schedule, token, due, failures FROM jobs WHERE `+where, args...).
			Scan(&v.Kind, &v.Subject, &v.Schedule, &v.Token, &due, &v.Failures)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		v.Token++
		v.Due, v.Expires = fromMillis(due), now.Add(lease)
		_, err = tx.ExecContext(ctx, `UPDATE jobs SET worker = ?, token = ?, expires = ? WHERE kind = ? AND subject = ?`,
			worker, v.Token, millis(v.Expires), v.Kind, v.Subject)
		l = &v
		return err
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// Extend prolongs a lease that nobody has taken over.
func (j *Jobs) Extend(ctx context.Context, l *schedules.Lease, lease time.Duration) error {
	until := j.c.now().Add(lease)
	err := j.c.txApart(ctx, "extend lease on "+l.Subject, func(tx *sql.Tx) error {
		return lostUnlessChanged(tx.ExecContext(ctx, `UPDATE jobs SET expires = ? WHERE kind = ? AND subject = ? AND token = ? AND expires > 0`,
			millis(until), l.Kind, l.Subject, l.Token))
	})
	if err == nil {
		l.Expires = until
	}
	return err
}

// Finish gives the lease back.
func (j *Jobs) Finish(ctx context.Context, l *schedules.Lease, o schedules.Outcome, next time.Time) error {
	failures := 0
	if o.Failed {
		failures = l.Failures + 1
	}
	return j.c.txApart(ctx, "finish job "+l.Subject, func(tx *sql.Tx) error {
		return lostUnlessChanged(tx.ExecContext(ctx, `UPDATE jobs SET expires = 0, worker = '', failures = ?, due = ? WHERE kind = ? AND subject = ? AND token = ? AND expires > 0`,
			failures, millis(next), l.Kind, l.Subject, l.Token))
	})
}

func lostUnlessChanged(r sql.Result, err error) error {
	if err = mustChange(r, err); errors.Is(err, ErrNotFound) {
		return schedules.ErrLeaseLost
	}
	return err
}

// Now is the catalog's clock.
func (j *Jobs) Now(context.Context) (time.Time, error) { return j.c.now(), nil }
