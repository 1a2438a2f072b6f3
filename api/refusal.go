package api

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// asProblem turns what huma itself refuses into a problem document with a code.
func asProblem(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := refused(ctx, m)
	p.RequestID = callOf(ctx.Context()).id
	return p, nil
}

// maxRefusals is how many sentences a refusal has.
const maxRefusals = 3

func refused(ctx huma.Context, m *huma.ErrorModel) *Problem {
	if m.Status == http.StatusUnsupportedMediaType {
		return problem(m.Status, "unsupported_media_type", "Send JSON, with the header Content-Type: application/json.")
	}
	code := "invalid_request"
	if m.Status == http.StatusBadRequest {
		code = "malformed_body"
	}
	var said []string
	for _, d := range m.Errors {
		if d == nil || len(said) == maxRefusals {
			continue
		}
		if d.Message == unexpected {
			code = "unknown_field"
		}
		said = append(said, refusal(ctx, m.Status, d))
	}
	if len(said) == 0 {
		said = append(said, capital(m.Detail)+".")
	}
	return problem(m.Status, code, "%s", strings.Join(said, " "))
}

// What huma says of a field that is not known, and before one that is missing.
const (
	unexpected = "unexpected property"
	missing    = "expected required property "
)

// refusal makes a sentence of one thing that huma found wrong.
func refusal(ctx huma.Context, status int, d *huma.ErrorDetail) string {
	where, path, _ := strings.Cut(d.Location, ".")
	if name, ok := strings.CutPrefix(d.Message, missing); ok {
		return "The field " + quoted(join(path, strings.TrimSuffix(name, " to be present"))) + " is missing."
	}
	what := map[string]string{"query": "parameter", "path": "part of the path"}[where]
	switch {
	case d.Message == unexpected:
		return unknownField(path[strings.LastIndex(path, ".")+1:], fieldsAt(ctx, path))
	case d.Message == "unknown query parameter":
		return unknownParameter(path, parameters(ctx))
	case status == http.StatusBadRequest && where == "body":
		return "The body is not JSON: " + d.Message + "."
	case path == "" && where == "body":
		return "The body: " + d.Message + "."
	case what == "":
		what = "field"
	}
	return fmt.Sprintf("The %s %s: %s.", what, quoted(path), d.Message)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
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
