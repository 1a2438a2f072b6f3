// Package font tells for the codes of a PDF font which characters they are and how
// wide.
package font

import (
	"math"
	"strings"

	"github.com/ledongthuc/pdf"
)

// Data returns what the stream v holds, nil where it cannot be read.
type Data func(v pdf.Value) []byte

// A Glyph is what one code of a font shows.
type Glyph struct {
	Code  uint32
	Bytes int     // length of the code
	Text  string  // "" when it is not known; a space for white space
	Width float64 // in units of the font size
}

// A Font decodes the strings of one font. It is for one goroutine.
type Font struct {
	Name                string // without the prefix of a subset
	Bold, Italic, Fixed bool
	Vertical            bool
	Type3               bool
	// Scale is by how much the nominal size of a Type 3 font is to be multiplied
	// for its height; 1 for others.
	Scale float64

	simple    *[256]Glyph
	toUnicode *cmap
	// Of composite fonts:
	encoding     *cmap
	charset      *charset
	widths       map[uint32]float64
	defaultWidth float64
	text         map[uint32]string // by the number of the glyph
	collection   []rune            // likewise, of the collection to which the glyphs belong
}

// Load reads the font v.
func Load(v pdf.Value, data Data) *Font {
	f := &Font{Scale: 1, Name: plainName(v.Key("BaseFont").Name())}
	if t := v.Key("ToUnicode"); t.Kind() == pdf.Stream {
		f.toUnicode = readCMap(data(t))
	} else if n := t.Name(); strings.HasPrefix(n, "Identity") {
		f.toUnicode = identity()
	}
	switch v.Key("Subtype").Name() {
	case "Type0":
		f.loadComposite(v, data)
	case "Type3":
		f.Type3 = true
		f.loadSimple(v, data)
		f.scaleType3(v)
	default:
		f.loadSimple(v, data)
	}
	return f
}

// identity is a ToUnicode whose codes are UTF-16 themselves.
func identity() *cmap {
	return &cmap{runs: []run{{first: 0, last: 0xffff, to: 0}}}
}

// Next returns the glyph of the code at the beginning of s, which is not empty.
func (f *Font) Next(s []byte) Glyph {
	if f.simple != nil {
		return f.simple[s[0]]
	}
	g := Glyph{Width: f.defaultWidth}
	if f.charset != nil {
		g.Text, g.Bytes = f.charset.next(s)
		for _, b := range s[:g.Bytes] {
			g.Code = g.Code<<8 | uint32(b)
		}
		if f.toUnicode != nil {
			if t := f.toUnicode.lookup(g.Code); t != "" {
				g.Text = t
			}
		}
		if len(g.Text) == 1 && f.defaultWidth >= 1 {
			g.Width = 0.5
		}
		return g
	}
	g.Code, g.Bytes = f.encoding.next(s)
	cid := g.Code
	if len(f.encoding.cids) > 0 {
		cid, _ = f.encoding.cid(g.Code)
	}
	if w, ok := f.widths[cid]; ok {
		g.Width = w
	}
	if f.toUnicode != nil {
		g.Text = f.toUnicode.lookup(g.Code)
	}
	if g.Text == "" {
		g.Text = f.text[cid]
	}
	if g.Text == "" && int(cid) < len(f.collection) && f.collection[cid] != 0 {
		g.Text = shown(string(f.collection[cid]))
	}
	return g
}

// describe takes the style of the font from its descriptor and name.
func (f *Font) describe(d pdf.Value) {
	flags := d.Key("Flags").Int64()
	name := strings.ToLower(f.Name)
	f.Fixed = flags&1 != 0 || strings.Contains(name, "courier") || strings.Contains(name, "mono")
	f.Italic = flags&(1<<6) != 0 || d.Key("ItalicAngle").Float64() != 0 ||
		strings.Contains(name, "italic") || strings.Contains(name, "oblique")
	f.Bold = flags&(1<<18) != 0 || d.Key("FontWeight").Float64() >= 600 ||
		strings.Contains(name, "bold") || strings.Contains(name, "black") || strings.Contains(name, "heavy")
}

// plainName returns the name of a font without the prefix of a subset, "ABCDEF+".
func plainName(name string) string {
	if len(name) > 7 && name[6] == '+' {
		return name[7:]
	}
	return name
}

// scaleType3 estimates the height of a Type 3 font, in which glyphs are drawn with
// units of their own: from its box, unless its widths, of which the mean is about half
// the height in most fonts, make that unlikely.
func (f *Font) scaleType3(v pdf.Value) {
	m := v.Key("FontMatrix")
	unit := math.Hypot(m.Index(2).Float64(), m.Index(3).Float64())
	across := math.Hypot(m.Index(0).Float64(), m.Index(1).Float64())
	if unit == 0 {
		unit, across = 0.001, 0.001
	}
	sum, n := 0.0, 0.0
	for i := range f.simple {
		g := &f.simple[i]
		g.Width *= 1000 * across
		if g.Width != 0 && g.Text != " " {
			sum += math.Abs(g.Width)
			n++
		}
	}
	box := v.Key("FontBBox")
	f.Scale = math.Abs(box.Index(3).Float64()-box.Index(1).Float64()) * unit
	if n > 0 {
		if likely := 2 * sum / n; f.Scale < 0.4*likely || f.Scale > 2.5*likely {
			f.Scale = likely
		}
	}
	if f.Scale <= 0 {
		f.Scale = 1
	}
}
