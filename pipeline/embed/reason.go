package embed

import (
	"errors"
	"fmt"
	"time"
)

// A Reason names why there is no vector. The names are stable: they stand in the
// catalog, in metrics and in answers of the API.
type Reason string

const (
	// RateLimited: 429, the provider wants less. Passes.
	RateLimited Reason = "rate_limited"
	// Unavailable: no connection, or a 5xx. Passes.
	Unavailable Reason = "unavailable"
	// TimedOut: no whole reply in time, be it silent or trickling. Passes.
	TimedOut Reason = "timeout"
	// Unauthorized: 401 or 403, the key is wrong, revoked or lacks the right.
	Unauthorized Reason = "unauthorized"
	// QuotaExhausted: the account has no money left; waiting does not help.
	QuotaExhausted Reason = "quota_exhausted"
	// NotFound: 404 or 405, there is no embeddings endpoint at this address.
	NotFound Reason = "endpoint_not_found"
	// ModelNotFound: the server does not have this model.
	ModelNotFound Reason = "model_not_found"
	// Redirected: a 3xx, which is not followed lest the key goes elsewhere.
	Redirected Reason = "redirected"
	// NotJSON: a 200 with something else, such as an HTML page.
	NotJSON Reason = "not_json"
	// Malformed: JSON, but not the shape of a reply of embeddings.
	Malformed Reason = "malformed_reply"
	// Truncated: the reply breaks off.
	Truncated Reason = "truncated_reply"
	// ReplyTooLarge: more bytes than vectors of these texts can have.
	ReplyTooLarge Reason = "reply_too_large"
	// WrongCount: more or fewer vectors than texts.
	WrongCount Reason = "wrong_count"
	// WrongOrder: indexes that repeat or point outside, or a canary in another
	// text's place.
	WrongOrder Reason = "wrong_order"
	// WrongDimension: vectors of another length than the Space's.
	WrongDimension Reason = "wrong_dimension"
	// NotFinite: NaN or an infinity in a vector.
	NotFinite Reason = "not_finite"
	// ZeroVector: a vector without direction.
	ZeroVector Reason = "zero_vector"
	// ModelChanged: the canary's vector is not what it was.
	ModelChanged Reason = "model_changed"
	// CircuitOpen: not asked, because it failed a moment ago.
	CircuitOpen Reason = "circuit_open"
	// Rejected: 400 or 422 for this request.
	Rejected Reason = "rejected"
	// RequestTooLarge: 413, too many texts or bytes at once.
	RequestTooLarge Reason = "request_too_large"
	// TooLong: the text is longer than the model reads, even in parts.
	TooLong Reason = "text_too_long"
	// Empty: nothing to embed but white space.
	Empty Reason = "empty"
	// ServerError: a 500 or 424, of which nobody knows whether the text is to blame
	// before it was asked without it.
	ServerError Reason = "server_error"
)

// An Error is a failed request. It holds no key, and of the server's words at
// most 300 bytes.
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

// ReasonOf returns the Reason of an error that came out of this package, or ""
// where there is none.
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// passes reports whether the same request may succeed a moment later.
func (r Reason) passes() bool {
	switch r {
	case RateLimited, Unavailable, TimedOut, ServerError, Truncated, NotJSON, Malformed, WrongCount, WrongOrder:
		return true
	}
	return false
}

// suspects reports whether one of the texts of the request may be to blame.
func (r Reason) suspects() bool {
	switch r {
	case Rejected, RequestTooLarge, TooLong, NotFinite, ZeroVector, ServerError, TimedOut:
		return true
	}
	return false
}
