package conflict

import (
	"slices"
	"strings"

	"freshet/index"
	"freshet/pipeline/detect/claims"
)

// The names of what lowers a Pair.
const (
	loweredFacet     = "facet"     // G2: a facet is set on one side only
	loweredSubject   = "subject"   // G3: one side names something that the other does not
	loweredCondition = "condition" // G5: one side holds under a condition
	loweredBound     = "bound"     // a bound, and a value within it
	loweredOverlap   = "overlap"   // ranges that share a part
	loweredRepeated  = "repeated"  // G6: the other passage has this value elsewhere
)

// meet applies the guards on documents: G1, G2 and the part of G9 that concerns whole
// documents and chunks. ok is false when nothing of the two may be compared.
func (c *Comparer) meet(a, b *Side) (*meeting, bool) {
	if a.Chunk.Kind == index.Code || b.Chunk.Kind == index.Code {
		return nil, false
	}
	if a.Document.Archived || b.Document.Archived || dated(a.Document.Class) || dated(b.Document.Class) {
		return nil, false
	}
	if a.language != "" && b.language != "" && a.language != b.language {
		return nil, false
	}
	m := &meeting{a: a, b: b, topic: -1, sameClass: a.Document.Class == b.Document.Class}
	switch facets(a.Document.Facets, b.Document.Facets) {
	case disjoint:
		return nil, false
	case oneSided:
		m.lowered = append(m.lowered, loweredFacet)
	}
	if len(a.topic.ids) > 0 && len(b.topic.ids) > 0 {
		m.topic = a.topic.jaccard(&b.topic)
	}
	m.whole = a.all.jaccard(&b.all)
	m.copied = m.whole >= copiedFrom && len(a.all.ids) >= 8
	return m, true
}

// dated says whether documents of a class tell of their day rather than of today.
func dated(class string) bool { return class == "news" || class == "changelog" }

type overlap uint8

const (
	equalScope overlap = iota
	oneSided
	disjoint
)

// scopes are the facets that say of whom or what a document speaks.
var scopes = []string{"product", "plan", "region", "country", "audience", "version", "year"}

func facets(a, b map[string][]string) overlap {
	result := equalScope
	for _, name := range scopes {
		x, y := a[name], b[name]
		switch {
		case len(x) == 0 && len(y) == 0:
		case len(x) == 0 || len(y) == 0:
			result = max(result, oneSided)
		case !slices.ContainsFunc(x, func(v string) bool {
			return slices.ContainsFunc(y, func(w string) bool { return strings.EqualFold(v, w) })
		}):
			return disjoint
		}
	}
	return result
}

// A verdict is what the guards say of a match.
type verdict struct {
	suppressed bool
	lowered    []string
}

func (v *verdict) lower(name string) {
	if !slices.Contains(v.lowered, name) {
		v.lowered = append(v.lowered, name)
	}
}

// guard applies the guards on sentences and claims.
func (c *Comparer) guard(m *meeting, f *match, how relation) verdict {
	v := verdict{lowered: slices.Clone(m.lowered)}
	switch {
	case f.sa.Past || f.sb.Past, // G11
		otherSubject(m, f),                         // G3
		!overlapping(f.ca.Claim, f.cb.Claim),       // G4
		c.context.Families.apart(f.sa, f.sb),       // G8
		otherPlace(m, f),                           // G7
		c.notYet(f.ca.Claim), c.notYet(f.cb.Claim): // it holds from a later day
		v.suppressed = true
		return v
	}
	switch { // G5
	case len(f.sa.condition) > 0 && len(f.sb.condition) > 0:
		if n := common(f.sa.condition, f.sb.condition); 2*n < min(len(f.sa.condition), len(f.sb.condition)) {
			v.suppressed = true
			return v
		}
	case len(f.sa.condition) > 0 || len(f.sb.condition) > 0:
		v.lower(loweredCondition)
	}
	if f.ca.Type != claims.Bool { // G6
		inA, inB := m.b.holds(f.ca), m.a.holds(f.cb)
		if inA || inB {
			if !f.align.copied {
				v.suppressed = true
				return v
			}
			v.lower(loweredRepeated)
		}
	}
	switch how {
	case bounded:
		v.lower(loweredBound)
	case overlaps:
		v.lower(loweredOverlap)
	}
	return v
}

// otherSubject is G3: each side names something that the other does not.
func otherSubject(m *meeting, f *match) bool {
	return names(f.sa, m.a, f.sb, m.b) && names(f.sb, m.b, f.sa, m.a)
}

// names says whether a sentence, or the topic above it, names what neither the other
// sentence nor its topic does.
func names(s *sentence, of *Side, other *sentence, its *Side) bool {
	for _, list := range [...][]uint64{s.entities, of.names} {
		for _, id := range list {
			if !has(other.entities, id) && !has(its.names, id) && !has(its.topic.ids, id) {
				return true
			}
		}
	}
	return false
}

// overlapping is G4: whether there is a day on which both hold.
func overlapping(a, b *claims.Claim) bool {
	from, until := max(a.From, b.From), int64(0)
	for _, u := range [...]int64{a.Until, b.Until} {
		if u != 0 && (until == 0 || u < until) {
			until = u
		}
	}
	return until == 0 || from <= until
}

// notYet says whether a claim holds from a day after today.
func (c *Comparer) notYet(x *claims.Claim) bool {
	return c.context.Today != 0 && x.From > c.context.Today
}

// otherPlace is G7: other rows or columns of tables, or other items of one list.
func otherPlace(m *meeting, f *match) bool {
	if m.a.Chunk.Document == m.b.Chunk.Document && m.a.Document.Key == m.b.Document.Key && f.sa.Group > 0 && f.sb.Group > 0 && f.sa.Lead == f.sb.Lead {
		return true
	}
	return f.sa.Row != "" && f.sb.Row != "" && !alike(f.sa.Row, f.sb.Row) ||
		f.sa.Column != "" && f.sb.Column != "" && !alike(f.sa.Column, f.sb.Column)
}

// alike says whether two headers name the same thing.
func alike(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	x, y := splitWords(a), splitWords(b)
	same := 0
	for _, w := range x {
		if slices.ContainsFunc(y, func(o word) bool { return o.text == w.text }) {
			same++
		}
	}
	return 2*same > len(x)+len(y)-same
}

// holds says whether a side has a claim that says the same as another's.
func (s *Side) holds(other *claim) bool {
	if s.classes&bit(other.class) == 0 {
		return false
	}
	for i := range s.sentences {
		for j := range s.sentences[i].claims {
			if mine := &s.sentences[i].claims[j]; mine.class == other.class && relate(mine.Claim, other.Claim) == same {
				return true
			}
		}
	}
	return false
}
