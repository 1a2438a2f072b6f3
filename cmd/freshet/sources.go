package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"freshet/api"
	"freshet/connectors"
	"freshet/index/catalog"
	"freshet/schedules"
)

// sources knows kinds and configured sources. It is the API's Sources.
type sources struct{ *service }

var _ api.Sources = (*sources)(nil)

func invalid(err error) error { return fmt.Errorf("%w: %w", api.ErrInvalid, err) }

func conflict(format string, args ...any) error {
	return fmt.Errorf("%w: %s", api.ErrConflict, fmt.Sprintf(format, args...))
}

// Kinds describes every kind for forms.
func (s *sources) Kinds() []api.Kind {
	var out []api.Kind
	for _, name := range kindNames() {
		k := kinds()[name]
		kind := api.Kind{Name: k.Name, Title: k.Title, Help: k.Help, Schedule: k.Schedule}
		for _, f := range k.Fields {
			kind.Fields = append(kind.Fields, api.Field{Key: f.Key, Type: f.Type.String(), Label: f.Label, Help: f.Help, Example: f.Example,
				Default: plain(f.Default), Required: f.Required, Secret: f.Secret, OneOf: f.OneOf})
		}
		out = append(out, kind)
	}
	return out
}

// plain writes durations as people do.
func plain(v any) any {
	if d, ok := v.(time.Duration); ok {
		return d.String()
	}
	return v
}

var goodID = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// row checks a source as it was written and makes the catalog's row of it.
func (s *sources) row(spec api.Spec, origin string) (catalog.Source, connectors.Kind, error) {
	row := catalog.Source{ID: spec.ID, Base: spec.Base, Kind: spec.Kind, Owner: spec.Owner, Schedule: spec.Schedule,
		Settings: spec.Settings, Extract: spec.Extract, Guard: spec.Guard, Origin: origin}
	if !goodID.MatchString(spec.ID) {
		return row, connectors.Kind{}, fmt.Errorf("%q is not a name for a source; use small letters, digits, - and _, at most 63", spec.ID)
	}
	if !goodID.MatchString(spec.Base) {
		return row, connectors.Kind{}, fmt.Errorf("source %s: %q is not a name for a knowledge base; use small letters, digits, - and _, at most 63", spec.ID, spec.Base)
	}
	var err error
	if spec.ReviewEvery != "" {
		if row.ReviewEvery, err = connectors.ParseDuration(spec.ReviewEvery); err != nil {
			return row, connectors.Kind{}, fmt.Errorf("source %s: review_every: %w", spec.ID, err)
		}
	}
	if _, err := schedules.Parse(spec.Schedule, nil); err != nil {
		return row, connectors.Kind{}, fmt.Errorf("source %s: %w", spec.ID, err)
	}
	if err := checkExtract(spec.Extract); err != nil {
		return row, connectors.Kind{}, fmt.Errorf("source %s: %w", spec.ID, err)
	}
	if spec.Guard.Documents < 0 || spec.Guard.Share < 0 || spec.Guard.Share > 1 {
		return row, connectors.Kind{}, fmt.Errorf("source %s: guard: documents must be 0 or more, share between 0 and 1", spec.ID)
	}
	kind, settings, err := s.opener.settings(row)
	if err != nil {
		return row, kind, err
	}
	row.Digest = settings.Digest()
	if _, _, err := s.opener.open(context.Background(), row); err != nil {
		return row, kind, err
	}
	return row, kind, nil
}

// checkExtract looks at the pipeline's own settings of a source.
func checkExtract(m map[string]any) error {
	for key, v := range m {
		switch key {
		case "drop":
			if !texts(v) {
				return fmt.Errorf("extract.drop must be a list of CSS selectors")
			}
		case "select":
			if _, ok := v.(string); !ok {
				return fmt.Errorf("extract.select must be one CSS selector")
			}
		case "templates":
			if _, yes := v.(bool); !yes && v != "on" && v != "off" {
				return fmt.Errorf("extract.templates must be on (what stands on most pages is left out of passages) or off")
			}
		case "comments":
			if _, yes := v.(bool); !yes && v != "on" && v != "off" {
				return fmt.Errorf("extract.comments must be on (what reviewers noted beside cells and slides is read) or off")
			}
		default:
			return fmt.Errorf("%q is not a setting of extract; there are drop, select, templates and comments", key)
		}
	}
	return nil
}

func texts(v any) bool {
	switch v := v.(type) {
	case string, []string:
		return true
	case []any:
		return !slices.ContainsFunc(v, func(x any) bool { _, ok := x.(string); return !ok })
	}
	return false
}

// opened opens a source that need not be saved. The errors are api.ErrInvalid.
func (s *sources) opened(ctx context.Context, spec api.Spec) (connectors.Source, error) {
	row, _, err := s.row(spec, s.originOf(ctx, spec))
	if err != nil {
		return nil, invalid(err)
	}
	src, _, err := s.opener.open(ctx, row)
	if err != nil {
		return nil, invalid(err)
	}
	return src, nil
}

// Test says in words what works of a source that need not be saved.
func (s *sources) Test(ctx context.Context, spec api.Spec) ([]api.Check, error) {
	src, err := s.opened(ctx, spec)
	if err != nil {
		return nil, err
	}
	var out []api.Check
	for _, c := range src.Check(ctx) {
		out = append(out, api.Check{Name: c.Name, Status: c.Status.String(), Text: c.Text})
	}
	if err := s.opener.checkBrowser(); err != nil {
		out = append(out, api.Check{Name: "browser", Status: connectors.CheckFailure.String(), Text: err.Error()})
	}
	return out, ctx.Err()
}

// originOf is where settings come from. Only those that stand in the configuration
// file just so may refer to the environment and to files of this machine.
func (s *sources) originOf(ctx context.Context, spec api.Spec) string {
	row, err := s.catalog.Source(ctx, spec.ID)
	if err != nil || row.Origin != catalog.OriginFile || row.Kind != spec.Kind {
		return catalog.OriginCommand
	}
	saved, err := json.Marshal(row.Settings)
	sent, err2 := json.Marshal(spec.Settings)
	if err != nil || err2 != nil || !bytes.Equal(saved, sent) {
		return catalog.OriginCommand
	}
	return catalog.OriginFile
}

// firstHidden is how many documents Saved.First names.
const firstHidden = 10

// Put checks and saves a source.
func (s *sources) Put(ctx context.Context, spec api.Spec, accept bool, by string) (api.Saved, error) {
	row, kind, err := s.row(spec, catalog.OriginCommand)
	if err != nil {
		return api.Saved{}, invalid(err)
	}
	old, err := s.catalog.Source(ctx, spec.ID)
	known := err == nil
	if err != nil && !errors.Is(err, catalog.ErrNotFound) {
		return api.Saved{}, err
	}
	var hidden []catalog.Document
	if known {
		if old.Origin == catalog.OriginFile && old.State != catalog.Detached {
			return api.Saved{}, conflict("the source %s is written in the configuration file: change it there and start freshet again", spec.ID)
		}
		if err := sameIdentity(old, row); err != nil {
			return api.Saved{}, err
		}
		if old.Digest != row.Digest {
			if hidden, err = s.syncer.OutOfScopeWith(ctx, row); err != nil {
				return api.Saved{}, err
			}
		}
	}
	saved := api.Saved{Hides: len(hidden), State: string(old.State)}
	for _, d := range hidden[:min(len(hidden), firstHidden)] {
		saved.First = append(saved.First, d.ExternalID)
	}
	if len(hidden) > 0 && !accept {
		return saved, nil
	}
	row.State = newState(known, old.State, spec.Publish)
	if err := s.save(ctx, row, kind); err != nil {
		return saved, err
	}
	if len(hidden) > 0 {
		if _, err := s.syncer.ExcludeOutOfScope(ctx, spec.ID, by); err != nil {
			return saved, err
		}
	}
	now, err := s.catalog.Source(ctx, spec.ID)
	saved.Saved, saved.State = err == nil, string(now.State)
	return saved, err
}

// sameIdentity refuses changes after which a source's documents would be others.
func sameIdentity(old, changed catalog.Source) error {
	if old.Kind != changed.Kind {
		return conflict("the source %s is of type %s; to make it %s, remove it first or choose another name", old.ID, old.Kind, changed.Kind)
	}
	if old.Base != changed.Base {
		return conflict("the source %s belongs to the knowledge base %s; to move it to %s, remove it first or choose another name", old.ID, old.Base, changed.Base)
	}
	return nil
}

func newState(known bool, old catalog.SourceState, publish bool) catalog.SourceState {
	switch {
	case publish && (!known || old == catalog.Draft || old == catalog.Detached):
		return catalog.Published
	case known && old != catalog.Detached:
		return "" // as it is
	}
	return catalog.Draft
}

// save writes a source with its knowledge base and its job.
func (s *sources) save(ctx context.Context, row catalog.Source, kind connectors.Kind) error {
	if err := s.bases.ensure(ctx, row.Base); err != nil {
		return err
	}
	if err := s.catalog.PutSource(ctx, row); err != nil {
		return err
	}
	now, err := s.catalog.Source(ctx, row.ID)
	if err != nil {
		return err
	}
	return s.plan(ctx, now, kind)
}

// plan puts the source into the calendar.
func (s *sources) plan(ctx context.Context, row catalog.Source, kind connectors.Kind) error {
	job := schedules.Job{Key: schedules.Key{Kind: syncJob, Subject: row.ID}, Schedule: row.Schedule,
		Paused: row.State != catalog.Published && row.State != catalog.NeedsYou}
	if job.Schedule == "" {
		job.Schedule = kind.Schedule
	}
	return s.runner.Put(ctx, job)
}

// SetState publishes, pauses, resumes or drafts a source and its schedule.
func (s *sources) SetState(ctx context.Context, id string, state catalog.SourceState, reason string) error {
	row, err := s.catalog.Source(ctx, id)
	if err != nil {
		return err
	}
	if row.State == catalog.Detached {
		return conflict("the source %s is no longer in the configuration file: write it there again, save it with `freshet source add`, or remove it", id)
	}
	kind, err := kindOf(row.Kind)
	if err != nil {
		return invalid(err)
	}
	if err := s.catalog.SetSourceState(ctx, id, state, reason); err != nil {
		return err
	}
	row.State = state
	return s.plan(ctx, row, kind)
}

// Remove deletes a source with all that came from it.
func (s *sources) Remove(ctx context.Context, id string) error {
	row, err := s.catalog.Source(ctx, id)
	if err != nil {
		return err
	}
	if row.Origin == catalog.OriginFile && row.State != catalog.Detached {
		return conflict("the source %s is written in the configuration file: take its block out, start freshet again, then remove it", id)
	}
	if err := s.catalog.RemoveSource(ctx, id); err != nil {
		return err
	}
	if _, err := s.contents.Sweep(ctx, s.catalog.MayReturn); err != nil {
		return fmt.Errorf("the source is removed, but not all that was kept of its documents as they were read: %w; it goes within a day", err)
	}
	head, err := s.catalog.Head(ctx)
	if err != nil {
		return err
	}
	return s.index.wait(ctx, head)
}

// NextRuns returns the next n times at which a source is due.
func (s *sources) NextRuns(ctx context.Context, id string, n int) ([]time.Time, error) {
	if _, err := s.catalog.Source(ctx, id); err != nil {
		return nil, err
	}
	jobs, err := s.catalog.Jobs().Jobs(ctx, syncJob)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(jobs, func(j schedules.Job) bool { return j.Subject == id })
	if i < 0 || jobs[i].Paused || jobs[i].Due.IsZero() || n <= 0 {
		return nil, nil
	}
	plan, err := schedules.Parse(jobs[i].Schedule, nil)
	if err != nil {
		return nil, err
	}
	due := jobs[i].Due
	if now := s.now(); due.Before(now) {
		due = now // missed: it runs once, at once
	}
	return append([]time.Time{due}, plan.NextN(due, n-1)...), nil
}
