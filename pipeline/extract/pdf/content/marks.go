package content

import (
	"math"
	"unicode/utf8"

	"github.com/ledongthuc/pdf"

	"freshet/pipeline/extract/pdf/layout"
	"freshet/pipeline/extract/pdf/syntax"
)

// A mark is a marked part of the content.
type mark struct {
	replaced bool   // text stands for what is drawn within
	text     string // what is to be read
	start    int    // the first glyph
	hidden   bool   // of a layer that is off
}

// maxMarked is how many marks may lie within each other.
const maxMarked = 256

func (in *interpreter) begin(properties bool) {
	m := mark{start: len(in.page.Glyphs)}
	if properties && len(in.args) >= 2 {
		in.doc.safely(func() { in.read(&m) })
	}
	if len(in.marks) < maxMarked {
		in.marks = append(in.marks, m)
		if m.hidden {
			in.hidden++
		}
	}
}

// read takes what the operands of BDC say.
func (in *interpreter) read(m *mark) {
	switch p := &in.args[len(in.args)-1]; p.kind {
	case syntax.DictOpen:
		d, _ := p.dict.(syntax.Dict)
		if t, ok := d["ActualText"].(syntax.Text); ok {
			m.replaced, m.text = true, Text(string(t))
		}
	case syntax.Name:
		v := in.resources.Key("Properties").Key(string(in.bytes(1)))
		if string(in.bytes(2)) == "OC" {
			m.hidden = in.off(v)
		} else if t := v.Key("ActualText"); t.Kind() == pdf.String {
			m.replaced, m.text = true, Text(t.RawString())
		}
	}
}

func (in *interpreter) end() {
	n := len(in.marks)
	if n == 0 {
		return
	}
	m := in.marks[n-1]
	in.marks = in.marks[:n-1]
	if m.hidden {
		in.hidden--
	}
	if m.replaced && m.start < len(in.page.Glyphs) {
		in.page.Glyphs = in.page.Glyphs[:m.start+len(replace(in.page.Glyphs[m.start:], m.text))]
	}
}

// off reports whether a layer is off. Of a group of layers the first counts.
func (in *interpreter) off(v pdf.Value) bool {
	if v.Key("Type").Name() == "OCMD" {
		g := v.Key("OCGs")
		if g.Kind() == pdf.Array {
			if g.Len() != 1 {
				return false
			}
			g = g.Index(0)
		}
		v = g
	}
	return in.doc.hidden[v.String()]
}

// replace has the glyphs say text, and returns those that are left. A hyphen that is
// marked as soft stays one, as it is to be seen that a word was broken there.
func replace(glyphs []layout.Glyph, text string) []layout.Glyph {
	if text == "\u00ad" {
		return glyphs
	}
	if utf8.RuneCountInString(text) == len(glyphs) {
		i := 0
		for _, r := range text {
			glyphs[i].Text, glyphs[i].Unknown = string(r), false
			i++
		}
		return glyphs
	}
	first, last := &glyphs[0], &glyphs[len(glyphs)-1]
	if text == "" {
		return glyphs[:0]
	}
	if math.Abs(first.Y-last.Y) > first.Size && first.Angle == 0 {
		return glyphs // several lines: their own text has its place
	}
	first.Text, first.Unknown = text, false
	if w := math.Hypot(last.X-first.X, last.Y-first.Y) + last.W; w > first.W {
		first.W = w
	}
	return glyphs[:1]
}
