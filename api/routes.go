package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// access says who may use a route.
type access int

const (
	// anyKey: every key.
	anyKey access = iota + 1
	// admins: administrators, within their knowledge bases.
	admins
	// owners: administrators of everything.
	owners
	// nobody needs a key.
	open
)

// A route is an operation with who may use it.
type route struct {
	op      huma.Operation
	access  access
	patient bool // the caller waits for work that may take hours
}

// document is the OpenAPI document, written once.
type document struct {
	*huma.OpenAPI
	json, yaml []byte
}

// A mux knows its patterns.
type mux struct {
	*http.ServeMux
	patterns []string
}

// HandleFunc registers a pattern and notes it.
func (m *mux) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	m.patterns = append(m.patterns, pattern)
	m.ServeMux.HandleFunc(pattern, handler)
}

// routes registers everything.
func (s *Server) routes() error {
	api := humago.New(s.mux, s.humaConfig())
	for _, register := range []func(huma.API){
		s.searchRoutes, s.queryRoutes, s.documentRoutes, s.sourceRoutes, s.settleRoutes, s.runRoutes, s.baseRoutes, s.keyRoutes, s.indexRoutes, s.healthRoutes,
	} {
		register(api)
	}
	s.mux.HandleFunc("/", s.noRoute)
	doc := api.OpenAPI()
	delete(doc.Components.Schemas.Map(), "ErrorModel") // replaced by Problem
	s.doc.OpenAPI = doc
	var err error
	if s.doc.json, err = json.Marshal(doc); err != nil {
		return fmt.Errorf("write the OpenAPI document: %w", err)
	}
	if s.doc.yaml, err = doc.YAML(); err != nil {
		return fmt.Errorf("write the OpenAPI document: %w", err)
	}
	return nil
}

func (s *Server) humaConfig() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Freshet", Version: s.o.Version,
				Description: "Search over vouched passages, the answer ledger, and the sources behind them. Errors are RFC 9457 problem documents with a stable code."},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
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

// problemAnswer documents the errors of an operation.
func problemAnswer(api huma.API) *huma.Response {
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return &huma.Response{Description: "A problem document", Content: map[string]*huma.MediaType{problemType: {Schema: schema}}}
}

// add registers a route whose errors are answered as problem documents.
func add[I, O any](s *Server, api huma.API, r route, handle func(context.Context, *I) (*O, error)) {
	op := r.op
	if op.Responses == nil {
		op.Responses = make(map[string]*huma.Response)
	}
	op.Responses["default"] = problemAnswer(api)
	op.BodyReadTimeout = -1 // serve has read it
	op.MaxBodyBytes = -1
	op.Metadata = map[string]any{schemasKey: api.OpenAPI().Components.Schemas}
	if r.access != open {
		op.Security = []map[string][]string{{"key": {}}}
		op.Middlewares = append(op.Middlewares, s.guard(r.access))
	}
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		if !r.patient {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, s.o.Limits.Time)
			defer cancel()
		}
		out, err := handle(ctx, in)
		if err == nil {
			return out, nil
		}
		p := *problemOf(err)
		if c := callOf(ctx); c != nil {
			p.RequestID = c.id
		}
		if p.Status == http.StatusInternalServerError {
			s.o.Log.ErrorContext(ctx, "request failed", "id", p.RequestID, "operation", op.OperationID, "error", err)
		}
		return nil, &p
	})
}

// schemasKey is where an operation finds the schemas that its own refers to.
const schemasKey = "schemas"

// guard lets through who may use the route.
func (s *Server) guard(a access) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := callOf(ctx.Context())
		if err := c.caller.may(a); err != nil {
			_, w := humago.Unwrap(ctx)
			problemOf(err).write(w, c.id)
			return
		}
		next(ctx)
	}
}

func (c *caller) may(a access) error {
	switch {
	case a == admins && !c.admin, a == owners && !c.admin:
		return problem(http.StatusForbidden, "admin_only", "This API key may search, read what was served to it and give feedback. For this, use a key of role admin.")
	case a == owners && len(c.bases) > 0:
		return problem(http.StatusForbidden, "whole_service_only", "This API key is for some knowledge bases. For this, use an admin key for all of them.")
	}
	return nil
}

func forbidden(base string) error {
	return problem(http.StatusForbidden, "other_knowledge_base", "This API key is not for the knowledge base %s.", quoted(base))
}

// noRoute answers paths that do not exist, and methods that a path does not have.
func (s *Server) noRoute(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := s.mux.Handler(other); pattern != "/" && pattern != "" {
			allowed = append(allowed, method)
		}
	}
	id := callOf(r.Context()).id
	if len(allowed) > 0 {
		list := strings.Join(allowed, ", ")
		problem(http.StatusMethodNotAllowed, "method_not_allowed", "%s cannot be used here; use %s.", quoted(r.Method), list).with("Allow", list).write(w, id)
		return
	}
	problem(http.StatusNotFound, "no_such_route", "There is nothing at %s; GET /openapi.json lists what there is.", quoted(r.URL.Path)).write(w, id)
}

// asProblem turns what huma itself refuses into a problem document with a code.
func asProblem(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := problem(m.Status, refusedAs(m.Status), "%s", refusal(ctx, m))
	p.RequestID = callOf(ctx.Context()).id
	return p, nil
}

func refusedAs(status int) string {
	switch status {
	case http.StatusUnsupportedMediaType:
		return "unsupported_media_type"
	case http.StatusBadRequest:
		return "malformed_body"
	case http.StatusNotAcceptable:
		return "not_acceptable"
	}
	return "invalid_request"
}

// refusal makes one sentence for each detail, three at most.
func refusal(ctx huma.Context, m *huma.ErrorModel) string {
	var said []string
	for _, d := range m.Errors {
		if d == nil {
			continue
		}
		where, name, _ := strings.Cut(d.Location, ".")
		switch {
		case d.Message == "unexpected property":
			said = append(said, unknownField(name[strings.LastIndex(name, ".")+1:], fieldsAt(ctx, name)))
		case d.Message == "unknown query parameter":
			said = append(said, strings.Replace(unknownField(name, parameters(ctx)), "field", "parameter", 1))
		case name == "":
			said = append(said, capital(d.Message)+".")
		default:
			said = append(said, fmt.Sprintf("%s %s: %s.", capital(where), quoted(name), d.Message))
		}
	}
	if len(said) == 0 {
		return capital(m.Detail) + "."
	}
	return strings.Join(said[:min(3, len(said))], " ")
}

func capital(s string) string {
	if s == "" {
		return "The request cannot be read"
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// fieldsAt lists the fields of the object in the request's body that holds path.
func fieldsAt(ctx huma.Context, path string) []string {
	op := ctx.Operation()
	if op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
		return nil
	}
	schema := op.RequestBody.Content["application/json"].Schema
	parts := strings.Split(path, ".")
	for _, part := range parts[:len(parts)-1] {
		name, _, list := strings.Cut(part, "[")
		if schema = resolved(ctx, schema); schema == nil || schema.Properties[name] == nil {
			return nil
		}
		schema = schema.Properties[name]
		if list && schema.Items != nil {
			schema = schema.Items
		}
	}
	if schema = resolved(ctx, schema); schema == nil {
		return nil
	}
	return slices.Collect(maps.Keys(schema.Properties))
}

func resolved(ctx huma.Context, schema *huma.Schema) *huma.Schema {
	if schema == nil || schema.Ref == "" {
		return schema
	}
	known, _ := ctx.Operation().Metadata[schemasKey].(huma.Registry)
	if known == nil {
		return nil
	}
	return known.SchemaFromRef(schema.Ref)
}

func parameters(ctx huma.Context) []string {
	var names []string
	for _, p := range ctx.Operation().Parameters {
		if p.In == "query" {
			names = append(names, p.Name)
		}
	}
	return names
}
