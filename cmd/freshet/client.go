package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A client talks to the API, in this process or in the one that owns the data
// directory; commands need not know which.
type client struct {
	http   *http.Client
	remote bool
	token  string // of a loopback port, where unix sockets cannot be used
}

// A portNote is how a process without a unix socket is found.
type portNote struct {
	Address string `json:"address"`
	Token   string `json:"token"`
}

// dialOwner returns a client of the process that serves this data directory, or
// nil when there is none.
func dialOwner(ctx context.Context, dir string) *client {
	path := filepath.Join(dir, socketFile)
	if c := dial(ctx, "unix", path, ""); c != nil {
		return c
	}
	var note portNote
	text, err := os.ReadFile(filepath.Join(dir, portFile))
	if err != nil || json.Unmarshal(text, &note) != nil {
		return nil
	}
	return dial(ctx, "tcp", note.Address, note.Token)
}

func dial(ctx context.Context, network, address, token string) *client {
	dialer := net.Dialer{Timeout: 2 * time.Second}
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil
	}
	_ = conn.Close() // it was only to see that somebody answers
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, address)
	}}
	return &client{http: &http.Client{Transport: transport}, remote: true, token: token}
}

// within returns a client of a handler in this process.
func within(h http.Handler) *client { return &client{http: &http.Client{Transport: inProcess{h}}} }

// inProcess is a RoundTripper that calls a handler.
type inProcess struct{ handler http.Handler }

// RoundTrip returns when the handler has, with its whole answer.
func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := &answer{header: http.Header{}, status: http.StatusOK}
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.handler.ServeHTTP(w, r)
	}()
	select {
	case <-done:
	case <-r.Context().Done():
		<-done // handlers mind their context
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return &http.Response{Status: http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r}, nil
}

// answer is what a handler writes.
type answer struct {
	mu     sync.Mutex
	header http.Header
	status int
	sent   bool
	body   bytes.Buffer
}

// Header is what is sent before the body.
func (w *answer) Header() http.Header { return w.header }

// WriteHeader sets the status once.
func (w *answer) WriteHeader(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.sent && status >= 200 {
		w.status, w.sent = status, true
	}
}

// Write appends to the body.
func (w *answer) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = true
	return w.body.Write(b)
}

// An apiError is an answer that is not the one that was wanted.
type apiError struct {
	Status int      `json:"status"`
	Code   string   `json:"code"`
	Detail string   `json:"detail"`
	Hides  int      `json:"hides"`
	First  []string `json:"first"`
}

// Error is the API's own sentence.
func (e *apiError) Error() string { return e.Detail }

// largestAnswer is the most that is read of one answer.
const largestAnswer = 256 << 20

// do asks and decodes the answer into out, unless out is nil.
func (c *client) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("write the request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://freshet"+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("the running freshet did not answer: %w; look whether it still runs", errors.Unwrap(err))
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, largestAnswer))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if resp.StatusCode >= 300 {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return failure(resp.StatusCode, text)
	}
	if out == nil || len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	if raw, ok := out.(*json.RawMessage); ok {
		*raw = text
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

func failure(status int, text []byte) error {
	e := &apiError{Status: status}
	if json.Unmarshal(text, e) != nil || e.Detail == "" {
		e.Status, e.Detail = status, fmt.Sprintf("the answer was %d %s", status, strings.ToLower(http.StatusText(status)))
	}
	return e
}
