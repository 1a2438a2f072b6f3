package fetch

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
)

// world is the names of tests: *.example.org is this machine, two are mixed and private.
func world(_ context.Context, host string) ([]netip.Addr, error) {
	here := netip.MustParseAddr("127.0.0.1")
	switch {
	case strings.HasSuffix(host, "example.org"), host == "example.com":
		return []netip.Addr{here}, nil
	case host == "mixed.test":
		return []netip.Addr{here, netip.MustParseAddr("10.0.0.1")}, nil
	case host == "inside.test":
		return []netip.Addr{netip.MustParseAddr("10.0.0.1")}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func loopback(ports ...int) connectors.HTTPOptions {
	return connectors.HTTPOptions{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, AllowPorts: ports}
}

// browse starts a filtering proxy and returns it with a client that goes through it
// as a browser does, whatever the host.
func browse(t *testing.T, o Options, h connectors.HTTPOptions, roots *x509.CertPool) (*url.URL, *http.Client) {
	t.Helper()
	if o.Lookup == nil {
		o.Lookup = world
	}
	s := httptest.NewServer(Proxy(o, h))
	t.Cleanup(s.Close)
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{Proxy: http.ProxyURL(at), TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return at, &http.Client{Transport: transport, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func tlsServer(t *testing.T, h http.HandlerFunc) (*httptest.Server, *x509.CertPool) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(s.Certificate())
	return s, trusted
}

func TestABrowserReadsWhatIsAllowed(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "X-Hop")
		w.Header().Set("X-Hop", "1")
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "http://inside.test/", http.StatusFound)
			return
		}
		fmt.Fprint(w, r.Method, r.Host, r.Header)
	}))
	t.Cleanup(plain.Close)
	secure, roots := tlsServer(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto, r.Host) })
	_, client := browse(t, Options{}, loopback(port(t, plain), port(t, secure)), roots)

	at := fmt.Sprintf("www.example.org:%d", port(t, plain))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+at+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Connection": {"X-Mine"}, "X-Mine": {"1"}, "Proxy-Authorization": {"x"}, "Te": {"gzip"}, "Cookie": {"a=b"}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || !strings.HasPrefix(string(text), "GET"+at) || !strings.Contains(string(text), "Cookie") {
		t.Errorf("got %q, %v", text, err)
	}
	for _, hop := range []string{"X-Mine", "Proxy-", "Te:"} {
		if strings.Contains(string(text), hop) {
			t.Errorf("%s was handed on: %s", hop, text)
		}
	}
	if resp.Header.Get("X-Hop") != "" {
		t.Error("a header of the connection was handed back")
	}
	if text, _, err := read(client, fmt.Sprintf("https://example.com:%d/", port(t, secure))); err != nil || !strings.HasPrefix(text, "HTTP/2.0example.com") {
		t.Errorf("over TLS: %q, %v", text, err)
	}
	if _, resp, err := read(client, "http://"+at+"/away"); err != nil || resp.StatusCode != http.StatusFound {
		t.Errorf("a redirect is the browser's to follow: %v, %v", resp, err)
	}
}

// say sends text to the proxy and returns the status of its answer.
func say(t *testing.T, at *url.URL, text string) (net.Conn, *bufio.Reader, int) {
	t.Helper()
	conn, err := net.Dial("tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, &http.Request{Method: strings.Fields(text)[0]})
	if err != nil {
		t.Fatalf("%.60q: %v", text, err)
	}
	return conn, r, resp.StatusCode
}

func TestABrowserIsRefusedWhatOthersAre(t *testing.T) {
	asked := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the server was asked: %s %s", r.Method, r.URL) }))
	t.Cleanup(asked.Close)
	at, _ := browse(t, Options{}, loopback(port(t, asked)), nil)
	host := fmt.Sprintf("www.example.org:%d", port(t, asked))
	for text, status := range map[string]int{
		"CONNECT inside.test:443 HTTP/1.1\r\nHost: x\r\n\r\n":                                                          403,
		"CONNECT mixed.test:443 HTTP/1.1\r\nHost: x\r\n\r\n":                                                           403,
		"CONNECT 169.254.169.254:443 HTTP/1.1\r\nHost: x\r\n\r\n":                                                      403,
		"CONNECT [::ffff:10.0.0.1]:443 HTTP/1.1\r\nHost: x\r\n\r\n":                                                    403,
		"CONNECT www.example.org:25 HTTP/1.1\r\nHost: x\r\n\r\n":                                                       403,
		"CONNECT www.example.org HTTP/1.1\r\nHost: x\r\n\r\n":                                                          403,
		"CONNECT nowhere.test:443 HTTP/1.1\r\nHost: x\r\n\r\n":                                                         502,
		"CONNECT 0177.0.0.1:443 HTTP/1.1\r\nHost: x\r\n\r\n":                                                           403,
		"GET http://10.0.0.1/ HTTP/1.1\r\nHost: www.example.org\r\n\r\n":                                               403,
		"GET http://inside.test/ HTTP/1.1\r\nHost: www.example.org\r\n\r\n":                                            403,
		"GET http://u:p@" + host + "/ HTTP/1.1\r\nHost: x\r\n\r\n":                                                     403,
		"GET https://" + host + "/ HTTP/1.1\r\nHost: x\r\n\r\n":                                                        403,
		"GET ftp://" + host + "/ HTTP/1.1\r\nHost: x\r\n\r\n":                                                          403,
		"GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n":                                                                 403,
		"POST http://" + host + "/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n":                                   403,
		"PUT http://" + host + "/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx":                                   403,
		"OPTIONS http://" + host + "/ HTTP/1.1\r\nHost: x\r\n\r\n":                                                     403,
		"GET http://" + host + "/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx":                                   403,
		"GET http://" + host + "/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n":                  403,
		"GET http://" + host + "/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n":            403,
		"GET http://" + host + "/ HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n\r\n": 403,
	} {
		if _, _, got := say(t, at, text); got != status {
			t.Errorf("%.70q is answered %d, want %d", text, got, status)
		}
	}
}

func TestOnlyTLSGoesThroughATunnel(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the server was asked") }))
	t.Cleanup(server.Close)
	at, _ := browse(t, Options{}, loopback(port(t, server)), nil)
	conn, r, status := say(t, at, fmt.Sprintf("CONNECT www.example.org:%d HTTP/1.1\r\nHost: x\r\n\r\n", port(t, server)))
	if status != http.StatusOK {
		t.Fatalf("the connection was answered %d", status)
	}
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
	if got, _ := io.ReadAll(r); len(got) != 0 {
		t.Errorf("plain HTTP within a tunnel got %q", got)
	}
}

func TestABrowsersConnectionsAreLimited(t *testing.T) {
	endless := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 32<<10)); err != nil {
				return
			}
		}
	}
	silent := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		h       connectors.HTTPOptions
	}{
		"bytes": {endless, connectors.HTTPOptions{MaxBytes: 1 << 20}},
		"time":  {silent, connectors.HTTPOptions{Timeout: 300 * time.Millisecond}},
	} {
		plain := httptest.NewServer(c.handler)
		secure, roots := tlsServer(t, c.handler)
		h := loopback(port(t, plain), port(t, secure))
		h.MaxBytes, h.Timeout = c.h.MaxBytes, c.h.Timeout
		_, client := browse(t, Options{}, h, roots)
		for _, address := range []string{fmt.Sprintf("http://example.com:%d/", port(t, plain)), fmt.Sprintf("https://example.com:%d/", port(t, secure))} {
			began := time.Now()
			text, _, err := read(client, address)
			if err == nil || len(text) > 1<<20 || time.Since(began) > 5*time.Second {
				t.Errorf("%s of %s: %d bytes in %s, %v", name, address, len(text), time.Since(began), err)
			}
		}
		plain.Close()
	}
}

func TestAnAnswerOfJustTheLimitIsWhole(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 1000)) }))
	t.Cleanup(server.Close)
	for limit, want := range map[int64]bool{1000: true, 999: false} {
		h := loopback(port(t, server))
		h.MaxBytes = limit
		_, client := browse(t, Options{}, h, nil)
		text, _, err := read(client, fmt.Sprintf("http://www.example.org:%d/", port(t, server)))
		if (err == nil) != want || want && len(text) != 1000 {
			t.Errorf("with a limit of %d: %d bytes, %v", limit, len(text), err)
		}
	}
}

func TestABrowserMaySendLittle(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	received := make(chan int64, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		n, _ := io.Copy(io.Discard, conn)
		received <- n
	}()
	n := listener.Addr().(*net.TCPAddr).Port
	at, _ := browse(t, Options{}, loopback(n), nil)
	conn, _, status := say(t, at, fmt.Sprintf("CONNECT www.example.org:%d HTTP/1.1\r\nHost: x\r\n\r\n", n))
	if status != http.StatusOK {
		t.Fatalf("the connection was answered %d", status)
	}
	block := make([]byte, 64<<10)
	block[0] = tlsHandshake
	for range 64 {
		if _, err := conn.Write(block); err != nil {
			break
		}
	}
	if got := <-received; got != maxSent {
		t.Errorf("%d bytes were sent on, want %d", got, maxSent)
	}
}
