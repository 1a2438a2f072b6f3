package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"freshet/index/catalog"
)

// A caller is who asks.
type caller struct {
	key    string // ID of the API key; "" within the process
	name   string
	bases  []string // knowledge bases; empty: all
	admin  bool
	drafts bool
}

// mayUse reports whether the caller may use a knowledge base.
func (c *caller) mayUse(base string) bool {
	k := catalog.Key{Bases: c.bases}
	return k.MayUse(base)
}

// A call is one request on its way; it travels in the request's context.
type call struct {
	caller *caller
	id     string
	body   *bytes.Buffer // read whole before the handler runs
	conn   *http.ResponseController
}

// answerWithin gives the answer so long to be made and taken; 0 is for ever. What
// answers within the process has no connection, and needs none.
func (c *call) answerWithin(d time.Duration) {
	var until time.Time
	if d > 0 {
		until = time.Now().Add(d)
	}
	_ = c.conn.SetWriteDeadline(until) // see above
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

func callerOf(ctx context.Context) *caller { return callOf(ctx).caller }

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// keepBuffer is how large a buffer may have grown to be used again.
const keepBuffer = 256 << 10

func giveBack(b *bytes.Buffer) {
	if b.Cap() <= keepBuffer {
		b.Reset()
		buffers.Put(b)
	}
}

// openPaths need no key.
var openPaths = map[string]bool{"/healthz": true, "/readyz": true, "/openapi.json": true, "/openapi.yaml": true}

// serve is around every request: it names it, finds out who asks, reads the body,
// catches panics and logs, never what was asked.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, who func(*http.Request) (*caller, error)) {
	started := time.Now()
	c := &call{id: requestID(r)}
	out := &writer{ResponseWriter: w}
	out.Header().Set("X-Request-Id", c.id)
	c.conn = http.NewResponseController(out)
	c.answerWithin(s.o.Limits.BodyTime + s.o.Limits.Time + s.o.Limits.TakeTime)
	defer func() {
		if p := recover(); p != nil {
			s.panicked(out, r, c, p)
		}
		if s.o.Log.Enabled(r.Context(), slog.LevelDebug) {
			s.o.Log.DebugContext(r.Context(), "request", slog.String("id", c.id), slog.String("method", r.Method), slog.String("path", r.URL.Path),
				slog.Int("status", out.status), slog.Duration("took", time.Since(started)))
		}
	}()
	if !openPaths[r.URL.Path] {
		caller, err := who(r)
		if err != nil {
			s.fail(out, r, c, err)
			return
		}
		c.caller = caller
	} else {
		c.caller = &caller{}
	}
	if r.Body != nil && r.Body != http.NoBody {
		c.body = buffers.Get().(*bytes.Buffer)
		defer giveBack(c.body)
		if err := s.readBody(c, r); err != nil {
			s.fail(out, r, c, err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(c.body.Bytes()))
	}
	s.mux.ServeHTTP(out, r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
}

// readBody reads the body whole. The deadline is taken back afterwards, because it
// would cancel a request that is waited for.
func (s *Server) readBody(c *call, r *http.Request) error {
	limit := s.o.Limits.Body
	if strings.HasSuffix(r.URL.Path, "/synonyms") {
		limit *= 16
	}
	if r.ContentLength > limit {
		return tooLarge(limit)
	}
	deadline := c.conn.SetReadDeadline(time.Now().Add(s.o.Limits.BodyTime)) == nil
	_, err := c.body.ReadFrom(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return problem(http.StatusBadRequest, "unreadable_body", "The request's body did not arrive whole within %s. Send it again.", s.o.Limits.BodyTime).with("Connection", "close")
	}
	if deadline {
		if err := c.conn.SetReadDeadline(time.Time{}); err != nil {
			return err
		}
	}
	if int64(c.body.Len()) > limit {
		return tooLarge(limit)
	}
	return nil
}

func tooLarge(limit int64) *Problem {
	return problem(http.StatusRequestEntityTooLarge, "body_too_large", "The request's body is larger than %d KB. Send less.", limit>>10).with("Connection", "close")
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, c *call, err error) {
	p := problemOf(err)
	if p.Status == http.StatusInternalServerError {
		s.o.Log.ErrorContext(r.Context(), "request failed", slog.String("id", c.id), slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	p.write(w, c.id)
}

func (s *Server) panicked(w *writer, r *http.Request, c *call, p any) {
	if err, ok := p.(error); ok && left(err, r, w) {
		return
	}
	s.o.Log.ErrorContext(r.Context(), "request panicked", slog.String("id", c.id), slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
	if w.status == 0 {
		problemOf(errors.New("panic")).write(w, c.id)
	}
}

// left reports whether a panic only says that the caller has left: huma panics when
// an answer cannot be written.
func left(err error, r *http.Request, w *writer) bool {
	var bug runtime.Error
	return errors.Is(err, http.ErrAbortHandler) || !errors.As(err, &bug) && (r.Context().Err() != nil || w.status != 0)
}

// requestID is the caller's, when it is short and plain, or a new one.
func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); id != "" && len(id) <= 64 && !strings.ContainsFunc(id, strange) {
		return id
	}
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

func strange(c rune) bool {
	return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.')
}

// byKey finds out whose key a request shows.
func (s *Server) byKey(r *http.Request) (*caller, error) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	secret = strings.TrimSpace(secret)
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return nil, problem(http.StatusUnauthorized, "key_missing", "Send an API key in the header \"Authorization: Bearer %s...\". `freshet key create` makes one.", catalog.KeyPrefix).
			with("WWW-Authenticate", `Bearer realm="freshet"`)
	}
	refused := problem(http.StatusUnauthorized, "key_refused", "This API key is not known, or it was revoked. `freshet key create` makes a new one.")
	if !strings.HasPrefix(secret, catalog.KeyPrefix) || len(secret) > 100 {
		return nil, refused.with("WWW-Authenticate", `Bearer realm="freshet", error="invalid_token"`)
	}
	k, err := s.o.Catalog.CheckKey(r.Context(), secret)
	if errors.Is(err, catalog.ErrNotFound) {
		return nil, refused.with("WWW-Authenticate", `Bearer realm="freshet", error="invalid_token"`)
	}
	if err != nil {
		return nil, err
	}
	s.ledger.used(k.ID)
	return &caller{key: k.ID, name: k.Name, bases: k.Bases, admin: k.Role == catalog.RoleAdmin, drafts: k.Drafts}, nil
}

// writer remembers the status that was sent.
type writer struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers the status. Informational ones are not the answer.
func (w *writer) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write sends 200 first if nothing was sent.
func (w *writer) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
