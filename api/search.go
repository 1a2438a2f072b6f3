package api

import (
	"bytes"
	"context"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"freshet/index/retrieve"
)

// searchRoutes registers POST /v1/search by hand: it is the one route that has to
// be fast, so nothing stands between it and the connection.
func (s *Server) searchRoutes(api huma.API) {
	schemas := api.OpenAPI().Components.Schemas
	api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "search", Method: http.MethodPost, Path: "/v1/search", Tags: []string{"search"}, Summary: "Passages that answer a question",
		Description: "answer.confidence is the share of right pages at that value and may be compared with a threshold; score orders the hits of one answer only. " +
			"scores.dense is the cosine with the question, 0 where it is not known. degraded names what was not at hand: embedder (the answer is by words alone, " +
			"judged by what words can tell, and its state is never none), index (a standby answered in place of the index), reranker (the order is that before re-ranking). " +
			"Where nothing can answer, the status is 503 with the code index_unavailable and Retry-After; that is never an answer of state none.",
		Security: []map[string][]string{{"key": {}}},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/json": {Schema: schemas.Schema(reflect.TypeFor[searchBody](), true, "SearchRequest")},
		}},
		Responses: map[string]*huma.Response{
			"200": {Description: "What was found, best first", Content: map[string]*huma.MediaType{
				"application/json": {Schema: schemas.Schema(reflect.TypeFor[retrieve.Response](), true, "SearchAnswer")},
			}},
			"default": problemAnswer(api),
		},
	})
	s.mux.HandleFunc("POST /v1/search", s.handleSearch)
}

func (s *Server) handleSearch(w http.ResponseWriter, r *http.Request) {
	c := callOf(r.Context())
	resp, err := s.answer(r.Context(), c)
	if err != nil {
		s.fail(w, r, c, err)
		return
	}
	out := buffers.Get().(*bytes.Buffer)
	defer giveBack(out)
	if err := marshalAnswer(out, &resp); err != nil {
		s.fail(w, r, c, err)
		return
	}
	w.Header()["Content-Type"] = jsonType
	w.Header().Set("Content-Length", strconv.Itoa(out.Len())) // a longer answer would go out in pieces
	_, _ = w.Write(out.Bytes())                               // a caller who has left is not an error
}

var jsonType = []string{"application/json"}

// answer searches, and notes in the query log what is served.
func (s *Server) answer(ctx context.Context, c *call) (retrieve.Response, error) {
	var none retrieve.Response
	if c.body == nil {
		return none, problem(http.StatusBadRequest, "malformed_body", `The body is empty; send {"knowledge_base": "...", "query": "..."}.`)
	}
	body, err := decodeSearch(c.body.Bytes())
	if err != nil {
		return none, err
	}
	req, err := body.request()
	if err != nil {
		return none, err
	}
	if !c.caller.mayUse(req.Base) {
		return none, forbidden(req.Base)
	}
	req.Drafts = c.caller.drafts
	ctx, cancel := context.WithTimeout(ctx, s.o.Limits.Time)
	defer cancel()
	started := time.Now()
	resp, err := s.search(ctx, req)
	if err != nil {
		return none, err
	}
	resp.QueryID = ""
	if body.Log == nil || *body.Log {
		resp.QueryID = newQueryID()
		s.ledger.add(noteOf(&resp, &req, c.caller.key, s.o.Now(), time.Since(started)))
	}
	return resp, nil
}
