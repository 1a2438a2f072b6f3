package markup

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

// parse returns the tree of a page. Nesting that the parser refuses is flattened
// first.
func parse(ctx context.Context, page string, l extract.Limits) (*html.Node, error) {
	doc, err := html.Parse(extract.ContextReader(ctx, strings.NewReader(page)))
	if err != nil && ctx.Err() == nil {
		doc, err = html.Parse(extract.ContextReader(ctx, strings.NewReader(flatten(page, l.Depth))))
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: "the HTML is nested too deeply: " + err.Error()}
	}
	reveal(doc)
	if n := countNodes(doc, l.Nodes); n > l.Nodes {
		return nil, &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf("the page has more than %d elements", l.Nodes)}
	}
	return doc, nil
}

// enoughUnscripted is the length, in bytes, from which on the part of a page for
// browsers without scripts is read. Shorter ones ask to turn scripts on.
const enoughUnscripted = 400

// reveal puts the paragraphs of a page that it keeps for browsers without scripts
// in their place.
func reveal(doc *html.Node) {
	var found []*html.Node
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Noscript && n.FirstChild != nil && n.FirstChild.Type == html.TextNode && n.FirstChild.NextSibling == nil &&
			len(n.FirstChild.Data) >= enoughUnscripted && strings.Contains(n.FirstChild.Data, "<p") {
			found = append(found, n)
		}
	}
	for _, n := range found {
		box := &html.Node{Type: html.ElementNode, DataAtom: atom.Div, Data: "div"}
		inner, err := html.ParseFragment(strings.NewReader(n.FirstChild.Data), box)
		if err != nil {
			continue
		}
		for _, c := range inner {
			box.AppendChild(c)
		}
		if len(textOf(box)) >= enoughUnscripted {
			n.Parent.InsertBefore(box, n)
			n.Parent.RemoveChild(n)
		}
	}
}

// countNodes counts up to limit and one more.
func countNodes(n *html.Node, limit int) int {
	count := 0
	for range n.Descendants() {
		if count++; count > limit {
			break
		}
	}
	return count
}

// flatten leaves out the tags of elements deeper than depth and keeps their
// text. Elements whose end tag may be missing do not count: they close each
// other.
func flatten(page string, depth int) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	open, left := 0, 0
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return b.String()
		}
		raw := z.Raw()
		switch kind {
		case html.StartTagToken:
			name, _ := z.TagName()
			switch a := atom.Lookup(name); {
			case mayStayOpen(a):
			case open >= depth:
				left++
				b.WriteByte(' ')
				continue
			default:
				open++
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			switch a := atom.Lookup(name); {
			case mayStayOpen(a):
			case left > 0:
				left--
				b.WriteByte(' ')
				continue
			case open > 0:
				open--
			}
		}
		b.Write(raw)
	}
}

func mayStayOpen(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Li, atom.Dt, atom.Dd, atom.Tr, atom.Td, atom.Th, atom.Thead, atom.Tbody, atom.Tfoot, atom.Option, atom.Optgroup, atom.Colgroup,
		atom.Br, atom.Hr, atom.Img, atom.Input, atom.Meta, atom.Link, atom.Col, atom.Area, atom.Base, atom.Embed, atom.Source, atom.Track, atom.Wbr,
		atom.Script, atom.Style, atom.Html, atom.Head, atom.Body:
		return true
	}
	return false
}

func attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key && n.Attr[i].Namespace == "" {
			return n.Attr[i].Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return true
		}
	}
	return false
}

// textOf is the folded text below n, hidden parts included: for labels and
// titles.
func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && c.Parent.DataAtom != atom.Script && c.Parent.DataAtom != atom.Style {
			b.WriteString(c.Data)
			if b.Len() > 10_000 {
				break
			}
		} else if c.DataAtom == atom.Br {
			b.WriteByte(' ')
		}
	}
	return extract.Fold(b.String())
}
