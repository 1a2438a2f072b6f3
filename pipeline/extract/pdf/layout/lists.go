package layout

import (
	"math"
	"strings"
	"unicode/utf8"

	"freshet/pipeline/extract"
)

// joinLists makes lists of the blocks that begin with markers.
func (a *assembly) joinLists() {
	out := make([]block, 0, len(a.blocks))
	for i := 0; i < len(a.blocks); {
		n := a.listEnd(i)
		if n == i {
			out = append(out, a.blocks[i])
			i++
			continue
		}
		out = append(out, listOf(a.blocks[i:n]))
		i = n
	}
	a.blocks = out
}

// item reports whether b can be an item of a list.
func (b *block) item() bool {
	return b.kind == extract.Paragraph && b.listed && b.note == "" && !strings.HasPrefix(b.marker.form, "[")
}

// listEnd is where the list that begins at i ends; i where there is none.
func (a *assembly) listEnd(i int) int {
	first := &a.blocks[i]
	if !first.item() {
		return i
	}
	end, items := i+1, 1
	for j := i + 1; j < len(a.blocks); j++ {
		b := &a.blocks[j]
		if b.item() && a.follows(i, j) {
			items++
			end = j + 1
			continue
		}
		if !a.within(j, end) {
			break
		}
		// What is indented below an item belongs to it if another item, or the end
		// of the column, follows.
		if j == end {
			end = j + 1
		}
	}
	r, _ := utf8.DecodeRuneInString(first.marker.text)
	if items < 2 && !isBullet(r) {
		return i
	}
	return end
}

// follows reports whether the item at j goes on with the list that began at i:
// the same form of marker with the next number, or another one deeper or back.
func (a *assembly) follows(i, j int) bool {
	b := &a.blocks[j]
	if p := &a.blocks[j-1]; p.page != b.page || p.leaf != b.leaf {
		// In another column, a list goes on with a marker that it has.
		known := false
		for k := i; k < j && !known; k++ {
			known = a.blocks[k].item() && a.blocks[k].marker.form == b.marker.form
		}
		if !known || p.page+1 < b.page {
			return false
		}
	}
	if !b.marker.ordered {
		return true
	}
	for k := j - 1; k >= i; k-- {
		p := &a.blocks[k]
		if p.item() && p.marker.form == b.marker.form {
			return b.marker.value == p.marker.value+1 || b.marker.value == 1
		}
	}
	return b.marker.value == 1
}

// within reports whether the block at j is a paragraph of the item before it.
func (a *assembly) within(j, end int) bool {
	b, item := &a.blocks[j], &a.blocks[end-1]
	return j == end && b.isText() && !b.listed && b.note == "" && b.page == item.page && b.leaf == item.leaf && item.isText() &&
		sameSize(b.size, item.size) && !b.rtl && b.x0 > item.lines[0].x0+0.9*b.size && b.x0 < item.lines[0].x0+6*b.size
}

// listOf makes one list, nested by the indentation of its markers.
func listOf(blocks []block) block {
	out := blocks[0]
	out.kind, out.ordered, out.start = extract.List, blocks[0].marker.ordered, 0
	if out.ordered {
		out.start = max(blocks[0].marker.value, 1)
	}
	type level struct {
		x    float64
		form string
	}
	levels := []level{{blocks[0].edge(), blocks[0].marker.form}}
	for i := range blocks {
		b := &blocks[i]
		text := b.text
		if !b.item() {
			last := itemAt(&out.items, len(levels)-1)
			last.Text += "\n" + text
			continue
		}
		text = strings.TrimSpace(text[min(b.marker.rest, len(text)):])
		x := b.edge()
		if i > 0 && blocks[i-1].leaf == b.leaf && blocks[i-1].page == b.page {
			for len(levels) > 1 && x < levels[len(levels)-1].x-0.6*b.size {
				levels = levels[:len(levels)-1]
			}
			if x > levels[len(levels)-1].x+0.6*b.size && len(levels) < 8 {
				levels = append(levels, level{x, b.marker.form})
			}
		} else if i > 0 {
			// Another column: the form of the marker tells the level.
			for k := range levels {
				if levels[k].form == b.marker.form {
					levels = levels[:k+1]
					break
				}
			}
			levels[len(levels)-1].x = x
		}
		add(&out.items, len(levels)-1, extract.Item{Text: text}, b.marker.ordered)
	}
	out.text = ""
	return out
}

// edge is where the marker begins.
func (b *block) edge() float64 {
	if b.rtl {
		return -b.lines[0].x1
	}
	return b.lines[0].x0
}

// add appends an item at a depth.
func add(items *[]extract.Item, depth int, item extract.Item, ordered bool) {
	for ; depth > 0 && len(*items) > 0; depth-- {
		parent := &(*items)[len(*items)-1]
		if len(parent.Items) == 0 {
			parent.Ordered = ordered
		}
		items = &parent.Items
	}
	*items = append(*items, item)
}

// itemAt is the last item at a depth.
func itemAt(items *[]extract.Item, depth int) *extract.Item {
	for ; depth > 0 && len((*items)[len(*items)-1].Items) > 0; depth-- {
		items = &(*items)[len(*items)-1].Items
	}
	return &(*items)[len(*items)-1]
}

// joinCode makes code of lines in a font of one width.
func (a *assembly) joinCode() {
	out := make([]block, 0, len(a.blocks))
	for i := 0; i < len(a.blocks); {
		n, lines := i, 0
		for n < len(a.blocks) && a.blocks[n].isText() && a.blocks[n].fixed && a.blocks[n].note == "" &&
			(n == i || a.blocks[n].leaf == a.blocks[i].leaf && a.blocks[n].page == a.blocks[i].page) {
			lines += len(a.blocks[n].lines)
			n++
		}
		if lines < 2 {
			out = append(out, a.blocks[i])
			i++
			continue
		}
		b := a.blocks[i]
		b.kind, b.text = extract.Code, codeText(a.blocks[i:n])
		out = append(out, b)
		i = n
	}
	a.blocks = out
}

// codeText keeps the indentation and the columns of program text.
func codeText(blocks []block) string {
	left, advance := math.Inf(1), 0.0
	for i := range blocks {
		for k := range blocks[i].lines {
			l := &blocks[i].lines[k]
			left = min(left, l.x0)
			for w := range l.words {
				if n := l.words[w].runes; n > 0 {
					advance = max(advance, min((l.words[w].x1-l.words[w].x0)/float64(n), l.size))
				}
			}
		}
	}
	advance = max(advance, 0.3)
	var b strings.Builder
	for i := range blocks {
		if i > 0 {
			b.WriteByte('\n')
			if blocks[i-1].y0-blocks[i].y1 > 0.6*blocks[i].size {
				b.WriteByte('\n')
			}
		}
		for k := range blocks[i].lines {
			l := &blocks[i].lines[k]
			if k > 0 {
				b.WriteByte('\n')
			}
			reach := left
			for w := range l.words {
				n := int(math.Round((l.words[w].x0 - reach) / advance))
				if w > 0 && !l.words[w].glued {
					n = max(n, 1)
				}
				b.WriteString(strings.Repeat(" ", min(max(n, 0), 120)))
				b.WriteString(l.words[w].text)
				reach = l.words[w].x1
			}
		}
	}
	return b.String()
}
