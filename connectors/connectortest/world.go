// Package connectortest is the suite that every connectors.Source must pass, with
// an in-memory Position and a reference Source (Memory) for tests of the pipeline.
//
// A connector's test gives the suite a World: the place behind the source, in a
// test server, a folder or a file, and how to change it.
package connectortest

import (
	"testing"

	"freshet/connectors"
)

// Options says what is tested.
type Options struct {
	// New makes a world without documents (other than World.Fixed). It cleans up
	// with t.Cleanup.
	New func(t *testing.T) *World
	// HasFeed says that the source can pull changes since a cursor.
	HasFeed bool
	// Documents is how many documents most parts put into a world; 12 if 0. It
	// should be enough for several pages of the listing.
	Documents int
	// Names are hostile names to try beside the suite's own.
	Names []string
}

// A World is one place that a source reads, under the suite's control. Source,
// Put and Remove are needed; a nil func says that the kind cannot be in that
// situation, and the suite skips the part, saying so. The suite calls them from
// one goroutine while no pull runs, unless a field says otherwise. Names are the
// suite's; the world makes of them what identifies a document there (a file
// name, a path, a record's key).
type World struct {
	// Source opens a source on the place. Every call opens another, with the
	// same settings.
	Source func() connectors.Source

	// Fixed are the IDs of documents that are always there and may change when
	// others do, such as a site's start page.
	Fixed []string

	// Put creates the document called name or replaces its content, and returns
	// the ID under which the source must list it. The content is a few plain
	// words; the document read must contain them. It returns "" when the place
	// cannot hold a document of that name.
	Put func(name, content string) (id string)

	// Remove deletes the document.
	Remove func(name string)

	// Break makes reading this one document fail with a fault, or mends it.
	Break func(name string, broken bool)

	// Spoil replaces the document by one that can never be read as it stands, so
	// that a Verdict is due.
	Spoil func(name string)

	// Hide makes the document one that exists but must not be indexed.
	Hide func(name string)

	// Truncate cuts the listing short in a way that the source can notice: the
	// pull must end with ErrTruncated.
	Truncate func(on bool)

	// FailListing makes the listing fail after its first part: the pull must end
	// with an error.
	FailListing func(on bool)

	// Vanish takes the whole place away, or brings it back: the folder is not
	// there, the server does not answer.
	Vanish func(on bool)

	// Stall makes the place hang: what it is asked it does not answer until Stall
	// is called with false. Called while a pull runs.
	Stall func(on bool)

	// Throttle makes the place answer the next n requests with "too many", to be
	// asked again after a wait so short that the pull sleeps it.
	Throttle func(n int)

	// Postpone makes the place ask to be left alone for ten minutes: the pull
	// must end with a *connectors.RetryAfter.
	Postpone func(on bool)

	// Twice makes the listing hold the ID of name a second time, after the first,
	// with other content.
	Twice func(name, content string)

	// Foreign is an ID that the source's filters leave out; "" if there is none.
	Foreign string
}
