package layout

import (
	"math"
	"slices"
	"unicode/utf8"

	"freshet/pipeline/extract"
)

// A block is one block of the document while it is being put together.
type block struct {
	kind                extract.BlockKind
	page, last          int // on which it begins and ends
	lines               []line
	x0, x1, y0, y1      float64 // of the page, upright
	left, right         float64 // edges of the column
	size                float64
	bold, italic, fixed bool
	rtl                 bool
	centred             bool
	full                bool // the last line fills the column
	marker              marker
	listed              bool // begins with marker
	text                string
	level               int
	rows                [][]string
	headerRows          int
	columns             []float64 // centres of a table's columns
	lead                string
	note                string // the number of the footnote that it is
	items               []extract.Item
	start               int
	ordered             bool
	first               bool // the topmost block of its page
	tilted              bool // not in the direction of most of its page's text
	leaf                int  // the column of its page that it stands in
	opens, closes       bool // it is the first, or the last, of its column
}

// leaf appends the blocks of one column.
func (c *cutter) leaf(words []word) {
	if len(words) == 0 {
		return
	}
	lines := withDropCaps(linesOf(words))
	left, right := math.Inf(1), math.Inf(-1)
	for i := range lines {
		left, right = min(left, lines[i].x0), max(right, lines[i].x1)
	}
	if right-left < 0.6*c.width {
		keepShortLines(lines)
	}
	pitches := pitchesOf(lines)
	begin, before := 0, len(c.blocks)
	for i := range lines {
		if lines[i].table() != nil {
			c.paragraph(lines[begin:i], left, right)
			c.blocks = append(c.blocks, *lines[i].table())
			begin = i + 1
			continue
		}
		if i > begin && c.breaks(lines, begin, i, left, right, pitches) {
			c.paragraph(lines[begin:i], left, right)
			begin = i
		}
	}
	c.paragraph(lines[begin:], left, right)
	c.leaves++
	for i := before; i < len(c.blocks); i++ {
		c.blocks[i].leaf = c.leaves
	}
	if before < len(c.blocks) {
		c.blocks[before].opens = true
		c.blocks[len(c.blocks)-1].closes = true
	}
}

// keepShortLines takes the ends of short lines for meant where every line begins
// like a sentence: addresses, enumerations.
func keepShortLines(lines []line) {
	if len(lines) < 3 {
		return
	}
	for i := range lines {
		l := &lines[i]
		if l.table() != nil || l.rtl || l.runes > 40 || isLower(firstLetter(l.text())) || i+1 < len(lines) && hyphenated(l.text()) {
			return
		}
	}
	for i := range lines {
		lines[i].hard = true
	}
}

// paragraph appends one paragraph.
func (c *cutter) paragraph(lines []line, left, right float64) {
	if len(lines) == 0 {
		return
	}
	b := block{kind: extract.Paragraph, page: c.page, last: c.page, lines: slices.Clone(lines), left: left, right: right,
		x0: math.Inf(1), x1: math.Inf(-1), y0: math.Inf(1), y1: math.Inf(-1), bold: true, italic: true, fixed: true}
	most := 0
	for i := range lines {
		l := &lines[i]
		b.x0, b.x1 = min(b.x0, l.x0), max(b.x1, l.x1)
		b.y0, b.y1 = min(b.y0, l.y-0.2*l.size), max(b.y1, l.y+0.8*l.size)
		b.bold, b.italic, b.fixed = b.bold && l.bold, b.italic && l.italic, b.fixed && l.fixed
		if l.runes > most {
			most, b.size, b.rtl = l.runes, l.size, l.rtl
		}
	}
	last := &lines[len(lines)-1]
	if b.rtl {
		b.full = last.x0-left < 3*b.size
	} else {
		b.full = right-last.x1 < 3*b.size
	}
	b.marker, b.listed = markerOf(lines[0].text())
	b.centred = centred(lines, left, right)
	c.blocks = append(c.blocks, b)
}

func centred(lines []line, left, right float64) bool {
	for i := range lines {
		l := &lines[i]
		if l.x0-left < 2*l.size || math.Abs((l.x0+l.x1)/2-(left+right)/2) > l.size {
			return false
		}
	}
	return true
}

// pitchesOf is the usual distance of baselines by size of font, in half points.
func pitchesOf(lines []line) map[int]float64 {
	all := map[int][]float64{}
	for i := 1; i < len(lines); i++ {
		a, b := &lines[i-1], &lines[i]
		if d := a.y - b.y; sameSize(a.size, b.size) && d > 0.7*a.size && d < 2.2*a.size {
			k := sizeKey(b.size)
			all[k] = append(all[k], d)
		}
	}
	out := make(map[int]float64, len(all))
	for k, ds := range all {
		slices.Sort(ds)
		// Distances between paragraphs are the larger ones.
		out[k] = ds[len(ds)*2/5]
	}
	return out
}

func sizeKey(size float64) int { return int(math.Round(2 * size)) }

func sameSize(a, b float64) bool { return math.Abs(a-b) <= 0.08*max(a, b) }

// breaks reports whether a paragraph that begins at lines[begin] ends before
// lines[i].
func (c *cutter) breaks(lines []line, begin, i int, left, right float64, pitches map[int]float64) bool {
	a, b := &lines[i-1], &lines[i]
	if !sameSize(a.size, b.size) || a.bold != b.bold && (a.bold || b.bold) && !c.emphasis(lines, begin, i) || a.fixed != b.fixed {
		return true
	}
	if a.italic != b.italic && right-a.x1 > firstWidth(b)+1.2*b.size && !isLower(firstLetter(b.text())) {
		return true
	}
	pitch, ok := pitches[sizeKey(b.size)]
	if !ok {
		pitch = 1.35 * b.size
	}
	pitch = min(pitch, 2*b.size)
	if d := a.y - b.y; d > pitch+max(0.22*pitch, 0.2*b.size) || c.rules.between(a, b) {
		return true
	}
	if b.words[0].text[0] == callOpen {
		return true // the next footnote
	}
	if a.fixed {
		return false
	}
	if a.rtl && b.rtl {
		flipped := func(l *line) line { return line{words: l.words, x0: -l.x1, x1: -l.x0, y: l.y, size: l.size} }
		fa, fb := flipped(a), flipped(b)
		next := (*line)(nil)
		if i+1 < len(lines) {
			n := flipped(&lines[i+1])
			next = &n
		}
		return shapeBreaks(&fa, &fb, next, i-1 == begin, -right, -left, pitch)
	}
	next := (*line)(nil)
	if i+1 < len(lines) {
		next = &lines[i+1]
	}
	if m, ok := markerOf(b.text()); ok && c.itemAt(lines, begin, i, m, right) {
		return true
	}
	return shapeBreaks(a, b, next, i-1 == begin, left, right, pitch)
}

// emphasis reports whether the change of weight before lines[i] is inside a
// paragraph: a line of bold words in the middle of a sentence.
func (c *cutter) emphasis(lines []line, begin, i int) bool {
	a, b := lines[i-1].text(), lines[i].text()
	r := firstLetter(b)
	return !ends(a) && r != 0 && isLower(r) && i-begin >= 1
}

// itemAt reports whether a line with a marker begins an item, and is not the
// middle of a sentence that happens to wrap before a number or a dash.
func (c *cutter) itemAt(lines []line, begin, i int, m marker, right float64) bool {
	if r, _ := utf8.DecodeRuneInString(m.text); isBullet(r) {
		return true
	}
	a, b := &lines[i-1], &lines[i]
	first, ok := markerOf(lines[begin].text())
	if ok && first.form == m.form && (!m.ordered || m.value == first.value+1) {
		return true
	}
	wraps := right-a.x1 < 3*a.size && math.Abs(a.x0-b.x0) < 0.3*a.size && !ends(a.text())
	return !wraps && (ends(a.text()) || m.value <= 1 || math.Abs(a.x0-b.x0) > 0.5*a.size)
}

// shapeBreaks judges by indentation and by short lines. second tells that b would
// be the second line of its paragraph.
func shapeBreaks(a, b, next *line, second bool, left, right, pitch float64) bool {
	em := b.size
	text := a.text()
	forced := right-a.x1 > firstWidth(b)+1.2*em
	in := b.x0 - a.x0
	if math.Abs((a.x0+a.x1)-(b.x0+b.x1)) < 1.2*em && math.Abs(in) > 0.3*em && a.x0-left > 0.5*em {
		// Both centred.
		return forced && ends(text) && a.x1-a.x0 < 0.5*(right-left)
	}
	switch {
	case in > 0.7*em && in < 6*em:
		if _, ok := markerOf(text); ok && second {
			return false
		}
		hanging := next != nil && math.Abs(next.x0-b.x0) < 0.3*em && b.y-next.y < 1.3*pitch
		if hanging && second && !(forced && ends(text)) {
			return false
		}
		return forced || ends(text)
	case in < -0.7*em && !second:
		// Back from a hanging or quoted paragraph.
		return forced || ends(text)
	case in < -6*em:
		return forced
	}
	return forced && ends(text) && !isLower(firstLetter(b.text()))
}

// firstWidth is the width of the first word of a line, as it is read.
func firstWidth(l *line) float64 {
	w := &l.words[0]
	return w.x1 - w.x0
}
