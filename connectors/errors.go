package connectors

import (
	"errors"
	"fmt"
	"time"
)

var (
	// ErrCursor: the cursor is not one of this source's, or no longer valid. The
	// pipeline begins a full pass.
	ErrCursor = errors.New("the cursor is no longer valid")
	// ErrAuth: credentials were refused. The owner has to act.
	ErrAuth = errors.New("the source refused the credentials")
	// ErrTruncated: the listing was cut short; nothing may be concluded from
	// what it did not hold.
	ErrTruncated = errors.New("the listing is not whole")
	// ErrNoFeed ends a feed, after its Checkpoint, where the place turns out not to
	// tell what changed. The pipeline begins a full pass.
	ErrNoFeed = errors.New("the place does not tell what changed")
	// ErrNotFound: the place itself (folder, file, address) is not there.
	ErrNotFound = errors.New("not found")
)

// A Verdict is a reason for which a document cannot be read as it stands, such as
// "unsupported media type". Asking again does not help, so verdicts are not
// retried and do not count against the error budget.
type Verdict struct {
	Reason string // stable, snake_case: unsupported_media_type, too_large, encrypted, ...
	Detail string // for a person
}

func (v *Verdict) Error() string {
	if v.Detail == "" {
		return v.Reason
	}
	return v.Reason + ": " + v.Detail
}

// Verdicts that more than one package gives.
const (
	VerdictMediaType = "unsupported_media_type"
	VerdictTooLarge  = "too_large"
	VerdictEncrypted = "encrypted"
	VerdictMalformed = "malformed"
	VerdictEmpty     = "empty"
)

// AsVerdict returns the Verdict in err's chain, or nil if err is a fault.
func AsVerdict(err error) *Verdict {
	var v *Verdict
	if errors.As(err, &v) {
		return v
	}
	return nil
}

// RetryAfter is returned when the source asked to be left alone for longer than a
// client sleeps by itself (two minutes). The run ends, what was yielded stays,
// and the next one is due after Wait.
type RetryAfter struct {
	Wait time.Duration
	Err  error // what the source said
}

func (e *RetryAfter) Error() string {
	return fmt.Sprintf("the source asks to wait %s: %v", e.Wait.Round(time.Second), e.Err)
}

func (e *RetryAfter) Unwrap() error { return e.Err }
