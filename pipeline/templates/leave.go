package templates

import (
	"encoding/binary"
	"encoding/hex"
	"slices"

	"freshet/index"
	"freshet/pipeline/extract"
)

// A Cut is a text without what a Set leaves out.
type Cut struct {
	Text   *extract.Text // the given one when nothing is left out
	Blocks int           // left out, whole or in part
	// Mark identifies what is left out of the given text; "" when nothing is.
	Mark string

	full *extract.Text
	kept []keptBlock // of Text.Blocks
}

// A keptBlock says which block of the full text a block is, and which of its items
// were kept, in the order of the text; nil: all.
type keptBlock struct {
	of    int
	items []bool
}

// fate is what becomes of one block.
type fate struct {
	neutral bool // without words: it is no content and stays
	repeats bool // it is of the template
	may     bool // the page may do without it
	always  bool // also between its own sentences
	goes    bool
	bare    bool   // a heading that would go, but heads nothing
	items   []bool // of a menu, in the order of the text: they stay
}

// Leave returns t without what the set leaves out of this page.
func (s *Set) Leave(p Page, t *extract.Text) Cut {
	cut := Cut{Text: t, full: t}
	if s == nil || len(s.parts) == 0 {
		return cut
	}
	whole, section := p.parts()
	st := &standing{set: s, page: p.Key, whole: s.parts[whole], section: s.parts[section], held: make(map[unit]int)}
	if len(st.whole) == 0 && len(st.section) == 0 {
		return cut
	}
	fates := st.fates(t)
	if !atEnds(fates) {
		return cut // of nothing but the template there would be nothing left
	}
	sections(t.Blocks, fates)
	return cut.without(fates)
}

// fates looks every block up.
func (s *standing) fates(t *extract.Text) []fate {
	h := newHasher()
	h.units(t, s.held)
	out := make([]fate, len(t.Blocks))
	for i := range t.Blocks {
		b, f := &t.Blocks[i], &out[i]
		u, ok := h.block(b)
		if !ok {
			f.neutral = b.Kind != extract.Heading
			continue
		}
		if known := s.of(u); known != nil {
			f.repeats, f.always = true, known.Everywhere
			f.may = s.mayGo(u, known)
		}
		if !f.may && isMenu(b) {
			s.menu(h, b, f)
		}
	}
	return out
}

// menu looks at the items of a list of which at least half are of the template.
func (s *standing) menu(h *hasher, b *extract.Block, f *fate) {
	var known, may []bool
	count := 0
	eachItem(b.Items, func(it *extract.Item) {
		u, _ := h.item(it)
		block := s.of(u)
		known, may = append(known, block != nil), append(may, s.mayGo(u, block))
		if block != nil {
			count++
		}
	})
	if 2*count < len(known) {
		return
	}
	at := 0
	stay := make([]bool, len(known))
	stays := itemsStay(b.Items, may, stay, &at)
	f.repeats = true
	if !slices.Contains(stay, false) {
		return
	}
	f.may, f.always = true, false
	if stays {
		f.items = stay
	}
}

// itemsStay notes which items stay: those that have to, and what they are nested in.
func itemsStay(items []extract.Item, may, stay []bool, at *int) (any bool) {
	for i := range items {
		n := *at
		*at++
		below := itemsStay(items[i].Items, may, stay, at)
		stay[n] = below || !may[n]
		any = any || stay[n]
	}
	return any
}

// atEnds lets go what lies at the ends of the page, where nothing of its own stands
// before or after, and what goes everywhere. It reports whether the page has
// anything of its own.
func atEnds(fates []fate) bool {
	own := func(f fate) bool { return !f.neutral && !f.repeats }
	first := slices.IndexFunc(fates, own)
	if first < 0 {
		return false
	}
	last := first
	for i := len(fates) - 1; i > first; i-- {
		if own(fates[i]) {
			last = i
			break
		}
	}
	for i := range fates {
		f := &fates[i]
		f.goes = f.may && (i < first || i > last || f.always)
	}
	return true
}

// sections keeps what headings that stay stand above, and headings whose section is
// not of the template. Inner sections are looked at first.
func sections(blocks []extract.Block, fates []fate) {
	for i := len(blocks) - 1; i >= 0; i-- {
		if blocks[i].Kind != extract.Heading {
			continue
		}
		under := fates[i+1 : sectionEnd(blocks, i)]
		body, left, heading := false, false, false // text, text that stays, a heading that stays
		for k := range under {
			f := &under[k]
			switch stays := !f.goes || f.items != nil; {
			case f.neutral || f.bare:
			case blocks[i+1+k].Kind == extract.Heading:
				heading = heading || stays
			default:
				body, left = true, left || stays
			}
		}
		f := &fates[i]
		switch {
		case !body:
			f.bare, f.goes = f.goes, false // heading text alone is never enough
		case left:
			f.goes = false
		default:
			f.goes = f.goes && !heading
			for k := range under {
				under[k].goes = f.goes
			}
		}
	}
}

// sectionEnd is the block before which the section of heading i ends.
func sectionEnd(blocks []extract.Block, i int) int {
	level := blocks[i].Level
	for k := i + 1; k < len(blocks); k++ {
		b := &blocks[k]
		if b.Kind == extract.Heading && b.Level <= level || b.Close > 0 && b.Close <= level {
			return k
		}
	}
	return len(blocks)
}

// without makes the text of what stays.
func (c Cut) without(fates []fate) Cut {
	if !slices.ContainsFunc(fates, func(f fate) bool { return f.goes }) {
		return c
	}
	var mark []byte
	less := *c.full
	less.Blocks = make([]extract.Block, 0, len(fates))
	shut := 0 // what blocks that go would have closed
	for i := range fates {
		b, f := c.full.Blocks[i], &fates[i]
		if b.Close > 0 && (shut == 0 || b.Close < shut) {
			shut = b.Close
		}
		if f.goes {
			c.Blocks++
			mark = binary.AppendUvarint(mark, uint64(i))
			mark = append(mark, bits(f.items)...)
			if f.items == nil {
				continue
			}
			at := 0
			b.Items = keepItems(b.Items, f.items, &at)
		} else {
			f.items = nil
		}
		b.Close, shut = shut, 0
		less.Blocks = append(less.Blocks, b)
		c.kept = append(c.kept, keptBlock{i, f.items})
	}
	c.Text = &less
	sum := index.HashTexts(Version, string(mark))
	c.Mark = Version + ":" + hex.EncodeToString(sum[:8])
	return c
}

func bits(list []bool) []byte {
	out := make([]byte, len(list))
	for i, b := range list {
		if b {
			out[i] = 1
		}
	}
	return out
}

func keepItems(items []extract.Item, stay []bool, at *int) []extract.Item {
	var out []extract.Item
	for i := range items {
		it, stays := items[i], stay[*at]
		*at++
		it.Items = keepItems(it.Items, stay, at)
		if stays {
			out = append(out, it)
		}
	}
	return out
}
