package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"freshet/index"
	"freshet/index/catalog"
)

// FindingSide is one thing that a finding's documents say.
type FindingSide struct {
	Side  string `json:"side" example:"a"`
	Value string `json:"value,omitempty" doc:"As written"`
	Title string `json:"title" doc:"Of its first page"`
	URL   string `json:"url"`
	Pages int    `json:"pages" doc:"That say it"`
}

// FindingRow is a finding as lists show it.
type FindingRow struct {
	ID        string            `json:"id"`
	Base      string            `json:"knowledge_base"`
	Kind      string            `json:"kind" enum:"stale,duplicate,conflict,overlap"`
	Rule      string            `json:"rule"`
	Type      string            `json:"type,omitempty" doc:"Of the values that a conflict is about"`
	Tier      string            `json:"tier" enum:"likely,possible"`
	P         float64           `json:"probability"`
	Severity  float64           `json:"severity" doc:"From 0 to 1; orders lists"`
	State     string            `json:"state" enum:"open,acknowledged,snoozed,resolved,dismissed"`
	Outcome   string            `json:"outcome,omitempty" doc:"Why it is closed; edited: solved by an edit of the source"`
	Title     map[string]string `json:"title" doc:"In words, by language (fr, en)"`
	Sides     []FindingSide     `json:"sides"`
	Suggested string            `json:"suggested,omitempty" doc:"The side that is likely right; of a duplicate, the page to keep"`
	Owners    []string          `json:"owners" doc:"Who is asked"`
	Found     *time.Time        `json:"found"`
	Updated   *time.Time        `json:"updated" doc:"Send it with a decision, so that none is taken on what has changed"`
	Closed    *time.Time        `json:"closed"`
	Due       *time.Time        `json:"due"`
	Until     *time.Time        `json:"until" doc:"Of a snooze"`
	Overdue   bool              `json:"overdue,omitempty"`
}

// FindingPage is a page of findings.
type FindingPage struct {
	Findings []FindingRow `json:"findings"`
	Next     string       `json:"next,omitempty" doc:"cursor of the next page; absent on the last"`
}

func (s *Server) findingRoutes(api huma.API) {
	op := func(id, method, path, summary string) route {
		return route{access: admins, op: huma.Operation{OperationID: id, Method: method, Path: path, Tags: []string{"findings"}, Summary: summary}}
	}
	add(s, api, op("list-findings", http.MethodGet, "/v1/findings", "Doubts, the most severe first"), s.listFindings)
	add(s, api, op("get-finding", http.MethodGet, "/v1/findings/{id}", "A doubt with its evidence, its history and what can be done"), s.getFinding)
	resolve := op("resolve-finding", http.MethodPost, "/v1/findings/{id}/resolve", "Decide on a doubt; answers change at once")
	resolve.op.Description = "verdict keep: side is right, the others are left out of answers while it is served. both: all are right, each for its scope. " +
		"duplicate: side stays, the other pages are hidden as they are. verified: looked at and right until a day. excluded: the page of side is taken out of the base. " +
		"A decision holds until one of the judged sentences changes; POST reopen takes it back."
	add(s, api, resolve, s.resolveFinding)
	add(s, api, op("dismiss-finding", http.MethodPost, "/v1/findings/{id}/dismiss", "Say that it is no doubt"), s.dismissFinding)
	add(s, api, op("snooze-finding", http.MethodPost, "/v1/findings/{id}/snooze", "Put a doubt off until a day"), s.snoozeFinding)
	add(s, api, op("acknowledge-finding", http.MethodPost, "/v1/findings/{id}/acknowledge", "Say that the source is being mended"), s.acknowledgeFinding)
	add(s, api, op("reopen-finding", http.MethodPost, "/v1/findings/{id}/reopen", "Take back what was decided; answers are as before at once"), s.reopenFinding)
	add(s, api, op("comment-finding", http.MethodPost, "/v1/findings/{id}/comment", "Add to what was said of a doubt"), s.commentFinding)
	add(s, api, op("due-finding", http.MethodPost, "/v1/findings/{id}/due", "Set by when a doubt is to be settled"), s.dueFinding)
}

type listFindingsInput struct {
	Base     string `query:"knowledge_base"`
	Kind     string `query:"kind" enum:"stale,duplicate,conflict,overlap"`
	State    string `query:"state" enum:"open,acknowledged,snoozed,resolved,dismissed,live,closed,all" doc:"live: open, acknowledged and snoozed. Default: open and acknowledged"`
	Tier     string `query:"tier" enum:"likely,possible,all" default:"likely" doc:"What is only possible is shown on request"`
	Owner    string `query:"owner" maxLength:"500" doc:"Who is asked"`
	Source   string `query:"source" maxLength:"200"`
	Document string `query:"document" maxLength:"100" doc:"Key"`
	Rule     string `query:"rule" maxLength:"100"`
	Type     string `query:"type" maxLength:"100"`
	Query    string `query:"q" maxLength:"200" doc:"Part of a title, an address, a sentence or the finding's ID"`
	ID       string `query:"id" maxLength:"200" doc:"Findings whose ID begins so"`
	Limit    int    `query:"limit" minimum:"1" default:"100"`
	Cursor   string `query:"cursor" doc:"next of the page before"`
}

// statesOf are the states that a word of the list asks for.
var statesOf = map[string][]index.FindingState{
	"":       {index.Undecided, index.Acknowledged},
	"live":   {index.Undecided, index.Acknowledged, index.Snoozed},
	"closed": {index.Resolved, index.Dismissed},
	"all":    nil,
}

func (s *Server) listFindings(ctx context.Context, in *listFindingsInput) (*body[FindingPage], error) {
	c := callerOf(ctx)
	if _, err := c.basesFor(in.Base); err != nil {
		return nil, err
	}
	q := catalog.FindingFilter{Base: in.Base, IDPrefix: in.ID, Owner: in.Owner, Document: in.Document, Limit: s.o.Limits.Page}
	q.States = statesOf[in.State]
	if _, several := statesOf[in.State]; !several {
		q.States = []index.FindingState{index.FindingState(in.State)}
	}
	if in.ID != "" && in.State == "" {
		q.States = nil
	}
	if in.Tier != "all" && in.ID == "" {
		q.Tiers = []index.Tier{index.Tier(in.Tier)}
	}
	one(&q.Kinds, index.FindingKind(in.Kind))
	one(&q.Rules, in.Rule)
	one(&q.Types, in.Type)
	if err := fromCursor(&q, in.Cursor); err != nil {
		return nil, err
	}
	limit := min(in.Limit, s.o.Limits.Page)
	out := &body[FindingPage]{Body: FindingPage{Findings: []FindingRow{}}}
	var last *index.Finding
	for {
		page, err := s.o.Catalog.Findings(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range page {
			f := &page[i]
			if !c.mayUse(f.Base) || !in.admits(f) {
				continue
			}
			if len(out.Body.Findings) == limit {
				out.Body.Next = cursorOf(last)
				return out, nil
			}
			out.Body.Findings, last = append(out.Body.Findings, s.findingRow(f)), f
		}
		if len(page) < q.Limit {
			return out, nil
		}
		q.AfterSeverity, q.AfterID = page[len(page)-1].Severity, page[len(page)-1].ID
	}
}

func one[T ~string](list *[]T, value T) {
	if value != "" {
		*list = []T{value}
	}
}

// admits looks at what the catalog is not asked for.
func (in *listFindingsInput) admits(f *index.Finding) bool {
	if in.Source != "" && !slices.ContainsFunc(f.Members, func(m index.Member) bool { return m.Source == in.Source }) {
		return false
	}
	if in.Query == "" {
		return true
	}
	q := strings.ToLower(in.Query)
	has := func(texts ...string) bool {
		return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), q) })
	}
	return has(f.ID, f.Title["fr"], f.Title["en"]) || slices.ContainsFunc(f.Members, func(m index.Member) bool { return has(m.Title, m.URL, m.ExternalID, m.Sentence, m.Value) })
}

// cursorOf is where a page ends: behind this finding.
func cursorOf(f *index.Finding) string {
	return strconv.FormatFloat(f.Severity, 'f', 6, 64) + "~" + f.ID
}

func fromCursor(q *catalog.FindingFilter, cursor string) error {
	if cursor == "" {
		return nil
	}
	severity, id, ok := strings.Cut(cursor, "~")
	at, err := strconv.ParseFloat(severity, 64)
	if !ok || err != nil || id == "" || at < 0 || at > 1 {
		return problem(http.StatusUnprocessableEntity, "invalid_request", "The parameter \"cursor\" has to be next of the page before, not %s.", quoted(cursor))
	}
	q.AfterSeverity, q.AfterID = at, id
	return nil
}

func (s *Server) findingRow(f *index.Finding) FindingRow {
	row := FindingRow{
		ID: f.ID, Base: f.Base, Kind: string(f.Kind), Rule: f.Rule, Type: f.Type, Tier: string(f.Tier), P: f.P, Severity: f.Severity, State: string(f.State), Outcome: string(f.Outcome),
		Title: titlesOf(f), Sides: []FindingSide{}, Owners: orEmpty(f.Owners), Found: known(f.Found), Updated: known(f.Updated), Closed: known(f.Closed), Due: known(f.Due), Until: known(f.Until),
		Overdue: !f.Due.IsZero() && f.State.Live() && f.Due.Before(s.o.Now()),
	}
	for n, list := range catalog.Sides(f.Members) {
		m := &f.Members[list[0]]
		side := FindingSide{Side: catalog.Letter(n), Value: m.Value, Title: m.Title, URL: m.URL}
		seen := make(map[string]bool)
		for _, at := range list {
			seen[f.Members[at].Document] = true
		}
		side.Pages = len(seen)
		row.Sides = append(row.Sides, side)
	}
	if f.Suggested >= 0 && f.Suggested < len(f.Members) {
		row.Suggested = catalog.MemberName(f.Members, f.Suggested)
	}
	return row
}

// findingFor returns a finding of the caller's knowledge bases, by its ID or by the
// beginning of it that no other has.
func (s *Server) findingFor(ctx context.Context, id string) (index.Finding, error) {
	c := callerOf(ctx)
	f, err := s.o.Catalog.Finding(ctx, id)
	if err == nil && c.mayUse(f.Base) {
		return f, nil
	}
	if err != nil && !errors.Is(err, catalog.ErrNotFound) {
		return f, err
	}
	const shortest = 4
	var found []index.Finding
	if len(id) >= shortest {
		list, err := s.o.Catalog.Findings(ctx, catalog.FindingFilter{IDPrefix: id, Limit: 20})
		if err != nil {
			return f, err
		}
		found = slices.DeleteFunc(list, func(f index.Finding) bool { return !c.mayUse(f.Base) })
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return f, problem(http.StatusNotFound, "not_found", "There is no doubt with the ID %s; GET /v1/findings lists them.", quoted(id))
	}
	return f, problem(http.StatusConflict, "ambiguous_id", "Several doubts have an ID that begins with %s; write more of it.", quoted(id))
}

// FindingMember is a place that a finding speaks of.
type FindingMember struct {
	Name       string     `json:"name" example:"a1" doc:"Letter of its side, with a number where several say the same"`
	Document   string     `json:"document" doc:"Key"`
	ID         string     `json:"id" doc:"ID in its source"`
	Source     string     `json:"source"`
	Title      string     `json:"title"`
	URL        string     `json:"url"`
	EditURL    string     `json:"edit_url,omitempty" doc:"Where it is written"`
	Owner      string     `json:"owner,omitempty"`
	Asked      string     `json:"asked,omitempty" doc:"Who is asked at present: the owner, a deputy or the fallback"`
	Locale     string     `json:"locale,omitempty"`
	Modified   *time.Time `json:"modified"`
	Confirmed  *time.Time `json:"confirmed_until"`
	State      string     `json:"state" doc:"Of the document"`
	Heading    []string   `json:"heading"`
	Excerpt    string     `json:"excerpt" doc:"The sentence; of a whole page, how it begins"`
	Start      int        `json:"start" doc:"Of the value in the excerpt, in characters"`
	End        int        `json:"end"`
	Value      string     `json:"value,omitempty"`
	Normal     string     `json:"normal,omitempty" doc:"In its normal form: places with equal ones agree"`
	Suppressed bool       `json:"suppressed,omitempty" doc:"A decision leaves it out of answers"`
}

// FindingEvent is a line of a finding's history.
type FindingEvent struct {
	At   *time.Time `json:"at"`
	By   string     `json:"by,omitempty" doc:"Absent: Freshet"`
	Kind string     `json:"kind" example:"keep"`
	Text string     `json:"text,omitempty"`
}

// FindingDecision is what was decided once.
type FindingDecision struct {
	Verdict  string     `json:"verdict"`
	Scope    string     `json:"scope,omitempty"`
	By       string     `json:"by,omitempty"`
	At       *time.Time `json:"at"`
	Until    *time.Time `json:"until"`
	Comment  string     `json:"comment,omitempty"`
	TakenOff *time.Time `json:"withdrawn" doc:"When it was taken back, or a sentence changed; null while it holds"`
}

// FindingDetails is a finding with all that is known of it.
type FindingDetails struct {
	FindingRow
	Members   []FindingMember     `json:"members"`
	Reasons   map[string][]string `json:"reasons" doc:"In words, by language"`
	Codes     []string            `json:"codes" doc:"The same as stable names"`
	Because   map[string]string   `json:"because,omitempty" doc:"Why the suggested side is likely right, by language"`
	Decisions []FindingDecision   `json:"decisions" doc:"What was decided on it"`
	Earlier   []FindingDecision   `json:"earlier" doc:"What was decided before a sentence changed"`
	History   []FindingEvent      `json:"history"`
	Comments  []FindingEvent      `json:"comments"`
	Actions   []FindingAction     `json:"actions" doc:"What can be done, and what it would do"`
}

func (s *Server) getFinding(ctx context.Context, in *IDInput) (*body[FindingDetails], error) {
	f, err := s.findingFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.showFinding(ctx, &f)
}

func (s *Server) showFinding(ctx context.Context, f *index.Finding) (*body[FindingDetails], error) {
	v := FindingDetails{FindingRow: s.findingRow(f), Members: []FindingMember{}, Reasons: f.Reasons, Codes: orEmpty(f.Codes), Because: f.Because,
		Decisions: []FindingDecision{}, Earlier: decisionRows(f.Earlier), History: []FindingEvent{}, Comments: []FindingEvent{}, Actions: actionsOn(f)}
	if v.Reasons == nil {
		v.Reasons = map[string][]string{}
	}
	var keys []string
	for i := range f.Members {
		keys = append(keys, f.Members[i].Document)
	}
	asked, err := s.o.Catalog.OwnersOf(ctx, keys)
	if err != nil {
		return nil, err
	}
	for i := range f.Members {
		m, err := s.findingMember(ctx, f, i, asked[f.Members[i].Document])
		if err != nil {
			return nil, err
		}
		v.Members = append(v.Members, m)
	}
	said, err := s.o.Catalog.DecisionsOf(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	v.Decisions = decisionRows(said)
	events, err := s.o.Catalog.FindingEvents(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		row := FindingEvent{At: known(e.At), By: e.By, Kind: e.Kind, Text: e.Text}
		if e.Kind == "comment" {
			v.Comments = append(v.Comments, row)
		} else {
			v.History = append(v.History, row)
		}
	}
	return &body[FindingDetails]{Body: v}, nil
}

func decisionRows(list []index.Decision) []FindingDecision {
	out := make([]FindingDecision, len(list))
	for i := range list {
		d := &list[i]
		out[i] = FindingDecision{Verdict: string(d.Verdict), Scope: d.Scope, By: d.By, At: known(d.At), Until: known(d.Until), Comment: d.Comment, TakenOff: known(d.Withdrew)}
	}
	return out
}

func (s *Server) findingMember(ctx context.Context, f *index.Finding, n int, asked catalog.Asked) (FindingMember, error) {
	m := &f.Members[n]
	v := FindingMember{Name: catalog.MemberName(f.Members, n), Document: m.Document, ID: m.ExternalID, Source: m.Source, Title: m.Title, URL: m.URL, EditURL: m.EditURI,
		Owner: asked.Owner, Asked: asked.Ask, Locale: m.Locale, Modified: known(m.Modified), Heading: orEmpty(m.Heading), Excerpt: m.Sentence, Value: m.Value, Normal: m.Normal, Suppressed: m.Suppressed}
	if m.Start >= 0 && m.Start <= m.End && m.End <= len(m.Sentence) {
		v.Start = utf8.RuneCountInString(m.Sentence[:m.Start])
		v.End = v.Start + utf8.RuneCountInString(m.Sentence[m.Start:m.End])
	}
	d, err := s.o.Catalog.DocumentByKey(ctx, m.Document)
	if errors.Is(err, catalog.ErrNotFound) {
		v.State = string(catalog.Removed)
		return v, nil
	}
	if err != nil {
		return v, err
	}
	v.State, v.Confirmed = string(d.State), known(d.ConfirmedUntil)
	if v.EditURL == "" {
		v.EditURL = d.Details.EditURI
	}
	if v.Excerpt == "" {
		v.Excerpt, err = s.beginning(ctx, m.Document)
	}
	return v, err
}

// shownBeginning is how many characters of a page are shown.
const shownBeginning = 300

func (s *Server) beginning(ctx context.Context, document string) (string, error) {
	chunks, err := s.o.Catalog.ChunksOf(ctx, document)
	if err != nil || len(chunks) == 0 {
		return "", err
	}
	text := []rune(chunks[0].Text)
	if len(text) <= shownBeginning {
		return string(text), nil
	}
	return strings.TrimSpace(string(text[:shownBeginning])) + "…", nil
}

// titlesOf says a finding in words; where the detector said nothing, by what it holds.
func titlesOf(f *index.Finding) map[string]string {
	out := map[string]string{"fr": f.Title["fr"], "en": f.Title["en"]}
	for language, words := range kindWords {
		if out[language] == "" {
			out[language] = fmt.Sprintf("%s: %s", words[f.Kind], strings.Join(sidesInWords(f), " / "))
		}
	}
	return out
}

func sidesInWords(f *index.Finding) []string {
	var out []string
	for _, list := range catalog.Sides(f.Members) {
		m := &f.Members[list[0]]
		text := m.Value
		if text == "" {
			text = pageName(m)
		}
		out = append(out, text)
	}
	return out
}

func pageName(m *index.Member) string {
	if m.Title != "" {
		return m.Title
	}
	return m.ExternalID
}
