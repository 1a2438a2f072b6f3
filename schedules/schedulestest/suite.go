package schedulestest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"freshet/schedules"
)

// start is where the suite's clock begins: whole seconds, because a Store may keep
// times to the millisecond.
var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const lease = time.Minute

// bench is one fresh Store with its clock.
type bench struct {
	*testing.T
	schedules.Store
	mu   sync.Mutex
	time time.Time
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.time
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.time = b.time.Add(d)
}

// Run holds a Store to the contract of schedules.Store. open returns a new, empty
// Store that reads its clock from now; it cleans up with t.Cleanup.
func Run(t *testing.T, open func(t *testing.T, now func() time.Time) schedules.Store) {
	tests := []struct {
		name string
		test func(*bench)
	}{
		{"the job that has been due for longest comes first", claimOrder},
		{"only jobs that are due and of the right kind are claimed", claimOnlyDue},
		{"one of many workers gets the job", exclusiveClaim},
		{"many workers share many jobs without doing one twice", sharedClaims},
		{"an extended lease keeps the job", extendKeeps},
		{"a lease that ran out is taken over, and the late worker is told", takeover},
		{"the token grows with every claim", tokenGrows},
		{"a finished job is due at its next time and counts failures", finishSets},
		{"a job without a next time waits until it is asked for", finishWithoutNext},
		{"a lease is given back once", finishOnce},
		{"put keeps the due time of the same schedule", putKeepsDue},
		{"put keeps the lease", putKeepsLease},
		{"a paused job is claimed only when asked for", paused},
		{"a job that is not due is claimed when asked for", claimNow},
		{"a removed job loses its lease", removed},
		{"a job that was removed and put again has no old lease", removedAndPutAgain},
		{"jobs are listed by subject", listed},
		{"hostile names are names", hostileNames},
		{"the clock is the one that was given", clock},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := &bench{T: t, time: start}
			b.Store = open(t, b.now)
			tt.test(b)
		})
	}
}

func key(subject string) schedules.Key { return schedules.Key{Kind: "sync", Subject: subject} }

func (b *bench) put(subject string, due time.Time) {
	b.Helper()
	b.must(b.Put(b.Context(), schedules.Job{Key: key(subject), Schedule: "0 * * * *", Due: due}))
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// claim claims a due job, which may be nil.
func (b *bench) claim(worker string) *schedules.Lease {
	b.Helper()
	l, err := b.Claim(b.Context(), worker, []string{"sync"}, lease)
	b.must(err)
	return l
}

// take claims a due job that has to be there.
func (b *bench) take(worker, subject string) *schedules.Lease {
	b.Helper()
	l := b.claim(worker)
	if l == nil {
		b.Fatalf("nothing to claim; want %s", subject)
	}
	if l.Key != key(subject) {
		b.Fatalf("claimed %v, want %s", l.Key, subject)
	}
	return l
}

func (b *bench) none(why string) {
	b.Helper()
	if l := b.claim("nobody"); l != nil {
		b.Errorf("%s: claimed %v", why, l.Key)
	}
}

func (b *bench) lost(err error) {
	b.Helper()
	if !errors.Is(err, schedules.ErrLeaseLost) {
		b.Errorf("got %v, want ErrLeaseLost", err)
	}
}

func (b *bench) dueOf(subject string) time.Time {
	b.Helper()
	jobs, err := b.Jobs(b.Context(), "sync")
	b.must(err)
	for _, j := range jobs {
		if j.Key == key(subject) {
			return j.Due
		}
	}
	b.Fatalf("no job %s", subject)
	return time.Time{}
}

func claimOrder(b *bench) {
	b.put("b", start.Add(-2*time.Minute))
	b.put("a", start.Add(-time.Minute))
	b.put("c", start.Add(-3*time.Minute))
	for _, want := range []string{"c", "b", "a"} {
		b.take("w", want)
	}
	b.none("all are leased")
}

func claimOnlyDue(b *bench) {
	b.put("later", start.Add(time.Minute))
	b.put("asked", time.Time{})
	b.must(b.Put(b.Context(), schedules.Job{Key: schedules.Key{Kind: "backup", Subject: "x"}, Due: start.Add(-time.Hour)}))
	b.none("nothing is due")
	b.pass(time.Minute)
	l := b.take("w", "later")
	if !l.Due.Equal(start.Add(time.Minute)) || l.Schedule != "0 * * * *" || !l.Expires.Equal(start.Add(time.Minute+lease)) || l.Failures != 0 {
		b.Errorf("the lease says %+v", *l)
	}
	b.none("a job without a due time was never asked for")
}

func exclusiveClaim(b *bench) {
	b.put("one", start)
	if got := b.race(1, 16); got != 1 {
		b.Errorf("%d workers got the job", got)
	}
}

func sharedClaims(b *bench) {
	const jobs = 12
	for i := range jobs {
		b.put(fmt.Sprintf("job%02d", i), start.Add(-time.Duration(i)*time.Second))
	}
	if got := b.race(jobs, 8); got != jobs {
		b.Errorf("%d claims of %d jobs", got, jobs)
	}
}

// race lets workers claim as often as there are jobs, and counts the leases.
func (b *bench) race(jobs, workers int) int {
	var wg sync.WaitGroup
	var mu sync.Mutex
	held := map[schedules.Key]bool{}
	count := 0
	for w := range workers {
		wg.Go(func() {
			for range jobs + 1 {
				l, err := b.Claim(b.Context(), fmt.Sprint("w", w), []string{"sync"}, lease)
				if err != nil {
					b.Error(err)
					return
				}
				if l == nil {
					continue
				}
				mu.Lock()
				if held[l.Key] {
					b.Errorf("%v was claimed twice", l.Key)
				}
				held[l.Key] = true
				count++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return count
}

func extendKeeps(b *bench) {
	b.put("a", start)
	l := b.take("w", "a")
	for range 3 {
		b.pass(lease * 2 / 3)
		b.must(b.Extend(b.Context(), l, lease))
	}
	if want := start.Add(3*lease*2/3 + lease); !l.Expires.Equal(want) {
		b.Errorf("the lease expires at %s, want %s", l.Expires, want)
	}
	b.pass(lease - time.Second)
	b.none("the lease was prolonged")
	b.must(b.Finish(b.Context(), l, schedules.Outcome{}, start.Add(time.Hour)))
}

func takeover(b *bench) {
	b.put("a", start)
	late := b.take("late", "a")
	b.pass(lease + time.Second)
	l := b.take("next", "a")
	b.lost(b.Extend(b.Context(), late, lease))
	b.lost(b.Finish(b.Context(), late, schedules.Outcome{Failed: true}, start.Add(24*time.Hour)))
	b.must(b.Extend(b.Context(), l, lease))
	b.must(b.Finish(b.Context(), l, schedules.Outcome{}, start.Add(time.Hour)))
	b.lost(b.Finish(b.Context(), late, schedules.Outcome{}, start.Add(24*time.Hour)))
	if due := b.dueOf("a"); !due.Equal(start.Add(time.Hour)) {
		b.Errorf("the late worker moved the due time to %s", due)
	}
}

func tokenGrows(b *bench) {
	b.put("a", start)
	var last int64
	for i := range 5 {
		l := b.take("w", "a")
		if l.Token <= last {
			b.Errorf("claim %d: token %d after %d", i, l.Token, last)
		}
		last = l.Token
		if i%2 == 0 {
			b.must(b.Finish(b.Context(), l, schedules.Outcome{}, start))
		} else {
			b.pass(lease + time.Second)
		}
	}
}

func finishSets(b *bench) {
	b.put("a", start)
	for failures := range 3 {
		l := b.take("w", "a")
		if l.Failures != failures {
			b.Errorf("%d failures, want %d", l.Failures, failures)
		}
		b.must(b.Finish(b.Context(), l, schedules.Outcome{Failed: true, Reason: "auth"}, b.now().Add(time.Hour)))
		b.none("it is due in an hour")
		b.pass(time.Hour)
	}
	l := b.take("w", "a")
	b.must(b.Finish(b.Context(), l, schedules.Outcome{}, b.now()))
	if l = b.take("w", "a"); l.Failures != 0 {
		b.Errorf("%d failures after a success", l.Failures)
	}
}

func finishWithoutNext(b *bench) {
	b.put("a", start)
	l := b.take("w", "a")
	b.must(b.Finish(b.Context(), l, schedules.Outcome{}, time.Time{}))
	b.pass(1000 * time.Hour)
	b.none("it has no next time")
	if due := b.dueOf("a"); !due.IsZero() {
		b.Errorf("due at %s", due)
	}
	b.put("a", start.Add(time.Hour))
	b.take("w", "a")
}

func finishOnce(b *bench) {
	b.put("a", start)
	l := b.take("w", "a")
	b.must(b.Finish(b.Context(), l, schedules.Outcome{}, start.Add(time.Hour)))
	b.lost(b.Finish(b.Context(), l, schedules.Outcome{}, start.Add(2*time.Hour)))
	b.lost(b.Extend(b.Context(), l, lease))
	if due := b.dueOf("a"); !due.Equal(start.Add(time.Hour)) {
		b.Errorf("due at %s", due)
	}
}

func putKeepsDue(b *bench) {
	b.put("a", start.Add(time.Hour))
	b.put("a", start.Add(2*time.Hour))
	if due := b.dueOf("a"); !due.Equal(start.Add(time.Hour)) {
		b.Errorf("the same schedule moved the due time to %s", due)
	}
	b.must(b.Put(b.Context(), schedules.Job{Key: key("a"), Schedule: "30 * * * *", Due: start.Add(3 * time.Hour)}))
	if due := b.dueOf("a"); !due.Equal(start.Add(3 * time.Hour)) {
		b.Errorf("with another schedule it is due at %s", due)
	}
}

func putKeepsLease(b *bench) {
	b.put("a", start)
	l := b.take("w", "a")
	b.must(b.Put(b.Context(), schedules.Job{Key: key("a"), Schedule: "30 * * * *", Due: start}))
	b.none("the job is still leased")
	b.must(b.Extend(b.Context(), l, lease))
	b.must(b.Finish(b.Context(), l, schedules.Outcome{}, start.Add(time.Hour)))
}

func paused(b *bench) {
	job := schedules.Job{Key: key("a"), Schedule: "0 * * * *", Due: start, Paused: true}
	b.must(b.Put(b.Context(), job))
	b.none("the job is paused")
	l, err := b.ClaimNow(b.Context(), "w", key("a"), lease)
	b.must(err)
	if l == nil {
		b.Fatal("a paused job was asked for and not given")
	}
	b.must(b.Finish(b.Context(), l, schedules.Outcome{}, start))
	jobs, err := b.Jobs(b.Context(), "sync")
	b.must(err)
	if len(jobs) != 1 || !jobs[0].Paused {
		b.Errorf("finishing changed the pause: %+v", jobs)
	}
	b.none("the job is still paused")
	job.Paused = false
	b.must(b.Put(b.Context(), job))
	b.take("w", "a")
}

func claimNow(b *bench) {
	b.put("a", start.Add(time.Hour))
	l, err := b.ClaimNow(b.Context(), "w", key("a"), lease)
	b.must(err)
	if l == nil || !l.Due.Equal(start.Add(time.Hour)) {
		b.Fatalf("got %+v", l)
	}
	second, err := b.ClaimNow(b.Context(), "x", key("a"), lease)
	if second != nil || err != nil {
		b.Errorf("a leased job was given: %+v, %v", second, err)
	}
	b.pass(lease + time.Second)
	second, err = b.ClaimNow(b.Context(), "x", key("a"), lease)
	b.must(err)
	if second == nil || second.Token <= l.Token {
		b.Errorf("after the lease ran out: %+v", second)
	}
	if nobody, _ := b.ClaimNow(b.Context(), "w", key("none"), lease); nobody != nil {
		b.Errorf("a job that does not exist was given: %+v", nobody)
	}
}

func removed(b *bench) {
	b.put("a", start)
	l := b.take("w", "a")
	b.must(b.Remove(b.Context(), key("a")))
	b.lost(b.Extend(b.Context(), l, lease))
	b.lost(b.Finish(b.Context(), l, schedules.Outcome{}, start))
	b.must(b.Remove(b.Context(), key("a")))
	jobs, err := b.Jobs(b.Context(), "")
	b.must(err)
	if len(jobs) != 0 {
		b.Errorf("still there: %+v", jobs)
	}
}

func removedAndPutAgain(b *bench) {
	b.put("a", start)
	old := b.take("old", "a")
	b.must(b.Remove(b.Context(), key("a")))
	b.pass(time.Second)
	b.put("a", start)
	b.lost(b.Extend(b.Context(), old, lease))
	l := b.take("new", "a")
	if l.Token <= old.Token {
		b.Errorf("token %d after %d: a late writer would pass the fence", l.Token, old.Token)
	}
	b.lost(b.Finish(b.Context(), old, schedules.Outcome{}, start.Add(time.Hour)))
	b.must(b.Extend(b.Context(), l, lease))
}

func listed(b *bench) {
	want := []schedules.Job{
		{Key: key("a"), Schedule: "0 * * * *", Due: start},
		{Key: schedules.Key{Kind: "check", Subject: "b"}},
		{Key: key("c"), Schedule: "0 * * * *", Due: start.Add(time.Hour), Paused: true},
	}
	for _, i := range []int{2, 0, 1} {
		b.must(b.Put(b.Context(), want[i]))
	}
	all, err := b.Jobs(b.Context(), "")
	b.must(err)
	if diff := cmp.Diff(want, all); diff != "" {
		b.Errorf("all kinds (-want +got):\n%s", diff)
	}
	some, err := b.Jobs(b.Context(), "sync")
	b.must(err)
	if diff := cmp.Diff([]schedules.Job{want[0], want[2]}, some); diff != "" {
		b.Errorf("one kind (-want +got):\n%s", diff)
	}
}

func hostileNames(b *bench) {
	for i, subject := range []string{"é’\u00a0x", "a'; DROP TABLE jobs; --", "%", "_", "a/../b", "line\nbreak", ""} {
		b.put(subject, start.Add(time.Duration(i)*time.Second-time.Hour))
		l := b.take("w", subject)
		b.must(b.Finish(b.Context(), l, schedules.Outcome{}, start.Add(time.Hour)))
	}
}

func clock(b *bench) {
	b.pass(90 * time.Minute)
	now, err := b.Now(b.Context())
	b.must(err)
	if !now.Equal(start.Add(90 * time.Minute)) {
		b.Errorf("the Store's clock says %s", now)
	}
}
