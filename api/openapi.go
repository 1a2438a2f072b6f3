package api

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"freshet/api/audit"
)

// document is the OpenAPI document, written once.
type document struct {
	*huma.OpenAPI
	json, yaml []byte
}

func newDocument(api *huma.OpenAPI) (document, error) {
	d := document{OpenAPI: api}
	delete(api.Components.Schemas.Map(), "ErrorModel") // replaced by Problem
	openAnswers(api)
	var err error
	if d.json, err = json.Marshal(api); err != nil {
		return d, fmt.Errorf("write the OpenAPI document: %w", err)
	}
	if d.yaml, err = api.YAML(); err != nil {
		return d, fmt.Errorf("write the OpenAPI document: %w", err)
	}
	return d, nil
}

// openAnswers documents that answers may grow fields; what is sent may not have
// fields that are not known.
func openAnswers(api *huma.OpenAPI) {
	schemas := api.Components.Schemas
	sent := make(map[*huma.Schema]bool)
	var walk func(*huma.Schema)
	walk = func(s *huma.Schema) {
		if s != nil && s.Ref != "" {
			s = schemas.SchemaFromRef(s.Ref)
		}
		if s == nil || sent[s] {
			return
		}
		sent[s] = true
		walk(s.Items)
		for _, property := range s.Properties {
			walk(property)
		}
	}
	for _, path := range api.Paths {
		for _, op := range []*huma.Operation{path.Post, path.Put} {
			if op == nil || op.RequestBody == nil {
				continue
			}
			for _, media := range op.RequestBody.Content {
				walk(media.Schema)
			}
		}
	}
	for _, s := range schemas.Map() {
		if closed, ok := s.AdditionalProperties.(bool); ok && !closed && !sent[s] {
			s.AdditionalProperties = true
		}
	}
}

func (s *Server) humaConfig() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Freshet", Version: s.o.Version,
				Description: "Search over vouched passages, the answer ledger, and the sources behind them. Errors are RFC 9457 problem documents with a stable code."},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{"key": {
					Type: "http", Scheme: "bearer", Description: "An API key. Keys of role search may search, read what was served to them and give feedback; keys of role admin may do everything.",
				}},
			},
		},
		// "json" is that of problem documents, application/problem+json.
		Formats: map[string]huma.Format{
			"application/json": {Marshal: marshal, Unmarshal: json.Unmarshal}, "json": {Marshal: marshal, Unmarshal: json.Unmarshal},
		},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{asProblem},
		// A misspelt parameter that is ignored answers another question.
		RejectUnknownQueryParameters: true,
	}
}

// schemaName tells the parts of an audit from others that are called the same.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.PkgPath() == reflect.TypeFor[audit.Report]().PkgPath() {
		return "Audit" + name
	}
	return name
}

// problemAnswer documents the errors of an operation.
func problemAnswer(api huma.API) *huma.Response {
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return &huma.Response{Description: "A problem document", Content: map[string]*huma.MediaType{problemType: {Schema: schema}}}
}
