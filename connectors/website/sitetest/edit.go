package sitetest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Articles returns the numbers of the articles that sections link to and that are
// documents now, in order.
func (s *Site) Articles() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []int
	for _, sec := range s.sections {
		for _, p := range sec.articles {
			if p.want.Is == Document && !s.blocked(p.path) {
				out = append(out, p.name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// ID is where a page stands now.
func (s *Site) ID(page int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.URL + s.byName[page-1].path
}

// Add puts a new article into the first section of a language, at its end, and
// returns its number.
func (s *Site) Add(lang string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.sections, func(sec *section) bool { return sec.lang == lang && !sec.removed })
	sec := s.sections[i]
	p := s.article(page{family: "article", lang: lang, trust: strongTag, mapped: true, changed: s.Clock.Now()})
	p.path = s.sectionPath(sec) + slug(p.title, len(s.byName))
	kept := s.add(p)
	sec.articles = append(sec.articles, kept)
	s.ensureListings(sec)
	return kept.name
}

// ensureListings adds a page to a section whose articles have become too many.
func (s *Site) ensureListings(sec *section) {
	for number := 2; (number-1)*perListing < len(sec.articles); number++ {
		path := fmt.Sprintf("%spage/%d/", s.sectionPath(sec), number)
		if _, ok := s.pages[path]; !ok {
			s.add(s.write(page{family: "listing", path: path, lang: sec.lang, trust: strongTag, title: fmt.Sprintf("%s (%d)", sec.name, number)}, 60))
		}
	}
}

// Edit gives an article another paragraph in place of its first.
func (s *Site) Edit(name int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.edit(s.byName[name-1])
}

func (s *Site) edit(p *page) {
	w := newWriter(s.rand, p.language())
	p.text = slices.Clone(p.text)
	p.text[0] = block{"p", w.paragraph()}
	p.changed = s.Clock.Now()
}

// Move gives a page another address, to which the old one redirects with this
// status, and returns the new ID. Links and sitemaps name the new one.
func (s *Site) Move(name, status int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.byName[name-1]
	s.move(p, strings.TrimSuffix(strings.TrimSuffix(p.path, "/"), ".html")+"-nouveau", status)
	return s.URL + p.path
}

// move changes a page's address. A status of 404 or 410 leaves that in its place,
// a redirect leads to the new one.
func (s *Site) move(p *page, to string, status int) {
	old := p.path
	delete(s.pages, old)
	p.path = to
	s.pages[to] = p
	for _, q := range s.byName {
		for i, link := range q.related {
			if link == old {
				q.related[i] = to
			}
		}
	}
	left := page{family: "moved", path: old, status: status, want: Expect{Is: Absent}}
	if status < 400 {
		left.location = s.URL + to
	}
	s.add(left)
}

// Detour has a page redirect for the time being (302) to an address where it is
// shown meanwhile, which nothing else names. It returns that address's ID: the page
// may be held under either.
func (s *Site) Detour(name int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.byName[name-1]
	shown := *p
	shown.path = "/fr/provisoire/" + itoa(name)
	shown.mapped, shown.twin = false, 0
	s.pages[shown.path] = &shown
	p.status, p.location = http.StatusFound, s.URL+shown.path
	p.want = Expect{Is: Either, OneOf: fmt.Sprintf("page %d", name), Family: p.family, Page: name}
	shown.want = p.want
	p.twin = 0
	return s.URL + shown.path
}

// EndDetour shows a page at its address again.
func (s *Site) EndDetour(name int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.byName[name-1]
	delete(s.pages, "/fr/provisoire/"+itoa(name))
	p.status, p.location = 0, ""
	p.want = Expect{Is: Document, Family: p.family, Page: name}
}

// Delete has a page answered with this status. Unlinked pages are named nowhere any
// more; others are still linked to from their section.
func (s *Site) Delete(name, status int, unlinked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(s.byName[name-1], status, unlinked)
}

func (s *Site) remove(p *page, status int, unlinked bool) {
	p.status, p.want.Is = status, Absent
	if p.twin != 0 {
		s.byName[p.twin-1].twin, p.twin = 0, 0
	}
	if !unlinked {
		return
	}
	for _, sec := range s.sections {
		sec.articles = slices.DeleteFunc(sec.articles, func(q *page) bool { return q == p })
	}
	for _, q := range s.byName {
		q.related = slices.DeleteFunc(q.related, func(link string) bool { return link == p.path })
	}
}

// Block forbids a page by robots.txt.
func (s *Site) Block(name int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := s.byName[name-1].path
	s.disallow = append(s.disallow, rule{line: "Disallow: " + path, forbids: startsWith(path)})
}

// Noindex has a page ask not to be indexed.
func (s *Site) Noindex(name int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.byName[name-1]
	p.head = append(slices.Clone(p.head), `<meta name="robots" content="noindex">`)
	p.want = Expect{Is: Skipped, Reasons: []string{"noindex"}, Family: p.family, Page: name}
}

// Break has a page answered with 500, or mends it.
func (s *Site) Break(name int, broken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byName[name-1].broken = broken
}

// Relaunch gives every article and listing another address. With redirects the old
// ones lead there (301), without they are not found; rewritten articles also
// have other words in their first paragraph.
func (s *Site) Relaunch(redirects, rewritten bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := make(map[*section]string, len(s.sections))
	for _, sec := range s.sections {
		old[sec] = s.sectionPath(sec)
	}
	s.era++
	status := http.StatusNotFound
	if redirects {
		status = http.StatusMovedPermanently
	}
	for _, p := range slices.Clone(s.byName) {
		if !p.article() || p.path == "/" || p.status != 0 || s.blocked(p.path) {
			continue
		}
		for _, sec := range s.sections {
			rest, ok := strings.CutPrefix(p.path, old[sec])
			if !ok {
				continue
			}
			s.move(p, s.sectionPath(sec)+rest, status)
			if rewritten && p.family != "listing" {
				s.edit(p)
			}
			break
		}
	}
}

// RemoveSection takes a section off the site in both languages: its pages are not
// found. Sections are counted from 0.
func (s *Site) RemoveSection(index int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, sec := range s.sections {
		if i%(len(s.sections)/2) != index {
			continue
		}
		sec.removed = true
		base := s.sectionPath(sec)
		for _, p := range s.byName {
			if strings.HasPrefix(p.path, base) && s.pages[p.path] == p {
				s.remove(p, http.StatusNotFound, true)
			}
		}
	}
}
