package templates

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"freshet/index/catalog"
	"freshet/pipeline/extract"
)

// randomSite mixes blocks that many pages share with ones of a page alone, in any
// order and nesting.
func randomSite(r *rand.Rand) *site {
	s := &site{}
	var shared []extract.Block
	for i := range 3 + r.IntN(12) {
		shared = append(shared, randomBlock(r, fmt.Sprintf("shared %d", i)))
	}
	sections := []string{"/", "/en/help/", "/shop/"}
	for i := range 1 + r.IntN(60) {
		var blocks []extract.Block
		for _, b := range shared {
			if r.IntN(10) < 7 {
				blocks = append(blocks, b)
			}
			for range r.IntN(3) / 2 {
				blocks = append(blocks, randomBlock(r, fmt.Sprintf("page %d", i)))
			}
			if r.IntN(12) == 0 {
				blocks = append(blocks, shared[r.IntN(len(shared))])
			}
		}
		s.add(fmt.Sprintf("%sp%03d", sections[r.IntN(3)], i), []string{"en", "en", "fr"}[r.IntN(3)], blocks...)
	}
	return s
}

func randomBlock(r *rand.Rand, of string) extract.Block {
	b := extract.Block{Close: r.IntN(2) * r.IntN(4)}
	text := fmt.Sprintf("%s, %d", of, r.IntN(8))
	switch r.IntN(8) {
	case 0, 1:
		b.Kind, b.Level, b.Text = extract.Heading, 1+r.IntN(4), text
	case 2:
		b.Kind, b.Ordered = extract.List, r.IntN(3) == 0
		for i := range 2 + r.IntN(6) {
			it := extract.Item{Text: fmt.Sprintf("item %d of %d", i, r.IntN(3))}
			if r.IntN(4) == 0 {
				it.Items = []extract.Item{{Text: text}, {Text: "below"}}
			}
			b.Items = append(b.Items, it)
		}
		if r.IntN(4) == 0 {
			b.Lead = text + ":"
		}
	case 3:
		b.Kind, b.HeaderRows, b.Rows = extract.Table, 1, [][]string{{"What", "Price"}, {text, "9 €"}}
	case 4:
		b.Kind, b.Text = extract.Paragraph, "—"
	default:
		b.Kind, b.Text = extract.Paragraph, text
	}
	return b
}

// pieces are all texts of a page: of blocks as of items.
func pieces(t *extract.Text) map[unit]string {
	out := make(map[unit]string)
	hash := newHasher()
	for i := range t.Blocks {
		b := &t.Blocks[i]
		if b.Kind == extract.List {
			lead := extract.Block{Kind: extract.Paragraph, Text: b.Lead}
			if u, ok := hash.block(&lead); ok {
				out[u] = b.Lead
			}
			eachItem(b.Items, func(it *extract.Item) {
				if u, ok := hash.item(it); ok {
					out[u] = it.Text
				}
			})
			continue
		}
		if u, ok := hash.block(b); ok {
			out[u] = b.Text
		}
	}
	return out
}

func TestEveryPieceOfARandomSiteStaysOnAPage(t *testing.T) {
	left := 0
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 5))
		s := randomSite(r)
		var before []catalog.TemplateBlock
		for round := range 3 { // with what was learned before, and pages gone since
			blocks := s.learn(before)
			if again := s.learn(before); !reflect.DeepEqual(blocks, again) || Digest(blocks) != Digest(again) {
				t.Fatalf("seed %d: another run learns otherwise", seed)
			}
			set := NewSet(blocks)
			served, all := make(map[unit]string), make(map[unit]string)
			for i, text := range s.texts {
				c := set.Leave(s.pages[i], text)
				left += c.Blocks
				holdCut(t, &c, text)
				for u, piece := range pieces(c.Text) {
					served[u] = piece
				}
				for u, piece := range pieces(text) {
					all[u] = piece
				}
			}
			for u, piece := range all {
				if _, ok := served[u]; !ok {
					t.Fatalf("seed %d, round %d: %q is on no page", seed, round, piece)
				}
			}
			before = blocks
			n := r.IntN(len(s.pages))
			s.pages, s.texts = s.pages[n/4:], s.texts[n/4:]
		}
	}
	if left < 1000 {
		t.Errorf("only %d blocks were left out in all: the test shows little", left)
	}
}

// holdCut checks what is true of every Cut.
func holdCut(t *testing.T, c *Cut, full *extract.Text) {
	t.Helper()
	if (c.Mark == "") != (c.Blocks == 0) || (c.Mark == "") != (c.Text == full) {
		t.Fatalf("%d blocks are left out under the mark %q", c.Blocks, c.Mark)
	}
	less, whole, o := c.Text.Plain(), full.Plain(), c.Offsets()
	_, lines := c.Text.Layout()
	at := -1
	for _, l := range lines {
		start, end := o.Full(l.Start), o.Full(l.End)
		if start <= at || end > len(whole) || whole[start:end] != less[l.Start:l.End] {
			t.Fatalf("%q is found at %d to %d of %q", less[l.Start:l.End], start, end, whole)
		}
		at = start
	}
	if full.HasWords() && !c.Text.HasWords() {
		t.Fatalf("nothing is left of %q", whole)
	}
	kept := make(map[int]int)
	for n, k := range c.kept {
		kept[k.of] = n
	}
	for i := range full.Blocks { // a heading that heads something still does
		n, stays := kept[i]
		if c.Text != full && stays && full.Blocks[i].Kind == extract.Heading && heads(full.Blocks, i) && !heads(c.Text.Blocks, n) {
			t.Fatalf("%q heads nothing any more in\n%s\nof\n%s", full.Blocks[i].Text, less, whole)
		}
	}
}

// heads reports whether words stand below a heading.
func heads(blocks []extract.Block, i int) bool {
	for _, b := range blocks[i+1 : sectionEnd(blocks, i)] {
		if b.Kind != extract.Heading && blockHasWords(&b) {
			return true
		}
	}
	return false
}
