package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"freshet/index/catalog"
)

// QueryRow is a row of the answer ledger.
type QueryRow struct {
	ID     string    `json:"query_id"`
	Base   string    `json:"knowledge_base"`
	At     time.Time `json:"at"`
	Key    string    `json:"key" doc:"ID of the API key that asked; empty: from this machine"`
	Query  string    `json:"query" doc:"Masked"`
	State  string    `json:"state" enum:"found,uncertain,clarify,none"`
	Mark   int64     `json:"mark" doc:"Place in the change log at which the passages were current"`
	TookMS float64   `json:"took_ms"`
}

// QueryAnswer is a row of the ledger with what was served.
type QueryAnswer struct {
	QueryRow
	Answer   ServedAnswer  `json:"answer"`
	Passages []ServedText  `json:"passages" doc:"The text that was shown, as far as history still holds it"`
	Feedback []FeedbackRow `json:"feedback"`
}

// ServedText is a chunk as it read when it was served.
type ServedText struct {
	Chunk string `json:"chunk_id"`
	Text  string `json:"text"`
}

// FeedbackRow is what somebody thought of an answer.
type FeedbackRow struct {
	Chunk   string    `json:"chunk_id,omitempty" doc:"Empty: the answer as a whole"`
	Verdict string    `json:"verdict"`
	Comment string    `json:"comment,omitempty" doc:"Masked"`
	At      time.Time `json:"at"`
}

func queryRow(q *catalog.Query) QueryRow {
	return QueryRow{ID: q.ID, Base: q.Base, At: q.At, Key: q.Key, Query: q.Text, State: q.State, Mark: q.Mark, TookMS: float64(q.Took.Microseconds()) / 1000}
}

type body[T any] struct{ Body T }

func (s *Server) queryRoutes(api huma.API) {
	add(s, api, route{access: anyKey, op: huma.Operation{OperationID: "list-queries", Method: http.MethodGet, Path: "/v1/queries", Tags: []string{"ledger"},
		Summary: "What was asked, newest first", Description: "Keys of role search see what was asked with them."}}, s.listQueries)
	add(s, api, route{access: anyKey, op: huma.Operation{OperationID: "get-query", Method: http.MethodGet, Path: "/v1/queries/{id}", Tags: []string{"ledger"},
		Summary: "What was served to a question"}}, s.getQuery)
	add(s, api, route{access: anyKey, op: huma.Operation{OperationID: "give-feedback", Method: http.MethodPost, Path: "/v1/feedback", Tags: []string{"ledger"},
		DefaultStatus: http.StatusNoContent, Summary: "What a user thought of an answer"}}, s.giveFeedback)
}

type listQueriesInput struct {
	Base   string `query:"knowledge_base"`
	State  string `query:"state" enum:"found,uncertain,clarify,none"`
	Limit  int    `query:"limit" minimum:"1" default:"100"`
	Cursor string `query:"cursor" doc:"next of the page before"`
}

// QueryPage is a page of the ledger.
type QueryPage struct {
	Queries []QueryRow `json:"queries"`
	Next    string     `json:"next,omitempty" doc:"cursor of the next page; absent on the last"`
}

func (s *Server) listQueries(ctx context.Context, in *listQueriesInput) (*body[QueryPage], error) {
	c := callerOf(ctx)
	f := catalog.QueryFilter{State: in.State, Limit: min(in.Limit, s.o.Limits.Page), After: in.Cursor}
	var err error
	if f.Bases, err = c.basesFor(in.Base); err != nil {
		return nil, err
	}
	if !c.admin {
		f.Key = c.key
	}
	if err := s.ledger.flush(ctx); err != nil {
		return nil, err
	}
	list, err := s.o.Catalog.FindQueries(ctx, f)
	if err != nil {
		return nil, err
	}
	out := &body[QueryPage]{Body: QueryPage{Queries: make([]QueryRow, len(list))}}
	for i := range list {
		out.Body.Queries[i] = queryRow(&list[i])
	}
	if len(list) == f.Limit {
		out.Body.Next = list[len(list)-1].ID
	}
	return out, nil
}

// basesFor is the list of knowledge bases that a list may be about: the one asked
// for, or those of the key; nil is all.
func (c *caller) basesFor(base string) ([]string, error) {
	switch {
	case base == "":
		return c.bases, nil
	case !c.mayUse(base):
		return nil, forbidden(base)
	}
	return []string{base}, nil
}

// IDInput is the ID in a path. It is exported because huma passes over embedded
// types that are not.
type IDInput struct {
	ID string `path:"id" maxLength:"200"`
}

func (s *Server) getQuery(ctx context.Context, in *IDInput) (*body[QueryAnswer], error) {
	q, feedback, err := s.queryFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &body[QueryAnswer]{Body: QueryAnswer{QueryRow: queryRow(&q), Passages: []ServedText{}, Feedback: []FeedbackRow{}}}
	if err := json.Unmarshal(q.Served, &out.Body.Answer); err != nil {
		return nil, err
	}
	for _, f := range feedback {
		out.Body.Feedback = append(out.Body.Feedback, FeedbackRow{Chunk: f.Chunk, Verdict: f.Verdict, Comment: f.Comment, At: f.At})
	}
	for _, h := range out.Body.Answer.Hits {
		ids := h.Joined
		if len(ids) == 0 {
			ids = []string{h.Chunk}
		}
		for _, id := range ids {
			text, err := s.o.Catalog.ChunkTextAt(ctx, id, q.Mark)
			if errors.Is(err, catalog.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			out.Body.Passages = append(out.Body.Passages, ServedText{Chunk: id, Text: text})
		}
	}
	return out, nil
}

// queryFor returns a row of the ledger that the caller may see; one of others is
// as if it did not exist.
func (s *Server) queryFor(ctx context.Context, id string) (catalog.Query, []catalog.Feedback, error) {
	if err := s.ledger.flush(ctx); err != nil {
		return catalog.Query{}, nil, err
	}
	q, feedback, err := s.o.Catalog.Query(ctx, id)
	c := callerOf(ctx)
	if err == nil && (!c.mayUse(q.Base) || !c.admin && q.Key != c.key) {
		err = catalog.ErrNotFound
	}
	if errors.Is(err, catalog.ErrNotFound) {
		err = problem(http.StatusNotFound, "not_found", "There is no query %s in the log: it was asked with log false or another key, or it is older than %d days.",
			quoted(id), int(s.o.Limits.QueryLog.Hours()/24))
	}
	return q, feedback, err
}

type feedbackInput struct {
	Body struct {
		QueryID string `json:"query_id" maxLength:"200"`
		Chunk   string `json:"chunk_id,omitempty" maxLength:"64" doc:"Empty: the answer as a whole"`
		Verdict string `json:"verdict" enum:"helpful,not_helpful,wrong,outdated"`
		Comment string `json:"comment,omitempty" doc:"Masked before it is kept"`
	}
}

func (s *Server) giveFeedback(ctx context.Context, in *feedbackInput) (*struct{}, error) {
	f := in.Body
	if len(f.Comment) > s.o.Limits.Comment {
		return nil, problem(http.StatusUnprocessableEntity, "invalid_request", "The comment has %d bytes, at most %d are kept.", len(f.Comment), s.o.Limits.Comment)
	}
	if _, _, err := s.queryFor(ctx, f.QueryID); err != nil {
		return nil, err
	}
	return nil, s.o.Catalog.AddFeedback(ctx, catalog.Feedback{QueryID: f.QueryID, Chunk: f.Chunk, Verdict: f.Verdict, Comment: s.ledger.masked(f.Comment)})
}
