package sheets

import "freshet/pipeline/extract"

// A Cell is a place of a sheet that shows something, for readers of other forms.
type Cell struct {
	Row, Col int // from 0, hidden ones not counted
	Text     string
	Kind     Kind
	Bold     bool
	// Merge is the number of the merged area whose text is repeated here, from 1; 0 for
	// a cell of its own.
	Merge int
}

// A Kind is what a Cell holds.
type Kind uint8

// The kinds of cells.
const (
	Text   = Kind(text)
	Number = Kind(number)
	Date   = Kind(date)
	Truth  = Kind(truth) // TRUE or FALSE
)

// Blocks cuts a sheet into its tables, titles and remarks, in reading order. Cells are
// ordered by row, then column, and none is empty. left is how many places all tables
// may still have of limit; used is how many these have. The error is a verdict
// too_large that names limit.
func Blocks(cells []Cell, left, limit int) (blocks []extract.Block, used int, err error) {
	g := &grid{cells: make([]cell, len(cells))}
	for i, c := range cells {
		g.cells[i] = cell{row: c.Row, col: c.Col, text: c.Text, kind: cellKind(c.Kind), bold: c.Bold, merge: c.Merge}
	}
	b := &budget{left: left, limit: limit}
	found, err := g.blocks(b)
	if err != nil {
		return nil, 0, err
	}
	for i := range found {
		blocks = append(blocks, found[i].block)
	}
	return blocks, left - b.left, nil
}
