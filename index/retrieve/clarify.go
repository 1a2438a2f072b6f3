package retrieve

import (
	"maps"
	"slices"
)

// When pages are so alike that a facet decides between them.
const (
	nearShare   = 0.9 // a page counts when its score is at least this share of the best
	mostChoices = 6   // values that can be asked for
)

// clarify returns the facet on which the answer depends: every page near the best
// has a value of it, no two the same, and the request's context leaves it open.
func (s *session) clarify() *Ask {
	if ask := s.clarifyScope(); ask != nil {
		return ask
	}
	near := s.nearPages()
	if len(near) < 2 {
		return nil
	}
	for _, facet := range slices.Sorted(maps.Keys(near[0].passage.Document.Facets)) {
		if len(s.req.Context[facet]) > 0 {
			continue
		}
		if values := distinctValues(near, facet); values != nil {
			return &Ask{Facet: facet, Values: values}
		}
	}
	return nil
}

// clarifyScope returns the facet that decides between the best passage and another
// with which it was in conflict: somebody decided that both are right, each for its
// own askers.
func (s *session) clarifyScope() *Ask {
	top := s.candidates[0].passage.Scope
	if top == nil {
		return nil
	}
	for _, facet := range slices.Sorted(maps.Keys(top.Facets)) {
		if len(s.req.Context[facet]) > 0 || len(top.Facets[facet]) == 0 {
			continue
		}
		values := slices.Clone(top.Facets[facet])
		for _, c := range s.candidates[1:] {
			if x := c.passage.Scope; x != nil && x.Finding == top.Finding {
				values = append(values, x.Facets[facet]...)
			}
		}
		slices.Sort(values)
		values = slices.Compact(values)
		if len(values) > len(top.Facets[facet]) && len(values) <= mostChoices {
			return &Ask{Facet: facet, Values: values}
		}
	}
	return nil
}

// nearPages are the best passages of the pages whose scores are near the best;
// translations of the best page are not others.
func (s *session) nearPages() []*candidate {
	var near []*candidate
	seen := make(map[string]bool)
	top := s.candidates[0]
	for _, c := range s.candidates {
		if c.score < nearShare*top.score {
			break
		}
		d := &c.passage.Document
		if !seen[d.Key] && (d.Translation == "" || d.Key == top.passage.Document.Key || d.Translation != top.passage.Document.Translation) {
			seen[d.Key] = true
			near = append(near, c)
		}
	}
	return near
}

// distinctValues returns the values of a facet when every candidate has its own,
// else nil.
func distinctValues(near []*candidate, facet string) []string {
	var values []string
	for _, c := range near {
		has := c.passage.Document.Facets[facet]
		if len(has) == 0 {
			return nil
		}
		for _, v := range has {
			if slices.Contains(values, v) {
				return nil
			}
		}
		values = append(values, has...)
	}
	if len(values) > mostChoices {
		return nil
	}
	slices.Sort(values)
	return values
}
