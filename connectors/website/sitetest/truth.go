package sitetest

import (
	"maps"
	"slices"
	"strings"
)

// Kind is what an address of the site is for a knowledge base.
type Kind int

const (
	// Document: it must be held, with its text.
	Document Kind = iota + 1
	// Skipped: it must be passed over, for the reason given.
	Skipped
	// Absent: it must not be held; nothing need be said of it.
	Absent
	// Fault: it cannot be read now, and says so.
	Fault
	// Refused: it cannot be read as it stands, and that is a verdict.
	Refused
	// Either: one address of its group must be held, which does not matter.
	Either
)

// String returns the kind in a word.
func (k Kind) String() string {
	return [...]string{"?", "document", "skipped", "absent", "fault", "refused", "either"}[k]
}

// Expect is the truth about one address.
type Expect struct {
	Is     Kind
	Family string // the oddity that it is part of; "article" if none
	Page   int    // the page's own number; it stays the same when the page moves
	// Reasons are those that a Skip or verdict may have.
	Reasons []string
	// Text are the pieces that the document holds, in order.
	Text   []string
	Locale string // of the document; "*" if any will do
	// Group is equal for translations of one item, and "" for pages without any.
	Group  string
	PartOf string // ID of the page that holds it
	// OneOf names a set of addresses of which just one must be held.
	OneOf string
}

// Truth returns what every address of the site is, by ID. Addresses of traps and
// variants that say themselves that they are copies are left out; see Traps.
func (s *Site) Truth() map[string]Expect {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make(map[string]Expect, len(s.pages))
	for _, p := range s.pages {
		e := p.want
		e.Text = p.texts()
		if e.Is == Document || e.Is == Either {
			if e.Locale == "" {
				e.Locale = p.lang
			}
			if p.twin != 0 {
				e.Group = groupName(p.name, p.twin)
			}
			if e.PartOf != "" {
				e.PartOf = s.URL + e.PartOf
			}
		}
		if s.blocked(p.path) {
			e = Expect{Is: Skipped, Family: e.Family, Page: e.Page, Reasons: []string{"robots"}}
		}
		if p.broken {
			e.Is = Fault
		}
		out[s.URL+p.path] = e
	}
	return out
}

func groupName(a, b int) string {
	return "group of " + itoa(min(a, b))
}

// Families returns the names of the oddities that the site has, in order.
func (s *Site) Families() []string {
	seen := map[string]bool{}
	for _, p := range s.byName {
		seen[p.family] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// Trap returns the name of the trap that an ID leads into, or "". Crawlers may
// enter a trap, but not for more than TrapBound addresses; what they take for
// documents there is neither right nor wrong.
func (s *Site) Trap(id string) string {
	uri, ok := strings.CutPrefix(id, s.URL)
	if !ok {
		return ""
	}
	for _, t := range s.traps {
		if t.holds(uri) {
			return t.name
		}
	}
	return ""
}

// Variant reports whether an ID is another way of writing the address of a page;
// it may be passed over, and must not be a document.
func (s *Site) Variant(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, origin := range []string{s.URL, s.Bare} {
		if uri, ok := strings.CutPrefix(id, origin); ok {
			p, form := s.resolve(uri)
			return p != nil && (form != exact || origin != s.URL)
		}
	}
	return false
}
