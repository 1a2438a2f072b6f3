package markup

import (
	"encoding/json"
	"strings"

	"golang.org/x/net/html"

	"freshet/pipeline/extract"
)

const (
	// maxStatements is the length, in bytes, of all JSON-LD of a page that is read.
	maxStatements = 1 << 20
	// maxThings is how many objects of it are looked at, and maxThingDepth how deep.
	maxThings     = 5_000
	maxThingDepth = 20
)

// A thing is an object of JSON-LD.
type thing map[string]any

// statements collect what a page says of itself in JSON-LD.
type statements struct {
	bytes, seen int
	questions   []thing
	products    []thing
	guides      []thing
	articles    []thing
}

// isStatement reports whether a script holds JSON-LD.
func isStatement(n *html.Node) bool {
	kind, _, _ := strings.Cut(strings.ToLower(attr(n, "type")), ";")
	return strings.TrimSpace(kind) == "application/ld+json"
}

// read takes in one script. What is no JSON is left alone: pages say it to machines,
// and nobody sees when it is broken.
func (s *statements) read(n *html.Node) {
	if n.FirstChild == nil || s.bytes+len(n.FirstChild.Data) > maxStatements {
		return
	}
	s.bytes += len(n.FirstChild.Data)
	text := strings.TrimSpace(n.FirstChild.Data)
	for _, wrap := range [...][2]string{{"<!--", "-->"}, {"//<![CDATA[", "//]]>"}, {"<![CDATA[", "]]>"}} {
		text = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(text, wrap[0]), wrap[1]))
	}
	var v any
	if json.Unmarshal([]byte(strings.TrimSuffix(text, ";")), &v) == nil {
		s.walk(v, 0)
	}
}

// walk sorts the objects in v by their type. Of what it knows it leaves the inside
// to those who read it, but for lists of further things.
func (s *statements) walk(v any, depth int) {
	if depth > maxThingDepth {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			s.walk(e, depth+1)
		}
	case map[string]any:
		if s.seen++; s.seen > maxThings {
			return
		}
		t := thing(v)
		switch {
		case t.is("Question"):
			s.questions = append(s.questions, t)
			return
		case t.is("Product", "ProductGroup", "IndividualProduct", "ProductModel"):
			s.products = append(s.products, t)
			return
		case t.is("HowTo"):
			s.guides = append(s.guides, t)
			return
		case t.is("Article", "NewsArticle", "BlogPosting", "TechArticle", "WebPage", "FAQPage", "QAPage"):
			s.articles = append(s.articles, t)
		}
		for _, key := range [...]string{"@graph", "mainEntity", "mainEntityOfPage", "hasPart", "itemListElement", "item", "about"} {
			s.walk(v[key], depth+1)
		}
	}
}

// is reports whether one of the types of t is named.
func (t thing) is(names ...string) bool {
	for _, have := range texts(t["@type"]) {
		have = have[strings.LastIndexAny(have, "/:")+1:]
		for _, name := range names {
			if have == name {
				return true
			}
		}
	}
	return false
}

// text is the first text under one of the keys, as one line; of a nested object its
// name.
func (t thing) text(keys ...string) string {
	for _, key := range keys {
		for _, s := range texts(t[key]) {
			if s = extract.Fold(html.UnescapeString(strings.ToValidUTF8(s, ""))); s != "" {
				return s
			}
		}
	}
	return ""
}

// things are the objects under a key: one, or those of a list.
func (t thing) things(key string) []thing {
	var out []thing
	switch v := t[key].(type) {
	case map[string]any:
		out = append(out, v)
	case []any:
		for _, e := range v {
			if m, ok := e.(map[string]any); ok && len(out) < maxThings {
				out = append(out, m)
			}
		}
	}
	return out
}

// texts are the texts in a value: itself, those of a list, the names of objects.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case float64:
		b, err := json.Marshal(v)
		if err != nil {
			return nil
		}
		return []string{string(b)}
	case map[string]any:
		for _, key := range [...]string{"@value", "name", "@id"} {
			if s, ok := v[key].(string); ok {
				return []string{s}
			}
		}
	case []any:
		var out []string
		for _, e := range v[:min(len(v), 20)] {
			if _, nested := e.([]any); !nested {
				out = append(out, texts(e)...)
			}
		}
		return out
	}
	return nil
}

// describe fills in the properties that the page's own elements do not give.
func (s *statements) describe(p *survey) {
	for _, t := range append(append([]thing(nil), s.articles...), append(s.products, s.guides...)...) {
		p.setProperty("date", t.text("datePublished"))
		p.setProperty("last-modified", t.text("dateModified"))
		p.setProperty("author", t.text("author"))
		p.setProperty("description", t.text("description"))
		if p.title == "" {
			p.title = t.text("headline", "name")
		}
	}
}
