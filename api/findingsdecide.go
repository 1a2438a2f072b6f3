package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

// Decided is what every decision on a finding may say besides. It is exported because
// huma passes over embedded types that are not.
type Decided struct {
	By      string     `json:"by,omitempty" maxLength:"200" doc:"Who decides; default: the name of the key"`
	Comment string     `json:"comment,omitempty" maxLength:"4000"`
	Updated *time.Time `json:"updated,omitempty" doc:"Of the finding as it was looked at: what has changed since is not decided on (finding_changed)"`
}

func (d *Decided) ruling(ctx context.Context, f *index.Finding, v index.Verdict) *catalog.Ruling {
	r := &catalog.Ruling{Finding: f.ID, Verdict: v, By: d.who(ctx), Comment: strings.TrimSpace(d.Comment), Member: -1}
	if d.Updated != nil {
		r.Seen = *d.Updated
	}
	return r
}

func (d *Decided) who(ctx context.Context) string {
	if by := strings.TrimSpace(d.By); by != "" {
		return by
	}
	return callerOf(ctx).name
}

func (d *Decided) seen() time.Time {
	if d.Updated == nil {
		return time.Time{}
	}
	return *d.Updated
}

type resolveInput struct {
	IDInput
	Body struct {
		Decided
		Verdict string                         `json:"verdict" enum:"keep,both,duplicate,verified,excluded"`
		Side    string                         `json:"side,omitempty" maxLength:"40" example:"a" doc:"Of keep and duplicate: what stays; of excluded: the page. Default of duplicate: the suggested one"`
		Scope   map[string]map[string][]string `json:"scope,omitempty" doc:"Of both: for whom each side is meant, by side and facet: {\"a\": {\"plan\": [\"pro\"]}}"`
		Force   bool                           `json:"force,omitempty" doc:"Of both: without any scope"`
		Until   string                         `json:"until,omitempty" doc:"Of verified: a date or a time; default: the next review"`
	}
}

func (s *Server) resolveFinding(ctx context.Context, in *resolveInput) (*body[FindingDetails], error) {
	f, err := s.findingFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	b := &in.Body
	r := b.ruling(ctx, &f, index.Verdict(b.Verdict))
	r.Force = b.Force
	switch r.Verdict {
	case index.KeepOne, index.SameTwice, index.ExcludedPage:
		r.Member, err = sideOf(&f, b.Side, r.Verdict)
	case index.KeepBoth:
		r.Facets, err = scopes(&f, b.Scope)
	case index.Verified:
		r.Until, err = s.verifiedUntil(ctx, &f, b.Until)
	}
	if err != nil {
		return nil, err
	}
	return s.rule(ctx, r)
}

// rule carries out a ruling and shows the finding as it is then.
func (s *Server) rule(ctx context.Context, r *catalog.Ruling) (*body[FindingDetails], error) {
	f, err := s.o.Catalog.DecideFinding(ctx, r)
	if err != nil {
		return nil, err
	}
	return s.showFinding(ctx, &f)
}

// sideOf reads which side is meant; alone, where a page is to be meant.
func sideOf(f *index.Finding, side string, v index.Verdict) (int, error) {
	if side == "" && v == index.SameTwice && f.Suggested >= 0 && f.Suggested < len(f.Members) {
		return f.Suggested, nil
	}
	if side == "" && v == index.ExcludedPage && onePage(f.Members) {
		return 0, nil
	}
	if side == "" {
		return 0, problem(http.StatusUnprocessableEntity, catalog.RefusedMember, "The field \"side\" is missing: which one, from a to %s?", catalog.Letter(max(0, len(catalog.Sides(f.Members))-1)))
	}
	return catalog.MemberNamed(f.Members, side, v == index.ExcludedPage)
}

// onePage reports whether all sides are of one page.
func onePage(members []index.Member) bool {
	return len(members) > 0 && !slices.ContainsFunc(members, func(m index.Member) bool { return m.Document != members[0].Document })
}

func scopes(f *index.Finding, scope map[string]map[string][]string) (map[int]map[string][]string, error) {
	out := make(map[int]map[string][]string, len(scope))
	for side, facets := range scope {
		n, err := catalog.MemberNamed(f.Members, side, false)
		if err != nil {
			return nil, err
		}
		out[n] = facets
	}
	return out, nil
}

func (s *Server) verifiedUntil(ctx context.Context, f *index.Finding, until string) (time.Time, error) {
	if until != "" {
		return s.dayToCome("until", until)
	}
	if len(f.Members) == 0 {
		return time.Time{}, nil // refused by the catalog
	}
	d, err := s.o.Catalog.DocumentByKey(ctx, f.Members[0].Document)
	if errors.Is(err, catalog.ErrNotFound) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return s.nextReview(ctx, &d)
}

// nextReview is when a document that was looked at today is to be looked at again: the
// end of a day.
func (s *Server) nextReview(ctx context.Context, d *catalog.Document) (time.Time, error) {
	src, err := s.o.Catalog.Source(ctx, d.Source)
	if err != nil {
		return time.Time{}, err
	}
	until := s.o.Now().UTC().Add(s.o.ReviewEvery(d, &src)).Truncate(24 * time.Hour)
	return until.AddDate(0, 0, 1), nil
}

// defaultReview is how often a page is looked at where nobody says otherwise.
const defaultReview = 180 * 24 * time.Hour

// ownReview is the interval that a document or its source names, or defaultReview.
func ownReview(d *catalog.Document, src *catalog.Source) time.Duration {
	switch {
	case d.Details.ReviewEvery > 0:
		return d.Details.ReviewEvery
	case src.ReviewEvery > 0:
		return src.ReviewEvery
	}
	return defaultReview
}

// dayToCome reads the end of a day, or a time, that is still to come.
func (s *Server) dayToCome(field, text string) (time.Time, error) {
	at, err := endOf(text)
	if err != nil || !at.After(s.o.Now()) {
		return time.Time{}, problem(http.StatusUnprocessableEntity, "invalid_request", "The field %q has to be a date to come, such as %s, not %s.",
			field, s.o.Now().AddDate(0, 1, 0).Format(time.DateOnly), quoted(text))
	}
	return at, nil
}

type dismissInput struct {
	IDInput
	Body struct {
		Decided
		Scope string `json:"scope,omitempty" enum:"content,pages,page_rule" default:"content" doc:"content: while these sentences stay; pages: for this pair of pages; page_rule: this rule on the page of side"`
		Side  string `json:"side,omitempty" maxLength:"40" doc:"Of page_rule, where several pages are doubted"`
	}
}

func (s *Server) dismissFinding(ctx context.Context, in *dismissInput) (*body[FindingDetails], error) {
	f, err := s.findingFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	r := in.Body.ruling(ctx, &f, index.NoDoubt)
	if r.Scope = in.Body.Scope; r.Scope == catalog.ScopePageRule && in.Body.Side != "" {
		if r.Member, err = catalog.MemberNamed(f.Members, in.Body.Side, true); err != nil {
			return nil, err
		}
	}
	return s.rule(ctx, r)
}

type snoozeInput struct {
	IDInput
	Body struct {
		Decided
		Until string `json:"until" example:"2027-01-31" doc:"A date or a time"`
	}
}

func (s *Server) snoozeFinding(ctx context.Context, in *snoozeInput) (*body[FindingDetails], error) {
	f, err := s.findingFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	r := in.Body.ruling(ctx, &f, index.Snooze)
	if r.Until, err = s.dayToCome("until", in.Body.Until); err != nil {
		return nil, err
	}
	return s.rule(ctx, r)
}

type acknowledgeInput struct {
	IDInput
	Body struct {
		Decided
		Due string `json:"due,omitempty" doc:"By when the source is mended: a date or a time; default: as the service is configured"`
	}
}

func (s *Server) acknowledgeFinding(ctx context.Context, in *acknowledgeInput) (*body[FindingDetails], error) {
	f, err := s.findingFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	r := in.Body.ruling(ctx, &f, index.FixRequested)
	if in.Body.Due != "" {
		if r.Due, err = s.dayToCome("due", in.Body.Due); err != nil {
			return nil, err
		}
	} else if f.Due.IsZero() {
		r.Due = s.o.Now().UTC().Add(s.o.FixWithin).Truncate(24*time.Hour).AddDate(0, 0, 1)
	}
	return s.rule(ctx, r)
}

type reopenInput struct {
	IDInput
	Body *struct{ Decided }
}

func (s *Server) reopenFinding(ctx context.Context, in *reopenInput) (*body[FindingDetails], error) {
	f, err := s.findingFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var said Decided
	if in.Body != nil {
		said = in.Body.Decided
	}
	f, err = s.o.Catalog.Reopen(ctx, f.ID, said.seen(), said.who(ctx), strings.TrimSpace(said.Comment))
	if err != nil {
		return nil, err
	}
	return s.showFinding(ctx, &f)
}

type commentInput struct {
	IDInput
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"4000"`
		By   string `json:"by,omitempty" maxLength:"200" doc:"Who says it; default: the name of the key"`
	}
}

func (s *Server) commentFinding(ctx context.Context, in *commentInput) (*body[FindingDetails], error) {
	f, err := s.findingFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	text := strings.TrimSpace(in.Body.Text)
	if text == "" {
		return nil, problem(http.StatusUnprocessableEntity, "invalid_request", "The field \"text\" is empty.")
	}
	by := Decided{By: in.Body.By}
	if err := s.o.Catalog.Comment(ctx, f.ID, by.who(ctx), text); err != nil {
		return nil, err
	}
	return s.showFinding(ctx, &f)
}

type dueInput struct {
	IDInput
	Body struct {
		Decided
		Due string `json:"due" example:"2027-01-31" doc:"A date or a time; empty takes it back"`
	}
}

func (s *Server) dueFinding(ctx context.Context, in *dueInput) (*body[FindingDetails], error) {
	f, err := s.findingFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var due time.Time
	if in.Body.Due != "" {
		if due, err = s.dayToCome("due", in.Body.Due); err != nil {
			return nil, err
		}
	}
	f, err = s.o.Catalog.SetDue(ctx, f.ID, due, in.Body.seen(), in.Body.who(ctx))
	if err != nil {
		return nil, err
	}
	return s.showFinding(ctx, &f)
}
