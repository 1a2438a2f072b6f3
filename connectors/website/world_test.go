package website

import (
	"context"
	"crypto/sha256"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/connectors/fetch"
	"freshet/connectors/website/address"
)

// testSite is a site under a test's control.
type testSite struct {
	*httptest.Server
	mu         sync.Mutex
	paths      map[string]http.HandlerFunc // by escaped path, before everything else
	pages      map[string]string           // name -> content, at /p/<name>
	order      []string
	broken     map[string]bool
	hidden     map[string]bool
	spoilt     map[string]bool
	asked      []string // request URIs
	throttle   int
	postpone   bool
	vanished   bool
	stalled    chan struct{}
	validators bool
	others     http.HandlerFunc // answers for what is not there, if not nil
	bySitemap  bool
	dated      bool // the sitemap says when pages were changed
	stamps     map[string]time.Time
	edits      int
}

func newTestSite(t testing.TB) *testSite {
	s := &testSite{paths: map[string]http.HandlerFunc{}, pages: map[string]string{}, broken: map[string]bool{}, hidden: map[string]bool{}, spoilt: map[string]bool{}, stamps: map[string]time.Time{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(func() {
		s.stall(false)
		s.Close()
	})
	return s
}

// testEnv makes clients whose clock runs a hundred times as fast.
func testEnv() connectors.Env {
	began := time.Now()
	now := func() time.Time { return began.Add(100 * time.Since(began)) }
	return connectors.Env{HTTP: fetch.New(fetch.Options{Delay: -1, Now: now, Sleep: func(ctx context.Context, d time.Duration) error {
		select {
		case <-time.After(d / 100):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}})}
}

func (s *testSite) open(t testing.TB, more map[string]any) *Site {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	raw := map[string]any{
		"start": s.URL + "/", "delay": "0s", "allow_private": "127.0.0.0/8", "allow_ports": u.Port(), "max_page_mb": 1,
	}
	for key, value := range more {
		raw[key] = value
	}
	settings, err := Kind().Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	site, err := open(testEnv(), settings)
	if err != nil {
		t.Fatal(err)
	}
	site.checkpointEvery = 3
	site.inspectFor = time.Hour // the clock is fast
	return site
}

func (s *testSite) id(name string) string {
	u, err := address.Resolver{}.Resolve(nil, s.URL+"/p/"+url.PathEscape(name))
	if err != nil {
		return ""
	}
	if got, err := url.PathUnescape(strings.TrimPrefix(u.EscapedPath(), "/p/")); err != nil || got != name {
		return "" // an address cannot hold this name
	}
	return u.String()
}

// text serves fixed content at a path.
func (s *testSite) text(path, contentType, text string) {
	s.handle(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		io.WriteString(w, text)
	})
}

func (s *testSite) html(path, text string) { s.text(path, "text/html; charset=utf-8", text) }

func (s *testSite) status(path string, code int) {
	s.handle(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
}

func (s *testSite) handle(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h == nil {
		delete(s.paths, path)
		return
	}
	s.paths[path] = h
}

// answerOthers sets how the site answers for what is not there.
func (s *testSite) answerOthers(h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.others = h
}

func (s *testSite) stall(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stalled != nil {
		close(s.stalled)
		s.stalled = nil
	}
	if on {
		s.stalled = make(chan struct{})
	}
}

func (s *testSite) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if !strings.Contains(r.RequestURI, probePrefix) {
		s.asked = append(s.asked, r.RequestURI)
	}
	stalled, vanished, postpone := s.stalled, s.vanished, s.postpone
	throttle := s.throttle > 0
	if throttle {
		s.throttle--
	}
	special := s.paths[r.URL.EscapedPath()]
	if _, known := s.pages[strings.TrimPrefix(r.URL.Path, "/p/")]; special == nil && !known && r.URL.Path != "/robots.txt" && r.URL.Path != "/sitemap.xml" {
		special = s.others
	}
	s.mu.Unlock()
	switch {
	case stalled != nil:
		select {
		case <-stalled:
		case <-r.Context().Done():
		}
	case vanished:
		panic(http.ErrAbortHandler)
	case postpone:
		w.Header().Set("Retry-After", "600")
		w.WriteHeader(http.StatusTooManyRequests)
	case throttle:
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	case special != nil:
		special(w, r)
	default:
		s.page(w, r)
	}
}

func (s *testSite) page(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := r.URL.EscapedPath()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	switch {
	case path == "/":
		s.write(w, r, s.home())
		return
	case path == "/sitemap.xml" && s.bySitemap:
		s.write(w, r, s.sitemap())
		return
	}
	name, err := url.PathUnescape(strings.TrimPrefix(path, "/p/"))
	content, ok := s.pages[name]
	switch {
	case err != nil || !ok:
		w.WriteHeader(http.StatusNotFound)
	case s.broken[name]:
		w.WriteHeader(http.StatusInternalServerError)
	case s.spoilt[name]:
		io.WriteString(w, strings.Repeat("too much ", 200_000))
	case s.hidden[name]:
		io.WriteString(w, `<html><head><meta name="robots" content="noindex"></head><body>hidden</body></html>`)
	default:
		s.write(w, r, "<html><head><title>"+html.EscapeString(strings.ToValidUTF8(name, "?"))+"</title></head><body><p>"+content+"</p></body></html>")
	}
}

func (s *testSite) write(w http.ResponseWriter, r *http.Request, text string) {
	if s.validators {
		tag := fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(text)))
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	io.WriteString(w, text)
}

func (s *testSite) home() string {
	var b strings.Builder
	b.WriteString("<html><head><title>Home</title></head><body><h1>Home</h1>")
	for _, name := range s.order {
		if !s.bySitemap {
			fmt.Fprintf(&b, `<a href="/p/%s">x</a> `, html.EscapeString(url.PathEscape(name)))
		}
	}
	b.WriteString("</body></html>")
	return b.String()
}

func (s *testSite) sitemap() string {
	var b strings.Builder
	b.WriteString(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	for _, name := range s.order {
		fmt.Fprintf(&b, "<url><loc>%s</loc>", html.EscapeString(s.URL+"/p/"+url.PathEscape(name)))
		if s.dated {
			fmt.Fprintf(&b, "<lastmod>%s</lastmod>", s.stamps[name].Format(time.RFC3339))
		}
		b.WriteString("</url>")
	}
	b.WriteString("</urlset>")
	return b.String()
}

func (s *testSite) put(name, content string) string {
	id := s.id(name)
	if id == "" {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.pages[name]; !ok {
		s.order = append(s.order, name)
	}
	s.pages[name] = content
	s.edits++
	s.stamps[name] = time.Now().Add(time.Duration(s.edits-2000) * time.Hour)
	return id
}

func (s *testSite) remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pages, name)
	s.order = slices.DeleteFunc(s.order, func(n string) bool { return n == name })
}

// set changes something of the site while nobody reads it.
func (s *testSite) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// requests returns what was asked since the last call.
func (s *testSite) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

func TestWebsitePassesTheSuite(t *testing.T) {
	for name, form := range map[string]func(*testSite){
		"found by links, without validators": func(*testSite) {},
		"found by links, with validators":    func(s *testSite) { s.validators = true },
		"found by a sitemap":                 func(s *testSite) { s.bySitemap, s.validators = true, true },
		"found by a sitemap with dates":      func(s *testSite) { s.bySitemap, s.validators, s.dated = true, true, true },
	} {
		t.Run(name, func(t *testing.T) {
			connectortest.Run(t, connectortest.Options{HasFeed: strings.HasSuffix(name, "dates"), New: func(t *testing.T) *connectortest.World {
				s := newTestSite(t)
				form(s)
				return s.world(t)
			}})
		})
	}
}

func (s *testSite) world(t *testing.T) *connectortest.World {
	return &connectortest.World{
		Source: func() connectors.Source { return s.open(t, nil) },
		Fixed:  []string{s.URL + "/"},
		Put:    s.put,
		Remove: s.remove,
		Break:  func(name string, broken bool) { s.set(func() { s.broken[name] = broken }) },
		Spoil:  func(name string) { s.set(func() { s.spoilt[name] = true }) },
		Hide:   func(name string) { s.set(func() { s.hidden[name] = true }) },
		Truncate: func(on bool) {
			s.handle("/robots.txt", nil)
			if on {
				s.text("/robots.txt", "text/plain", "Sitemap: /cut.xml\n")
				s.text("/cut.xml", "application/xml", "<urlset><url><loc>"+s.URL+"/</loc></url><url><lo")
			}
		},
		FailListing: func(on bool) {
			s.handle("/", nil)
			if on {
				s.status("/", http.StatusServiceUnavailable)
			}
		},
		Vanish:   func(on bool) { s.set(func() { s.vanished = on }) },
		Stall:    s.stall,
		Throttle: func(n int) { s.set(func() { s.throttle = n }) },
		Postpone: func(on bool) { s.set(func() { s.postpone = on }) },
		Foreign:  "https://www.example.net/",
	}
}
