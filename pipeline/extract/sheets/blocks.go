package sheets

import (
	"slices"
	"strings"

	"freshet/pipeline/extract"
)

const (
	// captionGap is how many empty rows may lie between a title and its table,
	// continuedGap between two parts of one table.
	captionGap   = 2
	continuedGap = 3
	// longCaption is the length, in bytes, above which a text is no title of a table.
	longCaption = 160
	// longItem is the mean length, in bytes, above which the texts of one column are
	// paragraphs, not a list.
	longItem = 120
)

// A placed block is one that knows where on its sheet it stands.
type placed struct {
	area
	block extract.Block
	sure  certainty // of its header
}

// A budget is what is left of a limit that all sheets of a document share.
type budget struct{ left, limit int }

// take uses up n, and reports too_large when there is not as much left.
func (b *budget) take(n int) error {
	if n > b.left {
		return tooManyCells(b.limit)
	}
	b.left -= n
	return nil
}

// blocks turns the grid into blocks, in reading order.
func (g *grid) blocks(cells *budget) ([]placed, error) {
	var out []placed
	for _, p := range g.parts() {
		if err := cells.take(p.size()); err != nil {
			return nil, err
		}
		rows, places := p.matrix()
		if len(rows[0]) == 1 {
			out = append(out, g.column(p, rows)...)
			continue
		}
		t := &table{area: p.area, rows: rows, places: places}
		if len(rows) == 1 && t.shown(0) == 1 {
			out = append(out, placed{area: p.area, block: extract.Block{Kind: extract.Paragraph, Text: t.first(0)}})
			continue
		}
		out = g.table(out, t)
	}
	return out, nil
}

// column turns a part of one column into a paragraph or a list.
func (g *grid) column(p part, rows [][]string) []placed {
	if len(rows) == 1 {
		return []placed{{area: p.area, block: extract.Block{Kind: extract.Paragraph, Text: rows[0][0]}}}
	}
	list := extract.Block{Kind: extract.List}
	size := 0
	for i, r := range rows {
		if i == 0 && g.headed(p) {
			list.Lead = r[0]
			continue
		}
		size += len(r[0])
		list.Items = append(list.Items, extract.Item{Text: r[0]})
	}
	if size <= longItem*len(list.Items) {
		return []placed{{area: p.area, block: list}}
	}
	var out []placed
	for i, r := range rows {
		at := area{p.top + i, p.left, p.top + i, p.right}
		out = append(out, placed{area: at, block: extract.Block{Kind: extract.Paragraph, Text: r[0]}})
	}
	return out
}

// headed reports whether the first cell of a column names the others.
func (g *grid) headed(p part) bool {
	if g.frozen == p.top+1 || slices.ContainsFunc(g.header, func(h area) bool { return h.has(p.top, p.left) }) {
		return true
	}
	first, second := &p.cells[0], &p.cells[1]
	return first.kind == text && (first.bold && !second.bold || second.kind != text)
}

// table appends a table to out, or its rows to the table that it continues.
func (g *grid) table(out []placed, t *table) []placed {
	titles := t.titles()
	header, sure := t.header(g, titles)
	if titles > 0 && header == 0 && t.sections(titles) {
		titles = 0
	}
	if before := continued(out, t, sure); titles == 0 && before >= 0 {
		if before == len(out)-1 {
			out[before].bottom = t.bottom
			out[before].block.Rows = append(out[before].block.Rows, t.rows...)
			return out
		}
		headed := &out[before].block
		t.rows = slices.Concat(headed.Rows[:headed.HeaderRows], t.rows)
		header, sure = headed.HeaderRows, out[before].sure
	}
	if titles+header >= len(t.rows) {
		header = 0
	}
	var lead []string
	if n := len(out); n > 0 && caption(&out[n-1], t) {
		lead = append(lead, out[n-1].block.Text)
		out = out[:n-1]
	}
	for row := range titles {
		lead = append(lead, t.first(row))
	}
	return append(out, placed{area: t.area, sure: sure, block: extract.Block{
		Kind: extract.Table, Lead: strings.Join(lead, "\n"), Rows: t.rows[titles:], HeaderRows: header}})
}

// continued finds the table above in the same columns that t, having no certain
// header of its own, goes on with; -1 if there is none.
func continued(out []placed, t *table, sure certainty) int {
	for i := len(out) - 1; i >= 0; i-- {
		b := &out[i]
		if b.left > t.right || b.right < t.left {
			continue
		}
		if b.block.Kind == extract.Table && b.block.HeaderRows > 0 && sure < certain && t.top-b.bottom-1 <= continuedGap &&
			b.left == t.left && b.right == t.right && len(b.block.Rows[0]) == t.width() {
			return i
		}
		return -1
	}
	return -1
}

// caption reports whether a block is a short text right above the table.
func caption(b *placed, t *table) bool {
	return b.block.Kind == extract.Paragraph && len(b.block.Text) <= longCaption && b.height() == 1 &&
		t.top > b.bottom && t.top-b.bottom-1 <= captionGap && b.left >= t.left-1 && b.left <= t.right
}
