package markup

import (
	"iter"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// regionOf says which marginal part of a page n begins, 0 when none.
func regionOf(n *html.Node) region {
	switch n.DataAtom {
	case atom.Nav:
		return regionNav
	case atom.Header:
		if !within(n, atom.Article, atom.Main, atom.Section) {
			return regionHeader
		}
	case atom.Footer:
		return regionFooter
	case atom.Aside:
		return regionAside
	case atom.Form:
		return regionForm
	case atom.Dialog:
		return regionNotice
	}
	if len(n.Attr) == 0 || n.DataAtom == atom.Body || n.DataAtom == atom.Main || n.DataAtom == atom.Html {
		return 0
	}
	switch attr(n, "role") {
	case "navigation", "menu", "menubar", "search", "toolbar", "banner":
		return regionNav
	case "contentinfo":
		return regionFooter
	case "complementary":
		return regionAside
	case "dialog", "alertdialog":
		return regionNotice
	}
	return marginalName(attr(n, "class")) | marginalName(attr(n, "id"))
}

// longTrail is the length, in bytes, from which on the text beside the links of a
// trail is too long for one: some sites name the whole article after its trail.
const longTrail = 300

// beside is the length, in bytes, of the text below n that is in no link.
func beside(n *html.Node) int {
	sum := 0
	for c := n.FirstChild; c != nil && sum < longTrail; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			sum += len(strings.TrimSpace(c.Data))
		case c.Type == html.ElementNode && c.DataAtom != atom.A && !textless(c):
			sum += beside(c)
		}
	}
	return sum
}

// trail recognises the links that say where in the site a page stands. Article
// extraction likes to take them for the first sentence.
func trail(n *html.Node) bool {
	if len(n.Attr) == 0 || n.DataAtom == atom.Body || n.DataAtom == atom.Main || n.DataAtom == atom.Html {
		return false
	}
	for _, name := range [...]string{attr(n, "class"), attr(n, "id"), attr(n, "aria-label"), attr(n, "itemtype")} {
		if name == "" || len(name) > 200 {
			continue
		}
		name = strings.ToLower(name)
		for _, word := range [...]string{"breadcrumb", "fil d’ariane", "fil d'ariane", "fil-ariane", "filariane"} {
			if strings.Contains(name, word) {
				return beside(n) < longTrail
			}
		}
	}
	return false
}

func within(n *html.Node, kinds ...atom.Atom) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		for _, k := range kinds {
			if p.DataAtom == k {
				return true
			}
		}
	}
	return false
}

// marginalName recognises the class names and IDs of what surrounds content.
func marginalName(names string) region {
	var found region
	for part := range nameParts(names) {
		switch part {
		case "cookie", "cookies", "gdpr", "consent":
			found |= regionNotice
		case "share", "sharing", "social", "popup", "modal", "skip", "breadcrumb", "breadcrumbs", "newsletter", "advert", "advertisement", "ads", "sidebar", "navbar", "navigation", "menu", "footer",
			"pagination", "pager", "comments", "related", "subscribe", "masthead", "sponsor", "promo", "widget":
			found |= regionMarginal
		}
	}
	return found
}

// nameParts are the words of class names and IDs, in lower case. Names too long to
// be written by hand are left out.
func nameParts(names string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range strings.FieldsSeq(names) {
			if len(name) > 60 {
				continue
			}
			for part := range strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' }) {
				if !yield(part) {
					return
				}
			}
		}
	}
}
