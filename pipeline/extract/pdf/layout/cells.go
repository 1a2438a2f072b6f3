package layout

import (
	"math"
	"slices"
	"strings"

	"freshet/pipeline/extract"
)

// crosses reports whether lines of text run across the left or right edge of the
// grid: it is a drawing over which text flows, or beside which it was cut.
func (c *cutter) crosses(g *grid, words []word, taken []bool, inside []int) bool {
	if len(inside) == 0 {
		return false
	}
	in := make(map[int]bool, len(inside))
	for _, k := range inside {
		in[k] = true
	}
	left, right := g.xs[0], g.xs[len(g.xs)-1]
	// The words are sorted by height, so that those of a line are neighbours.
	crossing := 0
	for _, k := range inside {
		w := &words[k]
		if w.x0-left > 2*c.em && right-w.x1 > 2*c.em {
			continue
		}
		for _, step := range [...]int{-1, 1} {
			for n, j := 0, k+step; n < neighbours && j >= 0 && j < len(words); n, j = n+1, j+step {
				o := &words[j]
				if math.Abs(o.middle()-w.middle()) > 0.1*w.size {
					break
				}
				if in[j] || taken[j] || o.table != nil {
					continue
				}
				if d := w.x0 - o.x1; d > -0.1*w.size && d < 0.6*w.size {
					crossing++
				}
				if d := o.x0 - w.x1; d > -0.1*w.size && d < 0.6*w.size {
					crossing++
				}
			}
		}
	}
	return crossing >= 2
}

// tableOf turns a filled grid into a table, nil where it is none: a frame, a
// drawing, a page of boxes.
func (c *cutter) tableOf(g *grid) *block {
	columns, rows := g.columns(), g.rows()
	cells := map[int]int{} // places of each merged cell
	for _, k := range g.cell {
		cells[k]++
	}
	filled, spread, long := 0, 0, 0
	for k, n := range cells {
		if len(g.words[k]) == 0 {
			continue
		}
		filled++
		spread += n - 1
		if len(g.words[k]) > 150 {
			long++
		}
	}
	wide := 0 // rows with two cells or more that have words
	for j := range rows {
		seen := map[int]bool{}
		for i := range columns {
			if k := g.cell[j*columns+i]; len(g.words[k]) > 0 {
				seen[k] = true
			}
		}
		wide += count(len(seen) > 1, 1)
	}
	whole := len(cells) == columns*rows && columns*rows <= 4*filled
	if filled < 3 || wide < 1 || len(cells) > 4*filled || 3*long > filled || 2*wide < rows && wide < 2 && !whole || spread > 2*filled {
		return nil
	}
	t := &block{kind: extract.Table, page: c.page, last: c.page, x0: g.xs[0], x1: g.xs[columns], y0: g.ys[rows], y1: g.ys[0], size: c.em}
	texts := make(map[int]string, len(cells))
	for k := range cells {
		if words := g.words[k]; len(words) > 0 {
			texts[k] = c.cellText(words)
		}
	}
	var bold []bool
	for j := range rows {
		row := make([]string, columns)
		heavy := true
		empty := true
		for i := range columns {
			k := g.cell[j*columns+i]
			row[i] = texts[k]
			for w := range g.words[k] {
				heavy = heavy && g.words[k][w].bold
				empty = false
			}
		}
		if empty {
			continue
		}
		if slices.ContainsFunc(row, caption) || c.stacked(g, j) {
			return nil
		}
		if split := c.splitBand(g, j); split != nil {
			t.rows = append(t.rows, split...)
			bold = append(bold, make([]bool, len(split))...)
			continue
		}
		t.rows = append(t.rows, row)
		bold = append(bold, heavy)
	}
	t.rows = g.withoutEmptyColumns(t.rows)
	if len(t.rows) == 0 || len(t.rows[0]) < 2 || len(t.rows) < 2 && columns < 3 {
		return nil
	}
	t.headerRows = headerRows(t.rows, bold)
	if t.headerRows > 0 {
		for t.headerRows < len(t.rows)-1 && t.headerRows < 3 && g.spansDown(t.headerRows-1) {
			t.headerRows++
		}
	}
	for i := range columns {
		t.columns = append(t.columns, (g.xs[i]+g.xs[i+1])/2)
	}
	return t
}

// stacked reports whether two cells of row j or more hold many short lines that
// splitBand cannot tell apart: a form, whose lines belong together across cells.
func (c *cutter) stacked(g *grid, j int) bool {
	if c.splitBand(g, j) != nil {
		return false
	}
	deep := 0
	for i := range g.columns() {
		k := g.cell[j*g.columns()+i]
		if i > 0 && k == g.cell[j*g.columns()+i-1] || len(g.words[k]) < 8 {
			continue
		}
		lines := linesOf(g.words[k])
		runes := 0
		for l := range lines {
			runes += lines[l].runes
		}
		deep += count(len(lines) >= 8 && runes < 20*len(lines), 1)
	}
	return deep >= 2
}

// spansDown reports whether a cell of row j goes on in the next row.
func (g *grid) spansDown(j int) bool {
	if j+1 >= g.rows() {
		return false
	}
	for i := range g.columns() {
		if k := g.cell[j*g.columns()+i]; k == g.cell[(j+1)*g.columns()+i] && len(g.words[k]) > 0 {
			return true
		}
	}
	return false
}

// splitBand splits a row of the grid that holds several rows of the table, drawn
// without rules between them: two columns of figures or more have their lines on
// the same baselines. What stands on one line only is the same for all of them.
func (c *cutter) splitBand(g *grid, j int) [][]string {
	columns := g.columns()
	lines := make([][]line, columns)
	most := 0
	for i := range columns {
		k := g.cell[j*columns+i]
		if i > 0 && k == g.cell[j*columns+i-1] || j > 0 && k == g.cell[(j-1)*columns+i] || j+1 < g.rows() && k == g.cell[(j+1)*columns+i] {
			return nil
		}
		lines[i] = linesOf(g.words[k])
		most = max(most, len(lines[i]))
	}
	var ys []float64
	for i := range lines {
		if len(lines[i]) == most {
			for k := range lines[i] {
				ys = append(ys, lines[i][k].y)
			}
			break
		}
	}
	if most < 2 {
		return nil
	}
	out := make([][]string, most)
	for r := range out {
		out[r] = make([]string, columns)
	}
	figures := 0
	for i := range lines {
		sparse := most >= 4 && 3*len(lines[i]) >= most && figuresOf(lines[i]) == len(lines[i])
		if len(lines[i]) == 1 && most < 4 {
			for r := range out {
				out[r][i] = lines[i][0].text()
			}
			continue
		}
		if len(lines[i]) > 0 && 4*len(lines[i]) < 3*most && !sparse {
			return nil
		}
		digits := 0
		for k := range lines[i] {
			l := &lines[i][k]
			at := slices.IndexFunc(ys, func(y float64) bool { return math.Abs(y-l.y) <= baselineReach*c.em })
			if at < 0 || out[at][i] != "" || l.table() != nil {
				return nil
			}
			out[at][i] = l.text()
			digits += count(isNumber(out[at][i]), 1)
		}
		figures += count(2*digits > len(lines[i]), 1)
	}
	if figures < 2 && !(figures == 1 && most >= 3) {
		return nil
	}
	return out
}

// leftToFigures reports whether a grid is a frame around rows of figures that no rule
// separates: most of its words stand in rows of the grid that hold many lines, and are
// a table of figures by themselves, with more columns or rows than t, the table that
// the grid makes.
func (c *cutter) leftToFigures(g *grid, t *block, words []word, inside []int) bool {
	deep, all := 0, 0
	for j := range g.rows() {
		n, tall := 0, 0
		for i := range g.columns() {
			k := g.cell[j*g.columns()+i]
			if i > 0 && k == g.cell[j*g.columns()+i-1] || j > 0 && k == g.cell[(j-1)*g.columns()+i] {
				continue
			}
			n += len(g.words[k])
			tall += count(len(g.words[k]) > 3 && c.lineCount(g.words[k]) > 3, 1)
		}
		all += n
		if tall >= 2 {
			deep += n
		}
	}
	if 10*deep < 6*all || deep == 0 {
		return false
	}
	f := c.onlyFigures(words, inside)
	return f != nil && (t == nil || len(f.columns) > len(t.rows[0]) || 3*len(f.rows) > 4*len(t.rows))
}

// onlyFigures is the table of figures that most of the words at the places inside are,
// nil where they are none or several.
func (c *cutter) onlyFigures(words []word, inside []int) *block {
	own := make([]word, len(inside))
	for i, k := range inside {
		own[i] = words[k]
	}
	var found *block
	left := 0
	for _, w := range c.figured(own) {
		switch {
		case w.table == nil:
			left++
		case found != nil:
			return nil
		default:
			found = w.table
		}
	}
	if 10*left > 3*len(own) {
		return nil
	}
	return found
}

// figuresOf counts the lines that are figures.
func figuresOf(lines []line) int {
	n := 0
	for i := range lines {
		n += count(isNumber(lines[i].text()), 1)
	}
	return n
}

// cellText is what the words of a cell say.
func (c *cutter) cellText(words []word) string {
	lines := linesOf(words)
	texts := lines[:0]
	for _, l := range lines {
		if t := l.table(); t != nil {
			for _, row := range t.rows {
				for _, s := range row {
					texts = append(texts, line{words: []word{{text: s}}})
				}
			}
			continue
		}
		texts = append(texts, l)
	}
	j := joiner{vocabulary: c.vocabulary}
	return withoutBullet(j.text(texts))
}

// withoutBullet takes the bullet off a cell that has no second one.
func withoutBullet(s string) string {
	m, ok := markerOf(s)
	if !ok || m.ordered || strings.Count(s, m.text) > 1 || isDash([]rune(m.text)[0]) {
		return s
	}
	return s[m.rest:]
}

// withoutEmptyColumns drops columns that have no text in any row, and those whose
// places are merged with the column before in every row: edges that nearly met.
func (g *grid) withoutEmptyColumns(rows [][]string) [][]string {
	columns := g.columns()
	keep := make([]bool, columns)
	for i := range keep {
		text, own := false, i == 0
		for _, row := range rows {
			text = text || row[i] != ""
		}
		for j := range g.rows() {
			own = own || g.cell[j*columns+i] != g.cell[j*columns+i-1]
		}
		keep[i] = text && own
	}
	for k, row := range rows {
		out := row[:0:0]
		for i, s := range row {
			if keep[i] {
				out = append(out, s)
			}
		}
		rows[k] = out
	}
	return rows
}

// headerRows is the number of rows that name the columns: the first, unless it
// is a row of figures like the others, and further ones that are as bold. Years are
// names.
func headerRows(rows [][]string, bold []bool) int {
	if len(rows) < 2 {
		return 0
	}
	n := 0
	for n < len(rows)-1 && n < 3 && bold[n] {
		n++
	}
	if n > 0 && !bold[n] {
		return n
	}
	numbers, filled := 0, 0
	for _, s := range rows[0] {
		filled += count(s != "", 1)
		numbers += count(isNumber(s) && !isPeriod(s), 1)
	}
	if filled == 0 || 2*numbers > filled {
		return 0
	}
	return 1
}
