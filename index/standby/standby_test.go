package standby

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"freshet/index"
)

// A target answers every query with one hit, of its own ID, at its mark.
type target struct {
	id    byte
	mark  atomic.Int64
	asked atomic.Int64
	fail  atomic.Pointer[error]
	hang  atomic.Bool // until its time is over
}

func newTarget(id byte, mark int64) *target {
	t := &target{id: id}
	t.mark.Store(mark)
	return t
}

func (t *target) failWith(err error) { t.fail.Store(&err) }

func (t *target) Search(ctx context.Context, queries []index.Query) ([]index.Result, error) {
	t.asked.Add(1)
	if t.hang.Load() {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if err := t.fail.Load(); err != nil && *err != nil {
		return nil, *err
	}
	results := make([]index.Result, len(queries))
	for i := range results {
		results[i] = index.Result{Mark: t.mark.Load(), Hits: []index.Hit{{ID: index.ChunkID{t.id}, Score: 1}}}
	}
	return results, nil
}

func (t *target) Mark(context.Context) (index.Mark, error) {
	return index.Mark{Seq: t.mark.Load()}, nil
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type fixture struct {
	t                *testing.T
	primary, standby *target
	clock            *clock
	store            *Store
}

func newFixture(t *testing.T, alone bool) *fixture {
	f := &fixture{t: t, primary: newTarget(1, 10), standby: newTarget(2, 10), clock: &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}}
	o := Options{Primary: f.primary, Deadline: 20 * time.Millisecond, Now: f.clock.Now}
	if !alone {
		o.Standby = func() Follower { return f.standby }
	}
	f.store = New(o)
	t.Cleanup(f.store.Close)
	return f
}

// asks puts a question and tells who has to answer: 1 the primary, 2 the standby, 0
// nobody.
func (f *fixture) asks(by byte) {
	f.t.Helper()
	results, err := f.store.Search(f.t.Context(), []index.Query{{Limit: 1}, {Limit: 1}})
	f.store.probes.Wait()
	if by == 0 {
		if !errors.Is(err, index.ErrUnavailable) || results != nil {
			f.t.Fatalf("results %v, error %v; want index.ErrUnavailable", results, err)
		}
		return
	}
	if err != nil || len(results) != 2 {
		f.t.Fatalf("%d results, error %v", len(results), err)
	}
	for _, r := range results {
		if r.Hits[0].ID[0] != by || r.Standby != (by == 2) {
			f.t.Fatalf("answered by %d, standby %v; want %d", r.Hits[0].ID[0], r.Standby, by)
		}
	}
}

var errDown = errors.Join(errors.New("connection refused"), index.ErrUnavailable)

func TestTheStandbyAnswersWhileThePrimaryIsDown(t *testing.T) {
	f := newFixture(t, false)
	f.asks(1)
	f.primary.failWith(errDown)
	f.asks(2)
	asked := f.primary.asked.Load()
	for range 10 {
		f.asks(2)
	}
	if got := f.primary.asked.Load(); got != asked {
		t.Errorf("the primary was asked %d times while it was to be left alone", got-asked)
	}
	for range 3 { // every two seconds one question probes, and no question waits for it
		f.clock.advance(2 * time.Second)
		f.asks(2)
		f.asks(2)
	}
	if got := f.primary.asked.Load(); got != asked+3 {
		t.Errorf("the primary was probed %d times, want 3", got-asked)
	}
	if s := f.store.State(); !errors.Is(s.Down, index.ErrUnavailable) || f.clock.Now().Sub(s.Since) != 6*time.Second {
		t.Errorf("state %+v", s)
	}
	f.primary.failWith(nil)
	f.asks(2)
	f.clock.advance(2 * time.Second)
	f.asks(2) // this one probes
	f.asks(1)
	if s := f.store.State(); s.Down != nil || !s.Since.IsZero() {
		t.Errorf("state %+v", s)
	}
}

func TestAPrimaryThatHangsCostsItsDeadlineOnce(t *testing.T) {
	f := newFixture(t, false)
	f.primary.hang.Store(true)
	f.asks(2)
	started := time.Now()
	for range 100 {
		f.asks(2)
	}
	if took := time.Since(started); took > 20*time.Millisecond*50 {
		t.Errorf("100 questions took %v", took)
	}
}

func TestThePrimaryMayTakeHalfOfTheTimeThatIsLeft(t *testing.T) {
	f := newFixture(t, false)
	f.store.o.Deadline = time.Minute
	f.primary.hang.Store(true)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	results, err := f.store.Search(ctx, []index.Query{{Limit: 1}})
	if err != nil || !results[0].Standby {
		t.Errorf("%v %v", results, err)
	}
}

func TestNothingThatTheStandbyShowedVanishesWhenThePrimaryComesBack(t *testing.T) {
	f := newFixture(t, false)
	f.primary.failWith(errDown)
	f.standby.mark.Store(20)
	f.asks(2)
	f.primary.failWith(nil)
	for range 3 {
		f.clock.advance(2 * time.Second)
		f.asks(2) // the primary answers again, at 10
		f.asks(2)
	}
	f.primary.mark.Store(20)
	f.clock.advance(2 * time.Second)
	f.asks(2)
	f.asks(1)
}

func TestAPrimaryThatStaysBehindIsReplaced(t *testing.T) {
	f := newFixture(t, false)
	f.asks(1)
	f.standby.mark.Store(11)
	f.asks(1) // a little behind is what following is like
	f.clock.advance(1900 * time.Millisecond)
	f.asks(1)
	f.clock.advance(100 * time.Millisecond)
	f.asks(2)
	f.primary.mark.Store(11)
	f.clock.advance(2 * time.Second)
	f.asks(2)
	f.asks(1)
}

func TestAPrimaryThatFollowsAtADistanceStays(t *testing.T) {
	f := newFixture(t, false)
	for range 100 { // a second behind, for a hundred seconds
		f.standby.mark.Add(10)
		f.asks(1)
		f.clock.advance(time.Second)
		f.primary.mark.Store(f.standby.mark.Load())
	}
}

func TestWithoutAStandbyAFaultIsNamed(t *testing.T) {
	f := newFixture(t, true)
	f.asks(1)
	f.primary.hang.Store(true)
	f.asks(0)
	asked := f.primary.asked.Load()
	f.asks(0) // at once
	if f.primary.asked.Load() != asked {
		t.Error("the primary was not left alone")
	}
	f.primary.hang.Store(false)
	f.clock.advance(2 * time.Second)
	f.asks(1)
	f.asks(1)
	f.primary.failWith(errors.New("broken"))
	f.asks(0)
	f.primary.failWith(nil)
	f.asks(1) // what failed at once is asked again at once
}

func TestBothDownIsNamed(t *testing.T) {
	f := newFixture(t, false)
	f.primary.failWith(errDown)
	f.standby.failWith(errors.New("closed"))
	f.asks(0)
	f.asks(0)
}

func TestWhatIsNotTheStoresFaultLeavesItAsItIs(t *testing.T) {
	for _, alone := range []bool{false, true} {
		f := newFixture(t, alone)
		f.primary.failWith(index.ErrSpace)
		if _, err := f.store.Search(t.Context(), []index.Query{{Limit: 1}}); !errors.Is(err, index.ErrSpace) {
			t.Errorf("error %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		f.primary.hang.Store(true)
		time.AfterFunc(time.Millisecond, cancel)
		f.store.o.Deadline = time.Minute
		if _, err := f.store.Search(ctx, []index.Query{{Limit: 1}}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		f.store.o.Deadline = 20 * time.Millisecond
		f.primary.hang.Store(false)
		f.primary.failWith(nil)
		f.asks(1)
	}
}

func TestAStandbyThatIsNotThereYetIsNotAsked(t *testing.T) {
	f := newFixture(t, false)
	ready := false
	f.store.o.Standby = func() Follower {
		if !ready {
			return nil
		}
		return f.standby
	}
	f.primary.failWith(errDown)
	f.asks(0)
	ready = true
	f.asks(2)
}

func TestManyQuestionsAtOnce(t *testing.T) {
	f := newFixture(t, false)
	var questions sync.WaitGroup
	for i := range 8 {
		questions.Go(func() {
			for n := range 200 {
				switch {
				case i == 0 && n%20 == 0:
					f.primary.failWith(errDown)
				case i == 0 && n%20 == 10:
					f.primary.failWith(nil)
				case i == 1:
					f.clock.advance(300 * time.Millisecond)
				}
				results, err := f.store.Search(t.Context(), []index.Query{{Limit: 1}})
				if err != nil || len(results[0].Hits) != 1 || results[0].Standby != (results[0].Hits[0].ID[0] == 2) {
					t.Errorf("%v %v", results, err)
					return
				}
			}
		})
	}
	questions.Wait()
}
