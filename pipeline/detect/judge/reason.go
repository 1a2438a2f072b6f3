package judge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// A Reason names why there is no verdict. The names are stable, and those of
// pipeline/embed where they mean the same.
type Reason string

// The Reasons.
const (
	RateLimited    Reason = "rate_limited"       // 429. Passes.
	Unavailable    Reason = "unavailable"        // no connection, or a 5xx. Passes.
	TimedOut       Reason = "timeout"            // no whole reply in time
	Unauthorized   Reason = "unauthorized"       // 401 or 403
	QuotaExhausted Reason = "quota_exhausted"    // the account has no money left
	NotFound       Reason = "endpoint_not_found" // 404 or 405
	ModelNotFound  Reason = "model_not_found"    // the server does not have this model
	Redirected     Reason = "redirected"         // a 3xx, which is not followed
	NotJSON        Reason = "not_json"           // a 200 with something else, such as an HTML page
	Malformed      Reason = "malformed_reply"    // JSON, but not the shape of a reply
	Truncated      Reason = "truncated_reply"    // the reply breaks off
	ReplyTooLarge  Reason = "reply_too_large"
	Rejected       Reason = "rejected"     // 400 or 422 for this request
	CircuitOpen    Reason = "circuit_open" // not asked, because it failed a moment ago
)

// passes reports whether the same request may succeed a moment later.
func (r Reason) passes() bool { return r == RateLimited || r == Unavailable || r == Truncated }

// An Error is a failed request. It holds no key, and of the server's words at most 300
// bytes.
type Error struct {
	Reason Reason
	Status int           // of HTTP; 0: there was no reply
	Wait   time.Duration // how long the server wants to be left alone; 0: it did not say
	Detail string        // what happened, in words
	Err    error         // the cause, or nil
}

func (e *Error) Error() string {
	text := string(e.Reason)
	if e.Status != 0 {
		text = fmt.Sprintf("%s (HTTP %d)", text, e.Status)
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// whyOf names an error as a Verdict does.
func whyOf(err error) Why {
	var of *Error
	switch {
	case errors.As(err, &of):
		return Why(of.Reason)
	case errors.Is(err, context.DeadlineExceeded):
		return Why(TimedOut)
	}
	return Why(Unavailable)
}

// words is what a server says in an error: its sentence, and its codes in lower case.
type words struct{ text, codes string }

// serverWords reads the shapes of OpenAI, vLLM, Ollama and LM Studio ({"error":
// {"message", "type", "code"}} or {"error": "..."}), TEI ({"error", "error_type"}),
// Mistral ({"message", "type"}) and FastAPI ({"detail"}).
func serverWords(body []byte) words {
	var shape struct {
		Error   json.RawMessage `json:"error"`
		Message json.RawMessage `json:"message"`
		Detail  json.RawMessage `json:"detail"`
		Type    json.RawMessage `json:"type"`
		Code    json.RawMessage `json:"code"`
	}
	if err := json.Unmarshal(body, &shape); err != nil {
		return words{text: excerpt(body)}
	}
	var inner struct {
		Message json.RawMessage `json:"message"`
		Type    json.RawMessage `json:"type"`
		Code    json.RawMessage `json:"code"`
	}
	// Where "error" is a sentence there is nothing inside.
	_ = json.Unmarshal(shape.Error, &inner)
	said := words{text: excerpt(body), codes: strings.ToLower(strings.Join([]string{bare(inner.Type), bare(inner.Code), bare(shape.Type), bare(shape.Code)}, " "))}
	for _, raw := range []json.RawMessage{inner.Message, shape.Message, shape.Error, shape.Detail} {
		if text := bare(raw); text != "" {
			said.text = excerpt([]byte(text))
			break
		}
	}
	return said
}

// bare is a JSON string's text, or any other value as it stands.
func bare(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// reasonFor names a status, with the help of what the server says.
func reasonFor(status int, said words) Reason {
	text := strings.ToLower(said.text)
	noModel := strings.Contains(said.codes, "model_not_found") || strings.Contains(text, "model") &&
		(strings.Contains(text, "not found") || strings.Contains(text, "does not exist") || strings.Contains(text, "invalid model") || strings.Contains(text, "no models loaded"))
	switch {
	case strings.Contains(said.codes, "insufficient_quota") || status == http.StatusPaymentRequired:
		return QuotaExhausted
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return Unauthorized
	case status >= 300 && status < 400:
		return Redirected
	case noModel && (status == http.StatusNotFound || status == http.StatusBadRequest):
		return ModelNotFound
	case status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status == http.StatusGone:
		return NotFound
	case status == http.StatusTooManyRequests:
		return RateLimited
	case status == http.StatusRequestTimeout || status == http.StatusGatewayTimeout:
		return TimedOut
	case status >= 500:
		return Unavailable
	case status >= 400:
		return Rejected
	}
	return NotJSON // a 2xx other than 200, or a 1xx
}

// undecodable names what is wrong with a body that is not JSON of our shape.
func undecodable(body []byte, err error) *Error {
	text := bytes.TrimSpace(body)
	var syntax *json.SyntaxError
	switch {
	case len(text) == 0:
		return &Error{Reason: Truncated, Detail: "the reply is empty"}
	case text[0] == '<':
		return &Error{Reason: NotJSON, Detail: "the reply is a page of HTML: " + excerpt(text)}
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &syntax) && syntax.Offset >= int64(len(body)):
		return &Error{Reason: Truncated, Detail: fmt.Sprintf("the reply breaks off after %d bytes", len(body))}
	case errors.As(err, &syntax):
		return &Error{Reason: NotJSON, Detail: "the reply is not JSON: " + excerpt(text)}
	}
	return &Error{Reason: Malformed, Detail: "the reply does not have the shape that was asked for", Err: err}
}

// excerptLength is how much of a server's words an error holds.
const excerptLength = 300

// excerpt is the beginning of what a server said, on one line.
func excerpt(b []byte) string {
	text := oneLine(string(b[:min(len(b), 4*excerptLength)]))
	if len(text) <= excerptLength {
		return text
	}
	return strings.ToValidUTF8(text[:excerptLength], "") + "..."
}
