package website

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

// crawled is a pull in words: what was said of each path of the site.
type crawled struct {
	said map[string]string
	docs map[string]*connectors.Document
	text map[string]string
	from map[string]string
	done bool
	err  error

	notices []connectors.Notice
}

func (s *testSite) crawl(t *testing.T, site *Site, pos *connectortest.Position) crawled {
	t.Helper()
	out := crawled{said: map[string]string{}, docs: map[string]*connectors.Document{}, text: map[string]string{}, from: map[string]string{}}
	for c, err := range site.Pull(t.Context(), pos) {
		if err != nil {
			out.err = err
			break
		}
		pos.Take(c)
		say(out.said, s.URL, c)
		switch c := c.(type) {
		case connectors.Upsert:
			d := c.Document
			path := strings.TrimPrefix(d.ID, s.URL)
			out.docs[path] = d
			if c.From != "" {
				out.from[path] = strings.TrimPrefix(c.From, s.URL)
			}
			r, err := d.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err := errors.Join(err, r.Close()); err != nil {
				t.Fatal(err)
			}
			out.text[path] = string(b)
		case connectors.Notice:
			out.notices = append(out.notices, c)
		case connectors.PassDone:
			out.done = true
		}
	}
	return out
}

// say puts what a change says of a document into words, by path.
func say(said map[string]string, site string, c connectors.Change) {
	switch c := c.(type) {
	case connectors.Upsert:
		said[strings.TrimPrefix(c.Document.ID, site)] = "upsert"
	case connectors.Same:
		said[strings.TrimPrefix(c.ID, site)] = "same"
	case connectors.Skip:
		said[strings.TrimPrefix(c.ID, site)] = "skip " + string(c.Reason)
	case connectors.Delete:
		said[strings.TrimPrefix(c.ID, site)] = "delete " + string(c.Evidence)
	case connectors.Unreadable:
		said[strings.TrimPrefix(c.ID, site)] = "fault"
		if v := connectors.AsVerdict(c.Err); v != nil {
			said[strings.TrimPrefix(c.ID, site)] = "verdict " + v.Reason
		}
	}
}

func (c crawled) mustSay(t *testing.T, want map[string]string) {
	t.Helper()
	if c.err != nil {
		t.Fatalf("the pull failed: %v", c.err)
	}
	if diff := cmp.Diff(want, c.said); diff != "" {
		t.Errorf("what was said (-want +got):\n%s", diff)
	}
}

func links(paths ...string) string {
	var b strings.Builder
	b.WriteString("<html><body>")
	for _, p := range paths {
		fmt.Fprintf(&b, "<a href=%q>x</a>", p)
	}
	return b.String() + "</body></html>"
}

func redirect(to string, code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, code) }
}

func TestEveryAnswerOfAServerIsSomethingToSay(t *testing.T) {
	s := newTestSite(t)
	s.html("/", links("/page", "/gone", "/missing", "/broken", "/forbidden", "/moved", "/away", "/loop", "/file.pdf", "/image",
		"/hidden", "/hidden-by-header", "/hidden-from-us", "/not-hidden", "/copy", "/empty", "/big", "mailto:a@b", "javascript:x()",
		"https://www.example.net/", "/style.css", "/secret/x", "/page#part", "/page?utm_source=mail", "/garbled", "http://10.0.0.1/"))
	s.text("/robots.txt", "text/plain", "User-agent: *\nDisallow: /\n\nUser-agent: Freshet\nDisallow: /secret/\n")
	s.html("/page", "<title>A page</title>text")
	s.status("/gone", 410)
	s.status("/broken", 500)
	s.status("/forbidden", 403)
	s.handle("/moved", redirect("/new-place", 301))
	s.html("/new-place", "moved here")
	s.handle("/away", redirect("https://www.example.net/x", 302))
	s.handle("/loop", redirect("/loop", 302))
	s.text("/file.pdf", "application/pdf", "%PDF-1.7")
	s.text("/image", "image/png", "\x89PNG")
	s.html("/hidden", `<meta name="ROBOTS" content="noindex, follow"><a href="/behind-hidden">x</a>`)
	s.html("/behind-hidden", `<meta name="robots" content="nofollow"><a href="/never">x</a><a rel="nofollow" href="/never">x</a>`)
	s.handle("/hidden-by-header", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Robots-Tag", "unavailable_after: 25 Jun 2030 15:00:00 PST, noindex")
		io.WriteString(w, "x")
	})
	s.handle("/hidden-from-us", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("X-Robots-Tag", "otherbot: nofollow")
		w.Header().Add("X-Robots-Tag", "freshet: none")
		io.WriteString(w, "x")
	})
	s.handle("/not-hidden", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Robots-Tag", "otherbot: noindex")
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "x")
	})
	s.html("/copy", `<link rel="canonical" href="/original">copy`)
	s.html("/original", `<link rel="canonical" href="/original/">original`)
	s.html("/empty", " ")
	s.html("/big", strings.Repeat("x", 2<<20))
	s.handle("/garbled", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		io.WriteString(w, "not compressed")
	})
	out := s.crawl(t, s.open(t, nil), connectortest.NewPosition(connectors.Full))
	out.mustSay(t, map[string]string{
		"/": "upsert", "/page": "upsert", "/gone": "delete gone", "/missing": "delete not_found", "/broken": "fault",
		"/forbidden": "verdict http_refused", "/new-place": "upsert", "/away": "skip excluded", "/loop": "verdict redirect_loop",
		"/file.pdf": "upsert", "/image": "skip excluded", "/hidden": "skip noindex", "/behind-hidden": "upsert",
		"/hidden-by-header": "skip noindex", "/hidden-from-us": "skip noindex", "/not-hidden": "upsert",
		"/copy": "skip canonical_elsewhere", "/original": "upsert", "/original/": "delete not_found", "/empty": "skip empty", "/big": "verdict too_large",
		"/secret/x": "skip robots", "/garbled": "fault",
	})
	if !out.done {
		t.Error("the pass is not done")
	}
	if d := out.docs["/file.pdf"]; d.MediaType != "application/pdf" || out.text["/file.pdf"] != "%PDF-1.7" {
		t.Errorf("the PDF came as %q with %q", d.MediaType, out.text["/file.pdf"])
	}
	if d := out.docs["/page"]; d.Title != "" || d.MediaType != "text/html; charset=utf-8" || !d.Access.Public {
		t.Errorf("the page came as %+v", d)
	}
}

func TestAPageReadForItsLinksIsNotReadAgainToBeOpened(t *testing.T) {
	s := newTestSite(t)
	s.put("one", "words")
	site := s.open(t, nil)
	s.crawl(t, site, connectortest.NewPosition(connectors.Full))
	if asked := s.requests(); !slices.Equal(asked, []string{"/robots.txt", "/sitemap.xml", "/", "/p/one"}) {
		t.Errorf("asked for %q", asked)
	}
	site.bufferBytes = 10 // nothing fits
	if out := s.crawl(t, site, connectortest.NewPosition(connectors.Full)); !strings.Contains(out.text["/p/one"], "words") {
		t.Errorf("read again, the page is %q", out.text["/p/one"])
	}
	if asked := s.requests(); len(asked) != 6 {
		t.Errorf("asked for %q", asked)
	}
}

func TestNotModifiedKeepsThePageAndItsLinks(t *testing.T) {
	s := newTestSite(t)
	s.validators = true
	s.put("one", "words")
	s.put("two", "words")
	pos := connectortest.NewPosition(connectors.Full)
	s.crawl(t, s.open(t, nil), pos)
	out := s.crawl(t, s.open(t, nil), pos)
	out.mustSay(t, map[string]string{"/": "same", "/p/one": "same", "/p/two": "same"})
	// A page that fails is not known to have other links than before.
	s.put("hub", "words")
	s.html("/p/hub", links("/behind"))
	s.html("/behind", "words")
	s.crawl(t, s.open(t, nil), pos)
	s.status("/p/hub", 500)
	out = s.crawl(t, s.open(t, nil), pos)
	if out.said["/p/hub"] != "fault" || out.said["/behind"] != "same" || !out.done {
		t.Errorf("with its hub broken the site is %v (done: %t)", out.said, out.done)
	}
}

func TestAPageToBeReadAgainIsAskedForWithoutConditions(t *testing.T) {
	s := newTestSite(t)
	s.validators = true
	s.put("one", "words")
	pos := connectortest.NewPosition(connectors.Full)
	s.crawl(t, s.open(t, nil), pos)
	pos.Unread(s.URL + "/p/one")
	pos.Take(connectors.Checkpoint{Cursor: cursorAnew})
	out := s.crawl(t, s.open(t, nil), pos)
	out.mustSay(t, map[string]string{"/": "same", "/p/one": "upsert"})
}

func TestACopyIsLeftOutOnlyIfItsOriginalIsThere(t *testing.T) {
	s := newTestSite(t)
	s.html("/", links("/copy", "/stray", "/one", "/ping", "/abroad", "/wrapped"))
	copyOf := func(path, original string) {
		s.html(path, `<link rel=canonical href="`+original+`">`+path)
	}
	copyOf("/copy", "/original")
	s.html("/original", "words")
	copyOf("/stray", "/missing")
	copyOf("/one", "/other") // each calls the other the original
	copyOf("/other", "/one")
	copyOf("/ping", "/back")
	s.handle("/back", redirect("/ping", 301))
	copyOf("/abroad", "https://www.example.net/abroad")
	copyOf("/wrapped", "/") // a mistake of many templates
	for range 2 {
		out := s.crawl(t, s.open(t, nil), connectortest.NewPosition(connectors.Full))
		out.mustSay(t, map[string]string{
			"/": "upsert", "/copy": "skip canonical_elsewhere", "/original": "upsert",
			"/stray": "upsert", "/missing": "delete not_found",
			"/one": "upsert", "/other": "skip canonical_elsewhere",
			"/ping": "upsert", "/abroad": "skip canonical_elsewhere", "/wrapped": "upsert",
		})
		said := map[string]string{}
		for _, path := range []string{"/copy", "/original", "/stray", "/one", "/ping", "/abroad", "/wrapped"} {
			c, err := s.open(t, nil).Fetch(t.Context(), s.URL+path)
			if err != nil {
				t.Fatal(err)
			}
			say(said, s.URL, c)
			if said[path] != out.said[path] {
				t.Errorf("Fetch of %s says %q, the pull %q", path, said[path], out.said[path])
			}
		}
	}
}

func TestCopiesAndRedirectsSurviveAnInterruption(t *testing.T) {
	s := newTestSite(t)
	s.html("/", links("/copy", "/stray", "/one", "/moved"))
	s.html("/copy", `<link rel=canonical href="/original">x`)
	s.html("/original", links("/behind"))
	s.html("/behind", "words")
	s.html("/stray", `<link rel=canonical href="/missing">x`)
	s.html("/one", `<link rel=canonical href="/other">x`)
	s.html("/other", `<link rel=canonical href="/one">x`)
	s.handle("/moved", redirect("/place", 302))
	s.html("/place", "words")
	site := s.open(t, nil)
	site.checkpointEvery = 1
	whole := s.crawl(t, site, connectortest.NewPosition(connectors.Full))
	if !whole.done || len(whole.said) != 9 {
		t.Fatalf("undisturbed: %v, %v", whole.said, whole.err)
	}
	tried := 0
	for stop := 1; ; stop++ {
		pos := connectortest.NewPosition(connectors.Full)
		said, checkpoints := map[string]string{}, 0
		for c, err := range site.Pull(t.Context(), pos) {
			if err != nil {
				t.Fatal(err)
			}
			pos.Take(c)
			say(said, s.URL, c)
			if _, ok := c.(connectors.Checkpoint); ok {
				if checkpoints++; checkpoints == stop {
					break
				}
			}
		}
		if checkpoints < stop {
			break
		}
		tried++
		rest := s.crawl(t, site, pos)
		for path, how := range rest.said {
			said[path] = how
		}
		if diff := cmp.Diff(whole.said, said); diff != "" || !rest.done {
			t.Errorf("resumed from checkpoint %d (-undisturbed +resumed):\n%s", stop, diff)
		}
	}
	if tried < 8 {
		t.Errorf("only %d checkpoints were resumed from", tried)
	}
}

func TestTranslationsFindEachOther(t *testing.T) {
	s := newTestSite(t)
	head := `<link rel="alternate" hreflang="fr" href="/fr/"><link rel="alternate" hreflang="en-GB" href="/en/"><link rel="alternate" hreflang="x-default" href="/">`
	s.html("/", `<html lang="en_GB">`+links("/en/"))
	s.html("/en/", `<html lang="en-GB"><head>`+head+"</head>Hello")
	s.html("/fr/", `<html lang="fr"><head>`+head+"</head>Bonjour")
	out := s.crawl(t, s.open(t, nil), connectortest.NewPosition(connectors.Full))
	out.mustSay(t, map[string]string{"/": "upsert", "/en/": "upsert", "/fr/": "upsert"})
	en, fr := out.docs["/en/"], out.docs["/fr/"]
	if en.TranslationGroup == "" || en.TranslationGroup != fr.TranslationGroup || en.Locale != "en-GB" || fr.Locale != "fr" {
		t.Errorf("the translations are %+v and %+v", en, fr)
	}
	if home := out.docs["/"]; home.Locale != "en-GB" || home.TranslationGroup != "" {
		t.Errorf("the start page is %+v", home)
	}
}

func TestPagesComeInUTF8WhateverTheyWereSentIn(t *testing.T) {
	s := newTestSite(t)
	s.html("/", links("/latin", "/koi", "/liar"))
	s.text("/latin", "text/html", "<meta charset=iso-8859-1><title>Caf\xe9</title>caf\xe9")
	s.text("/koi", "text/html; charset=koi8-r", "<title>\xf0\xd2\xc9\xcd\xc5\xd2</title>x")
	s.text("/liar", "text/html; charset=iso-8859-1", "<title>Café</title>x")
	out := s.crawl(t, s.open(t, nil), connectortest.NewPosition(connectors.Full))
	for path, want := range map[string]string{"/latin": "Café", "/koi": "Пример", "/liar": "Café"} {
		if !strings.Contains(out.text[path], want) {
			t.Errorf("%s reads %q", path, out.text[path])
		}
	}
}

func TestTheStartDecidesWhatIsOfTheSite(t *testing.T) {
	s := newTestSite(t)
	s.html("/help/", links("/help/a", "/shop/b", "/help/old/c", "/help/x/x/x/x/x/"))
	for _, p := range []string{"/help/a", "/shop/b", "/help/old/c"} {
		s.html(p, "words")
	}
	start := map[string]any{"start": s.URL + "/help/index.html"}
	s.html("/help/index.html", links("/help/"))
	out := s.crawl(t, s.open(t, start), connectortest.NewPosition(connectors.Full))
	out.mustSay(t, map[string]string{"/help/index.html": "upsert", "/help/": "upsert", "/help/a": "upsert", "/help/old/c": "upsert"})

	start["exclude"] = []any{"/help/old/", "*.html$"}
	out = s.crawl(t, s.open(t, start), connectortest.NewPosition(connectors.Full))
	out.mustSay(t, map[string]string{"/help/index.html": "skip excluded", "/help/": "upsert", "/help/a": "upsert"})

	start["include"] = []any{"/help/", "/shop/*"}
	site := s.open(t, start)
	out = s.crawl(t, site, connectortest.NewPosition(connectors.Full))
	out.mustSay(t, map[string]string{"/help/index.html": "skip excluded", "/help/": "upsert", "/help/a": "upsert", "/shop/b": "upsert"})
	for id, want := range map[string]bool{
		s.URL + "/help/a": true, s.URL + "/help/old/c": false, s.URL + "/other": false, "https://www.example.net/help/a": false,
		s.URL + "/help/a#part": false, "/help/a": false, "": false,
	} {
		if site.InScope(id) != want {
			t.Errorf("InScope(%q) is %t", id, !want)
		}
	}
}

func TestDepthIsCountedFromTheStartAndFromSitemaps(t *testing.T) {
	s := newTestSite(t)
	s.html("/", links("/1"))
	s.html("/1", links("/2"))
	s.html("/2", links("/3"))
	s.html("/3", "words")
	out := s.crawl(t, s.open(t, map[string]any{"max_depth": 2}), connectortest.NewPosition(connectors.Full))
	out.mustSay(t, map[string]string{"/": "upsert", "/1": "upsert", "/2": "upsert"})
}

func TestTooManyPagesAreLeftOutAndWhatIsHeldIsConfirmed(t *testing.T) {
	s := newTestSite(t)
	for i := range 10 {
		s.put(fmt.Sprint("page", i), "words")
	}
	pos := connectortest.NewPosition(connectors.Full)
	few := map[string]any{"max_pages": 5}
	for pass := range 2 {
		out := s.crawl(t, s.open(t, few), pos)
		if !out.done || out.err != nil || len(out.said) != 5 {
			t.Errorf("pass %d ended with %v, done: %t, after %v", pass, out.err, out.done, out.said)
		}
		if len(out.notices) != 1 || out.notices[0].Code != "page_limit" || !strings.Contains(out.notices[0].Text, " 6 addresses") {
			t.Errorf("pass %d: the notices are %+v", pass, out.notices)
		}
	}
	if out := s.crawl(t, s.open(t, nil), pos); !out.done || len(out.said) != 11 || len(out.notices) > 0 {
		t.Errorf("without the limit the pass ended with %v after %v, %v", out.err, out.said, out.notices)
	}
	// All that is held is confirmed, also when it is more than the limit.
	if out := s.crawl(t, s.open(t, few), pos); !out.done || len(out.said) != 11 {
		t.Errorf("with the limit again the pass ended with %v after %v", out.err, out.said)
	}
	// A page that is gone makes room for another.
	for i := range 7 {
		s.remove(fmt.Sprint("page", i))
	}
	s.put("late", "words")
	if out := s.crawl(t, s.open(t, few), pos); !out.done || out.said["/p/late"] != "upsert" || out.said["/p/page0"] != "delete not_found" {
		t.Errorf("with room for one page: %v, %v", out.err, out.said)
	}
}

func TestASiteThatCannotBeginFailsInsteadOfLookingEmpty(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(*testSite)
		is      error
		words   string
	}{
		"no start page":              {func(s *testSite) { s.status("/", 404) }, connectors.ErrNotFound, "start address"},
		"a broken start page":        {func(s *testSite) { s.status("/", 500) }, nil, "500"},
		"a start page behind a door": {func(s *testSite) { s.status("/", 403) }, nil, "403"},
		"robots forbid the start":    {func(s *testSite) { s.text("/robots.txt", "text/plain", "User-agent: *\nDisallow: /") }, connectors.ErrTruncated, "robots.txt forbids"},
		"robots fail":                {func(s *testSite) { s.status("/robots.txt", 500) }, connectors.ErrTruncated, "robots.txt cannot be read"},
		"robots say too many":        {func(s *testSite) { s.status("/robots.txt", 429) }, nil, "asks to wait"},
		"the start leads elsewhere":  {func(s *testSite) { s.handle("/", redirect("https://www.example.net/", 301)) }, connectors.ErrTruncated, "https://www.example.net/"},
		"the start leads inside":     {func(s *testSite) { s.handle("/", redirect("http://10.0.0.1/", 301)) }, nil, "10.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestSite(t)
			c.prepare(s)
			out := s.crawl(t, s.open(t, nil), connectortest.NewPosition(connectors.Full))
			if out.done || out.err == nil || c.is != nil && !errors.Is(out.err, c.is) || !strings.Contains(out.err.Error(), c.words) {
				t.Errorf("the pull ended with %v (done: %t)", out.err, out.done)
			}
			failed := false
			for _, check := range s.open(t, nil).Check(t.Context()) {
				failed = failed || check.Status == connectors.CheckFailure && strings.Contains(check.Text, c.words)
			}
			if !failed {
				t.Errorf("no check fails with %q: %+v", c.words, s.open(t, nil).Check(t.Context()))
			}
		})
	}
}

func TestRobotsAreReadWhereTheyRedirectAndMayBeMissing(t *testing.T) {
	s := newTestSite(t)
	s.html("/", links("/a", "/b"))
	s.html("/a", "words")
	s.html("/b", "words")
	s.handle("/robots.txt", redirect("/real-robots", 301))
	s.text("/real-robots", "text/plain", "User-agent: *\nDisallow: /b\nDisallow: /a\nAllow: /a\n")
	out := s.crawl(t, s.open(t, nil), connectortest.NewPosition(connectors.Full))
	out.mustSay(t, map[string]string{"/": "upsert", "/a": "upsert", "/b": "skip robots"})

	out = s.crawl(t, s.open(t, map[string]any{"respect_robots": false}), connectortest.NewPosition(connectors.Full))
	out.mustSay(t, map[string]string{"/": "upsert", "/a": "upsert", "/b": "upsert"})

	s.status("/robots.txt", 403)
	out = s.crawl(t, s.open(t, nil), connectortest.NewPosition(connectors.Full))
	out.mustSay(t, map[string]string{"/": "upsert", "/a": "upsert", "/b": "upsert"})
}

func TestALongerCrawlDelayIsKept(t *testing.T) {
	for text, want := range map[string]time.Duration{"2": 2 * time.Second, "0.1": time.Second} {
		s := newTestSite(t)
		s.text("/robots.txt", "text/plain", "User-agent: *\nCrawl-delay: "+text)
		s.put("one", "words")
		site := s.open(t, map[string]any{"delay": "1s"})
		asked, client := []time.Duration{}, site.env.HTTP
		site.env.HTTP = func(o connectors.HTTPOptions) *http.Client {
			asked = append(asked, o.Delay)
			return client(o)
		}
		if out := s.crawl(t, site, connectortest.NewPosition(connectors.Full)); !out.done {
			t.Fatal(out.err)
		}
		if got := slices.Max(asked); got != want {
			t.Errorf("a Crawl-delay of %s made the pause %s, want %s", text, got, want)
		}
	}
}

func TestSitemapsNameFurtherSitemaps(t *testing.T) {
	s := newTestSite(t)
	s.text("/robots.txt", "text/plain", "Sitemap: "+s.URL+"/index.xml\nSitemap: /list.txt")
	s.text("/index.xml", "application/xml", "<sitemapindex><sitemap><loc>"+s.URL+"/inner.xml</loc></sitemap><sitemap><loc>"+s.URL+"/missing.xml</loc></sitemap><sitemap><loc>"+s.URL+"/index.xml</loc></sitemap></sitemapindex>")
	s.text("/inner.xml", "application/xml", "<urlset><url><loc> "+s.URL+"/a </loc></url><url><loc>https://www.example.net/x</loc></url></urlset>")
	s.text("/list.txt", "text/plain", "\ufeff"+s.URL+"/b\r\n\r\n"+s.URL+"/a\n")
	s.html("/", "start")
	s.html("/a", "words")
	s.html("/b", "words")
	site := s.open(t, nil)
	out := s.crawl(t, site, connectortest.NewPosition(connectors.Full))
	out.mustSay(t, map[string]string{"/": "upsert", "/a": "upsert", "/b": "upsert"})
	var said []string
	for _, c := range site.Check(t.Context()) {
		if c.Name == "robots.txt" || c.Name == "start" || c.Name == "sitemap" {
			said = append(said, c.Status.String()+": "+c.Text)
		}
	}
	want := []string{"ok: The site's robots.txt allows " + s.URL + "/.",
		"warning: The start page answers, but links to no other page of the site. Pages are found by sitemaps alone; if the page is built by a program in the browser, it cannot be read.",
		"ok: The sitemap lists 2 pages."}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("the checks (-want +got):\n%s", diff)
	}
}

func TestFetchSaysHowAPageStands(t *testing.T) {
	s := newTestSite(t)
	s.html("/page", "words")
	s.status("/gone", 410)
	s.status("/broken", 500)
	s.handle("/moved", redirect("/page", 301))
	s.handle("/elsewhere", redirect("/page", 302))
	s.handle("/moved-to-broken", redirect("/broken", 301))
	s.handle("/moved-to-nothing", redirect("/moved-again", 308))
	s.handle("/moved-again", redirect("/nothing", 302))
	s.handle("/moved-to-secret", redirect("/secret", 301))
	s.handle("/moved-abroad", redirect("https://www.example.net/", 301))
	s.handle("/loop", redirect("/loop2", 301))
	s.handle("/loop2", redirect("/loop", 301))
	s.text("/robots.txt", "text/plain", "User-agent: *\nDisallow: /secret")
	site := s.open(t, nil)
	for path, want := range map[string]string{
		"/page": "connectors.Upsert", "/gone": "connectors.Delete", "/broken": "connectors.Unreadable", "/moved": "connectors.Delete",
		"/elsewhere": "connectors.Unreadable", "/moved-to-broken": "connectors.Unreadable", "/moved-to-nothing": "connectors.Delete",
		"/moved-to-secret": "connectors.Skip", "/moved-abroad": "connectors.Skip", "/loop": "connectors.Unreadable",
		"/secret": "connectors.Skip", "/missing": "connectors.Delete",
	} {
		c, err := site.Fetch(t.Context(), s.URL+path)
		if got := fmt.Sprintf("%T", c); err != nil || got != want {
			t.Errorf("Fetch of %s: %s, %v", path, got, err)
		}
	}
	if n := slices.Index(s.requests()[1:], "/robots.txt"); n >= 0 {
		t.Error("robots.txt was read for every Fetch")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := site.Fetch(ctx, s.URL+"/page"); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled Fetch gave %v", err)
	}
}

func TestSettingsAreCheckedInWords(t *testing.T) {
	for _, c := range []struct {
		key   string
		value any
		words string
	}{
		{"start", "ftp://example.org/", "https://www.example.org/"},
		{"start", "not an address", "https://www.example.org/"},
		{"max_pages", 0, "between 1 and"},
		{"allow_private", "10.0.0.0", "10.20.0.0/16"},
		{"allow_ports", "http", "between 1 and 65535"},
		{"starts", "https://example.org/", `did you mean "start"`},
	} {
		raw := map[string]any{"start": "https://example.org/", c.key: c.value}
		if _, err := Kind().Parse(raw); err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s = %v: %v", c.key, c.value, err)
		}
	}
	if _, err := Kind().Parse(map[string]any{}); err == nil || !strings.Contains(err.Error(), `"start" is missing`) {
		t.Errorf("without start: %v", err)
	}
}
