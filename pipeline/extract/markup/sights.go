package markup

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"freshet/pipeline/extract"
)

// longEnough is the length, in letters and digits, from which on a block that both
// libraries found marks where the content begins and ends.
const longEnough = 60

// longPlug is the longest text, in bytes, that is searched for what it asks of its
// readers.
const longPlug = 600

// A looker sees the features of the blocks of a page.
type looker struct {
	b           *builder
	v           votes
	around      *surroundings
	boxes       map[*html.Node]*box
	title       map[string]bool
	first, last int // the first and the last longer block that both found, -1 where there is none
	any         bool
	before      int             // the block before, -1 for the first
	head        int             // the heading directly above, -1 where there is none
	dull        bool            // the heading above is a caption
	seen        map[string]bool // the longer texts so far
	page        overview
}

// sights returns the features of each block.
func (b *builder) sights(v votes, around *surroundings) []sight {
	l := looker{b: b, v: v, around: around, title: wordSet(b.page.title), first: -1, last: -1, before: -1, head: -1, seen: map[string]bool{}}
	l.boxes = boxesOf(b, v)
	for i := range b.blocks {
		if b.blocks[i].Kind == extract.Heading {
			continue
		}
		l.any = l.any || v.found(i)
		if v.trafilatura[i] && v.readability[i] && b.marks[i].words >= longEnough {
			if l.first < 0 {
				l.first = i
			}
			l.last = i
		}
	}
	l.page = overviewOf(b, v)
	out := make([]sight, len(b.blocks))
	for i := range b.blocks {
		if block := &b.blocks[i]; block.Kind == extract.Heading {
			l.dull = !block.Question && caption(block.Text)
			out[i] = l.heading(i)
			l.head = i
			continue
		}
		out[i] = l.look(i)
		l.before, l.head = i, -1
	}
	return out
}

func (l *looker) look(i int) sight {
	block, m := &l.b.blocks[i], l.b.marks[i]
	text := leading(block)
	var s sight
	s.shape(block, m)
	s.place(l.around.of(m.node))
	s.says(text)
	s.set(inCore, l.around.core != nil && contains(l.around.core, m.node))
	s.set(besideForm, l.around.besideForm(m.node))
	s.set(underCaption, l.dull)
	s.set(titleAgain, len(l.title) > 0 && m.words < 200 && sameWords(text, l.title))
	s.set(opening, l.before < 0)
	if len(text) >= 15 {
		s.set(seenBefore, l.seen[text])
		l.seen[text] = true
	}
	s.set(inP, m.node != nil && m.node.DataAtom == atom.P)
	s.set(italic, slanted(m.node))
	s.set(headLost, l.head >= 0 && !l.v.found(l.head) && !l.b.page.isTitle(&l.b.blocks[l.head]))
	s.set(underTitle, l.head >= 0 && l.b.page.isTitle(&l.b.blocks[l.head]))
	l.ask(&s, i)
	l.compare(&s, i)
	return s
}

// ask adds what the libraries say of the block and of those around it.
func (l *looker) ask(s *sight, i int) {
	m := l.b.marks[i]
	t, r := l.v.trafilatura[i], l.v.readability[i]
	s.set(always, true)
	s.set(bothFound, t && r)
	s.set(onlyTrafilatura, t && !r)
	s.set(onlyReadability, r && !t)
	s.set(noneFound, !l.any)
	s.set(isLostList, s.has(isList) && !t && !r)
	s.set(ahead, l.first >= 0 && i < l.first)
	s.set(aheadFound, s.has(ahead) && (t || r))
	s.set(behind, l.last >= 0 && i > l.last)
	s.set(behindFound, s.has(behind) && (t || r))
	s.set(shortFound, m.words < 60 && t && r)
	s.set(shortRead, m.words < 60 && r && !t)
	s.set(fragmentFound, s.has(fragment) && t && r)
	if next := l.b.nextText(i); next >= 0 {
		s.set(afterLost, !l.v.found(next))
		s.set(between, l.before >= 0 && l.v.found(l.before) && l.v.found(next))
	}
	if x := l.boxes[boxOf(m.node)]; x.all > m.words {
		rest, byT, byR := x.all-m.words, x.byTrafilatura, x.byReadability
		if t {
			byT -= m.words
		}
		if r {
			byR -= m.words
		}
		s.set(boxFound, byT*2 >= rest)
		s.set(boxRead, byR*2 >= rest)
		s.set(boxLost, (byT+byR)*10 < rest)
	}
}

// nextText is the next block behind i that is no heading, -1 when there is none.
func (b *builder) nextText(i int) int {
	for i++; i < len(b.blocks); i++ {
		if b.blocks[i].Kind != extract.Heading {
			return i
		}
	}
	return -1
}

func (s *sight) shape(block *extract.Block, m mark) {
	links := float64(m.links) / float64(max(m.words, 1))
	s.set(someLinks, links >= 0.25 && links < 0.6)
	s.set(mostLinks, links >= 0.6 && links < 0.95)
	s.set(allLinks, links >= 0.95)
	s.set(tiny, m.words < 20)
	s.set(short, m.words >= 20 && m.words < 60)
	s.set(middling, m.words >= 60 && m.words < 160)
	s.set(long, m.words >= 400)
	s.set(isList, block.Kind == extract.List)
	s.set(isTable, block.Kind == extract.Table)
	s.set(isCode, block.Kind == extract.Code)
	s.set(isQuote, block.Kind == extract.Quote)
}

func (s *sight) place(p place) {
	s.set(inNav, p.inside&regionNav != 0)
	s.set(inHeader, p.inside&regionHeader != 0)
	s.set(inFooter, p.inside&regionFooter != 0)
	s.set(inAside, p.inside&regionAside != 0)
	s.set(inForm, p.inside&regionForm != 0)
	s.set(marginal, p.inside&(regionMarginal|regionNotice) != 0)
	s.set(doubtful, p.near&nearDoubtful != 0)
	s.set(inCaption, p.near&nearCaption != 0)
	s.set(inFigure, p.near&nearFigure != 0)
	s.set(inPerson, p.near&nearPerson != 0)
	s.set(inSide, p.near&nearSide != 0)
	s.set(inComments, p.near&nearComments != 0)
	s.set(inDeck, p.near&nearDeck != 0)
	s.set(namedContent, p.near&nearContent != 0)
}

// says looks at the words of a text.
func (s *sight) says(text string) {
	ends := strings.TrimRight(text, "\"'”’») ]")
	full := ends != "" && strings.ContainsAny(ends[len(ends)-1:], ".!?") || strings.HasSuffix(ends, "…") || strings.HasSuffix(ends, "。")
	s.set(sentence, full)
	s.set(announcing, strings.HasSuffix(ends, ":"))
	s.set(fragment, !full && !strings.HasSuffix(ends, ":"))
	s.set(boilerplate, caption(text))
	s.set(address, bareAddress(text))
	digits, letters := 0, 0
	for _, r := range text[:min(len(text), 300)] {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case unicode.IsLetter(r):
			letters++
		}
	}
	s.set(numbers, digits > 0 && digits*4 >= letters)
	if len(text) < longPlug {
		lower := strings.ToLower(text)
		s.set(plug, names(lower, plugs))
		s.set(upper, len(text) > 3 && text != lower && text == strings.ToUpper(text))
		s.set(byline, len(text) < 120 && names(lower, bylines))
		s.set(credit, len(text) < 400 && names(lower, credits))
	}
}

// leading is the text of a block, or of the beginning of a list or table.
func leading(b *extract.Block) string {
	switch {
	case b.Text != "":
		return b.Text
	case len(b.Items) > 0:
		return b.Items[0].Text
	case len(b.Rows) > 0:
		return strings.Join(b.Rows[0], " ")
	}
	return b.Lead
}

func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range words(text) {
		set[w] = true
	}
	return set
}

// sameWords reports whether four in five words of a text are in the set.
func sameWords(text string, set map[string]bool) bool {
	same, all := 0, words(text)
	for _, w := range all {
		if set[w] {
			same++
		}
	}
	return len(all) > 0 && same*5 >= len(all)*4
}
