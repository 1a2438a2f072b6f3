package api

import (
	"context"
	"net/http"
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
		s.searchRoutes, s.queryRoutes, s.documentRoutes, s.sourceRoutes, s.settleRoutes, s.runRoutes, s.baseRoutes, s.findingRoutes, s.findingRuleRoutes, s.keyRoutes, s.indexRoutes, s.auditRoutes, s.changeRoutes, s.webhookRoutes, s.healthRoutes,
	} {
		register(api)
	}
	s.mux.HandleFunc("/", s.noRoute)
	var err error
	s.doc, err = newDocument(api.OpenAPI())
	return err
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
		if r.patient {
			c := callOf(ctx)
			c.answerWithin(0)
			defer func() { c.answerWithin(s.o.Limits.TakeTime) }()
		} else {
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
