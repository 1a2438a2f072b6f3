package markup

import (
	"golang.org/x/net/html"

	"freshet/pipeline/extract"
)

// A box counts the letters and digits of what stands directly in one element: all,
// and those of the blocks that each library found.
type box struct{ all, byTrafilatura, byReadability int }

// boxOf is the element in which the block of n stands.
func boxOf(n *html.Node) *html.Node {
	if n == nil {
		return nil
	}
	n = n.Parent
	for n != nil && n.Type == html.ElementNode && !blockElement(n) {
		n = n.Parent
	}
	return n
}

func boxesOf(b *builder, v votes) map[*html.Node]*box {
	out := map[*html.Node]*box{}
	for i := range b.blocks {
		if b.blocks[i].Kind == extract.Heading {
			continue
		}
		n := boxOf(b.marks[i].node)
		x := out[n]
		if x == nil {
			x = &box{}
			out[n] = x
		}
		w := b.marks[i].words
		x.all += w
		if v.trafilatura[i] {
			x.byTrafilatura += w
		}
		if v.readability[i] {
			x.byReadability += w
		}
	}
	return out
}
