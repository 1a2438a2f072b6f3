package sitetest

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// invented makes a page of a trap: its text follows from its address.
func (s *Site) invented(uri, title string, links []string) *page {
	h := fnv.New64a()
	h.Write([]byte(uri))
	p := page{path: uri, lang: "fr", title: title, links: links}
	w := newWriter(rand.New(rand.NewPCG(s.options.Seed, h.Sum64())), "fr")
	for range 3 {
		p.text = append(p.text, block{"p", w.paragraph()})
	}
	return &p
}

// addCalendar: every month links to the one before and the one after.
func (s *Site) addCalendar(int) {
	month := func(at time.Time) string { return at.Format("/agenda/2006/01/") }
	s.traps = append(s.traps, trap{"calendar", func(uri string) bool {
		return strings.HasPrefix(uri, "/agenda/") && uri != "/agenda/"
	}})
	now := s.Clock.Now()
	p := s.article(page{family: "calendar", path: "/agenda/", lang: "fr", title: "Agenda", links: []string{month(now)}})
	s.add(p)
	s.hub("calendar", []string{"/agenda/"})
}

func (s *Site) calendarPage(uri string) *page {
	at, err := time.Parse("/agenda/2006/01/", uri)
	if err != nil {
		return nil
	}
	before, after := at.AddDate(0, -1, 0), at.AddDate(0, 1, 0)
	links := []string{before.Format("/agenda/2006/01/"), after.Format("/agenda/2006/01/")}
	for day := 1; day <= 3; day++ {
		links = append(links, at.Format("/agenda/2006/01/")+fmt.Sprintf("?jour=%d", day*7))
	}
	return s.invented(uri, "Agenda "+at.Format("01/2006"), links)
}

var facets = map[string][]string{
	"couleur": {"rouge", "vert", "bleu", "noir"}, "taille": {"s", "m", "l", "xl"}, "prix": {"0-10", "10-50", "50-100"},
	"marque": {"alto", "brio", "corto", "duo"}, "tri": {"prix", "nom", "date"}, "page": {"1", "2", "3", "4", "5"},
}

// addFacets: a shop whose filters can be combined in thousands of ways.
func (s *Site) addFacets(n int) {
	s.traps = append(s.traps, trap{"facets", startsWith("/boutique/?")})
	links := s.facetLinks(url.Values{})
	for i := range 5 * n {
		links = append(links, s.add(s.article(page{family: "facets", path: fmt.Sprintf("/boutique/produit-%d", i), lang: "fr", trust: weakTag})).path)
	}
	s.add(s.article(page{family: "facets", path: "/boutique/", lang: "fr", title: "Boutique", links: links}))
	s.hub("facets", []string{"/boutique/"})
}

func (s *Site) facetLinks(chosen url.Values) []string {
	var out []string
	for _, name := range []string{"couleur", "marque", "page", "prix", "taille", "tri"} {
		for _, value := range facets[name] {
			next := url.Values{}
			for k, v := range chosen {
				next[k] = v
			}
			next.Set(name, value)
			out = append(out, "/boutique/?"+next.Encode())
		}
	}
	return out
}

// addRepeats: relative links that lead ever deeper.
func (s *Site) addRepeats(int) {
	const base = "/fr/relatif/"
	s.traps = append(s.traps, trap{"repeating links", func(uri string) bool { return strings.HasPrefix(uri, base) && uri != base }})
	s.add(s.article(page{family: "repeating links", path: base, lang: "fr", links: []string{"a/b/", "c/"}}))
	s.hub("repeating links", []string{base})
}

// addEndless: every page links to one below it that nobody wrote.
func (s *Site) addEndless(int) {
	const base = "/fr/suite/"
	s.traps = append(s.traps, trap{"endless paths", func(uri string) bool { return strings.HasPrefix(uri, base) && uri != base }})
	s.add(s.article(page{family: "endless paths", path: base, lang: "fr", links: []string{"t1/", "t2/"}}))
	s.hub("endless paths", []string{base})
}

// addSessions: every answer's links carry a parameter of their own; the pages name
// their plain address.
func (s *Site) addSessions(n int) {
	s.traps = append(s.traps, trap{"sessions", func(uri string) bool {
		return strings.HasPrefix(uri, "/fr/espace/") && strings.Contains(uri, "visite=")
	}})
	var paths []string
	for i := range 3 * n {
		paths = append(paths, fmt.Sprintf("/fr/espace/page-%d", i))
	}
	for i, path := range paths {
		p := s.article(page{family: "sessions", path: path, lang: "fr", canon: true})
		for k := range min(3, len(paths)) {
			p.related = append(p.related, paths[(i+k+1)%len(paths)])
		}
		s.add(p)
	}
	var links []string
	for i := 0; i < len(paths); i += 10 {
		links = append(links, paths[i])
	}
	s.hub("sessions", links)
}

// trapPage returns what stands at an address of a trap, or nil.
func (s *Site) trapPage(u *url.URL) *page {
	uri := u.RequestURI()
	i := slices.IndexFunc(s.traps, func(t trap) bool { return t.holds(uri) })
	if i < 0 {
		return nil
	}
	switch s.traps[i].name {
	case "calendar":
		if u.RawQuery != "" {
			return s.invented(uri, "Une journée", []string{u.Path})
		}
		return s.calendarPage(u.Path)
	case "facets":
		return s.invented(uri, "Boutique : "+u.RawQuery, s.facetLinks(u.Query()))
	case "repeating links":
		return s.invented(uri, "Encore plus bas", []string{"a/b/", "c/"})
	case "endless paths":
		h := fnv.New32a()
		h.Write([]byte(uri))
		return s.invented(uri, "La suite", []string{fmt.Sprintf("t%x/", h.Sum32()&0xfff)})
	}
	return nil
}

// sessionOf is the parameter that the links of an answer carry.
func (s *Site) sessionOf(p *page, _ *http.Request) string {
	if p.family != "sessions" || !strings.HasPrefix(p.path, "/fr/espace/") {
		return ""
	}
	return fmt.Sprintf("visite=%06x", s.served)
}
