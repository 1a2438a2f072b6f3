package catalogtest

import (
	"context"
	"strings"
	"time"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/schedules"
)

var batchTests = []test{
	{"a batch that fails in its last change leaves nothing", (*world).failedBatchLeavesNothing},
	{"a batch that fails in its last step leaves nothing", (*world).cancelledBatchLeavesNothing},
	{"a chunk twice in one change is refused, opened or kept", (*world).chunkTwice},
	{"two documents under one ID are refused", (*world).twoDocumentsOneID},
	{"an empty batch changes nothing and reports the head", (*world).emptyBatch},
	{"a batch whose lease was taken over is refused whole", (*world).lostLease},
	{"a batch whose job is gone is refused whole", (*world).jobGone},
	{"a batch under a living lease is written", (*world).livingLease},
	{"Changed wakes for content and not for stamps", (*world).changedWakes},
	{"Changed does not wake when a batch fails", (*world).failedBatchDoesNotWake},
}

// everything is a batch that touches every table that a batch can touch.
func (w *world) everything() *catalog.Batch {
	return &catalog.Batch{
		Source: source, Run: 7, Pass: 3,
		Changes: []catalog.Change{w.text("a", "one", "two"), w.text("b", "three")},
		Seen:    []string{"somebody"},
		Missed:  []catalog.Missed{{Document: "lost", Count: 1, Since: start}},
		Holds:   []catalog.Hold{{Document: "held", Action: catalog.ActHide, State: catalog.HoldOpen, At: start}},
		Retries: []catalog.Retry{{ExternalID: "later", Attempts: 1, Next: start}},
		Position: &catalog.Position{
			Pass: connectors.Full, Cursor: "c1", Digest: "d", PassID: 3, Started: start, Open: true,
		},
		Memory: map[string]string{"note": "kept"},
	}
}

// nothing fails when anything of everything was kept.
func (w *world) nothing(head int64) {
	w.Helper()
	w.equal("head", w.head(), head)
	w.equal("entries", len(w.log(head)), 0)
	docs, err := w.c.Documents(w.ctx, catalog.DocumentFilter{})
	w.ok(err)
	w.equal("documents", len(docs), 0)
	for _, id := range []string{"a", "b"} {
		w.equal("chunks of "+id, len(w.chunksOf(id)), 0)
		_, err := w.c.Text(w.ctx, w.key(id), index.Open)
		w.is(err, catalog.ErrNotFound)
	}
	holds, err := w.c.Holds(w.ctx, source, catalog.HoldOpen)
	w.ok(err)
	w.equal("holds", len(holds), 0)
	retries, err := w.c.Retries(w.ctx, source, false)
	w.ok(err)
	w.equal("retries", len(retries), 0)
	p, err := w.c.PositionOf(w.ctx, source, connectors.Full)
	w.ok(err)
	w.equal("position", p, catalog.Position{Pass: connectors.Full})
	note, err := w.c.MemoryOf(w.ctx, source, "note")
	w.ok(err)
	w.equal("note", note, "")
}

func (w *world) failedBatchLeavesNothing() {
	b := w.everything()
	last := w.text("c", "four", "five")
	last.Chunks[1].ID = last.Chunks[0].ID
	b.Changes = append(b.Changes, last)
	if _, err := w.c.Apply(w.ctx, b); err == nil {
		w.Fatal("a chunk twice in one change was accepted")
	}
	w.nothing(0)
	w.equal("head after the same batch, mended", w.apply(w.everything()).Seq, int64(2))
}

func (w *world) cancelledBatchLeavesNothing() {
	ctx, cancel := context.WithCancel(w.ctx)
	w.onTick(cancel) // a batch looks at the clock once its transaction has begun
	_, err := w.c.Apply(ctx, w.everything())
	w.onTick(nil)
	w.is(err, context.Canceled)
	w.nothing(0)
}

func (w *world) chunkTwice() {
	w.write(w.text("a", "one", "two"))
	before := w.chunksOf("a")
	for name, twice := range map[string]catalog.Change{"kept": w.text("a", "one", "three"), "opened": w.text("a", "three", "four")} {
		twice.Chunks[1] = twice.Chunks[0]
		twice.Chunks[1].Ord = 1
		if _, err := w.c.Apply(w.ctx, &catalog.Batch{Source: source, Changes: []catalog.Change{twice}}); err == nil {
			w.Errorf("%s: a chunk twice in one change was accepted", name)
		}
		w.equal("chunks after "+name, w.chunksOf("a"), before)
	}
}

func (w *world) twoDocumentsOneID() {
	w.write(w.text("a", "one"))
	second := w.row("a")
	second.Key = "another key"
	second.VersionSeq = 0
	_, err := w.c.Apply(w.ctx, &catalog.Batch{Source: source, Changes: []catalog.Change{content(second, "two")}})
	if err == nil {
		w.Fatal("a second document with the same external ID was accepted")
	}
	w.equal("chunks", textsOf(w.chunksOf("a")), []string{"one"})
}

func (w *world) emptyBatch() {
	w.write(w.text("a", "one"))
	w.equal("applied", w.apply(&catalog.Batch{Source: source}), catalog.Applied{Seq: 1})
}

var syncKey = schedules.Key{Kind: "sync", Subject: source}

func (w *world) claim() *schedules.Lease {
	w.Helper()
	l, err := w.c.Jobs().ClaimNow(w.ctx, "worker", syncKey, time.Minute)
	w.ok(err)
	if l == nil {
		w.Fatal("the job is leased")
	}
	return l
}

func (w *world) job() {
	w.Helper()
	w.ok(w.c.Jobs().Put(w.ctx, schedules.Job{Key: syncKey}))
}

func (w *world) lostLease() {
	w.job()
	old := w.claim()
	w.pass(2 * time.Minute)
	young := w.claim()
	b := w.everything()
	b.Fence = &catalog.Fence{Key: syncKey, Token: old.Token}
	_, err := w.c.Apply(w.ctx, b)
	w.is(err, schedules.ErrLeaseLost)
	w.nothing(0)
	b = w.everything()
	b.Fence = &catalog.Fence{Key: syncKey, Token: young.Token}
	w.equal("head", w.apply(b).Seq, int64(2))
}

func (w *world) jobGone() {
	w.job()
	l := w.claim()
	w.ok(w.c.Jobs().Remove(w.ctx, syncKey))
	b := w.everything()
	b.Fence = &catalog.Fence{Key: syncKey, Token: l.Token}
	_, err := w.c.Apply(w.ctx, b)
	w.is(err, schedules.ErrLeaseLost)
	if !strings.Contains(err.Error(), source) {
		w.Errorf("%q does not name the source", err)
	}
	w.nothing(0)
	w.pass(time.Second)
	w.job() // a job that is put again must not revive the lease
	_, err = w.c.Apply(w.ctx, b)
	w.is(err, schedules.ErrLeaseLost)
}

func (w *world) livingLease() {
	w.job()
	l := w.claim()
	for range 3 {
		w.pass(20 * time.Second)
		w.ok(w.c.Jobs().Extend(w.ctx, l, time.Minute))
		b := &catalog.Batch{Source: source, Fence: &catalog.Fence{Key: syncKey, Token: l.Token}, Changes: []catalog.Change{w.text("a", w.now().String())}}
		w.apply(b)
	}
	w.equal("head", w.head(), int64(3))
}

func (w *world) changedWakes() {
	wait := w.c.Changed()
	w.apply(&catalog.Batch{Source: source, Seen: []string{"x"}})
	select {
	case <-wait:
		w.Fatal("a batch of stamps woke the consumers")
	default:
	}
	w.write(w.text("a", "one"))
	select {
	case <-wait:
	default:
		w.Fatal("a batch with content did not wake the consumers")
	}
	select {
	case <-w.c.Changed():
		w.Fatal("the next wait ended before the next change")
	default:
	}
}

func (w *world) failedBatchDoesNotWake() {
	wait := w.c.Changed()
	bad := w.text("a", "one", "two")
	bad.Chunks[1].ID = bad.Chunks[0].ID
	if _, err := w.c.Apply(w.ctx, &catalog.Batch{Source: source, Changes: []catalog.Change{bad}}); err == nil {
		w.Fatal("a chunk twice in one change was accepted")
	}
	select {
	case <-wait:
		w.Fatal("a batch that failed woke the consumers")
	default:
	}
}
