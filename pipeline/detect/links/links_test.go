package links

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/fetch"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/extract"
)

// A site answers what its pages say, and notes who asked for what.
type site struct {
	*httptest.Server
	mu      sync.Mutex
	pages   map[string]http.HandlerFunc
	asked   []string
	waiting int // requests at the same time
	most    int
}

func newSite(t *testing.T) *site {
	s := &site{pages: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Method+" "+r.URL.Path)
		s.waiting++
		s.most = max(s.most, s.waiting)
		page := s.pages[r.URL.Path]
		s.mu.Unlock()
		defer func() {
			s.mu.Lock()
			s.waiting--
			s.mu.Unlock()
		}()
		if page == nil {
			http.NotFound(w, r)
			return
		}
		page(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) page(path string, h http.HandlerFunc) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = h
	return s.URL + path
}

func (s *site) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := slices.Clone(s.asked)
	s.asked = nil
	return out
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// A world is a catalog with one document, a clock, and a Checker.
type world struct {
	*testing.T
	catalog *catalog.Catalog
	doc     string
	mu      sync.Mutex
	now     time.Time
	barred  map[string]error // addresses that robots.txt forbids (nil), or cannot tell
	limits  Limits
	private bool // addresses inside the network may be asked for
	port    int
}

func newWorld(t *testing.T, s *site) *world {
	w := &world{T: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), barred: map[string]error{}, private: true}
	if s != nil {
		u, err := url.Parse(s.URL)
		w.ok(err)
		w.port, err = strconv.Atoi(u.Port())
		w.ok(err)
	}
	var err error
	w.catalog, err = catalog.Open(t.Context(), catalog.Options{Path: filepath.Join(t.TempDir(), "catalog.db"), Now: w.time})
	w.ok(err)
	t.Cleanup(func() { w.ok(w.catalog.Close()) })
	w.ok(w.catalog.PutBase(t.Context(), catalog.Base{ID: "help", Recipe: "r"}))
	w.ok(w.catalog.PutSource(t.Context(), catalog.Source{ID: "site", Base: "help", Kind: "website", State: catalog.Published}))
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// put writes a document with links.
func (w *world) put(id string, uris ...string) string {
	w.Helper()
	text := extract.Text{Title: id}
	for _, u := range uris {
		text.Links = append(text.Links, extract.Link{URI: u})
	}
	packed, err := json.Marshal(text)
	w.ok(err)
	d, err := w.catalog.DocumentByID(w.Context(), "site", id)
	outcome := catalog.TextChanged
	if errors.Is(err, catalog.ErrNotFound) {
		outcome = catalog.New
		d = catalog.Document{Source: "site", ExternalID: id, Base: "help", State: catalog.Present, Details: catalog.Details{Title: id, URI: "https://www.example.org/" + id, Access: connectors.Public()}}
		d.Key, err = w.catalog.FreeKey(w.Context(), "site", id)
	}
	w.ok(err)
	d.TextHash = index.HashTexts("t", uris...)
	c := index.Chunk{ID: index.NewChunkID(d.Key, nil, fmt.Sprint(uris), 0), Document: d.Key, Kind: index.Prose, Text: fmt.Sprint(uris)}
	_, err = w.catalog.Apply(w.Context(), &catalog.Batch{Source: "site", Changes: []catalog.Change{{Document: d, Outcome: outcome, Content: true, Text: packed, Chunks: []index.Chunk{c}}}})
	w.ok(err)
	w.doc = d.Key
	return d.Key
}

func (w *world) checker() *Checker {
	var h connectors.HTTPOptions
	if w.private {
		h = connectors.HTTPOptions{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, AllowPorts: []int{w.port}}
	}
	h.Timeout, h.Delay = 300*time.Millisecond, time.Millisecond
	maker := fetch.New(fetch.Options{Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }, Now: time.Now})
	return New(Options{Catalog: w.catalog, Client: maker(h), Now: w.time, Limits: w.limits, Allowed: func(_ context.Context, address string) (bool, error) {
		err, listed := w.barred[address]
		return !listed, err
	}})
}

func (w *world) run() Report {
	w.Helper()
	r, err := w.checker().Run(w.Context())
	w.ok(err)
	return r
}

// broken are the broken links of the document, with their reasons.
func (w *world) broken() []string {
	w.Helper()
	of, err := w.catalog.LinksOf(w.Context(), []string{w.doc})
	w.ok(err)
	out := []string{}
	for _, l := range of[w.doc].Broken {
		u, err := url.Parse(l.URL)
		w.ok(err)
		out = append(out, u.Path+" "+l.Reason)
	}
	return out
}

func (w *world) same(what string, got, want any) {
	w.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestALinkIsBrokenWhenItIsNotFoundTwice(t *testing.T) {
	s := newSite(t)
	w := newWorld(t, s)
	w.put("a", s.page("/fine", status(200))+"#part", s.URL+"/missing", s.page("/gone", status(410)), s.URL+"/missing#again")
	r := w.run()
	w.same("first run", r, Report{Documents: 1, Checked: 3, Asked: 3, Failing: 2})
	w.same("requests", sorted(s.requests()), "[GET /gone GET /missing HEAD /fine HEAD /gone HEAD /missing]")
	w.same("broken", w.broken(), "[]")
	w.pass(time.Hour)
	w.same("nothing is due", w.run(), Report{})
	w.pass(24 * time.Hour)
	w.same("second run", w.run(), Report{Checked: 2, Asked: 2, Broken: 2})
	w.same("broken", w.broken(), "[/gone gone /missing not_found]")
	s.page("/missing", status(200))
	w.pass(10 * 24 * time.Hour)
	w.same("third run", w.run(), Report{Checked: 2, Asked: 2, Mended: 1})
	w.same("broken", w.broken(), "[/gone gone]")
	w.put("a", s.URL+"/fine")
	w.run()
	w.same("after the page changed", w.broken(), "[]")
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

func TestAnswers(t *testing.T) {
	s := newSite(t)
	inside := httptest.NewServer(status(200)) // on another port, which may not be asked for
	t.Cleanup(inside.Close)
	for _, c := range []struct {
		name, path string
		page       http.HandlerFunc
		state      catalog.LinkState
		reason     string
	}{
		{"HEAD is not answered as GET is", "/head", func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead {
				w.WriteHeader(404)
			}
		}, catalog.LinkOK, ""},
		{"HEAD is not allowed", "/method", func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead {
				w.WriteHeader(405)
				return
			}
			if r.Header.Get("Range") != "bytes=0-0" {
				w.WriteHeader(404)
			}
		}, catalog.LinkOK, ""},
		{"a login", "/login", status(401), catalog.LinkOK, reasonRestricted},
		{"a server that is down", "/down", status(503), catalog.LinkFailing, reasonServer},
		{"slow", "/slow", func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-time.After(2 * time.Second):
			}
		}, catalog.LinkFailing, reasonTimeout},
		{"hangs up", "/hangup", func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, catalog.LinkFailing, reasonUnreached},
		{"redirects to a page", "/redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) }, catalog.LinkOK, reasonRestricted},
		{"redirects to nowhere", "/lost", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/nowhere", http.StatusFound) }, catalog.LinkFailing, reasonNotFound},
		{"redirects in a circle", "/circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/circle", http.StatusFound) }, catalog.LinkSkipped, reasonRefused},
		{"redirects inside", "/inside", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
		}, catalog.LinkSkipped, reasonRefused},
		{"redirects to another port", "/port", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, inside.URL, http.StatusFound) }, catalog.LinkSkipped, reasonRefused},
		{"redirects to what robots.txt forbids", "/torobots", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/private", http.StatusFound) }, catalog.LinkSkipped, reasonRobots},
		{"endless", "/endless", func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead {
				w.WriteHeader(500)
				return
			}
			for range 1 << 10 {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		}, catalog.LinkOK, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, s)
			w.barred[s.URL+"/private"] = nil
			address := s.page(c.path, c.page)
			w.put("a", address)
			w.run()
			l := w.link(address)
			if l.State != c.state || l.Reason != c.reason {
				t.Errorf("it is %s (%s, %d), want %s (%s)", l.State, l.Reason, l.Status, c.state, c.reason)
			}
		})
	}
}

// link is what is known of an address: it is made due first.
func (w *world) link(address string) catalog.Link {
	w.Helper()
	list, err := w.catalog.DueLinks(w.Context(), w.time().AddDate(1, 0, 0), 1000)
	w.ok(err)
	for _, l := range list {
		if l.URL == address {
			return l
		}
	}
	w.Fatalf("nobody leads to %s", address)
	return catalog.Link{}
}

func TestAddressesInsideAreNeverAskedFor(t *testing.T) {
	s := newSite(t)
	w := newWorld(t, s)
	w.private = false
	w.put("a", s.page("/fine", status(200)), "http://localhost/", "http://169.254.169.254/", "http://[::1]/", "http://10.0.0.1/", "http://0x7f.1/")
	r := w.run()
	w.same("report", r, Report{Documents: 1, Checked: 6, Asked: 6, Skipped: 6})
	w.same("requests", s.requests(), "[]")
}

func TestRobots(t *testing.T) {
	s := newSite(t)
	w := newWorld(t, s)
	w.barred[s.URL+"/private"], w.barred[s.URL+"/unclear"] = nil, errors.New("503")
	w.put("a", s.page("/private", status(200)), s.page("/unclear", status(200)))
	r := w.run()
	w.same("report", r, Report{Documents: 1, Checked: 2, Skipped: 1})
	w.same("requests", s.requests(), "[]")
	if l := w.link(s.URL + "/unclear"); l.State != catalog.LinkNew || !l.NextCheck.After(w.time()) {
		t.Errorf("what cannot be told is put off: %+v", l)
	}
}

func TestAHostThatAsksToBeLeftAlone(t *testing.T) {
	s := newSite(t)
	w := newWorld(t, s)
	busy := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7200")
		w.WriteHeader(http.StatusTooManyRequests)
	}
	var addresses []string
	for i := range 5 {
		addresses = append(addresses, s.page(fmt.Sprint("/", i), busy))
	}
	w.put("a", addresses...)
	w.same("report", w.run(), Report{Documents: 1, Checked: 5, Asked: 1})
	w.same("requests", len(s.requests()), 1)
	w.pass(90 * time.Minute)
	w.same("meanwhile", w.run(), Report{})
	w.pass(time.Hour)
	if r := w.run(); r.Asked != 1 || r.Failing != 0 {
		t.Errorf("afterwards: %+v", r)
	}
}

func TestLimits(t *testing.T) {
	s := newSite(t)
	w := newWorld(t, s)
	w.limits = Limits{Run: 6, Host: 4, Page: 8, Workers: 2}
	var addresses []string
	for i := range 10 {
		addresses = append(addresses, s.page(fmt.Sprint("/", i), status(200)))
	}
	w.put("a", addresses...)
	w.same("the first run", w.run(), Report{Documents: 1, Checked: 4, Asked: 4, Left: 4})
	w.same("the second run", w.run(), Report{Checked: 4, Asked: 4})
	w.same("the third run", w.run(), Report{})
	if s.most > 1 {
		t.Errorf("%d requests at the same time to one host", s.most)
	}
	w.limits = Limits{}
	slow := func(rw http.ResponseWriter, _ *http.Request) { w.pass(time.Hour) }
	w.put("b", s.page("/slow1", slow), s.page("/slow2", slow))
	w.same("when the time is over", w.run(), Report{Documents: 1, Checked: 1, Asked: 1, Left: 1})
}

func TestLinksToServedDocumentsAreNotAskedFor(t *testing.T) {
	s := newSite(t)
	w := newWorld(t, s)
	w.put("b")
	w.put("a", "https://www.example.org/b", s.page("/x", status(200)))
	w.same("report", w.run(), Report{Documents: 2, Checked: 2, Asked: 1})
	if l := w.link("https://www.example.org/b"); l.State != catalog.LinkOK || l.Reason != reasonServed {
		t.Errorf("%+v", l)
	}
}

func TestAStoppedRunKeepsWhatItLearnt(t *testing.T) {
	s := newSite(t)
	w := newWorld(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var addresses []string
	for i := range 20 {
		addresses = append(addresses, s.page(fmt.Sprintf("/%02d", i), func(rw http.ResponseWriter, _ *http.Request) {
			if i == 10 {
				cancel()
			}
			rw.WriteHeader(200)
		}))
	}
	w.put("a", addresses...)
	r, err := w.checker().Run(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if r.Checked < 5 || r.Checked > 11 {
		t.Errorf("%+v", r)
	}
	rest := w.run()
	w.same("the rest", rest.Checked, 20-r.Checked)
}

func TestTextsThatAreNoTexts(t *testing.T) {
	s := newSite(t)
	w := newWorld(t, s)
	d := catalog.Document{Source: "site", ExternalID: "x", Base: "help", State: catalog.Present, Details: catalog.Details{Access: connectors.Public()}}
	var err error
	d.Key, err = w.catalog.FreeKey(t.Context(), "site", "x")
	w.ok(err)
	_, err = w.catalog.Apply(t.Context(), &catalog.Batch{Source: "site", Changes: []catalog.Change{{Document: d, Outcome: catalog.New, Content: true, Text: []byte(`"no text"`)}}})
	w.ok(err)
	w.same("report", w.run(), Report{Documents: 1})
}

func TestFaultsOfTheCatalog(t *testing.T) {
	s := newSite(t)
	w := newWorld(t, s)
	w.put("a", s.page("/x", status(200)))
	c := w.checker()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Run(ctx); err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("error %v", err)
	}
}
