package markup

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"freshet/pipeline/extract"
)

// list reads ul and ol. A list whose items hold headings or parts that open is
// layout: its items are read as sections of the page.
func (b *builder) list(n *html.Node) {
	if b.plain == 0 && b.layoutList(n) {
		for c := n.FirstChild; c != nil && b.err == nil; c = c.NextSibling {
			b.node(c)
			b.flush()
		}
		return
	}
	items, m := b.items(n)
	if len(items) == 0 {
		return
	}
	block := extract.Block{Kind: extract.List, Ordered: n.DataAtom == atom.Ol, Items: items}
	if start, err := strconv.Atoi(attr(n, "start")); err == nil && start > 1 && start < 10_000 && block.Ordered {
		block.Start = start
	}
	b.emit(block, m)
}

func (b *builder) layoutList(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.Type != html.ElementNode {
			continue
		}
		if headingLevel(c) > 0 || c.DataAtom == atom.Details || c.DataAtom == atom.Dl || c.DataAtom == atom.Table {
			return true
		}
		if id := controls(c); id != "" && b.page.tabs[id] == "" && b.page.ids[id] != nil {
			return true
		}
	}
	return false
}

func (b *builder) items(n *html.Node) ([]extract.Item, mark) {
	var items []extract.Item
	var sum mark
	for c := n.FirstChild; c != nil && b.err == nil; c = c.NextSibling {
		if c.Type == html.ElementNode && (b.drop[c] || skipped(c) || b.page.hidden(c)) || c.Type == html.CommentNode {
			continue
		}
		if c.Type == html.TextNode && strings.TrimSpace(c.Data) == "" {
			continue
		}
		inner, m := b.captureItem(c)
		sum.words += m.words
		sum.links += m.links
		item := itemOf(inner)
		switch {
		case item.Text == "" && len(item.Items) == 0:
		case c.DataAtom != atom.Li && len(items) > 0 && item.Text == "":
			// A list put directly into a list belongs to the item before it.
			last := &items[len(items)-1]
			last.Items = append(last.Items, item.Items...)
			last.Ordered = item.Ordered
		default:
			items = append(items, item)
		}
	}
	return items, sum
}

// captureItem reads one child of a list.
func (b *builder) captureItem(c *html.Node) ([]extract.Block, mark) {
	if c.DataAtom == atom.Li {
		return b.capture(c)
	}
	box := &html.Node{Type: html.ElementNode, DataAtom: atom.Div, Data: "div"}
	box.FirstChild, box.LastChild = alone(c), nil
	return b.capture(box)
}

// alone is c without its siblings.
func alone(c *html.Node) *html.Node {
	one := *c
	one.NextSibling, one.PrevSibling = nil, nil
	return &one
}

// itemOf joins what an item holds: text up to its first nested list, the list,
// and text behind it as one more nested item.
func itemOf(blocks []extract.Block) extract.Item {
	var item extract.Item
	var text []string
	for i := range blocks {
		switch block := &blocks[i]; {
		case block.Kind == extract.List:
			if block.Lead != "" {
				text = append(text, block.Lead)
			}
			if len(item.Items) == 0 {
				item.Ordered = block.Ordered
			}
			item.Items = append(item.Items, block.Items...)
		case len(item.Items) > 0:
			item.Items = append(item.Items, extract.Item{Text: blockText(block)})
		default:
			text = append(text, blockText(block))
		}
	}
	item.Text = strings.Join(text, "\n")
	return item
}

func blockText(b *extract.Block) string {
	if b.Kind != extract.Table {
		return b.Text
	}
	rows := make([]string, 0, len(b.Rows)+1)
	if b.Lead != "" {
		rows = append(rows, b.Lead)
	}
	for _, r := range b.Rows {
		rows = append(rows, strings.Join(r, " | "))
	}
	return strings.Join(rows, "\n")
}

// definitions reads dl: terms that are questions become headings of their
// answers, others items "term: definition".
func (b *builder) definitions(n *html.Node) {
	groups := definitionGroups(n)
	questions := 0
	for _, g := range groups {
		if strings.HasSuffix(b.visible(g.term), "?") || b.question > 0 {
			questions++
		}
	}
	if b.plain == 0 && (questions*2 > len(groups) || b.layoutList(n)) {
		b.sections(groups)
		return
	}
	var items []extract.Item
	var sum mark
	for _, g := range groups {
		item := extract.Item{Text: b.visible(g.term)}
		sum.words += len(item.Text)
		for _, d := range g.texts {
			inner, m := b.capture(d)
			sum.words += m.words
			sum.links += m.links
			if def := itemOf(inner); def.Text != "" || len(def.Items) > 0 {
				item.Items = append(item.Items, def)
			}
		}
		if len(item.Items) == 1 && !strings.Contains(item.Items[0].Text, "\n") {
			def := item.Items[0]
			item = extract.Item{Text: joinTerm(item.Text, def.Text), Ordered: def.Ordered, Items: def.Items}
		}
		if item.Text != "" || len(item.Items) > 0 {
			items = append(items, item)
		}
	}
	if len(items) > 0 {
		b.emit(extract.Block{Kind: extract.List, Items: items}, sum)
	}
}

func joinTerm(term, text string) string {
	if term == "" || text == "" {
		return term + text
	}
	return strings.TrimRight(term, " :") + ": " + text
}

func (b *builder) sections(groups []definition) {
	level := b.level
	for _, g := range groups {
		if b.err != nil {
			return
		}
		b.heading(b.visible(g.term), level+1, b.question > 0)
		for _, d := range g.texts {
			b.node(d)
			b.flush()
		}
		b.closeTo(level)
	}
}

type definition struct {
	term  *html.Node
	texts []*html.Node
}

// definitionGroups pairs terms with their definitions; groups may be wrapped in
// div.
func definitionGroups(n *html.Node) []definition {
	var out []definition
	for c := range n.Descendants() {
		switch {
		case c.DataAtom != atom.Dt && c.DataAtom != atom.Dd || enclosingDl(c) != n:
		case c.DataAtom == atom.Dt:
			out = append(out, definition{term: c})
		case len(out) == 0:
			out = append(out, definition{term: &html.Node{Type: html.ElementNode}, texts: []*html.Node{c}})
		default:
			last := &out[len(out)-1]
			last.texts = append(last.texts, c)
		}
	}
	return out
}

func enclosingDl(n *html.Node) *html.Node {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == atom.Dl {
			return p
		}
	}
	return nil
}
