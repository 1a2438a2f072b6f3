package layout

import (
	"math"
	"slices"

	"freshet/pipeline/extract"
)

// joinTables joins a table that goes on at the top of the next page, and gives
// tables their captions.
func (a *assembly) joinTables() {
	out := make([]block, 0, len(a.blocks))
	open := -1 // the last table, when only what floats has followed it
	for i := range a.blocks {
		b := &a.blocks[i]
		if b.kind == extract.Table {
			if open >= 0 && out[open].last+1 == b.page && b.first && sameColumns(&out[open], b) {
				out[open].takeRows(b)
				continue
			}
			if n := len(out); n > 0 && out[n-1].isText() && caption(out[n-1].text) && out[n-1].page == b.page && len(out[n-1].text) < 500 {
				b.lead = out[n-1].text
				out = out[:n-1]
			}
			open = len(out)
		} else if !b.tilted && open >= 0 {
			if open == len(out)-1 && out[open].lead == "" && caption(b.text) && b.isText() && b.page == out[open].page && len(b.text) < 500 && !a.tableFollows(i) {
				out[open].lead = b.text
				continue
			}
			open = -1
		}
		out = append(out, *b)
	}
	a.blocks = out
}

// tableFollows reports whether the block behind i is a table: the caption between
// two tables belongs to the one below.
func (a *assembly) tableFollows(i int) bool {
	return i+1 < len(a.blocks) && a.blocks[i+1].kind == extract.Table
}

// sameColumns reports whether two tables have their columns at the same places.
func sameColumns(a, b *block) bool {
	if len(a.rows) == 0 || len(b.rows) == 0 || len(a.rows[0]) != len(b.rows[0]) || len(a.columns) != len(b.columns) {
		return false
	}
	for i := range a.columns {
		if math.Abs(a.columns[i]-b.columns[i]) > 2*max(a.size, b.size) {
			return false
		}
	}
	return true
}

// takeRows appends the rows of b, without a header that is repeated.
func (a *block) takeRows(b *block) {
	rows := b.rows
	for k := 0; k < a.headerRows && len(rows) > 0 && slices.Equal(rows[0], a.rows[k]); k++ {
		rows = rows[1:]
	}
	a.rows = append(a.rows, rows...)
	a.last = b.page
	a.y0 = b.y0
}
