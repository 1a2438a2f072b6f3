package schedules_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"freshet/schedules"
	"freshet/schedules/schedulestest"
)

// Inside a synctest bubble the clock begins at midnight UTC, 1 January 2000.

var cnil = schedules.Key{Kind: "sync", Subject: "cnil"}

// rig is a runner over a Store in memory, started and stopped by hand.
type rig struct {
	*testing.T
	*schedules.Runner
	store schedules.Store
	stop  context.CancelFunc
	ended chan struct{}
}

func newRig(t *testing.T, store schedules.Store, work schedules.Work, change func(*schedules.Options)) *rig {
	t.Helper()
	if store == nil {
		store = schedulestest.NewMemory(time.Now)
	}
	o := schedules.Options{Store: store, Name: "test", Work: map[string]schedules.Work{"sync": work}}
	if change != nil {
		change(&o)
	}
	r, err := schedules.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &rig{T: t, Runner: r, store: store}
}

func (r *rig) start() {
	ctx, cancel := context.WithCancel(context.Background())
	r.stop, r.ended = cancel, make(chan struct{})
	go func() {
		defer close(r.ended)
		r.Runner.Run(ctx)
	}()
}

func (r *rig) halt() {
	r.stop()
	<-r.ended
}

func (r *rig) put(schedule string, due time.Time) {
	r.Helper()
	if err := r.Put(context.Background(), schedules.Job{Key: cnil, Schedule: schedule, Due: due}); err != nil {
		r.Fatal(err)
	}
}

// due is how long after the beginning of the bubble's clock the job is due.
func (r *rig) due() time.Duration {
	r.Helper()
	jobs, err := r.store.Jobs(context.Background(), "sync")
	if err != nil || len(jobs) != 1 {
		r.Fatalf("%v, %v", jobs, err)
	}
	return jobs[0].Due.Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
}

func ok(context.Context, *schedules.Lease) (schedules.Outcome, time.Time, error) {
	return schedules.Outcome{}, time.Time{}, nil
}

func TestAJobRunsAtEachTimeOfItsSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		began := time.Now()
		r := newRig(t, nil, func(context.Context, *schedules.Lease) (schedules.Outcome, time.Time, error) {
			at = append(at, time.Since(began).Truncate(time.Minute))
			return schedules.Outcome{}, time.Time{}, nil
		}, nil)
		r.put("*/30 * * * *", time.Time{})
		r.start()
		time.Sleep(100 * time.Minute)
		r.halt()
		if want := []time.Duration{30 * time.Minute, 60 * time.Minute, 90 * time.Minute}; !slices.Equal(at, want) {
			t.Errorf("ran at %v, want %v", at, want)
		}
	})
}

func TestMissedTimesAreCaughtUpByOneRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs := 0
		r := newRig(t, nil, func(context.Context, *schedules.Lease) (schedules.Outcome, time.Time, error) {
			runs++
			return schedules.Outcome{}, time.Time{}, nil
		}, nil)
		r.put("0 * * * *", time.Time{})
		time.Sleep(5*time.Hour + 10*time.Minute)
		r.put("0 * * * *", time.Time{}) // what a process does when it starts again
		r.start()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if runs != 1 {
			t.Errorf("%d runs for five missed times", runs)
		}
		if due := r.due(); due != 6*time.Hour {
			t.Errorf("due next at %v", due)
		}
		r.halt()
	})
}

func TestWhenAJobIsDueAfterItEnded(t *testing.T) {
	override := time.Date(2000, 1, 3, 0, 0, 0, 0, time.UTC)
	fails := func(context.Context, *schedules.Lease) (schedules.Outcome, time.Time, error) {
		return schedules.Outcome{}, time.Time{}, errors.New("refused")
	}
	tests := map[string]struct {
		schedule string
		work     schedules.Work
		runs     int
		spread   time.Duration
		want     time.Duration
	}{
		"a good run waits for the schedule":       {"0 3 * * *", ok, 1, 0, 3 * time.Hour},
		"a failure is tried again after a minute": {"0 3 * * *", fails, 1, 0, time.Minute},
		"a second failure after two more":         {"0 3 * * *", fails, 2, 0, 2 * time.Minute},
		"but never later than the schedule":       {"1-59 0 * * *", fails, 3, 0, time.Minute},
		"the job can say when": {"0 3 * * *", func(context.Context, *schedules.Lease) (schedules.Outcome, time.Time, error) {
			return schedules.Outcome{}, override, nil
		}, 1, 0, 48 * time.Hour},
		"the job can say when, failing": {"0 3 * * *", func(context.Context, *schedules.Lease) (schedules.Outcome, time.Time, error) {
			return schedules.Outcome{Failed: true}, override, nil
		}, 1, 0, 48 * time.Hour},
		"a spread moves each subject by its own jitter": {"0 3 * * *", ok, 1, time.Hour, 3*time.Hour + schedules.Jitter("cnil", time.Hour)},
		"a panic is a failure":                          {"0 3 * * *", func(context.Context, *schedules.Lease) (schedules.Outcome, time.Time, error) { panic("boom") }, 1, 0, time.Minute},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, nil, tt.work, func(o *schedules.Options) { o.Spread = tt.spread })
				r.put(tt.schedule, time.Time{})
				r.start()
				for range tt.runs {
					_, _ = r.RunNow(t.Context(), cnil) // how it ends shows in the due time
				}
				if due := r.due(); due != tt.want {
					t.Errorf("due at %v, want %v", due, tt.want)
				}
				r.halt()
			})
		})
	}
}

func TestAJobWithoutScheduleRunsOnlyWhenAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs := 0
		r := newRig(t, nil, func(context.Context, *schedules.Lease) (schedules.Outcome, time.Time, error) {
			runs++
			return schedules.Outcome{}, time.Time{}, errors.New("no")
		}, nil)
		r.put("", time.Time{})
		r.start()
		time.Sleep(48 * time.Hour)
		synctest.Wait()
		if runs != 0 {
			t.Errorf("%d runs that nobody asked for", runs)
		}
		if _, err := r.RunNow(t.Context(), cnil); err == nil {
			t.Error("the error was lost")
		}
		time.Sleep(48 * time.Hour)
		synctest.Wait()
		if runs != 1 {
			t.Errorf("%d runs", runs)
		}
		r.halt()
	})
}

func TestRunNowIsImmediateAndTellsHowItEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, func(context.Context, *schedules.Lease) (schedules.Outcome, time.Time, error) {
			return schedules.Outcome{Reason: "deletions_pending"}, time.Time{}, nil
		}, func(o *schedules.Options) { o.Poll = time.Hour })
		r.put("0 3 * * *", time.Time{})
		r.start()
		synctest.Wait()
		began := time.Now()
		o, err := r.RunNow(t.Context(), cnil)
		if err != nil || o.Failed || o.Reason != "deletions_pending" {
			t.Errorf("got %+v, %v", o, err)
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("waited %v", waited)
		}
		r.halt()
	})
}

func TestPutOfADueJobIsNoticedBeforeTheNextPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ran := make(chan struct{}, 1)
		r := newRig(t, nil, func(context.Context, *schedules.Lease) (schedules.Outcome, time.Time, error) {
			ran <- struct{}{}
			return schedules.Outcome{}, time.Time{}, nil
		}, func(o *schedules.Options) { o.Poll = time.Hour })
		r.start()
		synctest.Wait()
		began := time.Now()
		r.put("0 3 * * *", began)
		<-ran
		if waited := time.Since(began); waited != 0 {
			t.Errorf("waited %v", waited)
		}
		r.halt()
	})
}

func TestRunNowRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		r := newRig(t, nil, func(context.Context, *schedules.Lease) (schedules.Outcome, time.Time, error) {
			<-release
			return schedules.Outcome{}, time.Time{}, nil
		}, nil)
		r.put("0 3 * * *", time.Now())
		r.start()
		synctest.Wait()
		if _, err := r.RunNow(t.Context(), cnil); !errors.Is(err, schedules.ErrBusy) {
			t.Errorf("a running job: %v", err)
		}
		if _, err := r.RunNow(t.Context(), schedules.Key{Kind: "sync", Subject: "none"}); !errors.Is(err, schedules.ErrNoJob) {
			t.Errorf("an unknown job: %v", err)
		}
		if _, err := r.RunNow(t.Context(), schedules.Key{Kind: "bake", Subject: "cnil"}); err == nil || !strings.Contains(err.Error(), "kind") {
			t.Errorf("an unknown kind: %v", err)
		}
		close(release)
		r.halt()
		if _, err := r.RunNow(t.Context(), cnil); !errors.Is(err, schedules.ErrStopped) {
			t.Errorf("a stopped runner: %v", err)
		}
	})
}

func TestWhoeverAskedMayLeaveWithoutStoppingTheJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done := make(chan error, 1)
		r := newRig(t, nil, func(ctx context.Context, _ *schedules.Lease) (schedules.Outcome, time.Time, error) {
			time.Sleep(time.Minute)
			done <- ctx.Err()
			return schedules.Outcome{}, time.Time{}, nil
		}, nil)
		r.put("", time.Time{})
		r.start()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := r.RunNow(ctx, cnil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if err := <-done; err != nil {
			t.Errorf("the job was cancelled: %v", err)
		}
		r.halt()
	})
}

func TestALongJobKeepsItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := schedulestest.NewMemory(time.Now)
		r := newRig(t, store, func(ctx context.Context, _ *schedules.Lease) (schedules.Outcome, time.Time, error) {
			time.Sleep(10 * time.Minute)
			return schedules.Outcome{}, time.Time{}, ctx.Err()
		}, nil)
		r.put("0 3 * * *", time.Now())
		r.start()
		for range 9 {
			time.Sleep(time.Minute)
			if l, err := store.ClaimNow(t.Context(), "thief", cnil, time.Minute); l != nil || err != nil {
				t.Fatalf("the job was taken: %+v, %v", l, err)
			}
		}
		time.Sleep(2 * time.Minute)
		if due := r.due(); due != 3*time.Hour {
			t.Errorf("due at %v", due)
		}
		r.halt()
	})
}

// faulty is a Store whose Extend can be made to fail.
type faulty struct {
	schedules.Store
	extend atomic.Pointer[error]
	finish atomic.Int32 // how many calls of Finish fail
}

func (f *faulty) Extend(ctx context.Context, l *schedules.Lease, d time.Duration) error {
	if err := f.extend.Load(); err != nil {
		return *err
	}
	return f.Store.Extend(ctx, l, d)
}

func (f *faulty) Finish(ctx context.Context, l *schedules.Lease, o schedules.Outcome, next time.Time) error {
	if f.finish.Add(-1) >= 0 {
		return errors.New("database is locked")
	}
	return f.Store.Finish(ctx, l, o, next)
}

func TestAJobIsCancelledWhenItsLeaseIsLost(t *testing.T) {
	tests := map[string]struct {
		fault  error
		within time.Duration
	}{
		"taken over":                  {schedules.ErrLeaseLost, 20 * time.Second},
		"the Store cannot be reached": {errors.New("connection refused"), time.Minute},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &faulty{Store: schedulestest.NewMemory(time.Now)}
				store.extend.Store(&tt.fault)
				var cause error
				began := time.Now()
				var took time.Duration
				r := newRig(t, store, func(ctx context.Context, _ *schedules.Lease) (schedules.Outcome, time.Time, error) {
					<-ctx.Done()
					cause, took = context.Cause(ctx), time.Since(began)
					return schedules.Outcome{}, time.Time{}, ctx.Err()
				}, nil)
				r.put("0 3 * * *", time.Time{})
				r.start()
				if _, err := r.RunNow(t.Context(), cnil); !errors.Is(err, schedules.ErrLeaseLost) {
					t.Errorf("got %v", err)
				}
				if !errors.Is(cause, schedules.ErrLeaseLost) || took > tt.within {
					t.Errorf("cancelled with %v after %v", cause, took)
				}
				if due := r.due(); due != 3*time.Hour {
					t.Errorf("a worker without a lease set the due time to %v", due)
				}
				r.halt()
			})
		})
	}
}

func TestOneFailedHeartbeatLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &faulty{Store: schedulestest.NewMemory(time.Now)}
		fault := errors.New("database is locked")
		r := newRig(t, store, func(ctx context.Context, _ *schedules.Lease) (schedules.Outcome, time.Time, error) {
			store.extend.Store(&fault)
			time.Sleep(30 * time.Second)
			store.extend.Store(nil)
			time.Sleep(5 * time.Minute)
			return schedules.Outcome{}, time.Time{}, ctx.Err()
		}, nil)
		r.put("0 3 * * *", time.Time{})
		r.start()
		if o, err := r.RunNow(t.Context(), cnil); err != nil || o.Failed {
			t.Errorf("got %+v, %v", o, err)
		}
		r.halt()
	})
}

func TestALeaseIsGivenBackThoughTheStoreIsBusyForAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &faulty{Store: schedulestest.NewMemory(time.Now)}
		store.finish.Store(2)
		r := newRig(t, store, ok, nil)
		r.put("0 3 * * *", time.Now())
		r.start()
		time.Sleep(time.Second)
		if due := r.due(); due != 3*time.Hour {
			t.Errorf("due at %v", due)
		}
		r.halt()
	})
}

func TestStoppingCancelsJobsJoinsThemAndGivesTheirLeasesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := schedulestest.NewMemory(time.Now)
		var cause error
		r := newRig(t, store, func(ctx context.Context, _ *schedules.Lease) (schedules.Outcome, time.Time, error) {
			<-ctx.Done()
			time.Sleep(500 * time.Millisecond) // winding down
			cause = context.Cause(ctx)
			return schedules.Outcome{}, time.Time{}, ctx.Err()
		}, nil)
		due := time.Now()
		r.put("0 3 * * *", due)
		r.start()
		synctest.Wait()
		asked := make(chan error, 1)
		go func() {
			_, err := r.RunNow(context.Background(), schedules.Key{Kind: "sync", Subject: "cnil"})
			asked <- err
		}()
		if err := <-asked; !errors.Is(err, schedules.ErrBusy) {
			t.Errorf("got %v", err)
		}
		r.halt()
		if !errors.Is(cause, schedules.ErrStopped) {
			t.Errorf("cancelled with %v", cause)
		}
		l, err := store.Claim(t.Context(), "after", []string{"sync"}, time.Minute)
		if err != nil || l == nil || !l.Due.Equal(due) || l.Failures != 0 {
			t.Errorf("the next process gets %+v, %v", l, err)
		}
	})
}

func TestAChangedScheduleCountsForTheRunThatIsGoingOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil, func(context.Context, *schedules.Lease) (schedules.Outcome, time.Time, error) {
			time.Sleep(time.Minute)
			return schedules.Outcome{}, time.Time{}, nil
		}, nil)
		r.put("0 3 * * *", time.Now())
		r.start()
		time.Sleep(30 * time.Second)
		r.put("0 5 * * *", time.Time{})
		time.Sleep(time.Minute)
		if due := r.due(); due != 5*time.Hour {
			t.Errorf("due at %v", due)
		}
		r.halt()
	})
}

func TestWorkersRunAsManyJobsAtOnceAsThereAreWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		running, most, runs := 0, 0, 0
		r := newRig(t, nil, func(context.Context, *schedules.Lease) (schedules.Outcome, time.Time, error) {
			mu.Lock()
			running++
			runs++
			most = max(most, running)
			mu.Unlock()
			time.Sleep(time.Minute)
			mu.Lock()
			running--
			mu.Unlock()
			return schedules.Outcome{}, time.Time{}, nil
		}, func(o *schedules.Options) { o.Workers, o.Poll = 3, time.Hour })
		r.start()
		synctest.Wait()
		for _, subject := range []string{"a", "b", "c", "d", "e", "f", "g"} {
			job := schedules.Job{Key: schedules.Key{Kind: "sync", Subject: subject}, Due: time.Now()}
			if err := r.Put(t.Context(), job); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if most != 3 || runs != 7 {
			t.Errorf("%d at once, %d runs", most, runs)
		}
		r.halt()
	})
}

func TestPutRefusesABrokenSchedule(t *testing.T) {
	r := newRig(t, nil, ok, nil)
	err := r.Put(t.Context(), schedules.Job{Key: cnil, Schedule: "0 0 31 2 *"})
	if err == nil || !strings.Contains(err.Error(), "never comes") {
		t.Errorf("got %v", err)
	}
}

func TestNewRefusesOptionsThatCannotWork(t *testing.T) {
	store := schedulestest.NewMemory(time.Now)
	work := map[string]schedules.Work{"sync": ok}
	tests := map[string]schedules.Options{
		"no store":        {Work: work, Name: "a"},
		"no work":         {Store: store, Name: "a"},
		"nil work":        {Store: store, Name: "a", Work: map[string]schedules.Work{"sync": nil}},
		"no name":         {Store: store, Work: work},
		"negative lease":  {Store: store, Work: work, Name: "a", Lease: -1},
		"negative number": {Store: store, Work: work, Name: "a", Workers: -1},
	}
	for name, o := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := schedules.New(o); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestBackoffDoublesUpToAnHour(t *testing.T) {
	want := []time.Duration{time.Minute, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour}
	for n, w := range want {
		if got := schedules.Backoff(n); got != w {
			t.Errorf("after %d failures: %v, want %v", n, got, w)
		}
	}
	if got := schedules.Backoff(1 << 40); got != time.Hour {
		t.Errorf("after very many: %v", got)
	}
}
