package markup

import (
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"freshet/pipeline/extract"
)

// A survey is what has to be known of a whole page before its content is read.
type survey struct {
	title, language string
	properties      map[string]string
	base            *url.URL
	ids             map[string]*html.Node
	// panels are the IDs of what a button, tab or link opens: such parts are
	// content although the page hides them at first.
	panels map[string]bool
	// tabs are the labels of tab panels by the panel's ID.
	tabs    map[string]string
	h1      []string
	scripts int
	said    statements
}

func surveyOf(doc *html.Node, uri string) *survey {
	s := &survey{properties: map[string]string{}, ids: map[string]*html.Node{}, panels: map[string]bool{}, tabs: map[string]string{}}
	if u, err := url.Parse(uri); err == nil && u.IsAbs() {
		s.base = u
	}
	var titleTag, ogTitle string
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if id := attr(n, "id"); id != "" && s.ids[id] == nil {
			s.ids[id] = n
		}
		if id := controls(n); id != "" {
			s.panels[id] = true
			if attr(n, "role") == "tab" || toggle(n) == "tab" || toggle(n) == "pill" {
				s.tabs[id] = textOf(n)
			}
		}
		switch n.DataAtom {
		case atom.Html:
			s.language = extract.NormalLanguage(firstOf(attr(n, "lang"), attr(n, "xml:lang")))
		case atom.Title:
			if titleTag == "" && n.Namespace == "" {
				titleTag = textOf(n)
			}
		case atom.Base:
			s.setBase(attr(n, "href"))
		case atom.H1:
			if text := textOf(n); text != "" {
				s.h1 = append(s.h1, text)
			}
		case atom.Meta:
			name := strings.ToLower(firstOf(attr(n, "property"), attr(n, "name"), attr(n, "http-equiv")))
			content := extract.Fold(attr(n, "content"))
			if name == "og:title" {
				ogTitle = content
			}
			s.setProperty(name, content)
		case atom.Script:
			if isStatement(n) {
				s.said.read(n)
				continue
			}
			s.scripts++
		}
	}
	s.title = pickTitle(s.h1, ogTitle, titleTag)
	s.said.describe(s)
	return s
}

func (s *survey) setBase(href string) {
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil {
		return
	}
	if s.base != nil {
		u = s.base.ResolveReference(u)
	}
	if u.IsAbs() {
		s.base = u
	}
}

// setProperty keeps what pages say of themselves under common names; the first
// statement rules.
func (s *survey) setProperty(name, content string) {
	key := ""
	switch name {
	case "description", "og:description":
		key = "description"
	case "author", "article:author":
		key = "author"
	case "article:published_time", "date", "dc.date", "dcterms.created":
		key = "published"
	case "article:modified_time", "og:updated_time", "last-modified", "dcterms.modified":
		key = "modified"
	case "og:site_name":
		key = "site"
	case "keywords":
		key = "keywords"
	case "content-language":
		if s.language == "" && !strings.Contains(content, ",") {
			s.language = extract.NormalLanguage(content)
		}
	}
	if key != "" && content != "" && s.properties[key] == "" && len(content) <= 2_000 {
		s.properties[key] = content
	}
}

// pickTitle prefers a first-level heading that the title element repeats, in whole
// or, when there is but one such heading, for the most part: it has no site name in it.
func pickTitle(h1 []string, og, title string) string {
	whole := firstOf(og, title)
	if len(h1) == 1 && (title == "" || strings.Contains(letters(title), letters(h1[0])) || sameWords(h1[0], wordSet(whole))) {
		return h1[0]
	}
	for _, h := range h1 {
		if strings.Contains(letters(whole), letters(h)) && len(h) >= 8 {
			return h
		}
	}
	if whole == "" && len(h1) > 0 {
		return h1[0]
	}
	return whole
}

// letters are the letters and digits of s in lower case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}

// controls returns the ID of the element of this page that n shows and hides.
func controls(n *html.Node) string {
	if id := attr(n, "aria-controls"); id != "" {
		return id
	}
	if toggle(n) == "" {
		return ""
	}
	target := firstOf(attr(n, "data-bs-target"), attr(n, "data-target"), attr(n, "href"))
	if id, ok := strings.CutPrefix(target, "#"); ok {
		return id
	}
	return ""
}

// toggle returns collapse, tab or pill for the switches of Bootstrap.
func toggle(n *html.Node) string {
	switch t := firstOf(attr(n, "data-bs-toggle"), attr(n, "data-toggle")); t {
	case "collapse", "tab", "pill":
		return t
	}
	return ""
}

// hidden reports whether the page does not show n and never will.
func (s *survey) hidden(n *html.Node) bool {
	if hasClass(n, "sr-only", "visually-hidden", "screen-reader-text", "screenreader-only") {
		return true
	}
	style := strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", "")
	concealed := hasAttr(n, "hidden") || attr(n, "aria-hidden") == "true" ||
		strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") ||
		n.DataAtom == atom.Dialog && !hasAttr(n, "open")
	return concealed && !s.panel(n)
}

// panel reports whether n is part of an accordion or a set of tabs.
func (s *survey) panel(n *html.Node) bool {
	id := attr(n, "id")
	return id != "" && s.panels[id] || attr(n, "role") == "tabpanel" || attr(n, "role") == "region" && hasAttr(n, "aria-labelledby") ||
		attr(n, "itemprop") == "acceptedAnswer" || attr(n, "itemprop") == "text"
}

func hasClass(n *html.Node, names ...string) bool {
	class := attr(n, "class")
	if class == "" {
		return false
	}
	for c := range strings.FieldsSeq(class) {
		for _, name := range names {
			if c == name {
				return true
			}
		}
	}
	return false
}
