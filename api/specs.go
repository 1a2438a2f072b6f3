package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"freshet/index/catalog"
)

// days writes a duration as configuration does: whole days where it can.
func days(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d == 0:
		return ""
	case d%day == 0:
		return fmt.Sprintf("%dd", d/day)
	}
	return d.String()
}

func specOf(src *catalog.Source) Spec {
	return Spec{ID: src.ID, Base: src.Base, Kind: src.Kind, Owner: src.Owner, Schedule: src.Schedule, ReviewEvery: days(src.ReviewEvery),
		Publish: src.State == catalog.Published, Settings: src.Settings, Extract: src.Extract, Guard: src.Guard}
}

// SpecInput is a source as callers write it; the path's ID comes first.
type SpecInput struct {
	Body SourceSpec
}

// SourceSpec is a Spec whose parts may be left out.
type SourceSpec struct {
	ID          string         `json:"id,omitempty"`
	Base        string         `json:"knowledge_base"`
	Kind        string         `json:"type" doc:"GET /v1/kinds lists them"`
	Owner       string         `json:"owner,omitempty" doc:"Who is asked about doubts"`
	Schedule    string         `json:"schedule,omitempty" doc:"Cron expression, with CRON_TZ= before it if need be"`
	ReviewEvery string         `json:"review_every,omitempty" example:"180d"`
	Publish     bool           `json:"publish,omitempty"`
	Settings    map[string]any `json:"settings,omitempty"`
	Extract     map[string]any `json:"extract,omitempty"`
	Guard       catalog.Guard  `json:"guard,omitempty"`
}

func (s *Server) specFrom(ctx context.Context, b *SourceSpec) (Spec, error) {
	if !callerOf(ctx).mayUse(b.Base) {
		return Spec{}, forbidden(b.Base)
	}
	sp := Spec(*b)
	if sp.Settings == nil {
		sp.Settings = map[string]any{}
	}
	return sp, s.keepSecrets(ctx, &sp)
}

// keepSecrets puts the secrets that are kept in place of the stars that stand for
// them, so that what was shown can be sent back.
func (s *Server) keepSecrets(ctx context.Context, sp *Spec) error {
	var old catalog.Source
	for key, value := range sp.Settings {
		if value != stars {
			continue
		}
		if old.ID == "" {
			var err error
			old, err = s.o.Catalog.Source(ctx, sp.ID)
			if err != nil && !errors.Is(err, catalog.ErrNotFound) {
				return err
			}
			if err != nil || !callerOf(ctx).mayUse(old.Base) {
				return problem(http.StatusUnprocessableEntity, "invalid_request", "The setting %s stands for a secret that is not kept; send the secret itself.", quoted(key))
			}
		}
		sp.Settings[key] = old.Settings[key]
	}
	return nil
}

type putSourceInput struct {
	IDInput
	Accept bool `query:"accept" doc:"Save even if documents would be hidden by it"`
	SpecInput
}

func (s *Server) putSource(ctx context.Context, in *putSourceInput) (*body[Saved], error) {
	if in.Body.ID != "" && in.Body.ID != in.ID {
		return nil, problem(http.StatusUnprocessableEntity, "invalid_request", "The path names the source %s and the body %s. A source cannot be renamed; its ID is part of every document's identity.", quoted(in.ID), quoted(in.Body.ID))
	}
	in.Body.ID = in.ID
	old, err := s.o.Catalog.Source(ctx, in.ID)
	switch {
	case errors.Is(err, catalog.ErrNotFound):
	case err != nil:
		return nil, err
	case !callerOf(ctx).mayUse(old.Base):
		return nil, problem(http.StatusConflict, "id_taken", "There is a source %s already in another knowledge base; choose another ID.", quoted(in.ID))
	default:
		if err := editable(&old); err != nil {
			return nil, err
		}
	}
	spec, err := s.specFrom(ctx, &in.Body)
	if err != nil {
		return nil, err
	}
	saved, err := s.o.Sources.Put(ctx, spec, in.Accept, callerOf(ctx).name)
	if err != nil {
		return nil, err
	}
	if !saved.Saved {
		p := problem(http.StatusConflict, "would_hide", "%d documents would be hidden by these settings, and nothing was saved. Send them again with ?accept=true if that is meant.", saved.Hides)
		p.Hides, p.First = saved.Hides, saved.First
		return nil, p
	}
	return &body[Saved]{Body: saved}, nil
}

// editable refuses sources that freshet.yaml provides.
func editable(src *catalog.Source) error {
	if src.Origin == catalog.OriginFile && src.State != catalog.Detached {
		return problem(http.StatusConflict, "provisioned", "The source %s stands in the configuration file; change or remove it there.", quoted(src.ID))
	}
	return nil
}

func (s *Server) removeSource(ctx context.Context, in *IDInput) (*struct{}, error) {
	src, err := s.sourceFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := editable(&src); err != nil {
		return nil, err
	}
	return nil, s.o.Sources.Remove(ctx, src.ID)
}

// TestResult says what works of a source.
type TestResult struct {
	OK     bool    `json:"ok" doc:"Nothing failed"`
	Checks []Check `json:"checks"`
}

func (s *Server) testSpec(ctx context.Context, in *SpecInput) (*body[TestResult], error) {
	spec, err := s.specFrom(ctx, &in.Body)
	if err != nil {
		return nil, err
	}
	return s.test(ctx, spec)
}

func (s *Server) testSource(ctx context.Context, in *IDInput) (*body[TestResult], error) {
	src, err := s.sourceFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.test(ctx, specOf(&src))
}

func (s *Server) test(ctx context.Context, spec Spec) (*body[TestResult], error) {
	checks, err := s.o.Sources.Test(ctx, spec)
	if err != nil {
		return nil, err
	}
	out := &body[TestResult]{Body: TestResult{OK: true, Checks: orEmpty(checks)}}
	for _, c := range checks {
		out.Body.OK = out.Body.OK && c.Status != "failure"
	}
	return out, nil
}

// PreviewResult shows documents as they would be indexed.
type PreviewResult struct {
	Documents []Preview `json:"documents"`
}

// LimitInput is how many are wanted.
type LimitInput struct {
	Limit int `query:"limit" minimum:"1" default:"5"`
}

func (s *Server) previewSpec(ctx context.Context, in *struct {
	LimitInput
	SpecInput
}) (*body[PreviewResult], error) {
	spec, err := s.specFrom(ctx, &in.Body)
	if err != nil {
		return nil, err
	}
	return s.preview(ctx, spec, in.Limit)
}

func (s *Server) previewSource(ctx context.Context, in *struct {
	IDInput
	LimitInput
}) (*body[PreviewResult], error) {
	src, err := s.sourceFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.preview(ctx, specOf(&src), in.Limit)
}

func (s *Server) preview(ctx context.Context, spec Spec, limit int) (*body[PreviewResult], error) {
	list, err := s.o.Sources.Preview(ctx, spec, min(limit, s.o.Limits.Preview))
	if err != nil {
		return nil, err
	}
	return &body[PreviewResult]{Body: PreviewResult{Documents: orEmpty(list)}}, nil
}

type stateInput struct {
	IDInput
	Reason string `query:"reason" maxLength:"200" doc:"Shown with the state"`
}

// setState makes the handler that puts a source into a state.
func (s *Server) setState(to catalog.SourceState) func(context.Context, *stateInput) (*body[SourceDetails], error) {
	return func(ctx context.Context, in *stateInput) (*body[SourceDetails], error) {
		src, err := s.sourceFor(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if src.State == catalog.Draft && to == catalog.Paused {
			return nil, problem(http.StatusConflict, "is_draft", "The source %s is a draft and serves nothing yet; publish it first.", quoted(src.ID))
		}
		if src.State == catalog.Detached {
			return nil, problem(http.StatusConflict, "is_detached", "The block of the source %s vanished from the configuration file; put it back, or remove the source.", quoted(src.ID))
		}
		if err := s.o.Sources.SetState(ctx, src.ID, to, in.Reason); err != nil {
			return nil, err
		}
		if src, err = s.o.Catalog.Source(ctx, src.ID); err != nil {
			return nil, err
		}
		return s.showSource(ctx, &src)
	}
}
