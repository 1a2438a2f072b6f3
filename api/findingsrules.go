package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"freshet/index/catalog"
)

// OwnershipRow says who is asked about doubts.
type OwnershipRow struct {
	ID        string `json:"id"`
	Base      string `json:"knowledge_base" doc:"Empty: all"`
	Kind      string `json:"kind" enum:"document,path,source,team,base,person"`
	Subject   string `json:"subject"`
	Owner     string `json:"owner"`
	Deputy    string `json:"deputy,omitempty"`
	AwayUntil string `json:"away_until,omitempty"`
	Origin    string `json:"origin" enum:"file,command" doc:"file: it stands in freshet.yaml and is edited there"`
}

// OwnershipList lists who is asked.
type OwnershipList struct {
	Ownership []OwnershipRow `json:"ownership"`
}

// AuthorityRow says what is right about what.
type AuthorityRow struct {
	ID      string `json:"id"`
	Base    string `json:"knowledge_base" doc:"Empty: all"`
	Topic   string `json:"topic" example:"money" doc:"A type of values, a class of documents, or *"`
	Kind    string `json:"kind" enum:"document,path,source"`
	Subject string `json:"subject"`
	Effect  string `json:"effect" enum:"suggests,settles"`
	Origin  string `json:"origin" enum:"file,command" doc:"file: it stands in freshet.yaml and is edited there"`
}

// AuthorityList lists authorities.
type AuthorityList struct {
	Authorities []AuthorityRow `json:"authorities"`
}

// findingRuleRoutes are those of who is asked, and of what is right.
func (s *Server) findingRuleRoutes(api huma.API) {
	op := func(id, method, path, summary string, status int) route {
		return route{access: admins, op: huma.Operation{OperationID: id, Method: method, Path: path, Tags: []string{"findings"}, Summary: summary, DefaultStatus: status}}
	}
	own := op("put-ownership", http.MethodPost, "/v1/ownership", "Say who is asked about doubts", http.StatusOK)
	own.op.Description = "The first that is found is asked: a rule on the document, the owner that its source names for it, a rule on its path, on its source, the source's owner, its team, the base. " +
		"A deputy is asked before away_until; a rule of kind person says who stands in for somebody, however they came to be asked."
	add(s, api, op("list-ownership", http.MethodGet, "/v1/ownership", "Who is asked about doubts", http.StatusOK), s.listOwnership)
	add(s, api, own, s.putOwnership)
	add(s, api, op("delete-ownership", http.MethodDelete, "/v1/ownership/{id}", "Take a rule away", http.StatusNoContent), s.deleteOwnership)
	add(s, api, op("list-mutes", http.MethodGet, "/v1/mutes", "What owners said of the rules that find doubts, and which are muted by it", http.StatusOK), s.listMutes)
	add(s, api, op("list-authorities", http.MethodGet, "/v1/authorities", "What is right about what", http.StatusOK), s.listAuthorities)
	add(s, api, op("put-authority", http.MethodPost, "/v1/authorities", "Say what is right about a topic: its side of conflicts is suggested, or kept", http.StatusOK), s.putAuthority)
	add(s, api, op("delete-authority", http.MethodDelete, "/v1/authorities/{id}", "Take an authority away; what it settled stays decided", http.StatusNoContent), s.deleteAuthority)
}

// MuteRow is what owners said of one rule's findings between two sources.
type MuteRow struct {
	Base      string     `json:"knowledge_base"`
	Rule      string     `json:"rule" example:"value:money"`
	Sources   []string   `json:"sources" doc:"Two, or one"`
	Confirmed int        `json:"confirmed" doc:"Findings that were decided on as doubts"`
	Refused   int        `json:"refused" doc:"Findings that were dismissed"`
	Muted     bool       `json:"muted" doc:"It finds nothing new between these sources: it was refused more often than confirmed, in 20 decisions or more"`
	Since     *time.Time `json:"since"`
}

// MuteList lists what owners said of rules.
type MuteList struct {
	Mutes []MuteRow `json:"mutes"`
}

func (s *Server) listMutes(ctx context.Context, in *rulesInput) (*body[MuteList], error) {
	c := callerOf(ctx)
	if _, err := c.basesFor(in.Base); err != nil {
		return nil, err
	}
	bases, err := s.o.Catalog.Bases(ctx)
	if err != nil {
		return nil, err
	}
	out := &body[MuteList]{Body: MuteList{Mutes: []MuteRow{}}}
	for _, b := range bases {
		if !c.mayUse(b.ID) || in.Base != "" && in.Base != b.ID {
			continue
		}
		list, err := s.o.Catalog.Mutes(ctx, b.ID)
		if err != nil {
			return nil, err
		}
		for i := range list {
			m := &list[i]
			row := MuteRow{Base: m.Base, Rule: m.Rule, Sources: []string{m.SourceA}, Confirmed: m.Confirmed, Refused: m.Refused, Muted: m.Muted(), Since: known(m.Since)}
			if m.SourceB != m.SourceA {
				row.Sources = append(row.Sources, m.SourceB)
			}
			out.Body.Mutes = append(out.Body.Mutes, row)
		}
	}
	return out, nil
}

type rulesInput struct {
	Base string `query:"knowledge_base"`
}

// ruleFor makes sure that the caller may make rules for a base, or for all.
func (s *Server) ruleFor(ctx context.Context, base string) error {
	if base != "" {
		return s.baseFor(ctx, base)
	}
	if len(callerOf(ctx).bases) > 0 {
		return problem(http.StatusForbidden, "whole_service_only", "This API key is for some knowledge bases, and this rule is for all. Name one in \"knowledge_base\".")
	}
	return nil
}

func (s *Server) listOwnership(ctx context.Context, in *rulesInput) (*body[OwnershipList], error) {
	c := callerOf(ctx)
	if _, err := c.basesFor(in.Base); err != nil {
		return nil, err
	}
	list, err := s.o.Catalog.Ownerships(ctx, in.Base)
	if err != nil {
		return nil, err
	}
	out := &body[OwnershipList]{Body: OwnershipList{Ownership: []OwnershipRow{}}}
	for i := range list {
		if o := &list[i]; o.Base == "" || c.mayUse(o.Base) {
			out.Body.Ownership = append(out.Body.Ownership, ownershipRow(o))
		}
	}
	return out, nil
}

func ownershipRow(o *catalog.Ownership) OwnershipRow {
	row := OwnershipRow{ID: strconv.FormatInt(o.ID, 10), Base: o.Base, Kind: o.Kind, Subject: o.Subject, Owner: o.Owner, Deputy: o.Deputy, Origin: o.Origin}
	if !o.AwayUntil.IsZero() {
		row.AwayUntil = o.AwayUntil.UTC().Format(time.DateOnly)
	}
	return row
}

func (s *Server) putOwnership(ctx context.Context, in *struct {
	Body struct {
		Base      string `json:"knowledge_base,omitempty" doc:"Empty: all"`
		Kind      string `json:"kind" enum:"document,path,source,team,base,person"`
		Subject   string `json:"subject,omitempty" maxLength:"500" doc:"document: key, ID or address; path: a pattern such as /tarifs/**; source; team; person. Empty for base"`
		Owner     string `json:"owner,omitempty" maxLength:"500" doc:"Who is asked; not with person"`
		Deputy    string `json:"deputy,omitempty" maxLength:"500"`
		AwayUntil string `json:"away_until,omitempty" doc:"The day on which the owner is back"`
	}
}) (*body[OwnershipRow], error) {
	b := &in.Body
	if err := s.ruleFor(ctx, b.Base); err != nil {
		return nil, err
	}
	o := catalog.Ownership{Base: b.Base, Kind: b.Kind, Subject: b.Subject, Owner: b.Owner, Deputy: b.Deputy}
	if b.AwayUntil != "" {
		day, err := time.Parse(time.DateOnly, b.AwayUntil)
		if err != nil {
			return nil, problem(http.StatusUnprocessableEntity, "invalid_request", "The field \"away_until\" has to be a date such as %s, not %s.", s.o.Now().AddDate(0, 0, 14).Format(time.DateOnly), quoted(b.AwayUntil))
		}
		o.AwayUntil = day
	}
	o, err := s.o.Catalog.PutOwnership(ctx, o)
	if err != nil {
		return nil, err
	}
	return &body[OwnershipRow]{Body: ownershipRow(&o)}, nil
}

func (s *Server) deleteOwnership(ctx context.Context, in *IDInput) (*struct{}, error) {
	list, err := s.o.Catalog.Ownerships(ctx, "")
	if err != nil {
		return nil, err
	}
	for i := range list {
		if ownershipRow(&list[i]).ID == in.ID {
			return nil, s.deleteRule(ctx, list[i].Base, list[i].ID, s.o.Catalog.DeleteOwnership)
		}
	}
	return nil, noRule(in.ID, "/v1/ownership")
}

// deleteRule takes a rule away that the caller may make.
func (s *Server) deleteRule(ctx context.Context, base string, id int64, remove func(context.Context, int64) error) error {
	if base != "" && !callerOf(ctx).mayUse(base) {
		return forbidden(base)
	}
	if base == "" {
		if err := s.ruleFor(ctx, ""); err != nil {
			return err
		}
	}
	err := remove(ctx, id)
	if errors.Is(err, catalog.ErrNotFound) { // somebody else was first
		return nil
	}
	return err
}

func noRule(id, path string) error {
	return problem(http.StatusNotFound, "not_found", "There is no rule %s; GET %s lists them.", quoted(id), path)
}

func (s *Server) listAuthorities(ctx context.Context, in *rulesInput) (*body[AuthorityList], error) {
	c := callerOf(ctx)
	if _, err := c.basesFor(in.Base); err != nil {
		return nil, err
	}
	list, err := s.o.Catalog.Authorities(ctx, in.Base)
	if err != nil {
		return nil, err
	}
	out := &body[AuthorityList]{Body: AuthorityList{Authorities: []AuthorityRow{}}}
	for i := range list {
		if a := &list[i]; a.Base == "" || c.mayUse(a.Base) {
			out.Body.Authorities = append(out.Body.Authorities, authorityRow(a))
		}
	}
	return out, nil
}

func authorityRow(a *catalog.Authority) AuthorityRow {
	return AuthorityRow{ID: strconv.FormatInt(a.ID, 10), Base: a.Base, Topic: a.Topic, Kind: a.Kind, Subject: a.Subject, Effect: a.Effect, Origin: a.Origin}
}

func (s *Server) putAuthority(ctx context.Context, in *struct {
	Body struct {
		Base    string `json:"knowledge_base,omitempty" doc:"Empty: all"`
		Topic   string `json:"topic" minLength:"1" maxLength:"500" example:"money" doc:"A type of values, a class of documents, or *"`
		Kind    string `json:"kind" enum:"document,path,source"`
		Subject string `json:"subject" minLength:"1" maxLength:"500"`
		Effect  string `json:"effect,omitempty" enum:"suggests,settles" default:"suggests"`
	}
}) (*body[AuthorityRow], error) {
	b := &in.Body
	if err := s.ruleFor(ctx, b.Base); err != nil {
		return nil, err
	}
	a, err := s.o.Catalog.PutAuthority(ctx, catalog.Authority{Base: b.Base, Topic: b.Topic, Kind: b.Kind, Subject: b.Subject, Effect: b.Effect})
	if err != nil {
		return nil, err
	}
	return &body[AuthorityRow]{Body: authorityRow(&a)}, nil
}

func (s *Server) deleteAuthority(ctx context.Context, in *IDInput) (*struct{}, error) {
	list, err := s.o.Catalog.Authorities(ctx, "")
	if err != nil {
		return nil, err
	}
	for i := range list {
		if authorityRow(&list[i]).ID == in.ID {
			return nil, s.deleteRule(ctx, list[i].Base, list[i].ID, s.o.Catalog.DeleteAuthority)
		}
	}
	return nil, noRule(in.ID, "/v1/authorities")
}
