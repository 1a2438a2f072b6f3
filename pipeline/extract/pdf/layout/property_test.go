package layout

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"freshet/pipeline/extract"
)

// allText is every text of the blocks.
func allText(blocks []extract.Block) string {
	var b strings.Builder
	var items func([]extract.Item)
	items = func(list []extract.Item) {
		for _, i := range list {
			b.WriteString(i.Text + "\n")
			items(i.Items)
		}
	}
	for _, k := range blocks {
		b.WriteString(k.Lead + "\n" + k.Text + "\n")
		items(k.Items)
		for _, r := range k.Rows {
			b.WriteString(strings.Join(r, "\n") + "\n")
		}
	}
	return b.String()
}

// TestEveryWordIsReadOnce lays out pages of all kinds of parts, in any order of
// drawing, whose words are all different.
func TestEveryWordIsReadOnce(t *testing.T) {
	for seed := range uint64(150) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		n := 0
		word := func() string {
			n++
			return wordOf(n)
		}
		var pages []Page
		for number := range 1 + rnd.IntN(3) {
			p := newPen(number + 1)
			y := 760.0
			for y > 120 {
				y = randomPart(p, rnd, y, word) - 8 - rnd.Float64()*20
			}
			rnd.Shuffle(len(p.page.Glyphs), func(i, j int) {
				p.page.Glyphs[i], p.page.Glyphs[j] = p.page.Glyphs[j], p.page.Glyphs[i]
			})
			pages = append(pages, p.page)
		}
		text := allText(Blocks(pages))
		for i := 1; i <= n; i++ {
			w := wordOf(i)
			if k := strings.Count(text, w); k != 1 {
				t.Fatalf("seed %d: %s is there %d times in\n%s", seed, w, k, text)
			}
		}
	}
}

// wordOf is a word of letters, as digits are what headers may differ in.
func wordOf(n int) string {
	return fmt.Sprintf("q%c%c%cz", 'a'+n/676%26, 'a'+n/26%26, 'a'+n%26)
}

// randomPart draws a paragraph, columns, a list, a table or a heading.
func randomPart(p *pen, rnd *rand.Rand, y float64, word func() string) float64 {
	words := func(n int) string {
		var all []string
		for range n {
			all = append(all, word())
		}
		return strings.Join(all, " ")
	}
	switch rnd.IntN(6) {
	case 0:
		p.size, p.bold = 14, true
		p.at(50, y, words(4))
		p.size, p.bold = 10, false
		return y - 20
	case 1:
		n := 10 + rnd.IntN(30)
		return min(p.set(50, y, 230, words(n)), p.set(320, y, 230, words(n)))
	case 2:
		for range 3 {
			p.at(60, y, "•")
			y = p.set(72, y, 400, words(5+rnd.IntN(20)))
		}
		return y
	case 3:
		top, columns := y+10, 2+rnd.IntN(3)
		for range 2 + rnd.IntN(4) {
			p.rule(50, y+10, 50+100*float64(columns), y+10)
			for k := range columns {
				p.at(55+100*float64(k), y, words(1))
			}
			y -= 14
		}
		p.rule(50, y+10, 50+100*float64(columns), y+10)
		for k := range columns + 1 {
			p.rule(50+100*float64(k), y+10, 50+100*float64(k), top)
		}
		return y
	case 4:
		columns := 3 + rnd.IntN(2)
		for range 3 + rnd.IntN(4) {
			for k := range columns {
				p.at(55+120*float64(k), y, words(1))
			}
			y -= 14
		}
		return y
	}
	return p.set(50, y, 500, words(10+rnd.IntN(60)))
}

// randomPage has glyphs, rules and angles without any sense.
func randomPage(rnd *rand.Rand, n int) Page {
	p := Page{Number: 1, Width: 600, Height: 800}
	texts := []string{"a", "B", "1", " ", "", "•", "-", "é", "ﬁ", "م", "漢", "´", "\u0301", ".", "\x0e", "\x0f", "\ufffd", "ab cd"}
	value := func(scale float64) float64 {
		switch rnd.IntN(40) {
		case 0:
			return math.NaN()
		case 1:
			return math.Inf(1)
		case 2:
			return -rnd.Float64() * 1e9
		case 3:
			return 0
		}
		return rnd.Float64() * scale
	}
	for range n {
		p.Glyphs = append(p.Glyphs, Glyph{Text: texts[rnd.IntN(len(texts))], X: value(600), Y: math.Round(value(800)/6) * 6, W: value(10), Size: value(14),
			Angle: float64(rnd.IntN(5)) * 45, Bold: rnd.IntN(3) == 0, Fixed: rnd.IntN(5) == 0, Unknown: rnd.IntN(20) == 0, Invisible: rnd.IntN(9) == 0})
	}
	for range n / 10 {
		x, y := math.Round(value(600)/20)*20, math.Round(value(800)/20)*20
		if rnd.IntN(2) == 0 {
			p.Rules = append(p.Rules, Rule{x, y, x + value(200), y})
		} else {
			p.Rules = append(p.Rules, Rule{x, y, x, y + value(200)})
		}
	}
	return p
}

// FuzzBlocks feeds pages without any sense: there is always a result, tables are
// rectangular, and no mark of a call is left.
func FuzzBlocks(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, uint16(40*seed*seed), uint8(seed))
	}
	f.Fuzz(func(t *testing.T, seed uint64, n uint16, pages uint8) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		var all []Page
		for i := range 1 + int(pages%4) {
			p := randomPage(rnd, int(n)%3000)
			p.Number = i + 1
			all = append(all, p)
		}
		for _, b := range Blocks(all) {
			if b.Page < 1 || b.Page > len(all) {
				t.Errorf("page %d of %d", b.Page, len(all))
			}
			for _, r := range b.Rows {
				if len(r) != len(b.Rows[0]) {
					t.Errorf("rows of %d and %d cells", len(r), len(b.Rows[0]))
				}
			}
			if s := allText([]extract.Block{b}); strings.ContainsAny(s, "\x0e\x0f") {
				t.Errorf("marks in %q", s)
			}
		}
	})
}

// TestLargePagesEndSoon is about growth: pages far larger than any that people
// make.
func TestLargePagesEndSoon(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	rnd := rand.New(rand.NewPCG(1, 3))
	dense := newPen(1)
	dense.page.Height, dense.page.Width = 8000, 6000
	for y := 7900.0; len(dense.page.Glyphs) < 200_000; y -= 12 {
		for x := 50.0; x < 5900; {
			x = dense.at(x, y, "wordy") + 3
		}
	}
	grid := newPen(1)
	for i := range 5000 {
		at := float64(i) * 0.15
		grid.rule(0, at, 600, at)
		grid.rule(at, 0, at, 800)
	}
	grid.set(10, 790, 580, strings.Repeat("words on a drawing ", 1000))
	lattice := newPen(1)
	for i := range 100 {
		lattice.rule(0, float64(i)*8, 600, float64(i)*8)
		lattice.rule(float64(i)*6, 0, float64(i)*6, 800)
	}
	lattice.set(10, 790, 580, strings.Repeat("in ", 4000))
	chaos := randomPage(rnd, 200_000)
	one := newPen(1)
	for range 100_000 {
		one.glyph(rnd.Float64()*600, 400, "x")
	}
	for name, p := range map[string]*Page{"dense": &dense.page, "rules": &grid.page, "lattice": &lattice.page, "chaos": &chaos, "one line": &one.page} {
		began := time.Now()
		Blocks([]Page{*p})
		took := time.Since(began)
		t.Logf("%s: %d glyphs and %d rules in %v", name, len(p.Glyphs), len(p.Rules), took.Round(time.Millisecond))
		// Ten times what it takes, for busy machines.
		if took > 20*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}
