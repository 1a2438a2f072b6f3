package layout

import (
	"cmp"
	"math"
	"slices"
)

// A ruling is the drawn lines of a page, joined where they go on.
type ruling struct {
	across []Rule // horizontal, by descending Y0
	down   []Rule // vertical, by X0
}

const (
	// maxRules is how many rules of a page are looked at. A page with more is a
	// drawing, not a table.
	maxRules = 20_000
	// thick is the greatest thickness of a rule, in points; a thicker one is a bar.
	thick = 4
	// ruleReach is how far rules may miss each other and still meet, in points.
	ruleReach = 3
)

// rulingOf sorts the rules of a page in the direction of a layer.
func rulingOf(rules []Rule, angle int) ruling {
	var r ruling
	if len(rules) > maxRules {
		return r
	}
	for _, u := range rules {
		if angle != 0 {
			x0, y0 := turn(u.X0, u.Y0, angle)
			x1, y1 := turn(u.X1, u.Y1, angle)
			u = Rule{min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)}
		}
		w, h := u.X1-u.X0, u.Y1-u.Y0
		switch {
		case !(math.Abs(u.X0) < farOut && math.Abs(u.Y0) < farOut && w >= 0 && h >= 0 && w < farOut && h < farOut):
		case h <= thick && w > 2*h && w > 1:
			mid := (u.Y0 + u.Y1) / 2
			r.across = append(r.across, Rule{u.X0, mid, u.X1, mid})
		case w <= thick && h > 2*w && h > 1:
			mid := (u.X0 + u.X1) / 2
			r.down = append(r.down, Rule{mid, u.Y0, mid, u.Y1})
		}
	}
	r.across = joined(r.across, func(u Rule) (at, a, b float64) { return -u.Y0, u.X0, u.X1 },
		func(at, a, b float64) Rule { return Rule{a, -at, b, -at} })
	r.down = joined(r.down, func(u Rule) (at, a, b float64) { return u.X0, u.Y0, u.Y1 },
		func(at, a, b float64) Rule { return Rule{at, a, at, b} })
	return r
}

// joined joins rules that continue each other: pieces per cell, dashes, double
// strokes. of takes a rule apart into its place and its two ends.
func joined(rules []Rule, of func(Rule) (at, a, b float64), with func(at, a, b float64) Rule) []Rule {
	slices.SortFunc(rules, func(x, y Rule) int {
		xa, x0, _ := of(x)
		ya, y0, _ := of(y)
		return cmp.Or(cmp.Compare(xa, ya), cmp.Compare(x0, y0))
	})
	var out []Rule
	for len(rules) > 0 {
		first, _, _ := of(rules[0])
		n := 1
		for n < len(rules) {
			if at, _, _ := of(rules[n]); at-first > 1.2 {
				break
			}
			n++
		}
		row := rules[:n]
		slices.SortFunc(row, func(x, y Rule) int {
			_, x0, _ := of(x)
			_, y0, _ := of(y)
			return cmp.Compare(x0, y0)
		})
		_, a, b := of(row[0])
		for _, u := range row[1:] {
			_, ua, ub := of(u)
			if ua > b+ruleReach {
				out = append(out, with(first, a, b))
				a, b = ua, ub
			}
			b = max(b, ub)
		}
		out = append(out, with(first, a, b))
		rules = rules[n:]
	}
	return out
}

// between reports whether a rule separates two lines of a column, one above the
// other. An underline is no such rule.
func (r *ruling) between(a, b *line) bool {
	high, low := a.y-0.3*a.size, b.y+0.7*b.size
	if low >= high {
		return false
	}
	k, _ := slices.BinarySearchFunc(r.across, high, func(u Rule, y float64) int { return cmp.Compare(y, u.Y0) })
	for ; k < len(r.across) && r.across[k].Y0 > low; k++ {
		u := &r.across[k]
		x0, x1 := min(a.x0, b.x0), max(a.x1, b.x1)
		if min(u.X1, x1)-max(u.X0, x0) > 0.6*(x1-x0) {
			return true
		}
	}
	return false
}
