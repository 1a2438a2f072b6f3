package pipeline

import (
	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/contents"
)

// An item is one document on its way through a batch.
type item struct {
	change connectors.Change
	id     string
	known  *catalog.Known // nil: never heard of
	// again is set instead of change where the source was not asked: the document is
	// made anew from what is kept of it.
	again *catalog.Document

	// Set by prepare.
	outcome  catalog.Outcome
	reason   string // why, where the outcome alone does not say
	write    *catalog.Change
	hold     *catalog.Hold
	missed   *catalog.Missed
	stamp    string           // key of a document that was confirmed without being written
	newText  index.Hash       // of a text that replaces another
	err      error            // why it could not be read
	settled  bool             // it could be read, so the ledger forgets it
	keepHold bool             // a decision that still stands
	staged   *contents.Staged // bytes that its text was read from
	outdated bool             // those that were kept are of an older content
}

// idOf returns the document that a change is about.
func idOf(c connectors.Change) string {
	switch c := c.(type) {
	case connectors.Upsert:
		return c.Document.ID
	case connectors.Same:
		return c.ID
	case connectors.Delete:
		return c.ID
	case connectors.Skip:
		return c.ID
	case connectors.Unreadable:
		return c.ID
	}
	return ""
}

// light reports whether the change, of a document that is known, needs no content.
func light(c connectors.Change) bool {
	_, upsert := c.(connectors.Upsert)
	return !upsert
}
