// Package claims reads typed values out of French and English text: what a passage
// says that can be compared with what another says. Money, percentages, durations,
// dates, opening hours, telephone numbers, addresses, versions, quantities, counts,
// yes and no, and who holds a role; each with its value in one normal form, so that
// "24 mois" and "2 ans" are equal, with the words around it, and with its place.
//
// The package knows no documents and no dates of today; it is pure, and safe for
// concurrent use.
package claims

import "freshet/index"

// A Type is what kind of value a Claim has. Values of different Types are never
// compared.
type Type string

// The Types.
const (
	Money    Type = "money"
	Percent  Type = "percent"
	Duration Type = "duration"
	Date     Type = "date"
	Hours    Type = "hours"
	Clock    Type = "time" // a time of day, with Op: "commandez avant 14 h"
	Phone    Type = "phone"
	Email    Type = "email"
	URL      Type = "url"
	Version  Type = "version"
	Quantity Type = "quantity" // a number with a physical or digital unit
	Count    Type = "count"    // a number with a noun
	Bool     Type = "bool"     // a property that is so, or is not
	Role     Type = "role"     // who holds an office
)

// An Op says how a value bounds what is meant.
type Op string

// The Ops.
const (
	Equal   Op = "eq"
	AtLeast Op = "min"    // from, at least
	AtMost  Op = "max"    // up to, at most
	Between Op = "range"  // from Lo to Hi
	About   Op = "approx" // with a tolerance of 10 %
)

// A Cue is what the words beside a Date say of it; see the rules at dateCue.
type Cue string

// The Cues.
const (
	CueNone     Cue = ""
	CueEnd      Cue = "end"      // something ends: jusqu'au, until, deadline
	CueUpcoming Cue = "upcoming" // something is announced: aura lieu, will open
	CueStart    Cue = "start"    // something begins to hold: à compter du, from, since
	CueAsOf     Cue = "as_of"    // something is stated as of then: au, as of, last updated
	CueHistory  Cue = "history"  // something was: founded in, a été publié le
)

// The Units of a Date.
const (
	FullDate    = "date"      // with a year: Lo and Hi are days since 1970-01-01
	PartialDate = "month_day" // without a year: Lo and Hi are month*100+day
)

// Scale is how many units of Lo and Hi make one: values are fixed point, because
// floats do not compare.
const Scale = 10_000

// A Passage is what is scanned.
type Passage struct {
	Text     string
	Kind     index.ChunkKind
	Title    string   // of the document
	Heading  []string // path, outermost first
	Question string   // of a FAQ chunk
	Locale   string   // BCP 47; "" when unknown
	Region   string   // ISO 3166 of telephone numbers without a country code; "" takes it from Locale
}

// A Scan is what a passage says. Offsets are bytes of Passage.Text.
type Scan struct {
	Language  string // "fr", "en" or ""
	Sentences []Sentence
	Claims    []Claim // in order of Sentence, then Start
	// Subject are the stems of what the passage as a whole is about: its title, its
	// nearest heading and its question.
	Subject []string
	// Cut says, in words, what of the passage was not read; empty when all was.
	Cut string
}

// A Sentence is a sentence, an item of a list, or a cell of a table.
type Sentence struct {
	Start, End int
	// Lead is the sentence that introduces the list an item belongs to; empty for others.
	Lead string
	// Heading is the nearest heading within the passage's text above the sentence; empty
	// when there is none and Passage.Heading speaks.
	Heading string
	// Row and Column are the header cells that speak for a cell of a table; empty for
	// others.
	Row, Column string
	// Ordinal place of a list's item or of a table's row among its siblings, from 1; 0
	// for prose. Siblings of one List or table share Group, which is 0 for prose.
	Place, Group int
	// Hash is of the sentence normalised (Normalise) with Lead, Row and Column: the key
	// under which decisions are kept.
	Hash index.Hash
	// Stems are the content words of the sentence without its values, folded and stemmed,
	// in order, with repeats; numbers in words or digits are none of them.
	Stems []string
	// Entities are what tells the sentence's subject from its siblings': capitalised
	// words that do not begin it, words with digits and letters, in quotes; folded.
	Entities []string
	// Condition are the stems in the scope of a condition (si, sauf, pour les, if,
	// except, for members); empty without one.
	Condition []string
	// Past says that it tells of the past (auparavant, previously, was increased from).
	Past bool
	// Example says that it gives an example or quotes somebody.
	Example bool
	// Footing says that it is heading, caption or reference rather than a statement.
	Footing bool
}

// A Claim is one value in one Sentence.
type Claim struct {
	Type     Type
	Sentence int // index in Scan.Sentences
	Start    int // byte offsets of the value's words in Passage.Text
	End      int
	// Unit is what the number counts in its normal form: "EUR", "EUR/month", "day",
	// "business_day", "kg", "appareil" (the stem of a noun). Values of different Units
	// are not compared, except for what Comparable says.
	Unit string
	// Tax is "incl" or "excl" for money that says so, else empty.
	Tax string
	Op  Op
	// Lo and Hi are the value in Scale parts of a Unit; of a Date the first and last day
	// (days since 1970-01-01, not scaled; of a PartialDate see there). For Equal and About they are equal, except of
	// dates; AtLeast has no Hi, AtMost no Lo.
	Lo, Hi int64
	// Other is a second reading of an ambiguous date (01/02/2025), as Lo and Hi; nil
	// when there is none.
	Other *[2]int64
	// Of a Clock Lo and Hi are minutes since midnight, not scaled.

	// Week is the opening hours: half-open intervals of minutes since Monday 00:00, in
	// order, not touching.
	Week [][2]int
	// Days are the days of the week that opening hours speak of, Monday = bit 0.
	Days uint8
	// Text is the normal form of what is not a number: E.164, address, version, name.
	Text string
	// Attribute is what a Bool says yes or no of, what a Role is, what a Version is of:
	// a stem or stems joined by a space.
	Attribute string
	// No is the polarity of a Bool: it says that the Attribute is not so.
	No bool
	// Label are the stems of what names the value: "Délai :" before it, the header cells
	// of its row and column, the label of a form. Empty without one.
	Label []string
	// Near are the stems of the seven words before and after it.
	Near []string
	// From and Until bound when it holds ("à compter du", "jusqu'au"), in days since
	// 1970-01-01; 0 where unbounded.
	From, Until int64
	// Cue is what the words beside a Date say of it, and CueStart and CueEnd are where in
	// Passage.Text they stand; equal when there are none.
	Cue              Cue
	CueStart, CueEnd int
	// Past says that the value no longer holds by its own words: the first of two in
	// "passé de 10 à 12 €", or any value of a Sentence that is Past.
	Past bool
}
