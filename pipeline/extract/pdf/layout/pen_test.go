package layout

import (
	"strings"
	"testing"
	"unicode/utf8"

	"freshet/pipeline/extract"
)

// A pen writes glyphs on a page: every letter is half an em wide, and spaces are
// moves of a quarter.
type pen struct {
	page  Page
	size  float64
	bold  bool
	fixed bool
	angle float64
}

func newPen(number int) *pen {
	return &pen{page: Page{Number: number, Width: 600, Height: 800}, size: 10}
}

// at writes s with its baseline beginning at x, y and returns where it ends.
func (p *pen) at(x, y float64, s string) float64 {
	for _, r := range s {
		if r == ' ' {
			x += 0.3 * p.size
			continue
		}
		p.glyph(x, y, string(r))
		x += 0.5 * p.size
	}
	return x
}

func (p *pen) glyph(x, y float64, s string) {
	p.page.Glyphs = append(p.page.Glyphs, Glyph{Text: s, X: x, Y: y, W: 0.5 * p.size * float64(utf8.RuneCountInString(s)), Size: p.size,
		Bold: p.bold, Fixed: p.fixed, Angle: p.angle})
}

// lines writes the lines of s under each other.
func (p *pen) lines(x, y float64, s string) float64 {
	for _, l := range strings.Split(s, "\n") {
		p.at(x, y, l)
		y -= 1.2 * p.size
	}
	return y
}

// set writes s in lines of a width and returns the baseline below the last.
func (p *pen) set(x, y, width float64, s string) float64 {
	at := x
	for _, w := range strings.Fields(s) {
		n := 0.5 * p.size * float64(utf8.RuneCountInString(w))
		if at > x && at+n > x+width {
			at = x
			y -= 1.2 * p.size
		}
		at = p.at(at, y, w) + 0.3*p.size
	}
	return y - 1.2*p.size
}

func (p *pen) rule(x0, y0, x1, y1 float64) {
	p.page.Rules = append(p.page.Rules, Rule{x0, y0, x1, y1})
}

// markdown is what the pages read as.
func markdown(pens ...*pen) string {
	var pages []Page
	for _, p := range pens {
		pages = append(pages, p.page)
	}
	t := extract.Text{Blocks: Blocks(pages)}
	return t.Markdown()
}

func wants(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

const (
	prose  = "The agreement runs for twelve months from the date of signature and is renewed for the same time unless one of the parties gives notice in writing at least three months before its end."
	prose2 = "Payment is due within thirty days of the date of the invoice and interest is owed from the first day after that without any reminder being sent by the supplier or by anybody else."
)
