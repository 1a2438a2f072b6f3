package fetch

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"freshet/connectors"
)

// attempt makes one request: waits for the host's turn, bounds the time of the
// whole answer, undoes compression and limits the body.
type attempt struct {
	o     Options
	agent string
	hosts *hosts
	next  http.RoundTripper
}

func (a *attempt) RoundTrip(req *http.Request) (*http.Response, error) {
	release, err := a.hosts.acquire(req.Context(), hostOf(req), a.o.Delay, a.o.Connections)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(req.Context())
	slow := &Timeout{After: a.o.Timeout}
	timer := time.AfterFunc(a.o.Timeout, func() { cancel(slow) })
	end := func() { timer.Stop(); cancel(nil); release() }
	resp, err := a.next.RoundTrip(a.prepared(ctx, req))
	if err != nil {
		err = explain(ctx, err)
		end()
		return nil, err
	}
	resp.Request = req
	b := &body{ctx: ctx, raw: resp.Body, left: a.o.MaxBytes, limit: a.o.MaxBytes, end: end}
	b.encoding = strings.ToLower(strings.TrimSpace(strings.Join(resp.Header.Values("Content-Encoding"), ",")))
	if req.Method == http.MethodHead || resp.ContentLength == 0 {
		b.encoding = ""
	}
	b.announced = resp.ContentLength
	if b.encoding != "" && b.encoding != "identity" {
		resp.Header.Del("Content-Encoding")
		resp.Header.Del("Content-Length")
		resp.ContentLength, resp.Uncompressed = -1, true
	}
	resp.Body = b
	return resp, nil
}

func (a *attempt) prepared(ctx context.Context, req *http.Request) *http.Request {
	out := req.Clone(ctx)
	if out.Header.Get("User-Agent") == "" {
		out.Header.Set("User-Agent", a.agent)
	}
	if out.Header.Get("Range") == "" {
		out.Header.Set("Accept-Encoding", "gzip")
	}
	return out
}

// hostOf names the host whose turns are paced.
func hostOf(req *http.Request) string { return strings.ToLower(req.URL.Host) }

// explain replaces an error that our own time limit caused.
func explain(ctx context.Context, err error) error {
	var slow *Timeout
	if errors.As(context.Cause(ctx), &slow) {
		return slow
	}
	return err
}

// body is a response's content, decompressed and limited.
type body struct {
	ctx       context.Context
	raw       io.ReadCloser
	plain     io.Reader
	encoding  string
	announced int64 // bytes as sent, -1 if not said
	left      int64
	limit     int64
	failed    error
	end       func()
}

func (b *body) Read(p []byte) (int, error) {
	if b.failed != nil {
		return 0, b.failed
	}
	if b.plain == nil {
		if b.failed = b.begin(); b.failed != nil {
			return 0, b.failed
		}
	}
	// One byte more than allowed is asked for, to tell "just enough" from "too much".
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.plain.Read(p)
	if int64(n) > b.left {
		n, b.failed = int(b.left), b.tooLarge()
		b.left = 0
		return n, b.failed
	}
	b.left -= int64(n)
	switch err {
	case nil:
	case io.EOF:
		b.end()
	default:
		err = explain(b.ctx, fmt.Errorf("reading the answer: %w", err))
	}
	b.failed = err
	return n, err
}

func (b *body) begin() error {
	switch b.encoding {
	case "", "identity":
		if b.announced > b.limit {
			return b.tooLarge()
		}
		b.plain = b.raw
	case "gzip", "x-gzip":
		sent := &sentLimit{from: b.raw, left: b.limit + b.limit/256 + 4096, failed: b.tooLarge}
		z, err := gzip.NewReader(sent)
		if err == io.EOF {
			return io.EOF
		}
		if err != nil {
			return explain(b.ctx, fmt.Errorf("decompressing the answer: %w", err))
		}
		b.plain = z
	default:
		return &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: fmt.Sprintf("the answer is compressed as %.20q, which was not asked for", b.encoding)}
	}
	return nil
}

// sentLimit bounds what is read of a compressed body. Compression adds less than
// 1/256 to what cannot be compressed, so more than that is empty blocks or members
// without end, of which nothing comes out that the body's limit could count.
type sentLimit struct {
	from   io.Reader
	left   int64
	failed func() error
}

func (s *sentLimit) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, s.failed()
	}
	n, err := s.from.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	return n, err
}

func (b *body) tooLarge() error {
	return &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf("it is larger than %s", size(b.limit))}
}

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}

// Close gives the connection back to the host's turn. It may be called twice.
func (b *body) Close() error {
	err := b.raw.Close()
	b.end()
	return err
}
