package opendocument

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
)

// numbering is the number that the last item of each numbered list had, by its style
// and by its id.
type numbering map[string]int

// mostNumbers bounds how many lists are remembered, and deepestList how deep items
// are nested; deeper ones are read as if they stood there.
const (
	mostNumbers = 10_000
	deepestList = 32
)

func number(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 && n < 1<<30 {
		return n
	}
	return otherwise
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// list reads a list. Headings and tables that are numbered as its items stand beside
// it, so one list may become several blocks.
func (r *reader) list(d *container.Decoder, f *flow, e xml.StartElement) error {
	l := &listing{r: r, f: f, style: container.Attr(e, "text", "style-name"), level: f.level + 1}
	if l.style == "" {
		l.style = f.list
	}
	l.mark = r.styles.level(l.style, l.level)
	l.next = l.mark.start
	if l.level == 1 {
		if container.Attr(e, "text", "continue-numbering") == "true" {
			l.next = r.lists["style "+l.style] + 1
		}
		if id := container.Attr(e, "text", "continue-list"); id != "" {
			l.next = r.lists["id "+id] + 1
		}
	}
	l.first = l.next
	err := each(d, func(item xml.StartElement) error {
		if name(item) != "text:list-item" && name(item) != "text:list-header" {
			return d.Skip()
		}
		return l.item(d, item)
	})
	if err != nil {
		return err
	}
	l.flush()
	if id := container.Attr(e, "xml", "id"); l.level == 1 && l.mark.ordered && len(r.lists) < mostNumbers {
		r.lists["style "+l.style] = l.next - 1
		if id != "" {
			r.lists["id "+id] = l.next - 1
		}
	}
	return nil
}

// listing is one list that is being read.
type listing struct {
	r     *reader
	f     *flow
	style string
	level int
	mark  listLevel
	first int // number of the first item of block
	next  int
	block extract.Block
}

func (l *listing) item(d *container.Decoder, e xml.StartElement) error {
	inner := flow{list: l.style, level: l.level, cell: l.f.cell}
	if err := l.r.flow(d, &inner); err != nil {
		return err
	}
	if n := number(container.Attr(e, "text", "start-value"), -1); n >= 0 && n != l.next {
		if len(l.block.Items) > 0 && l.level == 1 && l.mark.ordered {
			l.flush()
		}
		l.next = n
		if len(l.block.Items) == 0 {
			l.first = n
		}
	}
	item, beside := itemOf(inner.blocks, l.level)
	counted := name(e) == "text:list-item" && (item.Text != "" || beside != nil)
	switch {
	case beside != nil:
		l.flush()
		l.r.add(l.f, beside...)
	case item.Text == "" && len(item.Items) > 0:
		l.below(item)
	case item.Text != "" && (name(e) == "text:list-header" || l.mark.unmarked && len(item.Items) == 0 && l.level == 1):
		l.flush()
		l.r.add(l.f, extract.Block{Kind: extract.Paragraph, Text: item.Text})
		if len(item.Items) > 0 {
			l.r.add(l.f, extract.Block{Kind: extract.List, Items: item.Items, Ordered: item.Ordered})
		}
	case item.Text != "":
		l.block.Items = append(l.block.Items, item)
	}
	if counted {
		l.next++
	}
	if len(l.block.Items) == 0 {
		l.first = l.next
	}
	return nil
}

// below takes an item without a text of its own: what is in it belongs to the item
// before, be that in the list before.
func (l *listing) below(item extract.Item) {
	if n := len(l.block.Items); n > 0 {
		last := &l.block.Items[n-1]
		if len(last.Items) == 0 {
			last.Ordered = item.Ordered
		}
		last.Items = append(last.Items, item.Items...)
		return
	}
	if n := len(l.f.blocks); n > 0 && l.level == 1 && l.f.blocks[n-1].Kind == extract.List {
		l.block = l.f.blocks[n-1]
		l.f.blocks = l.f.blocks[:n-1]
		l.first = max(l.block.Start, 1)
		l.mark.ordered = l.block.Ordered
		l.below(item)
		return
	}
	l.mark.ordered = item.Ordered
	l.block.Items = append(l.block.Items, item.Items...)
}

// flush puts what was collected into the flow.
func (l *listing) flush() {
	if len(l.block.Items) > 0 {
		l.block.Kind, l.block.Ordered = extract.List, l.mark.ordered
		if l.mark.ordered && l.first > 1 {
			l.block.Start = l.first
		}
		l.r.add(l.f, l.block)
	}
	l.block, l.first = extract.Block{}, l.next
}

// itemOf makes an item of what stands in one. Headings and tables are no part of a
// list; with them everything is returned beside it.
func itemOf(blocks []extract.Block, level int) (item extract.Item, beside []extract.Block) {
	for i := range blocks {
		if k := blocks[i].Kind; k == extract.Heading || k == extract.Table {
			return extract.Item{}, blocks
		}
	}
	for i := range blocks {
		b := &blocks[i]
		switch {
		case b.Kind == extract.List && level < deepestList:
			if len(item.Items) == 0 {
				item.Ordered = b.Ordered
			}
			item.Items = append(item.Items, b.Items...)
		case item.Text == "":
			item.Text = flat(blocks[i:i+1], "\n")
		default:
			item.Text += "\n" + flat(blocks[i:i+1], "\n")
		}
	}
	if item.Text == "" && len(item.Items) == 1 && item.Items[0].Text == "" {
		item = item.Items[0]
	}
	return item, nil
}
