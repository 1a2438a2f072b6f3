package markup

import (
	"golang.org/x/net/html"

	"freshet/pipeline/extract"
)

// votes say of each block whether a library found most of its words. Headings have
// votes too.
type votes struct{ trafilatura, readability []bool }

func (v votes) found(i int) bool { return v.trafilatura[i] || v.readability[i] }

// pickedShare is the share of a block's words that a library must have found.
const pickedShare = 0.5

// ask has both libraries look for the main content.
func (b *builder) ask(doc *html.Node) votes {
	slim := b.slim(doc)
	v := votes{trafilatura: b.inText(guarded(func() string { return trafilaturaText(slim, b.page.base) }))}
	if b.ctx.Err() == nil {
		v.readability = b.inText(guarded(func() string { return readabilityText(slim, b.page.base) }))
	}
	return v
}

// inText marks the blocks most of whose words are in text.
func (b *builder) inText(text string) []bool {
	found := newShingles(text)
	in := make([]bool, len(b.blocks))
	for i := range b.blocks {
		in[i] = found.share(&b.blocks[i]) >= pickedShare
	}
	return in
}

// lenient is the score down to which a block between two parts of the content is
// kept; hopeless and hopelessShort those down to which one is that nothing speaks
// against. Of articles the libraries find most: what they leave out of a page of which
// they both found fewer than shortPage letters and digits says less.
const (
	lenient       = -0.5
	hopeless      = -1
	hopelessShort = -2
	shortPage     = 2500
)

// floor is the score below which a block is left out that nothing speaks against.
func (b *builder) floor(v votes) float64 {
	both := 0
	for i, m := range b.marks {
		if b.blocks[i].Kind != extract.Heading && v.trafilatura[i] && v.readability[i] {
			both += m.words
		}
	}
	if both < shortPage {
		return hopelessShort
	}
	return hopeless
}

// elect marks the blocks that are content: those whose features speak for it, those
// that open on demand, those between that little speaks against, and in the core of
// the page those that nothing does. The structure stays that of the page itself: what
// the libraries give back has lost merged cells, accordions and languages.
func (b *builder) elect(v votes, around *surroundings) []bool {
	sights := b.sights(v, around)
	keep := make([]bool, len(b.blocks))
	first, last := len(b.blocks), -1
	for i := range b.blocks {
		m := b.marks[i]
		if b.blocks[i].Kind != extract.Heading && m.inside&regionNotice == 0 && (sights[i].score() > 0 || m.onDemand && m.inside == 0 && !m.linked()) {
			keep[i] = true
			first, last = min(first, i), i
		}
	}
	if last < 0 {
		return keep
	}
	floor := b.floor(v)
	for i := range b.blocks {
		m := b.marks[i]
		if keep[i] || b.blocks[i].Kind == extract.Heading || m.inside != 0 || m.linked() {
			continue
		}
		score := sights[i].score()
		keep[i] = first < i && i < last && score > lenient || score > floor && sights[i].has(inCore) && sights[i].innocent()
	}
	b.keepHeadings(keep, v, sights)
	b.dropEchoes(keep)
	return keep
}

// longEcho is the length, in bytes, from which on a paragraph that is said again in
// the same section is left out.
const longEcho = 40

// dropEchoes leaves out paragraphs that stand in the same section already, as the
// captions of a gallery and the texts of a page made for several sizes of screen do.
func (b *builder) dropEchoes(keep []bool) {
	said := map[string]bool{}
	for i := range b.blocks {
		switch block := &b.blocks[i]; {
		case !keep[i]:
		case block.Kind == extract.Heading:
			clear(said)
		case block.Kind == extract.Paragraph && len(block.Text) >= longEcho:
			keep[i] = !said[block.Text]
			said[block.Text] = true
		}
	}
}
