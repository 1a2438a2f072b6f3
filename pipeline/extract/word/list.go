package word

import (
	"strings"

	"freshet/pipeline/extract"
)

// A listed is a paragraph of a list until its neighbours are known.
type listed struct {
	label
	text string
	more []string // paragraphs that belong to it
}

// whole is the text with what belongs to it, and with the number written out for lists
// that cannot number it.
func (l *listed) whole(numbered bool) string {
	text := l.text
	if !numbered {
		text = withLabel(l.label, text)
	}
	if len(l.more) > 0 {
		text += "\n" + strings.Join(l.more, "\n")
	}
	return text
}

// endList makes blocks of the paragraphs of lists that stand together.
func (f *flow) endList() {
	if len(f.list) == 0 {
		return
	}
	items := f.list
	f.list = nil
	for len(items) > 0 {
		n := listEnd(items)
		f.blocks = append(f.blocks, listBlock(items[:n]))
		items = items[n:]
	}
	f.caption = 0
	f.notes()
}

// listEnd is how many of items make one list: up to one that stands higher than the
// first, or does not count on from its predecessor.
func listEnd(items []listed) int {
	last := &items[0]
	for i := 1; i < len(items); i++ {
		it := &items[i]
		if it.level < items[0].level {
			return i
		}
		if it.level > items[0].level {
			continue
		}
		if it.ordered != last.ordered || it.ordered && it.number != last.number+1 {
			return i
		}
		last = it
	}
	return len(items)
}

func listBlock(items []listed) extract.Block {
	b := extract.Block{Kind: extract.List, Ordered: items[0].ordered && items[0].number > 0}
	if b.Ordered && items[0].number > 1 {
		b.Start = items[0].number
	}
	b.Items = nest(items, b.Ordered)
	return b
}

// nest makes items of those that stand at the level of the first, with the deeper ones
// behind each of them nested in it.
func nest(items []listed, numbered bool) []extract.Item {
	var out []extract.Item
	for len(items) > 0 {
		n := 1
		for n < len(items) && items[n].level > items[0].level {
			n++
		}
		it := extract.Item{Text: items[0].whole(numbered)}
		if n > 1 {
			it.Ordered = countsFromOne(items[1:n])
			it.Items = nest(items[1:n], it.Ordered)
		}
		out = append(out, it)
		items = items[n:]
	}
	return out
}

// countsFromOne reports whether the items at the level of the first are numbered as a
// nested list numbers them by itself.
func countsFromOne(items []listed) bool {
	level, n := items[0].level, 0
	for i := range items {
		if items[i].level > level {
			continue
		}
		level = min(level, items[i].level)
		if n++; !items[i].ordered || items[i].number != n {
			return false
		}
	}
	return true
}
