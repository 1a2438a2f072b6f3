package website

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/connectors/website/sitemap"
)

// followed is a pull of the feed: what it said, asked for and remarked upon.
type followed struct {
	crawled
	asked   []string
	notices []string // codes
}

func (s *testSite) follow(t *testing.T, site *Site, pos *connectortest.Position) followed {
	t.Helper()
	s.requests()
	out := followed{crawled: crawled{said: map[string]string{}, docs: map[string]*connectors.Document{}}}
	var last connectors.Change
	for c, err := range site.Pull(t.Context(), pos) {
		if err != nil {
			out.err = err
			break
		}
		pos.Take(c)
		last = c
		say(out.said, s.URL, c)
		switch c := c.(type) {
		case connectors.Upsert:
			out.docs[strings.TrimPrefix(c.Document.ID, s.URL)] = c.Document
			if c.From != "" {
				out.said[strings.TrimPrefix(c.Document.ID, s.URL)] += " from " + strings.TrimPrefix(c.From, s.URL)
			}
		case connectors.Notice:
			out.notices = append(out.notices, c.Code)
		}
	}
	if _, ok := last.(connectors.Checkpoint); !ok && out.err == nil {
		t.Errorf("the feed's last change is %#v", last)
	}
	out.asked = s.requests()
	return out
}

// mustBe checks what was said and remarked upon.
func (f followed) mustBe(t *testing.T, said map[string]string, notices ...string) {
	t.Helper()
	f.mustSay(t, said)
	if !slices.Equal(f.notices, notices) {
		t.Errorf("the notices are %q, want %q", f.notices, notices)
	}
}

// dated is a site with a sitemap of so many pages and their dates.
func dated(t *testing.T, n int) *testSite {
	s := newTestSite(t)
	s.bySitemap, s.validators, s.dated = true, true, true
	for i := range n {
		s.put(fmt.Sprintf("%03d", i), "words")
	}
	return s
}

// mustTellNothing checks that a pull ended with ErrNoFeed.
func (f followed) mustTellNothing(t *testing.T, notices ...string) {
	t.Helper()
	if !errors.Is(f.err, connectors.ErrNoFeed) {
		t.Errorf("the pull ended with %v", f.err)
	}
	f.err = nil
	f.mustBe(t, nothing, notices...)
}

var nothing = map[string]string{}

func TestTheFeedVisitsWhatTheSitemapTellsOfAndNothingElse(t *testing.T) {
	s := dated(t, 30)
	pos := connectortest.NewPosition(connectors.Feed)
	first := s.follow(t, s.open(t, nil), pos)
	first.mustBe(t, nothing)
	if want := []string{"/robots.txt", "/", "/sitemap.xml"}; !slices.Equal(first.asked, want) {
		t.Errorf("the first pull asked for %q, want %q", first.asked, want)
	}
	quiet := s.follow(t, s.open(t, nil), pos)
	quiet.mustBe(t, nothing)
	if want := []string{"/robots.txt", "/sitemap.xml"}; !slices.Equal(quiet.asked, want) {
		t.Errorf("the second pull asked for %q, want %q", quiet.asked, want)
	}
	s.put("new", "words")
	s.put("007", "other words")
	s.remove("011")
	s.follow(t, s.open(t, nil), pos).mustBe(t, map[string]string{"/p/new": "upsert", "/p/007": "upsert", "/p/011": "delete not_found"})
	s.follow(t, s.open(t, nil), pos).mustBe(t, nothing)
	s.set(func() { s.order = slices.DeleteFunc(s.order, func(n string) bool { return n == "012" }) })
	s.follow(t, s.open(t, nil), pos).mustBe(t, map[string]string{"/p/012": "upsert"}) // left out of the sitemap, and still there
	s.follow(t, s.open(t, nil), pos).mustBe(t, nothing)
}

func TestSitesThatDoNotTellOfChangesCostTwoRequestsAndAreRemarkedUponOnce(t *testing.T) {
	for code, form := range map[string]func(*testSite){
		"no_change_feed":    func(s *testSite) { s.bySitemap = false },
		"dates_not_trusted": func(s *testSite) { s.dated = false },
	} {
		t.Run(code, func(t *testing.T) {
			s := dated(t, 5)
			form(s)
			pos := connectortest.NewPosition(connectors.Feed)
			s.follow(t, s.open(t, nil), pos).mustTellNothing(t, code)
			s.put("001", "other words")
			out := s.follow(t, s.open(t, nil), pos)
			out.mustTellNothing(t)
			if len(out.asked) != 2 {
				t.Errorf("it asked for %q", out.asked)
			}
			s.set(func() { s.bySitemap, s.dated = true, true }) // they learn it
			s.follow(t, s.open(t, nil), pos)
			s.put("002", "other words")
			s.follow(t, s.open(t, nil), pos).mustBe(t, map[string]string{"/p/002": "upsert"})
		})
	}
}

func TestDatesThatAreMadeUpAreNotFollowed(t *testing.T) {
	s := dated(t, 40)
	pos := connectortest.NewPosition(connectors.Feed)
	site := s.open(t, nil)
	s.follow(t, site, pos)
	s.set(func() { // the site is built anew, over two days
		for i, name := range s.order {
			s.stamps[name] = time.Now().Add(-time.Duration(i) * time.Hour)
		}
	})
	s.follow(t, site, pos).mustBe(t, nothing, "dates_restamped")
	s.put("001", "other words")
	s.follow(t, site, pos).mustBe(t, map[string]string{"/p/001": "upsert"})
}

func TestAPageCanChangeTwiceOnTheDayOfItsDate(t *testing.T) {
	s := dated(t, 3)
	s.validators = true
	list := func(day string) {
		s.handle("/sitemap.xml", func(w http.ResponseWriter, r *http.Request) {
			s.write(w, r, "<urlset><url><loc>/p/000</loc><lastmod>"+day+"</lastmod></url><url><loc>/p/001</loc><lastmod>2020-01-01</lastmod></url></urlset>")
		})
	}
	pos := connectortest.NewPosition(connectors.Feed)
	list("2020-01-02")
	s.follow(t, s.open(t, nil), pos)
	list(time.Now().UTC().Format(time.DateOnly))
	s.follow(t, s.open(t, nil), pos).mustBe(t, map[string]string{"/p/000": "upsert"})
	s.follow(t, s.open(t, nil), pos).mustBe(t, map[string]string{"/p/000": "same"})
	s.put("000", "other words")
	s.follow(t, s.open(t, nil), pos).mustBe(t, map[string]string{"/p/000": "upsert"})
}

func TestFeedsAreFoundOnTheStartPageAndFollowed(t *testing.T) {
	item := func(path, date string) string {
		return "<item><link>" + path + "</link><pubDate>" + date + "</pubDate></item>"
	}
	for name, form := range map[string]func(s *testSite, items string){
		"RSS": func(s *testSite, items string) {
			s.text("/news", "application/rss+xml", "<rss><channel>"+items+"</channel></rss>")
		},
		"in the settings": func(s *testSite, items string) {
			s.html("/", "words")
			s.text("/news", "application/rss+xml", "<rss><channel>"+items+"</channel></rss>")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestSite(t)
			s.html("/", `<link rel="alternate" type="application/rss+xml; charset=utf-8" href="/news"><link rel="alternate" type="application/atom+xml" href="https://www.example.net/feed"><p>words`)
			for _, p := range []string{"a", "b", "c"} {
				s.put(p, "words")
			}
			settings := map[string]any{}
			if name == "in the settings" {
				settings["feed"] = s.URL + "/news"
			}
			pos := connectortest.NewPosition(connectors.Feed)
			form(s, item("/p/a", "Mon, 09 Mar 2026 10:20:30 GMT"))
			s.follow(t, s.open(t, settings), pos).mustBe(t, nothing)
			form(s, item("/p/b", "Tue, 10 Mar 2026 10:20:30 GMT"))
			s.follow(t, s.open(t, settings), pos).mustBe(t, map[string]string{"/p/b": "upsert"})
			form(s, item("/p/b", "Wed, 11 Mar 2026 10:20:30 GMT")+item("/p/missing", ""))
			s.follow(t, s.open(t, settings), pos).mustBe(t, map[string]string{"/p/b": "same", "/p/missing": "delete not_found"})
			s.status("/news", 500)
			s.follow(t, s.open(t, settings), pos).mustBe(t, nothing, "sitemap_unreadable")
			full := s.crawl(t, s.open(t, settings), connectortest.NewPosition(connectors.Full))
			if full.err != nil || !full.done {
				t.Errorf("a feed that cannot be read ends the full pass: %v", full.err)
			}
			form(s, item("/p/c", ""))
			both := connectortest.NewPosition(connectors.Full)
			s.crawl(t, s.open(t, settings), both)
			full = s.crawl(t, s.open(t, settings), both) // the start page is read before its feed is known
			if full.said["/p/c"] == "" {
				t.Errorf("the full pass does not list what the feed does: %v", full.said)
			}
		})
	}
}

func TestOnlySitemapsWhoseDatesMovedAreAskedFor(t *testing.T) {
	s := newTestSite(t)
	index := func(dates ...string) {
		var b strings.Builder
		for i, d := range dates {
			fmt.Fprintf(&b, "<sitemap><loc>/%d.xml</loc><lastmod>%s</lastmod></sitemap>", i, d)
		}
		s.text("/sitemap.xml", "text/xml", "<sitemapindex>"+b.String()+"</sitemapindex>")
	}
	for i := range 3 {
		s.text(fmt.Sprintf("/%d.xml", i), "text/xml", fmt.Sprintf("<urlset><url><loc>/p/%d</loc><lastmod>2026-01-01T00:00:00Z</lastmod></url><url><loc>/p/x</loc><lastmod>2025-01-01T00:00:00Z</lastmod></url></urlset>", i))
		s.put(fmt.Sprint(i), "words")
	}
	pos := connectortest.NewPosition(connectors.Feed)
	index("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z")
	s.follow(t, s.open(t, nil), pos).mustBe(t, nothing)
	s.text("/1.xml", "text/xml", "<urlset><url><loc>/p/1</loc><lastmod>2026-01-05T00:00:00Z</lastmod></url><url><loc>/p/x</loc><lastmod>2025-01-01T00:00:00Z</lastmod></url></urlset>")
	index("2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z", "2026-01-03T00:00:00Z")
	out := s.follow(t, s.open(t, nil), pos)
	out.mustBe(t, map[string]string{"/p/1": "upsert"})
	if !slices.Equal(out.asked[:3], []string{"/robots.txt", "/sitemap.xml", "/1.xml"}) {
		t.Errorf("it asked for %q", out.asked)
	}
	index("2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z") // the third is not named any more
	s.remove("2")
	s.follow(t, s.open(t, nil), pos).mustBe(t, map[string]string{"/p/2": "delete not_found"})
}

func TestFilesThatFailAreNoReasonToVisitOrToStop(t *testing.T) {
	s := dated(t, 12)
	pos := connectortest.NewPosition(connectors.Feed)
	s.follow(t, s.open(t, nil), pos)
	for name, break_ := range map[string]func(){
		"failing": func() { s.status("/sitemap.xml", 500) },
		"cut":     func() { s.text("/sitemap.xml", "text/xml", "<urlset><url><loc>/p/000</loc></url><ur") },
		"other": func() {
			s.text("/robots.txt", "text/plain", "Sitemap: /sitemap.xml")
			s.html("/sitemap.xml", "<p>sorry")
		},
		"too much": func() { s.text("/sitemap.xml", "text/xml", "<urlset>"+strings.Repeat("<x>", 40)) },
	} {
		break_()
		out := s.follow(t, s.open(t, nil), pos)
		out.mustBe(t, nothing, "sitemap_unreadable")
		if t.Failed() {
			t.Fatal(name)
		}
	}
	s.status("/sitemap.xml", 404)
	s.follow(t, s.open(t, nil), pos).mustBe(t, nothing)
	s.handle("/sitemap.xml", nil)
	s.put("000", "other words")
	s.follow(t, s.open(t, nil), pos).mustBe(t, map[string]string{"/p/000": "upsert"})
}

func TestTheFeedEndsBeforeFaultsWouldEndTheRun(t *testing.T) {
	s := dated(t, 12)
	pos := connectortest.NewPosition(connectors.Feed)
	s.follow(t, s.open(t, nil), pos)
	for i := range 8 {
		s.put(fmt.Sprintf("%03d", i), "other words")
		s.set(func() { s.broken[fmt.Sprintf("%03d", i)] = true })
	}
	said := map[string]string{}
	for range 3 {
		out := s.follow(t, s.open(t, nil), pos)
		if out.err != nil || len(out.said) > maxFeedFaults {
			t.Fatalf("%v, %v", out.said, out.err)
		}
		for path, what := range out.said {
			said[path] = what
		}
	}
	if len(said) != 8 {
		t.Errorf("%d of 8 pages were looked at: %v", len(said), said)
	}
	s.follow(t, s.open(t, nil), pos).mustBe(t, nothing)
}

func TestNoMorePagesAreVisitedAtOnceThanOnePullMay(t *testing.T) {
	s := dated(t, 2)
	pos := connectortest.NewPosition(connectors.Feed)
	s.follow(t, s.open(t, nil), pos)
	for i := range maxErrands + 10 {
		s.put(fmt.Sprintf("more-%d", i), "words")
	}
	out := s.follow(t, s.open(t, nil), pos)
	if out.err != nil || len(out.said) != maxErrands || !slices.Equal(out.notices, []string{"feed_limit"}) {
		t.Errorf("%d pages, %q, %v", len(out.said), out.notices, out.err)
	}
	if out = s.follow(t, s.open(t, nil), pos); len(out.said) != 10 {
		t.Errorf("%d pages were left", len(out.said))
	}
}

func TestPagesThatMovedTakeTheirDocumentAlong(t *testing.T) {
	s := dated(t, 12)
	pos := connectortest.NewPosition(connectors.Feed)
	s.follow(t, s.open(t, nil), pos)
	for i := range 3 {
		s.put(fmt.Sprintf("%03d", i), "other words") // so that the position holds them
	}
	s.follow(t, s.open(t, nil), pos)
	s.remove("000")
	s.put("moved", "other words")
	s.handle("/p/000", redirect("/p/moved", 301))
	s.follow(t, s.open(t, nil), pos).mustBe(t, map[string]string{"/p/moved": "upsert from /p/000"})
	s.remove("001")
	s.handle("/p/001", redirect("/p/002", 301)) // to one that is held itself
	s.follow(t, s.open(t, nil), pos).mustBe(t, map[string]string{"/p/001": "delete gone"})
	s.remove("002")
	s.put("copy", `words</p><link rel="canonical" href="/p/orig"><p>`)
	s.put("orig", "words")
	s.follow(t, s.open(t, nil), pos).mustBe(t, map[string]string{"/p/002": "delete not_found", "/p/orig": "upsert", "/p/copy": "skip canonical_elsewhere"})
}

func TestTheFeedKnowsTheLanguagesThatTheSitemapTellsOf(t *testing.T) {
	s := newTestSite(t)
	s.validators = true
	list := func(date string) {
		s.text("/sitemap.xml", "text/xml", `<urlset><url><loc>/p/fr</loc><lastmod>`+date+`</lastmod><link rel="alternate" hreflang="fr" href="/p/fr"/><link rel="alternate" hreflang="en" href="/p/en"/></url>
			<url><loc>/p/en</loc><lastmod>2026-01-01</lastmod></url></urlset>`)
	}
	s.put("fr", "mots")
	s.put("en", "words")
	list("2026-01-02")
	pos := connectortest.NewPosition(connectors.Feed)
	s.follow(t, s.open(t, nil), pos)
	list("2026-01-03")
	s.put("fr", "autres mots")
	out := s.follow(t, s.open(t, nil), pos)
	want := map[string]string{"/p/fr": "fr /p/en"}
	if diff := cmp.Diff(want, s.spoken(out.crawled)); diff != "" {
		t.Error(diff)
	}
}

func TestASiteTooLargeForAFeedHasNone(t *testing.T) {
	s := dated(t, 100)
	site := s.open(t, nil)
	site.feedBytes = 500
	pos := connectortest.NewPosition(connectors.Feed)
	s.follow(t, site, pos).mustTellNothing(t, "feed_too_large")
	out := s.follow(t, site, pos)
	if out.mustTellNothing(t); len(out.asked) > 0 {
		t.Errorf("%q", out.asked)
	}
	now := site.env.Now
	site.env.Now = func() time.Time { return now().Add(offFor + time.Hour) }
	site.feedBytes = maxFeedCursor
	s.follow(t, site, pos).mustBe(t, nothing)
	s.put("000", "other words")
	s.follow(t, site, pos).mustBe(t, map[string]string{"/p/000": "upsert"})
}

func TestASiteThatForbidsItsStartIsNotFollowed(t *testing.T) {
	s := dated(t, 12)
	pos := connectortest.NewPosition(connectors.Feed)
	s.follow(t, s.open(t, nil), pos)
	s.put("000", "other words")
	s.text("/robots.txt", "text/plain", "User-agent: *\nDisallow: /")
	s.follow(t, s.open(t, nil), pos).mustTellNothing(t)
	s.handle("/robots.txt", nil)
	s.follow(t, s.open(t, nil), pos).mustBe(t, map[string]string{"/p/000": "upsert"})
	s.set(func() { s.postpone = true })
	var later *connectors.RetryAfter
	if out := s.follow(t, s.open(t, nil), pos); !errors.As(out.err, &later) {
		t.Error(out.err)
	}
}

func TestFeedCursorsComeBackAsTheyWere(t *testing.T) {
	s := &feedState{said: "x", files: map[string]*fileState{
		"https://a/1.xml": {ETag: `"e"`, Kind: sitemap.KindSitemap, Trusted: true, Read: 7, pages: map[string]stamp{"https://a/é": 3, "https://a/b": 0, "https://a/bc": 1 << 40}},
		"https://a/i.xml": {Kind: sitemap.KindIndex, Further: map[string]stamp{"https://a/1.xml": 9}, pages: map[string]stamp{}},
	}}
	cursor, ok, err := s.cursor(maxFeedCursor)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	again, err := parseFeedCursor(cursor)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, again, cmp.AllowUnexported(feedState{}, fileState{})); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"", "x", feedPrefix, feedPrefix + "AAAA", cursor[:len(cursor)-8], cursorAnew, cursor + "AAAA*"} {
		if _, err := parseFeedCursor(bad); !errors.Is(err, connectors.ErrCursor) {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
}

func FuzzFeedCursor(f *testing.F) {
	s := &feedState{files: map[string]*fileState{"https://a/1.xml": {Kind: 1, pages: map[string]stamp{"https://a/b": 7, "https://a/c": 0}}}}
	cursor, _, _ := s.cursor(maxFeedCursor)
	f.Add(cursor)
	f.Add(feedPrefix)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseFeedCursor(text)
		if err != nil && !errors.Is(err, connectors.ErrCursor) {
			t.Error(err)
		}
		if err == nil {
			if _, _, err := s.cursor(maxFeedCursor); err != nil {
				t.Error(err)
			}
		}
	})
}

func BenchmarkAFeedCursorOf50000Pages(b *testing.B) {
	f := &fileState{Kind: sitemap.KindSitemap, pages: map[string]stamp{}}
	words := strings.Fields("how to change your password when the account was locked after many failed attempts on mobile or desktop and what else helps with billing invoices refunds shipping returns")
	for i := range sitemap.MaxURLs {
		id := fmt.Sprintf("https://www.example.org/help/%s-%s-%s-%d", words[i%29], words[i/29%29], words[i/841%29], i)
		f.pages[id] = stamp(2*(1_000_000_000+i*7919)) | 1
	}
	s := &feedState{files: map[string]*fileState{"https://www.example.org/sitemap.xml": f}}
	b.ReportAllocs()
	size := 0
	for b.Loop() {
		cursor, ok, err := s.cursor(maxFeedCursor)
		if err != nil || !ok {
			b.Fatal(len(cursor), err)
		}
		if _, err := parseFeedCursor(cursor); err != nil {
			b.Fatal(err)
		}
		size = len(cursor)
	}
	b.ReportMetric(float64(size)/sitemap.MaxURLs, "bytes/page")
}
