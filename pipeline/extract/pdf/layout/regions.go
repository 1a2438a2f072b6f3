package layout

import (
	"cmp"
	"math"
	"slices"
)

// The cutting of a page into columns. A page is cut at white strips into bands,
// bands that share white corridors are taken together, and what stands between
// the corridors is cut again.
const (
	maxDepth = 40  // of columns within columns
	rowGap   = 0.5 // the narrowest corridor that is looked at, in sizes of the font
)

// corridor widths that separate columns of text, in sizes of the font, by the
// number of lines beside which they run.
func corridorWidth(lines int) float64 {
	switch {
	case lines >= 8:
		return 0.75
	case lines >= 3:
		return 0.95
	}
	return 1.8
}

// A span is an interval of x.
type span struct{ a, b float64 }

// A band is what stands between two white strips across a region.
type band struct {
	words  []word
	white  []span // without words, with what is left and right of all words
	x0, x1 float64
	y0, y1 float64
}

// A cutter puts the words of one page, in one direction, into blocks in reading
// order.
type cutter struct {
	page   int
	em     float64 // size of most of the text
	width  float64 // of what the page can hold, between its margins
	rules  ruling
	blocks []block
	leaves int // columns that were finished
	turned []turnedWord

	vocabulary vocabulary
}

// read appends the blocks of a region.
func (c *cutter) read(words []word, depth int) {
	if len(words) == 0 {
		return
	}
	if depth > maxDepth {
		c.leaf(words)
		return
	}
	words = c.figured(words)
	var flat []word
	var above *band // the last group, when it is at the end of flat
	for _, g := range c.groups(c.bands(words)) {
		columns := c.columnsOf(&g)
		if len(columns) < 2 || c.sideBySide(columns) || fixedText(g.words) {
			flat, above = append(flat, g.words...), &g
			continue
		}
		if t := c.alignedTable(&g, columns); t != nil {
			if head := c.headAbove(above, t); head != nil {
				t.rows = slices.Insert(t.rows, 0, head)
				t.headerRows = 1
				flat = flat[:len(flat)-len(above.words)]
			}
			c.leaf(flat)
			flat, above = nil, nil
			c.blocks = append(c.blocks, *t)
			continue
		}
		if c.form(columns) {
			for i := range g.words {
				g.words[i].hard = true
			}
			flat, above = append(flat, g.words...), &g
			continue
		}
		c.leaf(flat)
		flat, above = nil, nil
		if rightToLeftText(g.words) {
			slices.Reverse(columns)
		}
		for _, words := range columns {
			c.read(words, depth+1)
		}
	}
	c.leaf(flat)
}

// fixedText reports program text: its columns, as of comments, belong to its lines.
func fixedText(words []word) bool {
	for i := range words {
		if !words[i].fixed {
			return false
		}
	}
	return true
}

func rightToLeftText(words []word) bool {
	rtl, all := 0, 0
	for i := range words {
		rtl += count(words[i].rtl, words[i].runes)
		all += words[i].runes
	}
	return 2*rtl > all
}

// bands cuts a region at white strips, from top to bottom.
func (c *cutter) bands(words []word) []band {
	order := slices.Clone(words)
	slices.SortStableFunc(order, func(a, b word) int { return cmp.Compare(b.top(), a.top()) })
	var out []band
	for len(order) > 0 {
		low := order[0].bottom()
		n := 1
		for n < len(order) && order[n].top() >= low {
			low = min(low, order[n].bottom())
			n++
		}
		out = append(out, c.band(order[:n:n]))
		order = order[n:]
	}
	return out
}

// band measures what the words of one band leave white.
func (c *cutter) band(words []word) band {
	slices.SortStableFunc(words, func(a, b word) int { return cmp.Compare(a.x0, b.x0) })
	b := band{words: words, x0: words[0].x0, x1: words[0].x1, y0: math.Inf(1), y1: math.Inf(-1)}
	b.white = append(b.white, span{math.Inf(-1), words[0].x0})
	for i := range words {
		w := &words[i]
		if w.x0-b.x1 > rowGap*c.em {
			b.white = append(b.white, span{b.x1, w.x0})
		}
		b.x1 = max(b.x1, w.x1)
		b.y0, b.y1 = min(b.y0, w.bottom()), max(b.y1, w.top())
	}
	b.white = append(b.white, span{b.x1, math.Inf(1)})
	return b
}

// groups takes bands together as long as white corridors run through them with
// words on both sides.
func (c *cutter) groups(bands []band) []band {
	var out []band
	for _, b := range bands {
		if len(out) == 0 {
			out = append(out, b)
			continue
		}
		g := &out[len(out)-1]
		white := intersect(g.white, b.white)
		x0, x1 := min(g.x0, b.x0), max(g.x1, b.x1)
		was, now := c.inner(g.white, g.x0, g.x1), c.inner(white, x0, x1)
		own := c.inner(b.white, b.x0, b.x1)
		near := g.y0-b.y1 < 1.1*c.em
		join := false
		switch {
		case was && own:
			// A corridor that both have, not one that runs beside either.
			join = c.inner(white, max(g.x0, b.x0), min(g.x1, b.x1))
		case was && now:
			join = near || !c.apart(g, &b)
		case !was && now:
			join = own && near && len(g.words) > 0 && sameStyle(g.words, b.words)
		case !was && !now:
			join = !own
		}
		if !join {
			out = append(out, b)
			continue
		}
		g.words = append(g.words, b.words...)
		g.white, g.x0, g.x1 = white, x0, x1
		g.y0 = b.y0
	}
	return out
}

// apart reports whether a band that stands in one column only, away from what is
// above, begins something new across all columns: a heading.
func (c *cutter) apart(above, b *band) bool {
	return above.y0-b.y1 > 2.5*c.em || b.words[0].size > 1.15*c.em
}

func sameStyle(a, b []word) bool {
	x, y := &a[len(a)-1], &b[0]
	return math.Abs(x.size-y.size) < 0.08*max(x.size, y.size) && x.bold == y.bold
}

// inner reports whether a corridor has words on both sides.
func (c *cutter) inner(white []span, x0, x1 float64) bool {
	for _, s := range white {
		if s.a > x0 && s.b < x1 && s.b-s.a >= 0.75*c.em {
			return true
		}
	}
	return false
}

// intersect returns what is white in both, from left to right.
func intersect(a, b []span) []span {
	var out []span
	for i, j := 0, 0; i < len(a) && j < len(b); {
		s := span{max(a[i].a, b[j].a), min(a[i].b, b[j].b)}
		if s.b > s.a {
			out = append(out, s)
		}
		if a[i].b < b[j].b {
			i++
		} else {
			j++
		}
	}
	return out
}

// columnsOf splits a group at its corridors. A corridor behind bullets or
// numbers is none.
func (c *cutter) columnsOf(g *band) [][]word {
	lines := c.lineCount(g.words)
	least := corridorWidth(lines) * c.em
	var cuts []float64
	for _, s := range g.white {
		if s.a > g.x0 && s.b < g.x1 && s.b-s.a >= least {
			cuts = append(cuts, (s.a+s.b)/2)
		}
	}
	if len(cuts) == 0 {
		return nil
	}
	columns := make([][]word, len(cuts)+1)
	for _, w := range g.words {
		k, _ := slices.BinarySearch(cuts, (w.x0+w.x1)/2)
		columns[k] = append(columns[k], w)
	}
	var out [][]word
	for i := 0; i < len(columns); i++ {
		if i+1 < len(columns) && allMarkers(columns[i]) {
			columns[i+1] = append(columns[i], columns[i+1]...)
			continue
		}
		if n := len(out); n > 0 && c.ledTo(out[n-1], columns[i]) {
			out[n-1] = append(out[n-1], columns[i]...)
			continue
		}
		out = append(out, columns[i])
	}
	return out
}

// ledTo reports whether a column is the numbers to which the dots of the column before
// it lead: the pages of a list of contents.
func (c *cutter) ledTo(entries, numbers []word) bool {
	for i := range numbers {
		if w := &numbers[i]; w.table != nil || !isDigits(w.text) || w.runes > 4 {
			return false
		}
	}
	lines, led := linesOf(entries), 0
	for i := range lines {
		led += count(lines[i].table() == nil && leaders(lines[i].text()), 1)
	}
	return led >= 2 && 2*led >= c.lineCount(numbers)
}

// allMarkers reports whether a column has nothing but bullets and numbers of
// list items or headings.
func allMarkers(words []word) bool {
	for i := range words {
		if words[i].table != nil || !isMarker(words[i].text) {
			return false
		}
	}
	return len(words) > 0
}

// lineCount is the number of different baselines.
func (c *cutter) lineCount(words []word) int {
	ys := make([]float64, len(words))
	for i := range words {
		ys[i] = words[i].middle()
	}
	slices.Sort(ys)
	n := 0
	last := math.Inf(-1)
	for _, y := range ys {
		if y-last > baselineReach*c.em {
			n++
			last = y
		}
	}
	return n
}

// sideBySide reports whether the columns are the parts of one line.
func (c *cutter) sideBySide(columns [][]word) bool {
	for _, words := range columns {
		if c.lineCount(words) > 1 || words[0].table != nil {
			return false
		}
	}
	y0, y1 := columns[0][0].y, columns[0][0].y
	for _, words := range columns {
		y0, y1 = min(y0, words[0].y), max(y1, words[0].y)
	}
	return y1-y0 <= baselineReach*c.em
}

// form reports whether two columns are labels and what stands behind them, to be
// read line by line.
func (c *cutter) form(columns [][]word) bool {
	if len(columns) != 2 {
		return false
	}
	left, right := linesOf(columns[0]), linesOf(columns[1])
	labels, partners, numbers := 0, 0, 0
	for i := range left {
		text := left[i].text()
		if len(text) > 0 && (text[len(text)-1] == ':' || leaders(text)) && left[i].runes <= 60 {
			labels++
		}
		for j := range right {
			if math.Abs(right[j].y-left[i].y) <= baselineReach*c.em {
				partners++
				break
			}
		}
	}
	for i := range right {
		text := right[i].text()
		if isNumber(text) || leaders(text) {
			numbers++
		}
	}
	aligned := 5*partners >= 4*min(len(left), len(right))
	return aligned && (2*labels > len(left) || 4*numbers >= 3*len(right) && 2*partners >= len(left))
}
