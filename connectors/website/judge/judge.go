// Package judge says what an answer of a site really is: content, or one of the pages
// that sites put in its place with the status 200: "not found", a login, a request for
// consent, "we are back soon", the empty frame of a program that runs in browsers.
//
// It looks at structure and at few words, in French and English. It is careful: what
// it does not recognise for certain is content, because the pipeline's guard still
// stands behind it, and a page wrongly left out has nothing behind it. Its thresholds
// were chosen so that none of the 128 pages of html-webpages-trafilatura and
// html-article-zyte, which are all content, is taken for anything else.
package judge

import (
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// Kind is what a page is.
type Kind string

// The kinds of page.
const (
	Content      Kind = ""
	NotFound     Kind = "soft_404"
	Login        Kind = "login_page"
	Consent      Kind = "consent_page"
	Maintenance  Kind = "maintenance_page"
	NeedsBrowser Kind = "needs_browser"
	Empty        Kind = "empty"
)

// Opinion is a Kind with what it was recognised by, in words for the site's owner.
type Opinion struct {
	Kind Kind
	Why  string
}

// The limits in words of the text outside of navigation, header and footer. A page
// that explains how to log in or what a cookie is has more.
const (
	loginWords       = 120
	consentWords     = 180
	maintenanceWords = 100
	notFoundWords    = 120
	browserWords     = 40
)

// Look judges a page by itself. It does not change doc.
func Look(doc *goquery.Document, at *url.URL) Opinion {
	f := factsOf(doc)
	for _, look := range []func(facts, *url.URL) Opinion{maintenance, notFound, login, consent, needsBrowser} {
		if o := look(f, at); o.Kind != Content {
			return o
		}
	}
	if f.words == 0 && !f.media {
		return Opinion{Empty, "the page has no text"}
	}
	return Opinion{}
}

// facts are what the opinions rest on.
type facts struct {
	title, heading string // in lower case, folded
	text           string // outside of navigation, header and footer, likewise
	words          int    // of text
	allWords       int    // of the whole body
	password       bool   // a password field that is not in the navigation
	accept         bool   // a button to accept or refuse
	refresh        bool   // the page loads itself again
	application    string // the element that a program would fill
	scripts        int
	enable         bool // it asks to switch JavaScript on
	media          bool // pictures, videos or frames
}

const (
	// furniture is what stands around the content on every page.
	furniture = "nav, header, footer, aside, [role=navigation], [role=banner], [role=contentinfo], [role=search]"
	unread    = "script, style, noscript, template, svg, iframe, object, select, [hidden], [aria-hidden=true]"
	roots     = "#root, #app, #__next, #__nuxt, #___gatsby, #svelte, #main-app, #application, app-root, [ng-app], [data-reactroot], [ng-version], [data-server-rendered]"
)

func factsOf(doc *goquery.Document) facts {
	f := facts{title: fold(doc.Find("title").First().Text()), heading: fold(doc.Find("h1").First().Text())}
	body := doc.Find("body")
	f.allWords = len(strings.Fields(textOutside(body, unread)))
	text := textOutside(body, unread+", "+furniture)
	f.words, f.text = len(strings.Fields(text)), fold(text)
	f.password = anyOutside(doc.Find(`input[type="password" i]`), "nav, header, footer, aside, dialog, [role=dialog], [hidden]")
	doc.Find(`button, input[type="submit" i], input[type="button" i], a[role=button]`).EachWithBreak(func(_ int, s *goquery.Selection) bool {
		label := fold(s.Text() + " " + s.AttrOr("value", ""))
		f.accept = len(label) < 60 && acceptLabel.MatchString(label)
		return !f.accept
	})
	f.refresh = doc.Find(`meta[http-equiv="refresh" i]`).Length() > 0
	f.scripts = doc.Find("script[src], script[type=module]").Length()
	f.enable = enableScripts.MatchString(fold(doc.Find("noscript").Text())) || f.words < browserWords && enableScripts.MatchString(f.text)
	f.media = body.Find("img, video, audio, iframe, object, embed, canvas, svg").Length() > 0
	doc.Find(roots).EachWithBreak(func(_ int, s *goquery.Selection) bool {
		if len(strings.Fields(textOutside(s, unread))) < browserWords {
			f.application = nameOf(s)
		}
		return f.application == ""
	})
	return f
}

// textOutside is the text of what is in s without what leave selects.
func textOutside(s *goquery.Selection, leave string) string {
	c := s.Clone()
	c.Find(leave).Remove()
	var b strings.Builder
	for _, n := range c.Nodes {
		writeText(&b, n)
	}
	return b.String()
}

func anyOutside(s *goquery.Selection, within string) bool {
	found := false
	s.EachWithBreak(func(_ int, one *goquery.Selection) bool {
		found = one.Closest(within).Length() == 0
		return !found
	})
	return found
}

func nameOf(s *goquery.Selection) string {
	if id, ok := s.Attr("id"); ok && id != "" {
		return "#" + id
	}
	return goquery.NodeName(s)
}
