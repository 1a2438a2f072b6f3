package layout

import (
	"cmp"
	"math"
	"slices"
)

// Tables whose cells are drawn: a grid of rules, in which places without a wall
// between them are one merged cell.

// maxGrid is how many places a grid may have; larger ones are drawings.
const maxGrid = 20_000

// A grid is a set of rules that meet.
type grid struct {
	xs, ys []float64 // edges of the columns from left, of the rows from above
	rules  ruling
	cell   []int // representative place of the merged cell at row*columns+column
	words  map[int][]word
}

func (g *grid) columns() int { return len(g.xs) - 1 }
func (g *grid) rows() int    { return len(g.ys) - 1 }

// tables takes the words of ruled tables out of words and puts a word that stands
// for each table in their place.
func (c *cutter) tables(words []word) []word {
	grids := gridsOf(&c.rules)
	if len(grids) == 0 {
		return words
	}
	// Smaller grids first: a frame around a table is not its grid.
	slices.SortFunc(grids, func(a, b grid) int { return cmp.Compare(a.area(), b.area()) })
	slices.SortStableFunc(words, func(a, b word) int { return cmp.Compare(a.middle(), b.middle()) })
	taken := make([]bool, len(words))
	var found []word
	for i := range grids {
		g := &grids[i]
		inside := g.fill(words, taken)
		if c.crosses(g, words, taken, inside) {
			continue
		}
		g.splitTall()
		upright := g.fillTurned(c.turned)
		t := c.tableOf(g)
		if c.leftToFigures(g, t, words, inside) || t == nil {
			continue
		}
		for _, k := range upright {
			c.turned[k].taken = true
		}
		for _, k := range inside {
			taken[k] = true
		}
		found = append(found, word{x0: t.x0, x1: t.x1, y: t.y0, size: c.em, table: t})
	}
	if len(found) == 0 {
		return words
	}
	out := found
	for i := range words {
		if !taken[i] {
			out = append(out, words[i])
		}
	}
	return out
}

func (g *grid) area() float64 {
	return (g.xs[len(g.xs)-1] - g.xs[0]) * (g.ys[0] - g.ys[len(g.ys)-1])
}

// gridsOf finds the sets of rules that meet and enclose at least two places.
func gridsOf(r *ruling) []grid {
	across, down := r.across, r.down
	if len(across) < 2 || len(across)+len(down) < 4 {
		return nil
	}
	parent := make([]int, len(across)+len(down))
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for i, h := range across {
		k, _ := slices.BinarySearchFunc(down, h.X0-ruleReach, func(u Rule, x float64) int { return cmp.Compare(u.X0, x) })
		for ; k < len(down) && down[k].X0 <= h.X1+ruleReach; k++ {
			if v := down[k]; v.Y0 <= h.Y0+ruleReach && v.Y1 >= h.Y0-ruleReach {
				parent[root(i)] = root(len(across) + k)
			}
		}
	}
	sets := map[int]*ruling{}
	var order []int
	set := func(i int) *ruling {
		k := root(i)
		if sets[k] == nil {
			sets[k] = &ruling{}
			order = append(order, k)
		}
		return sets[k]
	}
	for i, h := range across {
		s := set(i)
		s.across = append(s.across, h)
	}
	for i, v := range down {
		s := set(len(across) + i)
		s.down = append(s.down, v)
	}
	var out []grid
	for _, k := range order {
		if g, ok := gridOf(sets[k]); ok {
			out = append(out, g)
		}
	}
	return out
}

// gridOf lays out one set of rules.
func gridOf(r *ruling) (grid, bool) {
	if len(r.across) < 2 || len(r.down) < 1 {
		return grid{}, false
	}
	var xs, ys []float64
	left, right := math.Inf(1), math.Inf(-1)
	low, high := math.Inf(1), math.Inf(-1)
	for _, h := range r.across {
		ys = append(ys, h.Y0)
		left, right = min(left, h.X0), max(right, h.X1)
	}
	for _, v := range r.down {
		xs = append(xs, v.X0)
		low, high = min(low, v.Y0), max(high, v.Y1)
	}
	// A table may be open at its sides.
	xs = distinct(append(xs, left, right))
	ys = distinct(append(ys, low, high))
	slices.Reverse(ys)
	g := grid{xs: xs, ys: ys, rules: *r}
	g.dropMinor()
	n := g.columns() * g.rows()
	if n < 2 || n > maxGrid || n*(len(r.across)+len(r.down)) > 20_000_000 {
		return grid{}, false
	}
	g.merge()
	return g, true
}

// minorEdge is the share of the height of a grid up to which the wall at the edge
// of a column belongs to a table within a cell.
const minorEdge = 0.35

// dropMinor takes out the edges of columns that few rows have, where other edges
// make columns: they are those of tables within cells.
func (g *grid) dropMinor() {
	if g.columns() < 3 || g.rows() < 3 {
		return
	}
	height := g.ys[0] - g.ys[len(g.ys)-1]
	kept := []float64{g.xs[0]}
	dropped := 0
	for _, x := range g.xs[1:g.columns()] {
		reach := 0.0
		for _, v := range g.rules.down {
			if math.Abs(v.X0-x) <= ruleReach+1 {
				reach += v.Y1 - v.Y0
			}
		}
		if reach > minorEdge*height {
			kept = append(kept, x)
		} else {
			dropped++
		}
	}
	if len(kept) < 2 {
		return
	}
	g.xs = append(kept, g.xs[len(g.xs)-1])
	if dropped == 0 {
		return
	}
	// Rows that only the inner tables have go with them.
	width := g.xs[len(g.xs)-1] - g.xs[0]
	rows := []float64{g.ys[0]}
	for _, y := range g.ys[1:g.rows()] {
		reach := 0.0
		for _, h := range g.rules.across {
			if math.Abs(h.Y0-y) <= ruleReach+1 {
				reach += h.X1 - h.X0
			}
		}
		if reach > 0.9*width {
			rows = append(rows, y)
		}
	}
	g.ys = append(rows, g.ys[len(g.ys)-1])
}

// distinct sorts places and folds those that are nearly the same.
func distinct(places []float64) []float64 {
	slices.Sort(places)
	out := places[:1]
	for _, p := range places[1:] {
		if p-out[len(out)-1] > ruleReach+1 {
			out = append(out, p)
		}
	}
	return out
}

// merge joins places that no wall separates.
func (g *grid) merge() {
	columns, rows := g.columns(), g.rows()
	g.cell = make([]int, columns*rows)
	for i := range g.cell {
		g.cell[i] = i
	}
	root := func(i int) int {
		for g.cell[i] != i {
			i = g.cell[i]
		}
		return i
	}
	join := func(a, b int) {
		a, b = root(a), root(b)
		g.cell[max(a, b)] = min(a, b)
	}
	for i := 1; i < columns; i++ {
		wall := make([]bool, rows)
		for _, v := range g.rules.down {
			if math.Abs(v.X0-g.xs[i]) > ruleReach+1 {
				continue
			}
			for j := range rows {
				mid := (g.ys[j] + g.ys[j+1]) / 2
				wall[j] = wall[j] || v.Y0 < mid && v.Y1 > mid
			}
		}
		for j := range rows {
			if !wall[j] {
				join(j*columns+i-1, j*columns+i)
			}
		}
	}
	for j := 1; j < rows; j++ {
		wall := make([]bool, columns)
		for _, h := range g.rules.across {
			if math.Abs(h.Y0-g.ys[j]) > ruleReach+1 {
				continue
			}
			for i := range columns {
				mid := (g.xs[i] + g.xs[i+1]) / 2
				wall[i] = wall[i] || h.X0 < mid && h.X1 > mid
			}
		}
		for i := range columns {
			if !wall[i] {
				join((j-1)*columns+i, j*columns+i)
			}
		}
	}
	for i := range g.cell {
		g.cell[i] = root(i)
	}
}

// splitTall takes apart the cells that reach over several rows and hold a line for
// each of them: a column in which no rules are drawn.
func (g *grid) splitTall() {
	columns, rows := g.columns(), g.rows()
	for i := range columns {
		for j := 0; j < rows; {
			k := g.cell[j*columns+i]
			n := j + 1
			for n < rows && g.cell[n*columns+i] == k {
				n++
			}
			// Only what is one column wide and begins here.
			if n-j >= 3 && k == j*columns+i && (i+1 == columns || g.cell[j*columns+i+1] != k) {
				g.splitCell(k, i, j, n)
			}
			j = n
		}
	}
}

// splitCell takes the cell k of column i and rows j to n apart where nearly each row
// has one line of it.
func (g *grid) splitCell(k, i, j, n int) {
	lines := linesOf(g.words[k])
	if 5*len(lines) < 4*(n-j) || len(lines) > n-j {
		return
	}
	at := make([]int, len(lines))
	for l := range lines {
		y := lines[l].y + 0.3*lines[l].size
		row, _ := slices.BinarySearchFunc(g.ys, y, func(edge, y float64) int { return cmp.Compare(y, edge) })
		at[l] = min(max(row-1, j), n-1)
		if l > 0 && at[l] == at[l-1] {
			return
		}
	}
	delete(g.words, k)
	for row := j; row < n; row++ {
		g.cell[row*g.columns()+i] = row*g.columns() + i
	}
	for l := range lines {
		g.words[at[l]*g.columns()+i] = lines[l].words
	}
}

// fill gives the grid its words, which come by ascending middle, and returns
// their places.
func (g *grid) fill(words []word, taken []bool) []int {
	g.words = map[int][]word{}
	low, high := g.ys[len(g.ys)-1], g.ys[0]
	k, _ := slices.BinarySearchFunc(words, low-1, func(w word, y float64) int { return cmp.Compare(w.middle(), y) })
	var inside []int
	for ; k < len(words) && words[k].middle() < high; k++ {
		w := &words[k]
		if taken[k] {
			continue
		}
		// A word stands a third of its height above its baseline.
		x, y := (w.x0+w.x1)/2, w.y+0.3*w.size
		if w.table != nil {
			y = w.middle()
		}
		if x <= g.xs[0] || x >= g.xs[len(g.xs)-1] || y <= low || y >= high {
			continue
		}
		i, _ := slices.BinarySearch(g.xs, x)
		j, _ := slices.BinarySearchFunc(g.ys, y, func(edge, y float64) int { return cmp.Compare(y, edge) })
		at := g.cell[(j-1)*g.columns()+i-1]
		g.words[at] = append(g.words[at], *w)
		inside = append(inside, k)
	}
	return inside
}
