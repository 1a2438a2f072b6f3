package layout

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"freshet/pipeline/extract"
)

// What a heading can be.
const (
	headingRunes = 200 // a longer text is none
	headingLines = 4
	largeSize    = 1.14 // of the usual size, from which on text is a heading by size
)

// findHeadings marks the blocks that read as headings.
func (a *assembly) findHeadings() {
	marked, posters := a.marked(), a.posters()
	heavy := a.mostlyBold()
	for i := range a.blocks {
		b := &a.blocks[i]
		if !b.isText() || b.note != "" {
			continue
		}
		if level, ok := marked[markKey(b.text)]; ok && b.text != "" {
			b.kind, b.level = extract.Heading, level
			continue
		}
		if !headingShape(b) || caption(b.text) {
			continue
		}
		if a.headingStyle(b, heavy) && a.headsSomething(i, posters[b.page]) {
			b.kind = extract.Heading
		}
	}
	a.joinHeadings()
}

// marked is the outline by text.
func (a *assembly) marked() map[string]int {
	out := make(map[string]int, len(a.marks))
	for _, m := range a.marks {
		if k := markKey(m.Title); k != "" && len(k) < headingRunes {
			out[k] = max(m.Level, 1)
		}
	}
	return out
}

// markKey is a title without what outlines and pages write differently.
func markKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// posters are the pages on which most texts are short and large: figures, covers
// and slides, whose labels are no headings unless text follows them.
func (a *assembly) posters() map[int]bool {
	large, all := map[int]int{}, map[int]int{}
	for i := range a.blocks {
		b := &a.blocks[i]
		all[b.page]++
		if b.isText() && b.size >= largeSize*a.body && len(b.text) < 60 {
			large[b.page]++
		}
	}
	out := map[int]bool{}
	for page, n := range large {
		out[page] = n > 6 && 2*n > all[page]
	}
	return out
}

// mostlyBold reports whether the usual weight of the document is bold.
func (a *assembly) mostlyBold() bool {
	bold, all := 0, 0
	for i := range a.blocks {
		if b := &a.blocks[i]; b.isText() && sameSize(b.size, a.body) {
			all += len(b.text)
			bold += count(b.bold, len(b.text))
		}
	}
	return 2*bold > all
}

// headingShape reports whether the text of b has the form of a heading.
func headingShape(b *block) bool {
	s := b.text
	n := strings.Count(s, "") - 1
	if n < 2 || n > headingRunes || len(b.lines) > headingLines || b.fixed || strings.Count(s, "\n") > 1 {
		return false
	}
	first := firstLetter(s)
	if first == 0 || !strings.ContainsFunc(s, unicode.IsLetter) || leaders(s) {
		return false
	}
	if b.listed && !b.marker.ordered {
		return false
	}
	last := s[len(s)-1]
	if last == ',' || last == ';' || last == '.' && n > 60 {
		return false
	}
	letters, others := 0, 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
		} else if r != ' ' {
			others++
		}
	}
	return letters >= 2 && letters >= others
}

// headingStyle reports whether b is set as headings are.
func (a *assembly) headingStyle(b *block, heavy bool) bool {
	s := b.text
	n := strings.Count(s, "") - 1
	lower := isLower(firstLetter(s))
	depth := numberedDepth(s)
	switch {
	case b.size >= largeSize*a.body:
		return !lower || b.size >= 1.3*a.body
	case lower || strings.HasSuffix(s, ".") && depth == 0 || strings.HasSuffix(s, ":") && n > 60:
		return false
	case b.bold && !heavy && b.size >= 0.93*a.body:
		return n <= 120 && len(b.lines) <= 3
	case b.italic && !b.bold && b.size >= 0.97*a.body && len(b.lines) == 1 && n <= 90 && !b.full && !ends(s):
		return len(s) > 3
	case depth >= 1 && b.size >= 0.97*a.body && len(b.lines) == 1 && n <= 90 && !b.full && !ends(s):
		return depth >= 2 || b.italic || capitals(s)
	case capitals(s) && b.size >= 0.97*a.body:
		return n <= 80 && len(b.lines) <= 2 && n >= 5
	}
	return false
}

// capitals reports whether all letters of s are capitals.
func capitals(s string) bool {
	upper := 0
	for _, r := range s {
		if unicode.IsLower(r) {
			return false
		}
		upper += count(unicode.IsUpper(r), 1)
	}
	return upper >= 4
}

// numberedDepth is the depth of the number with which s begins: 2 for "2.1 Terms".
func numberedDepth(s string) int {
	head, rest, ok := strings.Cut(s, " ")
	if !ok || strings.TrimSpace(rest) == "" || isLower(firstLetter(rest)) {
		return 0
	}
	if depth := sectionDepth(head); depth > 0 {
		return depth
	}
	switch strings.ToLower(head) {
	case "chapter", "chapitre", "appendix", "annexe", "partie", "part":
		return 1
	}
	return 0
}

// headsSomething reports whether text follows the block at i in its column or
// page, as it does below a heading but not beside the labels of a figure.
func (a *assembly) headsSomething(i int, poster bool) bool {
	b := &a.blocks[i]
	if b.size >= 1.3*a.body && (!poster || b.first) {
		return true
	}
	for j := i + 1; j < len(a.blocks) && j <= i+4; j++ {
		n := &a.blocks[j]
		if n.page > b.page+1 {
			break
		}
		if n.kind == extract.Table || n.listed || len(n.text) >= 60 {
			return true
		}
		if n.tilted {
			continue
		}
		// A row of short texts is a figure; one heading may follow another.
		if j > i+2 {
			break
		}
	}
	return false
}

// joinHeadings joins headings of one style that stand under each other as lines
// of one title.
func (a *assembly) joinHeadings() {
	out := a.blocks[:0]
	for _, b := range a.blocks {
		if n := len(out); n > 0 && b.kind == extract.Heading && out[n-1].kind == extract.Heading && b.level == 0 {
			p := &out[n-1]
			if p.page == b.page && p.leaf == b.leaf && math.Abs(p.size-b.size) < 0.2 && p.bold == b.bold && p.level == 0 &&
				b.size >= largeSize*a.body && p.y0-b.y1 < 0.8*b.size && numberedDepth(b.text) == 0 && len(p.text)+len(b.text) < headingRunes && !ends(p.text) {
				p.text += " " + b.text
				p.y0 = b.y0
				continue
			}
		}
		out = append(out, b)
	}
	a.blocks = out
}

// A style is how headings of one level look.
type style struct {
	size int
	bold bool
	caps bool
}

func styleOf(b *block) style {
	return style{sizeKey(b.size), b.bold, capitals(b.text)}
}

// setLevels ranks the styles of headings: larger before smaller, bold before
// plain. Numbers in headings say their level themselves.
func (a *assembly) setLevels() {
	depths := map[style][]int{}
	var styles []style
	title := a.titleAt()
	for i := range a.blocks {
		b := &a.blocks[i]
		if b.kind != extract.Heading || b.level > 0 || i == title {
			continue
		}
		s := styleOf(b)
		if _, ok := depths[s]; !ok {
			styles = append(styles, s)
			depths[s] = nil
		}
		if d := numberedDepth(b.text); d > 0 {
			depths[s] = append(depths[s], d)
		}
	}
	slices.SortFunc(styles, func(x, y style) int {
		return cmp.Or(cmp.Compare(y.size, x.size), cmp.Compare(count(y.bold, 1), count(x.bold, 1)), cmp.Compare(count(y.caps, 1), count(x.caps, 1)))
	})
	top := 1
	if title >= 0 {
		top = 2
	}
	levels := map[style]int{}
	next := top
	for _, s := range styles {
		level := min(next, 6)
		if ds := depths[s]; len(ds) > 0 {
			slices.Sort(ds)
			level = min(top-1+ds[len(ds)/2], 6)
		}
		levels[s] = level
		next = level + 1
	}
	for i := range a.blocks {
		b := &a.blocks[i]
		switch {
		case b.kind != extract.Heading || b.level > 0 && i != title:
		case i == title:
			b.level = 1
		default:
			b.level = levels[styleOf(b)]
			if d := numberedDepth(b.text); d > 1 {
				b.level = min(top-1+d, 6)
			}
		}
	}
}

// titleAt is the place of the document's title: the largest heading of its first
// page, if it is larger than all headings of other pages, -1 without one.
func (a *assembly) titleAt() int {
	best := -1
	for i := range a.blocks {
		b := &a.blocks[i]
		if b.kind != extract.Heading {
			continue
		}
		if best < 0 {
			if b.page != a.blocks[0].page {
				return -1
			}
			best = i
			continue
		}
		if b.page == a.blocks[0].page && b.size > 1.02*a.blocks[best].size {
			best = i
		}
	}
	if best < 0 || a.blocks[best].size < 1.02*a.body {
		return -1
	}
	for i := range a.blocks {
		if b := &a.blocks[i]; i != best && b.kind == extract.Heading && b.size > 1.02*a.blocks[best].size {
			return -1
		}
	}
	// Several headings of its style are sections, not titles.
	same := 0
	for i := range a.blocks {
		if b := &a.blocks[i]; b.kind == extract.Heading && styleOf(b) == styleOf(&a.blocks[best]) {
			same++
		}
	}
	if same > 2 {
		return -1
	}
	return best
}
