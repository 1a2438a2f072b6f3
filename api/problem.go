package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/retrieve"
)

// What the seams of this package return so that callers learn how to go on. Wrap
// them with a sentence; it is shown, the sentinel's own words are not.
var (
	// ErrBusy: somebody else is doing this at the moment.
	ErrBusy = errors.New("this is being done already")
	// ErrInvalid: what was sent cannot be meant; the sentence says how to mend it.
	ErrInvalid = errors.New("this cannot be meant")
	// ErrConflict: it cannot be done as things stand; the sentence says what first.
	ErrConflict = errors.New("this cannot be done as things stand")
	// ErrSource: the source refused, or could not be reached.
	ErrSource = errors.New("the source could not be read")
	// ErrNotReady: the service is starting or stopping.
	ErrNotReady = errors.New("the service is not ready")
)

// A Problem is an error as RFC 9457 writes it. Code is stable.
type Problem struct {
	Type      string   `json:"type" example:"about:blank"`
	Title     string   `json:"title" example:"Not Found"`
	Status    int      `json:"status" example:"404"`
	Code      string   `json:"code" example:"not_found" doc:"Stable; programs may depend on it"`
	Detail    string   `json:"detail" doc:"What is wrong and how to mend it"`
	RequestID string   `json:"request_id,omitempty"`
	Hides     int      `json:"hides,omitempty" doc:"Code would_hide: how many documents the new settings would no longer list"`
	First     []string `json:"first,omitempty" doc:"Code would_hide: the first of them"`

	headers http.Header
}

// Error returns the sentence.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders returns what the answer carries besides, such as Retry-After.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType is that of problem documents.
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

func problem(status int, code, format string, args ...any) *Problem {
	title := http.StatusText(status)
	if title == "" {
		title = "Cancelled"
	}
	return &Problem{Type: "about:blank", Title: title, Status: status, Code: code, Detail: fmt.Sprintf(format, args...)}
}

func (p *Problem) with(header, value string) *Problem {
	if p.headers == nil {
		p.headers = make(http.Header)
	}
	p.headers.Set(header, value)
	return p
}

// statusGone stands in logs for answers whose caller has left.
const statusGone = 499

// problems maps errors to answers: the one table of the API, of which the first
// line that fits counts. The words of the sentinel are cut from the sentence, except
// where said is given.
var problems = []struct {
	err    error
	status int
	code   string
	retry  int    // seconds, for Retry-After; 0: none
	said   string // instead of the error's own sentence
}{
	{ErrInvalid, http.StatusUnprocessableEntity, "invalid_request", 0, ""},
	{ErrConflict, http.StatusConflict, "conflict", 0, ""},
	{ErrBusy, http.StatusConflict, "busy", 5, ""},
	{ErrSource, http.StatusBadGateway, "source_failed", 0, ""},
	{ErrNotReady, http.StatusServiceUnavailable, "not_ready", 2, ""},
	{retrieve.ErrRequest, http.StatusUnprocessableEntity, "invalid_request", 0, ""},
	{retrieve.ErrBase, http.StatusNotFound, "unknown_knowledge_base", 0, ""},
	{index.ErrUnavailable, http.StatusServiceUnavailable, "index_unavailable", 2, "The index cannot be searched at the moment. Ask again in a few seconds; GET /v1/index says how it stands."},
	{index.ErrEpoch, http.StatusServiceUnavailable, "index_unavailable", 30, "The index belongs to another state of the catalog and has to be rebuilt: POST /v1/index/rebuild."},
	{catalog.ErrNotFound, http.StatusNotFound, "not_found", 0, ""},
	{context.DeadlineExceeded, http.StatusGatewayTimeout, "timeout", 2, "This took too long and was given up. Ask again, or for less."},
	{context.Canceled, statusGone, "cancelled", 0, "The caller has left, or the service is stopping."},
}

// problemOf finds the answer to err. Errors that nobody expected are told to the
// log, and to the caller only by the request's ID.
func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	var refusal *catalog.Refusal
	if errors.As(err, &refusal) {
		return refusedDecision(refusal)
	}
	for _, k := range problems {
		if !errors.Is(err, k.err) {
			continue
		}
		said := k.said
		if said == "" {
			said = sentence(err, k.err)
		}
		p = problem(k.status, k.code, "%s", said)
		if k.retry > 0 {
			p.with("Retry-After", strconv.Itoa(k.retry))
		}
		return p
	}
	return problem(http.StatusInternalServerError, "internal", "Something unexpected went wrong; the service's log tells more under this request_id.")
}

// refusedDecision answers a decision on a finding that cannot be carried out: 409 where
// things stand otherwise, 422 where it cannot be meant.
func refusedDecision(r *catalog.Refusal) *Problem {
	status := http.StatusUnprocessableEntity
	switch r.Code {
	case catalog.RefusedChanged, catalog.RefusedState, catalog.RefusedFile:
		status = http.StatusConflict
	}
	return problem(status, r.Code, "%s", r.Text)
}

// sentence takes the sentinel's words from around an error's own, and begins it
// with a capital.
func sentence(err, sentinel error) string {
	text := err.Error()
	if text != sentinel.Error() && !errors.Is(sentinel, catalog.ErrNotFound) {
		text = strings.TrimPrefix(text, sentinel.Error()+": ")
		text = strings.TrimSuffix(text, ": "+sentinel.Error())
	}
	if errors.Is(sentinel, retrieve.ErrBase) {
		text = "There is no knowledge base " + text + ": GET /v1/knowledge-bases lists them."
	}
	if text != "" && text[0] >= 'a' && text[0] <= 'z' {
		text = string(text[0]-'a'+'A') + text[1:]
	}
	if last := text[max(0, len(text)-1):]; !strings.ContainsAny(last, ".!?") {
		text += "."
	}
	return text
}

// write sends the problem, unless the caller has left.
func (p *Problem) write(w http.ResponseWriter, requestID string) {
	sent := *p
	sent.RequestID = requestID
	for name, values := range p.headers {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	body, err := json.Marshal(&sent)
	if err != nil {
		return // a Problem is plain data
	}
	_, _ = w.Write(append(body, '\n')) // nobody is left to be told
}
