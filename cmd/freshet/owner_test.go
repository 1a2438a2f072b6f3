package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// prose is a text of an article, long enough to be one.
const prose = "Parcels leave our warehouse every working day at four. You may send back what you do not like within thirty days, in its packaging, with the form that came with it, and we return the money to the card that you paid with."

// ownersSite is a site with something of everything that its owner should know.
func ownersSite(t *testing.T) *httptest.Server {
	t.Helper()
	page := func(lang, title, head, body string) string {
		return fmt.Sprintf(`<!doctype html><html lang=%q><head><title>%s - Shop</title>%s</head><body><nav><a href="/">Home</a></nav><main><h1>%s</h1>%s</main></body></html>`, lang, title, head, title, body)
	}
	article := func(lang, title, head string) string { return page(lang, title, head, "<p>"+prose+" "+title+".</p>") }
	pages := map[string]string{
		"/en/returns":  article("en", "Returns", ""),
		"/en/delivery": article("en", "Delivery", ""),
		"/fr/retours":  article("fr", "Retours", ""),
		"/internal":    article("en", "Internal", `<meta name="robots" content="noindex">`),
		"/account":     page("en", "Log in", "", `<form action="/account"><input type="text" name="user"><input type="password" name="password"><button>Log in</button></form>`),
		"/app":         `<!doctype html><html><head><title>App</title></head><body><div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript><script src="/app.js"></script></body></html>`,
		"/empty":       page("en", "", "", ""),
		"/private/a":   article("en", "Private", ""),
	}
	links := ""
	for _, path := range []string{"/en/returns", "/en/delivery", "/fr/retours", "/internal", "/account", "/app", "/empty", "/private/a", "/refused", "/away", "/missing"} {
		links += fmt.Sprintf("<a href=%q>%s</a> ", path, path)
	}
	pages["/"] = page("en", "Help centre", `<link rel="alternate" type="application/rss+xml" href="/news.xml">`, "<p>"+prose+"</p>"+links)
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch text, ok := pages[r.URL.Path]; {
		case r.URL.Path == "/robots.txt":
			_, _ = fmt.Fprintf(w, "User-agent: *\nDisallow: /private/\nSitemap: %s/map.xml\n", s.URL)
		case r.URL.Path == "/map.xml":
			w.Header().Set("Content-Type", "application/xml")
			_, _ = fmt.Fprintf(w, `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
			for _, path := range []string{"/en/returns", "/en/delivery", "/fr/retours", "/private/a"} {
				_, _ = fmt.Fprintf(w, "<url><loc>%s%s</loc></url>", s.URL, path)
			}
			_, _ = fmt.Fprint(w, "</urlset>")
		case r.URL.Path == "/refused":
			w.WriteHeader(http.StatusForbidden)
		case r.URL.Path == "/away":
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
		case !ok:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = fmt.Fprint(w, page("en", "Page not found", "", "<p>We could not find this page. It may have been moved.</p>"))
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = fmt.Fprint(w, text)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func mustSay(t *testing.T, out string, lines ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(out), " ")
	for _, want := range lines {
		if !strings.Contains(flat, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
}

func TestTheOwnerSeesWhatIsNotIndexedAndWhy(t *testing.T) {
	w := newWorld(t)
	s := ownersSite(t)
	w.ok(w.site("shop", s)...)
	r := w.run("sync", "shop")
	if r.status != exitPartial {
		t.Fatalf("status %d: %s%s", r.status, r.out, r.errors)
	}
	mustSay(t, r.out, "1 page asks not to be indexed (noindex)", "1 page is forbidden by robots.txt (robots)")
	out := w.ok("source", "show", "shop")
	mustSay(t, out, "not indexed:", "1 page asks not to be indexed (noindex)", "1 page is forbidden by robots.txt (robots)", "1 page asks for a login (login_page)",
		"1 page needs a browser", "1 page is refused by its site", s.URL+"/internal the page asks not to be indexed", s.URL+"/private/a the page is forbidden by robots.txt")
	var shown shownSource
	w.ask(&shown, "source", "show", "shop")
	total := 0
	for _, c := range shown.LeftOut {
		total += c.Documents
	}
	if total == 0 || total != len(shown.Skipped) {
		t.Errorf("%d documents are left out and %d are listed", total, len(shown.Skipped))
	}
	for _, d := range shown.Skipped {
		if d.ReasonText == "" || d.ReasonText == d.Reason || d.State == "" {
			t.Errorf("%s is left out without a word: %+v", d.ID, d)
		}
	}
}

func TestManySkippedPagesAreCountedAndTheFirstShown(t *testing.T) {
	pages := map[string]string{}
	links := ""
	for i := range 30 {
		path := fmt.Sprintf("/p%02d", i)
		pages[path] = `<html><head><meta name="robots" content="noindex"></head><body><p>` + prose + `</p></body></html>`
		links += fmt.Sprintf("<a href=%q>x</a>", path)
	}
	pages["/"] = "<html><body><h1>Start</h1><p>" + prose + "</p>" + links + "</body></html>"
	w := newWorld(t)
	w.ok(w.site("shop", server(t, pages), "--set", "max_pages=31")...)
	w.ok("sync", "shop")
	mustSay(t, w.ok("source", "show", "shop"), "30 pages ask not to be indexed (noindex)", "and 10 more; --skipped or --json lists them all")
	if out := w.ok("source", "show", "shop", "--skipped"); !strings.Contains(out, "/p29") || strings.Contains(out, "more;") {
		t.Errorf("--skipped does not list all:\n%s", out)
	}
}

func TestATestOfASiteEndsWithHowItsFirstPageIsRead(t *testing.T) {
	w := newWorld(t)
	s := ownersSite(t)
	w.ok(w.site("shop", s)...)
	mustSay(t, w.ok("source", "test", "shop"), "robots.txt forbids 1 of the 4 pages", "The site answers 200 for pages that do not exist",
		"this is how the first document is read: Help centre", "first heading: Help centre", "Parcels leave our warehouse")
	var got tested
	w.ask(&got, "source", "test", "shop")
	if !got.OK || got.First == nil || got.First.URL != s.URL+"/" || got.First.Words == 0 {
		t.Errorf("the first document: %+v", got.First)
	}
}

func TestAPreviewSumsUpWhatIsLeftOut(t *testing.T) {
	w := newWorld(t)
	w.ok(w.site("shop", ownersSite(t))...)
	mustSay(t, w.ok("source", "preview", "shop", "-k", "20"), "documents are not indexed:", "1 the page asks not to be indexed", "1 the page is forbidden by robots.txt")
}
