package layout

import (
	"math"
	"slices"
	"strings"

	"freshet/pipeline/extract"
)

// How a run of lines with figures becomes the rows of a table.

// A figureRow is one row of a table, by column the lines of each cell.
type figureRow struct {
	y     float64 // of its first line
	cells [][]line
	bold  bool
}

// rowReach is how far below a row, in sizes of the font, the lines stand that go on
// its cells.
const rowReach = 1.7

// figureTable makes the table of a run, and says which lines it takes. free is the
// first line that no other table has.
func (c *cutter) figureTable(r *figureRun, free int) (t *block, first, last int) {
	body := r.from
	for body < r.to && r.namesColumns(body) {
		body++
	}
	heads, label := c.headLines(r, free, body)
	first = body
	if len(heads) > 0 {
		first = heads[0]
	}
	if label >= 0 {
		first = min(first, label)
		body = label
	}
	rows := c.headerOf(r, heads)
	header := len(rows)
	rows, last = c.bodyOf(r, body, rows)
	if len(rows)-header < 2 {
		return nil, 0, 0
	}
	t = &block{kind: extract.Table, page: c.page, last: c.page, size: c.em, x0: math.Inf(1), x1: math.Inf(-1),
		y1: r.lines[first].y + 0.8*r.lines[first].size, y0: r.lines[last].y - 0.2*r.lines[last].size}
	for k := first; k <= last; k++ {
		t.x0, t.x1 = min(t.x0, r.lines[k].x0), max(t.x1, r.lines[k].x1)
	}
	j := joiner{vocabulary: c.vocabulary}
	var bold []bool
	for _, row := range rows {
		cells := make([]string, len(r.columns))
		for i := range cells {
			cells[i] = withoutBullet(j.text(row.cells[i]))
		}
		t.rows, bold = append(t.rows, cells), append(bold, row.bold)
	}
	if t.headerRows = min(header, len(t.rows)-1); header == 0 {
		t.headerRows = headerRows(t.rows, bold)
	}
	for _, s := range r.columns {
		t.columns = append(t.columns, (s.a+s.b)/2)
	}
	return t, first, last
}

// namesColumns reports whether the figures of line k name columns: years and spells,
// the numbers from one on, or what stands among words over columns of figures.
func (r *figureRun) namesColumns(k int) bool {
	l := &r.lines[k]
	if words, figures := l.kinds(); words > 1 && words >= figures && k+1 < len(r.lines) {
		_, below := r.lines[k+1].kinds()
		_, further := r.lines[min(k+2, r.to)].kinds()
		return max(below, further) >= figures+words
	}
	figures, periods, next := 0, 0, 1
	for i := range l.tokens {
		t := &l.tokens[i]
		if !t.figure {
			if i > 0 && !t.void {
				return false
			}
			continue
		}
		if i == 0 && r.column(t) == 0 {
			return false
		}
		figures++
		text := t.text()
		periods += count(isPeriod(text), 1)
		if next > 0 && text == ordinal(next) {
			next++
		} else {
			next = -1
		}
	}
	return figures >= 2 && (periods == figures || next > 3 && k == r.from)
}

// kinds counts the tokens behind the first that are words, and those that are figures
// or stand for one.
func (l *tokenLine) kinds() (words, figures int) {
	for i := range l.tokens {
		if i > 0 && !l.tokens[i].figure && !l.tokens[i].void {
			words++
		} else if i > 0 {
			figures++
		}
	}
	return words, figures
}

// ordinal is n in digits, for n below 100.
func ordinal(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return string(rune('0'+n/10)) + string(rune('0'+n%10))
}

// headLines returns the lines that name the columns, from above, and the first line
// of the label of the first row where that stands above its figures, -1 otherwise.
func (c *cutter) headLines(r *figureRun, free, body int) (heads []int, label int) {
	const most = 8
	label = -1
	for k := body - 1; k >= r.from && k >= free; k-- {
		heads = append(heads, k)
	}
	above := body - len(heads)
	named := len(heads) > 0
	for k := above - 1; k >= free && above-k <= most; k-- {
		l := &r.lines[k]
		gap := 2.4
		if r.lines[k+1].names() && r.loose > figurePitch {
			gap = 3.6
		}
		if len(l.tokens) == 0 || l.y-r.lines[k+1].y > gap*max(c.em, l.size) || caption(l.text()) || l.size > 1.25*r.lines[body].size {
			// The end of a caption of several lines is no name.
			for caption(l.text()) && len(heads) > 0 && heads[len(heads)-1] == k+1 && len(r.lines[k+1].tokens) == 1 && l.y-r.lines[k+1].y <= 1.35*c.em && l.x1 > r.cuts[len(r.cuts)-1] {
				heads = heads[:len(heads)-1]
			}
			break
		}
		if named && c.ruledOff(l, &r.lines[k+1], r) {
			break
		}
		one := len(l.tokens) == 1
		switch inLabel := one && r.column(&l.tokens[0]) == 0 && l.tokens[0].x1 < r.columns[1].a+c.em; {
		case inLabel && !named:
			// The name of a section, or the beginning of the first label.
			if label < 0 && (l.y-r.lines[k+1].y <= rowReach*c.em || l.names() && r.loose > figurePitch) && l.runes < 60 {
				label = k
				continue
			}
		case inLabel:
			if l.y-r.lines[k+1].y <= 1.5*c.em && l.runes < 40 && l.tokens[0].x1 <= r.columns[1].a {
				heads = append(heads, k)
				continue
			}
		case one && l.tokens[0].x0 >= r.cuts[0]-c.em && l.runes < 60:
			heads = append(heads, k)
			continue
		case !one && l.heads():
			heads = append(heads, k)
			named = true
			continue
		}
		break
	}
	slices.Reverse(heads)
	if label >= 0 && !named {
		label = -1 // a heading above figures that nothing names
	}
	for len(heads) > 0 && label >= 0 && heads[len(heads)-1] > label {
		heads = heads[:len(heads)-1]
	}
	return heads, label
}

// heads reports whether the tokens of a line are short as names of columns are.
func (l *tokenLine) heads() bool {
	for i := range l.tokens {
		runes := 0
		for w := range l.tokens[i].words {
			runes += l.tokens[i].words[w].runes
		}
		if runes > 50 {
			return false
		}
	}
	return true
}

// ruledOff reports whether a rule over most of the table stands between two lines.
func (c *cutter) ruledOff(above, below *tokenLine, r *figureRun) bool {
	x0, x1 := r.columns[0].a, r.columns[len(r.columns)-1].b
	for _, u := range c.rules.across {
		if u.Y0 < above.y && u.Y0 > below.y+0.4*below.size && u.X0 < x0+2*c.em && u.X1 > x1-2*c.em {
			return true
		}
	}
	return false
}

// headerOf makes the rows of the header. Lines whose names stand over several
// columns are rows of their own; the others are the lines of one row.
func (c *cutter) headerOf(r *figureRun, heads []int) []figureRow {
	var rows []figureRow
	spanned := true
	columns := slices.Clone(r.columns)
	if len(heads) > 0 {
		l := &r.lines[heads[len(heads)-1]]
		for t, at := range c.spread(r, r.columns, l, nil) {
			if at[0] == at[1] {
				s := &columns[at[0]]
				s.a, s.b = min(s.a, l.tokens[t].x0), max(s.b, l.tokens[t].x1)
			}
		}
	}
	for i, k := range heads {
		l := &r.lines[k]
		var below *tokenLine
		if i+1 < len(heads) {
			below = &r.lines[heads[i+1]]
		}
		ranges := c.spread(r, columns, l, below)
		spans := false
		for _, at := range ranges {
			spans = spans || at[1] > at[0]
		}
		if n := len(rows); n == 0 || spans || spanned {
			rows = append(rows, figureRow{y: l.y, cells: make([][]line, len(r.columns))})
		}
		spanned = spans
		row := &rows[len(rows)-1]
		for t, at := range ranges {
			for col := at[0]; col <= at[1]; col++ {
				row.cells[col] = append(row.cells[col], lineOf(slices.Clone(l.tokens[t].words)))
			}
		}
	}
	return rows
}

// spread says for each token of a line of the header over which columns it stands.
// In a line with another one below, nil for none, a name in the middle over columns
// without names stands for all of them, if there are several names below it.
//
// A rule below such a name says it best. columns is what the columns cover, with the
// names right above them.
func (c *cutter) spread(r *figureRun, columns []span, l, below *tokenLine) [][2]int {
	out := make([][2]int, len(l.tokens))
	for i := range l.tokens {
		t := &l.tokens[i]
		at := [2]int{-1, -1}
		for k, s := range r.columns {
			if overlap(t.x0, t.x1, s.a, s.b) > 0.15*c.em {
				if at[0] < 0 {
					at[0] = k
				}
				at[1] = k
			}
		}
		if at[0] < 0 {
			k := r.column(t)
			at = [2]int{k, k}
		}
		if at[0] == 0 && at[1] > 0 && t.x0 < r.columns[0].b-c.em && i == 0 && len(l.tokens) > 1 {
			at[1] = 0 // the name of the labels
		}
		out[i] = at
	}
	if below == nil {
		return out
	}
	for i := range out {
		low, high := 1, len(r.columns)-1
		if i > 0 {
			low = max(low, out[i-1][1]+1)
		}
		if i+1 < len(out) {
			high = out[i+1][0] - 1
		}
		// What goes on a name begins with a small letter, what another line goes on
		// ends with a hyphen.
		if text := l.tokens[i].text(); out[i][0] == 0 || isLower(firstLetter(text)) || strings.HasSuffix(text, "-") {
			continue
		}
		middle := (l.tokens[i].x0 + l.tokens[i].x1) / 2
		best := out[i]
		if u, ok := c.underline(l, &l.tokens[i]); ok {
			for best[0] > low && (columns[best[0]-1].a+columns[best[0]-1].b)/2 > u.X0 {
				best[0]--
			}
			for best[1] < high && (columns[best[1]+1].a+columns[best[1]+1].b)/2 < u.X1 {
				best[1]++
			}
			out[i] = best
			continue
		}
		for a := low; a <= out[i][0]; a++ {
			for b := out[i][1]; b <= high; b++ {
				centre := (columns[a].a + columns[b].b) / 2
				if math.Abs(centre-middle) <= 0.9*c.em && b-a > best[1]-best[0] && below.within(columns[a].a, columns[b].b) > 1 {
					best = [2]int{a, b}
				}
			}
		}
		out[i] = best
	}
	return out
}

// within counts the tokens of a line whose middle lies between two places.
func (l *tokenLine) within(x0, x1 float64) int {
	n := 0
	for i := range l.tokens {
		if middle := (l.tokens[i].x0 + l.tokens[i].x1) / 2; middle > x0 && middle < x1 {
			n++
		}
	}
	return n
}

// underline is the rule right below a token that reaches over its ends.
func (c *cutter) underline(l *tokenLine, t *token) (Rule, bool) {
	for _, u := range c.rules.across {
		if u.Y0 < l.y-1.1*l.size {
			break
		}
		if u.Y0 < l.y && u.X0 < t.x0+0.5*c.em && u.X1 > t.x1-0.5*c.em {
			return u, true
		}
	}
	return Rule{}, false
}

// bodyOf appends the rows from line body on, and says which line is the last.
func (c *cutter) bodyOf(r *figureRun, body int, rows []figureRow) ([]figureRow, int) {
	begin := len(rows)
	var waiting []int // lines without figures since the last row
	for k := body; k <= r.to; k++ {
		l := &r.lines[k]
		if !l.data() {
			waiting = append(waiting, k)
			continue
		}
		row := c.rowOf(r, l)
		rows = c.between(r, rows, begin, waiting, &row)
		waiting = waiting[:0]
		rows = append(rows, row)
	}
	last := r.to
	// What goes on the last row.
	for k := r.to + 1; k < len(r.lines) && k <= r.to+2; k++ {
		l, above := &r.lines[k], &r.lines[k-1]
		row := &rows[len(rows)-1]
		if len(l.tokens) != 1 || above.y-l.y > 1.35*c.em || r.column(&l.tokens[0]) > 0 || l.tokens[0].x1 > r.columns[1].a || len(row.cells[0]) > 0 && !c.continues(row, l) {
			break
		}
		row.cells[0] = append(row.cells[0], l.line)
		last = k
	}
	return rows, last
}

func (c *cutter) rowOf(r *figureRun, l *tokenLine) figureRow {
	row := figureRow{y: l.y, cells: make([][]line, len(r.columns)), bold: l.bold}
	words := make([][]word, len(r.columns))
	for i := range l.tokens {
		k := r.column(&l.tokens[i])
		words[k] = append(words[k], l.tokens[i].words...)
	}
	for k := range words {
		if len(words[k]) > 0 {
			row.cells[k] = []line{lineOf(words[k])}
		}
	}
	return row
}

// between places the lines between the last row and next: they go on its cells,
// begin those of next, or name a section.
func (c *cutter) between(r *figureRun, rows []figureRow, begin int, waiting []int, next *figureRow) []figureRow {
	var last *figureRow
	if len(rows) > begin {
		last = &rows[len(rows)-1]
	}
	cut := len(waiting) // the lines before it belong to the last row
	if len(waiting) > 0 && (len(next.cells[0]) == 0 || c.goesOnFrom(&r.lines[waiting[len(waiting)-1]], &next.cells[0][0])) {
		cut = r.widest(last, waiting, next.y)
	}
	var head []line
	for i, k := range waiting {
		l := &r.lines[k]
		label := len(l.tokens) == 1 && r.column(&l.tokens[0]) == 0
		switch {
		case label && i >= cut:
			head = append(head, l.line)
		case last != nil && len(head) == 0 && c.goesOnRow(r, last, l, i, waiting):
			row := c.rowOf(r, l)
			for n := range row.cells {
				last.cells[n] = append(last.cells[n], row.cells[n]...)
			}
		default:
			row := figureRow{y: l.y, cells: make([][]line, len(r.columns)), bold: l.bold}
			var under *tokenLine
			if !label && len(l.tokens) == 1 {
				under = &r.lines[k+1]
			}
			for t, at := range c.spread(r, r.columns, l, under) {
				for n := at[0]; n <= at[1]; n++ {
					row.cells[n] = append(row.cells[n], lineOf(slices.Clone(l.tokens[t].words)))
				}
			}
			rows = append(rows, row)
			last = nil
		}
	}
	next.cells[0] = append(head, next.cells[0]...)
	return rows
}

// goesOnFrom reports whether a label goes on that of the line above.
func (c *cutter) goesOnFrom(above *tokenLine, label *line) bool {
	return isLower(firstLetter(label.text())) && math.Abs(above.x0-label.x0) < 0.4*c.em
}

// widest is the place among the waiting lines above which the gap is the widest: the
// label of a row stands around its figures.
func (r *figureRun) widest(last *figureRow, waiting []int, next float64) int {
	if last == nil {
		return 0
	}
	y, best, most := r.lines[waiting[0]-1].y, 0, 0.0
	for i, k := range waiting {
		if gap := y - r.lines[k].y; gap > most+0.5 {
			best, most = i, gap
		}
		y = r.lines[k].y
	}
	if y-next > most+0.5 {
		best = len(waiting)
	}
	return best
}

// goesOnRow reports whether a line goes on the cells of the row above it.
func (c *cutter) goesOnRow(r *figureRun, row *figureRow, l *tokenLine, i int, waiting []int) bool {
	above := r.lines[waiting[i]-1].y
	if above-l.y > rowReach*c.em {
		return false
	}
	if len(l.tokens) == 1 && r.column(&l.tokens[0]) == 0 {
		return len(row.cells[0]) == 0 || c.continues(row, l)
	}
	for t := range l.tokens {
		k := r.column(&l.tokens[t])
		if len(row.cells[k]) == 0 || k > 0 && isFigure(row.cells[k][0].text()) {
			return false
		}
	}
	return above-l.y <= 1.4*c.em
}

// continues reports whether a line of the column of labels goes on that of a row: it
// begins with a small letter, or is set in further.
func (c *cutter) continues(row *figureRow, l *tokenLine) bool {
	label := &row.cells[0][0]
	text := l.text()
	return isLower(firstLetter(text)) || l.x0 > label.x0+0.4*c.em && l.x0 < label.x0+2.5*c.em && row.cells[0][len(row.cells[0])-1].runes > 20
}
