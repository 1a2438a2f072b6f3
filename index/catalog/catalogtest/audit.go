package catalogtest

import (
	"iter"
	"strings"
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

var auditTests = []test{
	{"an audit is begun once, kept once and listed", (*world).auditKept},
	{"an audit that is done tells nothing twice", (*world).auditToldOnce},
	{"a view shows what an audit reads", (*world).auditView},
	{"findings of a time are those that were found and not yet closed", (*world).findingsOfATime},
}

var webhookTests = []test{
	{"an event is written once and due until it is sent", (*world).webhookOnce},
	{"an event that failed waits, and is given up", (*world).webhookFailed},
	{"events are forgotten when they were sent", (*world).webhooksForgotten},
}

func (w *world) auditKept() {
	a, err := w.c.BeginAudit(w.ctx, base, "2026-02")
	w.ok(err)
	w.equal("begun", a, catalog.Audit{Base: base, Month: "2026-02", State: catalog.AuditRunning, Made: start})
	w.pass(time.Hour)
	again, err := w.c.BeginAudit(w.ctx, base, "2026-02")
	w.ok(err)
	w.equal("begun again", again, a)
	a.Data = []byte(strings.Repeat(`{"long": true}`, 1000))
	w.ok(w.c.FinishAudit(w.ctx, a, nil))
	a.State = catalog.AuditDone
	got, err := w.c.Audit(w.ctx, base, "2026-02")
	w.ok(err)
	w.equal("kept", got, a)
	other := a
	other.Data = []byte("other")
	w.ok(w.c.FinishAudit(w.ctx, other, nil))
	got, err = w.c.BeginAudit(w.ctx, base, "2026-02")
	w.ok(err)
	w.equal("kept as it was", got, a)
	_, err = w.c.Audit(w.ctx, base, "2026-01")
	w.is(err, catalog.ErrNotFound)
	_, err = w.c.BeginAudit(w.ctx, "b2", "2026-03")
	w.ok(err)
	list, err := w.c.Audits(w.ctx, nil)
	w.ok(err)
	a.Data = nil
	w.equal("list", list, []catalog.Audit{{Base: "b2", Month: "2026-03", State: catalog.AuditRunning, Made: start.Add(time.Hour)}, a})
	list, err = w.c.Audits(w.ctx, []string{base})
	w.ok(err)
	w.equal("of a base", list, []catalog.Audit{a})
}

func (w *world) auditToldOnce() {
	a, err := w.c.BeginAudit(w.ctx, base, "2026-02")
	w.ok(err)
	tell := []catalog.WebhookEvent{{Hook: "h", Event: "audit.ready", Subject: "s", Body: "{}"}}
	w.ok(w.c.FinishAudit(w.ctx, a, tell))
	tell[0].Subject = "another"
	w.ok(w.c.FinishAudit(w.ctx, a, tell))
	list, err := w.c.WebhookEvents(w.ctx, 10)
	w.ok(err)
	w.equal("events", len(list), 1)
}

func collectSeq[T any](w *world, seq iter.Seq2[T, error]) (out []T) {
	w.Helper()
	for v, err := range seq {
		w.ok(err)
		out = append(out, v)
	}
	return out
}

func (w *world) auditView() {
	w.write(w.text("a", "one"), w.text("b", "two"))
	f := w.finding("f1", 0.5)
	w.ok(w.c.PutFinding(w.ctx, &f, nil, nil))
	run, err := w.c.BeginRun(w.ctx, catalog.Report{Source: source, Started: start})
	w.ok(err)
	w.ok(w.c.LogQueries(w.ctx, []catalog.Query{{ID: "q1", Base: base, At: start, Text: "why", State: "none"}, {ID: "q2", Base: "x", At: start}}))
	w.ok(w.c.View(w.ctx, func(v *catalog.View) error {
		b, err := v.Base(w.ctx, base)
		w.ok(err)
		w.equal("base", b.Languages, []string{"fr", "en"})
		_, err = v.Base(w.ctx, "no")
		w.is(err, catalog.ErrNotFound)
		w.equal("sources", len(collectSeq(w, v.Sources(w.ctx, base))), 2)
		w.equal("documents", len(collectSeq(w, v.Documents(w.ctx, base))), 2)
		w.equal("of another", len(collectSeq(w, v.Documents(w.ctx, "x"))), 0)
		w.equal("findings", collectSeq(w, v.Findings(w.ctx, base, start, start.Add(time.Hour))), []index.Finding{f})
		runs := collectSeq(w, v.Runs(w.ctx, start, start.Add(time.Minute)))
		w.equal("runs", len(runs), 1)
		w.equal("run", runs[0].Run, run)
		w.equal("queries", collectSeq(w, v.Queries(w.ctx, base, start, start.Add(time.Second)))[0].Text, "why")
		w.equal("links", len(collectSeq(w, v.BrokenLinks(w.ctx, base, start))), 0)
		w.equal("changes", len(collectSeq(w, v.ValueChanges(w.ctx, base, start, start.Add(time.Hour)))), 0)
		w.equal("mutes", len(collectSeq(w, v.Mutes(w.ctx, base, start))), 0)
		w.equal("acts", len(collectSeq(w, v.FindingActs(w.ctx, base, start, start.Add(time.Hour)))), 0)
		w.equal("audits", len(collectSeq(w, v.AuditsBefore(w.ctx, base, "2026-03", 3))), 0)
		e, err := v.Embedding(w.ctx, base)
		w.ok(err)
		w.equal("passages", e, catalog.EmbeddingState{Passages: 2})
		return nil
	}))
}

func (w *world) findingsOfATime() {
	at := func(h int) time.Time { return start.Add(time.Duration(h) * time.Hour) }
	for id, times := range map[string][2]int{"before": {-4, -1}, "open": {-4, 0}, "closed later": {-4, 3}, "closed within": {-4, 1}, "found later": {2, 0}} {
		f := w.finding(id, 0.5)
		f.Found = at(times[0])
		if times[1] != 0 {
			f.Closed, f.State = at(times[1]), index.Resolved
		}
		w.ok(w.c.PutFinding(w.ctx, &f, nil, nil))
	}
	w.ok(w.c.View(w.ctx, func(v *catalog.View) error {
		var ids []string
		for _, f := range collectSeq(w, v.Findings(w.ctx, base, at(0), at(2))) {
			ids = append(ids, f.ID)
		}
		w.equal("of the time", ids, []string{"closed later", "closed within", "open"})
		return nil
	}))
}

func (w *world) webhookOnce() {
	e := catalog.WebhookEvent{Hook: "h", Event: "x", Subject: "1", Body: "{}"}
	w.ok(w.c.PutWebhookEvents(w.ctx, []catalog.WebhookEvent{e}, "maker", "5"))
	e.Body = "other"
	w.ok(w.c.PutWebhookEvents(w.ctx, []catalog.WebhookEvent{e, {Hook: "h2", Event: "x", Subject: "1", Body: "{}"}}, "maker", "6"))
	state, err := w.c.WebhookState(w.ctx, "maker")
	w.ok(err)
	w.equal("state", state, "6")
	state, err = w.c.WebhookState(w.ctx, "none")
	w.ok(err)
	w.equal("no state", state, "")
	due, err := w.c.DueWebhookEvents(w.ctx, "h", 10)
	w.ok(err)
	w.equal("due", due, []catalog.WebhookEvent{{ID: 1, Hook: "h", Event: "x", Subject: "1", Body: "{}", At: start, Next: start}})
	w.ok(w.c.WebhookSent(w.ctx, due[0].ID))
	sent, err := w.c.DueWebhookEvents(w.ctx, "h", 10)
	w.ok(err)
	w.equal("due after", len(sent), 0)
	other := catalog.WebhookEvent{Hook: "h2", Event: "x", Subject: "1"}
	w.equal("names differ", w.c.MessageID(&due[0]) != w.c.MessageID(&other), true)
	w.equal("names last", w.c.MessageID(&due[0]), w.c.MessageID(&e))
}

func (w *world) webhookFailed() {
	w.ok(w.c.PutWebhookEvents(w.ctx, []catalog.WebhookEvent{{Hook: "h", Event: "x", Subject: "1"}}, "m", ""))
	w.ok(w.c.WebhookFailed(w.ctx, 1, "500", start.Add(time.Minute)))
	due, err := w.c.DueWebhookEvents(w.ctx, "h", 10)
	w.ok(err)
	w.equal("due", len(due), 0)
	w.pass(time.Minute)
	due, err = w.c.DueWebhookEvents(w.ctx, "h", 10)
	w.ok(err)
	w.equal("due again", due[0].Attempts, 1)
	w.equal("reason", due[0].Reason, "500")
	w.ok(w.c.WebhookFailed(w.ctx, 1, "500 again", time.Time{}))
	w.pass(time.Hour)
	due, err = w.c.DueWebhookEvents(w.ctx, "h", 10)
	w.ok(err)
	w.equal("given up", len(due), 0)
	list, err := w.c.WebhookEvents(w.ctx, 10)
	w.ok(err)
	w.equal("shown", list[0].Reason, "500 again")
}

func (w *world) webhooksForgotten() {
	w.ok(w.c.PutWebhookEvents(w.ctx, []catalog.WebhookEvent{{Hook: "h", Event: "x", Subject: "1"}, {Hook: "h", Event: "x", Subject: "2"}}, "m", ""))
	w.ok(w.c.WebhookSent(w.ctx, 1))
	w.ok(w.c.ForgetWebhookEvents(w.ctx, start.Add(time.Hour)))
	list, err := w.c.WebhookEvents(w.ctx, 10)
	w.ok(err)
	w.equal("left", len(list), 1)
	w.equal("which", list[0].Subject, "2")
}
