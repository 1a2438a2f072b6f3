package website

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// revisionOf identifies what a page says: its text, structure, links and metadata.
// What changes with every load and says nothing (scripts, comments, nonces, tokens
// of forms, numbers in the attributes of programs) does not count.
func revisionOf(p page) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00", p.locale, p.canonical, p.group)
	w := bufio.NewWriter(h)
	for _, n := range p.doc.Nodes {
		essence(w, n)
	}
	if err := w.Flush(); err != nil {
		panic(err) // a hash does not fail
	}
	return "p" + hex.EncodeToString(h.Sum(nil)[:16])
}

// essence writes a page as HTML without what does not count.
func essence(w *bufio.Writer, n *html.Node) {
	switch n.Type {
	case html.TextNode:
		if raw := n.Parent; raw != nil && raw.Type == html.ElementNode && rawText[raw.DataAtom] {
			w.WriteString(n.Data)
			return
		}
		w.WriteString(html.EscapeString(n.Data))
	case html.DoctypeNode:
		w.WriteString("<!DOCTYPE " + n.Data + ">")
	case html.ElementNode:
		if n.DataAtom == atom.Link && countless(attribute(n, "rel")) {
			return
		}
		w.WriteString("<" + n.Data)
		for _, a := range n.Attr {
			writeAttribute(w, n, a)
		}
		w.WriteString(">")
		if n.DataAtom == atom.Style || n.DataAtom == atom.Noscript && !unscripted(n) || n.DataAtom == atom.Script && !strings.Contains(attribute(n, "type"), "ld+json") {
			w.WriteString("</" + n.Data + ">")
			return
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		essence(w, c)
	}
	if n.Type == html.ElementNode && !empty[n.DataAtom] {
		w.WriteString("</" + n.Data + ">")
	}
}

// unscripted reports whether a page keeps text of its own for browsers without
// scripts, which extraction reads; counters and pleas to turn scripts on are none.
func unscripted(n *html.Node) bool {
	return n.FirstChild != nil && len(n.FirstChild.Data) >= 400 && strings.Contains(n.FirstChild.Data, "<p")
}

// rawText are elements whose text is not escaped.
var rawText = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Iframe: true, atom.Noembed: true, atom.Noframes: true, atom.Noscript: true, atom.Plaintext: true, atom.Xmp: true,
}

// empty are elements without an end.
var empty = map[atom.Atom]bool{
	atom.Area: true, atom.Base: true, atom.Br: true, atom.Col: true, atom.Embed: true, atom.Hr: true, atom.Img: true, atom.Input: true,
	atom.Link: true, atom.Meta: true, atom.Param: true, atom.Source: true, atom.Track: true, atom.Wbr: true,
}

// countless reports whether a link of this kind is only for browsers: style sheets
// and scripts whose addresses change with every release.
func countless(rel string) bool {
	switch strings.ToLower(strings.TrimSpace(rel)) {
	case "stylesheet", "preload", "prefetch", "modulepreload", "dns-prefetch", "preconnect", "icon", "shortcut icon", "apple-touch-icon", "manifest":
		return true
	}
	return false
}

// volatile is what programs number and sign things with.
var volatile = regexp.MustCompile(`[0-9]{5,}|[0-9a-fA-F]*[0-9][0-9a-fA-F]{6,}|[A-Za-z0-9+/_=-]*[0-9][A-Za-z0-9+/_=-]{20,}`)

func writeAttribute(w *bufio.Writer, n *html.Node, a html.Attribute) {
	key, value := a.Key, a.Val
	switch {
	case key == "nonce", key == "integrity", strings.HasPrefix(key, "on"),
		n.DataAtom == atom.Script && key != "type" && key != "id",
		(key == "src" || key == "srcset" || key == "sizes") && n.DataAtom != atom.Iframe && n.DataAtom != atom.Frame,
		key == "value" && n.DataAtom == atom.Input && strings.EqualFold(attribute(n, "type"), "hidden"),
		key == "action" && n.DataAtom == atom.Form,
		key == "content" && n.DataAtom == atom.Meta && aboutRequest(attribute(n, "name")):
		return
	case key == "id", key == "for", strings.HasPrefix(key, "aria-"), strings.HasPrefix(key, "data-"), key == "href" && strings.HasPrefix(value, "#"):
		if strings.ContainsAny(value, "0123456789") {
			value = volatile.ReplaceAllString(value, "0")
		}
	}
	if a.Namespace != "" {
		key = a.Namespace + ":" + key
	}
	w.WriteByte(' ')
	w.WriteString(key)
	w.WriteString(`="`)
	w.WriteString(html.EscapeString(value))
	w.WriteByte('"')
}

// aboutRequest reports whether a meta element speaks of the request, not of the page.
func aboutRequest(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"csrf", "xsrf", "nonce", "token", "request", "timestamp"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}
