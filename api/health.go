package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

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
