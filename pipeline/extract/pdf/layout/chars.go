package layout

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"freshet/pipeline/extract"
)

// A char is one glyph of a layer, in coordinates in which its baseline runs to
// the right. Text is "" where the character is not known.
type char struct {
	text                string
	x0, x1, y, size     float64
	bold, italic, fixed bool
	space               bool
	at                  int32 // order of drawing
}

// A layer holds the glyphs of a page whose baselines have one direction.
type layer struct {
	angle int // degrees, 0 to 359
	chars []char
}

// Limits of what can be a glyph on a page; what lies outside is no text that
// anybody sees, and would make the arithmetic of boxes meaningless.
const (
	farOut  = 1e5 // points from the origin
	maxSize = 5e3 // points
	minSize = 0.05
)

// scannedShare is the share of visible glyphs up to which a page with invisible
// ones counts as a scanned picture with its text under it: a stamp or a page
// number may be drawn on top.
const scannedShare = 0.1

// layersOf sorts the glyphs of a page by the direction of their baseline, the
// direction with the most glyphs first.
func layersOf(p *Page) []layer {
	visible, invisible := 0, 0
	for i := range p.Glyphs {
		if g := &p.Glyphs[i]; g.Invisible {
			invisible++
		} else if g.Unknown || strings.TrimSpace(g.Text) != "" {
			visible++
		}
	}
	hidden := float64(visible) <= scannedShare*float64(invisible)
	var layers []layer
	at := map[int]int{}
	last, lastAngle := -1, 0
	for i := range p.Glyphs {
		g := &p.Glyphs[i]
		if g.Invisible && !hidden || !onPage(g, p) {
			continue
		}
		angle := direction(g.Angle)
		if last < 0 || angle != lastAngle {
			k, ok := at[angle]
			if !ok {
				k = len(layers)
				at[angle] = k
				layers = append(layers, layer{angle: angle})
			}
			last, lastAngle = k, angle
		}
		c := charOf(g, angle)
		c.at = int32(i)
		layers[last].chars = append(layers[last].chars, c)
	}
	most := 0
	for i := range layers {
		l := &layers[i]
		estimateWidths(l.chars)
		l.chars = foldTwice(withAccents(l.chars))
		if len(l.chars) > len(layers[most].chars) {
			most = i
		}
	}
	if most > 0 {
		layers[0], layers[most] = layers[most], layers[0]
	}
	return layers
}

// direction rounds an angle to whole degrees from 0 to 359, and to a right angle
// where it is within two degrees: scanned lines are never quite straight.
func direction(angle float64) int {
	if math.IsNaN(angle) || math.IsInf(angle, 0) {
		return 0
	}
	a := int(math.Round(math.Mod(angle, 360)))
	for right := -360; right <= 360; right += 90 {
		if a >= right-2 && a <= right+2 {
			a = right
		}
	}
	return (a%360 + 360) % 360
}

// onPage reports whether any part of g can be seen.
func onPage(g *Glyph, p *Page) bool {
	for _, v := range [...]float64{g.X, g.Y, g.W, g.Size} {
		if math.IsNaN(v) || math.Abs(v) > farOut {
			return false
		}
	}
	size := math.Abs(g.Size)
	if size < minSize || size > maxSize {
		return false
	}
	if p.Width <= 0 || p.Height <= 0 {
		return true
	}
	reach := size + math.Abs(g.W)
	return g.X > -reach && g.X < p.Width+reach && g.Y > -reach && g.Y < p.Height+reach
}

func charOf(g *Glyph, angle int) char {
	c := char{text: unfold(g.Text), x0: g.X, y: g.Y, size: math.Abs(g.Size), bold: g.Bold, italic: g.Italic, fixed: g.Fixed}
	if g.Unknown {
		c.text = ""
	}
	if angle != 0 {
		c.x0, c.y = turn(g.X, g.Y, angle)
	}
	c.x1 = c.x0 + min(math.Abs(g.W), 4*c.size*float64(max(utf8.RuneCountInString(g.Text), 1)))
	c.space = c.text != "" && strings.TrimSpace(c.text) == ""
	return c
}

// turn gives a point in coordinates whose x axis has the angle, in degrees.
func turn(x, y float64, angle int) (float64, float64) {
	switch angle {
	case 0:
		return x, y
	case 90:
		return y, -x
	case 180:
		return -x, -y
	case 270:
		return -y, x
	}
	sin, cos := math.Sincos(float64(angle) * math.Pi / 180)
	return x*cos + y*sin, y*cos - x*sin
}

// unfold replaces ligatures and presentation forms by the letters that they
// stand for. Other compatibility characters, such as m² and ½, mean something.
func unfold(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 || s[i] < ' ' {
			return strings.Map(cleanRune, unfoldForms(s))
		}
	}
	return s
}

func unfoldForms(s string) string {
	for _, r := range s {
		if presentation(r) {
			return norm.NFKC.String(s)
		}
	}
	return s
}

func presentation(r rune) bool {
	return r >= 0xfb00 && r <= 0xfdff || r >= 0xfe70 && r <= 0xfefc || r >= 0x2f00 && r <= 0x2fd5
}

// cleanRune maps the characters that have a meaning of their own here: control
// characters mark calls of footnotes (see word.go), a soft hyphen that is drawn
// is a hyphen.
func cleanRune(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r' || extract.White(r):
		return ' '
	case r < ' ' || r == utf8.RuneError:
		return -1
	case r == 0xad:
		return '-'
	}
	return r
}

// estimateWidths gives a width to glyphs that have none: up to the next one
// drawn on the same baseline, or half the size of the font.
func estimateWidths(chars []char) {
	for i := range chars {
		c := &chars[i]
		if c.x1 > c.x0 || c.text == "" || combining(c.text) {
			continue
		}
		w := 0.5 * c.size
		if i+1 < len(chars) {
			n := &chars[i+1]
			if d := n.x0 - c.x0; d > 0 && d < c.size && math.Abs(n.y-c.y) < 0.1*c.size {
				w = min(w, d)
			}
		}
		c.x1 = c.x0 + w
	}
}

func combining(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.Mn, r)
}

// accent returns the combining character for a spacing one with which old fonts
// draw an accent on a letter, or s itself where it combines; "" for all others.
func accent(s string) string {
	switch s {
	case "´":
		return "\u0301"
	case "`":
		return "\u0300"
	case "ˆ", "^":
		return "\u0302"
	case "¨":
		return "\u0308"
	case "˜", "~":
		return "\u0303"
	case "¯":
		return "\u0304"
	case "˘":
		return "\u0306"
	case "˙":
		return "\u0307"
	case "˚":
		return "\u030a"
	case "¸":
		return "\u0327"
	case "˝":
		return "\u030b"
	case "˛":
		return "\u0328"
	case "ˇ":
		return "\u030c"
	}
	if combining(s) {
		return s
	}
	return ""
}

// withAccents composes letters with the accents that are drawn over them, right
// before or after.
func withAccents(chars []char) []char {
	out := chars[:0]
	for i := 0; i < len(chars); i++ {
		c := chars[i]
		if len(c.text) < 1 || len(c.text) > 2 {
			out = append(out, c)
			continue
		}
		mark := accent(c.text)
		if mark == "" {
			out = append(out, c)
			continue
		}
		if n := len(out); n > 0 && c.over(&out[n-1]) && out[n-1].accept(mark) {
			continue
		}
		if i+1 < len(chars) && c.over(&chars[i+1]) && chars[i+1].accept(mark) {
			continue
		}
		out = append(out, c)
	}
	return out
}

// over reports whether an accent stands above or below the letter b.
func (c *char) over(b *char) bool {
	mid := (c.x0 + c.x1) / 2
	return b.text != "" && !b.space && math.Abs(c.y-b.y) < 0.6*b.size &&
		mid > b.x0-0.05*b.size && mid < b.x1+0.05*b.size && c.x0 < b.x1-0.2*(b.x1-b.x0)
}

// accept puts the mark on the letter, where there is such a letter.
func (c *char) accept(mark string) bool {
	base := c.text
	switch base {
	case "ı":
		base = "i"
	case "ȷ":
		base = "j"
	}
	if utf8.RuneCountInString(base) != 1 {
		return false
	}
	composed := norm.NFC.String(base + mark)
	if utf8.RuneCountInString(composed) != 1 {
		return false
	}
	c.text = composed
	return true
}

// foldTwice drops glyphs that are drawn again at almost the same place, which is
// how programs without a bold font, or with shadows, make text heavy.
func foldTwice(chars []char) []char {
	type cell struct {
		text string
		x, y int32
	}
	seen := make(map[cell]int32, len(chars))
	out := chars[:0]
	for _, c := range chars {
		if c.space || c.text == "" {
			out = append(out, c)
			continue
		}
		near := min(0.12*c.size, 0.5*(c.x1-c.x0))
		step := max(0.25*c.size, 0.1)
		x, y := int32(c.x0/step), int32(c.y/step)
		again := false
	search:
		for dx := int32(-1); dx <= 1; dx++ {
			for dy := int32(-1); dy <= 1; dy++ {
				k, ok := seen[cell{c.text, x + dx, y + dy}]
				if !ok {
					continue
				}
				o := &out[k]
				if math.Abs(o.x0-c.x0) <= near && math.Abs(o.y-c.y) <= near && math.Abs(o.size-c.size) <= 0.1*c.size {
					o.bold = true
					again = true
					break search
				}
			}
		}
		if again {
			continue
		}
		seen[cell{c.text, x, y}] = int32(len(out))
		out = append(out, c)
	}
	return out
}
