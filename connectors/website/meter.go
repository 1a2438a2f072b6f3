package website

import (
	"io"
	"net/http"
	"sync/atomic"
)

// meter counts the bytes of the answers that pass through a client.
type meter struct {
	next http.RoundTripper
	n    *atomic.Int64
}

// metered returns a client like c that counts into n.
func metered(c *http.Client, n *atomic.Int64) *http.Client {
	out := *c
	next := c.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	out.Transport = &meter{next: next, n: n}
	return &out
}

func (m *meter) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := m.next.RoundTrip(r)
	if err == nil {
		resp.Body = &meteredBody{ReadCloser: resp.Body, n: m.n}
	}
	return resp, err
}

// CloseIdleConnections is what http.Client looks for.
func (m *meter) CloseIdleConnections() {
	if c, ok := m.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

type meteredBody struct {
	io.ReadCloser
	n *atomic.Int64
}

func (b *meteredBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n.Add(int64(n))
	return n, err
}
