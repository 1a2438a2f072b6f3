package opendocument

import (
	"encoding/xml"
	"strings"
	"unicode"
	"unicode/utf8"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
)

const (
	// widest is how many columns of a table are read.
	widest = 1_024
	// mostAlike is how often a row that the file gives once and repeats is kept: a
	// hostile file repeats it a million times.
	mostAlike = 100
	// longHeader is the length, in characters, above which a text names no column.
	longHeader = 80
)

// A grid is a table of running text, or what is read of one so far.
type grid struct {
	r      *reader
	rows   [][]string
	merged []bool // rows in which a cell spans columns
	header int    // rows that the file calls header rows
	width  int
	hidden []bool    // columns
	spans  []spanned // by column
}

// spanned is a cell that reaches down to a row before until.
type spanned struct {
	until int
	text  string
}

// table reads a table of a text or a presentation.
func (r *reader) table(d *container.Decoder, f *flow) error {
	g := &grid{r: r}
	if err := g.read(d, false); err != nil {
		return err
	}
	if err := r.takeCells(g.surplus()); err != nil {
		return err
	}
	if b, ok := g.block(); ok {
		r.add(f, b)
	} else {
		r.add(f)
	}
	return nil
}

func (g *grid) read(d *container.Decoder, header bool) error {
	return each(d, func(e xml.StartElement) error {
		switch name(e) {
		case "table:table-column":
			g.column(e)
		case "table:table-header-rows":
			return g.read(d, true)
		case "table:table-columns", "table:table-header-columns", "table:table-column-group", "table:table-rows", "table:table-row-group":
			return g.read(d, header)
		case "table:table-row":
			return g.row(d, e, header)
		}
		return d.Skip()
	})
}

func hiddenPart(e xml.StartElement) bool {
	v := container.Attr(e, "table", "visibility")
	return v == "collapse" || v == "filter"
}

func repeated(e xml.StartElement, of string) int {
	return max(number(container.Attr(e, "table", of), 1), 1)
}

func (g *grid) column(e xml.StartElement) {
	hidden := hiddenPart(e)
	for range min(repeated(e, "number-columns-repeated"), widest-len(g.hidden)) {
		g.hidden = append(g.hidden, hidden)
	}
}

func (g *grid) row(d *container.Decoder, e xml.StartElement, header bool) error {
	row, merged := []string{}, false
	at, filled := len(g.rows), 0
	err := each(d, func(c xml.StartElement) error {
		covered := name(c) == "table:covered-table-cell"
		if !covered && name(c) != "table:table-cell" {
			return d.Skip()
		}
		text, err := g.cell(d, covered)
		if err != nil {
			return err
		}
		columns := number(container.Attr(c, "table", "number-columns-spanned"), 1)
		merged = merged || columns > 1
		for range min(repeated(c, "number-columns-repeated"), widest-len(row)) {
			row = append(row, g.place(len(row), at, covered, text, columns, number(container.Attr(c, "table", "number-rows-spanned"), 1)))
		}
		if text != "" {
			filled = len(row)
		}
		return nil
	})
	if err != nil || hiddenPart(e) || len(row) == 0 {
		return err
	}
	copies := min(repeated(e, "number-rows-repeated"), mostAlike)
	if filled == 0 {
		copies = 1
	}
	g.width = max(g.width, len(row))
	for range copies {
		if err := g.r.takeCells(len(row)); err != nil {
			return err
		}
		g.rows, g.merged = append(g.rows, row), append(g.merged, merged)
	}
	if header && g.header == at {
		g.header = len(g.rows)
	}
	return nil
}

// place returns what a cell shows in a column, and notes where it reaches.
func (g *grid) place(col, row int, covered bool, text string, columns, rows int) string {
	if covered {
		if col < len(g.spans) && g.spans[col].until > row {
			return g.spans[col].text
		}
		return ""
	}
	if columns > 1 || rows > 1 {
		for c := col; c < min(col+max(columns, 1), widest); c++ {
			for len(g.spans) <= c {
				g.spans = append(g.spans, spanned{})
			}
			g.spans[c] = spanned{until: row + max(rows, 1), text: text}
		}
	}
	return text
}

// cell reads the text of a cell on one line.
func (g *grid) cell(d *container.Decoder, covered bool) (string, error) {
	if covered {
		return "", d.Skip()
	}
	f := flow{cell: true}
	if err := g.r.flow(d, &f); err != nil {
		return "", err
	}
	return strings.ReplaceAll(flat(f.blocks, " "), "\n", " "), nil
}

// surplus is how many cells more than were read the block has, whose rows are all as
// long as the longest that shows something.
func (g *grid) surplus() int {
	longest := 0
	for _, row := range g.rows {
		for c := len(row); c > longest; c-- {
			if row[c-1] != "" {
				longest = c
			}
		}
	}
	n := 0
	for _, row := range g.rows {
		n += max(longest-len(row), 0)
	}
	return n
}

// block makes a block of the rows and columns that are shown and not empty.
func (g *grid) block() (extract.Block, bool) {
	rows, kept := extract.Rectangle(g.rows, func(col int) bool { return col < len(g.hidden) && g.hidden[col] })
	b := extract.Block{Kind: extract.Table, Rows: rows}
	merged := make([]bool, len(kept))
	for i, row := range kept {
		merged[i] = g.merged[row]
		if row < g.header {
			b.HeaderRows++
		}
	}
	switch {
	case len(b.Rows) == 0:
		return b, false
	case len(b.Rows) == 1 && len(b.Rows[0]) == 1:
		return extract.Block{Kind: extract.Paragraph, Text: b.Rows[0][0]}, true
	case b.HeaderRows >= len(b.Rows):
		b.HeaderRows = 0
	case b.HeaderRows == 0:
		b.HeaderRows = headerRows(b.Rows, merged)
	}
	return b, true
}

// headerRows finds out how many rows name the columns, where the file does not say:
// the first, if its cells are short and no numbers, and the second too if the first
// gathers several columns under one name.
func headerRows(rows [][]string, merged []bool) int {
	if len(rows) < 2 || len(rows[0]) < 2 || !names(rows[0]) {
		return 0
	}
	if merged[0] && len(rows) > 2 && names(rows[1]) && distinct(rows[1]) > distinct(rows[0]) {
		return 2
	}
	return 1
}

// names reports whether a row consists of short texts without numbers.
func names(row []string) bool {
	filled := 0
	for _, c := range row {
		if c == "" {
			continue
		}
		filled++
		if utf8.RuneCountInString(c) > longHeader || numeric(c) {
			return false
		}
	}
	return filled > 0
}

// numeric reports whether a text is a number, an amount or a date; a year names
// columns.
func numeric(s string) bool {
	digits, letters := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
		}
	}
	year := len(s) == 4 && digits == 4 && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20"))
	return digits > 0 && letters <= 3 && digits >= letters && !year
}

func distinct(row []string) int {
	seen := map[string]bool{}
	for _, c := range row {
		if c != "" {
			seen[c] = true
		}
	}
	return len(seen)
}
