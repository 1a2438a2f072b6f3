package claims

import (
	"math/bits"
	"strings"
)

// A Relation is how two values that can be compared stand to each other.
type Relation string

// The Relations.
const (
	// Same: both say the same, however they write it.
	Same Relation = "same"
	// Disjoint: both cannot be so at once.
	Disjoint Relation = "disjoint"
	// Overlapping: they differ, and both can be so: "from 10" and "12", March 2025 and
	// 3 March 2025.
	Overlapping Relation = "overlapping"
	// Unclear: they differ, and something may explain it; Verdict.Reason says what.
	Unclear Relation = "unclear"
)

// A Verdict is what Compare says.
type Verdict struct {
	Relation Relation
	// Reason is why in short words of English, such as "explained by tax 1.20"; empty
	// where the values speak for themselves.
	Reason string
}

const (
	aboutShare  = 10 // About bounds a value by a tenth on either side
	minuteShift = 15 // minutes by which opening hours differ at least to be different
)

// Comparable reports whether two claims have values that can be compared: of one Type
// and of one Unit, or of Units that convert: minutes, days and months; prices per
// month and per year; a price, quantity or count with a period and without. Bools
// and Roles need the same Attribute, Versions the same product.
func Comparable(a, b *Claim) bool {
	if a.Type != b.Type {
		return false
	}
	switch a.Type {
	case Bool, Role, Version:
		return a.Attribute == b.Attribute
	case Duration:
		return a.Unit == b.Unit || clockUnit(a.Unit) && clockUnit(b.Unit)
	case Money:
		ua, _, oa := cutUnit(a.Unit)
		ub, _, ob := cutUnit(b.Unit)
		return (ua == ub || ua == "" || ub == "") && (oa == ob || oa == "" || ob == "")
	case Quantity, Count:
		ua, pa, _ := cutUnit(a.Unit)
		ub, pb, _ := cutUnit(b.Unit)
		return ua == ub && (pa == pb || pa == "" || pb == "" || yearly[pa] > 0 && yearly[pb] > 0)
	case Date:
		return a.Unit == b.Unit
	case Hours, Phone, Email, URL:
		return true
	}
	return a.Unit == b.Unit
}

func clockUnit(unit string) bool { return unit == "minute" || unit == "day" || unit == "month" }

// yearly is how often a period is in a year.
var yearly = map[string]int64{"year": 1, "semester": 2, "quarter": 4, "month": 12, "week": 52, "day": 365}

// cutUnit parts "EUR/month/user" into what is counted, the period, and the rest.
func cutUnit(unit string) (of, period, rest string) {
	of, rest, _ = strings.Cut(unit, "/")
	for p := range strings.SplitSeq(rest, "/") {
		if yearly[p] > 0 || p == "hour" || p == "minute" {
			period = p
			rest = strings.Trim(strings.Replace("/"+rest, "/"+p, "", 1), "/")
			break
		}
	}
	return of, period, rest
}

// Compare says how the values of two claims stand to each other. It is symmetric. Of
// claims that are not Comparable it says Unclear.
func Compare(a, b *Claim) Verdict {
	if !Comparable(a, b) {
		return Verdict{Unclear, "not comparable"}
	}
	switch a.Type {
	case Bool:
		if a.No == b.No {
			return Verdict{Relation: Same}
		}
		return Verdict{Relation: Disjoint}
	case Phone, Email, URL, Role:
		return ofText(a, b)
	case Hours:
		return ofWeeks(a, b)
	case Date:
		return ofDates(a, b)
	case Version:
		return ofVersions(a, b)
	case Money:
		return ofMoney(a, b)
	case Duration:
		return ofDurations(a, b)
	case Quantity, Count:
		return ofRates(a, b)
	}
	return ofSpans(spanOf(a), spanOf(b))
}

func ofText(a, b *Claim) Verdict {
	if a.Text == b.Text {
		return Verdict{Relation: Same}
	}
	return Verdict{Relation: Disjoint}
}

// A span is a value with its bounds, both ends in.
type span struct {
	op     Op
	lo, hi int64
}

func spanOf(c *Claim) span { return span{c.Op, c.Lo, c.Hi} }

// far stands for no bound.
const far = int64(1) << 62

// bounds returns the interval that a span allows.
func (s span) bounds() (lo, hi int64) {
	switch s.op {
	case AtLeast:
		return s.lo, far
	case AtMost:
		return -far, s.hi
	case About:
		d := max((s.hi-s.lo)/2, abs(s.lo)/aboutShare)
		return s.lo - d, s.hi + d
	}
	return s.lo, s.hi
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// ofSpans compares by interval. Two bounds of one kind are compared as the values
// that they are: "up to 3" and "up to 5" cannot both be the limit.
func ofSpans(a, b span) Verdict {
	if a.op == b.op && (a.op == AtLeast || a.op == AtMost) {
		if a.op == AtLeast && a.lo == b.lo || a.op == AtMost && a.hi == b.hi {
			return Verdict{Relation: Same}
		}
		return Verdict{Relation: Disjoint}
	}
	if a == b || a.lo == b.lo && a.hi == b.hi && a.op != AtMost && b.op != AtMost && a.op != AtLeast && b.op != AtLeast {
		return Verdict{Relation: Same}
	}
	alo, ahi := a.bounds()
	blo, bhi := b.bounds()
	if ahi < blo || bhi < alo {
		return Verdict{Relation: Disjoint}
	}
	return Verdict{Relation: Overlapping}
}

// times multiplies the bounds of a span.
func (s span) times(mul, div int64) span {
	s.lo, s.hi = scaled(s.lo, mul, div), scaled(s.hi, mul, div)
	return s
}

// scaled is n*mul/div without overflow, far where it would.
func scaled(n, mul, div int64) int64 {
	hi, lo := bits.Mul64(uint64(abs(n)), uint64(mul))
	if hi >= uint64(div) {
		return far
	}
	q, _ := bits.Div64(hi, lo, uint64(div))
	if q > uint64(far) {
		return far
	}
	if n < 0 {
		return -int64(q)
	}
	return int64(q)
}

// ofDurations compares minutes, days and months. A month has 28 to 31 days.
func ofDurations(a, b *Claim) Verdict {
	x, y := spanOf(a), spanOf(b)
	if a.Op == About {
		x = idiom(a, x)
	}
	if b.Op == About {
		y = idiom(b, y)
	}
	if a.Unit == b.Unit {
		return ofSpans(x, y)
	}
	if a.Unit == "month" || b.Unit == "month" {
		return ofMonths(inMonthDays(a.Unit, x), inMonthDays(b.Unit, y), x, y)
	}
	return ofSpans(inMinutes(a.Unit, x), inMinutes(b.Unit, y))
}

// idiom widens "huit jours" and "quinze jours" to the week and fortnight they mean.
func idiom(c *Claim, s span) span {
	if c.Unit == "day" && (s.lo == 8*Scale || s.lo == 15*Scale) && s.lo == s.hi {
		return span{Between, s.lo - Scale, s.hi + Scale/2}
	}
	return s
}

func inMinutes(unit string, s span) span {
	if unit == "day" {
		return s.times(24*60, 1)
	}
	return s
}

// inMonthDays brings a span to days.
func inMonthDays(unit string, s span) span {
	switch unit {
	case "month":
		return span{s.op, scaled(s.lo, 304, 10), scaled(s.hi, 304, 10)}
	case "minute":
		return s.times(1, 24*60)
	}
	return s
}

func ofMonths(a, b, x, y span) Verdict {
	v := ofSpans(a, b)
	if v.Relation != Disjoint {
		return v
	}
	// 1 month is 28 to 31 days, 12 months are 365 or 366, 4 weeks are 28 days.
	near := func(m, n int64) bool { return abs(m-n) <= max(24*Scale/10, max(m, n)/60) }
	lo, hi := near(a.lo, b.lo), near(a.hi, b.hi)
	if a.op == AtLeast || b.op == AtLeast {
		hi = true
	}
	if a.op == AtMost || b.op == AtMost {
		lo = true
	}
	if lo && hi {
		return Verdict{Same, "a month has 28 to 31 days"}
	}
	return v
}

// ofDates compares every reading of one with every reading of the other; they are
// disjoint only if none agrees. The coarser date contains the finer.
func ofDates(a, b *Claim) Verdict {
	best := Verdict{Relation: Disjoint}
	for i, x := range readings(a) {
		for j, y := range readings(b) {
			switch v := ofSpans(x, y); {
			case v.Relation == Same:
				if i+j > 0 {
					return Verdict{Same, "one of the readings agrees"}
				}
				return v
			case v.Relation == Overlapping:
				best = v
			}
		}
	}
	return best
}

func readings(c *Claim) []span {
	list := []span{spanOf(c)}
	if c.Other != nil {
		list = append(list, span{c.Op, c.Other[0], c.Other[1]})
	}
	return list
}

// ofVersions compares versions: "16" contains 16.2.
func ofVersions(a, b *Claim) Verdict { return ofSpans(spanOf(a), spanOf(b)) }
