package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

func (s *Server) indexRoutes(api huma.API) {
	op := func(id, method, path, summary string) route {
		return route{access: owners, patient: true, op: huma.Operation{OperationID: id, Method: method, Path: path, Tags: []string{"index"}, Summary: summary}}
	}
	add(s, api, op("get-index", http.MethodGet, "/v1/index", "How the index stands to the catalog"), s.getIndex)
	add(s, api, op("verify-index", http.MethodPost, "/v1/index/verify", "Compare catalog and index"), s.compare(false))
	add(s, api, op("repair-index", http.MethodPost, "/v1/index/repair", "Compare catalog and index and mend what differs"), s.compare(true))
	add(s, api, op("rebuild-index", http.MethodPost, "/v1/index/rebuild", "Fill the index anew from the catalog"), s.rebuild)
}

func (s *Server) getIndex(ctx context.Context, _ *struct{}) (*body[IndexStatus], error) {
	status, err := s.o.Index.Status(ctx)
	if err != nil {
		return nil, err
	}
	if status.ByBase == nil {
		status.ByBase = map[string]int{}
	}
	return &body[IndexStatus]{Body: status}, nil
}

func (s *Server) compare(repair bool) func(context.Context, *struct{}) (*body[IndexComparison], error) {
	return func(ctx context.Context, _ *struct{}) (*body[IndexComparison], error) {
		found, err := s.o.Index.Verify(ctx, repair)
		if err != nil {
			return nil, err
		}
		return &body[IndexComparison]{Body: found}, nil
	}
}

func (s *Server) rebuild(ctx context.Context, _ *struct{}) (*body[IndexStatus], error) {
	if err := s.o.Index.Rebuild(ctx); err != nil {
		return nil, err
	}
	return s.getIndex(ctx, nil)
}

// Health says that the service is there.
type Health struct {
	Status string `json:"status" enum:"ok,ready"`
}

func (s *Server) healthRoutes(api huma.API) {
	op := func(id, path, summary string) route {
		return route{access: open, op: huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Tags: []string{"health"}, Summary: summary}}
	}
	add(s, api, op("healthz", "/healthz", "The process is there"), func(context.Context, *struct{}) (*body[Health], error) {
		return &body[Health]{Body: Health{Status: "ok"}}, nil
	})
	add(s, api, op("readyz", "/readyz", "Searches can be answered"), func(ctx context.Context, _ *struct{}) (*body[Health], error) {
		if err := s.o.Index.Ready(ctx); err != nil {
			return nil, problem(http.StatusServiceUnavailable, "not_ready", "Searches cannot be answered yet: %s.", err.Error()).with("Retry-After", "2")
		}
		return &body[Health]{Body: Health{Status: "ready"}}, nil
	})
	s.documentRoute(api, "openapi-json", "/openapi.json", "application/openapi+json", func() []byte { return s.doc.json })
	s.documentRoute(api, "openapi-yaml", "/openapi.yaml", "application/openapi+yaml", func() []byte { return s.doc.yaml })
}

// documentRoute serves a form of the OpenAPI document, which is part of itself.
func (s *Server) documentRoute(api huma.API, id, path, media string, content func() []byte) {
	api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Tags: []string{"health"}, Summary: "This document",
		Responses: map[string]*huma.Response{"200": {Description: "OpenAPI 3.1", Content: map[string]*huma.MediaType{
			media: {Schema: api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[any](), true, "Document")},
		}}},
	})
	s.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		_, _ = w.Write(content()) // a caller who has left is not an error
	})
}
