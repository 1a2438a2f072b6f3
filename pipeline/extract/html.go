package extract

import (
	"context"
	"fmt"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"freshet/connectors"
)

// readHTML reads a page or a fragment of one.
func readHTML(ctx context.Context, page string, o Options) (*Text, error) {
	doc, err := parse(ctx, page, o.Limits)
	if err != nil {
		return nil, err
	}
	drop, err := matching(doc, "drop", o.Drop...)
	if err != nil {
		return nil, err
	}
	s := surveyOf(doc, o.URI)
	t := &Text{Title: s.title, Language: s.language}
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
		t.Way, t.Why = WaySelected, "the source's settings name the element"
		b.selection(doc, selected)
	case !wholePage([]byte(page[:min(len(page), sniffed)])) && !strings.Contains(strings.ToLower(page[:min(len(page), sniffed)]), "<body"):
		t.Way, t.Why = WayFragment, "it is a part of a page, not a page"
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
	if !hasWords(t.Blocks) && s.scripts > 0 {
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
func tidy(blocks []Block) []Block {
	out := make([]Block, 0, len(blocks))
	for i := range blocks {
		block := blocks[i]
		if block.Close == pseudo {
			block.Close = 0
			// A line in bold with nothing of its own below is a line, not a heading.
			if i+1 == len(blocks) || blocks[i+1].Kind == Heading {
				block.Kind, block.Level = Paragraph, 0
			}
		}
		out = append(out, block)
	}
	return attachLeads(out)
}
