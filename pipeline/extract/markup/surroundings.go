package markup

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"freshet/pipeline/extract"
)

// A place is what the elements around a block say of it.
type place struct {
	inside region
	near   nearness
}

// surroundings know the elements around the blocks of a page. What the name of an
// element says counts only where it holds less than half of the page: a page that
// is wrapped in "with-sidebar" is not a sidebar.
type surroundings struct {
	places map[*html.Node]place
	forms  map[*html.Node]bool
	weight map[*html.Node]int // letters and digits below
	total  int
	core   *html.Node // the innermost element that holds most of the sentences
}

func (b *builder) surroundings() *surroundings {
	a := &surroundings{places: map[*html.Node]place{}, forms: map[*html.Node]bool{}, weight: map[*html.Node]int{}}
	prose, all := map[*html.Node]int{}, 0
	for i := range b.blocks {
		m := b.marks[i]
		if b.blocks[i].Kind == extract.Heading {
			continue
		}
		a.total += m.words
		running := !m.linked() && m.inside&(regionNav|regionFooter|regionHeader|regionAside) == 0
		if running {
			all += m.words
		}
		for n := m.node; n != nil && n.Type == html.ElementNode; n = n.Parent {
			a.weight[n] += m.words
			if running {
				prose[n] += m.words
			}
		}
	}
	for n, w := range prose {
		if w*10 >= all*6 && (a.core == nil || n != a.core && contains(a.core, n)) {
			a.core = n
		}
	}
	return a
}

// of is the place in n.
func (a *surroundings) of(n *html.Node) place {
	if n == nil || n.Type != html.ElementNode {
		return place{}
	}
	if p, ok := a.places[n]; ok {
		return p
	}
	p := a.of(n.Parent)
	near := nearOf(n)
	if a.weight[n]*2 < a.total {
		p.inside |= regionOf(n)
		p.near |= near
	} else {
		p.near |= near & (nearContent | nearComments)
	}
	a.places[n] = p
	return p
}

// besideForm reports whether a form stands in the small element around n.
func (a *surroundings) besideForm(n *html.Node) bool {
	for depth := 0; n != nil && depth < 4 && a.weight[n]*8 < a.total; depth++ {
		has, ok := a.forms[n]
		if !ok {
			for d := range n.Descendants() {
				if d.DataAtom == atom.Form || d.DataAtom == atom.Input && attr(d, "type") != "hidden" || d.DataAtom == atom.Textarea {
					has = true
					break
				}
			}
			a.forms[n] = has
		}
		if has {
			return true
		}
		n = n.Parent
	}
	return false
}
