package sitetest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// block is one piece of a page's text: "p", "h2" or "li".
type block struct{ kind, text string }

// validators are what a page is given besides its content.
type validators int

const (
	noValidators  validators = iota
	strongTag                // ETag and Last-Modified
	weakTag                  // a weak ETag
	onlyModified             // Last-Modified alone
	lyingTag                 // another ETag at every answer
	lyingModified            // the time of the answer as Last-Modified
)

// page is one address of the site. What it is to become in a knowledge base is in
// want.
type page struct {
	name    int // what stays when the page moves; counted from 1
	family  string
	path    string // with its query; escaped
	lang    string // of <html lang>
	header  string // Content-Language, if lang is not said in the page
	title   string
	text    []block
	links   []string // addresses as written in the page
	related []string // like links, beside the text
	head    []string // further elements of the head
	more    http.Header
	trust   validators
	gzip    bool
	charset charsetForm
	layout  int
	twin    int // name of its translation, 0 if none
	tell    twins
	mapped  bool // listed in a sitemap
	broken  bool // answers 500
	canon   bool // names itself as the canonical address
	changed time.Time

	status   int
	location string
	raw      []byte // instead of HTML
	media    string // of raw
	answer   func(w http.ResponseWriter, r *http.Request) bool

	want Expect
}

// twins is where a page names its translation.
type twins int

const (
	inHead twins = iota
	inSitemap
)

// add puts a page into the site and returns it.
func (s *Site) add(p page) *page {
	p.name = len(s.byName) + 1
	if p.changed.IsZero() {
		p.changed = s.Clock.Now().Add(-time.Duration(20+s.rand.IntN(400)) * 24 * time.Hour).Truncate(time.Second)
	}
	if p.want.Is == 0 {
		p.want.Is = Document
	}
	p.want.Family, p.want.Page = p.family, p.name
	kept := &p
	s.byName = append(s.byName, kept)
	s.pages[p.path] = kept
	return kept
}

// write gives a page a title and a text of its own.
func (s *Site) write(p page, words int) page {
	w := newWriter(s.rand, p.lang)
	title, text := w.article(words)
	if p.title == "" {
		p.title = title
	}
	p.text = append(p.text, text...)
	return p
}

// article is a page with 80 to 400 words.
func (s *Site) article(p page) page { return s.write(p, 80+s.rand.IntN(320)) }

// later notes a page to be added by flush, which orders them and writes their texts.
func (s *Site) later(p page) { s.waiting = append(s.waiting, p) }

func (s *Site) flush() {
	slices.SortFunc(s.waiting, func(a, b page) int { return strings.Compare(a.path, b.path) })
	for _, p := range s.waiting {
		s.add(s.article(p))
	}
	s.waiting = nil
}

// texts are the pieces that a reader of the page must get.
func (p *page) texts() []string {
	out := make([]string, 0, len(p.text))
	for _, b := range p.text {
		out = append(out, b.text)
	}
	return out
}

var slugs = strings.NewReplacer(" ", "-", "'", "-", "à", "a", "é", "e", "ê", "e", "è", "e", "ç", "c", "É", "e")

// slug makes the last part of an address of a title.
func slug(title string, n int) string {
	return strings.ToLower(slugs.Replace(title)) + fmt.Sprintf("-%d", n)
}
