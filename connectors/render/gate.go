package render

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"freshet/connectors"
)

// gate is one page's only way out: a proxy on loopback, with a port and credentials of
// its own, that lives as long as the page. It ends the browser's TLS itself and asks
// with the guarded client, so that all that holds for a crawl holds for every request,
// whoever in the browser makes it: checked addresses, GET and HEAD alone, limits,
// real certificates.
type gate struct {
	client *http.Client
	limits connectors.RenderOptions
	keys   *keys
	ctx    context.Context // ends all requests
	proof  string          // what Proxy-Authorization must be
	pass   string

	listen net.Listener
	outer  *http.Server // what the browser takes for a proxy
	inner  *http.Server // what it takes for the sites at https
	tunnel *handover

	mu    sync.Mutex
	tally tally
}

const proxyUser = "freshet"

// openGate begins to listen. Close it.
func openGate(ctx context.Context, k *keys, o connectors.RenderOptions, client *http.Client) (*gate, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening the browser's gate: %w", err)
	}
	pass := rand.Text()
	g := &gate{
		client: client, limits: o, keys: k, ctx: ctx, listen: l, pass: pass,
		proof:  "Basic " + base64.StdEncoding.EncodeToString([]byte(proxyUser+":"+pass)),
		tunnel: &handover{conns: make(chan net.Conn), closed: make(chan struct{}), addr: l.Addr()},
	}
	server := func(h http.HandlerFunc) *http.Server {
		return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10,
			BaseContext: func(net.Listener) context.Context { return ctx }, ErrorLog: log.New(io.Discard, "", 0)}
	}
	g.outer = server(g.proxied)
	g.inner = server(g.tunnelled)
	g.inner.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if s, ok := c.(*secured); ok {
			return context.WithValue(ctx, hostKey{}, s.host)
		}
		return ctx
	}
	go func() { _ = g.outer.Serve(l) }()        // ends with Close
	go func() { _ = g.inner.Serve(g.tunnel) }() // likewise
	return g, nil
}

func (g *gate) address() string { return g.listen.Addr().String() }

func (g *gate) Close() error {
	err := errors.Join(g.outer.Close(), g.inner.Close(), g.tunnel.Close())
	g.client.CloseIdleConnections()
	return err
}

// proxied answers what is sent to a proxy.
func (g *gate) proxied(w http.ResponseWriter, r *http.Request) {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Proxy-Authorization")), []byte(g.proof)) != 1 {
		w.Header().Set("Proxy-Authenticate", `Basic realm="freshet"`)
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if r.Method == http.MethodConnect {
		if err := g.connect(w, r); err != nil {
			g.fail(nil, err)
		}
		return
	}
	if !r.URL.IsAbs() || r.URL.Scheme != "http" {
		http.Error(w, "this is a proxy", http.StatusBadRequest)
		return
	}
	g.ask(w, r, r.URL)
}

// connect takes a connection over and speaks TLS on it in the name of the host that
// the browser wants. Nothing is connected to before a request comes.
func (g *gate) connect(w http.ResponseWriter, r *http.Request) error {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil || !g.mayTunnel(host) {
		http.Error(w, "no connection to this host", http.StatusForbidden)
		return nil
	}
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return fmt.Errorf("taking over a connection of the browser: %w", err)
	}
	if buffered.Reader.Buffered() > 0 {
		return errors.Join(errors.New("the browser sent data before its connection stood"), conn.Close())
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return conn.Close()
	}
	secure := tls.Server(conn, &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return g.keys.forHost(host) },
	})
	g.tunnel.hand(&secured{Conn: secure, host: r.Host})
	return nil
}

// tunnelled answers what is sent to a site over TLS. Whatever the request's Host says,
// the host that was connected to is asked.
func (g *gate) tunnelled(w http.ResponseWriter, r *http.Request) {
	host, ok := r.Context().Value(hostKey{}).(string)
	if !ok || r.URL.IsAbs() || r.Method == http.MethodConnect {
		http.Error(w, "this is no proxy", http.StatusBadRequest)
		return
	}
	if name, port, err := net.SplitHostPort(host); err == nil && port == "443" {
		host = name
		if net.ParseIP(name) != nil && len(name) > 2 && !isIPv4(name) {
			host = "[" + name + "]"
		}
	}
	u := *r.URL
	u.Scheme, u.Host = "https", host
	g.ask(w, r, &u)
}

func isIPv4(host string) bool { return net.ParseIP(host).To4() != nil && host[0] != ':' }

type hostKey struct{}

// secured is a TLS connection with the host and port that it was asked for.
type secured struct {
	net.Conn
	host string
}

// handover is a listener whose connections are handed to it.
type handover struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
	addr   net.Addr
}

func (h *handover) hand(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.closed:
		_ = c.Close() // nobody waits for it any more
	}
}

// Accept waits for the next connection.
func (h *handover) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (h *handover) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

// Addr is the gate's.
func (h *handover) Addr() net.Addr { return h.addr }
