package markup

import (
	"slices"

	"freshet/pipeline/extract"
)

// keepHeadings keeps each heading that has kept content in its section. Of the
// headings before the first content, those of the site are left out: the ones above
// the page's title, when the title is among them. The title is of the first level,
// whatever the page makes of it.
func (b *builder) keepHeadings(keep []bool, v votes, sights []sight) {
	start := slices.Index(keep, true)
	title := b.titleAt(start)
	below := -1 // the kept block that the heading stands before
	deepest := 100
	for i := len(b.blocks) - 1; i >= max(title, 0); i-- {
		block := &b.blocks[i]
		if block.Kind != extract.Heading {
			if keep[i] {
				below, deepest = i, 100
			}
			continue
		}
		if below < 0 || block.Level >= deepest {
			continue
		}
		if i == title || b.belongs(i, below, v, sights[i], i < start) && (title < 0 || letters(block.Text) != letters(b.blocks[title].Text)) {
			keep[i] = true
			if i == title {
				block.Level, block.Close = 1, 0
			}
			deepest = block.Level
		}
	}
}

// longHeading is the length, in bytes, from which on a heading before the first
// content may be the line with which newspapers sum up an article, and foreign the
// score below which any heading is not one of the content.
const (
	longHeading = 60
	foreign     = -2
)

// belongs reports whether heading i is part of the content with the block below: a
// library found it, or it stands in an element with that block, or nobody found the
// block either; and its features do not speak against it.
func (b *builder) belongs(i, below int, v votes, s sight, first bool) bool {
	m, text := b.marks[i], b.blocks[i].Text
	if m.inside&^b.marks[below].inside&^regionHeader != 0 {
		return false
	}
	if b.blocks[i].Close == pseudo && (m.linked() || caption(text)) {
		return false
	}
	if m.onDemand || b.blocks[i].Question || b.marks[below].onDemand || !v.found(below) {
		return true
	}
	if first && len(text) >= longHeading {
		return s.headingScore() > 0
	}
	return s.headingScore() > foreign && (v.found(i) || contains(boxOf(m.node), b.marks[below].node) && !caption(text))
}

// heading returns the features of a heading.
func (l *looker) heading(i int) sight {
	block, m := &l.b.blocks[i], l.b.marks[i]
	t, r := l.v.trafilatura[i], l.v.readability[i]
	var s sight
	s.set(always, true)
	s.place(l.around.of(m.node))
	s.says(block.Text)
	s.set(allLinks, m.linked())
	s.set(tiny, len(block.Text) < 20)
	s.set(middling, len(block.Text) >= 60 && len(block.Text) < 120)
	s.set(long, len(block.Text) >= 120)
	s.set(levelOne, block.Level == 1)
	s.set(levelTwo, block.Level == 2)
	s.set(inBold, block.Close == pseudo)
	s.set(titleAgain, len(l.title) > 0 && sameWords(block.Text, l.title))
	s.set(seenBefore, l.seen[block.Text])
	l.seen[block.Text] = true
	s.set(inCore, l.around.core != nil && contains(l.around.core, m.node))
	s.set(bothFound, t && r)
	s.set(onlyTrafilatura, t && !r)
	s.set(onlyReadability, r && !t)
	s.set(opening, l.before < 0)
	s.set(ahead, l.first >= 0 && i < l.first)
	s.set(aheadFound, s.has(ahead) && t)
	s.set(agreed, l.page.agreed)
	if next := l.b.nextText(i); next >= 0 {
		s.set(afterLost, !l.v.found(next))
		s.set(aboveFound, l.v.trafilatura[next] && l.v.readability[next])
		s.set(between, l.before >= 0 && l.v.found(l.before) && l.v.found(next))
	}
	return s
}

// titleAt is the last heading before the block first that is the page's title, -1
// when there is none.
func (b *builder) titleAt(first int) int {
	title := letters(b.page.title)
	for i := first - 1; i >= 0; i-- {
		if b.blocks[i].Kind == extract.Heading && letters(b.blocks[i].Text) == title {
			return i
		}
	}
	return -1
}

// isTitle reports whether a block has the words of the page's title.
func (s *survey) isTitle(b *extract.Block) bool { return letters(b.Text) == letters(s.title) }
