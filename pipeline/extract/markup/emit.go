package markup

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"freshet/pipeline/extract"
)

// flush ends the paragraph that is being read.
func (b *builder) flush() {
	asHeading := b.plain == 0 && b.text.readsAsHeading()
	text, words, links := b.text.take()
	switch {
	case text == "":
	case asHeading:
		b.emit(extract.Block{Kind: extract.Heading, Text: text, Level: max(b.real+1, 3), Close: pseudo}, mark{words: words, links: links})
	default:
		b.emit(extract.Block{Kind: extract.Paragraph, Text: text}, mark{words: words, links: links})
	}
}

// pseudo in Close marks a heading made of a line in bold until it is known
// whether something follows it.
const pseudo = -1

func (b *builder) emit(block extract.Block, m mark) {
	block.Language = b.language
	if b.closing > 0 && block.Close != pseudo {
		if block.Kind != extract.Heading || block.Level > b.closing {
			block.Close = b.closing
		}
		b.closing = 0
	}
	m.inside, m.onDemand = b.inside, b.onDemand+b.question > 0
	m.node = b.at
	b.blocks = append(b.blocks, block)
	b.marks = append(b.marks, m)
}

// heading emits a heading and opens its section.
func (b *builder) heading(text string, level int, question bool) {
	text = strings.TrimSpace(strings.TrimRight(text, "¶# "))
	if text == "" {
		return
	}
	b.emit(extract.Block{Kind: extract.Heading, Level: level, Text: text, Question: question}, mark{words: len(text)})
	b.level = level
}

func (b *builder) headingElement(n *html.Node) {
	level := headingLevel(n)
	for c := range n.Descendants() {
		if id := controls(c); id != "" && c.Type == html.ElementNode && b.page.ids[id] != nil {
			b.labelled[id] = min(b.level, level-1)
		}
	}
	text := b.visible(n)
	if b.plain > 0 {
		b.text.add(text)
		b.flush()
		return
	}
	b.real = level
	b.heading(text, level, b.question > 0)
}

// visible is the text below n on one line.
func (b *builder) visible(n *html.Node) string {
	var t inline
	var read func(*html.Node)
	read = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode:
				t.add(c.Data)
			case c.Type != html.ElementNode || skipped(c) || b.drop[c] || b.page.hidden(c):
			case c.DataAtom == atom.Br:
				t.add(" ")
			default:
				apart := blockElement(c)
				if apart {
					t.add(" ")
				}
				read(c)
				if apart {
					t.add(" ")
				}
			}
		}
	}
	read(n)
	text, _, _ := t.take()
	return text
}

// capture reads n into blocks of their own.
func (b *builder) capture(n *html.Node) ([]extract.Block, mark) {
	outer, marks, closing, level := b.blocks, b.marks, b.closing, b.level
	if b.plain == 0 {
		b.outer = len(b.blocks)
	}
	b.blocks, b.marks, b.closing = nil, nil, 0
	b.plain++
	b.children(n)
	b.flush()
	b.plain--
	inner, sum := b.blocks, mark{}
	for _, m := range b.marks {
		sum.words += m.words
		sum.links += m.links
	}
	b.blocks, b.marks, b.closing, b.level = outer, marks, closing, level
	return extract.AttachLeads(inner), sum
}

func (b *builder) code(n *html.Node) {
	var s strings.Builder
	syntax := syntaxOf(n)
	for c := range n.Descendants() {
		switch {
		case c.Type == html.TextNode:
			s.WriteString(c.Data)
		case c.DataAtom == atom.Br:
			s.WriteByte('\n')
		case c.DataAtom == atom.Code && syntax == "":
			syntax = syntaxOf(c)
		}
	}
	if text := extract.FoldCode(s.String()); text != "" {
		b.emit(extract.Block{Kind: extract.Code, Text: text, Syntax: syntax}, mark{words: len(text)})
	}
}

func syntaxOf(n *html.Node) string {
	for c := range strings.FieldsSeq(attr(n, "class")) {
		for _, prefix := range [...]string{"language-", "lang-", "highlight-source-"} {
			if s, ok := strings.CutPrefix(c, prefix); ok {
				return s
			}
		}
	}
	return ""
}

// quote keeps a quotation of paragraphs as one block; one with more structure is
// read as the elements it holds.
func (b *builder) quote(n *html.Node) {
	inner, m := b.capture(n)
	parts := make([]string, 0, len(inner))
	for i := range inner {
		if inner[i].Kind != extract.Paragraph && inner[i].Kind != extract.Quote {
			for _, block := range inner {
				block.Close = 0
				b.emit(block, m)
			}
			return
		}
		parts = append(parts, inner[i].Text)
	}
	if len(parts) > 0 {
		b.emit(extract.Block{Kind: extract.Quote, Text: strings.Join(parts, "\n")}, m)
	}
}

// details reads a part that opens on demand: its summary is the heading of what
// it holds. The section is closed by scoped.
func (b *builder) details(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Summary {
			continue
		}
		level := b.level + 1
		for h := range c.Descendants() {
			if l := headingLevel(h); l > b.level {
				level = l
			}
		}
		if text := b.visible(c); b.plain > 0 {
			b.text.add(text)
			b.flush()
		} else {
			b.heading(text, level, b.question > 0)
		}
		break
	}
	for c := n.FirstChild; c != nil && b.err == nil; c = c.NextSibling {
		if c.DataAtom != atom.Summary {
			b.node(c)
		}
	}
}
