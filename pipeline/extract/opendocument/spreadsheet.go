package opendocument

import (
	"encoding/xml"
	"regexp"
	"strings"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
	"freshet/pipeline/extract/sheets"
)

// lastColumn is how many columns a sheet of LibreOffice has.
const lastColumn = 16_384

// defaultName recognises the names that programs give to sheets.
var defaultName = regexp.MustCompile(`(?i)^(sheet|feuil|feuille|tabelle|hoja|foglio|planilha|blad|table|tableau)[ _]?\d{0,3}$`)

// A sheet is what is read of one.
type sheet struct {
	r      *reader
	name   string
	cells  []sheets.Cell
	row    int // the next one that is shown
	merges int
	hidden []span // columns that are not shown, in order
	next   int    // column that the next table:table-column describes
	spans  map[int]merge
	beside flow // text boxes
}

// A span is a range of columns.
type span struct{ from, to int }

// A merge is a cell that reaches down to a row before until.
type merge struct {
	until int
	cell  sheets.Cell
}

// spreadsheet reads the sheets that are shown.
func (r *reader) spreadsheet(d *container.Decoder) error {
	r.t.Way, r.t.Why = "ods", "it is an OpenDocument spreadsheet"
	var all []*sheet
	err := each(d, func(e xml.StartElement) error {
		if name(e) != "table:table" || r.styles.hidden("table", container.Attr(e, "table", "style-name")) {
			return d.Skip()
		}
		s := &sheet{r: r, name: extract.Fold(container.Attr(e, "table", "name")), spans: map[int]merge{}}
		if err := s.read(d); err != nil {
			return err
		}
		if len(s.cells) > 0 || len(s.beside.blocks) > 0 {
			all = append(all, s)
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.cells = 0
	for _, s := range all {
		if s.name != "" && (len(all) > 1 || !defaultName.MatchString(s.name)) {
			r.t.Blocks = append(r.t.Blocks, extract.Block{Kind: extract.Heading, Level: 2, Text: s.name})
		}
		blocks, used, err := sheets.Blocks(s.cells, r.limits.Cells-r.cells, r.limits.Cells)
		if err != nil {
			return err
		}
		r.cells += used
		r.t.Blocks = append(r.t.Blocks, append(blocks, s.beside.blocks...)...)
	}
	return nil
}

func (s *sheet) read(d *container.Decoder) error {
	return each(d, func(e xml.StartElement) error {
		switch name(e) {
		case "table:table-column":
			n := min(repeated(e, "number-columns-repeated"), lastColumn-s.next)
			if hiddenPart(e) && n > 0 {
				s.hide(span{s.next, s.next + n})
			}
			s.next += n
		case "table:table-header-rows", "table:table-columns", "table:table-header-columns", "table:table-column-group", "table:table-rows", "table:table-row-group":
			return s.read(d)
		case "table:table-row":
			return s.line(d, e)
		case "table:shapes":
			return s.r.flow(d, &s.beside)
		}
		return d.Skip()
	})
}

// hide notes columns that are not shown, neighbours as one range.
func (s *sheet) hide(columns span) {
	if n := len(s.hidden); n > 0 && s.hidden[n-1].to == columns.from {
		s.hidden[n-1].to = columns.to
		return
	}
	s.hidden = append(s.hidden, columns)
}

// line reads a row. An empty one only moves on.
func (s *sheet) line(d *container.Decoder, e xml.StartElement) error {
	if hiddenPart(e) {
		return d.Skip()
	}
	from, col := len(s.cells), 0
	err := each(d, func(c xml.StartElement) error {
		covered := name(c) == "table:covered-table-cell"
		if !covered && name(c) != "table:table-cell" {
			return d.Skip()
		}
		cell, err := s.content(d, c)
		if err != nil {
			return err
		}
		n := min(repeated(c, "number-columns-repeated"), lastColumn)
		for i := range min(n, widest) {
			if err := s.put(cell, c, col+i, covered); err != nil {
				return err
			}
		}
		col += n
		return nil
	})
	if err != nil {
		return err
	}
	n := repeated(e, "number-rows-repeated")
	row := s.cells[from:]
	if len(row) > 0 {
		n = min(n, mostAlike)
	}
	for i := 1; i < n && len(row) > 0; i++ {
		if err := s.r.takeCells(len(row)); err != nil {
			return err
		}
		for _, c := range row {
			c.Row = s.row + i
			s.cells = append(s.cells, c)
		}
	}
	s.row += min(n, 1<<20)
	return nil
}

// put places a cell in a column, or in a covered place the cell that covers it.
func (s *sheet) put(cell sheets.Cell, e xml.StartElement, col int, covered bool) error {
	if covered {
		m, ok := s.spans[col]
		if !ok || m.until <= s.row {
			return nil
		}
		cell = m.cell
	} else if columns, rows := number(container.Attr(e, "table", "number-columns-spanned"), 1), number(container.Attr(e, "table", "number-rows-spanned"), 1); columns > 1 || rows > 1 {
		s.merges++
		cell.Merge = s.merges
		for c := col; c < min(col+max(columns, 1), lastColumn) && c < col+widest; c++ {
			s.spans[c] = merge{until: s.row + max(rows, 1), cell: cell}
		}
	}
	if cell.Text == "" || col >= lastColumn {
		return nil
	}
	shown, ok := s.shown(col)
	if !ok {
		return nil
	}
	if err := s.r.takeCells(1); err != nil {
		return err
	}
	cell.Row, cell.Col = s.row, shown
	s.cells = append(s.cells, cell)
	return nil
}

// shown is which of the columns that are shown this one is; ok is false for others.
func (s *sheet) shown(col int) (int, bool) {
	left := 0
	for _, h := range s.hidden {
		switch {
		case col >= h.to:
			left += h.to - h.from
		case col >= h.from:
			return 0, false
		}
	}
	return col - left, true
}

// content reads what a cell shows; where the file has no such text, its value.
func (s *sheet) content(d *container.Decoder, e xml.StartElement) (sheets.Cell, error) {
	var f flow
	err := each(d, func(c xml.StartElement) error {
		if c.Name.Space == "draw" {
			return s.r.element(d, &s.beside, c)
		}
		return s.r.element(d, &f, c)
	})
	cell := sheets.Cell{Text: strings.ReplaceAll(flat(f.blocks, " "), "\n", " "), Kind: sheets.Text}
	value := ""
	switch container.Attr(e, "office", "value-type") {
	case "float", "percentage", "currency":
		cell.Kind, value = sheets.Number, container.Attr(e, "office", "value")
	case "date":
		cell.Kind, value = sheets.Date, container.Attr(e, "office", "date-value")
	case "time":
		cell.Kind, value = sheets.Date, container.Attr(e, "office", "time-value")
	case "boolean":
		cell.Kind, value = sheets.Truth, strings.ToUpper(container.Attr(e, "office", "boolean-value"))
	case "string":
		value = container.Attr(e, "office", "string-value")
	}
	if cell.Text == "" {
		cell.Text = extract.Fold(value)
	}
	cell.Bold = s.r.styles.bold(container.Attr(e, "table", "style-name"))
	return cell, err
}
