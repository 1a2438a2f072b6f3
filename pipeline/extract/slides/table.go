package slides

import (
	"encoding/xml"
	"strconv"
	"strings"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
)

// A tableCell is a cell as the file has it.
type tableCell struct {
	text string
	// left and above say that it belongs to the cell beside or above it.
	left, above bool
	across      int // columns that it spans
	down        int // rows
}

// table reads the table that was begun last. The links in it go to b.
func (d *deck) table(x *container.Decoder, b *body, targets map[string]string) (*extract.Block, error) {
	var rows [][]tableCell
	headed := false
	err := x.Inside(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "tblPr":
			v := container.Attr(e, "", "firstRow")
			headed = v == "1" || v == "true"
		case "tr":
			rows = append(rows, nil)
			return d.cell(1)
		case "tc":
			c, err := d.tableCell(x, e, b, targets)
			if err != nil || len(rows) == 0 {
				return err
			}
			rows[len(rows)-1] = append(rows[len(rows)-1], c)
			return d.cell(1)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	if err := d.cell(width * len(rows)); err != nil {
		return nil, err
	}
	if width == 0 {
		return nil, nil
	}
	block := &extract.Block{Kind: extract.Table, Rows: filled(rows, width)}
	if headed {
		block.HeaderRows = min(headerRows(rows), len(rows)-1)
	}
	if !hasText(block.Rows) {
		return nil, nil
	}
	return block, nil
}

func (d *deck) tableCell(x *container.Decoder, e xml.StartElement, b *body, targets map[string]string) (tableCell, error) {
	c := tableCell{left: container.Attr(e, "", "hMerge") == "1" || container.Attr(e, "", "hMerge") == "true",
		above: container.Attr(e, "", "vMerge") == "1" || container.Attr(e, "", "vMerge") == "true"}
	c.across, _ = strconv.Atoi(container.Attr(e, "", "gridSpan"))
	c.down, _ = strconv.Atoi(container.Attr(e, "", "rowSpan"))
	err := x.Inside(func(e xml.StartElement) error {
		if e.Name.Local != "txBody" {
			return nil
		}
		text, err := d.body(x, targets)
		parts := make([]string, 0, len(text.paragraphs))
		for i := range text.paragraphs {
			parts = append(parts, extract.Fold(text.paragraphs[i].text))
		}
		c.text = strings.Join(parts, " ")
		b.links = append(b.links, text.links...)
		return err
	})
	return c, err
}

// filled repeats merged cells in each of their places.
func filled(rows [][]tableCell, width int) [][]string {
	out := make([][]string, len(rows))
	for i, row := range rows {
		out[i] = make([]string, width)
		for j, c := range row {
			switch {
			case c.left && j > 0:
				out[i][j] = out[i][j-1]
			case c.above && i > 0:
				out[i][j] = out[i-1][j]
			default:
				out[i][j] = c.text
			}
		}
	}
	return out
}

// headerRows counts the rows of a header: as far as its cells go down, and one more
// below cells that name several columns.
func headerRows(rows [][]tableCell) int {
	n := 1
	for _, c := range rows[0] {
		n = max(n, c.down)
		if c.across > 1 && c.across < len(rows[0]) && len(rows) > 2 {
			n = max(n, 2)
		}
	}
	return n
}

func hasText(rows [][]string) bool {
	for _, row := range rows {
		for _, c := range row {
			if c != "" {
				return true
			}
		}
	}
	return false
}
