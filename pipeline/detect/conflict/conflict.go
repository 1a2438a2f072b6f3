// Package conflict tells where two passages contradict each other: the same thing
// said with two values, or once as so and once as not so. Rules propose, guards
// suppress or lower, a score says how sure it is. It reads what package claims found
// and knows no catalog and no clock: everything that a base knows comes in a Context.
//
// Precision comes first. Of two passages that resemble each other few contradict, so
// a rule that is right nine times in ten on pairs is wrong nine times in ten on a
// base; see DOUBTS.md 1.2.
package conflict

import (
	"sync"
	"time"

	"freshet/index"
	"freshet/pipeline/detect/claims"
)

// A Document is what comparing asks about the document of a passage. Zero values
// mean that it is not known.
type Document struct {
	Key         string
	Source      string
	Locale      string // BCP 47
	Translation string // group of documents that translate each other
	Title       string
	Path        []string
	Class       string              // policy, pricing, howto, faq, news, legal, changelog
	Facets      map[string][]string // product, plan, region, audience, version, year
	Modified    time.Time           // as the source says
	Created     time.Time
	Archived    bool // under an archive, versioned or dated path rule
}

// A Tier says what is done with a Pair.
type Tier string

const (
	// Likely pairs are shown to the owners.
	Likely Tier = "likely"
	// Possible pairs are shown when a judge confirms them, or on request.
	Possible Tier = "possible"
)

// Where a Pair's probability puts it into a Tier.
const (
	LikelyFrom   = 0.85
	PossibleFrom = 0.50
)

// A Choice names one of the two sides.
type Choice string

// The Choices.
const (
	Neither Choice = ""
	SideA   Choice = "a"
	SideB   Choice = "b"
)

// A Rule is how a Pair was found. Owners' decisions mute by Rule.
type Rule string

// The Rules.
const (
	ByValue    Rule = "value"    // two values of one type in sentences that say the same
	ByCopy     Rule = "copy"     // the same, in sentences that are copies but for it
	ByLabel    Rule = "label"    // two values under one label
	ByPolarity Rule = "polarity" // so on one side, not so on the other
	ByDrift    Rule = "drift"    // a translation whose value differs
	ByOutdated Rule = "outdated" // no longer so on one side, still so on the other
)

// A ClaimRef is one side of a Pair.
type ClaimRef struct {
	Sentence int        // index in Scan.Sentences
	Start    int        // byte offsets of the evidence in the passage's text
	End      int        //
	Value    string     // as it is written
	Normal   string     // for people and for comparing: "14 day", "12.5 EUR/month"; of a ByPolarity pair "yes" or "no"
	Hash     index.Hash // of the sentence: decisions are kept under it
}

// A Pair is two claims that cannot both hold.
type Pair struct {
	A, B ClaimRef
	Type claims.Type
	Rule Rule
	P    float64 // probability that an owner says that it is a conflict
	Tier Tier
	// Lowered names the guards that took probability away: "facet", "condition",
	// "subject", "bound" and such. Empty when none did.
	Lowered []string
	// Suggest is the side that is probably right, Because why, by language ("fr", "en").
	// Neither with a nil Because when there is nothing to go by.
	Suggest Choice
	Because map[string]string
	// Reason says in words what the two sides say, by language.
	Reason map[string]string
	// Drift: the two passages are translations of each other. Outdated: one side says
	// since when the other no longer holds.
	Drift, Outdated bool
}

// A Context is what a base knows beyond the two passages. Every field may be zero.
type Context struct {
	// IDF is how rare a stem is (natural logarithm of passages over passages with it);
	// nil counts every stem alike. It is called from several goroutines.
	IDF func(stem string) float64
	// Boilerplate says whether a sentence stands on so many pages that it says nothing
	// of any of them.
	Boilerplate func(sentence index.Hash) bool
	// Families are the learnt template families.
	Families *Families
	// Authority returns how much a document is to be believed about values of a type
	// found in this passage, as owners decided ("for prices, the price list is right"),
	// and the words for it; 0 without such a decision.
	Authority func(s *Side, t claims.Type) (rank int, because map[string]string)
	// Today is the day that is compared at, in days since 1970-01-01; 0 when unknown. A
	// rule that holds only from a later day contradicts nothing.
	Today int64
}

// A Comparer compares passages of one base. It is safe for concurrent use.
type Comparer struct {
	context Context
	weigher *weigher
	readers sync.Pool // of *reader
}

// New returns a Comparer.
func New(c Context) *Comparer {
	w := &weigher{idf: c.IDF, thesaurus: thesauri()}
	return &Comparer{context: c, weigher: w, readers: sync.Pool{New: func() any { return newReader(w) }}}
}

// With returns a Comparer that knows other template families. It costs next to nothing
// and compares the Sides of c.
func (c *Comparer) With(f *Families) *Comparer {
	context := c.context
	context.Families = f
	w := c.weigher
	return &Comparer{context: context, weigher: w, readers: sync.Pool{New: func() any { return newReader(w) }}}
}

// Compare returns the contradictions between two passages, the surest first, those
// with P of at least PossibleFrom. The passages must come from Side of the same
// Comparer, or of one that it was made With. Swapping them swaps the Pairs' sides and nothing else. A passage does not
// contradict itself. The work is bounded: of a passage with more than MaxClaims claims
// the first count.
func (c *Comparer) Compare(a, b *Side) []Pair {
	return c.compare(a, b, PossibleFrom)
}

// MaxClaims bounds the claims of a passage that are compared.
const MaxClaims = 64
