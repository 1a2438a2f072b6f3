package fetch

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"freshet/connectors"
)

// operators is a proxy of an operator: it asks for ann's password and notes what it
// is asked for.
type operators struct {
	mu    sync.Mutex
	asked []string
}

func (p *operators) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.Method+" "+r.URL.Host)
	p.mu.Unlock()
	if r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte("ann:secret")) {
		w.Header().Set("Proxy-Authenticate", "Basic")
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	_, port, err := net.SplitHostPort(r.URL.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	if r.Method == http.MethodConnect {
		p.tunnel(w, port)
		return
	}
	out := r.Clone(r.Context())
	out.RequestURI = ""
	out.URL.Host = "127.0.0.1:" + port
	out.Header.Del("Proxy-Authorization")
	resp, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	maps.Copy(w.Header(), resp.Header)
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
}

// tunnel joins the client with a port of this machine.
func (p *operators) tunnel(w http.ResponseWriter, port string) {
	there, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	here, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		there.Close()
		return
	}
	_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		_, _ = io.Copy(there, buffered)
		there.Close()
	}()
	_, _ = io.Copy(here, there)
	here.Close()
}

func (p *operators) requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.asked
	p.asked = nil
	return out
}

// operate starts a proxy, at https if secure, to whose eyes every host is this machine.
func operate(t *testing.T, secure bool) (*operators, *httptest.Server, *url.URL) {
	t.Helper()
	p := &operators{}
	s := httptest.NewUnstartedServer(p)
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	at, err := ParseProxy(strings.Replace(s.URL, "://", "://ann:secret@", 1))
	if err != nil {
		t.Fatal(err)
	}
	return p, s, at
}

func TestAllRequestsGoThroughTheConfiguredProxy(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "http://inside.test/", http.StatusFound)
			return
		}
		fmt.Fprint(w, r.Host, r.Header)
	}))
	t.Cleanup(plain.Close)
	secure, roots := tlsServer(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) })
	ports := []int{port(t, plain), port(t, secure)}
	for _, overTLS := range []bool{false, true} {
		proxy, s, at := operate(t, overTLS)
		trusted := roots.Clone()
		if overTLS {
			trusted.AddCert(s.Certificate())
		}
		client := New(Options{Delay: -1, Attempts: 1, Lookup: world, Proxy: at, RootCAs: trusted})(loopback(ports...))
		httpAt, httpsAt := fmt.Sprintf("www.example.org:%d", ports[0]), fmt.Sprintf("example.com:%d", ports[1])
		if text, _, err := read(client, "http://"+httpAt+"/"); err != nil || !strings.HasPrefix(text, httpAt) || strings.Contains(text, "Proxy-") {
			t.Errorf("http: %q, %v", text, err)
		}
		if text, _, err := read(client, "https://"+httpsAt+"/"); err != nil || text != "HTTP/2.0" {
			t.Errorf("https: %q, %v", text, err)
		}
		if asked, want := proxy.requests(), []string{"GET " + httpAt, "CONNECT " + httpsAt}; !slices.Equal(asked, want) {
			t.Errorf("the proxy was asked for %q, want %q", asked, want)
		}
		for _, address := range []string{"http://inside.test/", "https://mixed.test/", "http://10.0.0.1/", "http://" + at.Host + "/", "http://" + httpAt + "/away"} {
			_, _, err := read(client, address)
			var refused *Refused
			if !errors.As(err, &refused) && address != "http://"+at.Host+"/" {
				t.Errorf("%s: %v", address, err)
			}
			if err == nil {
				t.Errorf("%s was answered", address)
			}
		}
		if asked := proxy.requests(); len(asked) != 1 {
			t.Errorf("the proxy was asked for %q, only the redirect itself was right", asked)
		}
		client.CloseIdleConnections()
	}
}

func TestAProxysRefusalIsAFaultAndNotTheSitesAnswer(t *testing.T) {
	_, s, at := operate(t, false)
	unknown := *at
	unknown.User = url.UserPassword("ann", "wr0ng")
	for address, want := range map[string]string{
		"http://www.example.org/":  "asks for a user name and password",
		"https://www.example.org/": "asks for a user name and password",
	} {
		client := New(Options{Delay: -1, Attempts: 1, Lookup: world, Proxy: &unknown})(loopback())
		_, _, err := read(client, address)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "wr0ng") || connectors.AsVerdict(err) != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	s.Close()
	client := New(Options{Delay: -1, Attempts: 1, Lookup: world, Proxy: at})(loopback())
	for _, address := range []string{"http://www.example.org/", "https://www.example.org/"} {
		if _, _, err := read(client, address); err == nil || !strings.Contains(err.Error(), "the proxy "+at.Host) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s with the proxy gone: %v", address, err)
		}
	}
}

func TestProxiesOfTheEnvironmentAreNotUsed(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"} {
		t.Setenv(name, "http://127.0.0.1:1")
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "direct") }))
	t.Cleanup(s.Close)
	// Go never proxies 127.0.0.1 by the environment, so a name is asked for.
	client := New(Options{Delay: -1, Lookup: func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}})(loopback(port(t, s)))
	if text, _, err := read(client, fmt.Sprintf("http://www.example.org:%d/", port(t, s))); err != nil || text != "direct" {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestAProxysAddressIsReadWithoutBeingRepeated(t *testing.T) {
	for text, want := range map[string]string{
		"http://proxy.example.org:3128":          "proxy.example.org:3128",
		"https://ann:s%40crt@proxy.example.org/": "proxy.example.org:443",
		"http://10.0.0.7":                        "10.0.0.7:80",
		"http://[fd00::7]:3128":                  "[fd00::7]:3128",
		"socks5://ann:s@crt@proxy.example.org":   "",
		"proxy.example.org:3128":                 "",
		"http://ann:s%crt@proxy.example.org":     "",
		"http://:3128":                           "",
		"http://proxy.example.org/s@crt":         "",
		"http://proxy.example.org?x=s@crt":       "",
		"":                                       "",
	} {
		u, err := ParseProxy(text)
		switch {
		case want == "" && (err == nil || strings.Contains(err.Error(), "crt")):
			t.Errorf("%q: %v, %v", text, u, err)
		case want != "" && (err != nil || upstream{at: u}.address() != want):
			t.Errorf("%q: %v, %v", text, u, err)
		}
	}
}
