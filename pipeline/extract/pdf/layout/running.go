package layout

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Headers, footers and page numbers: rows at the edge of the page that repeat up
// to their digits, or whose number goes with the page.
const (
	edgeShare  = 0.1 // of the page's height
	edgeRows   = 4   // rows looked at from each edge
	edgeShift  = 8   // points that a repeated row may move
	longRunner = 160 // runes up to which a row with a page number is one
)

// An edgeRow is one row of words near the edge of a page.
type edgeRow struct {
	page  int // index
	words []int
	text  string
	y     float64
	size  float64
	top   bool
	depth int // 0 is the outermost
	drop  bool
}

// needed is the number of pages on which a row must repeat.
func (d *Document) needed() int {
	return max(2, min(3, (len(d.pages)+1)/2))
}

// dropRunning takes repeated headers and footers out of the pages.
func (d *Document) dropRunning(body float64) {
	if len(d.pages) < 2 {
		return
	}
	var rows []edgeRow
	for i := range d.pages {
		rows = d.edgeRows(i, rows)
	}
	d.markRepeated(rows, body)
	d.markNumbered(rows)
	dropped := map[int]map[int]bool{}
	for i := range rows {
		if r := &rows[i]; r.drop {
			if dropped[r.page] == nil {
				dropped[r.page] = map[int]bool{}
			}
			for _, k := range r.words {
				dropped[r.page][k] = true
			}
		}
	}
	for page, gone := range dropped {
		l := d.pages[page].upright()
		kept := make([]word, 0, len(l.words))
		for k := range l.words {
			if !gone[k] {
				kept = append(kept, l.words[k])
			}
		}
		l.words = kept
	}
}

// upright is the layer of a page whose text is upright, nil if it has none.
func (p *pageWords) upright() *layerWords {
	for i := range p.layers {
		if p.layers[i].angle == 0 {
			return &p.layers[i]
		}
	}
	return nil
}

// edgeRows appends the outermost rows of a page.
func (d *Document) edgeRows(page int, out []edgeRow) []edgeRow {
	p := &d.pages[page]
	l := p.upright()
	if l == nil || p.height <= 0 {
		return out
	}
	for _, top := range []bool{true, false} {
		var at []int
		for k := range l.words {
			y := l.words[k].y
			if top && y > (1-edgeShare)*p.height || !top && y < edgeShare*p.height {
				at = append(at, k)
			}
		}
		slices.SortFunc(at, func(a, b int) int {
			if top {
				a, b = b, a
			}
			return cmp.Compare(l.words[a].y, l.words[b].y)
		})
		for depth := 0; depth < edgeRows && len(at) > 0; depth++ {
			n := 1
			for n < len(at) && math.Abs(l.words[at[n]].y-l.words[at[0]].y) <= 2.5 {
				n++
			}
			r := rowOf(page, l.words, at[:n], top, depth)
			if p.inTable(&r, l.words) || top && namesFigures(&r, l.words) {
				break
			}
			out = append(out, r)
			at = at[n:]
		}
	}
	return out
}

// inTable reports whether a row is of a table that goes on far from the edge of the
// page: a header row that is repeated on every page is kept.
func (p *pageWords) inTable(r *edgeRow, words []word) bool {
	first, last := &words[r.words[0]], &words[r.words[len(r.words)-1]]
	for _, u := range p.rules {
		if u.X1-u.X0 > thick || u.Y0 > r.y || u.Y1 < r.y || u.X0 < first.x0-5*first.size || u.X0 > last.x1+5*last.size {
			continue
		}
		if r.top && u.Y0 < (1-2*edgeShare)*p.height || !r.top && u.Y1 > 2*edgeShare*p.height {
			return true
		}
	}
	return false
}

// namesFigures reports whether a row names the columns of figures right below it: a
// table without walls that repeats its header on every page.
func namesFigures(r *edgeRow, words []word) bool {
	if len(r.words) < 3 {
		return false
	}
	var near []word
	for i := range words {
		if w := &words[i]; w.table == nil && w.y <= r.y+2.5 && w.y > r.y-5*r.size {
			near = append(near, *w)
		}
	}
	lines := tokenLines(linesOf(near), r.size)
	if len(lines) < 3 || lines[0].data() || len(lines[0].tokens) < 3 {
		return false
	}
	below := 0
	for k := 1; k < min(4, len(lines)); k++ {
		figures, named := 0, 0
		for i := range lines[k].tokens {
			t := &lines[k].tokens[i]
			if !t.figure {
				continue
			}
			figures++
			named += count(slices.ContainsFunc(lines[0].tokens, func(h token) bool { return overlap(h.x0, h.x1, t.x0, t.x1) > 0 }), 1)
		}
		below += count(figures >= 2 && figures == named, 1)
	}
	return below >= 2
}

func rowOf(page int, words []word, at []int, top bool, depth int) edgeRow {
	at = slices.Clone(at)
	slices.SortFunc(at, func(a, b int) int { return cmp.Compare(words[a].x0, words[b].x0) })
	r := edgeRow{page: page, words: at, top: top, depth: depth, y: words[at[0]].y}
	var b strings.Builder
	for i, k := range at {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(words[k].text)
		r.size = max(r.size, words[k].size)
	}
	r.text = b.String()
	return r
}

// markRepeated marks rows that stand at the same height of enough pages.
func (d *Document) markRepeated(rows []edgeRow, body float64) {
	type key struct {
		top  bool
		text string
	}
	same := map[key][]int{}
	for i := range rows {
		k := key{rows[i].top, withoutDigits(rows[i].text)}
		same[k] = append(same[k], i)
	}
	for _, at := range same {
		slices.SortFunc(at, func(a, b int) int { return cmp.Compare(rows[a].y, rows[b].y) })
		for len(at) > 0 {
			n := 1
			for n < len(at) && rows[at[n]].y-rows[at[n-1]].y <= edgeShift {
				n++
			}
			pages := map[int]bool{}
			for _, i := range at[:n] {
				pages[rows[i].page] = true
			}
			enough := len(pages) >= d.needed()
			// A large row may be the title of several slides.
			if rows[at[0]].size > 1.25*body && 2*len(pages) <= len(d.pages) {
				enough = false
			}
			if enough && !countsPages(rows, at[:n]) {
				d.markEqual(rows, at[:n])
				enough = false
			}
			for _, i := range at[:n] {
				rows[i].drop = rows[i].drop || enough
			}
			at = at[n:]
		}
	}
}

// markEqual marks rows that say the same, number by number, on enough pages.
func (d *Document) markEqual(rows []edgeRow, at []int) {
	pages := map[string]map[int]bool{}
	for _, i := range at {
		if pages[rows[i].text] == nil {
			pages[rows[i].text] = map[int]bool{}
		}
		pages[rows[i].text][rows[i].page] = true
	}
	for _, i := range at {
		rows[i].drop = len(pages[rows[i].text]) >= d.needed()
	}
}

// countsPages reports whether rows that are equal up to their numbers differ in
// nothing but what goes on with the pages, as a page number does: amounts, dates and
// measures at the edge of a page are content.
func countsPages(rows []edgeRow, at []int) bool {
	at = slices.Clone(at)
	slices.SortFunc(at, func(a, b int) int { return cmp.Compare(rows[a].page, rows[b].page) })
	var before []int
	differ, step := 0, 0
	for k, i := range at {
		numbers := numbersOf(rows[i].text)
		for j := 0; k > 0 && j < min(len(numbers), len(before)); j++ {
			if numbers[j] != before[j] {
				differ++
				step += count(numbers[j]-before[j] == rows[i].page-rows[at[k-1]].page, 1)
			}
		}
		before = numbers
	}
	return 3*step >= 2*differ
}

// numbersOf lists the numbers of a row, also roman ones.
func numbersOf(s string) []int {
	var out []int
	for word := range strings.FieldsSeq(s) {
		if isRomanNumber(word) {
			out = append(out, roman(strings.ToLower(word)))
			continue
		}
		for digits := range strings.FieldsFuncSeq(word, func(r rune) bool { return !unicode.IsDigit(r) }) {
			n, err := strconv.Atoi(digits)
			if err != nil {
				n = -1
			}
			out = append(out, n)
		}
	}
	return out
}

// withoutDigits folds what differs between the headers of pages: digits, and
// words that are roman numbers.
func withoutDigits(s string) string {
	var b strings.Builder
	for word := range strings.FieldsSeq(s) {
		if isRomanNumber(word) {
			word = "#"
		}
		digit := false
		for _, r := range word {
			if !unicode.IsDigit(r) {
				b.WriteRune(unicode.ToLower(r))
			} else if !digit {
				b.WriteByte('#')
			}
			digit = unicode.IsDigit(r)
		}
		b.WriteByte(' ')
	}
	return b.String()
}

func isRomanNumber(s string) bool { return roman(strings.ToLower(s)) > 0 && len(s) <= 6 }

// markNumbered marks rows that begin or end with a number that counts the pages.
func (d *Document) markNumbered(rows []edgeRow) {
	type key struct {
		top    bool
		offset int
	}
	pages := map[key]map[int]bool{}
	each := func(do func(r *edgeRow, k key)) {
		for i := range rows {
			r := &rows[i]
			if r.depth > 1 || len(r.text) > longRunner {
				continue
			}
			words := strings.Fields(r.text)
			for _, s := range []string{words[0], words[len(words)-1]} {
				if n, err := strconv.Atoi(bare(s)); err == nil {
					do(r, key{r.top, n - d.pages[r.page].number})
				}
			}
		}
	}
	each(func(r *edgeRow, k key) {
		if pages[k] == nil {
			pages[k] = map[int]bool{}
		}
		pages[k][r.page] = true
	})
	each(func(r *edgeRow, k key) {
		if n := len(pages[k]); n >= 3 && 3*n >= len(d.pages) {
			r.drop = true
		}
	})
}

// dropWatermarks takes out large slanting text, and text at the side that repeats
// from page to page.
func (d *Document) dropWatermarks(body float64) {
	count := map[string]int{}
	key := func(l *layerWords) string {
		var b strings.Builder
		for i := range l.words {
			if b.Len() > 200 {
				break
			}
			b.WriteString(l.words[i].text + " ")
		}
		return strconv.Itoa(l.angle) + " " + withoutDigits(b.String())
	}
	for i := range d.pages {
		for k := range d.pages[i].layers {
			if l := &d.pages[i].layers[k]; k > 0 || l.angle%90 != 0 {
				count[key(l)]++
			}
		}
	}
	for i := range d.pages {
		p := &d.pages[i]
		kept := p.layers[:0]
		for k := range p.layers {
			l := p.layers[k]
			if len(l.words) == 0 {
				continue // all of it was a header
			}
			repeated := count[key(&l)] >= max(2, d.needed())
			slanting := l.angle%90 != 0
			large := l.words[0].size > 2*body && len(l.words) <= 8
			if len(p.layers) > 1 && (slanting && (repeated || large) || k > 0 && repeated) {
				continue
			}
			kept = append(kept, l)
		}
		p.layers = kept
	}
}
