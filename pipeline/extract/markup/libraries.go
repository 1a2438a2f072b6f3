package markup

import (
	"net/url"
	"strings"
	"time"

	"codeberg.org/readeck/go-readability"
	"github.com/markusmobius/go-htmldate"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// guarded turns a panic of a library on odd input into "nothing found".
func guarded(text func() string) (found string) {
	defer func() {
		if recover() != nil {
			found = ""
		}
	}()
	return text()
}

// told answers what go-trafilatura would look for in the whole page, once for each
// answer, and nobody asks it: who wrote the page, on what site, in what category and
// with what keywords. A name of two words, and a site with a dot, are believed. Of the
// content it sees no script.
const told = `{"@type":"Article","name":"a page","author":"An Author","publisher":"a.site","articleSection":"section","keywords":"keyword"}`

// tell puts what is told into the head of a page and returns how to take it away.
func tell(doc *html.Node) (untell func()) {
	for n := range doc.Descendants() {
		if n.DataAtom != atom.Head {
			continue
		}
		script := &html.Node{Type: html.ElementNode, DataAtom: atom.Script, Data: "script", Attr: []html.Attribute{{Key: "type", Val: "application/ld+json"}}}
		script.AppendChild(&html.Node{Type: html.TextNode, Data: told})
		n.AppendChild(script)
		return func() { n.RemoveChild(script) }
	}
	return func() {}
}

// trafilaturaText is the main content as go-trafilatura alone sees it. Its own
// fallback would run another readability for an answer that is asked for anyway.
func trafilaturaText(doc *html.Node, base *url.URL) string {
	defer tell(doc)()
	result, err := trafilatura.ExtractDocument(doc, trafilatura.Options{
		OriginalURL:      base,
		ExcludeComments:  true,
		HtmlDateOverride: &htmldate.Result{DateTime: time.Time{}},
	})
	if err != nil || result == nil {
		return ""
	}
	return result.ContentText
}

// readabilityText is the main content as readability sees it. It changes doc.
func readabilityText(doc *html.Node, base *url.URL) string {
	parser := readability.NewParser()
	parser.DisableJSONLD = true
	article, err := parser.ParseAndMutate(doc, base)
	if err != nil {
		return ""
	}
	return article.TextContent
}

// slim is a copy of a page without what holds no text: libraries clone the page
// several times. Of the head it keeps the title.
func (b *builder) slim(n *html.Node) *html.Node {
	c := &html.Node{Type: n.Type, DataAtom: n.DataAtom, Data: n.Data, Namespace: n.Namespace, Attr: n.Attr}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch {
		case child.Type == html.TextNode:
			if n.DataAtom == atom.Head {
				continue
			}
		case child.Type != html.ElementNode && child.Type != html.DoctypeNode:
			continue
		case b.drop[child] || textless(child) || n.DataAtom == atom.Head && child.DataAtom != atom.Title:
			continue
		}
		c.AppendChild(b.slim(child))
	}
	return c
}

// textless reports whether nothing in an element can be part of the content.
func textless(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Math, atom.Iframe, atom.Object, atom.Embed, atom.Canvas, atom.Audio, atom.Video,
		atom.Select, atom.Link, atom.Meta:
		return true
	}
	return strings.Contains(n.Data, ":")
}
