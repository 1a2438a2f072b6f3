package catalogtest

import (
	"context"
	"fmt"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/schedules"
)

var removalTests = []test{
	{"a source goes with all that it had, through the change log", (*world).removeSource},
	{"a removal that is stopped anywhere can be repeated", (*world).removeStopped},
	{"a run that holds the lease writes nothing more", (*world).removeUnderRun},
	{"another source keeps everything", (*world).removeSparesOthers},
	{"a source can be made again under its ID", (*world).removeAndAgain},
	{"a source that is not there is ErrNotFound", (*world).removeUnknown},
}

func (w *world) removeSource() {
	ids := w.many(450)
	w.write(w.state(ids[0], catalog.Hidden), w.state(ids[1], catalog.Unreadable), w.state("never read", catalog.Unreadable))
	b := w.everything()
	b.Changes = nil
	w.apply(b)
	w.job()
	run, err := w.c.BeginRun(w.ctx, catalog.Report{Source: source, Started: start})
	w.ok(err)
	mark, points := w.head(), follow(w.log(0))
	w.equal("points", len(points), 449)
	w.ok(w.c.RemoveSource(w.ctx, source))

	for _, e := range w.log(mark) {
		if e.Kind != index.EntryTaken {
			w.Fatalf("entry %d is %s, want taken", e.Seq, e.Kind)
		}
	}
	w.equal("points of one who follows the log", len(follow(w.log(0))), 0)
	w.gone()
	_, err = w.c.Run(w.ctx, run)
	w.is(err, catalog.ErrNotFound)
}

// gone fails when something of source is left.
func (w *world) gone() {
	w.Helper()
	_, err := w.c.Source(w.ctx, source)
	w.is(err, catalog.ErrNotFound)
	counts, err := w.c.CountDocuments(w.ctx, source)
	w.ok(err)
	w.equal("documents", len(counts), 0)
	holds, err := w.c.Holds(w.ctx, source, catalog.HoldOpen, catalog.HoldPending, catalog.HoldRejected)
	w.ok(err)
	retries, err := w.c.Retries(w.ctx, source, false)
	w.ok(err)
	jobs, err := w.c.Jobs().Jobs(w.ctx, "")
	w.ok(err)
	w.equal("holds, retries, jobs", []int{len(holds), len(retries), len(jobs)}, []int{0, 0, 0})
	p, err := w.c.PositionOf(w.ctx, source, connectors.Full)
	w.ok(err)
	w.equal("position", p, catalog.Position{Pass: connectors.Full})
	note, err := w.c.MemoryOf(w.ctx, source, "note")
	w.ok(err)
	w.equal("note", note, "")
	w.ok(w.c.View(w.ctx, func(v *catalog.View) error {
		w.equal("open chunks", len(all(w, v.OpenChunks(w.ctx))), 0)
		return nil
	}))
}

// removeStopped stops a removal at its n-th look at the clock, for several n, and
// repeats it.
func (w *world) removeStopped() {
	for _, stop := range []int{1, 2, 100, 201, 202, 203, 300, 402, 403} {
		w.many(450)
		ids := idsOf(w.chunksOf("many/00449"))
		mark := w.head()
		ctx, cancel := context.WithCancel(w.ctx)
		n := 0
		w.onTick(func() {
			if n++; n == stop {
				cancel()
			}
		})
		err := w.c.RemoveSource(ctx, source)
		w.onTick(nil)
		w.is(err, context.Canceled)
		w.equal("source", w.source(source).ID, source)
		if got := w.vouch(mark, ids...); len(got) > 0 && stop > 1 {
			w.Errorf("stopped at look %d, a passage of a source that is being removed is served", stop)
		}
		w.ok(w.c.RemoveSource(w.ctx, source))
		w.gone()
		w.equal(fmt.Sprintf("points after stop %d", stop), len(follow(w.log(0))), 0)
		w.ok(w.c.PutSource(w.ctx, catalog.Source{ID: source, Base: base, State: catalog.Published}))
	}
}

func (w *world) removeUnderRun() {
	w.many(3)
	w.job()
	l := w.claim()
	n := 0
	var late error
	write := &catalog.Batch{Source: source, Fence: &catalog.Fence{Key: syncKey, Token: l.Token}, Changes: []catalog.Change{w.text("late", "late")}}
	w.onTick(func() {
		if n++; n != 2 { // once the removal has begun to take documents, outside its transactions
			return
		}
		w.tick = nil
		w.mu.Unlock()
		_, late = w.c.Apply(w.ctx, write)
		w.mu.Lock()
	})
	w.ok(w.c.RemoveSource(w.ctx, source))
	w.is(late, schedules.ErrLeaseLost)
	w.gone()
}

func (w *world) removeSparesOthers() {
	w.many(3)
	c := content(w.rowOf(other, "x"), "kept")
	w.apply(&catalog.Batch{Source: other, Changes: []catalog.Change{c}, Retries: []catalog.Retry{{ExternalID: "y", Next: start}}, Memory: map[string]string{"k": "v"}})
	before := w.rowOf(other, "x")
	w.ok(w.c.RemoveSource(w.ctx, source))
	w.equal("row", w.rowOf(other, "x"), before)
	w.equal("shown", shown(w.vouch(w.head(), c.Chunks[0].ID)), []string{"kept"})
	retries, err := w.c.Retries(w.ctx, other, false)
	w.ok(err)
	note, err := w.c.MemoryOf(w.ctx, other, "k")
	w.ok(err)
	w.equal("retries and note", []any{len(retries), note}, []any{1, "v"})
}

func (w *world) removeAndAgain() {
	first := w.text("a", "one")
	w.write(first)
	w.ok(w.c.RemoveSource(w.ctx, source))
	w.ok(w.c.PutSource(w.ctx, catalog.Source{ID: source, Base: base, State: catalog.Published}))
	again := w.text("a", "one")
	w.equal("key", again.Document.Key, first.Document.Key)
	seq := w.write(again).Seq
	w.equal("at the old mark", len(w.vouch(seq-1, again.Chunks[0].ID)), 0)
	w.equal("now", shown(w.vouch(seq, again.Chunks[0].ID)), []string{"one"})
}

func (w *world) removeUnknown() {
	w.is(w.c.RemoveSource(w.ctx, "none"), catalog.ErrNotFound)
}
