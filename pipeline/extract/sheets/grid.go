package sheets

import (
	"cmp"
	"slices"
)

// A cellKind is what a cell holds, as far as it tells headers from data.
type cellKind uint8

const (
	text cellKind = iota + 1
	number
	date
	truth // TRUE or FALSE
)

// A cell is a place that shows something.
type cell struct {
	row, col int // from 0, hidden ones not counted
	text     string
	kind     cellKind
	bold     bool
	// merge is the number of the merged area whose text is repeated here, from 1; 0
	// for a cell of its own.
	merge int
}

// An area is a rectangle of places, its ends included.
type area struct{ top, left, bottom, right int }

func (a area) height() int { return a.bottom - a.top + 1 }
func (a area) width() int  { return a.right - a.left + 1 }

func (a area) has(row, col int) bool {
	return row >= a.top && row <= a.bottom && col >= a.left && col <= a.right
}

// A grid is what one sheet shows.
type grid struct {
	cells []cell // by row, then column
	// narrow reports columns that are too narrow to show a word: people use them for
	// space between columns of one table.
	narrow func(col int) bool
	// undivided keeps empty columns from separating: in a file of values each line has
	// a place for every column.
	undivided bool
	// header are the areas that the file itself calls headers.
	header []area
	frozen int // rows at the top that stay in place while one scrolls
}

func byPlace(a, b cell) int {
	if c := cmp.Compare(a.row, b.row); c != 0 {
		return c
	}
	return cmp.Compare(a.col, b.col)
}

// deepest bounds how often parts are cut again.
const deepest = 40

// A part is a region of a grid without an empty row or column that would separate.
type part struct {
	area
	cells []cell // by row, then column
}

// parts cuts the grid, in reading order.
func (g *grid) parts() []part {
	var out []part
	g.cut(g.cells, deepest, &out)
	return out
}

func (g *grid) cut(cells []cell, depth int, out *[]part) {
	if len(cells) == 0 {
		return
	}
	if depth > 0 {
		for _, divide := range []func([]cell) [][]cell{bands, g.columns} {
			if pieces := divide(cells); len(pieces) > 1 {
				for _, p := range pieces {
					g.cut(p, depth-1, out)
				}
				return
			}
		}
	}
	*out = append(*out, part{area: bounds(cells), cells: cells})
}

func bounds(cells []cell) area {
	a := area{cells[0].row, cells[0].col, cells[0].row, cells[0].col}
	for i := range cells {
		c := &cells[i]
		a.top, a.bottom = min(a.top, c.row), max(a.bottom, c.row)
		a.left, a.right = min(a.left, c.col), max(a.right, c.col)
	}
	return a
}

// bands cuts at empty rows.
func bands(cells []cell) [][]cell {
	var out [][]cell
	from := 0
	for i := 1; i <= len(cells); i++ {
		if i == len(cells) || cells[i].row > cells[i-1].row+1 {
			out = append(out, cells[from:i])
			from = i
		}
	}
	return out
}

// labelGap is how many empty columns may lie between names and what they name.
const labelGap = 2

// columns cuts at empty columns, from left to right. Those between two sides that have
// the same rows do not separate if it is a single narrow one, or a few, and on their
// left there is only a column of texts: the names of what stands on the right.
func (g *grid) columns(cells []cell) [][]cell {
	if g.undivided {
		return nil
	}
	runs := g.runs(cells)
	if len(runs) < 2 {
		return nil
	}
	out := make([][]cell, len(runs))
	for _, c := range cells {
		i, _ := slices.BinarySearchFunc(runs, c.col, func(a area, col int) int { return cmp.Compare(a.right, col) })
		out[i] = append(out[i], c)
	}
	return out
}

// runs are the ranges of columns that belong together.
func (g *grid) runs(cells []cell) []area {
	cols := make([]int, len(cells))
	for i := range cells {
		cols[i] = cells[i].col
	}
	slices.Sort(cols)
	cols = slices.Compact(cols)
	var runs []area
	for _, col := range cols {
		if n := len(runs); n > 0 && runs[n-1].right == col-1 {
			runs[n-1].right = col
			continue
		}
		runs = append(runs, area{left: col, right: col})
	}
	out := runs[:0]
	for i, r := range runs {
		if n := len(out); i > 0 && g.together(cells, out[n-1], r) {
			out[n-1].right = r.right
			continue
		}
		out = append(out, r)
	}
	return out
}

// together reports whether two ranges of columns are one table in spite of what is
// empty between them.
func (g *grid) together(cells []cell, left, right area) bool {
	gap := right.left - left.right - 1
	near := gap == 1 && g.narrow != nil && g.narrow(right.left-1) || gap <= labelGap && labels(cells, left)
	return near && sameRows(cells, left, right)
}

// labels reports whether a range of columns is a single one that holds only texts.
func labels(cells []cell, r area) bool {
	if r.left != r.right {
		return false
	}
	return !slices.ContainsFunc(cells, func(c cell) bool { return c.col == r.left && c.kind != text })
}

// sameRows reports whether nine of ten rows that one side has the other has too.
func sameRows(cells []cell, left, right area) bool {
	both, all := 0, 0
	for from := 0; from < len(cells); {
		to := from
		var l, r bool
		for ; to < len(cells) && cells[to].row == cells[from].row; to++ {
			l = l || cells[to].col >= left.left && cells[to].col <= left.right
			r = r || cells[to].col >= right.left && cells[to].col <= right.right
		}
		if l || r {
			all++
		}
		if l && r {
			both++
		}
		from = to
	}
	return both*10 >= all*9
}

// matrix is the part row by row, without columns that show nothing: a narrow column
// that does not separate is left out. places[i] is the cell in rows[i/width][i%width],
// nil where nothing is shown.
func (p *part) matrix() (rows [][]string, places []*cell) {
	at, width := p.used()
	places = make([]*cell, width*p.height())
	flat := make([]string, width*p.height())
	for i := range p.cells {
		c := &p.cells[i]
		place := (c.row-p.top)*width + at[c.col-p.left]
		flat[place], places[place] = c.text, c
	}
	rows = make([][]string, p.height())
	for i := range rows {
		rows[i] = flat[i*width : (i+1)*width : (i+1)*width]
	}
	return rows, places
}

// used numbers the columns that show something.
func (p *part) used() (at []int, width int) {
	at = make([]int, p.width())
	for i := range p.cells {
		at[p.cells[i].col-p.left] = 1
	}
	for i, shows := range at {
		at[i] = width
		width += shows
	}
	return at, width
}

// size is the number of places of the matrix, before it is made.
func (p *part) size() int {
	_, width := p.used()
	return width * p.height()
}
