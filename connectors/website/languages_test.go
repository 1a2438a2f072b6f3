package website

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/connectors/website/address"
)

// spoken returns the language and group of each page of which a pull says either,
// without the site's address.
func (s *testSite) spoken(out crawled) map[string]string {
	said := map[string]string{}
	for path, d := range out.docs {
		if d.Locale != "" || d.TranslationGroup != "" {
			said[path] = d.Locale + " " + strings.TrimPrefix(d.TranslationGroup, s.URL)
		}
	}
	return said
}

func TestLanguagesAreToldBySitemapsHeadersAndPagesAlike(t *testing.T) {
	text := func(s *testSite) {
		s.html("/", links("/fr/b", "/en/b", "/de/b"))
		s.html("/en/b", "words")
		s.html("/fr/b", "mots")
		s.html("/de/b", "Worte")
	}
	for name, form := range map[string]func(*testSite){
		"by the sitemap": func(s *testSite) {
			s.text("/sitemap.xml", "text/xml", `<urlset><url><loc>/fr/b</loc><link rel="alternate" hreflang="fr" href="/fr/b"/>
				<link rel="alternate" hreflang="en" href="/en/b"/><link rel="alternate" hreflang="de" href="/de/b"/><link rel="alternate" hreflang="x-default" href="/"/></url></urlset>`)
		},
		"by one page": func(s *testSite) {
			s.html("/fr/b", `<html lang="fr"><link rel="alternate" hreflang="en" href="/en/b"><link rel="alternate" hreflang="de" href="/de/b">mots`)
		},
		"by one page, itself too": func(s *testSite) {
			s.html("/fr/b", `<link rel="alternate" hreflang="fr" href="/fr/b"><link rel="alternate" hreflang="en" href="/en/b"><link rel="alternate" hreflang="de" href="/de/b">mots`)
		},
		"by a header": func(s *testSite) {
			s.handle("/fr/b", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Add("Link", `</style.css>; rel=preload; as=style, <`+s.URL+`/en/b>; rel="alternate"; hreflang="en", </de/b>;hreflang=de;rel=alternate`)
				w.Header().Add("Link", `</fr/b>; rel="alternate"; hreflang="fr"`)
				w.Header().Set("Content-Type", "text/html")
				s.write(w, r, "mots")
			})
		},
		"by each page": func(s *testSite) {
			all := `<link rel="alternate" hreflang="fr" href="/fr/b"><link rel="alternate" hreflang="en" href="/en/b"><link rel="alternate" hreflang="de" href="/de/b"><p>words` + s.URL
			for _, p := range []string{"/fr/b", "/en/b", "/de/b"} {
				s.handle(p, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "text/html")
					s.write(w, r, all)
				})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestSite(t)
			s.validators = true
			text(s)
			form(s)
			pos := connectortest.NewPosition(connectors.Full)
			want := map[string]string{"/en/b": "en /de/b", "/fr/b": "fr /de/b", "/de/b": "de /de/b"}
			first := s.crawl(t, s.open(t, nil), pos)
			if diff := cmp.Diff(want, s.spoken(first)); first.err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", first.err, diff)
			}
			for range 2 {
				for path, said := range s.crawl(t, s.open(t, nil), pos).said {
					if said != "same" {
						t.Errorf("nothing changed, yet %s is %q", path, said)
					}
				}
			}
		})
	}
}

func TestAPageIsReadAgainWhenWhatOthersSayOfItChanges(t *testing.T) {
	s := newTestSite(t)
	s.validators = true
	s.put("one", "words")
	pos := connectortest.NewPosition(connectors.Full)
	s.crawl(t, s.open(t, nil), pos)
	s.text("/sitemap.xml", "text/xml", `<urlset><url><loc>/p/one</loc><link rel="alternate" hreflang="pt_br" href="/p/one"/><link rel="alternate" hreflang="es" href="https://es.example.net/"/></url></urlset>`)
	out := s.crawl(t, s.open(t, nil), pos)
	if diff := cmp.Diff(map[string]string{"/p/one": "pt-BR /p/one"}, s.spoken(out)); diff != "" {
		t.Error(diff, out.said)
	}
	s.crawl(t, s.open(t, nil), pos).mustSay(t, map[string]string{"/": "same", "/p/one": "same"})
	s.handle("/sitemap.xml", nil)
	out = s.crawl(t, s.open(t, nil), pos)
	if d := out.docs["/p/one"]; d == nil || d.Locale != "" || d.TranslationGroup != "" {
		t.Errorf("%+v, %v", d, out.said)
	}
}

func TestASiteWhoseEveryPageNamesTheStartPageIsNoOneGroup(t *testing.T) {
	s := newTestSite(t)
	var xml strings.Builder
	paths := []string{}
	for i := range 6 {
		p := fmt.Sprintf("/en/%d", i)
		paths = append(paths, p)
		s.html(p, `<html lang="en"><link rel="alternate" hreflang="fr" href="/fr/">x`)
		fmt.Fprintf(&xml, `<url><loc>%s</loc><link rel="alternate" hreflang="en" href="%s"/><link rel="alternate" hreflang="fr" href="/fr/"/></url>`, p, p)
	}
	s.html("/fr/", "x")
	s.html("/", links(paths...))
	for _, sitemap := range []string{"", "<urlset>" + xml.String() + "</urlset>"} {
		s.text("/sitemap.xml", "text/xml", sitemap+"<urlset/>")
		pos := connectortest.NewPosition(connectors.Full)
		s.crawl(t, s.open(t, nil), pos)
		out := s.crawl(t, s.open(t, nil), connectortest.NewPosition(connectors.Full))
		together := 0
		for _, p := range paths {
			if d := out.docs[p]; d == nil || d.TranslationGroup == out.docs["/fr/"].TranslationGroup {
				together++
			}
		}
		if together != 1 {
			t.Errorf("%d pages are one with the start page", together)
		}
	}
}

func TestLinkHeadersAreReadHoweverTheyAreWritten(t *testing.T) {
	base := &url.URL{Scheme: "https", Host: "a"}
	for text, want := range map[string]string{
		`<https://a/fr>; rel="alternate"; hreflang="fr"`:                        "[{fr https://a/fr}]",
		`<https://a/x>; rel=preload, </fr> ;HREFLANG = fr ; rel="x Alternate"`:  "[{fr https://a/fr}]",
		`</a>; rel="alternate"; title="a, b; c"; hreflang=de,</b>;rel=next`:     "[{de https://a/a}]",
		`</a>; rel="alternate"; hreflang="x-default", <mailto:a@b>; hreflang=e`: "[]",
		`</a>; rel="alternate"; flag; hreflang=de`:                              "[{de https://a/a}]",
		`</a`: "[]", `<`: "[]", `</a>; rel="alternate`: "[]", `;;;,,,<><>;=`: "[]", ``: "[]",
	} {
		if got := fmt.Sprint(alternatesIn(http.Header{"Link": {text}}, base, address.Resolver{})); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func FuzzLinkHeader(f *testing.F) {
	f.Add(`</a>; rel="alternate"; title="a, b; c"; hreflang=de,</b>;rel=next`)
	f.Add(`<<>>;=";,`)
	base := &url.URL{Scheme: "https", Host: "a"}
	f.Fuzz(func(t *testing.T, text string) {
		for _, v := range alternatesIn(http.Header{"Link": {text}}, base, address.Resolver{}) {
			if !strings.HasPrefix(v.id, "http") || localeOfTag(v.tag) != v.tag {
				t.Errorf("%q names %v", text, v)
			}
		}
	})
}

func TestTheSitemapIsSummedUpByLanguage(t *testing.T) {
	list := func(l *listed, n int, format, locale string) {
		for i := range n {
			id := fmt.Sprintf(format, i)
			l.pages = append(l.pages, id)
			if locale != "" {
				l.told[id] = told{Locale: locale}
			}
		}
	}
	for want, fill := range map[string]func(*listed){
		"0 pages":                                func(*listed) {},
		"3 pages":                                func(l *listed) { list(l, 3, "https://a/%d", "") },
		"412 pages in French and 398 in English": func(l *listed) { list(l, 412, "https://a/x/%d", "fr"); list(l, 398, "https://a/y/%d", "en-GB") },
		"4 pages in English and 3 in French":     func(l *listed) { list(l, 3, "https://a/fr-ca/%d", ""); list(l, 4, "https://a/en_us/%d", "") },
		"5 pages":                                func(l *listed) { list(l, 5, "https://a/it/%d", "") },
		"2 pages in German, 2 in Italian and 1 other": func(l *listed) {
			list(l, 2, "https://de.example.org/%d", "")
			list(l, 2, "https://it.example.org/%d", "")
			list(l, 1, "https://www.example.org/%d", "")
		},
		`1 page in the language "gsw" and 1 other`: func(l *listed) { list(l, 1, "https://a/%d", "gsw"); list(l, 1, "https://a/b/%d", "") },
		"1 page in French":                         func(l *listed) { list(l, 1, "https://a/b/%d", "fr") },
	} {
		l := listed{told: map[string]told{}}
		fill(&l)
		if got := l.summary(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWhatIsLeftOutOfSitemapsIsToldOf(t *testing.T) {
	s := newTestSite(t)
	s.text("/robots.txt", "text/plain", "Sitemap: /0.xml\n")
	for i := range maxSitemapDepth + 2 {
		s.text(fmt.Sprintf("/%d.xml", i), "text/xml", fmt.Sprintf("<sitemapindex><sitemap><loc>/%d.xml</loc></sitemap></sitemapindex>", i+1))
	}
	out := s.crawl(t, s.open(t, nil), connectortest.NewPosition(connectors.Full))
	if out.err == nil || !strings.Contains(out.err.Error(), "nested more than 3 deep") {
		t.Error(out.err)
	}
	s.handle("/0.xml", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "<sitemapindex>")
		for i := range maxSitemaps {
			fmt.Fprintf(w, "<sitemap><loc>/many/%d.xml</loc></sitemap>", i)
		}
		io.WriteString(w, "</sitemapindex>")
	})
	out = s.crawl(t, s.open(t, nil), connectortest.NewPosition(connectors.Full))
	if out.err == nil || !strings.Contains(out.err.Error(), "more than 200 sitemaps") {
		t.Error(out.err)
	}
}
