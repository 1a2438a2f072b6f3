package sheets

import (
	"slices"
	"sort"

	"freshet/pipeline/extract/container"
)

// wideMerge bounds the areas that are filled to their end; of larger ones, usually
// whole rows or columns, only what lies within the used part of the sheet is.
const wideMerge = 1_000

// grid turns a sheet into what it shows: merged cells filled, hidden rows and columns
// taken out.
func (w *workbook) grid(s *sheetPart) (*grid, *visible, error) {
	s.unveil()
	cells, err := w.fill(s)
	if err != nil {
		return nil, nil, err
	}
	v := newVisible(s, cells)
	w.left.rows += len(v.rows)
	w.left.columns += v.hiddenColumns
	g := &grid{narrow: v.narrow, frozen: v.row(s.frozen)}
	for _, c := range cells {
		if v.hides(c.row, c.col) {
			continue
		}
		c.row, c.col = v.row(c.row), v.col(c.col)
		g.cells = append(g.cells, c)
	}
	slices.SortStableFunc(g.cells, byPlace)
	for _, h := range s.headers {
		if h, ok := v.area(h); ok {
			g.header = append(g.header, h)
		}
	}
	return g, v, nil
}

// unveil shows the rows that only a filter hides: the filter is how somebody last
// looked at the table, not what it says.
func (s *sheetPart) unveil() {
	if len(s.filtered) == 0 {
		return
	}
	filtered := func(row int) bool {
		return slices.ContainsFunc(s.filtered, func(a area) bool { return row > a.top && row <= a.bottom })
	}
	s.hidden = slices.DeleteFunc(s.hidden, filtered)
	rest := s.veiled[:0]
	for _, c := range s.veiled {
		if filtered(c.row) {
			s.cells = append(s.cells, c)
			continue
		}
		rest = append(rest, c)
	}
	s.veiled = rest
}

// fill repeats the text of merged cells in each place of their area, over whatever is
// stored below them.
func (w *workbook) fill(s *sheetPart) ([]cell, error) {
	if len(s.merged) == 0 {
		return s.cells, nil
	}
	corners := make(map[[2]int]int, len(s.merged))
	for i, m := range s.merged {
		if _, twice := corners[[2]int{m.top, m.left}]; !twice {
			corners[[2]int{m.top, m.left}] = i
		}
	}
	var used area
	if len(s.cells) > 0 {
		used = bounds(s.cells)
	}
	var out []cell
	for _, c := range s.cells {
		i, ok := corners[[2]int{c.row, c.col}]
		if !ok {
			continue
		}
		m := s.merged[i]
		if m.height() > wideMerge {
			m.bottom = max(m.top, min(m.bottom, used.bottom))
		}
		if m.width() > wideMerge {
			m.right = max(m.left, min(m.right, used.right))
		}
		if len(out)+m.height()*m.width() > w.limits.Cells {
			return nil, tooManyCells(w.limits.Cells)
		}
		c.merge = i + 1
		for row := m.top; row <= m.bottom; row++ {
			for col := m.left; col <= m.right; col++ {
				c.row, c.col = row, col
				out = append(out, c)
			}
		}
	}
	out = append(out, s.cells...)
	slices.SortStableFunc(out, byPlace)
	return slices.CompactFunc(out, func(a, b cell) bool { return a.row == b.row && a.col == b.col }), nil
}

// visible knows which rows and columns of a sheet are seen, and numbers them.
type visible struct {
	rows          []int  // hidden ones, in order
	cols          []bool // whether hidden, up to the last used
	before        []int  // hidden columns before each
	hiddenColumns int
	thin          []bool // whether narrow, by visible number
}

func newVisible(s *sheetPart, cells []cell) *visible {
	last, lastRow := -1, -1
	for i := range cells {
		last, lastRow = max(last, cells[i].col), max(lastRow, cells[i].row)
	}
	v := &visible{rows: s.hidden, cols: make([]bool, last+1), before: make([]int, last+2), thin: make([]bool, 0, last+1)}
	slices.Sort(v.rows)
	v.rows = slices.Compact(v.rows)
	v.rows = v.rows[:sort.SearchInts(v.rows, max(lastRow, lastVeiled(s))+1)]
	thin := make([]bool, last+1)
	for _, c := range s.cols {
		for i := max(c.from, 0); i <= min(c.to, last); i++ {
			v.cols[i], thin[i] = c.hidden, c.narrow
		}
	}
	for i, hidden := range v.cols {
		v.before[i+1] = v.before[i]
		if hidden {
			v.before[i+1]++
			v.hiddenColumns++
			continue
		}
		v.thin = append(v.thin, thin[i])
	}
	return v
}

func lastVeiled(s *sheetPart) int {
	last := -1
	for i := range s.veiled {
		last = max(last, s.veiled[i].row)
	}
	return last
}

func (v *visible) hides(row, col int) bool {
	_, hidden := slices.BinarySearch(v.rows, row)
	return hidden || col < len(v.cols) && v.cols[col]
}

// row is the number of visible rows above row.
func (v *visible) row(row int) int { return row - sort.SearchInts(v.rows, row) }

func (v *visible) col(col int) int { return col - v.before[min(col, len(v.before)-1)] }

// area returns what is visible of an area; nothing may be.
func (v *visible) area(a area) (area, bool) {
	out := area{v.row(a.top), v.col(a.left), v.row(a.bottom+1) - 1, v.col(a.right+1) - 1}
	return out, out.bottom >= out.top && out.right >= out.left
}

func (v *visible) narrow(col int) bool { return col >= 0 && col < len(v.thin) && v.thin[col] }

// readTable adds what a table of the sheet, made by Insert, Table, says.
func (w *workbook) readTable(s *sheetPart, part string) error {
	d, err := w.files.XML(w.ctx, part)
	if err != nil {
		return err
	}
	e, err := firstElement(d)
	if err != nil {
		return err
	}
	if container.Attr(e, "", "headerRowCount") != "0" {
		s.addHeader(container.Attr(e, "", "ref"))
	}
	return nil
}
