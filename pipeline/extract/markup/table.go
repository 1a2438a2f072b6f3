package markup

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

const (
	maxSpan = 1_000 // places that one cell may be said to cover in one direction
	// repeatedText is the longest text of a merged cell that is repeated in all
	// its places; a longer one stands in the first only.
	repeatedText = 300
)

// table reads a table of data. A table that only arranges the page is read as the
// elements it holds.
func (b *builder) table(n *html.Node) {
	rows := tableRows(n)
	if b.layoutTable(n, rows) {
		for _, tr := range rows {
			for c := tr.FirstChild; c != nil && b.err == nil; c = c.NextSibling {
				b.node(c)
				b.flush()
			}
		}
		return
	}
	g := grid{limit: b.limits.Cells - b.cells}
	var sum mark
	for _, tr := range rows {
		if b.drop[tr] || b.page.hidden(tr) {
			continue
		}
		g.row()
		for c := tr.FirstChild; c != nil && b.err == nil; c = c.NextSibling {
			if c.DataAtom != atom.Td && c.DataAtom != atom.Th || b.drop[c] || b.page.hidden(c) {
				continue
			}
			text, m := b.cell(c)
			sum.words += m.words
			sum.links += m.links
			g.put(text, span(c, "colspan"), span(c, "rowspan"), c.DataAtom == atom.Th || tr.Parent.DataAtom == atom.Thead)
		}
		if g.full || g.places() > g.limit {
			b.err = &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf("its tables have more than %d cells", b.limits.Cells)}
			return
		}
	}
	b.cells += g.places()
	if out, headers := g.finish(); len(out) > 0 {
		b.emit(extract.Block{Kind: extract.Table, Lead: b.caption(n), Rows: out, HeaderRows: headers}, sum)
	}
}

// cell is the text of a cell on one line.
func (b *builder) cell(c *html.Node) (string, mark) {
	blocks, m := b.capture(c)
	parts := make([]string, 0, len(blocks))
	for i := range blocks {
		if blocks[i].Kind == extract.List {
			parts = append(parts, strings.TrimSpace(blocks[i].Lead+" "+inLine(blocks[i].Items)))
			continue
		}
		parts = append(parts, blockText(&blocks[i]))
	}
	return extract.Fold(strings.Join(parts, " ")), m
}

// inLine writes items behind each other.
func inLine(items []extract.Item) string {
	parts := make([]string, 0, len(items))
	for i := range items {
		text := items[i].Text
		if len(items[i].Items) > 0 {
			text = strings.TrimSpace(text + " " + inLine(items[i].Items))
		}
		parts = append(parts, strings.TrimRight(text, " ;,"))
	}
	return strings.Join(parts, "; ")
}

func (b *builder) caption(n *html.Node) string {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Caption && !b.page.hidden(c) {
			return b.visible(c)
		}
	}
	return ""
}

// layoutTable reports whether a table holds no data: it says so, has one cell a
// row, or holds headings, lists of links and further tables.
func (b *builder) layoutTable(n *html.Node, rows []*html.Node) bool {
	if b.plain > 0 {
		return false
	}
	if role := attr(n, "role"); role == "presentation" || role == "none" {
		return true
	}
	widest, headers := 0, false
	for _, tr := range rows {
		cells := 0
		for c := tr.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
				cells++
				headers = headers || c.DataAtom == atom.Th
			}
		}
		widest = max(widest, cells)
	}
	if widest < 2 {
		return true
	}
	if headers {
		return false
	}
	for c := range n.Descendants() {
		if c.DataAtom == atom.Table || headingLevel(c) > 0 || c.DataAtom == atom.Form {
			return true
		}
	}
	return false
}

// tableRows are the rows of n itself: those of its head first, wherever it
// stands, and those of its foot last.
func tableRows(n *html.Node) []*html.Node {
	var head, body, foot []*html.Node
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Tr:
			body = append(body, c)
		case atom.Thead, atom.Tbody, atom.Tfoot:
			for r := c.FirstChild; r != nil; r = r.NextSibling {
				switch {
				case r.DataAtom != atom.Tr:
				case c.DataAtom == atom.Thead:
					head = append(head, r)
				case c.DataAtom == atom.Tfoot:
					foot = append(foot, r)
				default:
					body = append(body, r)
				}
			}
		}
	}
	return append(append(head, body...), foot...)
}

func span(n *html.Node, name string) int {
	v, err := strconv.Atoi(strings.TrimSpace(attr(n, name)))
	if err != nil || v < 1 {
		return 1
	}
	return min(v, maxSpan)
}

// A grid places cells, repeating those that span several places.
type grid struct {
	rows    [][]string
	headers []bool          // whether each row has header cells only
	named   bool            // whether there are header cells
	pending map[int]hanging // by column: cells that reach into later rows
	used    int
	limit   int
	full    bool
	col     int
	width   int // of the longest row
}

type hanging struct {
	text string
	rows int
}

func (g *grid) row() {
	g.hang()
	g.rows = append(g.rows, nil)
	g.headers = append(g.headers, true)
	g.col = 0
}

// hang fills the columns at the end of the row that cells from above cover.
func (g *grid) hang() {
	for g.takeHanging() {
	}
}

func (g *grid) takeHanging() bool {
	h, ok := g.pending[g.col]
	if !ok || len(g.rows) == 0 {
		return false
	}
	g.set(h.text)
	if h.rows--; h.rows == 0 {
		delete(g.pending, g.col-1)
	} else {
		g.pending[g.col-1] = h
	}
	return true
}

func (g *grid) set(text string) {
	last := len(g.rows) - 1
	g.rows[last] = append(g.rows[last], text)
	g.width = max(g.width, len(g.rows[last]))
	g.col++
	if g.used++; g.used > g.limit {
		g.full = true
	}
}

func (g *grid) put(text string, cols, rows int, header bool) {
	if g.pending == nil {
		g.pending = map[int]hanging{}
	}
	g.hang()
	g.named = g.named || header
	if !header && text != "" {
		g.headers[len(g.headers)-1] = false
	}
	for i := range cols {
		if g.full {
			return
		}
		cell := text
		if i > 0 && len(text) > repeatedText {
			cell = ""
		}
		g.set(cell)
		if rows > 1 {
			if len(text) > repeatedText {
				cell = ""
			}
			g.pending[g.col-1] = hanging{cell, rows - 1}
		}
	}
}

// places is how many cells the grid has once all its rows are as long as the longest.
func (g *grid) places() int { return g.width * len(g.rows) }

// finish squares the grid, removes empty rows and columns, and counts the rows of
// the header: the leading ones with header cells only, else the first.
func (g *grid) finish() (rows [][]string, headers int) {
	g.hang()
	rows, kept := extract.Rectangle(g.rows, nil)
	for _, y := range kept {
		if !g.headers[y] {
			break
		}
		headers++
	}
	if headers == len(rows) {
		headers = 0
	}
	if headers == 0 && len(rows) > 1 && !g.named {
		headers = 1
	}
	return rows, headers
}
