package sitetest

import (
	"fmt"
	"strings"
)

// section is a part of the site in one language: its listing and its articles.
type section struct {
	lang, name string
	index      *page
	articles   []*page
	removed    bool
}

// The sections' names; the same place in both lists is the same subject.
var sectionNames = map[string][]string{
	"fr": {"factures", "reseau", "mairie", "transports", "ecoles", "piscines", "livraison", "assurances", "energie", "culture", "emploi", "logement"},
	"en": {"bills", "network", "town-hall", "transport", "schools", "pools", "delivery", "insurance", "energy", "culture", "jobs", "housing"},
}

const perListing = 25 // articles on one page of a section

// build makes all pages: the oddities first, then articles up to the number asked for.
func (s *Site) build() {
	s.robotsRules()
	s.add(s.article(page{family: "article", path: "/", lang: "fr", title: "Marelle, le service public de proximité", trust: strongTag, mapped: true}))
	n := max(1, s.options.Pages/500)
	for _, oddity := range s.oddities() {
		if !s.without(oddity.name) {
			oddity.make(n)
		}
	}
	count := 12
	if s.options.Pages < 1000 {
		count = 4
	}
	for _, lang := range []string{"fr", "en"} {
		for _, name := range sectionNames[lang][:count] {
			s.sections = append(s.sections, &section{lang: lang, name: name})
		}
	}
	left := s.options.Pages - len(s.pages)
	left -= left/perListing + len(s.sections) // their listings
	for i := range left / 2 {
		s.pair(s.sections[i%count], s.sections[count+i%count], i)
	}
	for _, sec := range s.sections {
		s.listings(sec)
	}
	s.relate()
}

// pair adds an article in French and one in English; two of three are translations
// of each other.
func (s *Site) pair(fr, en *section, i int) {
	var both [2]*page
	for k, sec := range []*section{fr, en} {
		p := s.article(page{family: "article", lang: sec.lang, layout: i % 3, gzip: i%2 == 0, mapped: i%7 != 0, canon: i%3 == 0,
			trust: []validators{strongTag, weakTag, onlyModified, strongTag, noValidators}[i%5]})
		p.path = fmt.Sprintf("/%s/%s/%s", sec.lang, sec.name, slug(p.title, i))
		if i%3 == 1 {
			p.path += ".html"
		} else if i%3 == 2 {
			p.path += "/"
		}
		if i%11 == 5 {
			p.lang, p.header, p.want.Locale = "", sec.lang, sec.lang
		}
		both[k] = s.add(p)
		if i%6 != 0 { // the others are listed in a sitemap only
			sec.articles = append(sec.articles, both[k])
		} else {
			both[k].mapped = true
			both[k].family, both[k].want.Family = "sitemap only", "sitemap only"
		}
	}
	if i%3 == 2 {
		return
	}
	both[0].twin, both[1].twin = both[1].name, both[0].name
	if i%3 == 1 {
		for _, p := range both {
			p.tell, p.mapped, p.family, p.want.Family = inSitemap, true, "hreflang in a sitemap", "hreflang in a sitemap"
		}
	}
}

// listings makes the section's pages that link to its articles.
func (s *Site) listings(sec *section) {
	for from := 0; from == 0 || from < len(sec.articles); from += perListing {
		number := from/perListing + 1
		path := s.sectionPath(sec)
		if number > 1 {
			path += fmt.Sprintf("page/%d/", number)
		}
		p := s.write(page{family: "listing", path: path, lang: sec.lang, layout: 0, trust: strongTag, gzip: true, mapped: number == 1,
			title: fmt.Sprintf("%s (%d)", sec.name, number)}, 60)
		kept := s.add(p)
		if number == 1 {
			sec.index = kept
		}
	}
}

func (s *Site) sectionPath(sec *section) string {
	if s.era > 0 {
		return fmt.Sprintf("/v%d/%s/%s/", s.era, sec.lang, sec.name)
	}
	return fmt.Sprintf("/%s/%s/", sec.lang, sec.name)
}

// listed returns the articles that a listing links to.
func (s *Site) listed(p *page) []string {
	for _, sec := range s.sections {
		base := s.sectionPath(sec)
		rest, ok := strings.CutPrefix(p.path, base)
		if !ok || sec.removed || p.family != "listing" {
			continue
		}
		number := 1
		if rest != "" {
			if _, err := fmt.Sscanf(rest, "page/%d/", &number); err != nil {
				continue
			}
		}
		var out []string
		for i := (number - 1) * perListing; i < min(number*perListing, len(sec.articles)); i++ {
			out = append(out, sec.articles[i].path)
		}
		for n := 2; n <= (len(sec.articles)+perListing-1)/perListing; n++ {
			out = append(out, fmt.Sprintf("%spage/%d/", base, n))
		}
		return out
	}
	return nil
}

// relate gives every article links to some others of its section.
func (s *Site) relate() {
	for _, sec := range s.sections {
		for i, p := range sec.articles {
			for k := 1; k <= 3; k++ {
				p.related = append(p.related, sec.articles[(i+k*k)%len(sec.articles)].path)
			}
		}
	}
}

// hub adds a page that links to what an oddity consists of.
func (s *Site) hub(family string, links []string) *page {
	name := strings.NewReplacer(" ", "-", ".", "-").Replace(family)
	return s.add(s.write(page{family: family, path: "/fr/divers/" + name + "/", lang: "fr", title: "Divers : " + family, links: links, trust: strongTag, mapped: true}, 90))
}
