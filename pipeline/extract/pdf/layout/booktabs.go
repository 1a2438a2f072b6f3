package layout

import (
	"cmp"
	"math"
	"slices"
)

// Tables with rules across only: one above, one below, one under the header.
// What stands between such rules is looked at by itself, so that headers that
// span columns hide no corridor.

// maxBands bounds the sets of rules of a page that are looked at.
const maxBands = 200

// ruledBands takes the words of tables between rules across out of words and puts
// a word that stands for each table in their place.
func (c *cutter) ruledBands(words []word) []word {
	sets := c.rules.parallel()
	if len(sets) == 0 || len(sets) > maxBands {
		return words
	}
	slices.SortStableFunc(words, func(a, b word) int { return cmp.Compare(b.middle(), a.middle()) })
	taken := make([]bool, len(words))
	var found []word
	for _, set := range sets {
		t, inside := c.bandTable(words, taken, set)
		if t == nil {
			continue
		}
		for _, k := range inside {
			taken[k] = true
		}
		found = append(found, word{x0: t.x0, x1: t.x1, y: t.y0, size: c.em, table: t})
	}
	if len(found) == 0 {
		return words
	}
	for i := range words {
		if !taken[i] {
			found = append(found, words[i])
		}
	}
	return found
}

// parallel returns the sets of three or more rules across, from above, that begin
// and end at the same places.
func (r *ruling) parallel() [][]Rule {
	var sets [][]Rule
	for _, u := range r.across {
		if u.X1-u.X0 < 40 {
			continue
		}
		k := slices.IndexFunc(sets, func(s []Rule) bool {
			return math.Abs(s[0].X0-u.X0) <= ruleReach && math.Abs(s[0].X1-u.X1) <= ruleReach
		})
		if k < 0 {
			if len(sets) > maxBands {
				return nil
			}
			sets = append(sets, nil)
			k = len(sets) - 1
		}
		sets[k] = append(sets[k], u)
	}
	var out [][]Rule
	for _, s := range sets {
		// A double rule is one.
		s = slices.CompactFunc(s, func(a, b Rule) bool { return a.Y0-b.Y0 < 4 })
		if len(s) >= 3 {
			out = append(out, s)
		}
	}
	return out
}

// bandTable reads what stands between the rules of a set as a table, nil where it
// is none, with the places of its words. The rules come from above.
func (c *cutter) bandTable(words []word, taken []bool, set []Rule) (*block, []int) {
	x0, x1 := set[0].X0-0.5*c.em, set[0].X1+0.5*c.em
	high, low := set[0].Y0, set[len(set)-1].Y0
	first, _ := slices.BinarySearchFunc(words, high, func(w word, y float64) int { return cmp.Compare(y, w.middle()) })
	var inside []int
	var body, head []word
	for k := first; k < len(words) && words[k].middle() > low; k++ {
		w := &words[k]
		mid := (w.x0 + w.x1) / 2
		if taken[k] || mid < x0 || mid > x1 {
			continue
		}
		if w.table != nil {
			return nil, nil
		}
		inside = append(inside, k)
		if w.y > set[1].Y0 {
			head = append(head, *w)
		} else {
			body = append(body, *w)
		}
	}
	if len(head) == 0 || len(body) < 4 || c.lineCount(head) > 6 {
		return nil, nil
	}
	cuts := c.bodyCuts(body)
	if len(cuts) == 0 {
		return nil, nil
	}
	columns := make([][]word, len(cuts)+1)
	for _, w := range body {
		k, _ := slices.BinarySearch(cuts, (w.x0+w.x1)/2)
		columns[k] = append(columns[k], w)
	}
	rows := c.cellRows(columns)
	g := band{words: body, x0: x0, x1: x1, y0: low, y1: high}
	e := c.weigh(&g, columns, rows)
	e.rules = len(set)
	if e.rows < 2 || e.prose*2 >= e.columns || e.aligned < 0.5 || 3*e.items > e.lines {
		return nil, nil
	}
	heads := c.headRows(head, cuts)
	n := len(heads)
	t := c.tableFrom(set[0].X0, set[0].X1, low, high, append(heads, rows...), &n)
	if f := c.onlyFigures(words, inside); f != nil && len(f.columns) > len(t.columns) {
		return nil, nil // left to figured, which sees more
	}
	return t, inside
}

// bodyCuts is where the corridors of the body of a table are: what is white in
// nearly all of its lines.
func (c *cutter) bodyCuts(body []word) []float64 {
	var white []span
	lines, left, right := 0, math.Inf(1), math.Inf(-1)
	for _, b := range c.bands(body) {
		own := b.white
		if len(own) <= 2 && lines > 0 {
			continue // a line across the table
		}
		if lines == 0 || len(white) == 0 {
			white = own
		} else if w := intersect(white, own); c.inner(w, left, right) || lines < 2 {
			white = w
		}
		left, right = min(left, b.x0), max(right, b.x1)
		lines++
	}
	var cuts []float64
	for _, s := range white {
		if s.a > left && s.b < right && s.b-s.a >= 0.6*c.em {
			cuts = append(cuts, (s.a+s.b)/2)
		}
	}
	return cuts
}

// headRows makes the rows of the header: a name that stands over several columns
// is repeated in each.
func (c *cutter) headRows(head []word, cuts []float64) []cellRow {
	var out []cellRow
	for _, l := range linesOf(head) {
		r := cellRow{y: l.y, cells: make([][]word, len(cuts)+1)}
		for i := 0; i < len(l.words); {
			// A phrase is words without a wide gap.
			n := i + 1
			for n < len(l.words) && l.words[n].x0-l.words[n-1].x1 < rowGap*c.em {
				n++
			}
			from, _ := slices.BinarySearch(cuts, l.words[i].x0+0.3*c.em)
			to, _ := slices.BinarySearch(cuts, l.words[n-1].x1-0.3*c.em)
			for k := from; k <= to; k++ {
				r.cells[k] = append(r.cells[k], l.words[i:n]...)
			}
			i = n
		}
		out = append(out, r)
	}
	return out
}
