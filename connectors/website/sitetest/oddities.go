package sitetest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// oddity is something that the web has and a simple crawler gets wrong. make adds
// about n of each of its forms.
type oddity struct {
	name string
	make func(n int)
}

func (s *Site) oddities() []oddity {
	return []oddity{
		{"variants", s.addVariants}, {"redirects", s.addRedirects}, {"noindex", s.addNoindex}, {"nofollow", s.addNofollow},
		{"robots", s.addRobots}, {"not found", s.addNotFound}, {"server errors", s.addErrors}, {"sizes", s.addSizes},
		{"languages", s.addLanguages}, {"charsets", s.addCharsets}, {"broken html", s.addBrokenHTML}, {"empty pages", s.addEmpty},
		{"needs a browser", s.addApplications}, {"files", s.addFiles}, {"duplicates", s.addDuplicates}, {"validators that lie", s.addLiars},
		{"foreign links", s.addForeign}, {"calendar", s.addCalendar}, {"facets", s.addFacets}, {"repeating links", s.addRepeats},
		{"endless paths", s.addEndless}, {"sessions", s.addSessions},
	}
}

// addVariants: pages that are linked to in every way of writing their address.
func (s *Site) addVariants(n int) {
	var links []string
	for i := range 4 * n {
		p := s.add(s.article(page{family: "variants", path: fmt.Sprintf("/fr/variantes/page-%d/", i), lang: "fr", canon: true, trust: strongTag}))
		bareSlash := strings.TrimSuffix(p.path, "/")
		links = append(links, p.path+"?utm_source=lettre&utm_medium=email", bareSlash, p.path+"index.html", s.Bare+p.path, p.path+"?PHPSESSID=ab12cd34ef",
			bareSlash+"/;jsessionid=0A1B2C", p.path+"#haut", "/fr/./variantes/../variantes/page-"+itoa(i)+"/", p.path+"?imprimer=1",
			strings.Replace(s.URL, Host, "WWW.Marelle.TEST", 1)+p.path, p.path+"?fbclid=IwAR0&gclid=x", p.path)
	}
	accented := s.add(s.article(page{family: "variants", path: "/fr/variantes/caf%C3%A9-cr%C3%A8me", lang: "fr"}))
	links = append(links, "/fr/variantes/café-crème", "/fr/variantes/caf%c3%a9-cr%c3%a8me", accented.path)
	s.hub("variants", links)
}

func (s *Site) addRedirects(n int) {
	var links []string
	to := func(path, location string, code int) {
		s.add(page{family: "redirects", path: path, location: location, status: code, want: Expect{Is: Absent}})
	}
	target := func(name string) string {
		return s.add(s.article(page{family: "redirects", path: "/fr/cible/" + name, lang: "fr", trust: strongTag})).path
	}
	for i := range n {
		for _, code := range []int{301, 302, 303, 307, 308} {
			from := fmt.Sprintf("/go/%d-%d", code, i)
			to(from, target(fmt.Sprintf("r%d-%d", code, i)), code)
			links = append(links, from)
		}
		from := fmt.Sprintf("/go/relatif-%d", i)
		to(from, fmt.Sprintf("../fr/cible/relatif-%d", i), 301)
		target(fmt.Sprintf("relatif-%d", i))
		links = append(links, from)
		for hop := range 3 {
			next := fmt.Sprintf("/go/chaine-%d/%d", i, hop+1)
			if hop == 2 {
				next = target(fmt.Sprintf("chaine-%d", i))
			}
			to(fmt.Sprintf("/go/chaine-%d/%d", i, hop), s.URL+next, 301)
		}
		links = append(links, fmt.Sprintf("/go/chaine-%d/0", i))
	}
	for hop := range 15 {
		to(fmt.Sprintf("/go/longue/%d", hop), fmt.Sprintf("/go/longue/%d", hop+1), 302)
	}
	to("/go/boucle-a", "/go/boucle-b", 301)
	to("/go/boucle-b", "/go/boucle-a", 301)
	to("/go/soi", "/go/soi", 302)
	to("/go/ailleurs", "https://"+other+"/page", 301)
	to("/go/dedans", "http://10.0.0.1/admin", 302)
	to("/go/metadonnees", "http://169.254.169.254/latest/meta-data/", 301)
	to("/go/fichier", "file:///etc/passwd", 302)
	to("/go/script", "javascript:alert(1)", 302)
	to("/go/ftp", "ftp://"+Host+"/x", 301)
	to("/go/motdepasse", strings.Replace(s.URL, "://", "://admin:secret@", 1)+"/coffre", 301)
	to("/go/interdit", "/prive/redirige", 301)
	to("/go/nulle-part", "", 301)
	s.add(page{family: "redirects", path: "/coffre", lang: "fr", title: "Coffre", want: Expect{Is: Absent}})
	s.never["/coffre"] = "it is linked with a password in the address"
	links = append(links, "/go/longue/0", "/go/boucle-a", "/go/soi", "/go/ailleurs", "/go/dedans", "/go/metadonnees", "/go/fichier", "/go/script",
		"/go/ftp", "/go/motdepasse", "/go/interdit", "/go/nulle-part")
	s.hub("redirects", links)
}

func (s *Site) addNoindex(n int) {
	var links []string
	skipped := Expect{Is: Skipped, Reasons: []string{"noindex"}}
	for i := range n {
		for name, f := range map[string]page{
			"meta":      {head: []string{`<meta name="robots" content="noindex">`}, want: skipped},
			"majuscule": {head: []string{`<META NAME="ROBOTS" CONTENT="NOINDEX, NOARCHIVE">`}, want: skipped},
			"none":      {head: []string{`<meta content="none" name="robots">`}, want: skipped},
			"nous":      {head: []string{`<meta name="freshet" content="noindex">`}, want: skipped},
			"entete":    {more: http.Header{"X-Robots-Tag": {"noindex"}}, want: skipped},
			"pour-nous": {more: http.Header{"X-Robots-Tag": {"freshet: noindex, nofollow"}}, want: skipped},
			"deux":      {more: http.Header{"X-Robots-Tag": {"otherbot: nofollow", "noindex"}}, want: skipped},
			"autre":     {head: []string{`<meta name="googlebot" content="noindex">`}},
			"otherbot":  {more: http.Header{"X-Robots-Tag": {"otherbot: noindex, nofollow"}}},
			"date":      {more: http.Header{"X-Robots-Tag": {"unavailable_after: 25 Jun 2031 15:00:00 GMT"}}},
			"apercu":    {head: []string{`<meta name="robots" content="max-snippet:20, noarchive">`}},
		} {
			f.family, f.lang, f.trust = "noindex", "fr", strongTag
			f.path = fmt.Sprintf("/fr/index/%s-%d", name, i)
			links = append(links, f.path)
			s.later(f)
		}
		through := s.add(s.article(page{family: "noindex", path: fmt.Sprintf("/fr/index/derriere-%d", i), lang: "fr", trust: strongTag}))
		from := s.article(page{family: "noindex", path: fmt.Sprintf("/fr/index/suivre-%d", i), lang: "fr", want: skipped, trust: strongTag,
			head: []string{`<meta name="robots" content="noindex, follow">`}, links: []string{through.path}})
		links = append(links, s.add(from).path)
	}
	s.flush()
	slices.Sort(links)
	s.hub("noindex", links)
}

func (s *Site) addNofollow(n int) {
	var links []string
	hidden := func(name string) string {
		path := "/fr/cachees/" + name
		s.add(s.article(page{family: "nofollow", path: path, lang: "fr", want: Expect{Is: Absent}}))
		s.never[path] = "only links that are not to be followed lead there"
		return path
	}
	for i := range n {
		meta := s.article(page{family: "nofollow", path: fmt.Sprintf("/fr/suivi/meta-%d", i), lang: "fr", head: []string{`<meta name="robots" content="index, nofollow">`}})
		meta.links = []string{hidden(fmt.Sprintf("a-%d", i))}
		header := s.article(page{family: "nofollow", path: fmt.Sprintf("/fr/suivi/entete-%d", i), lang: "fr", more: http.Header{"X-Robots-Tag": {"nofollow"}}})
		header.links = []string{hidden(fmt.Sprintf("b-%d", i))}
		rel := s.article(page{family: "nofollow", path: fmt.Sprintf("/fr/suivi/rel-%d", i), lang: "fr"})
		rel.links = []string{"nofollow:" + hidden(fmt.Sprintf("c-%d", i))}
		for _, p := range []page{meta, header, rel} {
			links = append(links, s.add(p).path)
		}
	}
	s.hub("nofollow", links)
}

// robotsRules are those that the site always has.
func (s *Site) robotsRules() {
	s.disallow = []rule{
		{line: "Disallow: /prive/", forbids: startsWith("/prive/")},
		{line: "Allow: /prive/ouvert/", forbids: startsWith("/prive/ouvert/"), allow: true},
		{line: "Disallow: /*.php$", forbids: func(uri string) bool { return strings.HasSuffix(uri, ".php") }},
		{line: "Disallow: /recherche", forbids: startsWith("/recherche")},
		{line: "Disallow: /fr/r%C3%A9serv%C3%A9/", forbids: startsWith("/fr/r%C3%A9serv%C3%A9/")},
	}
}

func (s *Site) addRobots(n int) {
	var links []string
	forbidden := Expect{Is: Skipped, Reasons: []string{"robots"}}
	for i := range n {
		for _, f := range []page{
			{path: fmt.Sprintf("/prive/dossier-%d", i), want: forbidden, mapped: true},
			{path: fmt.Sprintf("/prive/ouvert/dossier-%d", i), mapped: true},
			{path: fmt.Sprintf("/fr/script-%d.php", i), want: forbidden},
			{path: fmt.Sprintf("/recherche?q=mot%d", i), want: forbidden},
			{path: fmt.Sprintf("/fr/r%%C3%%A9serv%%C3%%A9/%d", i), want: forbidden},
			{path: fmt.Sprintf("/fr/script-%d.php5", i)},
		} {
			f.family, f.lang = "robots", "fr"
			links = append(links, s.add(s.article(f)).path)
		}
	}
	s.add(s.article(page{family: "robots", path: "/prive/redirige", lang: "fr", want: forbidden}))
	s.hub("robots", links)
}

func (s *Site) addNotFound(n int) {
	var links []string
	for i := range 2 * n {
		for code, kind := range map[int]string{404: "perdue", 410: "retiree"} {
			path := fmt.Sprintf("/fr/%s-%d", kind, i)
			s.later(page{family: "not found", path: path, lang: "fr", status: code, want: Expect{Is: Absent}})
			links = append(links, path)
		}
		links = append(links, fmt.Sprintf("/fr/jamais-vue/%d", i)) // no such page
	}
	s.flush()
	slices.Sort(links)
	s.hub("not found", links)
}

func (s *Site) addErrors(n int) {
	var links []string
	for i := range max(1, n/2) {
		p := s.article(page{family: "server errors", path: fmt.Sprintf("/fr/panne/toujours-%d", i), lang: "fr", broken: true})
		links = append(links, s.add(p).path)
	}
	for i := range n {
		for _, f := range []struct {
			name string
			code int
			wait string
		}{{"parfois", 500, ""}, {"occupe", 503, "3"}, {"trop", 429, "7"}, {"passerelle", 502, ""}} {
			path := fmt.Sprintf("/fr/panne/%s-%d", f.name, i)
			p := s.article(page{family: "server errors", path: path, lang: "fr"})
			p.answer = func(w http.ResponseWriter, _ *http.Request) bool {
				if s.asked(path)%3 != 1 {
					return false
				}
				if f.wait != "" {
					w.Header().Set("Retry-After", f.wait)
				}
				w.WriteHeader(f.code)
				return true
			}
			links = append(links, s.add(p).path)
		}
	}
	s.hub("server errors", links)
}

// addSizes: very large pages and slow ones.
func (s *Site) addSizes(n int) {
	var links []string
	for i := range max(1, n/2) {
		huge := page{family: "sizes", path: fmt.Sprintf("/fr/tailles/enorme-%d", i), media: "text/html; charset=utf-8", want: Expect{Is: Refused, Reasons: []string{"too_large"}}}
		huge.answer = func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			line := []byte("<p>" + strings.Repeat("trop de mots ", 300) + "</p>\n")
			for range 6 << 20 / len(line) {
				if _, err := w.Write(line); err != nil {
					break // the crawler had enough
				}
			}
			return true
		}
		large := s.write(page{family: "sizes", path: fmt.Sprintf("/fr/tailles/grande-%d", i), lang: "fr", gzip: true}, 30_000)
		slow := s.article(page{family: "sizes", path: fmt.Sprintf("/fr/tailles/lente-%d", i), lang: "fr"})
		slow.answer = func(http.ResponseWriter, *http.Request) bool {
			s.Clock.Advance(8 * time.Second)
			return false
		}
		for _, p := range []page{huge, large, slow} {
			links = append(links, s.add(p).path)
		}
	}
	s.hub("sizes", links)
}
