package catalogtest

import (
	"time"

	"freshet/index/catalog"
)

var stampTests = []test{
	{"documents that were seen get the pass and the time", (*world).seenStamps},
	{"a sight outside a pass keeps the pass", (*world).seenOutsidePass},
	{"changes that serve are sights, those that take are not", (*world).changesAreSights},
	{"changes without asking the source are no sights", (*world).unseenIsNoSight},
	{"what was skipped was seen", (*world).skippedIsSeen},
	{"misses are counted and a sight forgets them", (*world).missesCounted},
	{"a pass finds whom it did not list", (*world).notInPass},
	{"stamps write no entry and change no row", (*world).stampsAreNoChange},
}

// stamp is what seen holds of a document.
type stamp struct {
	Pass        int64
	At          time.Time
	Missed      int
	MissedSince time.Time
}

func (w *world) stampOf(id string) stamp {
	w.Helper()
	d := w.row(id)
	return stamp{d.SeenPass, d.Seen, d.Missed, d.MissedSince}
}

func (w *world) seenStamps() {
	w.write(w.text("a", "one"), w.text("b", "one"))
	w.pass(time.Hour)
	w.apply(&catalog.Batch{Source: source, Pass: 5, Seen: []string{w.key("a")}})
	w.equal("seen", w.stampOf("a"), stamp{Pass: 5, At: start.Add(time.Hour)})
	w.equal("not seen", w.stampOf("b"), stamp{At: start})
}

func (w *world) seenOutsidePass() {
	w.apply(&catalog.Batch{Source: source, Pass: 5, Changes: []catalog.Change{w.text("a", "one")}})
	w.pass(time.Hour)
	w.apply(&catalog.Batch{Source: source, Seen: []string{w.key("a")}})
	w.equal("seen again", w.stampOf("a"), stamp{Pass: 5, At: start.Add(time.Hour)})
}

func (w *world) changesAreSights() {
	w.apply(&catalog.Batch{Source: source, Pass: 1, Changes: []catalog.Change{w.text("a", "one"), w.text("b", "one"), w.text("c", "one")}})
	w.pass(time.Hour)
	w.apply(&catalog.Batch{Source: source, Pass: 2, Changes: []catalog.Change{
		w.text("a", "two"), w.state("b", catalog.Removed), w.state("c", catalog.Unreadable),
	}})
	later := start.Add(time.Hour)
	w.equal("changed", w.stampOf("a"), stamp{Pass: 2, At: later})
	w.equal("removed", w.stampOf("b"), stamp{Pass: 1, At: start})
	w.equal("unreadable", w.stampOf("c"), stamp{Pass: 2, At: later})
}

func (w *world) unseenIsNoSight() {
	w.apply(&catalog.Batch{Source: source, Pass: 3, Changes: []catalog.Change{w.text("a", "one")}})
	w.apply(&catalog.Batch{Source: source, Missed: []catalog.Missed{{Document: w.key("a"), Count: 2, Since: start}}})
	before := w.stampOf("a")
	w.pass(time.Hour)
	c := w.text("a", "two")
	c.Unasked = true
	w.apply(&catalog.Batch{Source: source, Pass: 4, Changes: []catalog.Change{c}})
	w.equal("text", textsOf(w.chunksOf("a")), []string{"two"})
	w.equal("stamp", w.stampOf("a"), before)
}

func (w *world) skippedIsSeen() {
	c := w.state("a", catalog.Excluded)
	c.Outcome = catalog.Skipped
	w.apply(&catalog.Batch{Source: source, Pass: 4, Changes: []catalog.Change{c}})
	w.equal("skipped", w.stampOf("a"), stamp{Pass: 4, At: start})
}

func (w *world) missesCounted() {
	w.apply(&catalog.Batch{Source: source, Pass: 1, Changes: []catalog.Change{w.text("a", "one")}})
	w.pass(time.Hour)
	since := start.Add(time.Hour)
	for n := 1; n <= 2; n++ {
		w.apply(&catalog.Batch{Source: source, Pass: 2, Missed: []catalog.Missed{{Document: w.key("a"), Count: n, Since: since}}})
		w.equal("missed", w.stampOf("a"), stamp{Pass: 1, At: start, Missed: n, MissedSince: since})
	}
	known, err := w.c.Lookup(w.ctx, source, []string{"a"})
	w.ok(err)
	w.equal("known misses", known["a"].Missed, 2)
	w.pass(time.Hour)
	w.apply(&catalog.Batch{Source: source, Pass: 3, Seen: []string{w.key("a")}})
	w.equal("found again", w.stampOf("a"), stamp{Pass: 3, At: start.Add(2 * time.Hour)})
}

func (w *world) notInPass() {
	w.apply(&catalog.Batch{Source: source, Pass: 1, Changes: []catalog.Change{w.text("a", "one"), w.text("b", "one"), w.text("c", "one")}})
	w.pass(time.Hour)
	began := w.now()
	w.pass(time.Hour)
	w.apply(&catalog.Batch{Source: source, Pass: 2, Seen: []string{w.key("a")}})
	w.apply(&catalog.Batch{Source: source, Seen: []string{w.key("b")}}) // confirmed by a feed after the pass began
	list, err := w.c.Documents(w.ctx, catalog.DocumentFilter{Source: source, NotInPass: 2, SeenBefore: began})
	w.ok(err)
	w.equal("not listed", externalIDs(list), []string{"c"})
	list, err = w.c.Documents(w.ctx, catalog.DocumentFilter{Source: source, NotInPass: 2, SeenBefore: w.now()})
	w.ok(err)
	w.equal("not listed, confirmations aside", sorted(externalIDs(list)), []string{"b", "c"})
}

func (w *world) stampsAreNoChange() {
	w.write(w.text("a", "one"))
	before := w.row("a")
	w.pass(time.Hour)
	done := w.apply(&catalog.Batch{Source: source, Pass: 2, Seen: []string{before.Key}})
	w.equal("applied", done, catalog.Applied{Seq: 1})
	after := w.row("a")
	after.Seen, after.SeenPass = before.Seen, before.SeenPass
	w.equal("row", after, before)
	w.equal("entries", len(w.log(1)), 0)
}
