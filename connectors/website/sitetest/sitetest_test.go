package sitetest

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

func newSite(t *testing.T, o Options) *Site {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// client asks the site whatever the name.
func (s *Site) client() *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DisableCompression: true, TLSClientConfig: &tls.Config{RootCAs: s.Roots()},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port())))
			}}}
}

func (s *Site) get(t *testing.T, uri string, header http.Header) (*http.Response, string) {
	t.Helper()
	client := s.client()
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+uri, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("User-Agent", "Good/1.0 (+https://example.org/bot)")
	for key, values := range header {
		req.Header[key] = values
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	s.Clock.Advance(s.options.Delay)
	return resp, string(body)
}

func TestTheSameSeedMakesTheSameSite(t *testing.T) {
	a, b := newSite(t, Options{Seed: 7, Pages: 600}), newSite(t, Options{Seed: 7, Pages: 600})
	other := newSite(t, Options{Seed: 8, Pages: 600})
	truth, again, different := a.Truth(), b.Truth(), 0
	for id, e := range truth {
		path := strings.TrimPrefix(id, a.URL)
		if strings.Join(again[b.URL+path].Text, "|") != strings.Join(e.Text, "|") || again[b.URL+path].Is != e.Is {
			t.Fatalf("%s is not the same", path)
		}
		if strings.Join(other.Truth()[other.URL+path].Text, "|") != strings.Join(e.Text, "|") {
			different++
		}
	}
	if n := len(truth); n < 590 || n > 650 || different < n/2 {
		t.Errorf("%d addresses, of which %d differ under another seed", n, different)
	}
}

func TestNoTwoPagesShareMostOfTheirText(t *testing.T) {
	s := newSite(t, Options{Seed: 1, Pages: 1000, Without: []string{"duplicates", "charsets", "sizes"}})
	holders, words := map[string][]string{}, map[string]int{}
	for id, e := range s.Truth() {
		fields := strings.Fields(strings.Join(e.Text, " "))
		words[id] = len(fields)
		seen := map[string]bool{}
		for i := 0; i+5 <= len(fields); i++ {
			gram := strings.Join(fields[i:i+5], " ")
			if !seen[gram] {
				seen[gram] = true
				holders[gram] = append(holders[gram], id)
			}
		}
	}
	shared := map[[2]string]int{}
	for _, list := range holders {
		for i, a := range list {
			for _, b := range list[i+1:] {
				shared[[2]string{min(a, b), max(a, b)}]++
			}
		}
	}
	for pair, n := range shared {
		if smaller := min(words[pair[0]], words[pair[1]]); n*4 > smaller {
			t.Errorf("%s and %s share %d of %d runs of five words", pair[0], pair[1], n, smaller)
		}
	}
}

func TestPagesHoldTheirTruthAndHonourTheirValidators(t *testing.T) {
	s := newSite(t, Options{Seed: 3, Pages: 300, TLS: true})
	checked := 0
	for id, e := range s.Truth() {
		if e.Family != "article" || e.Is != Document {
			continue
		}
		uri := strings.TrimPrefix(id, s.URL)
		resp, body := s.get(t, uri, nil)
		for _, piece := range e.Text {
			if !strings.Contains(strings.ReplaceAll(body, "&#39;", "'"), piece) {
				t.Fatalf("%s (%s) does not hold %q", uri, resp.Status, piece)
			}
		}
		if tag := resp.Header.Get("ETag"); tag != "" {
			if resp, body := s.get(t, uri, http.Header{"If-None-Match": {tag}}); resp.StatusCode != http.StatusNotModified || body != "" {
				t.Fatalf("%s with its tag answers %s", uri, resp.Status)
			}
			checked++
		}
		if checked > 10 {
			break
		}
	}
	if checked == 0 {
		t.Error("no article has a tag")
	}
}

func TestTheJudgeSeesBadManners(t *testing.T) {
	for name, bad := range map[string]func(t *testing.T, s *Site){
		"method": func(t *testing.T, s *Site) {
			resp, err := s.client().Post(s.URL+"/", "text/plain", strings.NewReader("x"))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		},
		"user agent": func(t *testing.T, s *Site) { s.get(t, "/", http.Header{"User-Agent": {"Mozilla/5.0"}}) },
		"robots":     func(t *testing.T, s *Site) { s.get(t, "/prive/dossier-0", nil) },
		"never":      func(t *testing.T, s *Site) { s.get(t, "/fr/cachees/a-0", nil) },
		"pace": func(t *testing.T, s *Site) {
			s.get(t, "/", nil)
			s.Clock.now = s.Clock.now.Add(-s.options.Delay / 2)
			s.get(t, "/fr/", nil)
		},
		"repeats": func(t *testing.T, s *Site) {
			s.get(t, "/boutique/", nil)
			s.get(t, "/boutique/", nil)
		},
		"conditions": func(t *testing.T, s *Site) {
			s.get(t, "/", nil)
			s.NewPass()
			s.get(t, "/", nil)
		},
		"traps": func(t *testing.T, s *Site) {
			for i := range TrapBound + 1 {
				s.get(t, "/fr/suite/"+itoa(i)+"/", nil)
			}
		},
		"connections": func(t *testing.T, s *Site) {
			rec := s.begin(&http.Request{Host: Host, URL: mustParse(t, s.URL+"/")})
			s.get(t, "/fr/", nil)
			s.end(rec, &counter{ResponseWriter: httptest.NewRecorder()})
		},
		"foreign": func(t *testing.T, s *Site) {
			if _, err := s.Lookup(t.Context(), other); err == nil {
				t.Error("a foreign name has an address")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, Options{Seed: 1, Pages: 300})
			s.get(t, "/fr/relatif/", nil)
			if v := s.Judge(); len(v.Violations) > 0 {
				t.Fatalf("good manners are called bad: %q", v.Violations)
			}
			bad(t, s)
			found := s.Judge().Violations
			if len(found) == 0 || !strings.HasPrefix(found[0], name+":") && !strings.Contains(strings.Join(found, "\n"), "\n"+name+":") {
				t.Errorf("the judge says %q", found)
			}
		})
	}
}

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
