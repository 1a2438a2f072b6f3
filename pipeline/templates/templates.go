// Package templates learns what stands on most pages of a source (menus, cookie
// texts, footers that an extractor could not tell from content) and leaves it out of
// the text that passages are made of. One page keeps each such block, so that
// whatever it says can still be found.
//
// Learning looks at structure and repetition only. What repeats is left out where a
// template puts it, at the ends of a page; between a page's own sentences it goes
// only when nearly every page has it. Headings go with what they head, and none
// loses all that stands under it. Rows of tables and steps of ordered lists never go
// singly.
package templates

import (
	"net/url"
	"strings"
	"unicode"

	"freshet/pipeline/extract"
)

// Version names the rules of this package. It changes whenever the same pages would
// give other texts.
const Version = "templates/1"

// A Page is what says among which pages a text belongs.
type Page struct {
	Key     string // of its document
	Form    string // version of the reader, "html/1"; the number does not count
	Locale  string
	Address string
}

// IsMarkup reports whether the page is of a form that sites make from templates. Files
// stand for themselves: a chapter that most of them share is theirs.
func (p Page) IsMarkup() bool {
	form, _, _ := strings.Cut(p.Form, "/")
	return form == "html" || form == "markdown"
}

// parts are the pages among which p is counted: those of its form and language, and
// of these the ones of its section. Section is "" when it has none.
func (p Page) parts() (whole, section string) {
	form, _, _ := strings.Cut(p.Form, "/")
	language := strings.ToLower(p.Locale)
	if end := strings.IndexFunc(language, func(r rune) bool { return !unicode.IsLetter(r) }); end >= 0 {
		language = language[:end]
	}
	whole = form + " " + language
	if s := sectionOf(p.Address); s != "" {
		section = whole + " " + s
	}
	return whole, section
}

// sectionOf is the host with the first part of the path that names no language, or
// "" when nothing follows it.
func sectionOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) > 0 && namesLanguage(parts[0]) {
		parts = parts[1:]
	}
	if len(parts) < 2 || parts[0] == "" {
		return ""
	}
	return u.Host + "/" + parts[0]
}

// namesLanguage reports whether a part of a path is a tag such as "fr" or "pt-BR".
func namesLanguage(s string) bool {
	language, region, two := strings.Cut(strings.ReplaceAll(s, "_", "-"), "-")
	return len(language) == 2 && letters(language) && (!two || len(region) == 2 && letters(region))
}

func letters(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= unicode.MaxASCII || !unicode.IsLetter(r) }) < 0
}

// hasWords reports whether a letter or a digit is in s.
func hasWords(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) >= 0
}

// A Menu is a list that may be left out item by item: one without a lead-in whose
// items have no order and few words.
const (
	menuItems     = 4 // at least
	menuItemWords = 10
)

func isMenu(b *extract.Block) bool {
	if b.Kind != extract.List || b.Ordered || b.Lead != "" {
		return false
	}
	items, short := 0, true
	eachItem(b.Items, func(it *extract.Item) {
		items++
		short = short && !it.Ordered && len(strings.Fields(it.Text)) <= menuItemWords
	})
	return short && items >= menuItems
}

// eachItem calls f for all items, in the order of the text.
func eachItem(items []extract.Item, f func(*extract.Item)) {
	for i := range items {
		f(&items[i])
		eachItem(items[i].Items, f)
	}
}
