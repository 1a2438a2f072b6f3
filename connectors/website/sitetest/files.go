package sitetest

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"
)

// robotsText is the site's robots.txt.
func (s *Site) robotsText() []byte {
	var b strings.Builder
	b.WriteString("# Marelle\nUser-agent: badbot\nDisallow: /\n\nUser-agent: *\n")
	for _, r := range s.disallow {
		b.WriteString(r.line + "\n")
	}
	if d := s.options.CrawlDelay; d > 0 {
		fmt.Fprintf(&b, "Crawl-delay: %g\n", d.Seconds())
	}
	fmt.Fprintf(&b, "\nSitemap: %s/sitemap_index.xml\n", s.URL)
	return []byte(b.String())
}

// sitemapFile returns a sitemap by its path, and nil if there is none there.
func (s *Site) sitemapFile(path string) (body []byte, media string) {
	switch path {
	case "/sitemap_index.xml":
		var b strings.Builder
		b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
		for _, name := range []string{"fr.xml.gz", "en.xml.gz", "divers.xml", "liste.txt"} {
			fmt.Fprintf(&b, "<sitemap><loc>%s/sitemaps/%s</loc></sitemap>", s.URL, name)
		}
		b.WriteString("</sitemapindex>")
		return []byte(b.String()), "application/xml"
	case "/sitemaps/fr.xml.gz", "/sitemaps/en.xml.gz":
		lang := path[len("/sitemaps/"):][:2]
		return zipped(s.urlset(func(p *page) bool { return p.article() && p.language() == lang }, true)), "application/x-gzip"
	case "/sitemaps/divers.xml": // its lastmod is the same for all: it says nothing
		return s.urlset(func(p *page) bool { return !p.article() }, false), "text/xml"
	case "/sitemaps/liste.txt":
		var b strings.Builder
		for i, p := range s.byName {
			if p.mapped && i%50 == 0 {
				b.WriteString(s.URL + p.path + "\r\n")
			}
		}
		return []byte(b.String()), "text/plain"
	case "/feed.xml":
		return s.feed(), "application/rss+xml"
	}
	return nil, ""
}

// article reports whether a page is one of the site's articles or of their listings.
func (p *page) article() bool {
	switch p.family {
	case "article", "sitemap only", "hreflang in a sitemap", "listing":
		return true
	}
	return false
}

func (s *Site) urlset(wanted func(*page) bool, dated bool) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">` + "\n")
	launch := s.Clock.Now().Truncate(24 * time.Hour)
	for _, p := range s.byName {
		if !p.mapped || !wanted(p) || s.pages[p.path] != p || p.status != 0 {
			continue
		}
		at := launch
		if dated {
			at = p.changed
		}
		fmt.Fprintf(&b, "<url><loc>%s</loc><lastmod>%s</lastmod>", html.EscapeString(s.URL+p.path), at.Format(time.RFC3339))
		if p.twin != 0 && p.tell == inSitemap {
			for _, q := range []*page{p, s.byName[p.twin-1]} {
				fmt.Fprintf(&b, `<xhtml:link rel="alternate" hreflang="%s" href="%s"/>`, q.language(), html.EscapeString(s.URL+q.path))
			}
		}
		b.WriteString("</url>\n")
	}
	b.WriteString("</urlset>\n")
	return b.Bytes()
}

// feedItems is how many items the feed holds.
const feedItems = 20

// feed lists the articles that changed last.
func (s *Site) feed() []byte {
	var list []*page
	for _, p := range s.byName {
		if p.article() && p.family != "listing" && s.pages[p.path] == p && p.status == 0 && p.want.Is == Document {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b *page) int { return cmp.Or(b.changed.Compare(a.changed), a.name-b.name) })
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Marelle</title><link>%s/</link>`, s.URL)
	for _, p := range list[:min(len(list), feedItems)] {
		fmt.Fprintf(&b, "<item><title>%s</title><link>%s</link><guid isPermaLink=\"false\">%d</guid><pubDate>%s</pubDate></item>",
			html.EscapeString(p.title), html.EscapeString(s.URL+p.path), p.name, p.changed.Format(time.RFC1123Z))
	}
	b.WriteString("</channel></rss>")
	return b.Bytes()
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b) // into memory
	_ = z.Close()
	return out.Bytes()
}
