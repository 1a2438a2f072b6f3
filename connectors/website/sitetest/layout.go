package sitetest

import (
	"fmt"
	"html"
	"strings"
)

// render makes the HTML of a page as it is at the address uri, in UTF-8.
func (s *Site) render(p *page, session string) string {
	var b strings.Builder
	lang := ""
	if p.lang != "" {
		lang = fmt.Sprintf(" lang=%q", p.lang)
	}
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html%s>\n<head>\n%s<title>%s – Marelle</title>\n", lang, p.charset.meta(), html.EscapeString(p.title))
	fmt.Fprintf(&b, "<meta name=\"viewport\" content=\"width=device-width\">\n<link rel=\"stylesheet\" href=\"/theme/style.css\">\n")
	fmt.Fprintf(&b, "<link rel=\"alternate\" type=\"application/rss+xml\" href=\"/feed.xml\">\n")
	s.alternates(&b, p)
	if p.canon {
		fmt.Fprintf(&b, "<link rel=\"canonical\" href=\"%s\">\n", s.URL+html.EscapeString(p.path))
	}
	for _, h := range p.head {
		b.WriteString(h + "\n")
	}
	b.WriteString("</head>\n<body>\n")
	s.navigation(&b, p)
	opening, closing := `<main><article>`, `</article></main>`
	if p.layout == 1 {
		opening, closing = `<div id="content" class="post-content">`, `</div>`
	}
	b.WriteString(opening + "\n")
	if s.options.Unmarked {
		FurnitureOf(p.language()).before(&b)
	}
	fmt.Fprintf(&b, "<h1>%s</h1>\n", html.EscapeString(p.title))
	s.body(&b, p)
	if s.options.Unmarked {
		FurnitureOf(p.language()).after(&b)
	}
	b.WriteString(closing + "\n")
	if list := s.beside(p); len(list) > 0 {
		b.WriteString("<aside class=\"related\"><h2>À lire aussi / See also</h2><ul>\n")
		for _, to := range list {
			fmt.Fprintf(&b, "<li><a href=\"%s\">%s</a></li>\n", html.EscapeString(withSession(to, session)), html.EscapeString(s.titleOf(to)))
		}
		b.WriteString("</ul></aside>\n")
	}
	b.WriteString("<footer><p>© 2026 Marelle · Tous droits réservés · All rights reserved</p><a href=\"mailto:bonjour@marelle.test\">Écrire</a> ")
	b.WriteString("<a href=\"javascript:void(0)\">Cookies</a> <a href=\"tel:+33100000000\">+33 1 00 00 00 00</a></footer>\n</body>\n</html>\n")
	return b.String()
}

func (s *Site) body(b *strings.Builder, p *page) {
	for _, t := range p.text {
		fmt.Fprintf(b, "<%s>%s</%s>\n", t.kind, html.EscapeString(t.text), t.kind)
	}
	if len(p.links) == 0 {
		return
	}
	b.WriteString("<ul class=\"links\">\n")
	for i, to := range p.links {
		attributes := ""
		if rest, ok := strings.CutPrefix(to, "nofollow:"); ok {
			to, attributes = rest, ` rel="external nofollow"`
		}
		fmt.Fprintf(b, "<li><a href=\"%s\"%s>%d</a></li>\n", html.EscapeString(to), attributes, i+1)
	}
	b.WriteString("</ul>\n")
}

// beside is what a page links to besides its text.
func (s *Site) beside(p *page) []string {
	return append(s.listed(p), p.related...)
}

func (s *Site) alternates(b *strings.Builder, p *page) {
	if p.twin == 0 || p.tell != inHead {
		return
	}
	twin := s.byName[p.twin-1]
	for _, q := range []*page{p, twin} {
		fmt.Fprintf(b, "<link rel=\"alternate\" hreflang=\"%s\" href=\"%s\">\n", q.language(), s.URL+html.EscapeString(q.path))
	}
	fmt.Fprintf(b, "<link rel=\"alternate\" hreflang=\"x-default\" href=\"%s/\">\n", s.URL)
}

func (p *page) language() string {
	if p.lang == "" {
		return p.header
	}
	return p.lang
}

// navigation is the same on all pages of a language.
func (s *Site) navigation(b *strings.Builder, p *page) {
	b.WriteString("<header><a href=\"/\">Marelle</a><nav><ul>\n")
	for _, sec := range s.sections {
		if !sec.removed && (sec.lang == p.language() || p.path == "/") {
			fmt.Fprintf(b, "<li><a href=\"%s\">%s</a></li>\n", s.sectionPath(sec), sec.name)
		}
	}
	b.WriteString("</ul></nav><form action=\"/recherche\"><input name=\"q\"></form></header>\n")
	if p.path == "/" {
		b.WriteString("<ul class=\"topics\">\n")
		for _, q := range s.byName {
			if strings.HasPrefix(q.path, "/fr/divers/") {
				fmt.Fprintf(b, "<li><a href=\"%s\">%s</a></li>\n", q.path, html.EscapeString(q.title))
			}
		}
		b.WriteString("</ul>\n")
	}
}

// titleOf is what a link to an address is called.
func (s *Site) titleOf(path string) string {
	if p, ok := s.pages[path]; ok && p.title != "" {
		return p.title
	}
	return path
}

func withSession(path, session string) string {
	if session == "" {
		return path
	}
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	return path + mark + session
}
