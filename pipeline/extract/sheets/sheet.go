package sheets

import (
	"encoding/xml"
	"strconv"
	"strings"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
	"freshet/pipeline/extract/numbers"
)

// What Excel allows on one sheet.
const (
	rowsMost    = 1 << 20
	columnsMost = 1 << 14
)

// A sheetPart is what one sheet's part says, places not yet freed of hidden ones.
type sheetPart struct {
	cells  []cell
	veiled []cell // cells of rows that are marked hidden
	hidden []int  // those rows, from 0
	cols   []columns
	merged []area
	links  []linked
	// filtered are areas of which a filter shows only some rows, headers what the
	// file calls header rows.
	filtered, headers []area
	frozen            int
	drawing           string   // ID of the relationship
	tables            []string // likewise
}

// columns are neighbouring columns that look the same.
type columns struct {
	from, to int
	hidden   bool
	narrow   bool
}

// narrowest is the width, in digits, below which a column cannot show a word.
const narrowest = 2.5

type linked struct {
	area
	id, uri string
}

// A rowState is where the reading of rows stands.
type rowState struct {
	row, col int
	hidden   bool
}

// parse reads the part of a sheet.
func (w *workbook) parse(part string) (*sheetPart, error) {
	d, err := w.files.XML(w.ctx, part)
	if err != nil {
		return nil, err
	}
	s := &sheetPart{}
	at := rowState{row: -1}
	err = d.Elements(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "row":
			return s.startRow(e, &at)
		case "c":
			return w.cell(s, d, e, &at)
		}
		return w.around(s, e)
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (s *sheetPart) startRow(e xml.StartElement, at *rowState) error {
	at.row++
	at.col = -1
	if r := container.Attr(e, "", "r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n < 1 || n > rowsMost {
			return malformed("a sheet has a row %q, which no sheet can have", r)
		}
		at.row = n - 1
	}
	// A group of rows that is folded together shows that there is more.
	at.hidden = isTrue(container.Attr(e, "", "hidden")) && level(e) == 0
	if n := len(s.hidden); at.hidden && at.row < rowsMost && (n == 0 || s.hidden[n-1] != at.row) {
		s.hidden = append(s.hidden, at.row)
	}
	return nil
}

// level is the depth of the group of rows or columns that an element belongs to.
func level(e xml.StartElement) int {
	n, err := strconv.Atoi(container.Attr(e, "", "outlineLevel"))
	if err != nil {
		return 0
	}
	return n
}

// cell reads one cell and keeps it if it shows something.
func (w *workbook) cell(s *sheetPart, d *container.Decoder, e xml.StartElement, at *rowState) error {
	at.col++
	var kind, look string
	for i := range e.Attr {
		switch e.Attr[i].Name.Local {
		case "r":
			row, col, ok := place(e.Attr[i].Value)
			if !ok {
				return malformed("a sheet has a cell %q, which no sheet can have", e.Attr[i].Value)
			}
			at.row, at.col = row, col
		case "s":
			look = e.Attr[i].Value
		case "t":
			kind = e.Attr[i].Value
		}
	}
	if at.row >= rowsMost || at.col >= columnsMost {
		return malformed("a sheet has more than %d rows or %d columns, which no sheet can have", rowsMost, columnsMost)
	}
	c := cell{row: max(at.row, 0), col: at.col}
	raw, err := w.content(s, d, c)
	if err != nil || raw == "" {
		return err
	}
	w.show(&c, kind, raw, w.style(look))
	if c.text == "" {
		return nil
	}
	if w.taken++; w.taken > 2*w.limits.Cells || len(s.cells) >= w.limits.Cells {
		return tooManyCells(w.limits.Cells)
	}
	if at.hidden {
		s.veiled = append(s.veiled, c)
		return nil
	}
	s.cells = append(s.cells, c)
	return nil
}

// content reads to the end of a cell and returns its value as it is stored.
func (w *workbook) content(s *sheetPart, d *container.Decoder, c cell) (string, error) {
	raw := ""
	err := d.Inside(func(e xml.StartElement) (err error) {
		switch e.Name.Local {
		case "v":
			raw, err = d.Text()
		case "is":
			raw, err = richText(d)
		case "f":
			var formula string
			if formula, err = d.Text(); err == nil {
				s.linkOf(formula, c, w.limits.Links)
			}
		default:
			err = d.Skip()
		}
		return err
	})
	return raw, err
}

func (w *workbook) style(look string) style {
	if look == "" {
		look = "0"
	}
	if n, err := strconv.Atoi(look); err == nil && n >= 0 && n < len(w.styles) {
		return w.styles[n]
	}
	return style{}
}

// show fills in what a cell shows.
func (w *workbook) show(c *cell, kind, raw string, look style) {
	c.bold = look.bold
	switch kind {
	case "s":
		if n, err := strconv.Atoi(strings.TrimSpace(raw)); err == nil && n >= 0 && n < len(w.strings) {
			c.text = w.strings[n]
			c.kind = kindOf(c.text)
		}
	case "str", "inlineStr", "e":
		c.text = extract.Fold(raw)
		c.kind = kindOf(c.text)
	case "b":
		c.text, c.kind = w.format.Bool(isTrue(raw)), truth
	case "d":
		c.text, c.kind = strings.TrimSuffix(extract.Fold(raw), "T00:00:00"), date
	default:
		c.text, c.kind = extract.Fold(w.format.Number(strings.TrimSpace(raw), look.format)), number
		if numbers.IsDate(look.format) {
			c.kind = date
		}
	}
}

// around keeps what stands before and behind the cells.
func (w *workbook) around(s *sheetPart, e xml.StartElement) error {
	switch e.Name.Local {
	case "pane":
		if strings.HasPrefix(container.Attr(e, "", "state"), "frozen") {
			if n, err := strconv.ParseFloat(container.Attr(e, "", "ySplit"), 64); err == nil && n > 0 && n < rowsMost {
				s.frozen = int(n)
			}
		}
	case "col":
		if len(s.cols) < columnsMost {
			s.cols = append(s.cols, columnsOf(e))
		}
	case "mergeCell":
		if len(s.merged) >= w.limits.Cells {
			return tooManyCells(w.limits.Cells)
		}
		if a, ok := reference(container.Attr(e, "", "ref")); ok && (a.height() > 1 || a.width() > 1) {
			s.merged = append(s.merged, a)
		}
	case "autoFilter":
		s.addHeader(container.Attr(e, "", "ref"))
	case "hyperlink":
		if a, ok := reference(container.Attr(e, "", "ref")); ok && len(s.links) < w.limits.Links {
			s.links = append(s.links, linked{area: a, id: container.Attr(e, "r", "id")})
		}
	case "drawing":
		s.drawing = container.Attr(e, "r", "id")
	case "tablePart":
		if len(s.tables) < w.limits.Entries {
			s.tables = append(s.tables, container.Attr(e, "r", "id"))
		}
	}
	return nil
}

// headersMost bounds the headers that one sheet names.
const headersMost = 1_000

// addHeader keeps the first row of an area, of a filter or a table, as a header.
func (s *sheetPart) addHeader(ref string) {
	if a, ok := reference(ref); ok && len(s.headers) < headersMost {
		s.headers = append(s.headers, area{a.top, a.left, a.top, a.right})
		s.filtered = append(s.filtered, a)
	}
}

func columnsOf(e xml.StartElement) columns {
	from, _ := strconv.Atoi(container.Attr(e, "", "min"))
	to, _ := strconv.Atoi(container.Attr(e, "", "max"))
	c := columns{from: from - 1, to: min(to, columnsMost) - 1, hidden: isTrue(container.Attr(e, "", "hidden")) && level(e) == 0}
	if width, err := strconv.ParseFloat(container.Attr(e, "", "width"), 64); err == nil {
		c.narrow = width < narrowest
	}
	return c
}

// linkOf finds the address in a formula that begins with =HYPERLINK("...".
func (s *sheetPart) linkOf(formula string, c cell, most int) {
	const call = `HYPERLINK("`
	if len(formula) < len(call) || !strings.EqualFold(formula[:len(call)], call) || len(s.links) >= most {
		return
	}
	if uri, _, ok := strings.Cut(formula[len(call):], `"`); ok {
		s.links = append(s.links, linked{area: area{c.row, c.col, c.row, c.col}, uri: uri})
	}
}

// place reads the name of a cell, such as "B7" or "$B$7".
func place(s string) (row, col int, ok bool) {
	i := 0
	for ; i < len(s); i++ {
		if s[i] == '$' {
			continue
		}
		letter := s[i] | 0x20
		if letter < 'a' || letter > 'z' {
			break
		}
		if col = col*26 + int(letter-'a') + 1; col > columnsMost {
			return 0, 0, false
		}
	}
	row, err := strconv.Atoi(s[i:])
	if err != nil || col == 0 || row < 1 || row > rowsMost {
		return 0, 0, false
	}
	return row - 1, col - 1, true
}

// reference reads the name of an area, such as "B7" or "A1:C3".
func reference(s string) (area, bool) {
	first, last, two := strings.Cut(s, ":")
	if !two {
		last = first
	}
	top, left, ok := place(first)
	bottom, right, ok2 := place(last)
	return area{min(top, bottom), min(left, right), max(top, bottom), max(left, right)}, ok && ok2
}
