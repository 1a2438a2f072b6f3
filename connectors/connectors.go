// Package connectors is the contract between a place that holds content and the
// pipeline that keeps a knowledge base fresh from it.
//
// A Kind describes one sort of place (a website, a folder, an export) and opens
// Sources. A Source yields Changes. The package imports nothing but the standard
// library; the suite that every Source must pass is connectortest.
package connectors

import (
	"context"
	"iter"
)

// A Source is one configured place. Its methods may be called from several
// goroutines, and two Pulls may run at once.
type Source interface {
	// Pull yields what changed since pos until the source is up to date, then
	// returns; it never waits for new content. On a full pass it yields every
	// document of the place (as Upsert, Same, Skip or Unreadable) and, only if
	// the listing was whole, PassDone as its last change. A feed ends with a
	// Checkpoint, or with one and ErrNoFeed.
	//
	// An error is the last thing yielded, with a nil Change. Breaking out of the
	// loop releases everything the pull holds. When ctx is done Pull yields
	// ctx.Err() within a second. Minutes may pass between two yields, so no
	// transaction and no server cursor is held across one.
	//
	// Each call of the sequence is a pull of its own.
	Pull(ctx context.Context, pos Position) iter.Seq2[Change, error]

	// Check reports, in words that a content owner understands, what works and
	// what does not. It changes nothing at the source and returns at least one
	// Check.
	Check(ctx context.Context) []Check
}

// A Fetcher is a Source that can say how one document stands now. It confirms
// absences, retries failures and serves webhooks.
type Fetcher interface {
	// Fetch returns Upsert, Same, Delete, Skip or Unreadable for id. Delete means
	// that the source says the document is gone. A returned error means that
	// nothing was learnt.
	Fetch(ctx context.Context, id string) (Change, error)
}

// A Scoper is a Source that can say, without asking its place, whether an ID lies
// within its filters.
type Scoper interface {
	// InScope reports whether a document with this ID could be listed under the
	// present settings.
	InScope(id string) bool
}

// Pass says what a pull is for.
type Pass int

const (
	// Feed pulls changes since a cursor.
	Feed Pass = iota + 1
	// Full lists everything. A kind without a feed only ever has full passes.
	Full
)

// String returns "feed" or "full".
func (p Pass) String() string {
	switch p {
	case Feed:
		return "feed"
	case Full:
		return "full"
	}
	return "pass?"
}

// A Position is what is remembered of a source between pulls. It is read during a
// pull; methods may be called from several goroutines.
type Position interface {
	// Pass says whether a feed or a full listing is wanted.
	Pass() Pass

	// Cursor is the cursor of the last Checkpoint of this pass that was
	// committed, or "" to begin. It is bound to the settings: changed settings
	// begin anew.
	Cursor() string

	// Revision returns the revision under which the document was last read
	// whole, or "" when it is not known or must be read again.
	Revision(ctx context.Context, id string) (string, error)

	// Known yields the IDs of the documents held for this source, in byte order.
	Known(ctx context.Context) iter.Seq2[string, error]

	// Memory holds small notes of the connector.
	Memory() Memory
}

// Memory keeps small notes for a connector: validators, parent maps, counts of
// 404s. Never content. Writes are kept with the next Checkpoint or PassDone, with
// all that was yielded before it, or not at all. A value is at most 4 KB.
// Methods may be called from several goroutines.
type Memory interface {
	// Get returns "" for a key that is not there.
	Get(ctx context.Context, key string) (string, error)
	// Set keeps value under key; "" removes the key.
	Set(key, value string)
}

// CheckStatus is the outcome of one Check.
type CheckStatus int

const (
	// CheckOK: it works.
	CheckOK CheckStatus = iota + 1
	// CheckWarning: it works, but the owner should know something.
	CheckWarning
	// CheckFailure: it does not work; Text says how to mend it.
	CheckFailure
)

// String returns "ok", "warning" or "failure".
func (s CheckStatus) String() string {
	switch s {
	case CheckOK:
		return "ok"
	case CheckWarning:
		return "warning"
	case CheckFailure:
		return "failure"
	}
	return "check?"
}

// MarshalText makes a status a word in JSON.
func (s CheckStatus) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// A Check is one thing that was looked at when a source was tested.
type Check struct {
	Name   string      `json:"name"`
	Status CheckStatus `json:"status"`
	Text   string      `json:"text"` // a sentence or two for the content owner
	// Example, if not "", is the ID of a document that shows it.
	Example string `json:"example,omitempty"`
}
