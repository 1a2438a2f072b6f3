package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"

	"freshet/connectors"
)

// maxTunnels is how many connections of a browser are open at once.
const maxTunnels = 64

// Proxy returns an HTTP proxy for a browser that the operator runs: whatever a
// page makes the browser ask for is held to the policy of New's clients. Names are
// resolved here, all of their addresses are checked, and a checked one is connected
// to; ports are 80, 443 and those of h.AllowPorts.
//
// It does CONNECT, within which only TLS is let through, and GET and HEAD without a
// body of absolute http addresses. All else is refused with 403 and a sentence:
// other methods, upgrades (WebSocket), CONNECT for what is not TLS. Within a TLS
// connection it sees nothing: the browser itself must be kept from sending other
// methods there. An address whose host does not answer gives 502.
//
// Of h and o it uses AllowPrivate, AllowPorts, MaxBytes (that one connection or
// answer may bring, as sent: a compressed answer is inflated by the browser),
// Timeout (of one connection or answer as a whole), RootCAs (of a proxy at https),
// Lookup, Proxy and Log. Paces and retries are the browser's. A connection or
// answer that exceeds a limit is cut off. The handler may be used by several
// goroutines; its server must speak HTTP/1.1 and should listen on loopback only.
func Proxy(o Options, h connectors.HTTPOptions) http.Handler {
	o = o.withDefaults().overriddenBy(h)
	p := policy{allowed: h.AllowPrivate, ports: h.AllowPorts}
	d := dialer{policy: p, lookup: o.Lookup}
	f := &filter{o: o, policy: p, tunnels: make(chan struct{}, maxTunnels), connect: d.dial}
	transport := o.transport(d.dial)
	f.next = transport
	if o.Proxy != nil {
		up := upstream{at: o.Proxy, roots: transport.TLSClientConfig}
		f.next = up.through(transport, d)
		f.connect = func(ctx context.Context, _, address string) (net.Conn, error) {
			host, _, err := net.SplitHostPort(address)
			if err != nil {
				return nil, fmt.Errorf("reading the address %q: %w", address, err)
			}
			if _, err := d.resolve(ctx, host); err != nil {
				return nil, err
			}
			return up.tunnel(ctx, address)
		}
	}
	return f
}

type filter struct {
	o       Options
	policy  policy
	next    http.RoundTripper
	connect func(ctx context.Context, network, address string) (net.Conn, error)
	tunnels chan struct{} // holds one for each that is open
}

func (f *filter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target, err := f.target(r)
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), f.o.Timeout)
	defer cancel()
	r = r.WithContext(ctx)
	if r.Method == http.MethodConnect {
		f.tunnel(w, r, target)
		return
	}
	f.answer(w, r, target)
}

// target returns what a request asks for, if it is one of those that are done.
func (f *filter) target(r *http.Request) (*url.URL, error) {
	if r.Method == http.MethodConnect {
		u, err := connectTarget(r)
		if err != nil {
			return nil, err
		}
		return u, f.policy.checkURL(u)
	}
	refuse := func(reason, detail string) (*url.URL, error) {
		return nil, &Refused{Reason: reason, Address: display(r.URL), Detail: detail}
	}
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead, r.ContentLength != 0, len(r.TransferEncoding) > 0:
		return refuse(ReasonMethod, "only GET and HEAD without a body are done")
	case !r.URL.IsAbs():
		return refuse(ReasonForm, "this is a proxy; name it as one in the browser")
	case r.URL.Scheme != "http":
		return refuse(ReasonScheme, "only http is asked for in this way; https goes through CONNECT")
	case r.Header.Get("Upgrade") != "" || r.Header.Get("Sec-Websocket-Key") != "":
		return refuse(ReasonMethod, "a connection is not turned into another kind (WebSocket)")
	}
	return r.URL, f.policy.checkURL(r.URL)
}

// connectTarget reads the host and port of a CONNECT, which has nothing else.
func connectTarget(r *http.Request) (*url.URL, error) {
	if r.URL.Path != "" || r.URL.Opaque != "" || r.URL.RawQuery != "" || r.URL.Port() == "" {
		return nil, &Refused{Reason: ReasonForm, Address: display(r.URL), Detail: "CONNECT takes a host and a port, as www.example.org:443"}
	}
	return &url.URL{Scheme: "https", Host: r.URL.Host, User: r.URL.User}, nil
}

func (f *filter) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusBadGateway
	var refused *Refused
	if errors.As(err, &refused) {
		status = http.StatusForbidden
	}
	f.o.Log.Debug("a browser's request was not done", slog.String("host", r.URL.Host), slog.Any("error", err))
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.Error(w, err.Error(), status)
}

// ofOneHop are the headers that are for the next machine alone (RFC 9110, 7.6.1),
// beside those that Connection names.
var ofOneHop = []string{"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

func withoutHopHeaders(h http.Header) http.Header {
	out := h.Clone()
	for _, line := range h.Values("Connection") {
		for name := range strings.SplitSeq(line, ",") {
			out.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range ofOneHop {
		out.Del(name)
	}
	return out
}

// answer asks for an http address and hands on what comes, redirects included.
func (f *filter) answer(w http.ResponseWriter, r *http.Request, target *url.URL) {
	out := (&http.Request{Method: r.Method, URL: target, Header: withoutHopHeaders(r.Header)}).WithContext(r.Context())
	resp, err := f.next.RoundTrip(out)
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusSwitchingProtocols {
		f.refuse(w, r, &Refused{Reason: ReasonMethod, Address: display(target), Detail: "a connection is not turned into another kind (WebSocket)"})
		return
	}
	header := w.Header()
	for name, values := range withoutHopHeaders(resp.Header) {
		header[name] = values
	}
	w.WriteHeader(resp.StatusCode)
	n, err := io.Copy(w, io.LimitReader(resp.Body, f.o.MaxBytes))
	if err == nil && n == f.o.MaxBytes {
		if extra, _ := resp.Body.Read(make([]byte, 1)); extra > 0 {
			err = fmt.Errorf("it is larger than %s", size(f.o.MaxBytes))
		}
	}
	if err != nil {
		f.o.Log.Debug("a browser's answer was cut off", slog.String("host", target.Host), slog.Any("error", err))
		panic(http.ErrAbortHandler) // the browser must not take it for whole
	}
}
