package website

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

const loginPage = `<title>Connexion</title><meta name=robots content=noindex><h1>Connectez-vous</h1><form><input name=u><input type=password></form>`

func shows(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, text)
	}
}

func TestWhatStandsInFrontOfAPageIsAFaultAndNotThePage(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		reason string
	}{
		"a login":               {shows(loginPage), "login_page"},
		"a redirect to a login": {redirect("/auth/login?next=x", 302), "login_page"},
		"a login for good":      {redirect("/login", 301), "login_page"},
		"a login elsewhere":     {redirect("https://accounts.example.net/oauth2/authorize?x", 302), "login_page"},
		"consent":               {shows(`<title>Acme</title><p>Before you continue: we use cookies. Your consent to cookies is free.</p><button>Accept all</button>`), "consent_page"},
		"a redirect to consent": {redirect("https://consent.example.net/?to=x", 302), "consent_page"},
		"maintenance as a page": {shows(`<title>Maintenance</title><h1>Site en maintenance</h1><p>Nous revenons très vite.</p>`), "maintenance_page"},
		"401":                   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, "access_refused"},
		"403":                   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, "access_refused"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestSite(t)
			s.html("/", links("/a", "/b"))
			s.html("/a", "<h1>A</h1>words of a")
			s.html("/b", "<h1>B</h1>words of b")
			pos := connectortest.NewPosition(connectors.Full)
			s.crawl(t, s.open(t, nil), pos).mustSay(t, map[string]string{"/": "upsert", "/a": "upsert", "/b": "upsert"})
			s.handle("/a", c.answer)
			for range 3 { // however often it is asked for, also after its revision was withheld
				out := s.crawl(t, s.open(t, nil), pos)
				if out.said["/a"] != "fault" || out.said["/b"] != "same" || !out.done {
					t.Fatalf("it says %v (%v)", out.said, out.err)
				}
				pos.Unread(s.URL + "/a")
			}
			change, err := s.open(t, nil).Fetch(t.Context(), s.URL+"/a")
			un, ok := change.(connectors.Unreadable)
			var named interface{ FaultReason() string }
			if err != nil || !ok || !errors.As(un.Err, &named) || named.FaultReason() != c.reason {
				t.Errorf("Fetch says %#v (%v), want a fault of reason %s", change, err, c.reason)
			}
			s.html("/a", "<h1>A</h1>words of a")
			if out := s.crawl(t, s.open(t, nil), pos); out.said["/a"] != "upsert" && out.said["/a"] != "same" {
				t.Errorf("back again, it is %q", out.said["/a"])
			}
		})
	}
}

func TestASitesLoginPageIsMerelyLeftOut(t *testing.T) {
	s := newTestSite(t)
	s.html("/", links("/account", "/members"))
	s.html("/account", loginPage)
	s.handle("/members", redirect("/account/login", 302))
	out := s.crawl(t, s.open(t, nil), connectortest.NewPosition(connectors.Full))
	out.mustSay(t, map[string]string{"/": "upsert", "/account": "skip login_page", "/members": "skip login_page"})
}

func TestAStartBehindALoginSaysSo(t *testing.T) {
	s := newTestSite(t)
	s.handle("/", redirect("https://login.example.net/sso", 302))
	out := s.crawl(t, s.open(t, nil), connectortest.NewPosition(connectors.Full))
	if out.err == nil || !strings.Contains(out.err.Error(), "asks for a login") || out.done {
		t.Errorf("the crawl ended with %v", out.err)
	}
}

func TestTheSitesOwnErrorPageIsAnAbsence(t *testing.T) {
	lost := func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<title>Acme</title><nav><a href=/>Home</a></nav><h1>Hmm.</h1><p>Nothing to read at %s, we looked everywhere we could think of.</p>`, r.URL.Path)
	}
	for name, c := range map[string]http.HandlerFunc{
		"shown as a page":       lost,
		"a way to the start":    redirect("/", 302),
		"a way to another page": redirect("/sorry", 301),
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestSite(t)
			s.html("/", `<nav><a href=/a>a</a> <a href=/b>b</a></nav>welcome to these pages`)
			s.html("/a", "<h1>A</h1>words of a")
			s.html("/b", "<title>Acme</title><nav><a href=/>Home</a></nav><h1>Hours</h1><p>Nine to five.</p>")
			s.html("/sorry", "We are sorry.")
			s.answerOthers(c)
			pos := connectortest.NewPosition(connectors.Full)
			s.crawl(t, s.open(t, nil), pos).mustSay(t, map[string]string{"/": "upsert", "/a": "upsert", "/b": "upsert"})
			s.handle("/a", c)
			out := s.crawl(t, s.open(t, nil), pos)
			out.mustSay(t, map[string]string{"/": "same", "/a": "delete not_found", "/b": "same"})
		})
	}
}

func TestPagesThatNeedABrowserAreReported(t *testing.T) {
	s := newTestSite(t)
	s.html("/", links("/app"))
	s.html("/app", `<title>App</title><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script src=/x.js></script>`)
	out := s.crawl(t, s.open(t, nil), connectortest.NewPosition(connectors.Full))
	out.mustSay(t, map[string]string{"/": "upsert", "/app": "verdict needs_browser"})
}

func TestAPageThatLostItsTextKeepsItsCopy(t *testing.T) {
	s := newTestSite(t)
	s.html("/", links("/a", "/empty"))
	s.html("/a", "words of a")
	s.html("/empty", "<title>Empty</title><nav>menu</nav>")
	pos := connectortest.NewPosition(connectors.Full)
	s.crawl(t, s.open(t, nil), pos).mustSay(t, map[string]string{"/": "upsert", "/a": "upsert", "/empty": "skip empty"})
	s.html("/a", "<title>A</title><nav>menu</nav>")
	s.crawl(t, s.open(t, nil), pos).mustSay(t, map[string]string{"/": "same", "/a": "verdict empty", "/empty": "skip empty"})
}

func TestTheSiteIsAskedForNoMoreThanTwoPagesThatAreNotThere(t *testing.T) {
	s := newTestSite(t)
	var all []string
	for i := range 40 {
		p := fmt.Sprintf("/page%d", i)
		all = append(all, p)
		s.html(p, "words of "+p)
	}
	s.html("/", links(all...))
	probes := 0
	s.answerOthers(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, probePrefix) {
			probes++
		}
		w.WriteHeader(404)
	})
	site := s.open(t, nil)
	s.crawl(t, site, connectortest.NewPosition(connectors.Full))
	for range 5 {
		if _, err := site.Fetch(t.Context(), s.URL+"/page1"); err != nil {
			t.Fatal(err)
		}
	}
	if probes != 2 {
		t.Errorf("%d pages were asked for that are not there", probes)
	}
}
