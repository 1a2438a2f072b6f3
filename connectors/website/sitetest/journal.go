package sitetest

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A Request is one request as the server saw it.
type Request struct {
	At          time.Time
	Host, URI   string
	Method      string
	Agent       string
	Proto       string
	Conditional bool // it carried validators
	Given       bool // an earlier answer had given validators for the address
	Beside      int  // requests to the same host under way at its beginning
	Status      int
	Bytes       int64 // of the answer's body as sent

	beside []*Request
	cut    bool // the crawler had enough of the answer: the rest is nobody's burden
}

// journal is what the server keeps of requests and connections.
type journal struct {
	requests []*Request
	given    map[string]bool // addresses with validators
	active   map[string][]*Request
	open     map[net.Conn]bool
	mostOpen int
}

func (s *Site) begin(r *http.Request) *Request {
	host, _, _ := strings.Cut(strings.ToLower(r.Host), ":")
	s.mu.Lock()
	defer s.mu.Unlock()
	j := &s.journal
	if j.active == nil {
		j.active = map[string][]*Request{}
	}
	uri := r.URL.RequestURI()
	rec := &Request{At: s.Clock.Now(), Host: host, URI: uri, Method: r.Method, Agent: r.UserAgent(), Proto: r.Proto, beside: slices.Clone(j.active[host]),
		Conditional: r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != "", Given: j.given[host+uri]}
	j.active[host] = append(j.active[host], rec)
	j.requests = append(j.requests, rec)
	return rec
}

func (s *Site) end(rec *Request, w *counter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := &s.journal
	j.active[rec.Host] = slices.DeleteFunc(j.active[rec.Host], func(r *Request) bool { return r == rec })
	rec.Status, rec.Bytes, rec.cut = w.status, w.bytes, w.failed
	if rec.Status == 0 {
		rec.Status = http.StatusOK
	}
	if rec.Status == http.StatusOK {
		j.given[rec.Host+rec.URI] = w.Header().Get("ETag") != "" || w.Header().Get("Last-Modified") != ""
	}
}

// connection counts open connections.
func (s *Site) connection(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := &s.journal
	if j.open == nil {
		j.open = map[net.Conn]bool{}
	}
	switch state {
	case http.StateNew:
		j.open[c] = true
		j.mostOpen = max(j.mostOpen, len(j.open))
	case http.StateClosed, http.StateHijacked:
		delete(j.open, c)
	}
}

// counter counts what is sent.
type counter struct {
	http.ResponseWriter
	record *Request
	status int
	bytes  int64
	failed bool
}

// WriteHeader notes the status.
func (c *counter) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

// Write counts.
func (c *counter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)
	c.failed = c.failed || err != nil
	return n, err
}

// NewPass forgets the requests so far; what Judge says is of those that follow.
// What validators were given is kept.
func (s *Site) NewPass() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal.requests, s.journal.mostOpen, s.unrelated = nil, len(s.journal.open), nil
}

// Requests returns the requests since NewPass.
func (s *Site) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Request, len(s.journal.requests))
	for i, r := range s.journal.requests {
		out[i] = *r
		for _, other := range r.beside {
			if !other.cut {
				out[i].Beside++
			}
		}
	}
	return out
}
