package website

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

const shell = `<title>App</title><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script src=/x.js></script>`

// opening is a page as its program builds it.
func opening(text string) string {
	return `<!DOCTYPE html><html lang=fr><title>App</title><div id=root><main><h1>Horaires</h1><p>` + text + `, du lundi au samedi, toute l'année sauf les jours fériés et le mois d'août.</p><a href="/more">plus</a></main></div></html>`
}

// inBrowser opens the site with a browser that shows what show returns.
func (s *testSite) inBrowser(t *testing.T, settings map[string]any, show func(address string, o connectors.RenderOptions) (connectors.Rendered, error)) *Site {
	t.Helper()
	site := s.open(t, settings)
	site.rendering = true
	if site.renderPages == 0 {
		site.renderPages = defaultRenderPages
	}
	site.env.Render = func(_ context.Context, address string, o connectors.RenderOptions) (connectors.Rendered, error) {
		return show(address, o)
	}
	return site
}

func TestAPageThatNeedsABrowserIsReadAsTheBrowserShowsIt(t *testing.T) {
	s := newTestSite(t)
	s.validators = true
	s.html("/", links("/app"))
	s.html("/app", shell)
	s.html("/more", "words of more")
	text, shown := "Ouvert de neuf heures à midi", 0
	show := func(address string, _ connectors.RenderOptions) (connectors.Rendered, error) {
		shown++
		return connectors.Rendered{URL: address, Status: 200, HTML: opening(text), Bytes: 1000}, nil
	}
	pos := connectortest.NewPosition(connectors.Full)
	out := s.crawl(t, s.inBrowser(t, nil, show), pos)
	out.mustSay(t, map[string]string{"/": "upsert", "/app": "upsert", "/more": "upsert"})
	s.crawl(t, s.inBrowser(t, nil, show), pos).mustSay(t, map[string]string{"/": "same", "/app": "same", "/more": "same"})
	text = "Ouvert de dix heures à midi"
	s.crawl(t, s.inBrowser(t, nil, show), pos).mustSay(t, map[string]string{"/": "same", "/app": "upsert", "/more": "same"})
	if shown != 3 {
		t.Errorf("the browser was used %d times for one page in three passes", shown)
	}
	site := s.inBrowser(t, nil, show)
	site.bufferBytes = 1 // nothing stays in it: what is opened is shown again
	change, err := site.Fetch(t.Context(), s.URL+"/app")
	up, ok := change.(connectors.Upsert)
	if err != nil || !ok || up.Document.Locale != "fr" || !up.Document.Modified.IsZero() {
		t.Fatalf("Fetch says %#v, %v", change, err)
	}
	body, err := up.Document.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if read, err := io.ReadAll(body); err != nil || !strings.Contains(string(read), text) {
		t.Errorf("opened, it is %q, %v", read, err)
	}
}

func TestWhatABrowserCannotShowIsSaid(t *testing.T) {
	whole := connectors.Rendered{Status: 200, HTML: opening("Ouvert à midi")}
	for name, c := range map[string]struct {
		shows func(connectors.Rendered) connectors.Rendered
		err   error
		first string // of a page not known before
		later string // of one that was read
	}{
		"nothing there either": {func(r connectors.Rendered) connectors.Rendered { r.HTML = "<div id=root>Loading</div>"; return r }, nil, "verdict needs_browser", "verdict needs_browser"},
		"a request failed": {func(r connectors.Rendered) connectors.Rendered {
			r.HTML, r.Incomplete = "<div id=root></div>", "x"
			return r
		}, nil, "fault", "fault"},
		"half of it": {func(r connectors.Rendered) connectors.Rendered {
			r.HTML, r.Incomplete = opening("Ouvert"), "a request failed"
			return r
		}, nil, "upsert", "fault"},
		"never at rest":      {func(r connectors.Rendered) connectors.Rendered { r.Incomplete = "still changing"; return r }, nil, "upsert", "same"},
		"a crash":            {nil, errors.New("it crashed"), "fault", "fault"},
		"a refusal":          {nil, &connectors.Verdict{Reason: "address_refused"}, "verdict address_refused", "verdict address_refused"},
		"an error page":      {func(r connectors.Rendered) connectors.Rendered { r.Status = 500; return r }, nil, "fault", "fault"},
		"a page not there":   {func(r connectors.Rendered) connectors.Rendered { r.Status = 404; return r }, nil, "delete not_found", "delete not_found"},
		"another site":       {func(r connectors.Rendered) connectors.Rendered { r.URL = "https://www.example.net/"; return r }, nil, "skip excluded", "verdict redirects_for_now"},
		"a login of the app": {func(r connectors.Rendered) connectors.Rendered { r.URL += "/login"; return r }, nil, "skip login_page", "fault"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestSite(t)
			s.html("/", links("/app"))
			s.html("/app", shell)
			good := func(address string, _ connectors.RenderOptions) (connectors.Rendered, error) {
				r := whole
				r.URL = address
				return r, nil
			}
			bad := func(address string, _ connectors.RenderOptions) (connectors.Rendered, error) {
				if c.err != nil {
					return connectors.Rendered{}, c.err
				}
				r := whole
				r.URL = address
				return c.shows(r), nil
			}
			if out := s.crawl(t, s.inBrowser(t, nil, bad), connectortest.NewPosition(connectors.Full)); out.said["/app"] != c.first {
				t.Errorf("at first it is %q, want %q (%v)", out.said["/app"], c.first, out.err)
			}
			pos := connectortest.NewPosition(connectors.Full)
			s.crawl(t, s.inBrowser(t, nil, good), pos)
			if out := s.crawl(t, s.inBrowser(t, nil, bad), pos); out.said["/app"] != c.later || !out.done {
				t.Errorf("later it is %q, want %q (%v)", out.said["/app"], c.later, out.err)
			}
		})
	}
}

func TestTheBrowserIsHeldToTheSitesRules(t *testing.T) {
	s := newTestSite(t)
	s.text("/robots.txt", "text/plain", "User-agent: *\nDisallow: /private/\n")
	s.html("/", links("/app"))
	s.html("/app", shell)
	asked := false
	s.crawl(t, s.inBrowser(t, nil, func(address string, o connectors.RenderOptions) (connectors.Rendered, error) {
		asked = true
		for path, want := range map[string]bool{"/private/api": false, "/api": true} {
			u, err := url.Parse(s.URL + path)
			if err != nil {
				t.Fatal(err)
			}
			if err := o.Allow(u); (err == nil) != want {
				t.Errorf("%s: %v", path, err)
			}
		}
		if len(o.HTTP.AllowPorts) == 0 {
			t.Error("the source's policy is not handed on")
		}
		return connectors.Rendered{URL: address, Status: 200, HTML: opening("x")}, nil
	}), connectortest.NewPosition(connectors.Full))
	if !asked {
		t.Error("no browser was used")
	}
}

func TestARunShowsNoMorePagesThanItMay(t *testing.T) {
	s := newTestSite(t)
	s.html("/", links("/a", "/b", "/c"))
	for _, p := range []string{"/a", "/b", "/c"} {
		s.html(p, shell)
	}
	site := s.inBrowser(t, nil, func(address string, _ connectors.RenderOptions) (connectors.Rendered, error) {
		return connectors.Rendered{URL: address, Status: 200, HTML: opening(address)}, nil
	})
	site.renderPages = 2
	pos := connectortest.NewPosition(connectors.Full)
	out := s.crawl(t, site, pos)
	if out.done || !errors.Is(out.err, connectors.ErrTruncated) || !strings.Contains(out.err.Error(), "render_pages") || len(out.said) != 3 {
		t.Errorf("the first run says %v (%v)", out.said, out.err)
	}
	if out := s.crawl(t, site, pos); !out.done || out.said["/c"] != "upsert" {
		t.Errorf("the second run says %v (%v)", out.said, out.err)
	}
}

func TestRenderingWithoutABrowserIsRefusedInWords(t *testing.T) {
	settings, err := Kind().Parse(map[string]any{"start": []any{"https://www.example.org/"}, "render": "when_needed"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newSource(connectors.Env{}, settings); err == nil || !strings.Contains(err.Error(), "render: {chrome: /usr/bin/chromium}") {
		t.Errorf("it says %v", err)
	}
	if _, err := Kind().Parse(map[string]any{"start": []any{"https://www.example.org/"}, "render": "always"}); err == nil || !strings.Contains(err.Error(), "when_needed") {
		t.Errorf("it says %v", err)
	}
}
