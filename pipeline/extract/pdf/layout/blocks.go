package layout

import (
	"math"
	"strings"

	"freshet/pipeline/extract"
)

// Blocks puts the pages of one document in reading order.
func Blocks(pages []Page) []extract.Block {
	var out []extract.Block
	for i := range pages {
		out = append(out, lines(&pages[i])...)
	}
	return out
}

// lines returns each run of glyphs on one baseline as a paragraph.
func lines(p *Page) []extract.Block {
	var out []extract.Block
	var b strings.Builder
	end := func() {
		if text := extract.Fold(b.String()); text != "" {
			out = append(out, extract.Block{Kind: extract.Paragraph, Text: text, Page: p.Number})
		}
		b.Reset()
	}
	var x, y float64
	for i := range p.Glyphs {
		g := &p.Glyphs[i]
		switch {
		case math.Abs(g.Y-y) > g.Size/2:
			end()
		case math.Abs(g.X-x) > g.Size/5:
			b.WriteByte(' ')
		}
		b.WriteString(g.Text)
		x, y = g.X+g.W, g.Y
	}
	end()
	return out
}
