package conflict

import (
	"math"
	"slices"
	"strings"

	"freshet/pipeline/detect/claims"
)

// A relation is how two values of one class stand to each other.
type relation uint8

const (
	same       relation = iota // they say the same, or one contains the other
	bounded                    // a bound and a value within it: hardly a contradiction
	overlaps                   // two ranges or sets that differ but share a part
	contradict                 // both cannot hold
)

// classOf is equal for two claims whose values can be compared: of one type, and of
// one unit, or of one attribute.
func classOf(c *claims.Claim) uint64 {
	h := hash(string(c.Type))
	switch c.Type {
	case claims.Money:
		currency, period, _ := strings.Cut(c.Unit, "/")
		if p, ok := periods[period]; ok {
			period = p.class
		}
		return mix(h, mix(hash(currency), hash(period)))
	case claims.Bool, claims.Role, claims.Version:
		return mix(h, hash(c.Attribute))
	case claims.Date, claims.Hours, claims.Phone, claims.Email, claims.URL:
		return h
	}
	return mix(h, hash(c.Unit))
}

// periods are the periods of a price: what a price of each costs in a year.
var periods = map[string]struct {
	class string
	times int64
}{
	"month": {"time", 12}, "year": {"time", 1}, "quarter": {"time", 4},
}

// vat are the rates of value added tax by which an amount without it explains one
// with it: French standard, intermediate, reduced and super-reduced, Belgian,
// German and Luxembourgish standard, in parts of a thousand.
var vat = []int64{1200, 1100, 1055, 1021, 1210, 1190, 1170, 1060}

// relate says how the values of two claims of one class stand to each other.
func relate(a, b *claims.Claim) relation {
	switch a.Type {
	case claims.Hours:
		return relateHours(a, b)
	case claims.Phone, claims.Email, claims.URL, claims.Role:
		if a.Text == b.Text {
			return same
		}
		return contradict
	case claims.Version:
		if a.Text == b.Text {
			return same
		}
		if a.Op != b.Op {
			return bounded
		}
		return contradict
	case claims.Bool:
		if a.No == b.No {
			return same
		}
		return contradict
	case claims.Date:
		return relateDates(a, b)
	}
	x, y := bounds(a), bounds(b)
	if a.Type == claims.Money {
		x, y = yearly(a, b, x), yearly(b, a, y)
		if a.Tax != b.Tax && taxExplains(x, y) {
			return same
		}
	}
	return relateIntervals(a, b, x, y)
}

// An interval is the values that a claim allows.
type interval struct{ lo, hi int64 }

func bounds(c *claims.Claim) interval {
	switch c.Op {
	case claims.AtLeast:
		return interval{c.Lo, math.MaxInt64}
	case claims.AtMost:
		return interval{math.MinInt64, c.Hi}
	case claims.About:
		tenth := max(c.Lo, -c.Lo) / 10
		return interval{c.Lo - tenth, c.Lo + tenth}
	}
	return interval{c.Lo, max(c.Lo, c.Hi)}
}

// yearly returns x, a price of c, for a year when the other's period differs.
func yearly(c, other *claims.Claim, x interval) interval {
	_, mine, _ := strings.Cut(c.Unit, "/")
	_, its, _ := strings.Cut(other.Unit, "/")
	p, ok := periods[mine]
	if mine == its || !ok {
		return x
	}
	return interval{times(x.lo, p.times), times(x.hi, p.times)}
}

// times multiplies without overflow.
func times(v, n int64) int64 {
	switch {
	case v > math.MaxInt64/n:
		return math.MaxInt64
	case v < math.MinInt64/n:
		return math.MinInt64
	}
	return v * n
}

// taxExplains says whether one amount is the other with value added tax, to a
// hundredth.
func taxExplains(x, y interval) bool {
	lo, hi := min(x.lo, y.lo), max(x.lo, y.lo)
	if lo <= 0 || lo > math.MaxInt64/2000 || hi > math.MaxInt64/2000 {
		return false
	}
	for _, rate := range vat {
		if d := lo*rate/1000 - hi; -claims.Scale/100 <= d && d <= claims.Scale/100 {
			return true
		}
	}
	return false
}

func relateIntervals(a, b *claims.Claim, x, y interval) relation {
	if x == y || a.Lo == b.Lo && a.Hi == b.Hi {
		return same
	}
	if x.lo > y.hi || y.lo > x.hi {
		if rounded(a, b) {
			return same
		}
		return contradict
	}
	switch {
	case a.Op == claims.About || b.Op == claims.About:
		return same
	case a.Op == b.Op && (a.Op == claims.AtLeast || a.Op == claims.AtMost):
		return contradict // "up to 3" and "up to 5" bound the same thing
	case a.Op == claims.Between && b.Op == claims.Between:
		return overlaps
	case a.Op == claims.AtMost || b.Op == claims.AtMost:
		return bounded
	}
	return same
}

// rounded says whether a number that is not money is the other in fewer digits:
// 13.7 million and 14 million.
func rounded(a, b *claims.Claim) bool {
	switch a.Type {
	case claims.Count, claims.Quantity, claims.Percent:
	default:
		return false
	}
	x, y := a.Lo, b.Lo
	if a.Op != claims.Equal || b.Op != claims.Equal || x <= 0 || y <= 0 {
		return false
	}
	// The coarser one ends in more zeros.
	if zeros(x) < zeros(y) {
		x, y = y, x
	}
	unit := zeros(x)
	if unit < 10*claims.Scale && a.Type != claims.Percent && a.Type != claims.Quantity || unit < claims.Scale || zeros(y) >= unit {
		return false
	}
	d := x - y
	return -unit/2 <= d && d <= unit/2
}

// zeros returns the greatest power of ten that divides v.
func zeros(v int64) int64 {
	p := int64(1)
	for v%10 == 0 && v != 0 {
		v /= 10
		p *= 10
	}
	return p
}

// relateDates compares intervals of days, in the reading of ambiguous ones that
// agrees best.
func relateDates(a, b *claims.Claim) relation {
	for _, x := range readings(a) {
		for _, y := range readings(b) {
			if x.lo <= y.hi && y.lo <= x.hi {
				return same
			}
		}
	}
	return contradict
}

func readings(c *claims.Claim) []interval {
	list := []interval{{c.Lo, max(c.Lo, c.Hi)}}
	if c.Other != nil {
		list = append(list, interval{c.Other[0], max(c.Other[0], c.Other[1])})
	}
	return list
}

// least is how many minutes opening hours must differ by on one day.
const least = 15

// relateHours compares opening hours on the days that both speak of.
func relateHours(a, b *claims.Claim) relation {
	days := a.Days & b.Days
	if days == 0 {
		if a.Days == 0 && b.Days == 0 && !slices.Equal(a.Week, b.Week) {
			return contradict
		}
		return same
	}
	differing, equal := 0, 0
	for d := range 7 {
		if days&(1<<d) == 0 {
			continue
		}
		if apart(a.Week, b.Week, d*minutesPerDay) >= least {
			differing++
		} else {
			equal++
		}
	}
	switch {
	case differing == 0:
		return same
	default:
		return contradict
	}
}

const minutesPerDay = 24 * 60

// apart returns the minutes of the day beginning at from that lie in one list of
// intervals and not in the other.
func apart(a, b [][2]int, from int) int {
	n := 0
	open := func(list [][2]int, m int) bool {
		for _, i := range list {
			if i[0] <= m && m < i[1] {
				return true
			}
		}
		return false
	}
	// The state changes only at ends of intervals.
	cuts := []int{from, from + minutesPerDay}
	for _, list := range [...][][2]int{a, b} {
		for _, i := range list {
			for _, m := range i {
				if from < m && m < from+minutesPerDay {
					cuts = append(cuts, m)
				}
			}
		}
	}
	slices.Sort(cuts)
	for i := 1; i < len(cuts); i++ {
		if open(a, cuts[i-1]) != open(b, cuts[i-1]) {
			n += cuts[i] - cuts[i-1]
		}
	}
	return n
}
