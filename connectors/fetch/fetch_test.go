package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"freshet/connectors"
)

// clock is a time that passes only by sleeping.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}
func (c *clock) total() (sum time.Duration) {
	for _, d := range c.slept {
		sum += d
	}
	return sum
}

// serve starts a server and a client that may reach it, by its address or by any
// name under example.org.
func serve(t *testing.T, o Options, h connectors.HTTPOptions, handler http.HandlerFunc) (*httptest.Server, *http.Client, *clock) {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	c := &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	o.Now, o.Sleep = c.Now, c.Sleep
	o.Jitter = func() float64 { return 0.5 }
	if o.Delay == 0 {
		o.Delay = -1
	}
	o.Lookup = func(_ context.Context, host string) ([]netip.Addr, error) {
		if strings.HasSuffix(host, "example.org") {
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		}
		return []netip.Addr{netip.MustParseAddr("10.0.0.1")}, nil
	}
	h.AllowPrivate = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	h.AllowPorts = append(h.AllowPorts, port(t, s))
	client := New(o)(h)
	t.Cleanup(client.CloseIdleConnections)
	return s, client, c
}

func port(t *testing.T, s *httptest.Server) int {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func read(client *http.Client, address string) (string, *http.Response, error) {
	resp, err := client.Get(address)
	if err != nil {
		return "", nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), resp, err
}

func TestARedirectInsideIsRefusedOnEveryHop(t *testing.T) {
	for _, to := range []string{"http://10.0.0.1/", "http://169.254.169.254/latest/", "http://inside.test/", "file:///etc/passwd", "http://a:b@example.org/", "http://example.org:22/"} {
		hops := 0
		s, client, _ := serve(t, Options{}, connectors.HTTPOptions{}, func(w http.ResponseWriter, r *http.Request) {
			if hops++; hops < 3 {
				http.Redirect(w, r, fmt.Sprintf("/hop%d", hops), http.StatusFound)
				return
			}
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		})
		_, _, err := read(client, s.URL)
		var refused *Refused
		if !errors.As(err, &refused) {
			t.Errorf("redirected to %s: %v", to, err)
		}
	}
}

func TestTenRedirectsAreFollowedAndElevenAreNot(t *testing.T) {
	for hops, want := range map[int]bool{10: true, 11: false} {
		n := 0
		s, client, _ := serve(t, Options{}, connectors.HTTPOptions{}, func(w http.ResponseWriter, r *http.Request) {
			if n < hops {
				n++
				http.Redirect(w, r, fmt.Sprintf("/%d", n), http.StatusMovedPermanently)
			}
		})
		_, _, err := read(client, s.URL)
		var refused *Refused
		if (err == nil) != want || !want && (!errors.As(err, &refused) || refused.Reason != ReasonRedirects) {
			t.Errorf("%d redirects: %v", hops, err)
		}
	}
}

func TestTheSourcesOwnRedirectRuleIsAsked(t *testing.T) {
	mine := errors.New("not there")
	s, client, _ := serve(t, Options{}, connectors.HTTPOptions{CheckRedirect: func(*http.Request, []*http.Request) error { return mine }},
		func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) })
	if _, _, err := read(client, s.URL); !errors.Is(err, mine) {
		t.Errorf("the redirect gave %v", err)
	}
}

func TestOnlyGetAndHeadAreDone(t *testing.T) {
	s, client, _ := serve(t, Options{}, connectors.HTTPOptions{}, func(http.ResponseWriter, *http.Request) { t.Error("the server was asked") })
	var refused *Refused
	if resp, err := client.Post(s.URL, "text/plain", strings.NewReader("x")); !errors.As(err, &refused) {
		if err == nil {
			resp.Body.Close()
		}
		t.Errorf("POST gave %v", err)
	}
}

func TestTheBodyLimitCountsWhatComesOutOfDecompression(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write(make([]byte, 4<<20))
	z.Close()
	zipped := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(bomb.Bytes())
	}
	for name, c := range map[string]struct {
		limit   int64
		handler http.HandlerFunc
		fits    bool
	}{
		"a bomb":           {1 << 20, zipped, false},
		"just enough":      {4 << 20, zipped, true},
		"one byte too few": {4<<20 - 1, zipped, false},
		"announced 2 GB": {1 << 20, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "2147483648")
			w.Write([]byte("x"))
		}, false},
		"chunks without end": {1 << 20, func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 32<<10)); err != nil {
					return
				}
			}
		}, false},
	} {
		s, client, _ := serve(t, Options{}, connectors.HTTPOptions{MaxBytes: c.limit}, c.handler)
		text, _, err := read(client, s.URL)
		v := connectors.AsVerdict(err)
		if c.fits && (err != nil || len(text) != 4<<20) || !c.fits && (v == nil || v.Reason != connectors.VerdictTooLarge) {
			t.Errorf("%s: %d bytes, %v", name, len(text), err)
		}
		if int64(len(text)) > c.limit {
			t.Errorf("%s: %d bytes came through", name, len(text))
		}
	}
}

func TestBrokenCompressionIsAnError(t *testing.T) {
	s, client, _ := serve(t, Options{}, connectors.HTTPOptions{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", strings.Trim(r.URL.Path, "/"))
		w.Write([]byte("this is not compressed"))
	})
	for _, encoding := range []string{"gzip", "br"} {
		if text, _, err := read(client, s.URL+"/"+encoding); err == nil {
			t.Errorf("%s gave %q", encoding, text)
		}
	}
}

func TestASlowBodyTimesOut(t *testing.T) {
	s, client, _ := serve(t, Options{}, connectors.HTTPOptions{Timeout: 50 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	_, _, err := read(client, s.URL)
	var slow *Timeout
	if !errors.As(err, &slow) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the slow body gave %v", err)
	}
}

func TestACancelledRequestSaysSo(t *testing.T) {
	s, client, _ := serve(t, Options{}, connectors.HTTPOptions{}, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := client.Do(req); !errors.Is(err, context.Canceled) {
		if err == nil {
			resp.Body.Close()
		}
		t.Errorf("the cancelled request gave %v", err)
	}
}

func TestLargeHeadersAreRefused(t *testing.T) {
	s, client, _ := serve(t, Options{}, connectors.HTTPOptions{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Large", strings.Repeat("x", 200<<10))
	})
	if _, _, err := read(client, s.URL); err == nil {
		t.Error("200 KB of headers were read")
	}
}

func TestServersAreAskedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		answers []string // status, or status and Retry-After
		status  int
		slept   time.Duration
		later   time.Duration // of RetryAfter
	}{
		"a short failure":           {[]string{"500", "502", "200"}, 200, 1500 * time.Millisecond, 0},
		"a lasting failure":         {[]string{"500", "500", "500"}, 500, 1500 * time.Millisecond, 0},
		"not found is an answer":    {[]string{"404"}, 404, 0, 0},
		"not implemented":           {[]string{"501"}, 501, 0, 0},
		"a short wait":              {[]string{"429 7", "200"}, 200, 7 * time.Second, 0},
		"a short wait as a date":    {[]string{"503 Sun, 01 Mar 2026 12:00:30 GMT", "200"}, 200, 30 * time.Second, 0},
		"a date gone by":            {[]string{"503 Sun, 01 Mar 2026 11:00:00 GMT", "200"}, 200, 0, 0},
		"a long wait":               {[]string{"429 600"}, 0, 0, 10 * time.Minute},
		"a long wait as 503":        {[]string{"503 3600"}, 0, 0, time.Hour},
		"too many, never said why":  {[]string{"429", "429", "429"}, 0, 1500 * time.Millisecond, unsaidWait},
		"too many, three times":     {[]string{"429 1", "429 1", "429 1"}, 0, 2 * time.Second, time.Second},
		"a wait that means nothing": {[]string{"503 soon", "200"}, 200, 500 * time.Millisecond, 0},
	} {
		n := 0
		s, client, clock := serve(t, Options{}, connectors.HTTPOptions{}, func(w http.ResponseWriter, _ *http.Request) {
			code, after, said := strings.Cut(c.answers[min(n, len(c.answers)-1)], " ")
			n++
			if said {
				w.Header().Set("Retry-After", after)
			}
			status, _ := strconv.Atoi(code)
			w.WriteHeader(status)
		})
		_, resp, err := read(client, s.URL)
		var later *connectors.RetryAfter
		switch {
		case c.later > 0:
			if !errors.As(err, &later) || later.Wait != c.later {
				t.Errorf("%s: %v", name, err)
			}
		case err != nil || resp.StatusCode != c.status:
			t.Errorf("%s: %v, %v", name, resp, err)
		}
		if n != len(c.answers) || clock.total() != c.slept {
			t.Errorf("%s: asked %d times, slept %s; want %d, %s", name, n, clock.total(), len(c.answers), c.slept)
		}
	}
}

func TestAResetConnectionIsTriedAgain(t *testing.T) {
	n := 0
	s, client, _ := serve(t, Options{}, connectors.HTTPOptions{}, func(w http.ResponseWriter, _ *http.Request) {
		if n++; n < 3 {
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, "at last")
	})
	if text, _, err := read(client, s.URL); err != nil || text != "at last" {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestRequestsToOneHostAreSpacedAndFew(t *testing.T) {
	var now, most atomic.Int64
	s, client, clock := serve(t, Options{Delay: time.Second, Connections: 2}, connectors.HTTPOptions{}, func(http.ResponseWriter, *http.Request) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		time.Sleep(5 * time.Millisecond)
		now.Add(-1)
	})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, _, err := read(client, s.URL); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() > 2 {
		t.Errorf("%d requests ran at once", most.Load())
	}
	if clock.total() < 7*time.Second {
		t.Errorf("eight requests waited %s", clock.total())
	}
}

func TestAnAnswerThatWasNotClosedKeepsItsTurn(t *testing.T) {
	s, client, _ := serve(t, Options{Connections: 1}, connectors.HTTPOptions{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Write(make([]byte, 1<<20))
	})
	first, err := client.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := client.Do(req); err == nil {
		second.Body.Close()
		t.Error("a second request ran beside the first")
	}
	first.Body.Close()
	first.Body.Close()
	if _, _, err := read(client, s.URL); err != nil {
		t.Errorf("after the first was closed: %v", err)
	}
}

func TestTheUserAgentSaysWhoAsks(t *testing.T) {
	for _, c := range []struct {
		o    Options
		h    connectors.HTTPOptions
		want string
	}{
		{Options{}, connectors.HTTPOptions{}, "Freshet/1.0 (reads pages for a knowledge base; its operator named no contact)"},
		{Options{Contact: "https://example.org/bot"}, connectors.HTTPOptions{}, "Freshet/1.0 (+https://example.org/bot)"},
		{Options{}, connectors.HTTPOptions{UserAgent: "HelpBot/2"}, "HelpBot/2"},
	} {
		s, client, _ := serve(t, c.o, c.h, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.UserAgent()) })
		if text, _, err := read(client, s.URL); err != nil || text != c.want {
			t.Errorf("the user agent is %q, want %q (%v)", text, c.want, err)
		}
	}
}

func TestNamesAreReachedThroughTheResolverThatIsGiven(t *testing.T) {
	s, client, _ := serve(t, Options{}, connectors.HTTPOptions{}, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) })
	text, _, err := read(client, fmt.Sprintf("http://www.example.org:%d/", port(t, s)))
	if err != nil || !strings.HasPrefix(text, "www.example.org") {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestCertificatesAreCheckedAgainstTheName(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(s.Certificate())
	for _, c := range []struct {
		host  string
		roots *x509.CertPool
		want  string
	}{
		{"example.com", trusted, "HTTP/2.0"}, // the name in the server's certificate
		{"other.example.org", trusted, ""},
		{"example.com", nil, ""},
	} {
		client := New(Options{
			Delay: -1, RootCAs: c.roots,
			Lookup: func(context.Context, string) ([]netip.Addr, error) {
				return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
			},
		})(connectors.HTTPOptions{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, AllowPorts: []int{port(t, s)}})
		text, _, err := read(client, fmt.Sprintf("https://%s:%d/", c.host, port(t, s)))
		client.CloseIdleConnections()
		if text != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s (own authority: %t): %q, %v", c.host, c.roots != nil, text, err)
		}
	}
}

func TestIdleConnectionsCanBeClosed(t *testing.T) {
	closed := make(chan struct{}, 8)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			closed <- struct{}{}
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	client := New(Options{Delay: -1})(connectors.HTTPOptions{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, AllowPorts: []int{port(t, s)}})
	if _, _, err := read(client, s.URL); err != nil {
		t.Fatal(err)
	}
	client.CloseIdleConnections()
	select {
	case <-closed:
	case <-time.After(5 * time.Second):
		t.Error("the connection stayed open")
	}
}
