package rerank

import "time"

// A Reason names why passages were not re-ranked.
type Reason string

const (
	// Unavailable: there was no reply, or one of 500 and above.
	Unavailable Reason = "unavailable"
	// TimedOut: the reply did not come in time.
	TimedOut Reason = "timed_out"
	// Truncated: the connection broke off within the reply.
	Truncated Reason = "truncated"
	// Unauthorised: the key is missing, wrong, revoked or may not do this.
	Unauthorised Reason = "unauthorised"
	// RateLimited: too many requests (429).
	RateLimited Reason = "rate_limited"
	// Refused: another reply that is not a 200.
	Refused Reason = "refused"
	// NotJSON: a 200 with something else, such as a page of HTML.
	NotJSON Reason = "not_json"
	// Malformed: JSON of another shape.
	Malformed Reason = "malformed"
	// TooLarge: a reply of more bytes than scores can have.
	TooLarge Reason = "reply_too_large"
	// WrongCount: not one score for each passage.
	WrongCount Reason = "wrong_count"
	// BadIndex: scores of passages that were not sent, or two of one.
	BadIndex Reason = "bad_index"
	// NotANumber: a score is null, NaN or beyond all bounds.
	NotANumber Reason = "not_a_number"
	// Paused: the server is left alone for a while after a failure.
	Paused Reason = "paused"
)

// An Error says why passages were not re-ranked. It never holds the key.
type Error struct {
	Reason Reason
	Detail string // in words
	Err    error  // may be nil

	after time.Duration // that the server asked to be left alone
}

func (e *Error) Error() string {
	said := "re-rank: " + string(e.Reason) + ": " + e.Detail
	if e.Err != nil {
		said += ": " + e.Err.Error()
	}
	return said
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }
