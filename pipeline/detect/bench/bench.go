// Package bench measures the detectors of doubts: help pages in French and English,
// written by hand as templates, into which conflicts, translation drifts, expired dates
// and duplicates are planted, and among them lookalikes that are none of these. The
// pages are generated from a seed; Score compares what a detector found with what was
// planted.
//
// There are two halves that share no page, no subject and no sentence. Rules are made
// on the half "dev". The half "held" measures them: its templates were written before
// the rules, and whoever writes rules reads neither them nor what is made of them.
package bench

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"time"
)

// The halves.
const (
	Held = "held"
	Dev  = "dev"
)

// A Kind is what is planted.
type Kind string

// The Kinds.
const (
	Conflict  Kind = "conflict"  // two pages of one language give two values of one thing
	YesNo     Kind = "bool"      // one page says yes where the other says no
	Drift     Kind = "drift"     // a page and its translation give two values
	Expired   Kind = "expired"   // a sentence's date is over
	Duplicate Kind = "duplicate" // two pages say the same in the same words
	Lookalike Kind = "lookalike" // looks like one of these (Plant.Against) and is none
)

// A Level is how far the second mention is from the first.
type Level string

// The Levels. Near, Contained and Whole are of duplicates, the others of contradictions.
const (
	Copy      Level = "copy"      // the same words, and often the words around them
	Reworded  Level = "reworded"  // as another person would have written it
	Format    Level = "format"    // a table, a list or a question against prose
	Near      Level = "near"      // a duplicate with a word or two changed
	Contained Level = "contained" // a section that stands within another page
	Whole     Level = "page"      // a whole page under another address
)

// A Page is a page of a help centre.
type Page struct {
	ID          string // unique in a Set; of ASCII letters, digits, hyphens and a slash
	Title       string
	URL         string
	Locale      string // "fr" or "en"
	Path        []string
	Translation string // pages with the same are translations of one another; "" for none
	Facets      map[string][]string
	Class       string
	Modified    time.Time
	Body        string // Markdown, without the title
}

// A Mention is one sentence of one page. Quote stands in the page's Body exactly as it
// is: a sentence, an item of a list, the row of a table, or, for a duplicate, a passage.
type Mention struct {
	Page  string `json:"page,omitempty"`
	Quote string `json:"quote,omitempty"`
	// Value as it is written; empty where the whole sentence is the value.
	Value string `json:"value,omitempty"`
}

// A Plant is a truth about a Set: a doubt that is to be found, or a lookalike that is
// to be left alone. B is the zero Mention where there is one side only, as for expired
// dates.
type Plant struct {
	ID       string  `json:"id"`
	Kind     Kind    `json:"kind"`
	Type     string  `json:"type,omitempty"`    // money, percent, duration, date, hours, phone, email, url, version, quantity, count, role, bool; "" for duplicates
	Level    Level   `json:"level,omitempty"`   // "" for lookalikes and expired dates
	Trap     string  `json:"trap,omitempty"`    // of a lookalike: what makes it look like one ("plan", "tax", "archive"...)
	Against  Kind    `json:"against,omitempty"` // of a lookalike: what it looks like
	A        Mention `json:"a"`
	B        Mention `json:"b,omitzero"`
	Language string  `json:"language"` // "fr" or "en"; of a Drift that of A
}

// A Set is the pages of a half with the truth about them.
type Set struct {
	Half   string
	Seed   uint64
	Now    time.Time // what the dates in the texts are relative to
	Pages  []Page
	Plants []Plant
}

// Today is the day that Generate writes pages for: what is over is over on this day, and
// what is to come lies so far ahead that it is still to come a month later.
func Today() time.Time { return time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC) }

// Generate makes the pages of a half: equal seeds make equal Sets. It fails for a half
// that does not exist, and where a template breaks the rules of the format.
func Generate(half string, seed uint64) (Set, error) { return GenerateAt(half, seed, Today()) }

// GenerateAt is Generate for another day, of which only year, month and day count.
func GenerateAt(half string, seed uint64, now time.Time) (Set, error) {
	sites, err := templates(half)
	if err != nil {
		return Set{}, err
	}
	now = now.UTC().Truncate(24 * time.Hour)
	set := Set{Half: half, Seed: seed, Now: now}
	for _, s := range sites {
		if err := s.generate(&set); err != nil {
			return Set{}, fmt.Errorf("%s/%s: %w", half, s.file, err)
		}
	}
	slices.SortFunc(set.Plants, func(a, b Plant) int { return cmp.Compare(a.ID, b.ID) })
	// Pages come in an order that says nothing of what belongs together.
	slices.SortFunc(set.Pages, func(a, b Page) int {
		return cmp.Or(cmp.Compare(draw(seed, "order", a.ID), draw(seed, "order", b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return set, nil
}

// draw is a number that depends on the seed and on what it is drawn for, and on nothing
// else: a template that is added changes no other's values.
func draw(seed uint64, what ...string) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d", seed)
	for _, w := range what {
		fmt.Fprintf(h, "\x00%s", w)
	}
	// The low bits of FNV are weak; this is the finalizer of MurmurHash3.
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// Page finds a page by its ID.
func (s *Set) Page(id string) (*Page, bool) {
	i := slices.IndexFunc(s.Pages, func(p Page) bool { return p.ID == id })
	if i < 0 {
		return nil, false
	}
	return &s.Pages[i], true
}
