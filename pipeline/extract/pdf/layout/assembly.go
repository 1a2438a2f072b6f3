package layout

import (
	"strings"
	"unicode"

	"freshet/pipeline/extract"
)

// An assembly turns the blocks of all pages into those of the document.
type assembly struct {
	vocabulary vocabulary
	marks      []Mark
	body       float64 // size of most text
	blocks     []block
	called     map[string]bool // footnotes that are there, by page and sign
}

func (a *assembly) run() []extract.Block {
	a.allowTypewriter()
	a.joinContinued()
	a.setTexts()
	a.joinTables()
	a.findNotes()
	a.findHeadings()
	a.setLevels()
	a.placeNotes()
	a.joinCode()
	a.joinLists()
	return extract.AttachLeads(a.output())
}

// allowTypewriter takes text in a font of one width for program text only where
// most text is in other fonts.
func (a *assembly) allowTypewriter() {
	fixed, all := 0, 0
	for i := range a.blocks {
		for k := range a.blocks[i].lines {
			l := &a.blocks[i].lines[k]
			all += l.runes
			fixed += count(l.fixed, l.runes)
		}
	}
	if 2*fixed <= all {
		return
	}
	for i := range a.blocks {
		a.blocks[i].fixed = false
	}
}

// joinContinued joins paragraphs that go on in the next column or on the next
// page, over what floats between.
func (a *assembly) joinContinued() {
	const look = 40 // blocks
	gone := make([]bool, len(a.blocks))
	for i := range a.blocks {
		b := &a.blocks[i]
		if gone[i] || !b.closes || !b.isText() {
			continue
		}
		for open := true; open; {
			open = false
			for j := i + 1; j < len(a.blocks) && j-i <= look && a.blocks[j].page <= b.page+1; j++ {
				n := &a.blocks[j]
				if gone[j] || !n.isText() || !n.opens || !a.goesOn(b, n, j == i+1) {
					if !gone[j] && j > i && a.stops(b, n) {
						break
					}
					continue
				}
				b.lines = append(b.lines, n.lines...)
				b.full, b.last = n.full, max(b.last, n.page)
				gone[j] = true
				open = n.closes && n.page == b.page
				break
			}
		}
	}
	kept := a.blocks[:0]
	for i := range a.blocks {
		if !gone[i] {
			kept = append(kept, a.blocks[i])
		}
	}
	a.blocks = kept
}

func (b *block) isText() bool {
	return b.kind == extract.Paragraph && !b.tilted && len(b.lines) > 0
}

// goesOn reports whether the text of n continues b.
func (a *assembly) goesOn(b, n *block, next bool) bool {
	if !sameSize(b.size, n.size) || b.bold != n.bold || b.fixed || n.fixed || n.listed || b.rtl != n.rtl {
		return false
	}
	end, begin := b.lines[len(b.lines)-1].text(), n.lines[0].text()
	if strings.HasPrefix(begin, string(callOpen)) {
		return false
	}
	lower := isLower(firstLetter(begin))
	if hyphenated(end) {
		return lower
	}
	if ends(end) {
		return false
	}
	if lower && (len(b.lines) > 1 || b.lines[0].runes > 25) {
		l := &b.lines[len(b.lines)-1]
		return b.full || l.x1-l.x0 > 0.5*(b.right-b.left)
	}
	if !b.full || lower {
		return false
	}
	// A name may begin the next column; but only where nothing stands between.
	return next && len(b.lines) > 2 && !b.bold && !b.centred && len(n.lines) > 1 && n.lines[0].x0-n.left < 0.7*n.size
}

// stops reports whether n ends the search for what continues b: text of the same
// kind. Figures, tables, footnotes and captions float.
func (a *assembly) stops(b, n *block) bool {
	return n.isText() && sameSize(b.size, n.size) && n.fixed == b.fixed && n.bold == b.bold && len(n.lines) > 2 && !caption(n.lines[0].text())
}

func hyphenated(s string) bool {
	return len(s) > 1 && strings.HasSuffix(s, "-") && unicode.IsLetter(rune(s[len(s)-2]))
}

// setTexts joins the lines of each block.
func (a *assembly) setTexts() {
	for i := range a.blocks {
		b := &a.blocks[i]
		if len(b.lines) == 0 {
			continue
		}
		j := joiner{vocabulary: a.vocabulary}
		if len(b.lines) > 1 && !b.centred && !b.rtl {
			j.left, j.right = b.left, b.right
		}
		b.text = j.text(b.lines)
		b.marker, b.listed = markerOf(b.text)
	}
}

// caption reports whether a text begins like the caption of a table or figure.
func caption(s string) bool {
	head, rest, _ := strings.Cut(strings.TrimSpace(s), " ")
	switch strings.ToLower(strings.TrimSuffix(head, ".")) {
	case "table", "tableau", "tab", "figure", "fig", "abbildung", "tabelle":
	default:
		return false
	}
	number, _, _ := strings.Cut(rest, " ")
	number = strings.TrimRight(number, ".:–-")
	return number != "" && (isDigits(strings.ReplaceAll(strings.ReplaceAll(number, "-", ""), ".", "")) || sectionDepth(number) > 0 || roman(strings.ToLower(number)) > 0)
}

// output is the blocks as the contract of package extract has them.
func (a *assembly) output() []extract.Block {
	var out []extract.Block
	for i := range a.blocks {
		b := &a.blocks[i]
		called := func(sign string) bool { return a.noteOf(b, sign) != "" }
		o := extract.Block{Kind: b.kind, Page: b.page, Level: b.level}
		switch b.kind {
		case extract.Table:
			o.HeaderRows = b.headerRows
			for _, row := range b.rows {
				cells := make([]string, len(row))
				for k, s := range row {
					cells[k] = strings.ReplaceAll(folded(resolveCalls(s, called)), "\n", " ")
				}
				o.Rows = append(o.Rows, cells)
			}
			o.Lead = folded(resolveCalls(b.lead, called))
		case extract.List:
			o.Items, o.Ordered, o.Start = b.items, b.ordered, b.start
			o.Items = foldItems(o.Items, called)
		case extract.Code:
			o.Text = extract.FoldCode(resolveCalls(b.text, called))
		default:
			o.Text = folded(resolveCalls(b.text, called))
			if b.kind == extract.Heading {
				o.Text = strings.ReplaceAll(o.Text, "\n", " ")
			}
		}
		if o.Text == "" && len(o.Rows) == 0 && len(o.Items) == 0 {
			continue
		}
		out = append(out, o)
	}
	return out
}

// foldItems returns the items as they are kept, without those that are a bullet and
// nothing else.
func foldItems(items []extract.Item, called func(string) bool) []extract.Item {
	var out []extract.Item
	for _, item := range items {
		item.Text = folded(resolveCalls(item.Text, called))
		item.Items = foldItems(item.Items, called)
		if item.Text != "" || len(item.Items) > 0 {
			out = append(out, item)
		}
	}
	return out
}
