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
