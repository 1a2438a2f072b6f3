package sample

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// ErrNoPage: the site has no page at this path.
var ErrNoPage = errors.New("the sample has no such page")

// A Site is a copy of the sample that can be changed while it is being served.
// Its methods may be called from several goroutines.
type Site struct {
	mu    sync.RWMutex
	pages map[string]*livePage
}

type livePage struct {
	Page
	modified time.Time // what Last-Modified says
}

// New returns the sample as it was written.
func New() *Site {
	s := &Site{pages: map[string]*livePage{}}
	for _, p := range Pages() {
		s.pages[p.Path] = &livePage{Page: p, modified: p.Updated}
	}
	return s
}

// Handler serves the sample as it was written. Each call returns a site of its own.
func Handler() http.Handler { return New().Handler() }

// Pages returns the pages that the site has now, in order of path.
func (s *Site) Pages() []Page {
	s.mu.RLock()
	defer s.mu.RUnlock()
	pages := make([]Page, 0, len(s.pages))
	for _, p := range s.pages {
		pages = append(pages, p.Page)
	}
	slices.SortFunc(pages, func(a, b Page) int { return strings.Compare(a.Path, b.Path) })
	return pages
}

// Replace puts new in the place of every old in the Markdown of a page. Its
// Last-Modified moves on by a minute, its ETag changes with the text; the day shown
// on the page stays. An old that does not stand there is an error.
func (s *Site) Replace(path, old, new string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.pages[path]
	if !ok {
		return fmt.Errorf("change %s: %w", path, ErrNoPage)
	}
	if old == "" || !strings.Contains(p.Markdown, old) {
		return fmt.Errorf("change %s: the page does not hold %q", path, old)
	}
	changed := *p
	changed.Markdown = strings.ReplaceAll(p.Markdown, old, new)
	changed.modified = p.modified.Add(time.Minute)
	s.pages[path] = &changed
	return nil
}

// Remove takes a page away: its address answers 404, menus and the sitemap no
// longer name it.
func (s *Site) Remove(path string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.pages[path]; !ok {
		return fmt.Errorf("remove %s: %w", path, ErrNoPage)
	}
	delete(s.pages, path)
	return nil
}

func (s *Site) page(path string) (livePage, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, ok := s.pages[path]
	if !ok {
		return livePage{}, false
	}
	return *p, true
}

// translation returns the path of the page's counterpart in the other language, or "".
func (s *Site) translation(of Page) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, p := range s.pages {
		if p.Group == of.Group && p.Lang != of.Lang {
			return p.Path
		}
	}
	return ""
}
