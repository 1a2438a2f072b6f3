package main

import (
	"context"
	"time"

	"freshet/connectors"
	"freshet/connectors/website/robots"
	"freshet/pipeline/detect/links"
	"freshet/schedules"
)

// linksJob is the kind of the one job that checks links, allLinks its subject.
const (
	linksJob = "links"
	allLinks = "all"
)

// linksSchedule spreads the work over the day: a run checks a portion of what is due.
const linksSchedule = "41 */6 * * *"

// makeLinks makes what checks links.
func (s *service) makeLinks() {
	o := fetchOptions(s.config, s.log)
	var limits links.Limits
	if s.config != nil {
		limits = s.config.Doubts.Links.limits()
	}
	client := s.opener.http(connectors.HTTPOptions{Timeout: linkTimeout})
	gate := newRobotsGate(client, robots.ProductToken(o.Product), s.now)
	s.links = links.New(links.Options{Catalog: s.catalog, Client: client, Allowed: gate.Allowed, Limits: limits, Yield: s.polite.standBack, Now: s.now, Log: s.log})
}

// linkTimeout is how long one answer may take: whoever follows a link would not wait
// longer.
const linkTimeout = 20 * time.Second

// checkLinks is the Work of the links job.
func (s *service) checkLinks(ctx context.Context, _ *schedules.Lease) (schedules.Outcome, time.Time, error) {
	r, err := s.links.Run(ctx)
	if r.Checked > 0 {
		s.log.Info("links were checked", "checked", r.Checked, "asked", r.Asked, "broken", r.Broken, "mended", r.Mended, "failing", r.Failing, "skipped", r.Skipped, "left", r.Left)
	}
	if err != nil {
		return schedules.Outcome{Failed: true}, time.Time{}, err
	}
	return schedules.Outcome{}, time.Time{}, nil
}

// scheduleLinks has links checked from now on, or no more: then nothing waits for it in
// the change log.
func (s *service) scheduleLinks(ctx context.Context) error {
	key := schedules.Key{Kind: linksJob, Subject: allLinks}
	if s.config == nil || s.config.Doubts.Links.checked() {
		return s.runner.Put(ctx, schedules.Job{Key: key, Schedule: linksSchedule})
	}
	if err := s.catalog.Jobs().Remove(ctx, key); err != nil {
		return err
	}
	return s.catalog.DropConsumer(ctx, links.Consumer)
}
