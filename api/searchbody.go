package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"freshet/index/retrieve"
)

// searchBody is the request of POST /v1/search.
type searchBody struct {
	Base       string            `json:"knowledge_base" doc:"ID of the knowledge base" example:"help"`
	Query      string            `json:"query" doc:"The question in the user's words, without the conversation"`
	Limit      int               `json:"limit,omitempty" doc:"Passages; default 5, at most 50"`
	Filter     map[string]values `json:"filter,omitempty" doc:"Keys source, locale, label, class, owner, path, modified_after, modified_before and facet.NAME; all must match, of several values one"`
	Context    map[string]values `json:"context,omitempty" doc:"What is known of the asker, by facet"`
	Principals []string          `json:"principals,omitempty" doc:"Who asks, such as user:ann@example.org; without, what everybody may read"`
	Doubts     string            `json:"doubts,omitempty" enum:"mark,exclude,ignore" doc:"What happens to disputed passages; default mark"`
	Mode       string            `json:"mode,omitempty" enum:"hybrid,lexical,semantic" doc:"Default hybrid"`
	Log        *bool             `json:"log,omitempty" doc:"false: nothing of this question is kept, and query_id is empty; default true"`
}

// searchFields are the fields of a searchBody.
var searchFields = []string{"knowledge_base", "query", "limit", "filter", "context", "principals", "doubts", "mode", "log"}

// values is one text or several.
type values []string

// Schema documents both forms.
func (values) Schema(huma.Registry) *huma.Schema {
	text := &huma.Schema{Type: huma.TypeString}
	return &huma.Schema{OneOf: []*huma.Schema{text, {Type: huma.TypeArray, Items: text}}}
}

// UnmarshalJSON reads a text, or a list of texts.
func (v *values) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		*v = values{""}
		return json.Unmarshal(b, &(*v)[0])
	}
	var list []string
	if err := json.Unmarshal(b, &list); err != nil || list == nil {
		return errValues
	}
	*v = list
	return nil
}

var errValues = errors.New("a value of filter or context is a text or a list of texts")

// decodeSearch reads a request; its errors are Problems.
func decodeSearch(b []byte) (*searchBody, error) {
	var body searchBody
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil {
		return nil, malformed(err, searchFields)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, problem(http.StatusBadRequest, "malformed_body", "There is something behind the JSON object; send one object.")
	}
	return &body, nil
}

// malformed says what is wrong with a JSON text.
func malformed(err error, fields []string) *Problem {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return problem(http.StatusBadRequest, "malformed_body", "The body is not JSON: %s at byte %d.", syntax.Error(), syntax.Offset)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return problem(http.StatusBadRequest, "malformed_body", "The body ends before its JSON object does.")
	case errors.As(err, &typed) && typed.Field == "":
		return problem(http.StatusUnprocessableEntity, "invalid_request", "The body has to be a JSON object, not %s.", article(typed.Value))
	case errors.As(err, &typed):
		return problem(http.StatusUnprocessableEntity, "invalid_request", "The field %s has to be %s, not %s.", quoted(typed.Field), wanted(typed.Type), article(typed.Value))
	case errors.Is(err, errValues):
		return problem(http.StatusUnprocessableEntity, "invalid_request", "%s.", capital(errValues.Error()))
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return problem(http.StatusUnprocessableEntity, "unknown_field", "%s", unknownField(strings.Trim(name, `"`), fields))
	}
	return problem(http.StatusBadRequest, "malformed_body", "The body cannot be read as JSON.")
}

func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Slice:
		return "a list of texts"
	}
	return "an object"
}

func article(jsonKind string) string {
	if strings.HasPrefix(jsonKind, "number ") {
		return jsonKind
	}
	if jsonKind == "array" || jsonKind == "object" {
		return "an " + jsonKind
	}
	return "a " + jsonKind
}

// request is what is asked of the retriever.
func (b *searchBody) request() (retrieve.Request, error) {
	req := retrieve.Request{
		Base: b.Base, Query: b.Query, Limit: b.Limit, Principals: b.Principals,
		Doubts: retrieve.Doubts(b.Doubts), Mode: retrieve.Mode(b.Mode),
	}
	switch {
	case b.Base == "":
		return req, problem(http.StatusUnprocessableEntity, "invalid_request", "The field \"knowledge_base\" is missing: GET /v1/knowledge-bases lists them.")
	case len(b.Principals) > maxPrincipals:
		return req, problem(http.StatusUnprocessableEntity, "invalid_request", "There are %d principals, at most %d are read.", len(b.Principals), maxPrincipals)
	case len(b.Filter) > maxFilters:
		return req, problem(http.StatusUnprocessableEntity, "invalid_request", "The filter has %d keys, at most %d are read.", len(b.Filter), maxFilters)
	}
	if len(b.Context) > 0 {
		req.Context = plain(b.Context)
	}
	if len(b.Filter) == 0 {
		return req, nil
	}
	var err error
	req.Filter, err = retrieve.Filter(plain(b.Filter))
	return req, err
}

// What a request may carry.
const (
	maxPrincipals = 1000
	maxFilters    = 16
)

func plain(m map[string]values) map[string][]string {
	out := make(map[string][]string, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}
