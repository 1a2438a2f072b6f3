package sheets

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// headerMost is how many rows at the top can be a header.
	headerMost = 5
	// longHeading is the length, in characters, above which a text is no column's name.
	longHeading = 60
)

// A certainty says how sure a header is.
type certainty uint8

const (
	none    certainty = iota
	likely            // it looks like names, but so could data
	certain           // the file says so, or data of another kind stands below
)

// A table is a part of two columns or more, with what was found out about it.
type table struct {
	area
	rows   [][]string
	places []*cell
}

func (t *table) width() int { return len(t.rows[0]) }

// at returns the cell in a place of the table's rows, nil where nothing is shown.
func (t *table) at(row, col int) *cell { return t.places[row*t.width()+col] }

// shown counts the places of a row that show something; those of one merged area
// count once.
func (t *table) shown(row int) int {
	n, merge := 0, 0
	for col := range t.width() {
		if c := t.at(row, col); c != nil {
			if c.merge == 0 || c.merge != merge {
				n++
			}
			merge = c.merge
		}
	}
	return n
}

// first returns the text of the first place of a row that shows something.
func (t *table) first(row int) string {
	for col := range t.width() {
		if c := t.at(row, col); c != nil {
			return c.text
		}
	}
	return ""
}

// titles counts the rows at the top that are a title of what stands below.
func (t *table) titles() int {
	n := 0
	for n < len(t.rows)-1 && n < headerMost && t.shown(n) == 1 {
		n++
	}
	return n
}

// sections reports whether rows below from hold nothing but one text, as headings
// between the rows of a table do.
func (t *table) sections(from int) bool {
	for row := from; row < len(t.rows); row++ {
		if t.shown(row) == 1 {
			return true
		}
	}
	return false
}

// header counts the header rows below the first from rows.
func (t *table) header(g *grid, from int) (int, certainty) {
	n, sure := t.declared(g, from)
	if n == 0 {
		n, sure = t.bold(from)
	}
	if n == 0 {
		n, sure = t.named(from)
	}
	if n == 0 {
		return 0, none
	}
	return t.spanned(from, n), sure
}

// declared looks at what the file itself calls a header, and at what stays in place
// while one scrolls.
func (t *table) declared(g *grid, from int) (int, certainty) {
	room := min(len(t.rows)-1, from+headerMost)
	for _, h := range g.header {
		if n := h.bottom - t.top + 1; h.left <= t.right && h.right >= t.left && n > from && n <= room && h.top >= t.top {
			return n - from, certain
		}
	}
	if n := g.frozen - t.top; n > from && n <= room {
		return n - from, certain
	}
	return 0, none
}

// bold counts the rows that are bold throughout, above one that is not.
func (t *table) bold(from int) (int, certainty) {
	all := func(row int) bool {
		for col := range t.width() {
			if c := t.at(row, col); c != nil && !c.bold {
				return false
			}
		}
		return t.shown(row) > 1
	}
	n := from
	for n < len(t.rows) && n-from < headerMost && all(n) {
		n++
	}
	if n == len(t.rows) || n-from == headerMost {
		return 0, none
	}
	return n - from, certain
}

// named decides by what the cells hold: names above data.
func (t *table) named(from int) (int, certainty) {
	below := len(t.rows) - from - 1
	names, years := 0, 0
	for col := range t.width() {
		switch c := t.at(from, col); {
		case c == nil:
		case c.kind == text && !(t.width() == 2 && strings.HasSuffix(c.text, ":")):
			names++
		case year(c):
			years++
		default:
			return 0, none
		}
	}
	if below == 0 || names+years < 2 || (names+years)*10 < t.width()*3 || years == 1 {
		return 0, none
	}
	if t.dataBelow(from) {
		return 1, certain
	}
	if years == 0 && names >= t.width()-1 && t.brief(from) {
		return 1, likely
	}
	return 0, none
}

func year(c *cell) bool {
	if c.kind == date {
		return true
	}
	n, err := strconv.Atoi(c.text)
	return err == nil && n >= 1900 && n <= 2100
}

// dataBelow reports whether most cells of a column below the names are no texts. The
// column need not have a name: a name may stand for the columns on its right as well.
func (t *table) dataBelow(from int) bool {
	for col := range t.width() {
		data, all := 0, 0
		for row := from + 1; row < len(t.rows); row++ {
			if c := t.at(row, col); c != nil {
				all++
				if c.kind != text {
					data++
				}
			}
		}
		if data*2 > all {
			return true
		}
	}
	return false
}

// brief reports whether the texts of a row are short, different, and no sentences.
func (t *table) brief(row int) bool {
	seen := map[string]bool{}
	for col := range t.width() {
		c := t.at(row, col)
		if c == nil {
			continue
		}
		if utf8.RuneCountInString(c.text) > longHeading || strings.HasSuffix(c.text, ".") || c.merge == 0 && seen[c.text] {
			return false
		}
		seen[c.text] = true
	}
	return true
}

// spanned lets a header go on where its cells do: down to the end of what is merged
// over several rows, and to the names below one that is merged over several columns.
func (t *table) spanned(from, n int) int {
	most := min(len(t.rows)-1-from, headerMost)
	for n < most && (t.goesOn(from+n) || t.grouped(from+n-1) && t.texts(from+n)) {
		n++
	}
	return n
}

// goesOn reports whether a cell of this row belongs to a merged area that begins above.
func (t *table) goesOn(row int) bool {
	for col := range t.width() {
		if c, above := t.at(row, col), t.at(row-1, col); c != nil && above != nil && c.merge != 0 && c.merge == above.merge {
			return true
		}
	}
	return false
}

// grouped reports whether a cell of this row stands over several columns.
func (t *table) grouped(row int) bool {
	for col := 1; col < t.width(); col++ {
		if c, before := t.at(row, col), t.at(row, col-1); c != nil && before != nil && c.merge != 0 && c.merge == before.merge {
			return true
		}
	}
	return false
}

// texts reports whether a row holds nothing but texts.
func (t *table) texts(row int) bool {
	for col := range t.width() {
		if c := t.at(row, col); c != nil && c.kind != text {
			return false
		}
	}
	return true
}
