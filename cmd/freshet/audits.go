package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"freshet/api/audit"
	"freshet/index/catalog"
	"freshet/pipeline/detect/stale"
	"freshet/schedules"
)

// auditJob is the kind of the jobs that make monthly audits; their subject is the
// knowledge base.
const auditJob = "audit"

// audits makes the audit of each knowledge base when it is due.
type audits struct {
	catalog  *catalog.Catalog
	maker    *audit.Maker
	schedule string
	runner   *schedules.Runner
	now      func() time.Time
	log      *slog.Logger
}

// newAudits makes what c says; it may be nil. told makes the events of webhooks.
func newAudits(s *service, told func(*audit.Report) []catalog.WebhookEvent) *audits {
	var c auditConfig
	if s.config != nil {
		c = s.config.Doubts.Audit
	}
	a := &audits{catalog: s.catalog, schedule: cmp.Or(c.Schedule, auditSchedule), now: s.now, log: s.log}
	a.maker = audit.New(audit.Options{Catalog: s.catalog, Zone: c.zone, Now: s.now, Log: s.log, Languages: c.Languages, BaseURL: c.BaseURL,
		Every: sourceInterval(s.now), Interval: s.reviewInterval, Tell: told})
	return a
}

// reviewInterval is how often a document is to be looked at, by the rules of the
// detector of stale documents; 0: never.
func (o *serviceOptions) reviewInterval(d *catalog.Document, s *catalog.Source) time.Duration {
	rules := staleRules(o.config)
	every, _ := rules.Review.Interval(&stale.Facts{Key: d.Key, Source: d.Source, Base: d.Base, ExternalID: d.ExternalID, Title: d.Details.Title, URL: d.Details.URI, Path: d.Details.Path,
		Locale: d.Details.Locale, Class: d.Details.Class, ReviewEvery: d.Details.ReviewEvery, SourceReviewEvery: s.ReviewEvery})
	return every
}

// sourceInterval is the longest time between two of the next runs of a source, 0 when
// it does not run by itself.
func sourceInterval(now func() time.Time) func(catalog.Source) time.Duration {
	return func(s catalog.Source) time.Duration {
		expression := s.Schedule
		if kind, err := kindOf(s.Kind); expression == "" && err == nil {
			expression = kind.Schedule
		}
		schedule, err := schedules.Parse(expression, nil)
		if err != nil {
			return 0
		}
		var longest time.Duration
		times := schedule.NextN(now(), 9)
		for i := 1; i < len(times); i++ {
			longest = max(longest, times[i].Sub(times[i-1]))
		}
		return longest
	}
}

// work is the Work of audit jobs: the audit of the last month that has ended. One that
// is kept is left as it is.
func (a *audits) work(ctx context.Context, l *schedules.Lease) (schedules.Outcome, time.Time, error) {
	_, err := a.maker.Report(ctx, l.Subject, audit.LastMonth(a.now(), a.maker.Zone()))
	if errors.Is(err, catalog.ErrNotFound) {
		return schedules.Outcome{Reason: "knowledge_base_gone"}, time.Time{}, nil
	}
	if err != nil {
		return schedules.Outcome{Failed: true}, time.Time{}, fmt.Errorf("audit of %s: %w", l.Subject, err)
	}
	return schedules.Outcome{}, time.Time{}, nil
}

// planEvery is how often knowledge bases that were made meanwhile get their job.
const planEvery = 10 * time.Minute

// run plans the jobs until ctx ends.
func (a *audits) run(ctx context.Context) {
	for {
		if err := a.plan(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("audits could not be planned; this is tried again", "error", err)
		}
		select {
		case <-time.After(planEvery):
		case <-ctx.Done():
			return
		}
	}
}

func (a *audits) plan(ctx context.Context) error {
	list, err := a.catalog.Bases(ctx)
	if err != nil {
		return err
	}
	for _, b := range list {
		if err := a.runner.Put(ctx, schedules.Job{Key: schedules.Key{Kind: auditJob, Subject: b.ID}, Schedule: a.schedule}); err != nil {
			return err
		}
	}
	return nil
}
