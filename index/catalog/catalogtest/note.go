package catalogtest

import (
	"time"

	"freshet/connectors"
	"freshet/index/catalog"
)

var noteTests = []test{
	{"holds are kept, replaced, listed by state and dropped", (*world).holdsKept},
	{"a hold is known at look-up", (*world).heldIsKnown},
	{"retries are kept, due by the clock and dropped", (*world).retriesKept},
	{"each pass of each source has its position", (*world).positionsKept},
	{"notes of a connector are kept, replaced and removed", (*world).memoryKept},
}

func (w *world) holdsKept() {
	pending := catalog.Hold{Source: source, Document: "d1", Action: catalog.ActRemove, Evidence: "gone", State: catalog.HoldPending, Run: 3, At: start}
	open := catalog.Hold{Source: source, Document: "d2", Action: catalog.ActReplace, State: catalog.HoldOpen, At: start, Stash: []byte{0, 1, 255}}
	w.apply(&catalog.Batch{Source: source, Holds: []catalog.Hold{open, pending}})
	w.apply(&catalog.Batch{Source: other, Holds: []catalog.Hold{{Document: "d1", Action: catalog.ActHide, State: catalog.HoldPending}}})
	list, err := w.c.Holds(w.ctx, source, catalog.HoldPending, catalog.HoldOpen)
	w.ok(err)
	w.equal("both", list, []catalog.Hold{pending, open})
	list, err = w.c.Holds(w.ctx, source, catalog.HoldOpen)
	w.ok(err)
	w.equal("open", list, []catalog.Hold{open})
	list, err = w.c.Holds(w.ctx, source)
	w.ok(err)
	w.equal("of no state", len(list), 0)

	open.State, open.DecidedBy, open.Stash = catalog.HoldRejected, "a person", nil
	w.apply(&catalog.Batch{Source: source, Holds: []catalog.Hold{open}})
	got, err := w.c.HoldOf(w.ctx, source, "d2")
	w.ok(err)
	w.equal("decided", got, open)

	w.apply(&catalog.Batch{Source: source, DropHolds: []string{"d1", "never there"}})
	_, err = w.c.HoldOf(w.ctx, source, "d1")
	w.is(err, catalog.ErrNotFound)
	_, err = w.c.HoldOf(w.ctx, other, "d1")
	w.ok(err)
}

func (w *world) heldIsKnown() {
	w.write(w.text("a", "one"), w.text("b", "one"))
	w.apply(&catalog.Batch{Source: source, Holds: []catalog.Hold{{Document: w.key("a"), Action: catalog.ActHide, State: catalog.HoldOpen}}})
	known, err := w.c.Lookup(w.ctx, source, []string{"a", "b"})
	w.ok(err)
	w.equal("held", []bool{known["a"].Held, known["b"].Held}, []bool{true, false})
}

func (w *world) retriesKept() {
	now := catalog.Retry{ExternalID: "a", Attempts: 1, Next: start, Reason: "timeout"}
	later := catalog.Retry{ExternalID: "b", Attempts: 2, Next: start.Add(time.Hour), Reason: "503"}
	w.apply(&catalog.Batch{Source: source, Retries: []catalog.Retry{later, now}})
	w.apply(&catalog.Batch{Source: other, Retries: []catalog.Retry{{ExternalID: "a", Next: start}}})
	read := func(due bool) []catalog.Retry {
		w.Helper()
		list, err := w.c.Retries(w.ctx, source, due)
		w.ok(err)
		return list
	}
	w.equal("all", read(false), []catalog.Retry{now, later})
	w.equal("due", read(true), []catalog.Retry{now})
	w.pass(time.Hour)
	w.equal("due an hour later", read(true), []catalog.Retry{now, later})
	now.Attempts, now.Next = 2, start.Add(3*time.Hour)
	w.apply(&catalog.Batch{Source: source, Retries: []catalog.Retry{now}, DropRetries: []string{"b", "never there"}})
	w.equal("replaced and dropped", read(false), []catalog.Retry{now})
	w.apply(&catalog.Batch{Source: source, Retries: []catalog.Retry{now}, DropRetries: []string{"a"}})
	w.equal("dropped and noted again by one batch", read(false), []catalog.Retry{now})
}

func (w *world) positionsKept() {
	full := catalog.Position{Pass: connectors.Full, Cursor: "page=2", Digest: "d", PassID: 4, Started: start, Open: true}
	feed := catalog.Position{Pass: connectors.Feed, Cursor: "token\x01é", Digest: "d", Done: start.Add(time.Minute)}
	for _, p := range []catalog.Position{full, feed} {
		w.apply(&catalog.Batch{Source: source, Position: &p})
	}
	read := func(source string, pass connectors.Pass) catalog.Position {
		w.Helper()
		p, err := w.c.PositionOf(w.ctx, source, pass)
		w.ok(err)
		return p
	}
	w.equal("full", read(source, connectors.Full), full)
	w.equal("feed", read(source, connectors.Feed), feed)
	w.equal("of another source", read(other, connectors.Full), catalog.Position{Pass: connectors.Full})
	full.Cursor, full.Open, full.Done = "", false, start.Add(time.Hour)
	w.apply(&catalog.Batch{Source: source, Position: &full})
	w.equal("done", read(source, connectors.Full), full)
	w.apply(&catalog.Batch{Source: source})
	w.equal("after a batch without position", read(source, connectors.Full), full)
}

func (w *world) memoryKept() {
	read := func(source, key string) string {
		w.Helper()
		v, err := w.c.MemoryOf(w.ctx, source, key)
		w.ok(err)
		return v
	}
	w.apply(&catalog.Batch{Source: source, Memory: map[string]string{"etag/a": "1", "etag/b": "2"}})
	w.apply(&catalog.Batch{Source: other, Memory: map[string]string{"etag/a": "3"}})
	w.apply(&catalog.Batch{Source: source, Memory: map[string]string{"etag/a": "4", "etag/b": "", "never there": ""}})
	w.equal("notes", []string{read(source, "etag/a"), read(source, "etag/b"), read(other, "etag/a"), read(source, "x")}, []string{"4", "", "3", ""})
}
