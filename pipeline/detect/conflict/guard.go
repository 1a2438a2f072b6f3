package conflict

import (
	"slices"
	"strings"
	"time"

	"freshet/index"
	"freshet/pipeline/detect/claims"
)

// The names of what lowers a Pair.
const (
	loweredFacet     = "facet"     // G2: a facet is set on one side only
	loweredSubject   = "subject"   // G3: in sentences that are alike, each has a word of its own
	loweredNamed     = "named"     // G3: of two sentences that are copies, one names what the other does not
	loweredScope     = "scope"     // G2: one side has a word of a contrast set
	loweredCondition = "condition" // G5: one side holds under a condition
	loweredOccasion  = "occasion"  // two dates in sentences that are not much alike
	loweredSeveral   = "several"   // the passages differ in many values: they may be of two subjects
	loweredDomain    = "domain"    // addresses of two domains
	loweredNews      = "news"      // one side is news
	loweredUnclear   = "unclear"   // something may explain that the values differ
	loweredOverlap   = "overlap"   // ranges that share a part
	loweredRepeated  = "repeated"  // G6: the other passage has this value elsewhere
	loweredPage      = "page"      // both stand on one page, which may tell cases apart
)

// dateFrom is how alike two sentences must be for their dates to be of one thing: of
// one subject there are many dates.
const dateFrom = 0.4

// A guardName names what suppresses a Pair.
type guardName string

const (
	guardSubject   guardName = "subject"   // G3
	guardValidity  guardName = "validity"  // G4
	guardCondition guardName = "condition" // G5
	guardRepeated  guardName = "repeated"  // G6
	guardPlace     guardName = "place"     // G7
	guardFamily    guardName = "family"    // G8
	guardTax       guardName = "tax"       // tax may explain it
	guardHistory   guardName = "history"   // G11
)

func suppressed(by guardName) verdict { return verdict{suppressed: by} }

// meet applies the guards on documents: G1, G2 and the part of G9 that concerns whole
// documents and chunks. ok is false when nothing of the two may be compared.
func (c *Comparer) meet(a, b *Side) (*meeting, bool) {
	if a.Chunk.Kind == index.Code || b.Chunk.Kind == index.Code {
		return nil, false
	}
	if a.Document.Archived || b.Document.Archived || a.Document.Class == classChangelog || b.Document.Class == classChangelog || oldNews(a.Document, b.Document) {
		return nil, false
	}
	m := &meeting{a: a, b: b, topic: -1}
	if a.Document.Key == b.Document.Key {
		m.lowered = append(m.lowered, loweredPage)
	}
	if a.language != b.language && a.language != "" && b.language != "" {
		m.translated = a.Document.Translation != "" && a.Document.Translation == b.Document.Translation
		if !m.translated {
			return nil, false
		}
	}
	switch facets(a.Document.Facets, b.Document.Facets) {
	case disjoint:
		return nil, false
	case oneSided:
		m.lowered = append(m.lowered, loweredFacet)
	}
	if len(a.topic.ids) > 0 && len(b.topic.ids) > 0 {
		m.topic = a.topic.jaccard(&b.topic)
	}
	if (a.Document.Class == classNews) != (b.Document.Class == classNews) {
		m.lowered = append(m.lowered, loweredNews)
	}
	m.apart = apartNames(a, b)
	m.whole = a.all.jaccard(&b.all)
	m.copied = m.whole >= copiedFrom && len(a.all.ids) >= 8
	return m, true
}

// Classes of documents that tell of their day rather than of today.
const (
	classNews      = "news"
	classChangelog = "changelog"
)

// newsLasts is how much older news may be than what it is compared with.
const newsLasts = 365 * 24 * time.Hour

const (
	// leastNames is how many names a passage must have for its names to say of whom it
	// speaks.
	leastNames = 3
	// sharedNames is the share of the fewer names that two passages on one subject share
	// at least.
	sharedNames = 0.34
)

// apartNames is G3 for whole passages: both name many, and hardly the same.
func apartNames(a, b *Side) bool {
	least := min(len(a.entities), len(b.entities))
	return least >= leastNames && float64(common(a.entities, b.entities)) < sharedNames*float64(least)
}

// oldNews says whether one document is news that is not known to be of the other's
// time. News of the day state what holds as other pages do.
func oldNews(a, b *Document) bool {
	if a.Class == classNews && b.Class == classNews {
		return false
	}
	if b.Class == classNews {
		a, b = b, a
	}
	if a.Class != classNews || a.Modified.IsZero() || b.Modified.IsZero() {
		return false
	}
	return b.Modified.Sub(a.Modified) > newsLasts
}

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
	suppressed guardName // empty when none did
	named      bool      // one side names what the other does not
	contrast   bool      // one side has a word of a contrast set that the other has not
	lowered    []string
}

// capped says whether a guard lowered that leaves no Pair likely, however alike the
// sentences are.
func (v *verdict) capped() bool {
	return slices.ContainsFunc(v.lowered, func(name string) bool {
		return name == loweredPage || name == loweredFacet || name == loweredScope || name == loweredUnclear || name == loweredDomain || name == loweredOccasion || name == loweredNamed
	})
}

func (v *verdict) lower(name string) {
	if !slices.Contains(v.lowered, name) {
		v.lowered = append(v.lowered, name)
	}
}

// guard applies the guards on sentences and claims.
func (c *Comparer) guard(m *meeting, f *match, how relation) verdict {
	if f.ca.Past != f.cb.Past || otherNumber(f) {
		return suppressed(guardSubject)
	}
	if f.ca.Type == claims.Phone && valuesDiffer(f) {
		return suppressed(guardSubject) // two numbers with two opening hours
	}
	if f.ca.Type == claims.Date {
		// The years of the dates themselves and what they bound are what is compared.
		if otherYear(f.sa.titled, f.sb.titled) || valuesDiffer(f) {
			return suppressed(guardValidity)
		}
	} else if otherYear(f.sa.years, f.sb.years) || !overlapping(f.ca.Claim, f.cb.Claim) || c.notYet(f.ca.Claim) || c.notYet(f.cb.Claim) {
		return suppressed(guardValidity)
	}
	if f.ca.Type == claims.Money && speaksOfTax(f.sa) && speaksOfTax(f.sb) && (anyRate(f.ca.Claim, f.cb.Claim) || anyRate(f.cb.Claim, f.ca.Claim)) {
		return suppressed(guardTax)
	}
	v := c.guardSentences(m, f)
	if v.suppressed != "" {
		return v
	}
	if m.b.holds(f.ca) || m.a.holds(f.cb) { // G6
		if !f.align.copied {
			return suppressed(guardRepeated)
		}
		v.lower(loweredRepeated)
	}
	if f.ca.Type == claims.Date && f.align.text < dateFrom && f.align.name < 0.5 {
		v.lower(loweredOccasion)
	}
	if !f.align.copied && otherDomain(f.ca.Claim, f.cb.Claim) {
		v.lower(loweredDomain)
	}
	switch how {
	case unclear:
		v.lower(loweredUnclear)
	case overlaps:
		v.lower(loweredOverlap)
	}
	return v
}

// guardSentences applies the guards on sentences.
func (c *Comparer) guardSentences(m *meeting, f *match) verdict {
	v := verdict{lowered: slices.Clone(m.lowered)}
	switch {
	case f.sa.past != f.sb.past, f.sa.past && f.sb.past && !f.align.copied:
		return suppressed(guardHistory)
	case otherLabel(f.sa, f.sb):
		return suppressed(guardSubject)
	case otherSubject(m, f):
		return suppressed(guardSubject)
	case c.context.Families.apart(f.sa, f.sb):
		return suppressed(guardFamily)
	case otherPlace(m, f):
		return suppressed(guardPlace)
	}
	switch contrasts(contrastSets, f.sa, f.sb) {
	case disjoint:
		return suppressed(guardSubject)
	case oneSided:
		v.contrast = true
	}
	if fam := c.context.Families; fam != nil && len(fam.sets) > 0 && contrasts(fam.sets, f.sa, f.sb) == oneSided && !f.align.copied {
		v.lower(loweredScope) // one side is of a family: of one plan or room of several
	}
	switch conditions(f.sa, f.sb) { // G5
	case disjoint:
		return suppressed(guardCondition)
	case oneSided:
		v.lower(loweredCondition)
	}
	if f.align.swapped {
		v.lower(loweredSubject)
	}
	if f.align.copied && !m.copied && (names(f.sa, m.a, f.sb, m.b) || names(f.sb, m.b, f.sa, m.a)) {
		v.lower(loweredNamed)
	}
	if v.contrast && f.align.text >= swappedFrom && (contrastsAlone(contrastSets, f.sa, f.sb) || contrastsAlone(contrastSets, f.sb, f.sa)) {
		v.lower(loweredScope)
	}
	v.named = names(f.sa, m.a, f.sb, m.b) || names(f.sb, m.b, f.sa, m.a)
	return v
}

// conditions is G5: whether what the sentences hold for is told apart. A condition
// that the other sentence speaks of too, or its topic, is none of one side.
func conditions(a, b *sentence) overlap {
	x, y := unshared(a, b), unshared(b, a)
	switch {
	case x && y:
		return disjoint
	case x || y:
		return oneSided
	}
	return equalScope
}

// unshared says whether most of a sentence's condition is absent from the other.
func unshared(s, other *sentence) bool {
	n := 0
	for _, id := range s.condition {
		if has(other.wide.ids, id) {
			n++
		}
	}
	return 2*n < len(s.condition)
}

// taxWords are words by which a price says what it includes.
var taxWords = []uint64{token("vat"), token("tva"), token("ht"), token("ttc"), token("tax"), token("taxe"), token("gross"), token("net")}

func speaksOfTax(s *sentence) bool {
	for _, w := range taxWords {
		if has(s.tokens, w) {
			return true
		}
	}
	return false
}

// otherYear says whether two sentences name years, and they differ.
func otherYear(a, b []uint64) bool {
	return len(a) > 0 && len(b) > 0 && common(a, b) == 0
}

// valuesDiffer says whether two sentences with two dates, or two numbers, give two
// values of another kind as well: they tell of two occasions, or of two services.
func valuesDiffer(f *match) bool {
	for i := range f.sa.claims {
		for j := range f.sb.claims {
			a, b := &f.sa.claims[i], &f.sb.claims[j]
			if a.Type != f.ca.Type && a.Type != claims.Date && a.Type != claims.Bool && a.class == b.class && claims.Comparable(a.Claim, b.Claim) && relate(a.Claim, b.Claim) == contradict {
				return true
			}
		}
	}
	return false
}

// otherNumber says whether two sentences name telephone numbers or addresses that
// differ, where those are not what is compared: the hours of two numbers are two.
func otherNumber(f *match) bool {
	differ := false
	for i := range f.sa.claims {
		for j := range f.sb.claims {
			a, b := &f.sa.claims[i], &f.sb.claims[j]
			switch a.Type {
			case claims.Phone, claims.Email, claims.URL:
			default:
				continue
			}
			if a.Type != b.Type || a.Type == f.ca.Type {
				continue
			}
			if a.Text == b.Text {
				return false
			}
			differ = true
		}
	}
	return differ
}

// otherLabel says whether each sentence begins with what it is about and a colon, and
// neither speaks of the other's.
func otherLabel(a, b *sentence) bool {
	return len(a.label) > 0 && len(b.label) > 0 && common(a.label, b.wide.ids) == 0 && common(b.label, a.wide.ids) == 0
}

// otherSubject is G3: each side names something that the other does not, or says in
// the place of the other's word one that its own title has and the other's has not.
func otherSubject(m *meeting, f *match) bool {
	return names(f.sa, m.a, f.sb, m.b) && names(f.sb, m.b, f.sa, m.a) ||
		f.align.text >= swappedFrom && titled(f.sa, m.a, f.sb, m.b) && titled(f.sb, m.b, f.sa, m.a)
}

// titled says whether a sentence repeats a word of the topic above it that neither the
// other sentence nor its topic has.
func titled(s *sentence, of *Side, other *sentence, its *Side) bool {
	return slices.ContainsFunc(s.terms.ids, func(id uint64) bool {
		return has(of.topic.ids, id) && !has(other.terms.ids, id) && !has(its.topic.ids, id)
	})
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
			if mine := &s.sentences[i].claims[j]; mine.class == other.class && claims.Comparable(mine.Claim, other.Claim) && relate(mine.Claim, other.Claim) == same {
				return true
			}
		}
	}
	return false
}
