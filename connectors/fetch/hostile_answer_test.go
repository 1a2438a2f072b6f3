package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"freshet/connectors"
)

// raw starts a server that answers each connection's first request as write does.
func raw(t *testing.T, write func(net.Conn)) (string, connectors.HTTPOptions) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if _, err := conn.Read(make([]byte, 64<<10)); err == nil {
					write(conn)
				}
			}()
		}
	}()
	return "http://" + listener.Addr().String() + "/", loopback(listener.Addr().(*net.TCPAddr).Port)
}

// forever writes text until the other side leaves.
func forever(conn net.Conn, text string, pause time.Duration) {
	for {
		if _, err := io.WriteString(conn, text); err != nil {
			return
		}
		time.Sleep(pause)
	}
}

func TestServersThatDoNotEndAreLeft(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for name, c := range map[string]struct {
		write func(net.Conn)
		slow  bool // ended by the time limit; otherwise by another
	}{
		"a byte at a time": {func(c net.Conn) {
			io.WriteString(c, ok+"\r\n")
			forever(c, "x", 20*time.Millisecond)
		}, true},
		"a byte at a time of a known length": {func(c net.Conn) {
			io.WriteString(c, ok+"Content-Length: 1000\r\n\r\n")
			forever(c, "x", 20*time.Millisecond)
		}, true},
		"a chunk at a time": {func(c net.Conn) {
			io.WriteString(c, ok+"Transfer-Encoding: chunked\r\n\r\n")
			forever(c, "1\r\nx\r\n", 20*time.Millisecond)
		}, true},
		"a header's byte at a time": {func(c net.Conn) {
			io.WriteString(c, ok+"X-Slow: ")
			forever(c, "x", 20*time.Millisecond)
		}, true},
		"a status line's byte at a time": {func(c net.Conn) { forever(c, "H", 20*time.Millisecond) }, true},
		"nothing":                        {func(net.Conn) { time.Sleep(time.Second) }, true},
		"headers without end": {func(c net.Conn) {
			io.WriteString(c, ok)
			forever(c, "X-More: "+strings.Repeat("x", 1000)+"\r\n", 0)
		}, false},
		"one header without end": {func(c net.Conn) {
			io.WriteString(c, ok+"X-More: ")
			forever(c, strings.Repeat("x", 1000), 0)
		}, false},
		"a status line without end": {func(c net.Conn) { forever(c, strings.Repeat("H", 1000), 0) }, false},
		"100 without end":           {func(c net.Conn) { forever(c, "HTTP/1.1 100 Continue\r\n\r\n", 0) }, false},
		"103 without end":           {func(c net.Conn) { forever(c, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", 0) }, false},
		"chunk extensions without end": {func(c net.Conn) {
			io.WriteString(c, ok+"Transfer-Encoding: chunked\r\n\r\n1")
			forever(c, ";x=yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", 0)
		}, false},
		"trailers without end": {func(c net.Conn) {
			io.WriteString(c, ok+"Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n0\r\n")
			forever(c, "X-More: "+strings.Repeat("x", 1000)+"\r\n", 0)
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, h := raw(t, c.write)
			h.Timeout = 5 * time.Second
			if c.slow {
				h.Timeout = 250 * time.Millisecond
			}
			client := New(Options{Delay: -1, Attempts: 1})(h)
			began := time.Now()
			text, _, err := read(client, at)
			var slow *Timeout
			if err == nil || errors.As(err, &slow) != c.slow || time.Since(began) > 4*time.Second {
				t.Errorf("after %s: %d bytes, %v", time.Since(began), len(text), err)
			}
		})
	}
}

func TestLengthsThatAreNotTrueAreFaults(t *testing.T) {
	for name, c := range map[string]struct{ answer, want string }{
		"more is announced than comes": {"Content-Length: 10\r\n\r\nabc", ""},
		"less is announced than comes": {"Content-Length: 3\r\n\r\nabcdef", "abc"},
		"two different lengths":        {"Content-Length: 3\r\nContent-Length: 6\r\n\r\nabcdef", ""},
		"twice the same":               {"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "abc"},
		"negative":                     {"Content-Length: -3\r\n\r\nabc", ""},
		"no number":                    {"Content-Length: 0x3\r\n\r\nabc", ""},
		"larger than all":              {"Content-Length: 99999999999999999999\r\n\r\nabc", ""},
		"a chunk that is cut off":      {"Transfer-Encoding: chunked\r\n\r\n5\r\nabc", ""},
		"no last chunk":                {"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", ""},
		"a chunk of a wrong size":      {"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", ""},
		"gzip that is cut off":         {"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", ""},
	} {
		at, h := raw(t, func(conn net.Conn) { io.WriteString(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\n"+c.answer) })
		client := New(Options{Delay: -1, Attempts: 1})(h)
		text, _, err := read(client, at)
		if (err == nil) != (c.want != "") || err == nil && text != c.want {
			t.Errorf("%s: %q, %v", name, text, err)
		}
		if connectors.AsVerdict(err) != nil {
			t.Errorf("%s: a broken answer is a fault and no verdict: %v", name, err)
		}
	}
}

func zip(text []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(text)
	z.Close()
	return b.Bytes()
}

func TestBombsAreCountedAfterInflation(t *testing.T) {
	bomb := zip(make([]byte, 8<<20)) // about 1000:1
	tiny, members := zip(nil), bytes.Repeat(zip(make([]byte, 4<<10)), 100)
	encoded := func(encodings ...string) func(w http.ResponseWriter) {
		return func(w http.ResponseWriter) { w.Header()["Content-Encoding"] = encodings }
	}
	for name, c := range map[string]struct {
		header func(http.ResponseWriter)
		body   func(io.Writer) error
		reason string
	}{
		"1000 to 1": {encoded("gzip"), func(w io.Writer) error { _, err := w.Write(bomb); return err }, connectors.VerdictTooLarge},
		"in small chunks": {encoded("gzip"), func(w io.Writer) error {
			for b := range bytes.SplitSeq(bomb, []byte{0}) {
				if _, err := w.Write(append(b, 0)); err != nil {
					return err
				}
				w.(http.Flusher).Flush()
			}
			return nil
		}, connectors.VerdictTooLarge},
		"in members without end": {encoded("GZIP"), func(w io.Writer) error {
			_, err := w.Write(members)
			return err
		}, connectors.VerdictTooLarge},
		"in empty members without end": {encoded("x-gzip"), func(w io.Writer) error { _, err := w.Write(bytes.Repeat(tiny, 1000)); return err }, connectors.VerdictTooLarge},
		"nested in one line":           {encoded("gzip, gzip"), func(w io.Writer) error { _, err := w.Write(zip(bomb)); return err }, connectors.VerdictMalformed},
		"nested in two lines":          {encoded("gzip", "gzip"), func(w io.Writer) error { _, err := w.Write(zip(bomb)); return err }, connectors.VerdictMalformed},
		"deflate":                      {encoded("deflate"), func(w io.Writer) error { _, err := w.Write(bomb); return err }, connectors.VerdictMalformed},
	} {
		for _, secure := range []bool{false, true} {
			handler := func(w http.ResponseWriter, r *http.Request) {
				c.header(w)
				for range 1 << 16 {
					if r.Context().Err() != nil || c.body(w) != nil || strings.HasPrefix(name, "nested") || name == "deflate" {
						return
					}
				}
			}
			client, at := either(t, secure, handler, connectors.HTTPOptions{MaxBytes: 1 << 20, Timeout: 10 * time.Second})
			text, _, err := read(client, at)
			v := connectors.AsVerdict(err)
			if v == nil || v.Reason != c.reason || len(text) > 1<<20 {
				t.Errorf("%s (HTTP/2: %t): %d bytes, %v", name, secure, len(text), err)
			}
		}
	}
	// What was zipped twice is unzipped once: the inner file is content like any other.
	client, at := either(t, false, func(w http.ResponseWriter, _ *http.Request) { encoded("gzip")(w); w.Write(zip(bomb)) }, connectors.HTTPOptions{})
	if text, _, err := read(client, at); err != nil || text != string(bomb) {
		t.Errorf("a file that is itself compressed: %d bytes, %v", len(text), err)
	}
}

// either starts a server at http, or at https with HTTP/2, and a client that may reach it.
func either(t *testing.T, secure bool, handler http.HandlerFunc, h connectors.HTTPOptions) (*http.Client, string) {
	t.Helper()
	o := Options{Delay: -1, Attempts: 1, Lookup: world}
	var s *httptest.Server
	at := ""
	if secure {
		s, o.RootCAs = tlsServer(t, handler)
		at = fmt.Sprintf("https://example.com:%d/", port(t, s))
	} else {
		s = httptest.NewServer(handler)
		t.Cleanup(s.Close)
		at = s.URL + "/"
	}
	allowed := loopback(port(t, s))
	h.AllowPrivate, h.AllowPorts = allowed.AllowPrivate, allowed.AllowPorts
	client := New(o)(h)
	t.Cleanup(client.CloseIdleConnections)
	return client, at
}

func TestTheLimitsHoldForHTTP2(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"a body without end": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 32<<10)); err != nil {
					return
				}
			}
		},
		"large headers": func(w http.ResponseWriter, _ *http.Request) {
			for i := range 200 {
				w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 1000))
			}
		},
		"a slow body": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				io.WriteString(w, "x")
				w.(http.Flusher).Flush()
				time.Sleep(20 * time.Millisecond)
			}
		},
		"no headers": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		client, at := either(t, true, handler, connectors.HTTPOptions{MaxBytes: 1 << 20, Timeout: 400 * time.Millisecond})
		began := time.Now()
		text, _, err := read(client, at)
		if err == nil || len(text) > 1<<20 || time.Since(began) > 5*time.Second {
			t.Errorf("%s: %d bytes after %s, %v", name, len(text), time.Since(began), err)
		}
	}
}

func TestCookiesAreNotKept(t *testing.T) {
	for _, secure := range []bool{false, true} {
		client, at := either(t, secure, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Cookie") != "" {
				t.Errorf("the cookie %q came back", r.Header.Get("Cookie"))
			}
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "1", Path: "/"})
			if r.URL.Path == "/" {
				http.Redirect(w, r, "/next", http.StatusFound)
			}
		}, connectors.HTTPOptions{})
		for range 2 {
			if _, _, err := read(client, at); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestKeysStayWithTheSiteThatTheyAreFor(t *testing.T) {
	var to atomic.Value
	seen := make(chan http.Header, 4)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			http.Redirect(w, r, to.Load().(string), http.StatusTemporaryRedirect)
		case "/back":
			http.Redirect(w, r, fmt.Sprintf("http://www.example.org:%d/end", r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr).Port), http.StatusFound)
		default:
			seen <- r.Header
		}
	}))
	t.Cleanup(s.Close)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen <- r.Header }))
	t.Cleanup(other.Close)
	here, there := port(t, s), port(t, other)
	client := New(Options{Delay: -1, Attempts: 1, Lookup: world})(loopback(here, there))
	t.Cleanup(client.CloseIdleConnections)
	for location, kept := range map[string]bool{
		"/end": true,
		fmt.Sprintf("http://www.example.org:%d/end", there):   false, // another port is another program
		fmt.Sprintf("http://a.www.example.org:%d/end", here):  false, // net/http would hand them to a name below
		fmt.Sprintf("http://other.example.org:%d/end", here):  false,
		fmt.Sprintf("http://other.example.org:%d/back", here): false,
	} {
		to.Store(location)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://www.example.org:%d/?key=secret", here), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = http.Header{"Authorization": {"Bearer secret"}, "Cookie": {"a=secret"}, "X-Api-Key": {"secret"}, "Www-Authenticate": {"secret"}, "Accept": {"text/html"}}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatalf("%s: %v", location, err)
		}
		resp.Body.Close()
		got := <-seen
		for _, name := range []string{"Authorization", "Cookie", "X-Api-Key"} {
			if (got.Get(name) != "") != kept {
				t.Errorf("%s: %s arrived as %q", location, name, got.Get(name))
			}
		}
		if got.Get("Referer") != "" || got.Get("Accept") != "text/html" || !strings.HasPrefix(got.Get("User-Agent"), "Freshet/") {
			t.Errorf("%s: the headers %v arrived", location, got)
		}
	}
}

func TestHeadersOfOursHoldNoSecondLine(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the server was asked") }))
	t.Cleanup(s.Close)
	for _, agent := range []string{"Bot\r\nX-Evil: 1", "Bot\nX-Evil: 1", "Bot\x00", "Bot\r\n\r\nGET /evil HTTP/1.1"} {
		h := loopback(port(t, s))
		h.UserAgent = agent
		if _, _, err := read(New(Options{Delay: -1, Attempts: 1})(h), s.URL); err == nil {
			t.Errorf("%q was sent", agent)
		}
		if _, _, err := read(New(Options{Delay: -1, Attempts: 1, Contact: agent})(loopback(port(t, s))), s.URL); err == nil {
			t.Errorf("%q was sent as contact", agent)
		}
	}
	for _, path := range []string{"/a\r\nX-Evil: 1", "/a b\r\n", "/%0d%0aX-Evil:%201"} {
		resp, err := New(Options{Delay: -1, Attempts: 1, Lookup: world})(connectors.HTTPOptions{}).Get("http://inside.test" + path)
		if err == nil {
			resp.Body.Close()
			t.Errorf("%q was asked for", path)
		}
	}
}

func TestNothingButGetAndHeadIsSent(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			t.Errorf("%s arrived", r.Method)
		}
		if n, _ := io.Copy(io.Discard, r.Body); n > 0 {
			t.Errorf("a body of %d bytes arrived", n)
		}
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/next", http.StatusPermanentRedirect)
		}
	}))
	t.Cleanup(s.Close)
	client := New(Options{Delay: -1, Attempts: 1, Lookup: func(context.Context, string) ([]netip.Addr, error) { return nil, errors.New("not asked") }})(loopback(port(t, s)))
	t.Cleanup(client.CloseIdleConnections)
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "Get", "PURGE", "GET", "HEAD"} {
		for _, body := range []io.Reader{nil, strings.NewReader("x")} {
			req, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/", body)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := client.Do(req)
			if err == nil {
				resp.Body.Close()
			}
			var refused *Refused
			if done := (method == "GET" || method == "HEAD") && body == nil; done != (err == nil) || !done && !errors.As(err, &refused) {
				t.Errorf("%s (body: %t): %v", method, body != nil, err)
			}
		}
	}
}
