// Package fetch is the one HTTP client for addresses that users name: sources,
// links found on pages, webhooks. It refuses addresses inside the network when it
// connects, on every hop, whatever the name or the form of the address; limits
// what it reads after decompression; paces requests per host; and sleeps short
// waits that a server asks for.
package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"freshet/connectors"
)

// The defaults of Options.
const (
	DefaultMaxBytes    = 10 << 20
	DefaultMaxHeader   = 64 << 10
	DefaultTimeout     = 30 * time.Second
	DefaultDelay       = time.Second
	DefaultConnections = 2
	DefaultAttempts    = 3
	DefaultRedirects   = 10
	DefaultLongestWait = 2 * time.Minute
)

// purpose stands in the User-Agent where no contact is configured.
const purpose = "reads pages for a knowledge base; its operator named no contact"

// Options are what all clients of a process share. Zero values take the defaults.
type Options struct {
	// Product and Contact make the User-Agent "Product (+Contact)": site owners
	// want to know who asks, and only the operator knows where to reach them.
	// Product is "Freshet/1.0" by default; without a Contact the User-Agent says
	// what the program is for instead.
	Product, Contact string

	MaxBytes    int64         // of one body, decompressed, unless the client says otherwise
	MaxHeader   int64         // of the headers of one response
	Timeout     time.Duration // of one attempt, its body included, waits excluded
	Delay       time.Duration // between two requests to one host; negative is none
	Connections int           // at once to one host
	Attempts    int           // of one request, when the server or the connection fails
	Redirects   int           // followed for one request
	LongestWait time.Duration // that is slept; a longer one is *connectors.RetryAfter

	// RootCAs are the authorities whose certificates are trusted; the system's if
	// nil. An operator adds the one of an intranet.
	RootCAs *x509.CertPool

	// Proxy is an HTTP proxy of the operator through which all requests go; see
	// ParseProxy. Nil is none: what the environment says (HTTP_PROXY and the like)
	// never counts. It may stand inside the network. Targets are resolved and
	// checked here before each request as without it, so names must be known here
	// too; but the proxy resolves them once more by itself, so a name that changes
	// its address in between (DNS rebinding) is for the proxy to refuse.
	Proxy *url.URL

	// Lookup resolves a name to all of its addresses; the system's resolver if nil.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	// Now, Sleep and Jitter (of [0, 1)) are the clock and chance; real ones if nil.
	Now    func() time.Time
	Sleep  func(ctx context.Context, d time.Duration) error
	Jitter func() float64
	Log    *slog.Logger
}

func (o Options) withDefaults() Options {
	set(&o.Product, "Freshet/1.0")
	set(&o.MaxBytes, DefaultMaxBytes)
	set(&o.MaxHeader, DefaultMaxHeader)
	set(&o.Timeout, DefaultTimeout)
	set(&o.Delay, DefaultDelay)
	set(&o.Connections, DefaultConnections)
	set(&o.Attempts, DefaultAttempts)
	set(&o.Redirects, DefaultRedirects)
	set(&o.LongestWait, DefaultLongestWait)
	if o.Lookup == nil {
		o.Lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

func set[T comparable](value *T, standard T) {
	var zero T
	if *value == zero {
		*value = standard
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// New returns the maker of clients for connectors.Env.HTTP. Clients made by it
// share the pacing of hosts and, where they may reach the same networks and ports,
// their connections. A client only does GET and HEAD; its errors are, in
// their chain, a *Refused, a *Timeout, a *connectors.RetryAfter, the context's
// error or a fault of the network. Reading a body can fail with a
// *connectors.Verdict (too_large) or a *Timeout. Clients may be used from several
// goroutines. A body that is not closed keeps one of the host's connections.
// Cookies are not kept. A redirect that leaves the first request's origin carries
// none of its headers but what any visitor sends, and no redirect says where it
// came from.
func New(o Options) func(connectors.HTTPOptions) *http.Client {
	o = o.withDefaults()
	hosts, pools := newHosts(o.Now, o.Sleep), &pools{}
	return func(h connectors.HTTPOptions) *http.Client {
		return newClient(o.overriddenBy(h), h, hosts, pools)
	}
}

func (o Options) overriddenBy(h connectors.HTTPOptions) Options {
	if h.MaxBytes != 0 {
		o.MaxBytes = h.MaxBytes
	}
	if h.Timeout != 0 {
		o.Timeout = h.Timeout
	}
	if h.Delay != 0 {
		o.Delay = h.Delay
	}
	if h.Connections != 0 {
		o.Connections = h.Connections
	}
	return o
}

func newClient(o Options, h connectors.HTTPOptions, hosts *hosts, pools *pools) *http.Client {
	p := policy{allowed: h.AllowPrivate, ports: h.AllowPorts}
	d := dialer{policy: p, lookup: o.Lookup}
	agent := h.UserAgent
	if agent == "" {
		about := purpose
		if o.Contact != "" {
			about = "+" + o.Contact
		}
		agent = o.Product + " (" + about + ")"
	}
	pool := pools.of(h, o.Connections, func() pool { return o.pool(d) })
	attempt := &attempt{o: o, agent: agent, hosts: hosts, next: pool.way}
	redirect := func(req *http.Request, via []*http.Request) error {
		if len(via) > o.Redirects {
			return &Refused{Reason: ReasonRedirects, Address: display(req.URL),
				Detail: "it was redirected too often; look for a loop of redirects on the site"}
		}
		if err := p.checkURL(req.URL); err != nil {
			return err
		}
		keepToOneOrigin(req, via)
		if h.CheckRedirect != nil {
			return h.CheckRedirect(req, via)
		}
		return nil
	}
	return &http.Client{
		Transport:     &guard{policy: p, next: &retrier{o: o, next: attempt, hosts: hosts}, idle: pool.transport.CloseIdleConnections},
		CheckRedirect: redirect,
	}
}

// pool makes a pool of connections, through the operator's proxy if there is one.
func (o Options) pool(d dialer) pool {
	t := o.transport(d.dial)
	if o.Proxy == nil {
		return pool{t, t}
	}
	return pool{t, upstream{at: o.Proxy, roots: t.TLSClientConfig}.through(t, d)}
}

// transport makes connections with dial alone; the environment's proxies are not
// asked for.
func (o Options) transport(dial func(context.Context, string, string) (net.Conn, error)) *http.Transport {
	return &http.Transport{
		DialContext:            dial,
		TLSClientConfig:        &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12},
		Proxy:                  nil,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // undone here, so that limits count what comes out
		MaxResponseHeaderBytes: o.MaxHeader,
		MaxIdleConnsPerHost:    o.Connections,
		TLSHandshakeTimeout:    10 * time.Second,
		IdleConnTimeout:        30 * time.Second,
	}
}
