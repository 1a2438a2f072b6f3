package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestABadHTTPBlockIsRefusedWithoutItsPassword(t *testing.T) {
	for text, want := range map[string]string{
		"http: {prxy: x}":      `freshet.yaml:1: "prxy" is not a key of http; did you mean "proxy"?`,
		"http: {contct: x}":    `"contct" is not a key of http; did you mean "contact"?`,
		"htpp: {contact: x}":   `"htpp" is not a key of the configuration; did you mean "http"?`,
		"http: [proxy]":        "http must hold keys",
		"http: {contact: ann}": "http.contact: write the address of a page",
		`http: {contact: "https://example.org/\r\nX: 1"}`:   "http.contact: write the address of a page",
		`http: {contact: "https://u:hunter2@example.org/"}`: "http.contact: write the address of a page",
		`http: {proxy: "socks5://u:hunter2@proxy:1080"}`:    "http.proxy: the proxy's address must begin with http:// or https://",
		`http: {proxy: "http://u:hunter2%@proxy:1080"}`:     "http.proxy: the proxy's address cannot be read",
		`http: {proxy: "${NOWHERE}"}`:                       "http.proxy: the environment variable NOWHERE is not set",
	} {
		w := newWorld(t)
		w.write(defaultConfig, text+"\n")
		r := w.run("config", "check")
		if r.status != exitFailed || !strings.Contains(r.errors, want) || strings.Contains(r.errors, "hunter2") {
			t.Errorf("%s: status %d, without %q: %s", text, r.status, want, r.errors)
		}
	}
}

func TestTheProxyAndTheContactOfTheConfigurationAreUsed(t *testing.T) {
	asked := make(chan *http.Request, 8)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, "Opening hours are from nine to five.")
	}))
	t.Cleanup(proxy.Close)
	at := strings.Replace(proxy.URL, "://", "://ann:${file:password}@", 1)
	w := newWorld(t)
	w.write("password", "hunter2\n")
	w.write(defaultConfig, fmt.Sprintf("http:\n  proxy: %q\n  contact: https://www.example.org/bot\n", at))
	// An address and no name: what is asked for is checked here, with no resolver at hand.
	if out := w.ok("extract", "http://93.184.216.34/hours.txt"); !strings.Contains(out, "nine to five") {
		t.Errorf("the page was read as %q", out)
	}
	r := <-asked
	if user, password, ok := basic(r.Header.Get("Proxy-Authorization")); !ok || user != "ann" || password != "hunter2" {
		t.Errorf("the proxy was told %q", r.Header.Get("Proxy-Authorization"))
	}
	if agent := r.UserAgent(); r.URL.Host != "93.184.216.34" || !strings.HasPrefix(agent, "Freshet/") || !strings.HasSuffix(agent, " (+https://www.example.org/bot)") {
		t.Errorf("the proxy was asked for %s by %q", r.URL, agent)
	}
	w.says(exitFailed, "is refused", "extract", "http://10.0.0.1/")
	if len(asked) > 0 {
		t.Error("the proxy was asked for an address inside")
	}
}

func basic(header string) (user, password string, ok bool) {
	return (&http.Request{Header: http.Header{"Authorization": {header}}}).BasicAuth()
}

func TestWithoutAConfigurationThereIsNoProxy(t *testing.T) {
	if o := fetchOptions(nil, slog.New(slog.DiscardHandler)); o.Proxy != nil || o.Contact != "" || strings.ContainsAny(o.Product, " ()") {
		t.Errorf("%+v", o)
	}
}
