package sitemap

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
	"time"
)

// mustBeSound checks what holds of every file, whatever it was read from.
func mustBeSound(t *testing.T, m File) {
	t.Helper()
	check := func(at string) {
		u, err := url.Parse(at)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
			t.Errorf("the address %q came out", at)
		}
	}
	alternates := 0
	for _, e := range m.Entries {
		check(e.URL)
		for _, a := range e.Alternates {
			alternates++
			check(a.URL)
		}
		if !e.Modified.IsZero() && (e.Modified.Time.Year() < firstYear-1 || e.Modified.Time.Location() != time.UTC) {
			t.Errorf("the date %v came out", e.Modified)
		}
	}
	for _, r := range m.Sitemaps {
		check(r.URL)
	}
	if len(m.Entries) > MaxURLs || len(m.Sitemaps) > MaxURLs || alternates > MaxAlternates {
		t.Errorf("%d entries, %d sitemaps, %d alternates", len(m.Entries), len(m.Sitemaps), alternates)
	}
}

func FuzzSitemap(f *testing.F) {
	for _, seed := range []string{
		"<urlset><url><loc>https://a/</loc><lastmod>2026-01-02</lastmod><link rel='alternate' hreflang='fr' href='x'/></url></urlset>",
		"<sitemapindex xmlns='x'><sitemap><loc>/a.xml</loc><lastmod>20260102T030405Z</lastmod></sitemap></sitemapindex>",
		"<?xml version='1.0' encoding='utf-16'?><s:urlset xmlns:s='y'><s:url><s:loc><![CDATA[//b/]]></s:loc></s:url></s:urlset>",
		"<urlset><url><loc>https://a/?x=1&y=2&#8;</loc></url></url></loc>", "https://a/\nhttps://b/\n", "\xff\xfe<\x00u\x00",
		"\x1f\x8b\x08", zipped("<urlset><url><loc>javascript:x</loc></url></urlset>"), "<?xml encoding='iso-2022-jp'?><urlset>\x1b$B</urlset>",
	} {
		f.Add([]byte(seed), "text/xml; charset=shift_jis")
	}
	f.Fuzz(func(t *testing.T, text []byte, contentType string) {
		m, _ := Parse(bytes.NewReader(text), site, contentType)
		mustBeSound(t, m)
	})
}

func FuzzFeed(f *testing.F) {
	for _, seed := range []string{
		`{"version":"https://jsonfeed.org/version/1","items":[{"url":"https://a/","date_modified":"2026-01-02T03:04:05Z"},null,{"id":7}]}`,
		"<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><item><link>https://a/</link><dc:date>2026-01-02</dc:date></item></channel></rss>",
		"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://b/'><entry><link href='x'/><updated>2026-01-02T03:04:05Z</updated></entry></feed>",
		"<rdf:RDF xmlns:rdf='r' xmlns='http://purl.org/rss/1.0/'><channel/><item><link>ftp://a</link></item></rdf:RDF>",
		"<rss><channel><item><guid>https://a/</guid><pubDate>Mon, 02 Jan 2026 03:04:05 EST</pubDate><media:content><media:x/></media:content></item></channel></rss>",
		"<rss><channel><image><url/></image><textInput/><cloud/><skipHours><hour/></skipHours><item><enclosure/><source/></item></channel>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !strings.HasPrefix(text, "<") && !strings.HasPrefix(text, "{") {
			return
		}
		m, err := Parse(strings.NewReader(text), site, "")
		mustBeSound(t, m)
		if err != nil && strings.Contains(err.Error(), "reading the feed failed") {
			t.Error(err)
		}
	})
}

func FuzzModified(f *testing.F) {
	for _, seed := range []string{"2026", "2026-03-09T10:20:30.5+02:00", "Mon, 09 Mar 2026 10:20:30 GMT", "20260309T102030Z", "9999-12-31T24:00:00-15:59"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if m, ok := ParseModified(text); ok != !m.IsZero() || ok && m.End().Before(m.Time) {
			t.Errorf("%q is %v, %v", text, m, ok)
		}
	})
}
