package content

import (
	"math"

	"freshet/pipeline/extract/pdf/font"
	"freshet/pipeline/extract/pdf/layout"
	"freshet/pipeline/extract/pdf/syntax"
)

// textOperator runs the operators of text; false: op is none.
func (in *interpreter) textOperator(op string) bool {
	s := &in.state
	switch op {
	case "BT":
		in.text, in.line = identity, identity
	case "ET":
	case "Tc":
		s.charSpace = in.number(1)
	case "Tw":
		s.wordSpace = in.number(1)
	case "Tz":
		s.stretch = in.number(1) / 100
	case "TL":
		s.leading = in.number(1)
	case "Tr":
		s.render = int(in.number(1))
	case "Ts":
		s.rise = in.number(1)
	case "Tf":
		s.size = in.number(1)
		s.font = in.font(in.bytes(2))
	case "Td":
		in.move(in.number(2), in.number(1))
	case "TD":
		s.leading = -in.number(1)
		in.move(in.number(2), in.number(1))
	case "Tm":
		if m, ok := in.matrix(); ok && m.finite() {
			in.text, in.line = m, m
		}
	case "T*":
		in.move(0, -s.leading)
	case "Tj":
		in.show(in.bytes(1))
	case "'":
		in.move(0, -s.leading)
		in.show(in.bytes(1))
	case "\"":
		s.wordSpace, s.charSpace = in.number(3), in.number(2)
		in.move(0, -s.leading)
		in.show(in.bytes(1))
	case "TJ":
		in.showAll()
	default:
		return false
	}
	return true
}

func (in *interpreter) move(x, y float64) {
	if m := in.line.moved(x, y); m.finite() {
		in.line = m
	}
	in.text = in.line
}

// font returns the font that the resources call name.
func (in *interpreter) font(name []byte) *font.Font {
	if f, ok := in.named[string(name)]; ok {
		return f
	}
	var f *font.Font
	in.doc.safely(func() { f = in.doc.font(in.resources.Key("Font").Key(string(name))) })
	if in.named == nil {
		in.named = map[string]*font.Font{}
	}
	in.named[string(name)] = f
	return f
}

func (in *interpreter) showAll() {
	for i := range in.args {
		switch a := &in.args[i]; a.kind {
		case syntax.String:
			in.show(in.strings[a.start:a.end])
		case syntax.Number:
			by := -a.num / 1000 * in.state.size
			if in.state.font != nil && in.state.font.Vertical {
				in.advance(0, by)
			} else {
				in.advance(by*in.state.stretch, 0)
			}
		}
	}
}

func (in *interpreter) advance(x, y float64) {
	if m := in.text.moved(x, y); m.finite() {
		in.text = m
	}
}

// show draws the glyphs of a string.
func (in *interpreter) show(s []byte) {
	st := &in.state
	f := st.font
	if f == nil || in.stop {
		return
	}
	for len(s) > 0 {
		g := f.Next(s)
		s = s[min(max(g.Bytes, 1), len(s)):]
		in.glyph(f, g)
		space := st.charSpace
		if g.Bytes == 1 && g.Code == ' ' {
			space += st.wordSpace
		}
		if f.Vertical {
			in.advance(0, -st.size+space)
		} else {
			in.advance((g.Width*st.size+space)*st.stretch, 0)
		}
	}
}

// glyph puts a glyph on the page, unless it is hidden or lies outside.
func (in *interpreter) glyph(f *font.Font, g font.Glyph) {
	if in.hidden > 0 {
		return
	}
	st := &in.state
	m := in.text.times(st.ctm)
	x, y := m.apply(0, st.rise)
	along := math.Hypot(m[0], m[1])
	out := layout.Glyph{
		Text: g.Text, X: x, Y: y,
		W:    math.Abs(g.Width * st.size * st.stretch * along),
		Size: math.Abs(st.size*f.Scale) * math.Hypot(m[2], m[3]),
		Font: f.Name, Bold: f.Bold, Italic: f.Italic, Fixed: f.Fixed,
		Invisible: st.render == 3 || st.render == 7,
		Unknown:   g.Text == "",
	}
	if m[1] != 0 || m[0] < 0 {
		out.Angle = math.Atan2(m[1], m[0]) * 180 / math.Pi
	}
	if st.size < 0 {
		out.Angle = turned(out.Angle, 180)
	}
	if f.Vertical {
		out.W, out.Angle = out.Size, turned(out.Angle, -90)
	}
	margin := out.Size
	if x < -margin || y < -margin || x > in.page.Width+margin || y > in.page.Height+margin || math.IsNaN(x+y+out.Size+out.W) {
		return
	}
	if in.doc.glyphs--; in.doc.glyphs < 0 {
		in.stop = true
		return
	}
	in.page.Glyphs = append(in.page.Glyphs, out)
}

// turned returns angle + by between -180 and 180.
func turned(angle, by float64) float64 {
	switch angle += by; {
	case angle > 180:
		return angle - 360
	case angle <= -180:
		return angle + 360
	}
	return angle
}
