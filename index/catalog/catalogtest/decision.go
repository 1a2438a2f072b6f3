package catalogtest

import (
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

var decisionTests = []test{
	{"what vanished is counted by document and without approvals", (*world).vanished},
	{"what came back has not vanished", (*world).vanishedAndBack},
	{"a replaced text counts as vanished", (*world).vanishedReplaced},
	{"what vanished before a time is not counted", (*world).vanishedSince},
	{"a person's exclusion takes the document at once and keeps when it was seen", (*world).exclude},
	{"an inclusion serves the text and the passages from before", (*world).include},
	{"an inclusion of what was never read waits for the next run", (*world).includeUnread},
	{"an inclusion after history has forgotten cuts the text anew", (*world).includeForgotten},
	{"an inclusion leaves documents in other states as they are", (*world).includeOthers},
	{"a confirmation is kept by later changes until taken back", (*world).confirm},
}

func (w *world) countVanished(since time.Time) int {
	w.Helper()
	n, err := w.c.Vanished(w.ctx, source, since)
	w.ok(err)
	return n
}

func (w *world) vanished() {
	w.many(6)
	w.write(w.state("many/00000", catalog.Hidden), w.state("many/00001", catalog.Removed), w.state("many/00002", catalog.Excluded), w.state("many/00003", catalog.Unreadable))
	approved := w.state("many/00004", catalog.Removed)
	approved.Approved = true
	w.write(approved)
	w.equal("vanished", w.countVanished(start), 3)
	w.write(w.state("many/00000", catalog.Removed)) // one document, taken twice
	w.equal("vanished", w.countVanished(start), 3)
	n, err := w.c.Vanished(w.ctx, other, start)
	w.ok(err)
	w.equal("of another source", n, 0)
}

func (w *world) vanishedAndBack() {
	w.many(2)
	w.write(w.state("many/00000", catalog.Hidden), w.state("many/00001", catalog.Hidden))
	w.write(w.text("many/00000", "text"))
	w.equal("vanished", w.countVanished(start), 1)
}

func (w *world) vanishedReplaced() {
	w.many(2)
	for i, approved := range []bool{false, true} {
		c := w.text([]string{"many/00000", "many/00001"}[i], "log in, please")
		c.Outcome, c.Approved = catalog.Replaced, approved
		w.write(c)
	}
	w.equal("vanished", w.countVanished(start), 1)
}

func (w *world) vanishedSince() {
	w.many(2)
	w.write(w.state("many/00000", catalog.Hidden))
	w.pass(25 * time.Hour)
	w.write(w.state("many/00001", catalog.Hidden))
	w.equal("in a day", w.countVanished(w.now().Add(-24*time.Hour)), 1)
	w.equal("in two days", w.countVanished(w.now().Add(-48*time.Hour)), 2)
}

func (w *world) exclude() {
	c := w.text("a", "one")
	w.apply(&catalog.Batch{Source: source, Pass: 3, Changes: []catalog.Change{c}, Holds: []catalog.Hold{{Document: c.Document.Key, Action: catalog.ActHide, State: catalog.HoldPending}}})
	w.pass(time.Hour)
	wait := w.c.Changed()
	w.ok(w.c.Exclude(w.ctx, c.Document.Key, "ann"))
	select {
	case <-wait:
	default:
		w.Error("the exclusion did not wake the consumers")
	}
	d := w.row("a")
	w.equal("state", []any{d.State, d.StateReason, d.StateAt}, []any{catalog.Excluded, catalog.ExcludedByPerson, start.Add(time.Hour)})
	w.equal("seen", w.stampOf("a"), stamp{Pass: 3, At: start})
	w.equal("served", len(w.vouch(1, c.Chunks[0].ID)), 0)
	_, err := w.c.HoldOf(w.ctx, source, d.Key)
	w.is(err, catalog.ErrNotFound)
	w.equal("vanished", w.countVanished(start), 0)
	head := w.head()
	w.ok(w.c.Exclude(w.ctx, d.Key, "ann"))
	w.equal("head after excluding again", w.head(), head)
	w.is(w.c.Exclude(w.ctx, "nobody", "ann"), catalog.ErrNotFound)
}

func (w *world) include() {
	c := w.text("a", "one", "two")
	w.apply(&catalog.Batch{Source: source, Pass: 3, Changes: []catalog.Change{c}})
	w.pass(time.Hour)
	w.ok(w.c.Exclude(w.ctx, c.Document.Key, "ann"))
	w.pass(time.Hour)
	w.ok(w.c.Include(w.ctx, c.Document.Key, "ann"))
	d := w.row("a")
	w.equal("state", []any{d.State, d.StateReason, d.Chunks}, []any{catalog.Present, "", 2})
	w.equal("seen", w.stampOf("a"), stamp{Pass: 3, At: start})
	w.equal("served", shown(w.vouch(w.head(), idsOf(c.Chunks)...)), []string{"one", "two"})
	w.equal("text", w.textAt("a", index.Open), plain([]string{"one", "two"}))
	w.is(w.c.Include(w.ctx, "nobody", "ann"), catalog.ErrNotFound)
}

func (w *world) includeUnread() {
	c := w.state("a", catalog.Unreadable)
	c.Document.Revision = "rev"
	w.write(c)
	w.ok(w.c.Exclude(w.ctx, c.Document.Key, "ann"))
	w.ok(w.c.Include(w.ctx, c.Document.Key, "ann"))
	d := w.row("a")
	w.equal("row", []any{d.State, d.Revision, d.Chunks}, []any{catalog.Present, "", 0})
}

func (w *world) includeForgotten() {
	c := w.text("a", "one")
	c.Document.Recipe = "r1"
	w.write(c)
	w.ok(w.c.Exclude(w.ctx, c.Document.Key, "ann"))
	w.ok(w.c.SetConsumerMark(w.ctx, "store", w.head()))
	w.pass(time.Hour)
	w.ok(w.c.ForgetHistory(w.ctx, w.now()))
	w.ok(w.c.Include(w.ctx, c.Document.Key, "ann"))
	d := w.row("a")
	w.equal("row", []any{d.State, d.Recipe, d.Chunks}, []any{catalog.Present, "", 0})
	w.equal("text", w.textAt("a", index.Open), plain([]string{"one"}))
}

func (w *world) includeOthers() {
	w.write(w.text("a", "one"), w.text("b", "one"))
	rule := w.state("b", catalog.Excluded)
	rule.Document.StateReason = "noindex"
	w.write(rule)
	head := w.head()
	w.ok(w.c.Include(w.ctx, w.key("a"), "ann"))
	w.ok(w.c.Include(w.ctx, w.key("b"), "ann"))
	w.equal("head", w.head(), head)
	w.equal("state", w.row("b").State, catalog.Excluded)
}

func (w *world) confirm() {
	w.write(w.text("a", "one"))
	until := start.Add(24 * time.Hour)
	w.ok(w.c.Confirm(w.ctx, w.key("a"), until, "ann"))
	w.write(w.text("a", "two"))
	d := w.row("a")
	w.equal("kept", []any{d.ConfirmedUntil, d.ConfirmedBy}, []any{until, "ann"})
	w.ok(w.c.Confirm(w.ctx, w.key("a"), time.Time{}, "ann"))
	d = w.row("a")
	w.equal("taken back", []any{d.ConfirmedUntil, d.ConfirmedBy}, []any{time.Time{}, ""})
	w.is(w.c.Confirm(w.ctx, "nobody", until, "ann"), catalog.ErrNotFound)
}
