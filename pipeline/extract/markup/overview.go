package markup

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"freshet/pipeline/extract"
)

// An overview is what the libraries found of a page as a whole.
type overview struct {
	texts []int // the blocks that are no headings
	order []int // by block: its place in texts
	found []int // by place in texts: how many before it trafilatura found; and at the end, how many in all
	// agreed: four fifths of what either found both found; disputed: half of what one
	// found the other did not. Both are measured in letters and digits of running text.
	// sparse: trafilatura found less than four tenths of it.
	agreed, disputed, sparse bool
}

func overviewOf(b *builder, v votes) overview {
	o := overview{order: make([]int, len(b.blocks))}
	all, t, r, both, found := 0, 0, 0, 0, 0
	for i := range b.blocks {
		if b.blocks[i].Kind == extract.Heading {
			continue
		}
		o.order[i] = len(o.texts)
		o.texts = append(o.texts, i)
		o.found = append(o.found, found)
		if v.trafilatura[i] {
			found++
		}
		m := b.marks[i]
		if m.inside&(regionNav|regionFooter|regionHeader) != 0 || m.linked() {
			continue
		}
		all += m.words
		if v.trafilatura[i] {
			t += m.words
		}
		if v.readability[i] {
			r += m.words
		}
		if v.trafilatura[i] && v.readability[i] {
			both += m.words
		}
	}
	o.found = append(o.found, found)
	o.agreed = both > 0 && both*5 >= (t+r-both)*4
	o.sparse = t*10 < all*4
	o.disputed = both*2 < max(t, r)
	return o
}

// compare adds what is seen of a block only beside the rest of the page.
func (l *looker) compare(s *sight, i int) {
	t, r := l.v.trafilatura[i], l.v.readability[i]
	lost := !t && !r
	s.set(agreed, l.page.agreed)
	s.set(agreedLost, l.page.agreed && lost)
	s.set(agreedCore, l.page.agreed && lost && s.has(inCore))
	s.set(agreedLong, l.page.agreed && lost && l.b.marks[i].words >= 160)
	s.set(agreedList, l.page.agreed && lost && s.has(isList))
	s.set(agreedOnlyT, l.page.agreed && t && !r)
	s.set(agreedOnlyR, l.page.agreed && r && !t)
	s.set(disputedOnlyT, l.page.disputed && t && !r)
	s.set(disputedOnlyR, l.page.disputed && r && !t)
	s.set(sparse, l.page.sparse)
	s.set(sparseList, l.page.sparse && s.has(isList))
	s.set(sparseLost, l.page.sparse && lost)
	s.set(sparseFound, l.page.sparse && t)
	at := l.page.order[i]
	hits := func(from, to int) int {
		n := 0
		for k := max(at+from, 0); k <= min(at+to, len(l.page.texts)-1); k++ {
			if k != at && l.v.found(l.page.texts[k]) {
				n++
			}
		}
		return n
	}
	s.set(deep, hits(-2, 2) == 4)
	s.set(deepLost, s.has(deep) && lost)
	s.set(far, hits(-3, 3) == 0)
	s.set(nearEnd, l.page.found[len(l.page.texts)]-l.page.found[at+1] < 3)
	s.set(nearStart, l.page.found[at] < 2)
	s.set(plugEnd, s.has(plug) && s.has(nearEnd))
}

// slanted reports whether all that n holds is in slanted type.
func slanted(n *html.Node) bool {
	if n == nil || n.DataAtom == atom.Em || n.DataAtom == atom.I {
		return n != nil
	}
	found := false
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) == "", c.DataAtom == atom.Br:
		case c.DataAtom == atom.Em, c.DataAtom == atom.I:
			found = true
		default:
			return false
		}
	}
	return found
}
