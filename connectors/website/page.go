package website

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"freshet/connectors/website/address"
	"freshet/connectors/website/judge"
)

const (
	// maxLinks is how many links of one page are followed.
	maxLinks = 5000
)

// page is what an HTML page says about itself.
type page struct {
	locale    string
	canonical string
	group     string    // of its translations
	versions  []version // in other languages, as the page names them
	feeds     []string  // addresses of feeds that it names
	modified  time.Time
	noindex   bool
	nofollow  bool
	links     []string          // IDs, in the order of the page, each once
	texts     map[string]string // of the links, by ID
	opinion   judge.Opinion
	doc       *goquery.Document
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$`)

// parsePage reads an HTML page, in UTF-8, that stands at u.
func parsePage(html []byte, u *url.URL, header http.Header, r address.Resolver, product string) (page, error) {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(html))
	if err != nil {
		return page{}, fmt.Errorf("reading the page's HTML: %w", err)
	}
	base := baseOf(doc, u)
	p := page{locale: localeOf(doc, header), modified: modifiedOf(doc, header), opinion: judge.Look(doc, u), doc: doc}
	p.noindex, p.nofollow = directives(doc, header, product)
	if href, ok := doc.Find(`link[rel~="canonical" i][href]`).First().Attr("href"); ok {
		if c, err := r.Resolve(base, href); err == nil {
			p.canonical = c.String()
		}
	}
	p.versions = append(alternatesOf(doc, base, r), alternatesIn(header, u, r)...)
	p.feeds = feedsOf(doc, base, r)
	p.group = groupOf(p.versions, u.String())
	if p.locale == "" {
		p.locale = ownLocale(p.versions, u.String())
	}
	if !p.nofollow {
		p.links, p.texts = linksOf(doc, base, r, p.versions)
	}
	return p, nil
}

func baseOf(doc *goquery.Document, u *url.URL) *url.URL {
	if href, ok := doc.Find("base[href]").First().Attr("href"); ok {
		if b, err := u.Parse(strings.TrimSpace(href)); err == nil && (b.Scheme == "http" || b.Scheme == "https") {
			return b
		}
	}
	return u
}

func localeOf(doc *goquery.Document, header http.Header) string {
	said, _, _ := strings.Cut(header.Get("Content-Language"), ",")
	for _, tag := range []string{doc.Find("html").AttrOr("lang", ""), doc.Find("html").AttrOr("xml:lang", ""), said} {
		if tag = strings.TrimSpace(tag); languageTag.MatchString(tag) {
			return strings.ReplaceAll(tag, "_", "-")
		}
	}
	return ""
}

// modifiedOf trusts what the page says, then the Last-Modified header unless it is
// merely the time of the answer.
func modifiedOf(doc *goquery.Document, header http.Header) time.Time {
	for _, text := range []string{
		doc.Find(`meta[property="article:modified_time"]`).AttrOr("content", ""),
		doc.Find(`meta[property="og:updated_time"]`).AttrOr("content", ""),
		doc.Find(`meta[itemprop="dateModified"]`).AttrOr("content", ""),
	} {
		if at, err := time.Parse(time.RFC3339, strings.TrimSpace(text)); err == nil {
			return at
		}
	}
	return modifiedHeader(header)
}

func modifiedHeader(header http.Header) time.Time {
	at, err := http.ParseTime(header.Get("Last-Modified"))
	if answered, errDate := http.ParseTime(header.Get("Date")); err != nil || errDate == nil && answered.Sub(at) < time.Minute {
		return time.Time{}
	}
	return at
}

// directives reads meta robots and X-Robots-Tag, those for everybody and those
// for this crawler.
func directives(doc *goquery.Document, header http.Header, product string) (noindex, nofollow bool) {
	var said []string
	doc.Find("meta[name][content]").Each(func(_ int, s *goquery.Selection) {
		name := strings.TrimSpace(s.AttrOr("name", ""))
		if strings.EqualFold(name, "robots") || product != "" && strings.EqualFold(name, product) {
			said = append(said, strings.Split(s.AttrOr("content", ""), ",")...)
		}
	})
	said = append(said, headerDirectives(header, product)...)
	for _, d := range said {
		switch strings.ToLower(strings.TrimSpace(d)) {
		case "noindex":
			noindex = true
		case "nofollow":
			nofollow = true
		case "none":
			noindex, nofollow = true, true
		}
	}
	return noindex, nofollow
}

// headerDirectives returns the directives of X-Robots-Tag that concern product. A
// name before a colon says whom what follows is for.
func headerDirectives(header http.Header, product string) []string {
	var out []string
	for _, line := range header.Values("X-Robots-Tag") {
		mine := true
		for _, d := range strings.Split(line, ",") {
			if name, rest, ok := strings.Cut(d, ":"); ok {
				name = strings.TrimSpace(name)
				if strings.EqualFold(name, "unavailable_after") || strings.HasPrefix(strings.ToLower(name), "max-") {
					continue
				}
				mine = strings.EqualFold(name, product) || name == "*"
				d = rest
			}
			if mine {
				out = append(out, d)
			}
		}
	}
	return out
}

func linksOf(doc *goquery.Document, base *url.URL, r address.Resolver, more []version) (links []string, texts map[string]string) {
	seen := map[string]bool{}
	texts = map[string]string{}
	var out []string
	add := func(id string) {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	doc.Find("a[href], area[href], iframe[src], link[rel~=next i][href], link[rel~=prev i][href]").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		if slices.Contains(strings.Fields(strings.ToLower(s.AttrOr("rel", ""))), "nofollow") {
			return true
		}
		u, err := r.Resolve(base, s.AttrOr("href", s.AttrOr("src", "")))
		if err == nil && !address.IsAsset(u) {
			id := u.String()
			add(id)
			if texts[id] == "" {
				texts[id] = linkText(s)
			}
		}
		return len(out) < maxLinks
	})
	for _, v := range more {
		add(v.id)
	}
	return out, texts
}
