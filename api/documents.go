package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"freshet/index"
	"freshet/index/catalog"
)

// DocumentRow is a document as lists show it.
type DocumentRow struct {
	Key            string     `json:"key" doc:"Internal key, stable when the document moves"`
	ID             string     `json:"id" doc:"ID in its source"`
	Source         string     `json:"source"`
	Base           string     `json:"knowledge_base"`
	Title          string     `json:"title"`
	URL            string     `json:"url"`
	State          string     `json:"state" enum:"present,hidden,removed,excluded,unreadable"`
	Reason         string     `json:"reason,omitempty"`
	ReasonText     string     `json:"reason_text,omitempty" doc:"The reason in words"`
	StateSince     *time.Time `json:"state_since"`
	Locale         string     `json:"locale"`
	Labels         []string   `json:"labels"`
	Owner          string     `json:"owner"`
	Words          int        `json:"words"`
	Passages       int        `json:"passages"`
	Modified       *time.Time `json:"modified" doc:"As the source says"`
	Checked        *time.Time `json:"checked" doc:"When the source last listed it"`
	Changed        *time.Time `json:"changed" doc:"When the index last changed"`
	ConfirmedUntil *time.Time `json:"confirmed_until"`
	ConfirmedBy    string     `json:"confirmed_by,omitempty"`
}

// DocumentDetails is a document with all that is known of it.
type DocumentDetails struct {
	DocumentRow
	EditURL     string              `json:"edit_url,omitempty"`
	Canonical   string              `json:"canonical,omitempty"`
	Path        []string            `json:"path"`
	MediaType   string              `json:"media_type,omitempty"`
	Class       string              `json:"class,omitempty"`
	Facets      map[string][]string `json:"facets"`
	Metadata    map[string]string   `json:"metadata"`
	Translation string              `json:"translation_group,omitempty"`
	Form        string              `json:"form,omitempty" example:"pdf" doc:"What it was read as"`
	PartOf      string              `json:"part_of,omitempty" doc:"ID in the source of the document that this one is attached to"`
	Parent      *DocumentName       `json:"parent,omitempty" doc:"The document that part_of names, where it is known"`
	Created     *time.Time          `json:"created"`
	FirstSeen   *time.Time          `json:"first_seen"`
	Missed      int                 `json:"missed" doc:"Whole passes in a row that did not list it"`
	Access      any                 `json:"access" doc:"Who may read it"`
	LeftOut     int                 `json:"template_blocks" doc:"Blocks of its text that stand on most pages of the source and are not in its passages"`
	Asked       string              `json:"asked,omitempty" doc:"Who is asked about doubts at present: the owner, a deputy or the fallback"`
	Doubts      []FindingRow        `json:"findings" doc:"What is doubted of it and not settled"`
	Chunks      []ChunkRow          `json:"chunks" doc:"Passages that are served, in order"`
	Text        any                 `json:"text" doc:"The structured text as it was extracted; null without one"`
}

// DocumentName is what another document is shown by.
type DocumentName struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

// ChunkRow is a passage of a document.
type ChunkRow struct {
	ID       string   `json:"chunk_id"`
	Kind     string   `json:"kind"`
	Heading  []string `json:"heading"`
	Question string   `json:"question,omitempty"`
	Text     string   `json:"text"`
	Locale   string   `json:"locale"`
	Words    int      `json:"words"`
	Page     int      `json:"page,omitempty" doc:"On which it begins, or the slide"`
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func documentRow(d *catalog.Document) DocumentRow {
	return DocumentRow{
		Key: d.Key, ID: d.ExternalID, Source: d.Source, Base: d.Base, Title: d.Details.Title, URL: d.Details.URI,
		State: string(d.State), Reason: d.StateReason, ReasonText: ReasonText(d.StateReason), StateSince: known(d.StateAt), Locale: d.Details.Locale, Labels: orEmpty(d.Details.Labels),
		Owner: d.Details.Owner, Words: d.Words, Passages: d.Chunks, Modified: known(d.Details.Modified), Checked: known(d.Seen), Changed: known(d.Changed),
		ConfirmedUntil: known(d.ConfirmedUntil), ConfirmedBy: d.ConfirmedBy,
	}
}

func (s *Server) documentRoutes(api huma.API) {
	op := func(id, method, path, summary string) route {
		return route{access: admins, op: huma.Operation{OperationID: id, Method: method, Path: path, Tags: []string{"documents"}, Summary: summary}}
	}
	add(s, api, op("list-documents", http.MethodGet, "/v1/documents", "Documents by key"), s.listDocuments)
	add(s, api, op("get-document", http.MethodGet, "/v1/documents/{key}", "A document with its text and passages"), s.getDocument)
	add(s, api, op("exclude-document", http.MethodPost, "/v1/documents/{key}/exclude", "Stop serving a document, until it is included again"), s.excludeDocument)
	add(s, api, op("include-document", http.MethodPost, "/v1/documents/{key}/include", "Serve a document again that a person excluded"), s.includeDocument)
	add(s, api, op("confirm-document", http.MethodPost, "/v1/documents/{key}/confirm", "Vouch that a document is current until a date"), s.confirmDocument)
}

type listDocumentsInput struct {
	Base   string `query:"knowledge_base"`
	Source string `query:"source"`
	State  string `query:"state" enum:"present,hidden,removed,excluded,unreadable"`
	Query  string `query:"q" maxLength:"200" doc:"Part of the title, the address or the ID"`
	ID     string `query:"id" maxLength:"4096" doc:"Exactly this key, ID in the source, or address"`
	Limit  int    `query:"limit" minimum:"1" default:"100"`
	Cursor string `query:"cursor" doc:"next of the page before"`
}

// DocumentPage is a page of documents.
type DocumentPage struct {
	Documents []DocumentRow `json:"documents"`
	Next      string        `json:"next,omitempty" doc:"cursor of the next page; absent on the last"`
}

func (s *Server) listDocuments(ctx context.Context, in *listDocumentsInput) (*body[DocumentPage], error) {
	bases, err := callerOf(ctx).basesFor(in.Base)
	if err != nil {
		return nil, err
	}
	f := catalog.DocumentQuery{Bases: bases, Source: in.Source, Query: in.Query, Reference: in.ID, After: in.Cursor, Limit: min(in.Limit, s.o.Limits.Page)}
	if in.State != "" {
		f.States = []catalog.State{catalog.State(in.State)}
	}
	list, err := s.o.Catalog.FindDocuments(ctx, f)
	if err != nil {
		return nil, err
	}
	out := &body[DocumentPage]{Body: DocumentPage{Documents: make([]DocumentRow, len(list))}}
	for i := range list {
		out.Body.Documents[i] = documentRow(&list[i])
	}
	if len(list) == f.Limit {
		out.Body.Next = list[len(list)-1].Key
	}
	return out, nil
}

// KeyInput is a document's key in a path.
type KeyInput struct {
	Key string `path:"key" maxLength:"100" doc:"Internal key; GET /v1/documents?id= finds it by ID or address"`
}

// documentFor returns a document of the caller's knowledge bases.
func (s *Server) documentFor(ctx context.Context, key string) (catalog.Document, error) {
	d, err := s.o.Catalog.DocumentByKey(ctx, key)
	if err == nil && !callerOf(ctx).mayUse(d.Base) {
		err = catalog.ErrNotFound
	}
	if errors.Is(err, catalog.ErrNotFound) {
		err = problem(http.StatusNotFound, "not_found", "There is no document with the key %s; GET /v1/documents?id= finds one by its ID or address.", quoted(key))
	}
	return d, err
}

func (s *Server) getDocument(ctx context.Context, in *KeyInput) (*body[DocumentDetails], error) {
	d, err := s.documentFor(ctx, in.Key)
	if err != nil {
		return nil, err
	}
	out := &body[DocumentDetails]{Body: documentDetails(&d)}
	if out.Body.Parent, err = s.parentOf(ctx, &d); err != nil {
		return nil, err
	}
	chunks, err := s.o.Catalog.ChunksOf(ctx, d.Key)
	if err != nil {
		return nil, err
	}
	for i := range chunks {
		c := &chunks[i]
		out.Body.Chunks = append(out.Body.Chunks, ChunkRow{ID: c.ID.String(), Kind: string(c.Kind), Heading: orEmpty(c.Heading), Question: c.Question, Text: c.Text, Locale: c.Locale, Words: c.Words, Page: c.Page})
	}
	if err := s.doubtsOf(ctx, d.Key, &out.Body); err != nil {
		return nil, err
	}
	text, err := s.o.Catalog.LastText(ctx, d.Key)
	if err != nil && !errors.Is(err, catalog.ErrNotFound) {
		return nil, err
	}
	if json.Valid(text) {
		out.Body.Text = json.RawMessage(text)
	}
	return out, nil
}

// doubtsOf tells what is doubted of a document, and who is asked.
func (s *Server) doubtsOf(ctx context.Context, key string, out *DocumentDetails) error {
	asked, err := s.o.Catalog.OwnersOf(ctx, []string{key})
	if err != nil {
		return err
	}
	out.Asked = asked[key].Ask
	list, err := s.o.Catalog.Findings(ctx, catalog.FindingFilter{Document: key, Tiers: []index.Tier{index.Likely}, States: statesOf["live"]})
	for i := range list {
		out.Doubts = append(out.Doubts, s.findingRow(&list[i]))
	}
	return err
}

// parentOf returns the document that d is a part of, nil when there is none.
func (s *Server) parentOf(ctx context.Context, d *catalog.Document) (*DocumentName, error) {
	if d.Details.PartOf == "" {
		return nil, nil
	}
	parent, err := s.o.Catalog.DocumentByID(ctx, d.Source, d.Details.PartOf)
	if errors.Is(err, catalog.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &DocumentName{Key: parent.Key, Title: parent.Details.Title, URL: parent.Details.URI}, nil
}

func documentDetails(d *catalog.Document) DocumentDetails {
	v := &d.Details
	out := DocumentDetails{
		DocumentRow: documentRow(d), EditURL: v.EditURI, Canonical: v.Canonical, Path: orEmpty(v.Path), MediaType: v.MediaType, Class: v.Class,
		Facets: v.Facets, Metadata: v.Metadata, Translation: v.TranslationGroup, Form: v.Form, PartOf: v.PartOf, Created: known(v.Created), FirstSeen: known(d.FirstSeen),
		Missed: d.Missed, Access: v.Access, LeftOut: d.LeftOut, Chunks: []ChunkRow{}, Doubts: []FindingRow{},
	}
	if out.Facets == nil {
		out.Facets = map[string][]string{}
	}
	if out.Metadata == nil {
		out.Metadata = map[string]string{}
	}
	return out
}

func (s *Server) excludeDocument(ctx context.Context, in *KeyInput) (*body[DocumentRow], error) {
	return s.decide(ctx, in.Key, func(d *catalog.Document, by string) error { return s.o.Catalog.Exclude(ctx, d.Key, by) })
}

func (s *Server) includeDocument(ctx context.Context, in *KeyInput) (*body[DocumentRow], error) {
	return s.decide(ctx, in.Key, func(d *catalog.Document, by string) error {
		if d.State != catalog.Excluded || d.StateReason != catalog.ExcludedByPerson {
			return problem(http.StatusConflict, "not_excluded", "The document was not excluded by a person; its state is %s. What a source or a rule leaves out comes back when the source lists it again.", d.State)
		}
		return s.o.Catalog.Include(ctx, d.Key, by)
	})
}

type confirmInput struct {
	KeyInput
	Body struct {
		Until *string `json:"until,omitempty" example:"2027-01-31" doc:"A date, or a time as RFC 3339 has it; default: the next review; empty takes the confirmation back"`
		By    string  `json:"by,omitempty" maxLength:"200" doc:"Who vouches; default: the name of the key"`
	}
}

// confirmDocument vouches for a document. That settles the doubts whether it is out of
// date: somebody has looked, and it is right.
func (s *Server) confirmDocument(ctx context.Context, in *confirmInput) (*body[DocumentRow], error) {
	said := Decided{By: in.Body.By}
	return s.decide(ctx, in.Key, func(d *catalog.Document, _ string) error {
		var until time.Time
		var err error
		switch text := in.Body.Until; {
		case text == nil:
			until, err = s.nextReview(ctx, d)
		case *text != "":
			if until, err = endOf(*text); err != nil || !until.After(s.o.Now()) {
				err = problem(http.StatusUnprocessableEntity, "invalid_request", "The field \"until\" has to be a date to come, such as %s, not %s.",
					s.o.Now().AddDate(0, 6, 0).Format(time.DateOnly), quoted(*text))
			}
		}
		if err != nil {
			return err
		}
		if !until.IsZero() {
			if settled, err := s.settleStale(ctx, d, until, said); err != nil || settled {
				return err
			}
		}
		return s.o.Catalog.Confirm(ctx, d.Key, until, said.who(ctx))
	})
}

// settleStale says of the live doubts whether a document is out of date that it was
// verified, which confirms it, and reports whether there was one.
func (s *Server) settleStale(ctx context.Context, d *catalog.Document, until time.Time, said Decided) (settled bool, err error) {
	list, err := s.o.Catalog.Findings(ctx, catalog.FindingFilter{Document: d.Key, Kinds: []index.FindingKind{index.Stale}, States: statesOf["live"]})
	if err != nil {
		return false, err
	}
	for i := range list {
		r := said.ruling(ctx, &list[i], index.Verified)
		r.Until = until
		var refused *catalog.Refusal
		_, err := s.o.Catalog.DecideFinding(ctx, r)
		if err != nil && !errors.As(err, &refused) { // refused: somebody else was first
			return settled, err
		}
		settled = settled || err == nil
	}
	return settled, nil
}

// endOf reads a time, or the end of a day.
func endOf(text string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1), nil
	}
	return time.Parse(time.RFC3339, text)
}

// decide carries out a person's decision and returns the document as it is then.
func (s *Server) decide(ctx context.Context, key string, f func(d *catalog.Document, by string) error) (*body[DocumentRow], error) {
	d, err := s.documentFor(ctx, key)
	if err != nil {
		return nil, err
	}
	if err := f(&d, callerOf(ctx).name); err != nil {
		return nil, err
	}
	if d, err = s.o.Catalog.DocumentByKey(ctx, key); err != nil {
		return nil, err
	}
	return &body[DocumentRow]{Body: documentRow(&d)}, nil
}
