package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"freshet/index/catalog"
)

// provision brings the configuration file into the catalog: its knowledge bases
// and sources, each checked before anything is written. Sources whose blocks
// vanished from it are detached: they serve and no longer sync.
func (s *service) provision(ctx context.Context) error {
	for _, b := range s.config.Bases {
		if err := s.catalog.PutBase(ctx, catalog.Base{ID: b.ID, Languages: b.Languages}); err != nil {
			return err
		}
	}
	in := map[string]bool{}
	for i := range s.config.Sources {
		c := &s.config.Sources[i]
		in[c.ID] = true
		if err := s.provisionSource(ctx, c); err != nil {
			return fmt.Errorf("%s:%d: %w", s.config.path, c.line, err)
		}
	}
	rows, err := s.catalog.Sources(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Origin != catalog.OriginFile || in[row.ID] || row.State == catalog.Detached {
			continue
		}
		s.log.Warn("a source is no longer in the configuration; it serves what it has and does not sync", "source", row.ID,
			"mend", "write it there again, or delete it with `freshet source remove "+row.ID+"`")
		if err := s.detach(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

func (s *service) detach(ctx context.Context, row catalog.Source) error {
	if err := s.catalog.SetSourceState(ctx, row.ID, catalog.Detached, "not_in_configuration"); err != nil {
		return err
	}
	kind, err := kindOf(row.Kind)
	if err != nil {
		return nil // a kind that this version does not have cannot be due
	}
	row.State = catalog.Detached
	return s.sources.plan(ctx, row, kind)
}

func (s *service) provisionSource(ctx context.Context, c *sourceConfig) error {
	spec := c.spec()
	row, kind, err := s.sources.row(spec, catalog.OriginFile)
	if err != nil {
		return err
	}
	old, err := s.catalog.Source(ctx, c.ID)
	if errors.Is(err, catalog.ErrNotFound) {
		row.State = catalog.Draft
		if spec.Publish {
			row.State = catalog.Published
		}
		return s.sources.save(ctx, row, kind)
	}
	if err != nil {
		return err
	}
	if err := sameIdentity(old, row); err != nil {
		return err
	}
	if old.State == catalog.Detached || old.State == catalog.Draft && spec.Publish && old.StateReason == "" {
		row.State = catalog.Published
	}
	if row.State == "" && sameConfiguration(old, row) {
		return nil
	}
	if old.Digest != row.Digest {
		s.warnOfHidden(ctx, row)
	}
	return s.sources.save(ctx, row, kind)
}

// sameConfiguration reports whether saving would change nothing.
func sameConfiguration(old, row catalog.Source) bool {
	written := func(s catalog.Source) string {
		text, err := json.Marshal([]any{s.Base, s.Kind, s.Owner, s.Schedule, s.ReviewEvery, s.Settings, s.Digest, s.Extract, s.Guard, s.Origin})
		if err != nil {
			return "" // saved anew, which is never wrong
		}
		return string(text)
	}
	return written(old) == written(row) && written(old) != ""
}

// warnOfHidden says how many documents a changed block no longer lists. The next
// whole pass takes them away, or holds them for a person when they are many.
func (s *service) warnOfHidden(ctx context.Context, row catalog.Source) {
	hidden, err := s.syncer.OutOfScopeWith(ctx, row)
	if err != nil || len(hidden) == 0 {
		return
	}
	s.log.Warn(fmt.Sprintf("%d documents of %s will be hidden by its new settings", len(hidden), row.ID), "first", hidden[0].ExternalID,
		"next", "if they are many they wait after the next sync: look with `freshet source show "+row.ID+"`, settle with `freshet source approve "+row.ID+" --all`")
}
