package pipeline

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/index/catalog"
)

func TestGuardThresholds(t *testing.T) {
	for _, c := range []struct {
		name          string
		vanish, owned int
		guard         catalog.Guard
		want          bool
	}{
		{"three of a small source pass", 3, 4, catalog.Guard{}, false},
		{"four of sixteen are a quarter, not above it", 4, 16, catalog.Guard{}, false},
		{"five of sixteen are held", 5, 16, catalog.Guard{}, true},
		{"25 of a large source pass", 25, 100, catalog.Guard{}, false},
		{"26 of 100 are held", 26, 100, catalog.Guard{}, true},
		{"100 of 1,000 are a tenth, not above it", 100, 1000, catalog.Guard{}, false},
		{"500 are always held", 500, 100000, catalog.Guard{}, true},
		{"a source may allow more", 26, 100, catalog.Guard{Documents: 50}, false},
		{"a source may allow less", 3, 100, catalog.Guard{Documents: 1, Share: 0.01}, true},
	} {
		if got := tooMuch(c.vanish, c.owned, c.guard); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestTwentyFourOfThirtyVanishingAreHeld(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	w.sync()
	for i := range 24 {
		w.src.Remove(fmt.Sprintf("p%02d", i))
	}
	w.wantCounts(w.sync(), "done: unchanged 6, pending 24")
	w.wantServed("topic03", "p03")
	w.wantCounts(w.sync(), "done: unchanged 6, pending 24")
	w.wantServed("topic03", "p03")

	// What comes back needs no decision.
	w.src.Put("p00", page("topic00"))
	w.wantCounts(w.sync(), "done: unchanged 7, pending 23")

	settled, err := w.syncer.Reject(t.Context(), "s", Decision{Documents: []string{"p01"}, By: "ann"})
	if err != nil || settled.Done != 1 || settled.Still != 22 {
		t.Fatalf("reject: %+v, %v", settled, err)
	}
	w.wantCounts(w.sync(), "done: unchanged 7, pending 22")
	settled, err = w.syncer.Approve(t.Context(), "s", Decision{Documents: []string{"p02", w.document("p03").Key}, By: "ann"})
	if err != nil || settled.Done != 2 || settled.Still != 20 {
		t.Fatalf("approve two: %+v, %v", settled, err)
	}
	settled, err = w.syncer.Approve(t.Context(), "s", Decision{By: "ann"})
	if err != nil || settled.Done != 20 || settled.Still != 0 {
		t.Fatalf("approve the rest: %+v, %v", settled, err)
	}
	w.sync()
	w.wantServed("topic02")
	w.wantServed("topic23")
	w.wantServed("topic01", "p01")
	w.wantServed("topic00", "p00")
	w.wantConsistent()
}

func TestApprovalAsksTheSourceOnceMore(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	w.sync()
	for i := range 24 {
		w.src.Unlist(fmt.Sprintf("p%02d", i), true)
	}
	w.wantCounts(w.sync(), "done: unchanged 6, pending 24")
	settled, err := w.syncer.Approve(t.Context(), "s", Decision{By: "ann"})
	if err != nil || settled.Kept != 24 || settled.Done != 0 {
		t.Fatalf("approve: %+v, %v", settled, err)
	}
	w.wantServed("topic03", "p03")
}

func TestOneOfThirtyIsHiddenAfterConfirmation(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	w.sync()
	w.src.Remove("p07")
	fetches := w.src.Counts().Fetches
	w.wantCounts(w.sync(), "done: unchanged 29, hidden 1")
	if got := w.src.Counts().Fetches - fetches; got != 1 {
		t.Errorf("%d documents were asked about", got)
	}
	w.wantServed("topic07")
}

const login = "<h1>Sign in</h1><p>Your session has ended. Enter your e-mail address and password to go on. Forgotten it? Reset it here, or write to the administrator of this portal for help with access.</p>"

func TestALoginPageEverywhereIsHeldAndOldAnswersServe(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	w.sync()
	for i := range 30 {
		w.src.Put(fmt.Sprintf("p%02d", i), login)
	}
	r := w.sync()
	if r.DeletionsPending != 30 || r.TextChanged != 0 {
		t.Fatalf("run: %s; %v", counts(r), r.Reasons)
	}
	w.wantServed("topic03", "p03")
	w.wantServed("session has ended")
	w.fill(30)
	w.wantCounts(w.sync(), "done: unchanged 30")
	w.wantServed("topic03", "p03")
	w.wantConsistent()
}

// A login page that is long enough to keep a fifth of every page's words is known
// by being everywhere.
func TestOneTextForManyPagesIsHeld(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	w.sync()
	for i := range 30 {
		w.src.Put(fmt.Sprintf("p%02d", i), page("maintenance"))
	}
	r := w.sync()
	if r.DeletionsPending != 30 || r.TextChanged != 0 {
		t.Fatalf("run: %s; %v", counts(r), r.Reasons)
	}
	w.wantServed("topic11", "p11")
}

func TestOneRewrittenPageIsTakenOver(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	w.sync()
	w.src.Put("p03", login+"<p>A common rewrite.</p>")
	w.wantCounts(w.sync(), "done: text_changed 1, unchanged 30")
	w.wantServed("common rewrite", "p03")
	w.wantCounts(w.sync(), "done: unchanged 30")
}

func TestDripByDripIsCountedOverADay(t *testing.T) {
	w := newWorld(t)
	w.fill(16)
	w.sync()
	for i := range 4 {
		w.src.Remove(fmt.Sprintf("p%02d", i))
		w.wantCounts(w.sync(), fmt.Sprintf("done: unchanged %d, hidden 1", 15-i))
	}
	w.src.Remove("p04")
	w.wantCounts(w.sync(), "done: unchanged 11, pending 1")
	w.wantServed("topic04", "p04")
	w.clock.pass(25 * time.Hour)
	w.sync() // what waits for a person goes on waiting
	w.wantServed("topic04", "p04")
}

func TestANarrowedFilterIsShownAndApprovedBySaving(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	w.sync()
	w.src.SetScope(func(id string) bool { return strings.HasPrefix(id, "p0") })
	out, err := w.syncer.OutOfScope(t.Context(), "s")
	if err != nil || len(out) != 20 {
		t.Fatalf("%d documents are out of scope, %v; want 20", len(out), err)
	}
	n, err := w.syncer.ExcludeOutOfScope(t.Context(), "s", "ann")
	if err != nil || n != 20 {
		t.Fatalf("excluded %d, %v", n, err)
	}
	if r := w.sync(); r.DeletionsPending != 0 || r.Result != catalog.RunDone {
		t.Errorf("after saving: %s", counts(r))
	}
	w.wantServed("topic21")
	w.wantServed("topic05", "p05")
	w.src.SetScope(nil)
	w.sync()
	w.wantServed("topic21", "p21")
	w.wantConsistent()
}

func TestAFilterNarrowedElsewhereIsHeld(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	w.sync()
	for i := range 12 {
		w.src.Skip(fmt.Sprintf("p%02d", i), connectors.SkipExcluded)
	}
	r := w.sync()
	if r.DeletionsPending != 12 {
		t.Fatalf("run: %s", counts(r))
	}
	w.wantServed("topic05", "p05")
}

func TestARejectedReplacementStaysRejected(t *testing.T) {
	w := newWorld(t)
	w.fill(10)
	w.sync()
	for i := range 10 {
		w.src.Put(fmt.Sprintf("p%02d", i), login)
	}
	w.sync()
	if _, err := w.syncer.Reject(t.Context(), "s", Decision{By: "ann"}); err != nil {
		t.Fatal(err)
	}
	r := w.sync()
	if r.DeletionsPending != 0 || r.TextChanged != 0 {
		t.Errorf("after rejecting: %s, %v", counts(r), r.Reasons)
	}
	w.wantServed("topic03", "p03")
	for i := range 10 {
		w.src.Put(fmt.Sprintf("p%02d", i), strings.ReplaceAll(login, "session", "visit"))
	}
	if r := w.sync(); r.DeletionsPending != 10 {
		t.Errorf("another replacement is another question: %s", counts(r))
	}
}

func TestAnApprovedReplacementIsServed(t *testing.T) {
	w := newWorld(t)
	w.fill(10)
	w.sync()
	for i := range 10 {
		w.src.Put(fmt.Sprintf("p%02d", i), login+fmt.Sprintf("<p>A common word about subject%02d.</p>", i))
	}
	if r := w.sync(); r.DeletionsPending != 10 {
		t.Fatalf("run: %s", counts(r))
	}
	settled, err := w.syncer.Approve(t.Context(), "s", Decision{By: "ann"})
	if err != nil || settled.Done != 10 {
		t.Fatalf("approve: %+v, %v", settled, err)
	}
	w.wantCounts(w.sync(), "done: unchanged 10")
	w.wantServed("subject04", "p04")
	w.wantServed("topic04")
	w.wantConsistent()
}
