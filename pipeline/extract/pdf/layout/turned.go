package layout

import (
	"cmp"
	"slices"
)

// Names of columns that stand upright in a table while its other text lies: words of
// another direction in the cells of a grid.

// A turnedWord is a word of another direction, with the middle of it as the layer
// that is cut sees it.
type turnedWord struct {
	word
	x, y  float64
	layer int // index among the page's layers
	at    int // index in the layer
	taken bool
}

// turnedWords are the words of the layers of a page that stand upright on the first.
func (p *pageWords) turnedWords() []turnedWord {
	var out []turnedWord
	for k := 1; k < len(p.layers); k++ {
		l := &p.layers[k]
		if d := (l.angle - p.layers[0].angle + 360) % 360; d != 90 && d != 270 {
			continue
		}
		for i := range l.words {
			w := &l.words[i]
			x, y := turn((w.x0+w.x1)/2, w.y+0.3*w.size, (360-l.angle)%360)
			x, y = turn(x, y, p.layers[0].angle)
			out = append(out, turnedWord{word: *w, x: x, y: y, layer: k, at: i})
		}
	}
	return out
}

// withoutTaken takes the words that tables have out of their layers.
func (p *pageWords) withoutTaken(words []turnedWord) {
	for k := 1; k < len(p.layers); k++ {
		gone := map[int]bool{}
		for i := range words {
			if words[i].taken && words[i].layer == k {
				gone[words[i].at] = true
			}
		}
		if len(gone) == 0 {
			continue
		}
		kept := make([]word, 0, len(p.layers[k].words))
		for i, w := range p.layers[k].words {
			if !gone[i] {
				kept = append(kept, w)
			}
		}
		p.layers[k].words = kept
	}
}

// fillTurned gives the cells of the grid that have no words those that stand upright
// in them, and returns their places.
func (g *grid) fillTurned(words []turnedWord) []int {
	low, high := g.ys[len(g.ys)-1], g.ys[0]
	var inside []int
	own := map[int]bool{} // cells with turned words of theirs
	for k := range words {
		w := &words[k]
		if w.taken || w.x <= g.xs[0] || w.x >= g.xs[len(g.xs)-1] || w.y <= low || w.y >= high {
			continue
		}
		i, _ := slices.BinarySearch(g.xs, w.x)
		j, _ := slices.BinarySearchFunc(g.ys, w.y, func(edge, y float64) int { return cmp.Compare(y, edge) })
		at := g.cell[(j-1)*g.columns()+i-1]
		if len(g.words[at]) > 0 && !own[at] {
			continue
		}
		own[at] = true
		g.words[at] = append(g.words[at], w.word)
		inside = append(inside, k)
	}
	return inside
}
