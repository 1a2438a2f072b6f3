package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"freshet/connectors"
)

const (
	firstBackoff = 500 * time.Millisecond
	// unsaidWait is assumed when a server says "too many" and not for how long.
	unsaidWait = 5 * time.Minute
	// drain is how much of an answer that is thrown away is read to keep its
	// connection.
	drain = 16 << 10
)

// retrier asks again when the server or the connection failed, and waits when the
// server asks to.
type retrier struct {
	o     Options
	next  http.RoundTripper
	hosts *hosts
}

func (r *retrier) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	for tried := 1; ; tried++ {
		resp, err := r.next.RoundTrip(req)
		wait, again := r.judge(resp, err, tried)
		if late := r.tooLong(resp, wait, again, tried); late != nil {
			discard(resp)
			return nil, late
		}
		if !again || tried >= r.o.Attempts || ctx.Err() != nil {
			return resp, err
		}
		discard(resp)
		r.o.Log.Debug("asking again", slog.String("host", req.URL.Host), slog.Duration("wait", wait), slog.Int("tried", tried))
		if asked(resp) {
			r.hosts.hold(hostOf(req), wait)
		}
		if err := r.o.Sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// judge says whether to ask again, and after which wait.
func (r *retrier) judge(resp *http.Response, err error, tried int) (wait time.Duration, again bool) {
	backoff := time.Duration(float64(firstBackoff<<(tried-1)) * (0.5 + r.o.Jitter()))
	if err != nil {
		return backoff, passing(err)
	}
	if said, ok := retryAfter(resp.Header, r.o.Now()); ok && asked(resp) {
		return said, true
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return backoff, true
	}
	return 0, false
}

// tooLong returns RetryAfter when the server asked for more than is slept, or
// still says "too many" after the last attempt.
func (r *retrier) tooLong(resp *http.Response, wait time.Duration, again bool, tried int) error {
	if !again || !asked(resp) {
		return nil
	}
	_, said := retryAfter(resp.Header, r.o.Now())
	switch {
	case said && wait > r.o.LongestWait:
	case tried >= r.o.Attempts && resp.StatusCode == http.StatusTooManyRequests:
		if !said {
			wait = unsaidWait
		}
	default:
		return nil
	}
	return &connectors.RetryAfter{Wait: wait, Err: fmt.Errorf("%s answered %q", resp.Request.URL.Host, resp.Status)}
}

// asked reports whether an answer asks to come later.
func asked(resp *http.Response) bool {
	return resp != nil && (resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable)
}

// retryAfter reads the header of this name: seconds or a date. A date gone by is
// no wait.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now), 0), true
	}
	return 0, false
}

// passing reports whether an error of the connection may not happen again.
func passing(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || connectors.AsVerdict(err) != nil {
		return false
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.IsTemporary && !dns.IsNotFound
	}
	var slow *Timeout
	return !errors.As(err, &slow) && (errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.EPIPE))
}

func discard(resp *http.Response) {
	if resp == nil {
		return
	}
	// What is left of an answer that is not used does not matter.
	_, _ = io.CopyN(io.Discard, resp.Body, drain)
	_ = resp.Body.Close()
}
