package pipeline

import (
	"context"
	"fmt"
	"iter"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/index/catalog"
)

// blind is a source whose feed turns out not to tell what changed.
type blind struct{ *connectortest.Memory }

func (s blind) Pull(ctx context.Context, pos connectors.Position) iter.Seq2[connectors.Change, error] {
	if pos.Pass() == connectors.Full {
		return s.Memory.Pull(ctx, pos)
	}
	return func(yield func(connectors.Change, error) bool) {
		if yield(connectors.Checkpoint{Cursor: "looked"}, nil) {
			yield(nil, fmt.Errorf("no dates: %w", connectors.ErrNoFeed))
		}
	}
}

func TestASourceWhoseFeedTellsNothingIsListedInEveryRun(t *testing.T) {
	w := newWorld(t)
	w.kind.HasFeed, w.kind.FullEvery = true, 20*time.Hour
	w.plain = blind{w.src}
	w.fill(3)
	for i := range 3 {
		w.src.Put(fmt.Sprint(i), page(fmt.Sprint(i)))
		r := w.sync()
		if r.Pass != "full" || !r.Whole || r.Result != catalog.RunDone || r.New == 0 {
			t.Errorf("run %d: %s", i, counts(r))
		}
		w.clock.pass(time.Hour)
	}
}

// twofold says in its feed and in its listing that documents are not found.
type twofold struct{ denying }

func (s twofold) Pull(ctx context.Context, pos connectors.Position) iter.Seq2[connectors.Change, error] {
	if pos.Pass() == connectors.Full {
		return s.denying.Pull(ctx, pos)
	}
	return func(yield func(connectors.Change, error) bool) {
		for _, id := range s.denied {
			if !yield(connectors.Delete{ID: id, Evidence: connectors.EvidenceNotFound}, nil) {
				return
			}
		}
		yield(connectors.Checkpoint{Cursor: "looked"}, nil)
	}
}

func TestTheFeedAndTheListingOfOneRunAreOneNotFound(t *testing.T) {
	w := newWorld(t)
	w.kind.HasFeed, w.kind.FullEvery = true, 20*time.Hour
	w.fill(20)
	w.src.Put("old", "# Router\n"+longText)
	w.sync()
	w.src.Remove("old")
	w.clock.pass(24 * time.Hour)
	w.plain = twofold{denying{w.src, []string{"old"}}}
	if r := w.sync(); r.Pass != "full" {
		t.Fatalf("the run ended with a %s pass", r.Pass)
	}
	w.wantState("old", catalog.Present)
	w.clock.pass(time.Hour)
	w.sync()
	if d := w.document("old"); d.State.Serves() {
		t.Errorf("after the second answer it is %s", d.State)
	}
}
