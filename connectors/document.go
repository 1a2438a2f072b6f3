package connectors

import (
	"context"
	"io"
	"time"
)

// A Document is one item of a source in one locale, as the source describes it.
// Content is lazy: Open is called only when it is needed.
type Document struct {
	ID       string // stable within the source, at most 2,048 bytes; never a position in a list
	Revision string // opaque, at most 1 KB; equal means unchanged; "" means unknown

	URI       string // where a person reads it
	EditURI   string // where its owner edits it
	Canonical string // the address that the source calls the original, if another
	Path      []string
	Title     string
	MediaType string // of what Open yields; "" lets the pipeline decide by content

	Locale           string // BCP 47, "" when not known
	TranslationGroup string // equal for the translations of one item

	Created, Modified time.Time
	Owner             string
	Labels            []string
	Facets            map[string][]string // product, plan, country, audience, version
	Class             string              // policy, pricing, how-to, FAQ, news
	ReviewEvery       time.Duration
	Metadata          map[string]string
	Access            Access
	PartOf            string // ID of the document that holds this one

	// Open returns the content. It may be called several times and from several
	// goroutines until the loop over the pull ends. Errors follow the rules of
	// Unreadable.Err.
	Open func(ctx context.Context) (io.ReadCloser, error)
}

// A Principal is who may read: "user:ann@example.org", "group:staff",
// "domain:example.org".
type Principal string

// Access says who may read a document. It fails closed: when it is not Known,
// nobody may, except on a source that is declared public.
type Access struct {
	Known  bool `json:"known"`
	Public bool `json:"public,omitempty"`
	// AnyOf is a conjunction: a reader needs at least one principal of every list.
	AnyOf [][]Principal `json:"any_of,omitempty"`
}

// Public is the Access of content that everybody may read.
func Public() Access { return Access{Known: true, Public: true} }

// Allows reports whether somebody with these principals may read.
func (a Access) Allows(have []Principal) bool {
	if !a.Known {
		return false
	}
	if a.Public {
		return true
	}
	if len(a.AnyOf) == 0 {
		return false
	}
	for _, list := range a.AnyOf {
		if !intersects(list, have) {
			return false
		}
	}
	return true
}

func intersects(a, b []Principal) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}
