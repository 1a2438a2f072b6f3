package extract

import "golang.org/x/net/html"

// choose keeps the main content among the blocks of a whole page.
func (b *builder) choose(doc *html.Node, t *Text) {
	t.Way = WayBody
	var kept []Block
	for i := range b.blocks {
		if b.marks[i].inside == 0 {
			kept = append(kept, b.blocks[i])
		}
	}
	if len(kept) > 0 {
		b.blocks = kept
	}
}
