package website

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

func TestOneAddressHasOneForm(t *testing.T) {
	base, err := url.Parse("https://www.example.org/help/index.html?x=1")
	if err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]string{
		"HTTPS://WWW.Example.ORG:443/a": "https://www.example.org/a",
		"http://www.example.org:80":     "http://www.example.org/",
		"http://www.example.org:8080/":  "http://www.example.org:8080/",
		"https://www.example.org./a":    "https://www.example.org/a",
		"page#part":                     "https://www.example.org/help/page",
		"../a/./b/../c":                 "https://www.example.org/a/c",
		"/a/%2e%2e/b":                   "https://www.example.org/b",
		"/../../etc":                    "https://www.example.org/etc",
		"//cdn.example.org/x":           "https://cdn.example.org/x",
		"?page=2":                       "https://www.example.org/help/index.html?page=2",
		"":                              "https://www.example.org/help/index.html?x=1",
		"/caf\u00e9":                    "https://www.example.org/caf%C3%A9",
		"/caf%c3%a9":                    "https://www.example.org/caf%C3%A9",
		"/%7Eann/%41":                   "https://www.example.org/~ann/A",
		"/a%2Fb":                        "https://www.example.org/a%2Fb",
		"/a b":                          "https://www.example.org/a%20b",
		" /a\n/b\t ":                    "https://www.example.org/a/b",
		"/a?utm_source=x&b=2&gclid=1&a=1&UTM_X=3": "https://www.example.org/a?a=1&b=2",
		"/a?b=2&b=1&a":                    "https://www.example.org/a?a&b=2&b=1",
		"/a?sort=up&id=1":                 "https://www.example.org/a?id=1",
		"/a;jsessionid=0A1B?x=1":          "https://www.example.org/a?x=1",
		"/a?":                             "https://www.example.org/a",
		"https://bücher.example/":         "https://xn--bcher-kva.example/",
		"https://[2001:DB8::1]/":          "https://[2001:db8::1]/",
		"mailto:ann@example.org":          "",
		"javascript:void(0)":              "",
		"https://ann:secret@example.org/": "",
		"https://":                        "",
		"http://exa mple.org/":            "",
		"/" + strings.Repeat("x", 3000):   "",
		"data:text/html,x":                "",
		"/%zz":                            "",
	} {
		got, err := resolver{drop: map[string]bool{"sort": true}}.resolve(base, ref)
		if want == "" {
			if err == nil {
				t.Errorf("%q became %q", ref, got)
			}
			continue
		}
		if err != nil || got.String() != want {
			t.Errorf("%q became %v (%v), want %q", ref, got, err, want)
		}
	}
}

func FuzzResolve(f *testing.F) {
	for _, s := range []string{"/a/../b", "?a=b&c", "//h/%2e%2e/", "https://EX:443/%zz", "/;jsessionid=1/x", "é", `\\x`, "//00:0:00", "//..", "http://[::1]:0080/", "/a%2fb?%41=%42#c"} {
		f.Add(s)
	}
	base := &url.URL{Scheme: "https", Host: "www.example.org", Path: "/dir/page"}
	f.Fuzz(func(t *testing.T, ref string) {
		got, err := resolver{}.resolve(base, ref)
		if err != nil {
			return
		}
		id := got.String()
		if !strings.HasPrefix(id, "http") || len(id) > maxURL || got.Fragment != "" || got.User != nil {
			t.Errorf("%q became %q", ref, id)
		}
		again, err := resolver{}.resolve(nil, id)
		if err != nil || again.String() != id {
			t.Errorf("%q became %q, and that %v (%v)", ref, id, again, err)
		}
	})
}

func TestPatternsMatchAsInRobots(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"/a", "/abc", true}, {"/a$", "/a", true}, {"/a$", "/ab", false}, {"/*.php$", "/x/y.php", true},
		{"/*.php$", "/x.php?y", false}, {"/*a*a$", "/aa", true}, {"/*ab$", "/abab", true}, {"*", "/", true}, {"$", "", true},
		{"/*$", "/x", true}, {"/a*b*c", "/a--b--c--", true}, {"/a*b*c", "/a--c--b", false}, {"/a**b", "/a/b", true},
	} {
		if matchPattern(c.pattern, c.path) != c.want {
			t.Errorf("%q matching %q is %t", c.pattern, c.path, !c.want)
		}
	}
}

func TestCrawlDelayIsKeptWithinReason(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"User-agent: *\nCrawl-delay: 2.5":                                  2500 * time.Millisecond,
		"User-agent: *\nCrawl-delay: 86400":                                maxCrawlDelay,
		"User-agent: *\nCrawl-delay: soon":                                 0,
		"User-agent: *\nCrawl-delay: -1":                                   0,
		"User-agent: *\nCrawl-delay: NaN":                                  0,
		"User-agent: other\nCrawl-delay: 9\n\nUser-agent: *\nDisallow: /x": 0,
		"Crawl-delay: 9":                                                   0,
	} {
		if got := parseRobots([]byte(text), product).crawlDelay; got != want {
			t.Errorf("%q asks for %s, want %s", text, got, want)
		}
	}
}

func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /a*b$\nAllow: /\nCrawl-delay: 1\nSitemap: x", "/a/b")
	f.Add("user-agent foo\rdisallow: %zz\n\xef\xbb\xbf", "/%")
	f.Fuzz(func(t *testing.T, text, path string) {
		r := parseRobots([]byte(text), product)
		r.allows("https://www.example.org" + path)
		if r.crawlDelay < 0 || r.crawlDelay > maxCrawlDelay {
			t.Errorf("a delay of %s", r.crawlDelay)
		}
		// Rules for others change nothing for us.
		more := parseRobots([]byte(text+"\nDisallow:\nUser-agent: someone-else\nDisallow: /\n"), product)
		if len(text) < maxRobots/2 && more.allows(path) != r.allows(path) {
			t.Errorf("a group for somebody else changed the answer for %q", path)
		}
	})
}

func TestSitemapsThatAreNotWholeSaySo(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	fmt.Fprint(z, "<urlset><url><loc>https://www.example.org/a</loc></url></urlset>")
	z.Close()
	for name, c := range map[string]struct {
		text  string
		pages int
		fails bool
	}{
		"empty":              {"", 0, true},
		"no addresses":       {"<urlset></urlset>", 0, false},
		"cut short":          {"<urlset><url><loc>https://a/</loc></url><url><lo", 1, true},
		"never closed":       {"<urlset><url><loc>https://a/</loc></url>", 1, true},
		"a page":             {"<!doctype html><html><body>Not found</body></html>", 0, true},
		"words":              {"Not found", 0, true},
		"compressed":         {zipped.String(), 1, false},
		"compressed and cut": {zipped.String()[:zipped.Len()-12], 1, true},
		"entities":           {"<urlset><url><loc>https://a/?x=1&amp;y=2</loc></url></urlset>", 1, false},
		"unknown entity":     {"<urlset><url><loc>https://a/&boom;</loc></url></urlset>", 0, true},
		"latin":              {"<?xml version='1.0' encoding='iso-8859-1'?><urlset><url><loc>https://a/caf\xe9</loc></url></urlset>", 1, false},
		"deep":               {"<urlset>" + strings.Repeat("<x>", 100), 0, true},
		"a list":             {"https://a/\n\nhttps://b/\n", 2, false},
		"a list with words":  {"https://a/\nhello\n", 1, true},
		"too many":           {strings.Repeat("https://a/\n", maxSitemapURLs+1), maxSitemapURLs + 1, true},
		"other JSON":         {`{"a": 1}`, 0, true},
	} {
		m, err := parseSitemap(strings.NewReader(c.text))
		if (err != nil) != c.fails || len(m.pages) != c.pages {
			t.Errorf("%s: %d pages, %v", name, len(m.pages), err)
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

func FuzzSitemap(f *testing.F) {
	f.Add([]byte("<urlset><url><loc>https://a/</loc><link rel='alternate' href='x'/></url></urlset>"))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","items":[{"url":"https://a/"}]}`))
	f.Add([]byte("<rss><channel><item><link>https://a/</link></item></channel></rss>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, _ := parseSitemap(bytes.NewReader(text))
		for _, p := range append(m.pages, m.sitemaps...) {
			if p == "" {
				t.Error("an empty address")
			}
		}
	})
}

func FuzzToUTF8(f *testing.F) {
	f.Add([]byte("<meta charset=iso-2022-jp>\x1b$B"), "text/html")
	f.Add([]byte("\xff\xfea\x00"), "text/html; charset=koi8-r")
	f.Fuzz(func(t *testing.T, text []byte, contentType string) {
		if out, err := toUTF8(text, contentType); err == nil && !utf8.Valid(out) {
			t.Errorf("%q as %q is not UTF-8: %q", text, contentType, out)
		}
	})
}

func FuzzParsePage(f *testing.F) {
	f.Add("<html lang=fr><base href='//x'><link rel=canonical href=..><a href='%zz'>x")
	u := &url.URL{Scheme: "https", Host: "www.example.org", Path: "/"}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePage([]byte(strings.ToValidUTF8(text, "?")), u, nil, resolver{}, product)
		if err != nil {
			return
		}
		if len(p.links) > 2*maxLinks {
			t.Errorf("%q gave %+v", text, p)
		}
	})
}

func TestAFrontierSurvivesItsCursor(t *testing.T) {
	f := newFrontier()
	for i := range 500 {
		f.add(target{URL: fmt.Sprintf("https://www.example.org/page/%d", i), Depth: i % 7, Hops: i % 3})
	}
	for range 200 {
		f.next()
		f.visited++
	}
	f.lacking("a sitemap is broken")
	f.found("https://www.example.org/page/7")
	f.again(target{URL: "https://www.example.org/page/8", Depth: 1})
	cursor, ok, err := f.cursor()
	if err != nil || !ok {
		t.Fatalf("no cursor: %v", err)
	}
	got, err := parseCursor(cursor)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.pending, f.pending) || got.visited != 200 || got.incomplete != f.incomplete || len(got.seen) != 500 {
		t.Errorf("came back with %d pending, %d seen, %d visited", len(got.pending), len(got.seen), got.visited)
	}
	if got.add(target{URL: "https://www.example.org/page/3"}) {
		t.Error("a visited address was added again")
	}
	if !got.isDocument("https://www.example.org/page/7") || got.isDocument("https://www.example.org/page/8") {
		t.Error("it is not known any more what was a document")
	}
	again, _, err := got.cursor()
	if err != nil || again != cursor {
		t.Error("the same frontier has two cursors")
	}
}

func TestAFrontierTooLargeGivesNoCursor(t *testing.T) {
	f, r := newFrontier(), rand.New(rand.NewPCG(1, 2))
	for range 1500 {
		var b strings.Builder
		for b.Len() < 1800 {
			fmt.Fprintf(&b, "%x", r.Uint64())
		}
		f.add(target{URL: "https://www.example.org/" + b.String()})
	}
	if _, ok, err := f.cursor(); ok || err != nil {
		t.Errorf("ok: %t, %v", ok, err)
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("website1.AAAA")
	f.Add(cursorAnew)
	f.Fuzz(func(t *testing.T, cursor string) {
		if _, err := parseCursor(cursor); err != nil && !errors.Is(err, connectors.ErrCursor) {
			t.Errorf("%q gave %v", cursor, err)
		}
	})
}

func TestNotesHoldManyLinksAndGiveUpOnTooMany(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n, heavy := range map[int]bool{0: false, 10: false, 1000: false, 5000: true} {
		pos := connectortest.NewPosition(connectors.Full)
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf("https://www.example.org/help/%d/%x", i, r.Uint64()))
		}
		in := note{ETag: `"x"`, Revision: "r", links: list}
		var p packer
		if err := p.remember(pos.Memory(), "id", in, note{}); err != nil {
			t.Fatal(err)
		}
		pos.Take(connectors.Checkpoint{Cursor: "c"})
		got, ok, err := p.recall(context.Background(), pos.Memory(), "id")
		if err != nil || !ok || got.Heavy != heavy || !heavy && !slices.Equal(got.links, list) {
			t.Errorf("%d links: %t, %v, %d links back, heavy: %t", n, ok, err, len(got.links), got.Heavy)
		}
		if problems := pos.Problems(); len(problems) > 0 {
			t.Errorf("%d links: %v", n, problems)
		}
		forget(pos.Memory(), "id", got)
		pos.Take(connectors.Checkpoint{Cursor: "c"})
		if left := pos.Notes(); len(left) > 0 {
			t.Errorf("%d links: %d notes are left", n, len(left))
		}
	}
}
