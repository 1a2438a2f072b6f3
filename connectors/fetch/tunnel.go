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
	"time"
)

const (
	// maxSent is what a browser may send over one connection, in bytes: requests
	// without bodies.
	maxSent = 1 << 20
	// tlsHandshake is the first byte of every TLS connection (RFC 8446, 5.1).
	tlsHandshake = 22
)

// tunnel joins a browser's connection to one to the target. The request's context
// ends it.
func (f *filter) tunnel(w http.ResponseWriter, r *http.Request, target *url.URL) {
	select {
	case f.tunnels <- struct{}{}:
		defer func() { <-f.tunnels }()
	default:
		http.Error(w, fmt.Sprintf("more than %d connections are open", maxTunnels), http.StatusServiceUnavailable)
		return
	}
	deadline, _ := r.Context().Deadline()
	far, err := f.connect(r.Context(), "tcp", net.JoinHostPort(target.Hostname(), target.Port()))
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	defer far.Close()
	near, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		f.refuse(w, r, fmt.Errorf("taking over the connection: %w; the proxy speaks HTTP/1.1 only", err))
		return
	}
	defer near.Close()
	if err := errors.Join(near.SetDeadline(deadline), far.SetDeadline(deadline)); err != nil {
		return
	}
	// The server does not end connections that were taken over; its context does.
	defer context.AfterFunc(r.Context(), func() { _ = errors.Join(near.Close(), far.Close()) })()
	if _, err := io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	first, err := buffered.Reader.Peek(1)
	if err != nil || first[0] != tlsHandshake {
		f.o.Log.Debug("a browser's connection was cut off: it is not TLS", slog.String("host", target.Host))
		return
	}
	f.join(target, near, buffered, far)
}

// join copies both ways until one side ends, a limit is reached or time is up.
func (f *filter) join(target *url.URL, near net.Conn, fromNear io.Reader, far net.Conn) {
	sent := make(chan error, 1)
	go func() {
		sent <- copyUpTo(far, fromNear, maxSent)
		// The other copy waits for what will not come.
		_ = far.SetReadDeadline(time.Unix(1, 0))
	}()
	received := copyUpTo(near, far, f.o.MaxBytes)
	// Likewise.
	_ = near.SetReadDeadline(time.Unix(1, 0))
	for _, err := range []error{received, <-sent} {
		var large *tooMuch
		if errors.As(err, &large) {
			f.o.Log.Debug("a browser's connection was cut off", slog.String("host", target.Host), slog.Any("error", err))
		}
	}
}

type tooMuch struct{ limit int64 }

func (t *tooMuch) Error() string { return "more than " + size(t.limit) + " went over it" }

// copyUpTo copies until from ends; an error is *tooMuch if it goes on past limit.
func copyUpTo(to io.Writer, from io.Reader, limit int64) error {
	if _, err := io.CopyN(to, from, limit); err != nil {
		if err == io.EOF {
			return nil
		}
		return fmt.Errorf("copying: %w", err)
	}
	if n, _ := io.ReadFull(from, make([]byte, 1)); n > 0 {
		return &tooMuch{limit: limit}
	}
	return nil
}
