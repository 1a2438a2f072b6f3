package connectortest

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"freshet/connectors"
)

// soon is the contract's limit for the end of a cancelled pull, and room for a
// busy machine.
const soon = time.Second + 500*time.Millisecond

func (s *suite) leaks(t *testing.T, w *stage) {
	w.fill(s.o.Documents)
	src := w.Source()
	n := len(puller{t: t}.run(t.Context(), src, NewPosition(connectors.Full)).changes)
	before := settled(0)
	const rounds = 24
	for i := range rounds {
		puller{t: t, stopAt: 1 + i%n}.run(t.Context(), src, NewPosition(connectors.Full))
	}
	// Connections kept for later use have goroutines too, but not one each round.
	if after := settled(before + rounds/3); after > before+rounds/3 {
		t.Errorf("%d pulls broken off left %d goroutines where %d were before", rounds, after, before)
	}
}

// settled returns the number of goroutines once it is at most limit, or after it
// has not been for two seconds.
func settled(limit int) int {
	wait := 2 * time.Second
	if limit == 0 {
		wait = 100 * time.Millisecond
	}
	for end := time.Now().Add(wait); ; time.Sleep(5 * time.Millisecond) {
		if n := runtime.NumGoroutine(); n <= limit || time.Now().After(end) {
			return n
		}
	}
}

func (s *suite) cancel(t *testing.T, w *stage) {
	w.fill(s.o.Documents)
	for _, at := range []int{0, 1, s.o.Documents / 2} {
		ctx, cancel := context.WithCancel(t.Context())
		n, cancelled := 0, time.Now()
		p := puller{t: t, onTaken: func(connectors.Change) {
			if n++; n == at {
				cancelled = time.Now()
				cancel()
			}
		}}
		if at == 0 {
			cancel()
		}
		out := p.run(ctx, w.Source(), NewPosition(connectors.Full))
		took := time.Since(cancelled)
		cancel()
		if at > n {
			continue // the pass is shorter than that
		}
		w.mustBeCancelled(out, took)
	}
}

func (w *stage) mustBeCancelled(out pulled, took time.Duration) {
	w.t.Helper()
	if out.done {
		w.t.Error("the cancelled pull said PassDone")
	}
	if !errors.Is(out.err, context.Canceled) {
		w.t.Errorf("the cancelled pull ended with %v, not with context.Canceled", out.err)
	}
	if took > soon {
		w.t.Errorf("the cancelled pull ended after %s", took)
	}
}

func (s *suite) cancelStalled(t *testing.T, w *stage) {
	w.needs(w.Stall != nil, "hang")
	w.fill(s.o.Documents)
	w.Stall(true)
	t.Cleanup(func() { w.Stall(false) })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var cancelled time.Time
	timer := time.AfterFunc(100*time.Millisecond, func() { cancelled = time.Now(); cancel() })
	defer timer.Stop()
	out := puller{t: t}.run(ctx, w.Source(), NewPosition(connectors.Full))
	<-ctx.Done()
	w.mustBeCancelled(out, time.Since(cancelled))
}

func (s *suite) truncated(t *testing.T, w *stage) {
	w.needs(w.Truncate != nil, "cut its listing short")
	out := s.disturbed(w, w.Truncate)
	if !errors.Is(out.err, connectors.ErrTruncated) {
		t.Errorf("the pull ended with %v, not with ErrTruncated", out.err)
	}
}

func (s *suite) failing(_ *testing.T, w *stage) {
	w.needs(w.FailListing != nil, "make its listing fail")
	s.disturbed(w, w.FailListing)
}

func (s *suite) vanished(_ *testing.T, w *stage) {
	w.needs(w.Vanish != nil, "vanish")
	s.disturbed(w, w.Vanish)
}

// disturbed pulls once well, once while something is wrong with the place, and
// once more when it is well again; nothing may be lost.
func (s *suite) disturbed(w *stage, wrong func(bool)) pulled {
	w.t.Helper()
	w.fill(s.o.Documents)
	pos := NewPosition(connectors.Full)
	first := w.whole(pos)
	wrong(true)
	out := w.pull(pos)
	w.mustFail(out)
	for id, e := range out.state {
		if _, ok := w.want[id]; ok && (e.how == "deleted" || e.how == "skip") {
			w.t.Errorf("the document %.80q, which is there, came as %s", id, e.how)
		}
	}
	wrong(false)
	pos.Drop()
	rest := w.whole(pos)
	known := merge(first.state, out.state, false)
	w.mustHold(merge(known, rest.state, false), nil)
	return out
}

func (s *suite) fault(t *testing.T, w *stage) {
	w.needs(w.Break != nil, "make one document fail")
	w.fill(s.o.Documents)
	name := nameOf(s.o.Documents / 2)
	id := w.names[name]
	w.Break(name, true)
	pos := NewPosition(connectors.Full)
	out := w.whole(pos)
	if e := out.state[id]; e.how != "fault" {
		t.Errorf("the broken document came as %q (%d bytes), not as a fault", e.how, len(e.body))
	}
	content := w.want[id]
	delete(w.want, id)
	w.fixed[id] = true
	w.mustHold(out.state, nil)
	w.Break(name, false)
	delete(w.fixed, id)
	w.want[id] = content
	w.mustHold(w.whole(pos).state, out.state)
}

func (s *suite) verdict(t *testing.T, w *stage) {
	w.needs(w.Spoil != nil, "hold a document that can never be read")
	w.fill(s.o.Documents)
	name := nameOf(s.o.Documents / 2)
	id := w.names[name]
	w.Spoil(name)
	out := w.whole(NewPosition(connectors.Full))
	if e := out.state[id]; e.how != "verdict" {
		t.Errorf("the spoilt document came as %q, not as a verdict", e.how)
	}
	delete(w.want, id)
	w.fixed[id] = true
	w.mustHold(out.state, nil)
}

func (s *suite) skipped(t *testing.T, w *stage) {
	w.needs(w.Hide != nil, "hold a document that must not be indexed")
	w.fill(s.o.Documents)
	name := nameOf(s.o.Documents / 2)
	id := w.names[name]
	w.Hide(name)
	out := w.whole(NewPosition(connectors.Full))
	if e := out.state[id]; e.how != "skip" {
		t.Errorf("the document that must not be indexed came as %q", e.how)
	}
	delete(w.want, id)
	w.fixed[id] = true
	w.mustHold(out.state, nil)
}

func (s *suite) throttled(t *testing.T, w *stage) {
	w.needs(w.Throttle != nil, "throttle")
	w.fill(s.o.Documents)
	w.Throttle(2)
	w.mustHold(w.whole(NewPosition(connectors.Full)).state, nil)
}

func (s *suite) postponed(t *testing.T, w *stage) {
	w.needs(w.Postpone != nil, "ask for a long wait")
	out := s.disturbed(w, w.Postpone)
	var later *connectors.RetryAfter
	if !errors.As(out.err, &later) {
		t.Fatalf("the pull ended with %v, not with RetryAfter", out.err)
	}
	if later.Wait < 9*time.Minute || later.Wait > 11*time.Minute {
		t.Errorf("the pull asks to wait %s, the place asked for ten minutes", later.Wait)
	}
}
