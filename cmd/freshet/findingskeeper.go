package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"freshet/index/catalog"
	"freshet/pipeline/detect/stale"
)

// ownership are the rules on who is asked, as the catalog keeps them.
func (d *doubtsConfig) ownership() []catalog.Ownership {
	var out []catalog.Ownership
	for i := range d.Owners {
		o := &d.Owners[i]
		rule := catalog.Ownership{Base: o.Base, Owner: o.Owner, Deputy: o.Deputy, AwayUntil: o.awayUntil}
		for kind, subject := range map[string]string{catalog.OwnDocument: o.Document, catalog.OwnPath: o.Path, catalog.OwnSource: o.Source, catalog.OwnTeam: o.Team, catalog.OwnPerson: o.Person} {
			if subject != "" {
				rule.Kind, rule.Subject = kind, subject
			}
		}
		if rule.Kind == catalog.OwnPerson {
			rule.Owner = rule.Subject
		}
		out = append(out, rule)
	}
	if d.Fallback != "" {
		out = append(out, catalog.Ownership{Kind: catalog.OwnBase, Owner: d.Fallback})
	}
	return out
}

// authorities are the rules on what is right, as the catalog keeps them.
func (d *doubtsConfig) authorities() []catalog.Authority {
	var out []catalog.Authority
	for i := range d.Authorities {
		a := &d.Authorities[i]
		rule := catalog.Authority{Base: a.Base, Topic: a.Topic, Effect: a.Effect}
		for kind, subject := range map[string]string{catalog.OwnDocument: a.Document, catalog.OwnPath: a.Path, catalog.OwnSource: a.Source} {
			if subject != "" {
				rule.Kind, rule.Subject = kind, subject
			}
		}
		out = append(out, rule)
	}
	return out
}

// provisionDoubts brings the rules of the configuration into the catalog.
func (s *service) provisionDoubts(ctx context.Context) error {
	if err := s.catalog.ProvisionOwnership(ctx, s.config.Doubts.ownership()); err != nil {
		return fmt.Errorf("%s: doubts.owners: %w", s.config.path, err)
	}
	if err := s.catalog.ProvisionAuthorities(ctx, s.config.Doubts.authorities()); err != nil {
		return fmt.Errorf("%s: doubts.authorities: %w", s.config.path, err)
	}
	return nil
}

// fixWithin is how long owners have for a fix that was asked for.
func (o *serviceOptions) fixWithin() time.Duration {
	if o.config == nil || o.config.Doubts.dueAfter == 0 {
		return defaultDueAfter
	}
	return o.config.Doubts.dueAfter
}

// reviewEvery is how often a document is to be looked at; one that never is, is good for
// a year once somebody has.
func (o *serviceOptions) reviewEvery(d *catalog.Document, src *catalog.Source) time.Duration {
	every := o.reviewInterval(d, src)
	if every <= 0 {
		return stale.DefaultInterval
	}
	return every
}

// How often doubts that were put off are woken and authorities speak on new ones, and
// how often owners who are back are asked again.
const (
	wakeEvery  = time.Minute
	askEvery   = 10 * time.Minute
	wakeWithin = time.Minute
)

// keepDoubts does so until ctx ends.
func (s *service) keepDoubts(ctx context.Context) {
	asked := s.now()
	for {
		within, cancel := context.WithTimeout(ctx, wakeWithin)
		_, err := s.catalog.WakeFindings(within)
		_, applyErr := s.catalog.ApplyAuthorities(within, "")
		err = errors.Join(err, applyErr)
		if now := s.now(); now.Sub(asked) >= askEvery {
			asked = now
			_, askErr := s.catalog.RefreshOwners(within)
			err = errors.Join(err, askErr)
		}
		cancel()
		if err != nil && ctx.Err() == nil {
			s.log.Warn("doubts that were put off, that an authority decides or whose owners have changed are looked at a little later", "error", err)
		}
		select {
		case <-time.After(wakeEvery):
		case <-ctx.Done():
			return
		}
	}
}
