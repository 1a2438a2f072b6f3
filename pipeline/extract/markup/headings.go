package markup

import (
	"slices"

	"freshet/pipeline/extract"
)

// keepHeadings keeps each heading that has kept content in its section. Of the
// headings before the first content, those of the site are left out: the ones above
// the page's title, when the title is among them.
func (b *builder) keepHeadings(keep []bool, v votes) {
	title := b.titleAt(slices.Index(keep, true))
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
		if i == title || b.belongs(i, below, v) && (title < 0 || letters(block.Text) != letters(b.blocks[title].Text)) {
			keep[i] = true
			deepest = block.Level
		}
	}
}

// belongs reports whether heading i is part of the content with the block below: a
// library found it, or it stands in an element with that block, or nobody found the
// block either.
func (b *builder) belongs(i, below int, v votes) bool {
	m, text := b.marks[i], b.blocks[i].Text
	if m.inside&^b.marks[below].inside&^regionHeader != 0 {
		return false
	}
	if b.blocks[i].Close == pseudo && (m.linked() || caption(text)) {
		return false
	}
	return m.onDemand || b.blocks[i].Question || b.marks[below].onDemand || v.found(i) || !v.found(below) ||
		contains(boxOf(m.node), b.marks[below].node) && !caption(text)
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
