package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/index/catalog"
)

func TestADocumentThroughItsLife(t *testing.T) {
	w := newWorld(t)
	w.fill(10)
	w.wantCounts(w.sync(), "done: new 10")
	w.wantServed("topic03", "p03")
	w.wantCounts(w.sync(), "done: unchanged 10")

	w.src.Put("p03", page("topic03 and lighthouse"))
	w.wantCounts(w.sync(), "done: text_changed 1, unchanged 9")
	w.wantServed("lighthouse", "p03")

	w.src.Remove("p04")
	w.wantCounts(w.sync(), "done: unchanged 9, hidden 1")
	w.wantServed("topic04")
	w.wantState("p04", catalog.Hidden)
	w.wantCounts(w.sync(), "done: unchanged 9")
	w.clock.pass(25 * time.Hour)
	w.wantCounts(w.sync(), "done: unchanged 9, removed 1")
	w.wantState("p04", catalog.Removed)

	key := w.document("p04").Key
	w.src.Put("p04", page("topic04"))
	w.wantCounts(w.sync(), "done: unchanged 9, restored 1")
	w.wantServed("topic04", "p04")
	if got := w.document("p04").Key; got != key {
		t.Errorf("restored under another key: %s, was %s", got, key)
	}
	w.wantConsistent()
}

func TestNothingChangedOpensAndWritesNothing(t *testing.T) {
	w := newWorld(t)
	w.fill(20)
	w.sync()
	opens, head := w.src.Counts().Opens, head(w)
	r := w.sync()
	w.wantCounts(r, "done: unchanged 20")
	if got := w.src.Counts().Opens; got != opens {
		t.Errorf("%d documents were opened", got-opens)
	}
	if got := headOf(w); got != head {
		t.Errorf("the change log grew from %d to %d", head, got)
	}
	if r.ChunksWritten != 0 {
		t.Errorf("%d chunks written", r.ChunksWritten)
	}
}

func head(w *world) int64 { return headOf(w) }

func headOf(w *world) int64 {
	w.t.Helper()
	n, err := w.catalog.Head(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func TestDetailsChangeWithoutOpening(t *testing.T) {
	w := newWorld(t)
	list := &listing{docs: []connectors.Document{{ID: "p01", Revision: "r1", Title: "First", Labels: []string{"a"}}}, content: page("topic01")}
	w.plain = list
	w.wantCounts(w.sync(), "done: new 1")
	list.docs[0].Labels = []string{"b"}
	r := w.sync()
	w.wantCounts(r, "done: details_changed 1")
	if r.ChunksWritten != 0 || list.opens.Load() != 1 {
		t.Errorf("labels cost %d chunks and %d openings", r.ChunksWritten, list.opens.Load()-1)
	}
	if got := w.document("p01").Details.Labels; !slices.Equal(got, []string{"b"}) {
		t.Errorf("labels are %v", got)
	}
	w.wantConsistent()
	list.docs[0].Title = "Another title"
	if r := w.sync(); r.ChunksWritten == 0 {
		t.Error("a new title did not encode the chunks anew, although it is part of what is encoded")
	}
	if n := list.opens.Load(); n != 1 {
		t.Errorf("opened %d times", n)
	}
	w.wantServed("another title", "p01")
	w.wantCounts(w.sync(), "done: unchanged 1")
	w.wantConsistent()
}

func TestAMoveKeepsTheKeyAndEncodesNothing(t *testing.T) {
	w := newWorld(t)
	for i := range 6 {
		w.src.PutDocument(connectors.Document{ID: fmt.Sprintf("old%d", i), Title: fmt.Sprintf("Title %d", i)}, page(fmt.Sprintf("topic%d", i)))
	}
	w.sync()
	key := w.document("old3").Key
	w.src.RemoveWith("old3", connectors.EvidenceGone)
	w.src.PutDocument(connectors.Document{ID: "new3", Title: "Title 3"}, page("topic3"))
	r := w.sync()
	w.wantCounts(r, "done: unchanged 5, moved 1")
	if r.ChunksWritten != 0 {
		t.Errorf("%d chunks written", r.ChunksWritten)
	}
	if got := w.document("new3").Key; got != key {
		t.Errorf("the key changed")
	}
	w.wantServed("topic3", "new3")

	// The old ID may be used again; it is another document then.
	w.src.PutDocument(connectors.Document{ID: "old3", Title: "Fresh"}, page("novelty"))
	w.wantCounts(w.sync(), "done: new 1, unchanged 6")
	if w.document("old3").Key == key {
		t.Error("the reused ID got the moved document's key")
	}
	w.wantConsistent()
}

func TestAnUnreadableDocumentKeepsServingAndIsRetried(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	w.sync()
	w.src.Put("p02", page("topic02 afresh"))
	w.src.Break("p02", errors.New("connection reset"))
	w.src.Put("p05", page("topic05 afresh"))
	w.src.Break("p05", &connectors.Verdict{Reason: connectors.VerdictEncrypted})
	w.wantCounts(w.sync(), "done: unchanged 28, unreadable 2")
	w.wantState("p02", catalog.Unreadable)
	w.wantServed("topic02", "p02")
	w.wantServed("topic05", "p05")
	ledger, err := w.catalog.Retries(t.Context(), "s", false)
	if err != nil || len(ledger) != 1 || ledger[0].ExternalID != "p02" {
		t.Fatalf("the ledger holds %v, %v; want the fault alone", ledger, err)
	}
	w.src.Break("p02", nil)
	r := w.sync()
	if r.Reasons["retried"] != 1 {
		t.Errorf("not retried: %v", r.Reasons)
	}
	w.wantState("p02", catalog.Present)
	w.wantServed("afresh", "p02")
	if ledger, _ := w.catalog.Retries(t.Context(), "s", false); len(ledger) != 0 {
		t.Errorf("the ledger still holds %v", ledger)
	}
}

func TestTooManyFaultsFailTheRunAndTakeNothingAway(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	w.sync()
	for i := range 12 {
		id := fmt.Sprintf("p%02d", i)
		w.src.Put(id, page("changed"+id))
		w.src.Break(id, errors.New("HTTP 503"))
	}
	w.src.Remove("p29")
	r := w.sync()
	if r.Result != catalog.RunFailed || r.Reasons["error_budget"] != 1 {
		t.Fatalf("run: %s %v %v", r.Result, r.Reasons, r.Errors)
	}
	w.wantState("p29", catalog.Present)
	w.wantServed("topic29", "p29")
	w.wantServed("topic03", "p03")
}

func TestATruncatedListingTakesNothingAway(t *testing.T) {
	w := newWorld(t)
	w.fill(10)
	w.sync()
	f := faultsTruncated(5)
	w.src.SetFaults(f)
	r := w.sync()
	if r.Result != catalog.RunFailed || r.Reasons["listing_truncated"] != 1 {
		t.Fatalf("run: %s %v", r.Result, r.Reasons)
	}
	for i := range 10 {
		w.wantState(fmt.Sprintf("p%02d", i), catalog.Present)
	}
}

func TestWithoutFetchTwoPassesHide(t *testing.T) {
	w := newWorld(t)
	w.plain = listOnly{w.src}
	w.fill(10)
	w.sync()
	w.src.Remove("p04")
	w.wantCounts(w.sync(), "done: unchanged 9")
	w.wantServed("topic04", "p04")
	w.wantCounts(w.sync(), "done: unchanged 9, hidden 1")
	w.wantServed("topic04")
}

func TestAnAbsenceThatTheSourceDeniesHidesNothing(t *testing.T) {
	w := newWorld(t)
	w.fill(10)
	w.sync()
	w.src.Unlist("p04", true)
	r := w.sync()
	w.wantCounts(r, "done: unchanged 10")
	if r.Reasons["not_listed_but_there"] != 1 {
		t.Errorf("reasons %v", r.Reasons)
	}
	w.wantServed("topic04", "p04")
}

func TestAnEmptyListingIsHeld(t *testing.T) {
	w := newWorld(t)
	w.fill(4)
	w.sync()
	for _, id := range w.src.IDs() {
		w.src.Unlist(id, true)
	}
	r := w.sync()
	if r.DeletionsPending != 4 {
		t.Errorf("pending %d: %v", r.DeletionsPending, r.Reasons)
	}
	w.wantServed("common", "p00", "p01", "p02", "p03")
}

func TestAFeedBringsChangesAndDeletions(t *testing.T) {
	w := newWorld(t)
	w.kind.HasFeed = true
	w.fill(10)
	w.wantCounts(w.sync(), "done: new 10")
	w.src.Put("p01", page("topic01 renewed"))
	w.src.Remove("p02")
	r := w.sync()
	w.wantCounts(r, "done: text_changed 1, unchanged 1, deleted 1")
	if r.Pass != "feed" {
		t.Errorf("a %s pass", r.Pass)
	}
	w.wantServed("renewed", "p01")
	w.wantServed("topic02")
	w.wantState("p02", catalog.Removed)
	w.src.InvalidateCursors()
	w.src.Put("p03", page("topic03 reborn"))
	if r := w.sync(); r.Result != catalog.RunDone || !r.Whole {
		t.Errorf("after a lost cursor: %s, whole %v, %v", r.Result, r.Whole, r.Errors)
	}
	w.wantServed("reborn", "p03")
}

func TestAWithdrawnPageIsExcludedAndComesBack(t *testing.T) {
	w := newWorld(t)
	w.fill(10)
	w.sync()
	w.src.Skip("p03", connectors.SkipNoIndex)
	w.wantCounts(w.sync(), "done: unchanged 10, excluded 1")
	w.wantState("p03", catalog.Excluded)
	w.wantServed("topic03")
	w.src.Skip("p03", "")
	w.wantCounts(w.sync(), "done: unchanged 9, restored 1")
	w.wantServed("topic03", "p03")
}

func TestADraftIsServedToNobodyElse(t *testing.T) {
	w := newWorld(t)
	w.fill(3)
	w.sync()
	if err := w.catalog.SetSourceState(t.Context(), "s", catalog.Draft, ""); err != nil {
		t.Fatal(err)
	}
	w.wantServed("common")
	if err := w.catalog.SetSourceState(t.Context(), "s", catalog.Detached, "its block vanished"); err != nil {
		t.Fatal(err)
	}
	w.wantServed("common", "p00", "p01", "p02")
}

func TestADryRunWritesNothing(t *testing.T) {
	w := newWorld(t)
	w.fill(3)
	w.wantCounts(w.syncWith(RunOptions{DryRun: true}), "done: new 3")
	if n := headOf(w); n != 0 {
		t.Errorf("the change log has %d entries", n)
	}
	if runs, _ := w.catalog.Runs(t.Context(), "s", 10); len(runs) != 0 {
		t.Errorf("a run was recorded")
	}
}

func TestHostileDetailsAreBounded(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("é", 5000)
	w.src.PutDocument(connectors.Document{ID: "x", Title: "bad \xff title " + long, URI: long, Labels: slices.Repeat([]string{long}, 500)}, page("topic"))
	w.wantCounts(w.sync(), "done: new 1")
	d := w.document("x").Details
	if len(d.Title) > maxTitle || len(d.URI) > maxURI || len(d.Labels) > maxLabels || strings.Contains(d.Title, "\xff") {
		t.Errorf("title %d bytes, address %d, labels %d", len(d.Title), len(d.URI), len(d.Labels))
	}
}

func TestALoadIsWrittenInShortTransactions(t *testing.T) {
	w := newWorld(t)
	w.syncer.Limits.BatchChunks = 2
	w.fill(9)
	w.wantCounts(w.sync(), "done: new 9")
	w.wantCounts(w.sync(), "done: unchanged 9")
	w.wantServed("topic08", "p08")
	w.wantConsistent()
}
