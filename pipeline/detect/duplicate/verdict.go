package duplicate

import (
	"slices"
	"strings"
)

// A Relation is what two documents are to each other.
type Relation string

// The Relations.
const (
	// Different: nothing to tell anybody. Verdict.Why says what spoke against it where
	// the texts are alike.
	Different Relation = "different"
	// Equal, Nearly and Contained are duplicates.
	Equal     Relation = "exact"
	Nearly    Relation = "near"
	Contained Relation = "contained"
	// Shared: the documents are not duplicates, but a passage stands in both
	// (Verdict.Stretches).
	Shared Relation = "passage"
	// Alike: their texts are as those of duplicates, but for a value or its contrary:
	// the best of candidates for a conflict, and no duplicate.
	Alike Relation = "alike"
)

// A Reason is why texts that are alike are not duplicates.
type Reason string

// The Reasons.
const (
	Translated Reason = "translation"    // in other languages, or for other countries
	Referred   Reason = "same_canonical" // one names the other as its canonical address, or both name one
	Scoped     Reason = "facets"         // for other products, plans, countries, audiences or versions
	Sibling    Reason = "sibling"        // of one template, each about something else
	Values     Reason = "values_differ"  // their typed values differ, or numbers, or one denies what the other says
	TooShort   Reason = "too_short"      // too few words, under different titles or questions
)

// A Verdict is how two documents are judged.
type Verdict struct {
	Relation Relation
	Why      Reason // set for Different, where the texts are alike, and for Alike
	Likeness Likeness
	// CoverA is the share of A's shingles that B has, headings included, CoverB that of B's.
	CoverA, CoverB float64
	// Edits are the places at which documents that are alike differ, in the order of A; at
	// most about 1,000.
	Edits []Edit
	// Stretches are set for Contained and Shared: where the same words stand in both.
	Stretches []Stretch
}

// Duplicate reports whether the documents are duplicates, or share a passage.
func (v *Verdict) Duplicate() bool {
	return v.Relation == Equal || v.Relation == Nearly || v.Relation == Contained || v.Relation == Shared
}

// Rules are what Pages asks of those who know more than the texts. All may be nil.
type Rules struct {
	// DifferingValues reports whether any typed values of the two documents that are said
	// of the same differ. It is called once, when everything else speaks for duplicates.
	DifferingValues func() bool
	// Holders is how many documents have a key of Kind Phrase, 0 when it is not known: those
	// of A's passages are enough. A passage of phrases that more than five documents have is
	// none that two of them share.
	Holders func(key uint64) int
	// Contrast reports whether two words, in lower case, name siblings: Basic and Pro,
	// Paris and Lyon.
	Contrast func(a, b string) bool
}

// Documents of different forms are nearly equal when otherFormMost of the one and
// otherFormLeast of the other agree, however few the shingles when all of the one do:
// pages of a PDF have headers, footers and broken lines that the page it was made from
// has not. Chosen on the files of files-docling that are there in two forms.
const (
	otherFormMost  = 0.85
	otherFormLeast = 0.70
	otherFormWords = 15
)

// Pages judges two documents. Its time and memory grow with the words of both: about
// 0.2 µs and 100 bytes a word.
func Pages(a, b *Reading, rules Rules) Verdict {
	v := Verdict{Relation: Different}
	if a.body.Words < MinWords || b.body.Words < MinWords {
		return v
	}
	v.measure(a, b)
	relation := v.relation(a, b)
	if relation == Different {
		v.share(newJudge(a, b, rules))
		return v
	}
	if v.Why = apart(&a.Page, &b.Page); v.Why != "" {
		return v
	}
	j := newJudge(a, b, rules)
	anchors := align(a.whole, b.whole)
	v.Edits = edits(a, b, anchors)
	if relation == Contained {
		v.Stretches, _ = j.stretches(anchors)
	}
	switch v.Why = j.edits(v.Edits); {
	case v.Why != "" && v.Why != Values:
	case v.Why == "" && v.Likeness.Shingles < MinShingles && !headsAlike(a, b):
		v.Why = TooShort
	case v.Why == "" && (rules.DifferingValues == nil || !rules.DifferingValues()):
		v.Relation = relation
	case len(v.Stretches) > 0 && !framed(a, b):
		v.Relation, v.Why = Shared, "" // of what is contained a part says something else
	default:
		v.Relation, v.Why = Alike, Values
	}
	if !v.Duplicate() {
		v.Stretches = nil
	}
	return v
}

// share looks for passages that stand in both of two documents that are not alike.
func (v *Verdict) share(j *judge) {
	if j.a.common || j.b.common {
		return // what stands in many documents is no passage of two
	}
	if shared(j.a.body.short, j.b.body.short) < MinShingles-2*shortWidth {
		return // two words changed take away so many, and no more
	}
	list, values := j.stretches(align(j.a.whole, j.b.whole))
	if len(list) == 0 && !values {
		return
	}
	if v.Why = apart(&j.a.Page, &j.b.Page); v.Why != "" {
		return
	}
	switch {
	case framed(j.a, j.b):
		v.Why = Sibling
	case len(list) > 0:
		v.Relation, v.Stretches = Shared, list
	default:
		v.Relation, v.Why = Alike, Values
	}
}

// measure computes how far each covers the other. What is a heading in one may be text
// in the other, so a body is looked for in the other's whole.
func (v *Verdict) measure(a, b *Reading) {
	x, y := a.bodyRuns, b.bodyRuns
	inB, inA := shared(x, b.wholeRuns), shared(y, a.wholeRuns)
	l := &v.Likeness
	v.CoverA, v.CoverB = float64(inB)/float64(len(x)), float64(inA)/float64(len(y))
	l.Shingles, l.Contained = len(x), v.CoverA
	if len(y) < len(x) {
		l.Smaller, l.Shingles, l.Contained = B, len(y), v.CoverB
	}
	// Counted from both sides, what is common differs by what is a heading in one alone.
	common := float64(inA+inB) / 2
	l.Jaccard = min(1, common/(float64(len(x)+len(y))-common))
	l.Exact = sameWords(a.body.tokens, b.body.tokens) || sameWords(a.whole, b.whole) || sameWords(a.whole[a.title:], b.whole[b.title:])
}

func (v *Verdict) relation(a, b *Reading) Relation {
	l := v.Likeness
	switch {
	case l.Exact:
		return Equal
	case l.Near():
		return Nearly
	case v.twins(a, b):
		return Nearly
	case l.Within():
		return Contained
	}
	return Different
}

// twins reports whether documents of different forms say the same.
func (v *Verdict) twins(a, b *Reading) bool {
	if a.Page.Form == b.Page.Form || a.Page.Form == "" || b.Page.Form == "" || min(v.CoverA, v.CoverB) < otherFormLeast {
		return false
	}
	most := max(v.CoverA, v.CoverB)
	if v.Likeness.Shingles < MinShingles {
		return most == 1 && min(a.body.Words, b.body.Words) >= otherFormWords
	}
	return most >= otherFormMost
}

// apart reports what is known of two documents that keeps them from being duplicates
// whatever their texts are.
func apart(a, b *Page) Reason {
	if tagsDiffer(a.Locale, b.Locale, a.Group != "" && a.Group == b.Group) {
		return Translated
	}
	if a.Canonical != "" && (a.Canonical == b.Canonical || a.Canonical == b.Address) || b.Canonical != "" && b.Canonical == a.Address {
		return Referred
	}
	for name, x := range a.Facets {
		y := b.Facets[name]
		if len(x) > 0 && len(y) > 0 && !slices.ContainsFunc(x, func(s string) bool { return slices.Contains(y, s) }) {
			return Scoped
		}
	}
	return ""
}

// tagsDiffer reports whether two tags name different languages, or different countries.
// Of two translations of one text none is a duplicate, whatever is known of them.
func tagsDiffer(a, b string, group bool) bool {
	if a == "" || b == "" {
		return false
	}
	a, b = strings.ToLower(strings.ReplaceAll(a, "_", "-")), strings.ToLower(strings.ReplaceAll(b, "_", "-"))
	if a == b {
		return false
	}
	x, xRest, _ := strings.Cut(a, "-")
	y, yRest, _ := strings.Cut(b, "-")
	return group || x != y || xRest != "" && yRest != ""
}

func sameWords(x, y []token) bool {
	return slices.EqualFunc(x, y, func(s, t token) bool { return s.hash == t.hash })
}

// headsAlike reports whether the titles or the questions of two documents share at least
// half of their words, or one of the documents has none.
func headsAlike(a, b *Reading) bool {
	x, y := heads(a), heads(b)
	if len(x) == 0 || len(y) == 0 {
		return true
	}
	return 2*shared(x, y) >= min(len(x), len(y))
}

func heads(r *Reading) []uint64 {
	var out []uint64
	for _, t := range r.whole {
		if t.class&head != 0 {
			out = append(out, t.hash)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
