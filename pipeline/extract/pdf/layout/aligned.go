package layout

import (
	"math"
	"slices"

	"freshet/pipeline/extract"
)

// Tables without walls: columns of cells whose baselines agree.

// A cell row is what stands on one baseline, by column.
type cellRow struct {
	y     float64
	cells [][]word
}

// evidence is what speaks for and against a table.
type evidence struct {
	rows, full       int // rows; those with cells in two columns or more
	columns          int
	prose            int // columns of running text
	numbers          int // columns of figures
	loose            int // lines that stand on no other column's baseline
	lines            int
	rules            int // rules across
	heavyHead        bool
	short            bool // cells are short
	leaders          int  // lines that end with dots, as in a table of contents
	fixed            int  // lines of program text
	items            int  // lines that begin with the marker of a list item
	pageNumbers      bool // the last column is that of a table of contents
	aligned, covered float64
}

// alignedTable returns the table that the columns of a group are, nil where they
// are none.
func (c *cutter) alignedTable(g *band, columns [][]word) *block {
	for i := range g.words {
		if g.words[i].table != nil {
			return nil
		}
	}
	rows := c.cellRows(columns)
	e := c.weigh(g, columns, rows)
	if !e.table() {
		return nil
	}
	if finer := c.figureColumns(columns); len(finer) > len(columns) {
		rows = c.cellRows(finer)
	}
	return c.tableFrom(g.x0, g.x1, g.y0, g.y1, rows, nil)
}

// figureColumns splits columns of figures that stand closer to each other than
// columns of words: white runs between them in all lines but that of their names.
func (c *cutter) figureColumns(columns [][]word) [][]word {
	var out [][]word
	for _, words := range columns {
		lines := linesOf(words)
		if len(lines) < 4 {
			out = append(out, words)
			continue
		}
		var white []span
		left, right := math.Inf(1), math.Inf(-1)
		figures, all := 0, 0
		for i, l := range lines[1:] {
			own := []span{{math.Inf(-1), l.x0}}
			reach := math.Inf(-1)
			for k := range l.words {
				w := &l.words[k]
				if k > 0 && w.x0-reach > 0.12*w.size {
					own = append(own, span{reach, w.x0})
				}
				reach = max(reach, w.x1)
				all++
				figures += count(isNumber(w.text) || w.runes == 1 && isDash([]rune(w.text)[0]), 1)
			}
			own = append(own, span{reach, math.Inf(1)})
			left, right = min(left, l.x0), max(right, l.x1)
			if i == 0 {
				white = own
			} else {
				white = intersect(white, own)
			}
		}
		var cuts []float64
		for _, s := range white {
			if s.a > left && s.b < right && s.b-s.a > 0.12*c.em {
				cuts = append(cuts, (s.a+s.b)/2)
			}
		}
		if len(cuts) == 0 || 5*figures < 4*all {
			out = append(out, words)
			continue
		}
		parts := make([][]word, len(cuts)+1)
		names := lines[0].words
		if len(names) == len(parts) {
			// Names are wider than their figures, but as many.
			for k, w := range names {
				parts[k] = append(parts[k], w)
			}
			names = nil
		}
		for _, w := range names {
			k, _ := slices.BinarySearch(cuts, (w.x0+w.x1)/2)
			parts[k] = append(parts[k], w)
		}
		for _, l := range lines[1:] {
			for _, w := range l.words {
				k, _ := slices.BinarySearch(cuts, (w.x0+w.x1)/2)
				parts[k] = append(parts[k], w)
			}
		}
		out = append(out, parts...)
	}
	return out
}

// cellRows clusters the words of all columns by baseline.
func (c *cutter) cellRows(columns [][]word) []cellRow {
	type placed struct {
		column int
		l      line
	}
	var all []placed
	for k, words := range columns {
		for _, l := range linesOf(words) {
			all = append(all, placed{k, l})
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int {
		switch {
		case a.l.y > b.l.y:
			return -1
		case a.l.y < b.l.y:
			return 1
		}
		return a.column - b.column
	})
	var rows []cellRow
	for _, p := range all {
		if n := len(rows); n == 0 || rows[n-1].y-p.l.y > baselineReach*c.em {
			rows = append(rows, cellRow{y: p.l.y, cells: make([][]word, len(columns))})
		}
		r := &rows[len(rows)-1]
		r.cells[p.column] = append(r.cells[p.column], p.l.words...)
	}
	return rows
}

// weigh collects the evidence.
func (c *cutter) weigh(g *band, columns [][]word, rows []cellRow) evidence {
	e := evidence{rows: len(rows), columns: len(columns), short: true, rules: c.rules.across2(g.x0, g.x1, g.y0-c.em, g.y1+c.em)}
	longest := 0
	for k, words := range columns {
		lines := linesOf(words)
		longest = max(longest, len(lines))
		e.lines += len(lines)
		figures, running, runes := 0, 0, 0
		left, right := math.Inf(1), math.Inf(-1)
		for i := range lines {
			left, right = min(left, lines[i].x0), max(right, lines[i].x1)
		}
		for i := range lines {
			l := &lines[i]
			runes += l.runes
			if _, ok := markerOf(l.text()); ok {
				e.items++
			}
			e.fixed += count(l.fixed, 1)
			e.leaders += count(leaders(l.text()), 1)
			figures += count(isNumber(l.text()), 1)
			if l.runes >= 14 && (right-l.x1 < 0.15*(right-left) || isLower(firstLetter(l.text()))) {
				running++
			}
		}
		if len(lines) >= 3 && 2*running >= len(lines) && runes >= 16*len(lines) {
			e.prose++
		}
		if runes > 28*len(lines) {
			e.short = false
		}
		if 5*figures >= 3*len(lines) && len(lines) > 1 {
			e.numbers++
			if k == len(columns)-1 && len(columns) == 2 {
				e.pageNumbers = pageNumbers(lines)
			}
		}
	}
	for _, r := range rows {
		n := 0
		for _, cell := range r.cells {
			n += count(len(cell) > 0, 1)
		}
		e.full += count(n > 1, 1)
		e.loose += count(n == 1, 1)
	}
	e.heavyHead = heavyHead(rows)
	if rest := e.lines - longest; rest > 0 {
		e.aligned = float64(e.lines-e.loose) / float64(e.lines)
	}
	e.covered = float64(e.lines) / float64(len(rows)*len(columns))
	return e
}

// headAbove returns the names of the columns of t, where the group above it is one
// line with as many of them, each over its column. They need not leave the
// corridors free: figures stand to the right of their column, names to the left.
func (c *cutter) headAbove(above *band, t *block) []string {
	if above == nil || above.y0-t.y1 > 1.5*c.em || c.lineCount(above.words) != 1 || t.headerRows > 0 && len(t.rows) > 0 && !isNumber(t.rows[0][len(t.rows[0])-1]) {
		return nil
	}
	l := lineOf(slices.Clone(above.words))
	var names []string
	var spans []span
	for i := range l.words {
		w := &l.words[i]
		if w.table != nil || w.rtl {
			return nil
		}
		if n := len(spans); n > 0 && w.x0-spans[n-1].b < rowGap*w.size {
			names[n-1] += " " + w.text
			spans[n-1].b = w.x1
			continue
		}
		names, spans = append(names, w.text), append(spans, span{w.x0, w.x1})
	}
	if len(names) != len(t.columns) {
		return nil
	}
	for i, s := range spans {
		left, right := math.Inf(-1), math.Inf(1)
		if i > 0 {
			left = t.columns[i-1]
		}
		if i+1 < len(t.columns) {
			right = t.columns[i+1]
		}
		if s.a <= left || s.b >= right {
			return nil
		}
	}
	return names
}

// pageNumbers reports whether a column is whole numbers that do not fall: page
// numbers of a table of contents.
func pageNumbers(lines []line) bool {
	last := 0
	for i := range lines {
		s := lines[i].text()
		if !isDigits(s) || len(s) > 4 {
			return false
		}
		n := 0
		for _, r := range s {
			n = 10*n + int(r-'0')
		}
		if n < last {
			return false
		}
		last = n
	}
	return true
}

// heavyHead reports whether the first row is bold and the others are not.
func heavyHead(rows []cellRow) bool {
	bold, others := true, 0
	for k, r := range rows {
		heavy := true
		for _, cell := range r.cells {
			for i := range cell {
				heavy = heavy && cell[i].bold
			}
		}
		if k == 0 {
			bold = heavy
		} else {
			others += count(!heavy, 1)
		}
	}
	return bold && 2*others > len(rows)-1 && others > 0
}

// table weighs the evidence. Columns of running text beside each other are a
// page of columns, whatever their baselines.
func (e *evidence) table() bool {
	if e.rows < 3 && !(e.rows == 2 && e.rules >= 2 && e.columns >= 3) || e.pageNumbers {
		return false
	}
	if e.prose >= 2 && e.rules < 3 || e.prose > 0 && e.prose >= e.columns {
		return false
	}
	items := e.items
	if e.columns >= 4 && 10*items >= 9*e.lines {
		items = 0 // every cell has one: an outline style, no list
	}
	if e.rules < 2 && 3*items > e.lines || 2*e.fixed > e.lines || e.leaders >= 3 {
		return false
	}
	hints := count(e.rules >= 2, 2) + count(e.heavyHead, 1) + count(e.numbers > 0, 1) + count(e.short, 1)
	if e.columns == 2 {
		return e.aligned >= 0.8 && e.full >= 3 && e.prose == 0 && (e.rules >= 2 || e.heavyHead || e.numbers > 0 && e.short) && hints >= 2
	}
	return e.aligned >= 0.6 && 2*e.full >= e.rows && e.covered >= 0.4 && (hints >= 2 || e.short && (e.covered >= 0.85 || e.columns >= 4 && e.rows >= 4 && e.aligned >= 0.95 && e.covered >= 0.5))
}

// across2 counts the rules that run over most of a region.
func (r *ruling) across2(x0, x1, y0, y1 float64) int {
	n := 0
	for i := range r.across {
		u := &r.across[i]
		if u.Y0 < y0 {
			break
		}
		if u.Y0 <= y1 && min(u.X1, x1)-max(u.X0, x0) > 0.7*(x1-x0) {
			n++
		}
	}
	return n
}

// tableFrom makes a table of rows of cells. head is the number of rows above the
// rule under the header, nil where there is none.
func (c *cutter) tableFrom(x0, x1, y0, y1 float64, rows []cellRow, head *int) *block {
	t := &block{kind: extract.Table, page: c.page, last: c.page, x0: x0, x1: x1, y0: y0, y1: y1, size: c.em}
	n := len(rows[0].cells)
	var bold []bool
	merged := make([][][]line, 0, len(rows))
	header := 0
	for k, r := range rows {
		heavy := true
		lines := make([][]line, n)
		for i, cell := range r.cells {
			if len(cell) == 0 {
				continue
			}
			lines[i] = []line{lineOf(cell)}
			for w := range cell {
				heavy = heavy && cell[w].bold
			}
		}
		inHead := head != nil && k < *head
		if len(merged) > 0 && (head == nil || k != *head) && (inHead || c.goesOn(rows, k)) {
			last := merged[len(merged)-1]
			for i := range lines {
				last[i] = append(last[i], lines[i]...)
			}
			continue
		}
		if inHead {
			header = 1
		}
		merged = append(merged, lines)
		bold = append(bold, heavy)
	}
	j := joiner{vocabulary: c.vocabulary}
	for _, lines := range merged {
		row := make([]string, n)
		for i := range lines {
			row[i] = withoutBullet(j.text(lines[i]))
		}
		t.rows = append(t.rows, row)
	}
	t.headerRows = header
	if head == nil {
		t.headerRows = headerRows(t.rows, bold)
	}
	for i := range n {
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, r := range rows {
			for _, w := range r.cells[i] {
				lo, hi = min(lo, w.x0), max(hi, w.x1)
			}
		}
		t.columns = append(t.columns, (lo+hi)/2)
	}
	return t
}

// goesOn reports whether a row continues the cells of the row above: its first
// cell is empty, or it is the only one, and what stands in it is no figure.
func (c *cutter) goesOn(rows []cellRow, k int) bool {
	if k == 0 {
		return false
	}
	r, above := &rows[k], &rows[k-1]
	size := c.em
	filled, figures, lower := 0, 0, false
	for i, cell := range r.cells {
		if len(cell) == 0 {
			continue
		}
		filled++
		size = cell[0].size
		l := lineOf(slices.Clone(cell))
		text := l.text()
		figures += count(isNumber(text), 1)
		lower = lower || isLower(firstLetter(text))
		if len(above.cells[i]) == 0 && i > 0 && len(r.cells[0]) == 0 && !lower {
			return false
		}
	}
	if above.y-r.y > 1.6*size {
		return false
	}
	if len(r.cells[0]) == 0 {
		return figures == 0
	}
	return filled == 1 && lower
}
