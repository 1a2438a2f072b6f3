package render

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/fetch"
)

// chrome returns a browser, or skips where there is none.
func chrome(t *testing.T, change func(*Options)) (*Chrome, *site) {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium is installed, and CI is to have one")
		}
		t.Skip("no Chromium is installed here: what a browser does is not tested")
	}
	s := newSite(t)
	o := Options{Path: path, HTTP: s.clients, Log: slog.New(slog.NewTextHandler(testWriter{t}, nil))}
	if change != nil {
		change(&o)
	}
	c := New(o)
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c, s
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// site is a web server at 127.0.0.2, which may be reached, beside listeners at
// 127.0.0.1 and ::1, which may not.
type site struct {
	t       *testing.T
	host    string // and port
	inside  string // host and port of the listener at 127.0.0.1
	inside6 string
	udp     string
	reached atomic.Int64 // connections and packets to what may not be reached
	clients func(connectors.HTTPOptions) *http.Client
	ports   []int

	mu     sync.Mutex
	pages  map[string]http.HandlerFunc
	asked  []string
	lookup []string
}

func newSite(t *testing.T) *site {
	s := &site{t: t, pages: map[string]http.HandlerFunc{}}
	l, err := net.Listen("tcp4", "127.0.0.2:0")
	if err != nil {
		t.Skip("127.0.0.2 cannot be listened at here")
	}
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(s.serve)}}
	server.Start()
	t.Cleanup(server.Close)
	s.host = l.Addr().String()
	s.allow(s.host)
	s.inside = s.forbidden("127.0.0.1:0")
	s.inside6 = s.forbidden("[::1]:0")
	s.udp = s.packets()
	s.clients = fetch.New(fetch.Options{Delay: -1, Attempts: 1, Lookup: s.resolve})
	return s
}

func (s *site) allow(address string) {
	s.ports = append(s.ports, int(netip.MustParseAddrPort(address).Port()))
}

// forbidden listens at an address whose port is allowed, so that nothing but the
// address keeps anybody away.
func (s *site) forbidden(at string) string {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return at
	}
	s.t.Cleanup(func() { l.Close() })
	s.allow(l.Addr().String())
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.reached.Add(1)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nAccess-Control-Allow-Origin: *\r\n\r\nsecret")
			c.Close()
		}
	}()
	return l.Addr().String()
}

func (s *site) packets() string {
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	go func() {
		for {
			if _, _, err := c.ReadFrom(make([]byte, 2000)); err != nil {
				return
			}
			s.reached.Add(1)
		}
	}()
	return c.LocalAddr().String()
}

// resolve knows www.site.test, which is the site, and inside.site.test, which is not.
func (s *site) resolve(_ context.Context, host string) ([]netip.Addr, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lookup = append(s.lookup, host)
	switch host {
	case "www.site.test":
		return []netip.Addr{netip.MustParseAddr("127.0.0.2")}, nil
	case "inside.site.test":
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.Method+" "+r.URL.Path)
	h := s.pages[r.URL.Path]
	s.mu.Unlock()
	if h == nil {
		http.NotFound(w, r)
		return
	}
	h(w, r)
}

func (s *site) handle(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = h
}

func (s *site) html(path, text string) {
	s.text(path, "text/html; charset=utf-8", text)
}

func (s *site) text(path, mediaType, text string) {
	s.handle(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		io.WriteString(w, text)
	})
}

func (s *site) requests() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.asked, ", ")
}

func (s *site) url(path string) string { return "http://" + s.host + path }

// named is a page's address under the site's name.
func (s *site) named(path string) string {
	return fmt.Sprintf("http://www.site.test:%d%s", s.ports[0], path)
}

func (s *site) options() connectors.RenderOptions {
	return connectors.RenderOptions{Timeout: 20 * time.Second, HTTP: connectors.HTTPOptions{
		AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}, AllowPorts: s.ports}}
}

func render(t *testing.T, c *Chrome, address string, o connectors.RenderOptions) connectors.Rendered {
	t.Helper()
	began := time.Now()
	out, err := c.Render(t.Context(), address, o)
	if err != nil {
		t.Fatalf("after %s: %v", time.Since(began), err)
	}
	return out
}
