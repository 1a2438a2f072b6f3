package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"freshet/index/catalog"
)

// ChangedPage is a page that a change of a value is about.
type ChangedPage struct {
	Document string `json:"document" doc:"Key"`
	Source   string `json:"source"`
	ID       string `json:"id" doc:"In its source"`
	Title    string `json:"title"`
	URL      string `json:"url"`
	Value    string `json:"value" doc:"As it stands there"`
	Sentence string `json:"sentence"`
}

// ChangeRow is a value that became another, on one or several pages.
type ChangeRow struct {
	Base      string        `json:"knowledge_base"`
	Source    string        `json:"source"`
	Run       int64         `json:"run" doc:"Of the source, that brought it"`
	At        time.Time     `json:"at"`
	Type      string        `json:"type" example:"money"`
	Label     string        `json:"label,omitempty" doc:"What names the value, in a table or a list"`
	Old       string        `json:"old" example:"4,90 €"`
	New       string        `json:"new" example:"5,90 €"`
	Documents []ChangedPage `json:"documents" doc:"Where it changed, with the new value"`
	Still     []ChangedPage `json:"still" doc:"Where the old value still stood then"`
}

// ChangeList lists changes of values.
type ChangeList struct {
	Changes []ChangeRow `json:"changes"`
	// More says that there are older ones, which were left out.
	More bool `json:"more,omitempty" doc:"There are older ones: ask with an earlier until"`
}

// changesSince is how far back changes are listed when nobody says.
const changesSince = 30 * 24 * time.Hour

// changesRead bounds the changes that one call looks at.
const changesRead = 5000

func (s *Server) changeRoutes(api huma.API) {
	add(s, api, route{access: admins, op: huma.Operation{OperationID: "list-changes", Method: http.MethodGet, Path: "/v1/changes", Tags: []string{"findings"},
		Summary:     "What changed in values, newest first",
		Description: "Prices, delays, dates, telephone numbers and other typed values that took the place of others: what was and what is, on which pages, and where the old value still stands."}}, s.listChanges)
}

type listChangesInput struct {
	Base   string `query:"knowledge_base"`
	Source string `query:"source" maxLength:"200"`
	Type   string `query:"type" maxLength:"100" doc:"money, duration, percent, date, hours, phone and so on"`
	Since  string `query:"since" maxLength:"40" doc:"A day (2026-11-01) or a time (RFC 3339); default: 30 days ago"`
	Until  string `query:"until" maxLength:"40" doc:"The same, exclusive; default: now"`
	Limit  int    `query:"limit" minimum:"1" default:"100"`
}

func (s *Server) listChanges(ctx context.Context, in *listChangesInput) (*body[ChangeList], error) {
	c := callerOf(ctx)
	if _, err := c.basesFor(in.Base); err != nil {
		return nil, err
	}
	f := catalog.ChangeFilter{Base: in.Base, Source: in.Source, Limit: changesRead}
	one(&f.Types, in.Type)
	var err error
	if f.From, err = readMoment("since", in.Since, s.o.Now().Add(-changesSince)); err != nil {
		return nil, err
	}
	if f.To, err = readMoment("until", in.Until, time.Time{}); err != nil {
		return nil, err
	}
	list, err := s.o.Catalog.ValueChanges(ctx, f)
	if err != nil {
		return nil, err
	}
	g := &changeRows{catalog: s.o.Catalog, at: make(map[changeKey]int), pages: make(map[string]*ChangedPage)}
	out := &body[ChangeList]{Body: ChangeList{Changes: []ChangeRow{}, More: len(list) == changesRead}}
	limit := min(in.Limit, s.o.Limits.Page)
	for i := range list {
		if !c.mayUse(list[i].Base) {
			continue
		}
		if err := g.add(ctx, &list[i]); err != nil {
			return nil, err
		}
		if len(g.rows) > limit {
			g.rows, out.Body.More = g.rows[:limit], true
			break
		}
	}
	out.Body.Changes = append(out.Body.Changes, g.rows...)
	return out, nil
}

// readMoment reads a day or a time.
func readMoment(name, text string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, problem(http.StatusUnprocessableEntity, "invalid_request", "The parameter %q has to be a day such as 2026-11-01 or a time such as 2026-11-01T08:00:00Z, not %s.", name, quoted(text))
}

// A changeKey is equal for changes of one fact by one run.
type changeKey struct {
	base, source, kind string
	run                int64
	fact               [16]byte
}

// changeRows groups changes.
type changeRows struct {
	catalog *catalog.Catalog
	rows    []ChangeRow
	at      map[changeKey]int
	pages   map[string]*ChangedPage
}

func (g *changeRows) add(ctx context.Context, c *catalog.ValueChange) error {
	key := changeKey{c.Base, c.Source, c.Type, c.Run, c.Fact}
	n, there := g.at[key]
	if !there {
		n = len(g.rows)
		g.at[key] = n
		g.rows = append(g.rows, ChangeRow{Base: c.Base, Source: c.Source, Run: c.Run, At: c.At, Type: c.Type, Label: c.Label, Old: c.Old.Value, New: c.New.Value,
			Documents: []ChangedPage{}, Still: []ChangedPage{}})
	}
	row := &g.rows[n]
	p, err := g.page(ctx, c.Document, c.New.Value, c.New.Sentence)
	if err != nil {
		return err
	}
	row.Documents = append(row.Documents, p)
	for _, x := range c.Still {
		if slices.ContainsFunc(row.Still, func(p ChangedPage) bool { return p.Document == x.Document && p.Sentence == x.Sentence }) {
			continue
		}
		if p, err = g.page(ctx, x.Document, x.Value, x.Sentence); err != nil {
			return err
		}
		row.Still = append(row.Still, p)
	}
	return nil
}

// page describes a page; of one that is gone with its source the key alone is known.
func (g *changeRows) page(ctx context.Context, key, value, sentence string) (ChangedPage, error) {
	p := g.pages[key]
	if p == nil {
		p = &ChangedPage{Document: key}
		d, err := g.catalog.DocumentByKey(ctx, key)
		if err != nil && !errors.Is(err, catalog.ErrNotFound) {
			return *p, err
		}
		p.Source, p.ID, p.Title, p.URL = d.Source, d.ExternalID, d.Details.Title, d.Details.URI
		g.pages[key] = p
	}
	out := *p
	out.Value, out.Sentence = value, sentence
	return out, nil
}
