package judge

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"freshet/connectors/connectortest"
)

func parse(t testing.TB, text string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func address(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// long is an article on a subject, of about n words.
func long(subject string, n int) string {
	var b strings.Builder
	for i := range n / 8 {
		fmt.Fprintf(&b, "Sentence %d tells readers something useful about %s. ", i, subject)
	}
	return b.String()
}

const menu = `<nav><a href=/a>Offres</a> <a href=/b>Assistance</a> <a href=/c>Boutiques</a></nav><header>Acme <form action=/login><input name=u><input type=password name=p></form></header>`

func TestPagesInPlaceOfContentAreRecognised(t *testing.T) {
	for name, c := range map[string]struct {
		at, page string
		want     Kind
	}{
		"a login":                     {"https://e.org/page", `<title>Connexion</title><h1>Connectez-vous</h1><form><input type=email><input type=PASSWORD></form>`, Login},
		"a login beside a menu":       {"https://e.org/account/login?next=/page", `<title>Acme</title>` + menu + `<form><label>E-mail</label><input><label>Password</label><input type=password></form><p>Forgot your password?</p>`, Login},
		"a login in two steps":        {"https://e.org/signin", `<title>Sign in - Acme</title><form><input type=email><button>Next</button></form>`, Login},
		"consent":                     {"https://e.org/page", `<title>Acme</title><h1>Avant de continuer</h1><p>Nous et nos 812 partenaires utilisons des cookies. Votre consentement est libre.</p><button>Tout accepter</button><button>Paramétrer les cookies</button>`, Consent},
		"consent in English":          {"https://e.org/page", `<title>Acme</title><p>We value your privacy. We use cookies to personalise content. Manage your choices at any time in the cookie settings.</p><button>Accept all</button>`, Consent},
		"maintenance":                 {"https://e.org/page", `<title>Site en maintenance</title><h1>Maintenance en cours</h1><p>Nous revenons très vite. Merci de votre patience.</p>`, Maintenance},
		"maintenance without a title": {"https://e.org/page", `<p>Our site is down for maintenance. Please check back soon.</p>`, Maintenance},
		"unavailable":                 {"https://e.org/page", `<title>Service temporairement indisponible</title><meta http-equiv=refresh content=30><p>Un instant</p>`, Maintenance},
		"not found":                   {"https://e.org/page", `<title>Page introuvable - Acme</title>` + menu + `<h1>Oups !</h1><p>La page demandée n’existe plus.</p>`, NotFound},
		"not found in English":        {"https://e.org/page", `<title>404</title><h1>Sorry</h1><p>The page you are looking for could not be found.</p>`, NotFound},
		"an application":              {"https://e.org/page", `<title>Acme</title><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script src=/main.js></script>`, NeedsBrowser},
		"an application with a frame": {"https://e.org/page", `<title>Acme</title>` + menu + `<main><div id="app"><div class=spinner>Chargement...</div></div></main><script type=module src=/m.js></script>`, NeedsBrowser},
		"nothing":                     {"https://e.org/page", `<title>Acme</title>` + menu + `<main></main>`, Empty},

		"an article on logging in":               {"https://e.org/help/login", `<title>How to log in - Acme help</title>` + menu + `<h1>How to log in</h1><p>` + long("logging in with your password", 200) + `</p>`, Content},
		"an article with a login at its side":    {"https://e.org/a", `<title>Prices</title><h1>Prices</h1><p>` + long("prices", 60) + `</p><aside><form><input type=password></form></aside>`, Content},
		"an article on cookies":                  {"https://e.org/cookies", `<title>Cookies</title><h1>Cookies</h1><p>` + long("cookies and your consent", 300) + `</p><button>Accept all</button>`, Content},
		"a short page with a cookie banner":      {"https://e.org/hours", `<title>Opening hours</title><h1>Opening hours</h1><p>Monday to Friday, 9 to 17.</p><div id=banner>This site uses cookies.<button>Accept</button></div>`, Content},
		"an article on maintenance":              {"https://e.org/a", `<title>Boiler maintenance contract</title><h1>Maintenance</h1><p>` + long("the maintenance of boilers", 150) + `</p>`, Content},
		"a short offer of maintenance":           {"https://e.org/a", `<title>Contrat de maintenance</title><h1>Contrat de maintenance</h1><p>Pour 9,90 € par mois, un technicien passe chaque année régler et nettoyer votre chaudière, pièces comprises.</p>`, Content},
		"an article on error 404":                {"https://e.org/a", `<title>What does error 404 mean?</title><h1>Error 404</h1><p>` + long("the page you are looking for could not be found", 200) + `</p>`, Content},
		"a short answer":                         {"https://e.org/a", `<title>Can I keep my number?</title><h1>Can I keep my number?</h1><p>Yes. Call 3179 to get your RIO.</p>`, Content},
		"an application that came with its text": {"https://e.org/a", `<title>Acme</title><div id=__next><h1>Prices</h1><p>` + long("prices", 80) + `</p></div><script src=/m.js></script>`, Content},
		"a picture":                              {"https://e.org/a", `<title>Map</title><img src=/map.png alt="Where we are">`, Content},
		"a page that lists lost pages":           {"https://e.org/a", `<title>Objets introuvables</title><h1>Objets perdus</h1><p>` + long("lost objects", 150) + `</p>`, Content},
	} {
		if got := Look(parse(t, c.page), address(t, c.at)); got.Kind != c.want || got.Kind != Content && got.Why == "" {
			t.Errorf("%s is taken for %q (%s), want %q", name, got.Kind, got.Why, c.want)
		}
	}
}

func TestRealPagesAreContent(t *testing.T) {
	n := 0
	check := func(name string, page []byte) {
		n++
		if got := Look(parse(t, string(page)), address(t, "https://www.example.org/a/page")); got.Kind != Content {
			t.Errorf("%s is taken for %q: %s", name, got.Kind, got.Why)
		}
	}
	var pages map[string]struct{ File string }
	if err := json.Unmarshal(connectortest.Data(t, "html-webpages-trafilatura/evaldata.json"), &pages); err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		check(p.File, connectortest.Data(t, "html-webpages-trafilatura/html/"+p.File))
	}
	var articles map[string]any
	if err := json.Unmarshal(connectortest.Data(t, "html-article-zyte/ground-truth.json"), &articles); err != nil {
		t.Fatal(err)
	}
	for key := range articles {
		z, err := gzip.NewReader(bytes.NewReader(connectortest.Data(t, "html-article-zyte/html/"+key+".html.gz")))
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		check(key, page)
	}
	if n < 120 {
		t.Errorf("only %d pages were tried", n)
	}
}

func TestASitesOwnErrorPageIsRecognised(t *testing.T) {
	errorPage := func(path, hint string) string {
		return `<title>Acme</title>` + menu + `<main><h1>Hmm.</h1><p>Nothing stands at ` + path + ` and we cannot say why.</p><p>` + hint + `</p></main><footer>Acme 2026</footer>`
	}
	s := NewSampler()
	sample := func(path, page string) Sample { return s.Sample(parse(t, page), address(t, "https://e.org"+path)) }
	var a Absence
	a.Learn(sample("/x7f3a9", errorPage("/x7f3a9", "Perhaps: prices")))
	a.Learn(sample("/b/x91c", errorPage("/b/x91c", "Perhaps: shops")))
	if !a.Is(sample("/old/router-setup", errorPage("/old/router-setup", "Perhaps: routers"))) {
		t.Error("the error page of a vanished article is taken for an article")
	}
	for name, page := range map[string]string{
		"a short answer": `<title>Acme</title>` + menu + `<main><h1>Hours</h1><p>We are open from nine to five on weekdays.</p></main><footer>Acme 2026</footer>`,
		"its own title":  strings.Replace(errorPage("/p", "Perhaps: prices"), "<title>Acme", "<title>Acme and the prices", 1),
		"an article":     `<title>Acme</title>` + menu + `<p>` + long("prices", 100) + `</p>`,
	} {
		if a.Is(sample("/p", page)) {
			t.Errorf("%s is taken for the error page", name)
		}
	}
	if new(Absence).Is(sample("/p", errorPage("/p", ""))) {
		t.Error("a site that says 404 by status has an error page")
	}
}

func TestAnErrorPageThatChangesEveryTimeTeachesNothing(t *testing.T) {
	s := NewSampler()
	var a Absence
	for i, subject := range []string{"prices", "routers"} {
		a.Learn(s.Sample(parse(t, `<p>`+long(subject, 100+40*i)+`</p>`), address(t, "https://e.org/x")))
	}
	if a.Is(s.Sample(parse(t, `<p>`+long("prices", 100)+`</p>`), address(t, "https://e.org/p"))) {
		t.Error("a page is taken for an error page that nobody knows")
	}
}

func TestAddressesOfLoginsAndConsent(t *testing.T) {
	for path, want := range map[string]bool{"/login": true, "/fr/connexion/": true, "/auth/realms/x": true, "/wp-login.php": true, "/users/sign_in": true,
		"/users/sign-in": true, "/sso?x=1": true, "/blog/login-tips-for-all": false, "/catalogue": false, "/authors": false, "/cases": false} {
		if got := LoginAddress(address(t, "https://e.org"+path)); got != want {
			t.Errorf("%s is a login: %t", path, got)
		}
	}
	if !ConsentAddress(address(t, "https://consent.e.org/x")) || !ConsentAddress(address(t, "https://e.org/consent?to=x")) || ConsentAddress(address(t, "https://e.org/consentements-medicaux")) {
		t.Error("the addresses of consent walls are not told from others")
	}
}

func FuzzLook(f *testing.F) {
	f.Add(`<title>404</title><input type=password><div id=root>`, "/login")
	f.Add(strings.Repeat("<div>", 500)+"x", "/")
	f.Fuzz(func(t *testing.T, page, path string) {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
		if err != nil {
			return
		}
		before, _ := doc.Html()
		at := &url.URL{Scheme: "https", Host: "e.org", Path: path}
		Look(doc, at)
		s := NewSampler()
		var a Absence
		one := s.Sample(doc, at)
		a.Learn(one)
		if one.total > 0 && !a.Is(one) {
			t.Errorf("a page is not like itself: %q", page)
		}
		if after, _ := doc.Html(); after != before {
			t.Error("the page was changed")
		}
	})
}
