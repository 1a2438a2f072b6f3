package sitemap

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"freshet/connectors/connectortest"
)

var site = &url.URL{Scheme: "https", Host: "www.example.org", Path: "/maps/one.xml"}

func parse(text string) (File, error) { return Parse(strings.NewReader(text), site, "") }

func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	fmt.Fprint(z, text)
	z.Close()
	return b.String()
}

func utf16be(text string) string {
	var b strings.Builder
	for _, c := range utf16.Encode([]rune("\ufeff" + text)) {
		b.WriteByte(byte(c >> 8))
		b.WriteByte(byte(c))
	}
	return b.String()
}

func TestSitemapsThatAreNotWholeSaySo(t *testing.T) {
	one := "<urlset><url><loc>https://a/</loc></url></urlset>"
	for name, c := range map[string]struct {
		text  string
		pages int
		fails bool
	}{
		"empty":              {"", 0, true},
		"only a mark":        {"\xef\xbb\xbf \n", 0, true},
		"no addresses":       {"<urlset></urlset>", 0, false},
		"nothing at all":     {"<urlset/>", 0, false},
		"cut short":          {"<urlset><url><loc>https://a/</loc></url><url><lo", 1, true},
		"never closed":       {"<urlset><url><loc>https://a/</loc></url>", 1, true},
		"a page":             {"<!doctype html><html><body>Not found</body></html>", 0, true},
		"words":              {"Not found", 0, true},
		"compressed":         {zipped(one), 1, false},
		"compressed twice":   {zipped(zipped(one)), 1, false},
		"compressed thrice":  {zipped(zipped(zipped(one))), 0, true},
		"compressed and cut": {zipped(one)[:len(zipped(one))-20], 0, true},
		"much after the end": {one + strings.Repeat("x", 100), 1, false},
		"deep":               {"<urlset>" + strings.Repeat("<x>", 100), 0, true},
		"a huge comment":     {"<urlset><!--" + strings.Repeat("x", MaxElement) + "--></urlset>", 0, true},
		"a huge tag":         {"<urlset><url" + strings.Repeat(` a=">"`, MaxElement/6) + "></url></urlset>", 0, true},
		"a list":             {"https://a/\n\nhttps://b/\n", 2, false},
		"a list with words":  {"https://a/\nhello\n", 1, true},
		"too many":           {strings.Repeat("https://a/\n", MaxURLs+1), MaxURLs, true},
		"as many as may be":  {strings.Repeat("https://a/\n", MaxURLs), MaxURLs, false},
		"other JSON":         {`{"a": 1}`, 0, true},
		"a JSON item null":   {`{"version":"https://jsonfeed.org/version/1.1","items":[null]}`, 0, true},
		"JSON cut short":     {`{"version":"https://jsonfeed.org/version/1.1","items":[{"url":"https://a/"}`, 0, true},
	} {
		m, err := parse(c.text)
		if (err != nil) != c.fails || len(m.Entries) != c.pages {
			t.Errorf("%s: %d pages, %v", name, len(m.Entries), err)
		}
	}
}

func TestEveryLimitIsToldOf(t *testing.T) {
	big := strings.Repeat("x", 1000)
	for name, text := range map[string]string{
		"addresses":  "<urlset>" + strings.Repeat("<url><loc>https://a/</loc></url>", MaxURLs+1) + "</urlset>",
		"sitemaps":   "<sitemapindex>" + strings.Repeat("<sitemap><loc>https://a/</loc></sitemap>", MaxURLs+1) + "</sitemapindex>",
		"alternates": "<urlset><url><loc>https://a/</loc>" + strings.Repeat("<link rel='alternate' hreflang='fr' href='https://a/'/>", MaxAlternates+1) + "</url></urlset>",
		"bytes":      "<urlset>" + strings.Repeat("<!--"+big+"-->", MaxBytes/1000) + "</urlset>",
		"inflation":  zipped("<urlset>" + strings.Repeat("<!--"+big+"-->", MaxBytes/1000) + "</urlset>"),
		"element":    "<urlset><url><loc>" + strings.Repeat("x", MaxElement+1) + "</loc></url></urlset>",
		"nesting":    "<urlset>" + strings.Repeat("<x>", MaxNesting+1),
		"feed bytes": "<rss><channel>" + strings.Repeat("<item><title>"+big+"</title></item>", MaxFeedBytes/1000) + "</channel></rss>",
		"feed items": "<rss><channel>" + strings.Repeat("<item/>", MaxFeedItems+1) + "</channel></rss>",
		"feed depth": "<rss>" + strings.Repeat("<x>", MaxNesting+1),
		"feed parts": "<rss><channel><item>" + strings.Repeat("<a/>", maxFeedTokens/2+1) + "</item></channel></rss>",
		"JSON items": `{"version":"https://jsonfeed.org/version/1","items":[` + strings.Repeat("{},", MaxFeedItems+1) + "{}]}",
		"JSON depth": `{"version":"https://jsonfeed.org/version/1","items":` + strings.Repeat("[", MaxNesting+1),
	} {
		_, err := parse(text)
		var over *LimitError
		if !errors.As(err, &over) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestADecompressedSitemapThatIsTooLargeIsAnErrorAndNotAnEnd(t *testing.T) {
	for size, want := range map[int]bool{99: true, 100: true, 101: false} {
		// The error may come in place of the end: what is not larger ends at once.
		got, err := io.ReadAll(&capped{r: strings.NewReader(strings.Repeat("x", size)), left: 100})
		if (err == nil) != want || len(got) > 100 {
			t.Errorf("%d bytes of 100: %d, %v", size, len(got), err)
		}
	}
}

func TestAddressesAreReadHoweverTheyAreWritten(t *testing.T) {
	const want = "https://a/caf%C3%A9?x=1&y=2"
	in := func(loc string) string { return "<urlset><url><loc>" + loc + "</loc></url></urlset>" }
	for name, text := range map[string]string{
		"entities":           in("https://a/caf&eacute;?x=1&amp;y=2"),
		"numbers":            in("https://a/caf&#233;?x=1&#x26;y=2"),
		"a bare ampersand":   in("https://a/café?x=1&y=2"),
		"CDATA":              in("<![CDATA[ https://a/café?x=1&y=2\n]]>"),
		"split by a comment": in("https://a/ca<!-- c -->fé?x=1&amp;y=2"),
		"a prefix":           `<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"><s:url><s:loc>https://a/café?x=1&amp;y=2</s:loc></s:url></s:urlset>`,
		"another namespace":  `<urlset xmlns="http://www.google.com/schemas/sitemap/0.84"><url><loc>https://a/café?x=1&amp;y=2</loc></url></urlset>`,
		"an image beside it": `<urlset><url><loc>https://a/café?x=1&amp;y=2</loc><image:image><image:loc>https://a/i.png</image:loc></image:image></url></urlset>`,
		"a mark":             "\xef\xbb\xbf" + in("https://a/café?x=1&amp;y=2"),
		"UTF-16":             utf16be("<?xml version='1.0' encoding='utf-16'?>" + in("https://a/café?x=1&amp;y=2")),
		"latin":              "<?xml version='1.0' encoding='iso-8859-1'?>" + in("https://a/caf\xe9?x=1&amp;y=2"),
		"latin, said UTF-8":  "<?xml version='1.0' encoding='utf-8'?>" + in("https://a/caf\xe9?x=1&amp;y=2"),
		"no such encoding":   "<?xml version='1.0' encoding='martian'?>" + in("https://a/café?x=1&amp;y=2"),
		"a control":          in("https://a/\x08café?x=1&amp;y=2"),
		"escaped":            in("https://a/caf%C3%A9?x=1&amp;y=2"),
		"a relative one":     in("//a/café?x=1&amp;y=2"),
		"a processing mark":  `<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><!DOCTYPE urlset [<!ENTITY x "y">]>` + in("https://a/café?x=1&amp;y=2"),
		"a list":             "\n https://a/café?x=1&y=2",
		"RSS":                `<?xml version="1.0" encoding="latin1"?><rss version="2.0"><channel><item><title>&nbsp;x&#8;</title><link>https://a/caf` + "\xe9" + `?x=1&amp;y=2</link></item></channel></rss>`,
		"RSS 0.91":           `<!DOCTYPE rss PUBLIC "-//N//EN" "x"><rss version="0.91"><channel><item><link>https://a/café?x=1&amp;y=2</link></item></channel></rss>`,
		"RSS 1.0":            `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item rdf:about="x"><link>https://a/café?x=1&amp;y=2</link></item></rdf:RDF>`,
		"only a GUID":        `<rss><channel><item><guid>https://a/café?x=1&amp;y=2</guid></item></channel></rss>`,
		"Atom":               `<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="alternate" href="https://a/café?x=1&amp;y=2"/></entry></feed>`,
		"Atom with a prefix": `<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:link href="https://a/café?x=1&amp;y=2"/></a:entry></a:feed>`,
		"a long comment":     "<!--" + strings.Repeat("x", 9000) + `--><rss><channel><item><link>https://a/café?x=1&amp;y=2</link></item></channel></rss>`,
		"JSON Feed":          `{"items":[{"id":1,"url":"https://a/caf\u00e9?x=1&y=2"}],"version":"https://jsonfeed.org/version/1.1"}`,
	} {
		m, err := parse(text)
		if err != nil || len(m.Entries) != 1 || m.Entries[0].URL != want {
			t.Errorf("%s: %+v, %v", name, m.Entries, err)
		}
	}
}

func TestOnlyWebAddressesAreListed(t *testing.T) {
	m, err := parse(`<urlset><url><loc>ftp://a/</loc></url><url><loc>javascript:alert(1)</loc></url><url><loc>mailto:a@b</loc></url>
		<url><loc>https://user:secret@a/</loc></url><url><loc>https://` + strings.Repeat("a", 3000) + `/</loc></url><url><loc>file:///etc/passwd</loc></url>
		<url><loc>/page</loc></url><url><loc></loc></url><url><loc>http://[::1</loc></url></urlset>`)
	if err != nil || len(m.Entries) != 1 || m.Entries[0].URL != "https://www.example.org/page" || m.Unusable != 7 {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestAnIndexNamesSitemapsWithTheirDates(t *testing.T) {
	m, err := parse(`<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>2026-11-01</lastmod></sitemap><sitemap><loc>b.xml</loc></sitemap></sitemapindex>`)
	first, _ := ParseModified("2026-11-01")
	want := File{Kind: KindIndex, Sitemaps: []Reference{{"https://www.example.org/a.xml", first}, {URL: "https://www.example.org/maps/b.xml"}}}
	if diff := cmp.Diff(want, m); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestAlternatesBelongToTheirPage(t *testing.T) {
	m, err := parse(`<urlset xmlns:xhtml="http://www.w3.org/1999/xhtml">
		<url><loc>/en</loc><xhtml:link rel="alternate" hreflang="fr" href="/fr"/><xhtml:link rel="alternate" hreflang="x-default" href="/"/>
		<xhtml:link rel="alternate" media="handheld" href="https://m.example.org/"/></url><url><loc>/alone</loc></url></urlset>`)
	at := "https://www.example.org"
	want := []Entry{{URL: at + "/en", Alternates: []Alternate{{"fr", at + "/fr"}, {"x-default", at + "/"}}}, {URL: at + "/alone"}}
	if diff := cmp.Diff(want, m.Entries); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestSitemapsAndFeedsHoldWhatTheyShould(t *testing.T) {
	var expected map[string]struct {
		Root          string
		Loc, Hreflang int
		Items         int
	}
	if err := json.Unmarshal(connectortest.Data(t, "sitemaps-feeds-trafilatura/expected.json"), &expected); err != nil {
		t.Fatal(err)
	}
	for name, want := range expected {
		m, err := Parse(bytes.NewReader(connectortest.Data(t, "sitemaps-feeds-trafilatura/"+name)), site, "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		all := len(m.Entries) + len(m.Sitemaps)
		for _, e := range m.Entries {
			all += len(e.Alternates)
		}
		kind := map[string]Kind{"urlset": KindSitemap, "sitemapindex": KindIndex, "": KindFeed}[want.Root]
		if all != want.Loc+want.Items+want.Hreflang || m.Kind != kind || kind == KindIndex && len(m.Sitemaps) != want.Loc {
			t.Errorf("%s is a %s of %d addresses and %d sitemaps, %d in all; want %+v", name, m.Kind, len(m.Entries), len(m.Sitemaps), all, want)
		}
	}
	plain, err := Parse(bytes.NewReader(connectortest.Data(t, "sitemaps-feeds-trafilatura/sitemap.xml")), site, "")
	if err != nil {
		t.Fatal(err)
	}
	compressed, err := Parse(bytes.NewReader(connectortest.Data(t, "sitemaps-feeds-trafilatura/sitemap.xml.gz")), site, "")
	if diff := cmp.Diff(plain, compressed); err != nil || diff != "" {
		t.Errorf("the compressed sitemap differs from the plain one (%v): %s", err, diff)
	}
	for name, many := range map[string]int{"list-discard.txt": 0, "list-process.txt": 0, "redundant-urls.txt": 0} {
		text := connectortest.Data(t, "sitemaps-feeds-trafilatura/"+name)
		for _, line := range strings.Split(string(text), "\n") {
			if strings.TrimSpace(line) != "" {
				many++
			}
		}
		m, err := Parse(bytes.NewReader(text), site, "")
		if err != nil || m.Kind != KindList || len(m.Entries)+m.Unusable != many {
			t.Errorf("%s: %d of %d addresses, %v", name, len(m.Entries), many, err)
		}
	}
}

func BenchmarkASitemapOf50000Addresses(b *testing.B) {
	var text strings.Builder
	text.WriteString("<?xml version='1.0' encoding='UTF-8'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>")
	for i := range MaxURLs {
		fmt.Fprintf(&text, "<url><loc>https://www.example.org/help/article-%d.html</loc><lastmod>2026-10-%02dT12:00:00+00:00</lastmod></url>\n", i, 1+i%28)
	}
	text.WriteString("</urlset>")
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if m, err := parse(text.String()); err != nil || len(m.Entries) != MaxURLs {
			b.Fatal(len(m.Entries), err)
		}
	}
}
