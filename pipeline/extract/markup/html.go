// Package markup reads HTML, whole pages and fragments, and Markdown.
package markup

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

// HTMLVersion names the rules by which pages are read.
const HTMLVersion = "html/3"

// ReadHTML reads a page or a fragment of one.
func ReadHTML(ctx context.Context, page string, o extract.Options) (*extract.Text, error) {
	doc, err := parse(ctx, page, o.Limits)
	if err != nil {
		return nil, err
	}
	drop, err := matching(doc, "drop", o.Drop...)
	if err != nil {
		return nil, err
	}
	s := surveyOf(doc, o.URI)
	t := &extract.Text{Title: s.title, Language: s.language}
	if len(s.properties) > 0 {
		t.Properties = s.properties
	}
	var selected map[*html.Node]bool
	if o.Select != "" {
		if selected, err = matching(doc, "select", o.Select); err != nil {
			return nil, err
		}
	}
	b := newBuilder(ctx, s, o.Limits)
	b.drop = drop
	switch {
	case len(selected) > 0:
		t.Way, t.Why = extract.WaySelected, "the source's settings name the element"
		b.selection(doc, selected)
	case !WholePage([]byte(page[:min(len(page), beginning)])) && !strings.Contains(strings.ToLower(page[:min(len(page), beginning)]), "<body"):
		t.Way, t.Why = extract.WayFragment, "it is a part of a page, not a page"
		b.children(bodyOf(doc))
		b.flush()
	default:
		b.children(bodyOf(doc))
		b.flush()
		if b.err == nil {
			b.choose(doc, len(page), t)
		}
	}
	if b.err != nil {
		return nil, b.err
	}
	t.Blocks, t.Links = tidy(b.blocks), b.links
	if len(selected) == 0 {
		t.Blocks = append(t.Blocks, b.stated(t)...)
	}
	if !t.HasWords() && s.scripts > 0 {
		return nil, &connectors.Verdict{Reason: connectors.VerdictEmpty, Detail: "the page has no text of its own; scripts would fill it in a browser"}
	}
	return t, nil
}

// matching returns the nodes that one of the CSS selectors matches.
func matching(doc *html.Node, setting string, selectors ...string) (map[*html.Node]bool, error) {
	if len(selectors) == 0 {
		return nil, nil
	}
	found := map[*html.Node]bool{}
	for _, text := range selectors {
		sel, err := cascadia.ParseGroup(text)
		if err != nil {
			return nil, fmt.Errorf("extract.%s: %q is not a CSS selector (an example: \".cookie-banner\"): %w", setting, text, err)
		}
		for _, n := range cascadia.QueryAll(doc, sel) {
			found[n] = true
		}
	}
	return found, nil
}

// selection reads the selected elements in the order of the page, one inside
// another once.
func (b *builder) selection(n *html.Node, selected map[*html.Node]bool) {
	for c := n.FirstChild; c != nil && b.err == nil; c = c.NextSibling {
		if selected[c] {
			b.node(c)
			b.flush()
			continue
		}
		b.selection(c, selected)
	}
}

func bodyOf(doc *html.Node) *html.Node {
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Body && n.Type == html.ElementNode {
			return n
		}
	}
	return doc
}

// tidy settles what could not be known while the blocks were read.
func tidy(blocks []extract.Block) []extract.Block {
	out := make([]extract.Block, 0, len(blocks))
	for i := range blocks {
		block := blocks[i]
		if block.Close == pseudo {
			block.Close = 0
			// A line in bold with nothing of its own below is a line, not a heading.
			if i+1 == len(blocks) || blocks[i+1].Kind == extract.Heading {
				block.Kind, block.Level = extract.Paragraph, 0
			}
		}
		out = append(out, block)
	}
	return extract.AttachLeads(out)
}

// beginning is how much of a page, in bytes, tells it from a fragment.
const beginning = 4 << 10

// WholePage recognises a page by its beginning.
func WholePage(head []byte) bool {
	lower := bytes.ToLower(head)
	return bytes.Contains(lower, []byte("<!doctype html")) || bytes.Contains(lower, []byte("<html"))
}
