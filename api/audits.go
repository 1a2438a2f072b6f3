package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"freshet/api/audit"
)

// AuditRow is an audit as lists show it.
type AuditRow struct {
	Base  string    `json:"knowledge_base"`
	Month string    `json:"month" example:"2026-10"`
	State string    `json:"state" enum:"running,done"`
	Made  time.Time `json:"made" doc:"When it was begun; all figures count up to the end of its month"`
}

// AuditList lists the audits that are kept.
type AuditList struct {
	Audits []AuditRow `json:"audits"`
}

// auditForms are the forms of an audit, with their media types.
var auditForms = map[string]string{"json": "application/json", "html": "text/html; charset=utf-8", "markdown": "text/markdown; charset=utf-8", "csv": "text/csv; charset=utf-8"}

func (s *Server) auditRoutes(api huma.API) {
	add(s, api, route{access: admins, op: huma.Operation{OperationID: "list-audits", Method: http.MethodGet, Path: "/v1/audits", Tags: []string{"audits"},
		Summary: "Monthly refresh audits that are kept, newest first"}}, s.listAudits)
	text := &huma.Schema{Type: huma.TypeString}
	content := map[string]*huma.MediaType{}
	for _, media := range auditForms {
		content[media] = &huma.MediaType{Schema: text}
	}
	content[auditForms["json"]] = &huma.MediaType{Schema: api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[audit.Report](), true, "AuditReport")}
	add(s, api, route{access: admins, patient: true, op: huma.Operation{OperationID: "get-audit", Method: http.MethodGet, Path: "/v1/audits/{month}", Tags: []string{"audits"},
		Summary:     "The refresh audit of a month",
		Description: "That of a month which has ended is made once and kept: it is the same at each call. That of the current month is made anew. JSON holds every line; HTML and Markdown show the first hundred of each section.",
		Responses:   map[string]*huma.Response{"200": {Description: "The audit", Content: content}}}}, s.getAudit)
}

func (s *Server) listAudits(ctx context.Context, in *struct {
	Base string `query:"knowledge_base"`
}) (*body[AuditList], error) {
	bases, err := callerOf(ctx).basesFor(in.Base)
	if err != nil {
		return nil, err
	}
	list, err := s.o.Catalog.Audits(ctx, bases)
	if err != nil {
		return nil, err
	}
	out := &body[AuditList]{Body: AuditList{Audits: make([]AuditRow, len(list))}}
	for i, a := range list {
		out.Body.Audits[i] = AuditRow{Base: a.Base, Month: a.Month, State: a.State, Made: a.Made}
	}
	return out, nil
}

type auditInput struct {
	Month    string `path:"month" maxLength:"10" doc:"As 2026-10; current, or last for the last that has ended"`
	Base     string `query:"knowledge_base" doc:"May be left out where there is one"`
	Owner    string `query:"owner" maxLength:"300" doc:"Whose report; empty: the one for everybody"`
	Format   string `query:"format" enum:"json,html,markdown,csv" default:"json"`
	Language string `query:"language" enum:"fr,en" doc:"Of HTML, Markdown and CSV; default: what is configured for the owner"`
}

type auditOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	// Policy keeps an audit that is opened in a browser from doing anything.
	Policy string `header:"Content-Security-Policy"`
	Body   []byte
}

func (s *Server) getAudit(ctx context.Context, in *auditInput) (*auditOutput, error) {
	base, err := s.auditBase(ctx, in.Base)
	if err != nil {
		return nil, err
	}
	r, err := s.o.Audits.Report(ctx, base, s.o.Audits.Month(in.Month))
	if errors.Is(err, audit.ErrMonth) {
		err = problem(http.StatusUnprocessableEntity, "invalid_request", "%s", sentence(err, audit.ErrMonth))
	}
	if err != nil {
		return nil, err
	}
	o := audit.RenderOptions{Language: in.Language, BaseURL: s.o.Audits.BaseURL()}
	if o.Language == "" {
		if o.Language, err = s.o.Audits.Language(ctx, base, in.Owner); err != nil {
			return nil, err
		}
	}
	out := &auditOutput{ContentType: auditForms[in.Format], Policy: "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups",
		Disposition: fmt.Sprintf("inline; filename=\"audit-%s-%s.%s\"", base, r.Month, auditEnding(in.Format))}
	var b bytes.Buffer
	r = r.For(in.Owner, 0)
	switch in.Format {
	case "html":
		err = audit.HTML(&b, r, o)
	case "markdown":
		err = audit.Markdown(&b, r, o)
	case "csv":
		err = audit.CSV(&b, r, o)
	default:
		err = json.NewEncoder(&b).Encode(r)
	}
	out.Body = b.Bytes()
	return out, err
}

func auditEnding(format string) string {
	if format == "markdown" {
		return "md"
	}
	return format
}

// auditBase is the knowledge base that is meant: the one that is named, or the only one.
func (s *Server) auditBase(ctx context.Context, base string) (string, error) {
	if base != "" {
		return base, s.baseFor(ctx, base)
	}
	list, err := s.o.Catalog.Bases(ctx)
	if err != nil {
		return "", err
	}
	var mine []string
	for i := range list {
		if callerOf(ctx).mayUse(list[i].ID) {
			mine = append(mine, list[i].ID)
		}
	}
	if len(mine) == 1 {
		return mine[0], nil
	}
	return "", problem(http.StatusUnprocessableEntity, "invalid_request", "There are %d knowledge bases; say which one with knowledge_base. GET /v1/knowledge-bases lists them.", len(mine))
}
