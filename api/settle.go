package api

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"freshet/index/catalog"
)

// settleRoutes are those that run a source and settle what waits for approval.
func (s *Server) settleRoutes(api huma.API) {
	op := func(id, method, path, summary string) route {
		return route{access: admins, patient: true, op: huma.Operation{OperationID: id, Method: method, Path: path, Tags: []string{"sources"}, Summary: summary}}
	}
	sync := op("sync-source", http.MethodPost, "/v1/sources/{id}/sync", "Run a source now")
	sync.op.Description = "Waits for the end of the run, unless wait is false: then it answers 202 at once, and GET /v1/sources/{id}/progress and /v1/runs tell the rest. A caller who leaves stops the run that is waited for; the next one resumes it."
	sync.op.Responses = map[string]*huma.Response{"202": {Description: "Started", Content: map[string]*huma.MediaType{
		"application/json": {Schema: api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[SyncReport](), true, "SyncReport")},
	}}}
	add(s, api, sync, s.syncSource)
	add(s, api, op("approve-deletions", http.MethodPost, "/v1/sources/{id}/approve", "Let content vanish that waits for approval"), s.settle(Syncs.Approve))
	add(s, api, op("reject-deletions", http.MethodPost, "/v1/sources/{id}/reject", "Keep content that waits for approval"), s.settle(Syncs.Reject))
	add(s, api, op("get-progress", http.MethodGet, "/v1/sources/{id}/progress", "How far the run under way is"), s.getProgress)
}

type syncInput struct {
	IDInput
	Body *struct {
		SyncOptions
		Wait *bool `json:"wait,omitempty" doc:"Default true"`
	}
}

// SyncAnswer is the report of a run, or that it was started.
type SyncAnswer struct {
	Status int
	Body   SyncReport
}

// SyncReport is the report of a run.
type SyncReport struct {
	catalog.Report
	Accepted bool `json:"accepted,omitempty" doc:"The run was started and is not waited for"`
}

func (s *Server) syncSource(ctx context.Context, in *syncInput) (*SyncAnswer, error) {
	src, err := s.sourceFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var o SyncOptions
	wait := true
	if in.Body != nil {
		o = in.Body.SyncOptions
		wait = in.Body.Wait == nil || *in.Body.Wait
	}
	if wait {
		report, err := s.o.Syncs.Sync(ctx, src.ID, o)
		if err != nil {
			return nil, err
		}
		return &SyncAnswer{Status: http.StatusOK, Body: SyncReport{Report: tidied(report)}}, nil
	}
	started := s.jobs.start(func(ctx context.Context) {
		if _, err := s.o.Syncs.Sync(ctx, src.ID, o); err != nil && ctx.Err() == nil {
			s.o.Log.Error("sync failed", slog.String("source", src.ID), slog.Any("error", err))
		}
	})
	if !started {
		return nil, ErrNotReady
	}
	return &SyncAnswer{Status: http.StatusAccepted, Body: SyncReport{Report: tidied(catalog.Report{Source: src.ID, Started: s.o.Now()}), Accepted: true}}, nil
}

// tidied gives lists and maps that are not null.
func tidied(r catalog.Report) catalog.Report {
	r.Errors = orEmpty(r.Errors)
	if r.Reasons == nil {
		r.Reasons = map[string]int{}
	}
	return r
}

type settleInput struct {
	IDInput
	Body struct {
		Documents []string `json:"documents,omitempty" maxItems:"1000" doc:"Keys, or IDs in the source"`
		All       bool     `json:"all,omitempty" doc:"All that wait"`
	}
}

// settle makes the handler of a decision.
func (s *Server) settle(decide func(Syncs, context.Context, string, []string, string) (Settled, error)) func(context.Context, *settleInput) (*body[Settled], error) {
	return func(ctx context.Context, in *settleInput) (*body[Settled], error) {
		src, err := s.sourceFor(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if in.Body.All == (len(in.Body.Documents) > 0) {
			return nil, problem(http.StatusUnprocessableEntity, "invalid_request", `Name the documents, or send {"all": true}. GET /v1/sources/%s lists what waits.`, src.ID)
		}
		done, err := decide(s.o.Syncs, ctx, src.ID, in.Body.Documents, callerOf(ctx).name)
		if err != nil {
			return nil, err
		}
		return &body[Settled]{Body: done}, nil
	}
}

// ProgressAnswer says whether a source is running, and how far.
type ProgressAnswer struct {
	Running  bool      `json:"running"`
	Progress *Progress `json:"progress,omitempty" doc:"Absent while nothing runs"`
}

func (s *Server) getProgress(ctx context.Context, in *IDInput) (*body[ProgressAnswer], error) {
	src, err := s.sourceFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	p, running := s.o.Syncs.Progress(src.ID)
	out := &body[ProgressAnswer]{Body: ProgressAnswer{Running: running}}
	if running {
		out.Body.Progress = &p
	}
	return out, nil
}
