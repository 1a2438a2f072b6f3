package pipeline

import (
	"context"
	"iter"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/index/catalog"
)

// denying is a source that says in its listing, and whenever it is asked, that some
// of its documents are not found.
type denying struct {
	*connectortest.Memory
	denied []string
}

func (s denying) Pull(ctx context.Context, pos connectors.Position) iter.Seq2[connectors.Change, error] {
	return func(yield func(connectors.Change, error) bool) {
		for _, id := range s.denied {
			if !yield(connectors.Delete{ID: id, Evidence: connectors.EvidenceNotFound}, nil) {
				return
			}
		}
		for change, err := range s.Memory.Pull(ctx, pos) {
			if !yield(change, err) {
				return
			}
		}
	}
}

func (s denying) Fetch(_ context.Context, id string) (connectors.Change, error) {
	return connectors.Delete{ID: id, Evidence: connectors.EvidenceNotFound}, nil
}

func TestTheSecondNotFoundComesFromAnotherRun(t *testing.T) {
	w := newWorld(t)
	w.fill(20)
	w.src.Put("old", "# Router\n"+longText)
	w.sync()
	w.src.Remove("old")
	w.plain = denying{w.src, []string{"old"}}
	w.sync()
	w.wantState("old", catalog.Present)
	w.sync()
	if d := w.document("old"); d.State.Serves() {
		t.Errorf("after the second answer it is %s", d.State)
	}
}

func TestWhatIsHiddenNeedsNoWordToBeRemoved(t *testing.T) {
	w := newWorld(t)
	w.fill(20)
	names := []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	for _, name := range names {
		w.src.Put(name, page(name))
	}
	w.sync()
	for _, name := range names {
		w.src.Remove(name)
	}
	w.plain = denying{Memory: w.src}
	if r := w.sync(); r.DeletionsPending != len(names) {
		t.Fatalf("%d wait for approval", r.DeletionsPending)
	}
	if _, err := w.syncer.Approve(t.Context(), "s", Decision{By: "ann"}); err != nil {
		t.Fatal(err)
	}
	w.wantState("one", catalog.Hidden)
	w.clock.pass(48 * time.Hour)
	w.plain = denying{w.src, names}
	for range 2 {
		if r := w.sync(); r.DeletionsPending > 0 || r.Deleted > 0 {
			t.Errorf("what was approved is asked for again: %s", counts(r))
		}
	}
	w.wantState("one", catalog.Removed)
}
