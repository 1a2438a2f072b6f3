package layout

import (
	"cmp"
	"math"
	"slices"
	"unicode"
)

// Tables of figures: lines whose figures stand below each other in columns,
// whatever walls and rules there are. They are looked for line by line, so that
// labels of several lines, rows that name a section and headers that span columns
// hide no column.

const (
	// figureLines is how many lines with figures the smallest table has.
	figureLines = 3
	// figurePitch is the greatest distance between lines of a table, in sizes of
	// the font; loosePitch that around a line that names a section.
	figurePitch = 3.2
	loosePitch  = 5
	// figureBetween is how many lines without figures may stand between two with.
	figureBetween = 3
	// maxFigureTokens bounds the tokens of a run of lines; more are no table that
	// anybody reads.
	maxFigureTokens = 20_000
	// maxFigureColumns is how many columns a table of figures may have.
	maxFigureColumns = 100
)

// A figureRun is lines of a region that may be a table.
type figureRun struct {
	lines    []tokenLine // of the region
	from, to int         // the first and the last line with figures
	columns  []span      // what the tokens of each column cover
	cuts     []float64   // between columns
	loose    float64     // the distance allowed around names of sections
}

// figured takes the words of tables of figures out of words and puts a word that
// stands for each table in their place.
func (c *cutter) figured(words []word) []word {
	if len(words) < 2*figureLines {
		return words
	}
	plain := linesOf(words)
	lines := tokenLines(plain, c.em)
	var found []word
	gone := make([]bool, len(lines))
	free := 0 // the first line that no table has
	for i := 0; i < len(lines); i++ {
		if !lines[i].data() {
			continue
		}
		r := c.figureRun(lines, i, loosePitch)
		ok := c.columnsOfRun(&r) && c.tabular(&r)
		if strict := c.figureRun(lines, i, figurePitch); !ok && strict.to < r.to {
			r = strict
			ok = c.columnsOfRun(&r) && c.tabular(&r)
		}
		if ok {
			c.addRows(&r)
			if t, first, last := c.figureTable(&r, free); t != nil {
				for k := first; k <= last; k++ {
					gone[k] = true
				}
				free = last + 1
				found = append(found, word{x0: t.x0, x1: t.x1, y: t.y0, size: c.em, table: t})
			}
		}
		i = max(r.to, i, free-1)
	}
	if len(found) == 0 {
		return words
	}
	for i := range plain {
		if !gone[i] {
			found = append(found, plain[i].words...)
		}
	}
	return found
}

// data reports whether a line can be a row of figures.
func (l *tokenLine) data() bool {
	if l.row {
		return true
	}
	if len(l.tokens) < 2 {
		return false
	}
	figures := 0
	for i := range l.tokens {
		figures += count(l.tokens[i].figure, 1)
	}
	return figures > 1 || figures == 1 && !l.tokens[0].figure
}

// figureRun is the run of lines with figures that begins at line from. loose is the
// greatest distance around lines that name a section.
func (c *cutter) figureRun(lines []tokenLine, from int, loose float64) figureRun {
	r := figureRun{lines: lines, from: from, to: from, loose: loose}
	between, tokens := 0, 0
	for k := from + 1; k < len(lines); k++ {
		l := &lines[k]
		tokens += len(l.tokens)
		pitch := figurePitch
		if l.names() || lines[k-1].names() {
			pitch = loose
		}
		if len(l.tokens) == 0 || lines[k-1].y-l.y > pitch*c.em || caption(l.text()) || tokens > maxFigureTokens || l.size > 1.4*lines[from].size {
			break
		}
		if l.data() {
			r.to, between = k, 0
			continue
		}
		// Two long lines are running text.
		if between++; between > figureBetween || l.runs() && (lines[k-1].runs() || !c.lone(lines, k)) {
			break
		}
	}
	return r
}

// names reports whether a line can be the name of a section of a table.
func (l *tokenLine) names() bool { return len(l.tokens) == 1 && l.runes <= 30 }

// addRows takes the lines below a run whose tokens stand in its columns for rows of
// it, though they have no figures.
func (c *cutter) addRows(r *figureRun) {
	for k := r.to + 1; k < len(r.lines); k++ {
		l, above := &r.lines[k], &r.lines[k-1]
		if len(l.tokens) < 2 || 2*len(l.tokens) < len(r.columns) || above.y-l.y > 1.2*r.pitch() || !c.fits(r, l) {
			return
		}
		l.row = true
		r.to = k
	}
}

// pitch is the usual distance of the rows of a run.
func (r *figureRun) pitch() float64 {
	var all []float64
	for k := r.from + 1; k <= r.to; k++ {
		all = append(all, r.lines[k-1].y-r.lines[k].y)
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// fits reports whether each token of a line stands in a column of its own.
func (c *cutter) fits(r *figureRun, l *tokenLine) bool {
	last := -1
	for i := range l.tokens {
		t := &l.tokens[i]
		k := r.column(t)
		if k <= last || k > 0 && t.x0 < r.columns[k-1].b || k+1 < len(r.columns) && t.x1 > r.columns[k+1].a {
			return false
		}
		last = k
	}
	return true
}

// lone reports whether a line without figures stands between two with.
func (c *cutter) lone(lines []tokenLine, k int) bool {
	return k+1 < len(lines) && lines[k-1].data() && lines[k+1].data()
}

// runs reports whether a line is one of running text.
func (l *tokenLine) runs() bool { return len(l.tokens) == 1 && l.runes >= 50 }

// columnsOfRun finds the columns of a run: what the tokens of its lines with figures
// cover. Few of them may reach over two columns.
func (c *cutter) columnsOfRun(r *figureRun) bool {
	var all []span
	n := 0
	for k := r.from; k <= r.to; k++ {
		if l := &r.lines[k]; l.data() {
			n++
			for i := range l.tokens {
				all = append(all, span{l.tokens[i].x0, l.tokens[i].x1})
			}
		}
	}
	if n < figureLines {
		return false
	}
	few := n / 8
	cores := covered(all, few, 0.12*c.em)
	if len(cores) > maxFigureColumns {
		return false
	}
	var fit []span
	for _, s := range all {
		over := 0
		for _, core := range cores {
			over += count(overlap(s.a, s.b, core.a, core.b) > 0.1*c.em, 1)
		}
		if over <= 1 {
			fit = append(fit, s)
		}
	}
	if len(all)-len(fit) > max(few, n/6) {
		return false
	}
	r.columns = covered(fit, 0, 0.12*c.em)
	for i := 1; i < len(r.columns); i++ {
		r.cuts = append(r.cuts, (r.columns[i-1].b+r.columns[i].a)/2)
	}
	return len(r.columns) >= 2 && len(r.columns) <= maxFigureColumns
}

// covered is where more than few of the spans lie; gaps narrower than least are
// none.
func covered(spans []span, few int, least float64) []span {
	type edge struct {
		x    float64
		step int
	}
	edges := make([]edge, 0, 2*len(spans))
	for _, s := range spans {
		edges = append(edges, edge{s.a, 1}, edge{s.b, -1})
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(b.step, a.step)) })
	var out []span
	depth := 0
	for _, e := range edges {
		was := depth
		depth += e.step
		switch {
		case was <= few && depth > few:
			if n := len(out); n > 0 && e.x-out[n-1].b < least {
				out[n-1].b = math.Inf(1)
			} else {
				out = append(out, span{e.x, math.Inf(1)})
			}
		case was > few && depth <= few:
			out[len(out)-1].b = e.x
		}
	}
	return out
}

// column is the place of a token among the columns.
func (r *figureRun) column(t *token) int {
	best, most := -1, 0.0
	for i, s := range r.columns {
		if o := overlap(t.x0, t.x1, s.a, s.b); o > most {
			best, most = i, o
		}
	}
	if best < 0 {
		best, _ = slices.BinarySearch(r.cuts, (t.x0+t.x1)/2)
	}
	return best
}

// A figureColumn is what the tokens of one column are.
type figureColumn struct {
	tokens, figures, voids int
	runes, running         int
	left, right, middle    []float64
	numbers                []line // for page numbers
}

// tabular weighs whether the columns of a run are those of a table.
func (c *cutter) tabular(r *figureRun) bool {
	columns := make([]figureColumn, len(r.columns))
	n, misfits, fixed, leads, prose, between, labels := 0, 0, 0, 0, 0, 0, 0
	for k := r.from; k <= r.to; k++ {
		l := &r.lines[k]
		if !l.data() {
			between++
			prose += count(l.runes >= 40, 1)
			labels += count(len(l.tokens) == 1 && r.column(&l.tokens[0]) == 0, 1)
			continue
		}
		n++
		fixed += count(l.fixed, 1)
		leads += count(leaders(l.text()), 1)
		seen := make([]int, len(r.columns))
		clash := false
		for i := range l.tokens {
			t := &l.tokens[i]
			at := r.column(t)
			if seen[at]++; seen[at] > 1 && (at > 0 || t.figure) {
				clash = true
			}
			columns[at].add(t, r.columns[at], at > 0)
		}
		misfits += count(clash, 1)
	}
	if 6*misfits > n || leads >= 2 || prose > 2 && 3*prose > n {
		return false
	}
	figures, aligned, texts, runningText, filled, fullest := 0, 0, 0, 0, 0, 0
	for k := range columns {
		f := &columns[k]
		filled += f.tokens
		if k > 0 && 2*f.figures >= f.tokens-f.voids && f.figures > 0 {
			figures++
			fullest = max(fullest, f.tokens)
			aligned += count(f.aligned(c.em, 5), 1)
			continue
		}
		texts += count(k > 0, 1)
		runningText += count(2*f.running > f.tokens && f.runes > 24*f.tokens || f.runes > 60*f.tokens, 1)
	}
	first := &columns[0]
	switch {
	case figures == 0 || runningText > 0 || 3*aligned < 2*figures || 5*filled < 2*n*len(columns) || 10*fullest < 7*n || 10*(first.tokens+labels) < 3*n:
		return false
	case 2*fixed > n && (texts > 0 && texts >= figures || n < 4):
		return false // program text
	case len(columns) == 2:
		f := &columns[1]
		return n >= 4 && f.figures+f.voids == f.tokens && f.aligned(0.6*c.em, 7) && (first.figures < first.tokens || c.named(r)) && !pageNumbers(f.numbers) &&
			r.columns[1].a-r.columns[0].b > -0.5*c.em && first.runes < 45*first.tokens && 3*between <= 2*n
	case len(columns) == 3 && figures == 1:
		return n >= 4 && 3*columns[2].tokens >= 2*n && 3*columns[1].tokens >= 2*n
	}
	return figures >= texts || n >= 5
}

// named reports whether the line above a run has a name over each column.
func (c *cutter) named(r *figureRun) bool {
	if r.from == 0 {
		return false
	}
	l := &r.lines[r.from-1]
	if len(l.tokens) != len(r.columns) || l.data() || l.y-r.lines[r.from].y > 2.4*c.em {
		return false
	}
	for i := range l.tokens {
		if t := &l.tokens[i]; t.figure || overlap(t.x0, t.x1, r.columns[i].a, r.columns[i].b) <= 0 {
			return false
		}
	}
	return true
}

// add takes a token into account. Lines of running text begin with small letters, or,
// behind the column of labels, reach its end.
func (f *figureColumn) add(t *token, extent span, behind bool) {
	f.tokens++
	if t.figure {
		f.figures++
	} else if t.void {
		f.voids++
	}
	runes := 0
	for i := range t.words {
		runes += t.words[i].runes
	}
	f.runes += runes
	text := t.text()
	first := firstLetter(text)
	f.running += count(!t.figure && runes >= 14 && (behind && extent.b-t.x1 < 0.1*(extent.b-extent.a) || unicode.IsLower(first)), 1)
	f.left, f.right, f.middle = append(f.left, t.x0), append(f.right, t.x1), append(f.middle, (t.x0+t.x1)/2)
	f.numbers = append(f.numbers, line{words: t.words})
}

// aligned reports whether so many tenths of the tokens of a column begin, end or have
// their middle at one place.
func (f *figureColumn) aligned(em float64, tenths int) bool {
	for _, places := range [...][]float64{f.right, f.left, f.middle} {
		sorted := slices.Sorted(slices.Values(places))
		usual := sorted[len(sorted)/2]
		near := 0
		for _, p := range places {
			near += count(math.Abs(p-usual) <= 0.6*em, 1)
		}
		if 10*near >= tenths*len(places) {
			return true
		}
	}
	return false
}
