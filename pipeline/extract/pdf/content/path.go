package content

import (
	"math"

	"freshet/pipeline/extract/pdf/layout"
)

// A path is what is going to be drawn, in the space of the page.
type path struct {
	lines  []layout.Rule // straight ones, along an axis
	areas  []box
	x, y   float64 // the current point, in the space of the content
	sx, sy float64 // where the part began
}

const (
	maxRules = 20_000 // of a page
	thin     = 3      // points: an area that is narrower is a line
	straight = 0.5    // points by which a line may leave the axis
)

// pathOperator runs the operators that draw lines and areas.
func (in *interpreter) pathOperator(op string) {
	p := &in.path
	switch op {
	case "m":
		p.x, p.y = in.number(2), in.number(1)
		p.sx, p.sy = p.x, p.y
	case "l":
		in.to(in.number(2), in.number(1))
	case "c", "v", "y":
		p.x, p.y = in.number(2), in.number(1)
	case "h":
		in.to(p.sx, p.sy)
	case "re":
		in.rectangle(in.number(4), in.number(3), in.number(2), in.number(1))
	case "S", "s":
		if op == "s" {
			in.to(p.sx, p.sy)
		}
		in.paint(true, false)
	case "f", "F", "f*":
		in.paint(false, true)
	case "B", "B*", "b", "b*":
		in.paint(true, true)
	case "n":
		p.lines, p.areas = p.lines[:0], p.areas[:0]
	}
}

func (in *interpreter) to(x, y float64) {
	p := &in.path
	x0, y0 := in.state.ctm.apply(p.x, p.y)
	x1, y1 := in.state.ctm.apply(x, y)
	p.x, p.y = x, y
	if len(p.lines) < maxRules && (math.Abs(x0-x1) < straight || math.Abs(y0-y1) < straight) {
		p.lines = append(p.lines, layout.Rule{X0: min(x0, x1), Y0: min(y0, y1), X1: max(x0, x1), Y1: max(y0, y1)})
	}
}

func (in *interpreter) rectangle(x, y, w, h float64) {
	p := &in.path
	p.x, p.y, p.sx, p.sy = x, y, x, y
	if len(p.areas) < maxRules {
		p.areas = append(p.areas, box{min(x, x+w), min(y, y+h), max(x, x+w), max(y, y+h)}.through(in.state.ctm))
	}
}

// paint draws the path.
func (in *interpreter) paint(stroke, fill bool) {
	p := &in.path
	if stroke && in.hidden == 0 {
		for _, l := range p.lines {
			in.rule(l)
		}
	}
	for _, a := range p.areas {
		switch {
		case in.hidden > 0:
		case a.x1-a.x0 < thin || a.y1-a.y0 < thin:
			in.rule(layout.Rule{X0: a.x0, Y0: a.y0, X1: a.x1, Y1: a.y1})
		case stroke || in.cellSized(a):
			in.edges(a)
		}
	}
	if !stroke && fill && in.hidden == 0 {
		in.filled(p.lines)
	}
	p.lines, p.areas = p.lines[:0], p.areas[:0]
}

// edges notes the four sides of an area.
func (in *interpreter) edges(a box) {
	in.rule(layout.Rule{X0: a.x0, Y0: a.y0, X1: a.x1, Y1: a.y0})
	in.rule(layout.Rule{X0: a.x0, Y0: a.y1, X1: a.x1, Y1: a.y1})
	in.rule(layout.Rule{X0: a.x0, Y0: a.y0, X1: a.x0, Y1: a.y1})
	in.rule(layout.Rule{X0: a.x1, Y0: a.y0, X1: a.x1, Y1: a.y1})
}

// cellSized reports whether a coloured area can be the ground of a table's cell: its
// edges separate as drawn lines do. Smaller ones are parts of drawings, larger ones
// grounds of the page.
func (in *interpreter) cellSized(a box) bool {
	w, h := a.x1-a.x0, a.y1-a.y0
	return w >= 12 && h >= 8 && w <= 0.95*in.page.Width && h <= 0.2*in.page.Height
}

// filled notes a line that is drawn as the outline of a thin area, and the sides of
// an area that can be a table's cell.
func (in *interpreter) filled(lines []layout.Rule) {
	if len(lines) < 3 || len(lines) > 5 {
		return
	}
	r := lines[0]
	for _, l := range lines[1:] {
		r = layout.Rule{X0: min(r.X0, l.X0), Y0: min(r.Y0, l.Y0), X1: max(r.X1, l.X1), Y1: max(r.Y1, l.Y1)}
	}
	if r.X1-r.X0 < thin || r.Y1-r.Y0 < thin {
		in.rule(r)
	} else if a := (box{r.X0, r.Y0, r.X1, r.Y1}); in.cellSized(a) {
		in.edges(a)
	}
}

func (in *interpreter) rule(r layout.Rule) {
	long := max(r.X1-r.X0, r.Y1-r.Y0)
	inside := r.X1 >= 0 && r.Y1 >= 0 && r.X0 <= in.page.Width && r.Y0 <= in.page.Height
	if len(in.page.Rules) < maxRules && long > thin && inside {
		in.page.Rules = append(in.page.Rules, r)
	}
}
