package retrieve

import (
	"cmp"
	"slices"

	"freshet/index"
	"freshet/index/lexical"
)

// Factors on a passage's score.
const (
	staleFactor      = 0.9  // it can no longer be trusted to be current
	confirmedFactor  = 1.05 // a person vouches for it at present
	outdoneFactor    = 0.95 // it is disputed, and the other side is likely right
	contextFactor    = 1.15 // it is for exactly this asker
	foreignFactor    = 0.8  // it is in another language than the question
	definitionFactor = 1.25 // its title is the term whose meaning is asked
)

// perPage is how many passages of one page are served.
const perPage = 2

// rank gives the candidates their final scores and order.
func (s *session) rank() {
	for _, c := range s.candidates {
		c.score = c.found.score
		d := &c.passage.Document
		switch {
		case s.req.Doubts == IgnoreDoubts:
		case c.freshness.State == Stale:
			c.score *= staleFactor
		case confirmed(d, s.now):
			c.score *= confirmedFactor
		}
		if s.req.Doubts != IgnoreDoubts && slices.ContainsFunc(c.passage.Conflicts, func(x index.Conflict) bool { return x.Suggested == "other" }) {
			c.score *= outdoneFactor
		}
		if contextFit(s.req.Context, d.Facets) == matches {
			c.score *= contextFactor
		}
		if l := lexical.Language(cmp.Or(c.passage.Chunk.Locale, d.Locale)); l != "" && s.query.Language != "" && l != s.query.Language {
			c.score *= foreignFactor
		}
		if s.defines(c) {
			c.score *= definitionFactor
		}
	}
	slices.SortFunc(s.candidates, func(a, b *candidate) int {
		if x := compareScores(a.score, b.score); x != 0 {
			return x
		}
		return slices.Compare(a.id[:], b.id[:])
	})
	for i, c := range s.candidates {
		c.place = i
	}
}

// defines reports whether the question asks what something is and the passage's
// page is named after it.
func (s *session) defines(c *candidate) bool {
	if s.query.Definition == nil {
		return false
	}
	return slices.Equal(s.query.Definition, s.r.analyser.ContentWords(c.passage.Document.Title, s.base.Languages))
}

type fit int

const (
	silent      fit = iota // says nothing about the context
	matches                // has a value of it, and contradicts none
	contradicts            // is for others
)

// contextFit compares facets with what is known of the asker.
func contextFit(context, facets map[string][]string) fit {
	result := silent
	for key, wanted := range context {
		has := facets[key]
		if len(has) == 0 || len(wanted) == 0 {
			continue
		}
		if !slices.ContainsFunc(wanted, func(v string) bool { return slices.Contains(has, v) }) {
			return contradicts
		}
		result = matches
	}
	return result
}

// A choice is a passage that is served, with the chunks joined to it.
type choice struct {
	main   *candidate
	lo, hi int // Ord of the first and last chunk in it
	parts  []part
	words  int
}

// page is what a reader takes for one page: documents that name the same
// canonical address, or have the same one.
func (c *candidate) page() string {
	d := &c.passage.Document
	return cmp.Or(d.Canonical, d.URL, d.Key)
}

// choose takes candidates in order: one document of each page and of each group
// of translations, and at most two passages of it. A passage next to one that was
// taken joins it instead.
func (s *session) choose() {
	s.chosen = s.chosen[:0]
	for _, c := range s.candidates {
		if len(s.chosen) == s.req.Limit {
			s.joins(c)
			continue
		}
		taken, other := s.takenOf(c)
		if other || s.joins(c) || taken == perPage {
			continue
		}
		s.chosen = append(s.chosen, newChoice(c))
	}
}

// takenOf counts the passages that were chosen of a candidate's page, and reports
// whether any is of another document with its page or of its translation group.
func (s *session) takenOf(c *candidate) (taken int, other bool) {
	d, page := &c.passage.Document, c.page()
	for _, x := range s.chosen {
		theirs := &x.main.passage.Document
		samePage := x.main.page() == page
		if theirs.Key != d.Key && (samePage || d.Translation != "" && theirs.Translation == d.Translation) {
			return 0, true
		}
		if samePage {
			taken++
		}
	}
	return taken, false
}
