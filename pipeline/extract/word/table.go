package word

import (
	"slices"
	"strconv"

	"freshet/pipeline/extract"
)

const (
	// spanMost is how many columns a cell or row may skip or cover; Word has 63.
	spanMost = 256
	// repeatedText is the longest text of a merged cell, in bytes, that is repeated in
	// all its places; a longer one stands in the first only.
	repeatedText = 300
)

// A cell of a table.
type cell struct {
	text   string
	blocks []extract.Block // if it holds more than one line of text
	span   int
	from   bool // goes on in the cell below
	goesOn bool // goes on from the cell above
}

// A row of a table.
type row struct {
	cells  []cell
	before int // columns that it leaves free
	header bool
}

// table reads one table into out: as a table, or as the blocks it holds if it only
// arranges the page.
func (r *reader) table(out *flow) error {
	var rows []row
	if err := r.rows(&rows); err != nil {
		return err
	}
	caption := out.takeCaption()
	if arranges(rows) {
		if caption != "" {
			out.add(extract.Block{Kind: extract.Paragraph, Text: caption})
		}
		for _, rw := range rows {
			for _, c := range rw.cells {
				out.addCell(c)
			}
		}
		return nil
	}
	g := grid{limit: r.options.Limits.Cells - r.places}
	for i := range rows {
		if !g.add(&rows[i]) {
			return r.tooManyCells()
		}
	}
	places := g.places()
	if places > g.limit {
		return r.tooManyCells()
	}
	r.places += places
	if lines, headers := g.finish(); len(lines) > 0 {
		out.add(extract.Block{Kind: extract.Table, Lead: caption, Rows: lines, HeaderRows: headers})
	}
	out.notes()
	return nil
}

func (r *reader) tooManyCells() error {
	return tooLarge("its tables have more than %d cells (limits: cells)", r.options.Limits.Cells)
}

// takeCaption removes the caption that stands last and returns it.
func (f *flow) takeCaption() string {
	f.endList()
	f.endCode()
	if n := len(f.blocks); n > 0 && f.caption == n {
		text := f.blocks[n-1].Text
		f.blocks, f.caption = f.blocks[:n-1], 0
		return text
	}
	return ""
}

func (f *flow) addCell(c cell) {
	if c.blocks == nil && c.text != "" {
		f.add(extract.Block{Kind: extract.Paragraph, Text: c.text})
	}
	for _, b := range c.blocks {
		f.add(b)
	}
	f.notes()
}

// rows reads the rows in the element whose start was read last.
func (r *reader) rows(into *[]row) error {
	d := r.part.d
	return children(d, func(e element) error {
		if e.Name.Space != "w" {
			return d.Skip()
		}
		switch e.Name.Local {
		case "tr":
			return r.row(into)
		case "sdt":
			return r.control(func() error { return r.rows(into) })
		case "ins", "moveTo", "customXml":
			return r.rows(into)
		}
		return d.Skip()
	})
}

func (r *reader) row(into *[]row) error {
	var rw row
	deleted := false
	var read func(e element) error
	d := r.part.d
	read = func(e element) error {
		switch {
		case e.is("w", "trPr"):
			return children(d, func(e element) error {
				switch {
				case e.is("w", "tblHeader"):
					rw.header = e.on()
				case e.is("w", "gridBefore"):
					rw.before = spanOf(e.val(), 0)
				case e.is("w", "del"):
					deleted = true
				}
				return d.Skip()
			})
		case e.is("w", "tc"):
			return r.cell(&rw)
		case e.is("w", "sdt"):
			return r.control(func() error { return children(d, read) })
		case e.is("w", "customXml"):
			return children(d, read)
		}
		return d.Skip()
	}
	if err := children(d, read); err != nil {
		return err
	}
	if deleted {
		r.left.deletions++
		return nil
	}
	*into = append(*into, rw)
	return nil
}

func (r *reader) cell(rw *row) error {
	c := cell{span: 1}
	if r.cells++; r.cells > r.options.Limits.Cells {
		return r.tooManyCells()
	}
	out := flow{r: r, inner: true}
	left := false // of a horizontal merge in the old way
	d := r.part.d
	err := children(d, func(e element) error {
		if !e.is("w", "tcPr") {
			return r.block(e, &out)
		}
		return children(d, func(e element) error {
			switch {
			case e.is("w", "gridSpan"):
				c.span = spanOf(e.val(), 1)
			case e.is("w", "vMerge"):
				c.from = e.val() == "restart"
				c.goesOn = !c.from
			case e.is("w", "hMerge"):
				left = e.val() != "restart"
			}
			return d.Skip()
		})
	})
	if err != nil {
		return err
	}
	blocks, err := out.finish()
	if err != nil {
		return err
	}
	if left && len(rw.cells) > 0 {
		rw.cells[len(rw.cells)-1].span++
		return nil
	}
	c.text = extract.Fold(flat(blocks, " "))
	if len(blocks) > 1 || len(blocks) == 1 && blocks[0].Kind != extract.Paragraph {
		c.blocks = slices.Clone(blocks)
	}
	rw.cells = append(rw.cells, c)
	return nil
}

func spanOf(val string, least int) int {
	n, err := strconv.Atoi(val)
	if err != nil {
		return least
	}
	return max(least, min(n, spanMost))
}

// arranges reports whether a table holds no data: one cell a row, or headings and
// further tables among the text of its cells, and no row that says it is a header.
func arranges(rows []row) bool {
	widest, mixed := 0, false
	for _, rw := range rows {
		widest = max(widest, len(rw.cells))
		if rw.header {
			return false
		}
		for _, c := range rw.cells {
			for i := range c.blocks {
				switch c.blocks[i].Kind {
				case extract.Table:
					mixed = true
				case extract.Heading:
					mixed = mixed || len(c.blocks) > 1
				}
			}
		}
	}
	return widest < 2 || mixed
}

// A grid places cells, repeating those that span several places.
type grid struct {
	rows    [][]string
	goes    []bool // by row: a cell goes on in the row below
	wide    []bool // by row: a cell spans columns
	single  []bool // by row: one cell spans all
	headers int    // rows that say they are headers
	used    int
	limit   int
}

// add places one row and reports whether the limit allows it.
func (g *grid) add(rw *row) bool {
	y := len(g.rows)
	line := make([]string, rw.before, rw.before+len(rw.cells))
	goes, wide := false, false
	for i := range rw.cells {
		c := &rw.cells[i]
		text := c.text
		if x := len(line); c.goesOn && y > 0 && x < len(g.rows[y-1]) && text == "" {
			if text = g.rows[y-1][x]; len(text) > repeatedText {
				text = ""
			}
		}
		goes, wide = goes || c.from, wide || c.span > 1
		for k := range c.span {
			if k > 0 && len(text) > repeatedText {
				text = ""
			}
			line = append(line, text)
		}
		if g.used+len(line) > g.limit {
			return false
		}
	}
	g.used += len(line)
	if rw.header && g.headers == y {
		g.headers++
	}
	g.rows, g.goes, g.wide = append(g.rows, line), append(g.goes, goes), append(g.wide, wide)
	g.single = append(g.single, len(rw.cells) == 1 && wide)
	return true
}

// places is how many cells the grid has once all its rows are as long as the longest.
func (g *grid) places() int {
	width := 0
	for _, line := range g.rows {
		width = max(width, len(line))
	}
	return width * len(g.rows)
}

// finish squares the grid, removes empty rows and columns, and counts the rows of the
// header.
func (g *grid) finish() (lines [][]string, headers int) {
	lines, kept := extract.Rectangle(g.rows, nil)
	return lines, g.headerRows(kept)
}

// headerRows counts the leading rows of kept that name the columns: those that say so,
// else the first. A title over all columns, and a cell over several columns beside one
// that reaches down, have the names below them.
func (g *grid) headerRows(kept []int) int {
	n := 0
	for n < len(kept) && kept[n] < g.headers {
		n++
	}
	if n == 0 && len(kept) > 0 {
		n = 1
		if y := kept[0]; g.single[y] || g.wide[y] && g.goes[y] {
			n = 2
		}
	}
	if n >= len(kept) {
		n = min(1, len(kept)-1)
	}
	return max(n, 0)
}
