package slides

import (
	"cmp"
	"slices"
)

const (
	// slack is how far boxes may overlap and still lie beside each other: a fiftieth
	// of the height of a slide (6,858,000 EMU).
	slack = 140_000
	// orderMost is the number of shapes up to which gaps between them are looked for,
	// which takes time that grows with its square.
	orderMost = 500
)

// ordered puts shapes into the order in which they are looked at. They are divided at
// the widest gap that goes across all of them, upper and left part first, and each part
// again: columns, rows and cards stay together. Those whose place is not known come
// first, as they stand in the file.
func ordered(shapes []*shape) []*shape {
	var out, known []*shape
	for _, s := range shapes {
		s.shapes = ordered(s.shapes)
		if s.known {
			known = append(known, s)
			continue
		}
		out = append(out, s)
	}
	if len(known) > orderMost {
		slices.SortStableFunc(known, fromTop)
		return append(out, known...)
	}
	return append(out, divided(known)...)
}

func fromTop(a, b *shape) int {
	if c := cmp.Compare(a.y, b.y); c != 0 {
		return c
	}
	return cmp.Compare(a.x, b.x)
}

func fromLeft(a, b *shape) int {
	if c := cmp.Compare(a.x, b.x); c != 0 {
		return c
	}
	return cmp.Compare(a.y, b.y)
}

func divided(shapes []*shape) []*shape {
	if len(shapes) < 2 {
		return shapes
	}
	slices.SortStableFunc(shapes, fromLeft)
	column, across := gap(shapes, func(s *shape) (float64, float64) { return s.x, s.x + s.w })
	byLeft := slices.Clone(shapes)
	slices.SortStableFunc(shapes, fromTop)
	row, down := gap(shapes, func(s *shape) (float64, float64) { return s.y, s.y + s.h })
	switch {
	case row == 0 && column == 0:
		return shapes
	case column == 0 || row > 0 && down >= across:
		return append(divided(shapes[:row:row]), divided(shapes[row:])...)
	}
	return append(divided(byLeft[:column:column]), divided(byLeft[column:])...)
}

// gap finds the widest gap between shapes sorted by where they begin: the number of
// those before it, 0 if there is none.
func gap(shapes []*shape, span func(*shape) (from, to float64)) (before int, widest float64) {
	widest = -slack
	_, end := span(shapes[0])
	for i, s := range shapes[1:] {
		from, to := span(s)
		if wide := from - end; wide > widest {
			before, widest = i+1, wide
		}
		end = max(end, to)
	}
	return before, widest
}
