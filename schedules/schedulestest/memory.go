// Package schedulestest has what tests of schedules need: a Store in memory, and the
// suite that every schedules.Store has to pass.
package schedulestest

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"freshet/schedules"
)

// Memory is a schedules.Store that forgets everything at the end of the process.
type Memory struct {
	now   func() time.Time
	mu    sync.Mutex
	jobs  map[schedules.Key]*job
	token int64 // one count for all jobs, so that a job put again goes on counting
}

type job struct {
	schedules.Job
	token    int64
	expires  time.Time // zero: not leased
	failures int
}

var _ schedules.Store = (*Memory)(nil)

// NewMemory returns an empty Store with this clock.
func NewMemory(now func() time.Time) *Memory {
	return &Memory{now: now, jobs: map[schedules.Key]*job{}}
}

// Put implements schedules.Store.
func (m *Memory) Put(_ context.Context, j schedules.Job) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	old, ok := m.jobs[j.Key]
	if !ok {
		m.jobs[j.Key] = &job{Job: j}
		return nil
	}
	if old.Schedule == j.Schedule && !old.Due.IsZero() {
		j.Due = old.Due
	}
	old.Job = j
	return nil
}

// Remove implements schedules.Store.
func (m *Memory) Remove(_ context.Context, key schedules.Key) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.jobs, key)
	return nil
}

// Jobs implements schedules.Store.
func (m *Memory) Jobs(_ context.Context, kind string) ([]schedules.Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var jobs []schedules.Job
	for _, j := range m.jobs {
		if kind == "" || j.Kind == kind {
			jobs = append(jobs, j.Job)
		}
	}
	slices.SortFunc(jobs, func(a, b schedules.Job) int {
		return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Kind, b.Kind))
	})
	return jobs, nil
}

// Claim implements schedules.Store.
func (m *Memory) Claim(ctx context.Context, _ string, kinds []string, lease time.Duration) (*schedules.Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	var first *job
	for _, j := range m.jobs {
		if j.Paused || j.Due.IsZero() || j.Due.After(now) || j.expires.After(now) || !slices.Contains(kinds, j.Kind) {
			continue
		}
		if first == nil || j.Due.Before(first.Due) {
			first = j
		}
	}
	if first == nil {
		return nil, nil
	}
	return m.take(first, now, lease), nil
}

// ClaimNow implements schedules.Store.
func (m *Memory) ClaimNow(ctx context.Context, _ string, key schedules.Key, lease time.Duration) (*schedules.Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	j, ok := m.jobs[key]
	if !ok || j.expires.After(now) {
		return nil, nil
	}
	return m.take(j, now, lease), nil
}

func (m *Memory) take(j *job, now time.Time, lease time.Duration) *schedules.Lease {
	m.token++
	j.token, j.expires = m.token, now.Add(lease)
	return &schedules.Lease{
		Key: j.Key, Schedule: j.Schedule, Token: j.token, Due: j.Due, Expires: j.expires, Failures: j.failures,
	}
}

// Extend implements schedules.Store.
func (m *Memory) Extend(_ context.Context, l *schedules.Lease, lease time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	j := m.held(l)
	if j == nil {
		return schedules.ErrLeaseLost
	}
	j.expires = m.now().Add(lease)
	l.Expires = j.expires
	return nil
}

// Finish implements schedules.Store.
func (m *Memory) Finish(_ context.Context, l *schedules.Lease, o schedules.Outcome, next time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	j := m.held(l)
	if j == nil {
		return schedules.ErrLeaseLost
	}
	j.expires, j.Due = time.Time{}, next
	j.failures = 0
	if o.Failed {
		j.failures = l.Failures + 1
	}
	return nil
}

// held returns the job if the lease on it was neither given back nor taken over.
func (m *Memory) held(l *schedules.Lease) *job {
	j, ok := m.jobs[l.Key]
	if !ok || j.token != l.Token || j.expires.IsZero() {
		return nil
	}
	return j
}

// Now implements schedules.Store.
func (m *Memory) Now(context.Context) (time.Time, error) { return m.now(), nil }
