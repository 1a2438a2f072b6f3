package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"freshet/index/catalog"
)

func (s *Server) runRoutes(api huma.API) {
	op := func(id, path, summary string) route {
		return route{access: admins, op: huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Tags: []string{"runs"}, Summary: summary}}
	}
	add(s, api, op("list-runs", "/v1/runs", "Runs, newest first"), s.listRuns)
	add(s, api, op("get-run", "/v1/runs/{run}", "A run"), s.getRun)
}

// RunList lists runs.
type RunList struct {
	Runs []catalog.Report `json:"runs"`
}

func (s *Server) listRuns(ctx context.Context, in *struct {
	Source string `query:"source"`
	Limit  int    `query:"limit" minimum:"1" default:"50"`
}) (*body[RunList], error) {
	if in.Source != "" {
		if _, err := s.sourceFor(ctx, in.Source); err != nil {
			return nil, err
		}
	}
	list, err := s.o.Catalog.Runs(ctx, in.Source, min(in.Limit, s.o.Limits.Page))
	if err != nil {
		return nil, err
	}
	mine, err := s.ownSources(ctx)
	if err != nil {
		return nil, err
	}
	out := &body[RunList]{Body: RunList{Runs: []catalog.Report{}}}
	for _, r := range list {
		if mine == nil || mine[r.Source] {
			out.Body.Runs = append(out.Body.Runs, tidied(r))
		}
	}
	return out, nil
}

// ownSources are the sources of the caller's knowledge bases; nil: all.
func (s *Server) ownSources(ctx context.Context) (map[string]bool, error) {
	c := callerOf(ctx)
	if len(c.bases) == 0 {
		return nil, nil
	}
	list, err := s.o.Catalog.Sources(ctx)
	if err != nil {
		return nil, err
	}
	mine := make(map[string]bool)
	for i := range list {
		mine[list[i].ID] = c.mayUse(list[i].Base)
	}
	return mine, nil
}

func (s *Server) getRun(ctx context.Context, in *struct {
	Run int64 `path:"run"`
}) (*body[catalog.Report], error) {
	r, err := s.o.Catalog.Run(ctx, in.Run)
	if err == nil {
		var mine map[string]bool
		if mine, err = s.ownSources(ctx); mine != nil && !mine[r.Source] && err == nil {
			err = catalog.ErrNotFound
		}
	}
	if err != nil {
		if problemOf(err).Status == http.StatusNotFound {
			err = problem(http.StatusNotFound, "not_found", "There is no run %s; GET /v1/runs lists them.", strconv.FormatInt(in.Run, 10))
		}
		return nil, err
	}
	return &body[catalog.Report]{Body: tidied(r)}, nil
}
