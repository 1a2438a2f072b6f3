package conflict

import (
	"strings"

	"freshet/pipeline/detect/claims"
)

// A relation is how two values that can be compared stand to each other.
type relation uint8

const (
	same       relation = iota // they say the same, or both can be so
	unclear                    // they differ, and something may explain it
	overlaps                   // two ranges that differ but share a part
	contradict                 // both cannot be so
)

// classOf is equal for two claims that are Comparable, and for few others.
func classOf(c *claims.Claim) uint64 {
	h := hash(string(c.Type))
	switch c.Type {
	case claims.Bool, claims.Role, claims.Version:
		return mix(h, hash(c.Attribute))
	case claims.Duration:
		if c.Unit == "business_day" {
			return mix(h, 1)
		}
	case claims.Quantity, claims.Count:
		of, _, _ := strings.Cut(c.Unit, "/")
		return mix(h, hash(of))
	}
	return h
}

// relate says how the values of two Comparable claims stand to each other.
func relate(a, b *claims.Claim) relation {
	if a.Type == claims.Hours {
		return relateHours(a, b)
	}
	if a.Type == claims.Money && a.Tax != b.Tax && (taxed(a, b) || a.Tax != "" && b.Tax != "" && anyRate(a, b)) {
		return same
	}
	switch v := claims.Compare(a, b); v.Relation {
	case claims.Disjoint:
		if rounded(a, b) {
			return same
		}
		if a.Type == claims.Money && a.Tax != b.Tax && anyRate(a, b) {
			return unclear
		}
		return contradict
	case claims.Unclear:
		if a.Type == claims.Money && a.Tax == "" && b.Tax == "" && a.Unit == b.Unit && !taxed(a, b) {
			return contradict
		}
		return unclear
	case claims.Overlapping:
		if a.Op == claims.Between && b.Op == claims.Between {
			return overlaps
		}
		if within := boundAndValue(a, b); within {
			return unclear // "up to 30 days" and "14 days"
		}
	}
	return same
}

// boundAndValue says whether one claim is an upper bound and the other a value below
// it.
func boundAndValue(a, b *claims.Claim) bool {
	if b.Op == claims.AtMost {
		a, b = b, a
	}
	return a.Op == claims.AtMost && b.Op == claims.Equal && (a.Unit != b.Unit || a.Hi != b.Lo)
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
	if a.Unit != b.Unit || a.Op != claims.Equal || b.Op != claims.Equal || x <= 0 || y <= 0 {
		return false
	}
	if zeros(x) < zeros(y) {
		x, y = y, x
	}
	// The coarser one ends in more zeros; thirty is not a rounded twenty-eight.
	unit := zeros(x)
	if unit < coarsest(a.Type) || zeros(y) >= unit {
		return false
	}
	d := x - y
	return -unit/2 <= d && d <= unit/2 && max(d, -d) <= x/20 // what differs by more is no rounding
}

// coarsest is the least unit that a value of a type is rounded to.
func coarsest(t claims.Type) int64 {
	if t == claims.Count {
		return 100 * claims.Scale
	}
	return claims.Scale
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

// taxRates are the rates of value added tax in France, in thousandths.
var taxRates = [...]int64{1200, 1100, 1055, 1021}

// taxed says whether one of two prices that do not say so is the other with tax, to
// the cent. Small prices are near one another's taxed ones by chance.
func taxed(a, b *claims.Claim) bool {
	net, gross := min(a.Lo, b.Lo), max(a.Lo, b.Lo)
	if net <= 0 || gross > 1<<50 {
		return false
	}
	for _, rate := range taxRates {
		if d := net*rate/1000 - gross; -claims.Scale/200 <= d && d <= claims.Scale/200 {
			return true
		}
	}
	return false
}

// highestRate is the highest rate of value added tax that there is, in thousandths.
const highestRate = 1270

// anyRate says whether a price with tax can be another without it, whatever the rate.
func anyRate(a, b *claims.Claim) bool {
	net, gross := a.Lo, b.Lo
	if a.Tax == "incl" || b.Tax == "excl" {
		net, gross = gross, net
	}
	return net > 0 && gross > net && gross < 1<<50 && gross*1000 <= net*highestRate
}

// otherDomain says whether two addresses are of two domains.
func otherDomain(a, b *claims.Claim) bool {
	switch a.Type {
	case claims.Email:
		_, x, _ := strings.Cut(a.Text, "@")
		_, y, _ := strings.Cut(b.Text, "@")
		return x != y
	case claims.URL:
		return domain(a.Text) != domain(b.Text)
	}
	return false
}

// domain is the last two labels of an address's host.
func domain(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		rest = address
	}
	host, _, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '.'); i > 0 {
		if j := strings.LastIndexByte(host[:i], '.'); j >= 0 {
			return host[j+1:]
		}
	}
	return host
}
