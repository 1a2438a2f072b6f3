package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"freshet/api/audit"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/detect"
)

// tell writes what hooks are to be told since the last look. Audits are written by
// those who make them, with them.
func (w *webhooks) tell(ctx context.Context) {
	for i := range w.hooks {
		h := &w.hooks[i]
		if h.wants(knowledgeChanged, "") {
			w.warn(ctx, "a webhook is not told yet what changed", w.tellChanges(ctx, h))
		}
		if h.wants(findingOpened, "") {
			w.warn(ctx, "a webhook is not told yet what was found", w.tellFindings(ctx, h))
		}
	}
}

// auditEvents are those of a report that is kept.
func (w *webhooks) auditEvents(r *audit.Report) []catalog.WebhookEvent {
	var out []catalog.WebhookEvent
	for i := range w.hooks {
		h := &w.hooks[i]
		if !h.wants(auditReady, r.Base) {
			continue
		}
		out = append(out, w.event(h, auditReady, r.Base+"/"+r.Month+"/"+h.Owner, r.Made, w.auditData(r.For(h.Owner, 1))))
	}
	return out
}

// auditData tells what a report comes to, and where it is.
func (w *webhooks) auditData(r *audit.Report) map[string]any {
	q := url.Values{"knowledge_base": {r.Base}, "format": {"html"}}
	if r.Owner != "" {
		q.Set("owner", r.Owner)
	}
	var first []map[string]any
	for _, l := range r.Top {
		first = append(first, map[string]any{"finding": l.Finding, "kind": l.Kind, "title": l.Title, "url": w.link("/findings/" + url.PathEscape(l.Finding))})
	}
	return map[string]any{
		"knowledge_base": r.Base, "month": r.Month, "owner": r.Owner, "as_of": r.AsOf, "summary": r.Summary, "top": first,
		"totals": map[string]int{audit.Conflicts: r.Conflicts.Total, audit.Expired: r.Expired.Total, audit.Overdue: r.Overdue.Total, audit.Gone: r.Gone.Total,
			audit.Duplicates: r.Duplicates.Total, audit.NoOwner: r.NoOwner.Total, audit.Unanswered: r.Unanswered.Total, audit.Changed: r.Changes.Total},
		"path": "/v1/audits/" + r.Month + "?" + q.Encode(), // of the API
		"url":  w.link("/audits/" + r.Month),
	}
}

// Limits of what one event holds.
const (
	toldValues   = 50
	toldFindings = 50
	toldRuns     = 500 // that are looked at together
)

// tellChanges tells of runs that ended since the last look and changed content. The
// first look at a hook tells of nothing that was before it.
func (w *webhooks) tellChanges(ctx context.Context, h *webhookConfig) error {
	name := "changes:" + h.name()
	state, err := w.catalog.WebhookState(ctx, name)
	if err != nil {
		return err
	}
	told, err := strconv.ParseInt(state, 10, 64)
	if err != nil {
		return w.beginWithRuns(ctx, name)
	}
	runs, err := w.catalog.RunsAfter(ctx, told, toldRuns)
	if err != nil || len(runs) == 0 {
		return err
	}
	sources, err := w.sources(ctx)
	if err != nil {
		return err
	}
	var events []catalog.WebhookEvent
	done := true
	for i := range runs {
		ready, err := w.ready(ctx, &runs[i])
		if err != nil {
			return err
		}
		if !ready {
			done = false // later runs are told all the same, and not twice
			continue
		}
		e, err := w.runEvent(ctx, h, &runs[i], sources[runs[i].Source])
		if err != nil {
			return err
		}
		events = append(events, e...)
		if done {
			told = runs[i].Run
		}
	}
	if len(events) == 0 && strconv.FormatInt(told, 10) == state {
		return nil
	}
	return w.catalog.PutWebhookEvents(ctx, events, name, strconv.FormatInt(told, 10))
}

func (w *webhooks) beginWithRuns(ctx context.Context, name string) error {
	last, err := w.catalog.Runs(ctx, "", 1)
	if err != nil {
		return err
	}
	newest := int64(0)
	if len(last) > 0 {
		newest = last[0].Run
	}
	return w.catalog.PutWebhookEvents(ctx, nil, name, strconv.FormatInt(newest, 10))
}

func (w *webhooks) sources(ctx context.Context) (map[string]*catalog.Source, error) {
	list, err := w.catalog.Sources(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*catalog.Source, len(list))
	for i := range list {
		out[list[i].ID] = &list[i]
	}
	return out, nil
}

const (
	// lostRun is after how long a run that never ended is one whose process died.
	lostRun = 48 * time.Hour
	// detectWait is how long is waited for the detectors to say what changed in values.
	detectWait = 15 * time.Minute
)

// ready reports whether all is known of a run: it has ended, and the detectors have
// passed what it brought.
func (w *webhooks) ready(ctx context.Context, r *catalog.Report) (bool, error) {
	now := w.now()
	if r.Result == catalog.RunRunning {
		return now.Sub(r.Started) > lostRun, nil
	}
	if now.Sub(r.Ended) > detectWait {
		return true, nil
	}
	mark, err := w.catalog.ConsumerMark(ctx, detect.Consumer)
	if err != nil {
		return false, err
	}
	head, err := w.catalog.Head(ctx)
	if err != nil || mark >= head {
		return err == nil, err
	}
	at, err := w.catalog.LogTime(ctx, mark)
	return err == nil && at.After(r.Ended), err
}

// runEvent is what a hook is told of a run: nothing when it changed no content, or when
// its source is not the hook's business.
func (w *webhooks) runEvent(ctx context.Context, h *webhookConfig, r *catalog.Report, s *catalog.Source) ([]catalog.WebhookEvent, error) {
	counts := map[string]int{}
	for name, n := range map[string]int{"new": r.New, "text_changed": r.TextChanged, "restored": r.Restored, "moved": r.Moved, "hidden": r.Hidden, "removed": r.Removed,
		"deleted": r.Deleted, "excluded": r.Excluded} {
		if n > 0 {
			counts[name] = n
		}
	}
	if s == nil || r.Result == catalog.RunRunning || len(counts) == 0 || !h.wants(knowledgeChanged, s.Base) || h.Owner != "" && h.Owner != s.Owner {
		return nil, nil
	}
	values, err := w.changedValues(ctx, s.Base, r)
	if err != nil {
		return nil, err
	}
	data := map[string]any{"knowledge_base": s.Base, "source": r.Source, "run": r.Run, "started": r.Started, "ended": r.Ended, "documents": counts, "values": values,
		"path": fmt.Sprintf("/v1/changes?knowledge_base=%s&source=%s", url.QueryEscape(s.Base), url.QueryEscape(r.Source))}
	return []catalog.WebhookEvent{w.event(h, knowledgeChanged, fmt.Sprintf("run/%d", r.Run), r.Ended, data)}, nil
}

// A changedFact is a value that became another, on one or several pages.
type changedFact struct {
	Type      string   `json:"type"`
	Label     string   `json:"label,omitempty"`
	Old       string   `json:"old,omitempty"`
	New       string   `json:"new,omitempty"`
	Documents []string `json:"documents"` // keys
	StillOld  []string `json:"still_old,omitempty"`
}

func (w *webhooks) changedValues(ctx context.Context, base string, r *catalog.Report) ([]changedFact, error) {
	rows, err := w.catalog.ValueChangesOf(ctx, base, r.Run, r.Started, 20*toldValues)
	if err != nil {
		return nil, err
	}
	out := []changedFact{}
	at := map[index.Hash]int{}
	for i := range rows {
		c := &rows[i]
		if n, ok := at[c.Fact]; ok {
			out[n].Documents = append(out[n].Documents, c.Document)
			continue
		}
		if len(out) == toldValues {
			break
		}
		at[c.Fact] = len(out)
		f := changedFact{Type: c.Type, Label: c.Label, Old: c.Old.Value, New: c.New.Value, Documents: []string{c.Document}}
		for _, s := range c.Still {
			f.StillOld = append(f.StillOld, s.Document)
		}
		out = append(out, f)
	}
	return out, nil
}

// tellFindings tells of the likely doubts that were found from the day of the last look
// to the beginning of this day: at most once a day.
func (w *webhooks) tellFindings(ctx context.Context, h *webhookConfig) error {
	name := "findings:" + h.name()
	state, err := w.catalog.WebhookState(ctx, name)
	if err != nil {
		return err
	}
	now := w.now().In(w.zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, w.zone)
	from, err := time.Parse(time.RFC3339, state)
	if err != nil {
		return w.catalog.PutWebhookEvents(ctx, nil, name, today.UTC().Format(time.RFC3339))
	}
	if !today.After(from) {
		return nil
	}
	q := catalog.FindingFilter{Base: h.Base, Owner: h.Owner, Tiers: []index.Tier{index.Likely}, States: []index.FindingState{index.Undecided, index.Acknowledged},
		FoundFrom: from, FoundTo: today, Limit: toldFindings}
	list, err := w.catalog.Findings(ctx, q)
	if err != nil {
		return err
	}
	total, err := w.catalog.CountFindings(ctx, q)
	if err != nil {
		return err
	}
	var events []catalog.WebhookEvent
	if total > 0 {
		data := map[string]any{"owner": h.Owner, "from": from.UTC(), "to": today.UTC(), "total": total, "findings": w.findingsData(list)}
		events = append(events, w.event(h, findingOpened, today.AddDate(0, 0, -1).Format(time.DateOnly), today, data))
	}
	return w.catalog.PutWebhookEvents(ctx, events, name, today.UTC().Format(time.RFC3339))
}

func (w *webhooks) findingsData(list []index.Finding) []map[string]any {
	out := make([]map[string]any, len(list))
	for i := range list {
		f := &list[i]
		pages := []map[string]string{}
		for _, m := range f.Members[:min(len(f.Members), 5)] {
			pages = append(pages, map[string]string{"title": m.Title, "url": m.URL, "value": m.Value})
		}
		out[i] = map[string]any{"finding": f.ID, "knowledge_base": f.Base, "kind": f.Kind, "rule": f.Rule, "type": f.Type, "severity": f.Severity, "title": f.Title, "owners": f.Owners,
			"found": f.Found, "pages": pages, "url": w.link("/findings/" + url.PathEscape(f.ID))}
	}
	return out
}
