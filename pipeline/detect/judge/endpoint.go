package judge

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	dialTimeout = 10 * time.Second
	idleTimeout = 90 * time.Second
	headerBytes = 1 << 18
	replyBytes  = 1 << 18 // a verdict has less than 4 KiB; models that think, more
	errorBytes  = 1 << 16 // of a reply that is not a 200
	attempts    = 3
	firstWait   = time.Second
	longestSaid = time.Hour // that a server may want to be left alone
)

// transport makes connections to an endpoint that an operator configured: private
// addresses are allowed, the proxy of the environment is used.
func transport() *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    dialTimeout,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: headerBytes,
		ForceAttemptHTTP2:      true,
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

// post sends a body and returns that of a 200, after as many attempts as may help. Every
// attempt costs one request of the run's budget.
func (c *call) post(ctx context.Context, body any) ([]byte, error) {
	text, err := encode(body)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		if err := c.j.breaker.allow(); err != nil {
			return nil, err
		}
		if c.left.Add(-1) < 0 {
			return nil, &Error{Reason: Reason(WhyBudget), Detail: "the run's budget of requests to the judge is spent (doubts.judge.budget)"}
		}
		reply, err := c.j.send(ctx, text)
		var of *Error
		if err == nil || !errors.As(err, &of) || !of.Reason.passes() || try == attempts || of.Wait > c.j.o.Patience {
			return reply, err
		}
		if err := c.j.o.Sleep(ctx, max(of.Wait, firstWait<<(2*(try-1)))); err != nil {
			return nil, err
		}
	}
}

// send makes one POST.
func (j *Judge) send(ctx context.Context, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, j.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "freshet")
	if j.o.APIKey != "" {
		req.Header.Set("Authorization", "Bearer "+j.o.APIKey)
	}
	resp, err := j.client.Do(req)
	if err != nil {
		return nil, j.failed(ctx, err)
	}
	defer resp.Body.Close() // a body that was read has nothing left to fail
	if resp.StatusCode != http.StatusOK {
		return nil, j.refusal(resp)
	}
	reply, err := io.ReadAll(io.LimitReader(resp.Body, replyBytes+1))
	if err != nil {
		return nil, j.failed(ctx, err)
	}
	if len(reply) > replyBytes {
		return nil, &Error{Reason: ReplyTooLarge, Detail: "the reply has more than 256 KiB, which no verdict has"}
	}
	return reply, nil
}

// failed names a failure of the connection. The context's own end is not the server's
// fault and is returned as it is.
func (j *Judge) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var of *url.Error // repeats the address in every message
	if errors.As(err, &of) {
		err = of.Err
	}
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return &Error{Reason: TimedOut, Detail: "no whole reply within " + j.o.Timeout.String() + " from " + j.host, Err: context.DeadlineExceeded}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Reason: Truncated, Detail: "the connection to " + j.host + " broke off within the reply"}
	}
	return &Error{Reason: Unavailable, Detail: "no reply from " + j.host, Err: err}
}

// refusal names why a server did not answer 200. The body is read to its limit; whatever
// it is, it becomes a sentence.
func (j *Judge) refusal(resp *http.Response) error {
	// The status alone says enough where the body cannot be read.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, errorBytes))
	said := serverWords(body)
	err := &Error{Status: resp.StatusCode, Reason: reasonFor(resp.StatusCode, said), Detail: said.text}
	switch err.Reason {
	case RateLimited, Unavailable:
		err.Wait = retryAfter(resp.Header, j.o.Now())
	case Redirected:
		err.Detail = "it points to " + excerpt([]byte(resp.Header.Get("Location"))) + "; give the address behind it as doubts.judge.base_url"
	case Unauthorized:
		err.Detail += "; look at doubts.judge.api_key"
	case NotFound, ModelNotFound:
		err.Detail += "; look at doubts.judge.base_url and doubts.judge.model"
	}
	if j.o.APIKey != "" {
		err.Detail = strings.ReplaceAll(err.Detail, j.o.APIKey, "<key>")
	}
	return err
}

// retryAfter reads how long a server wants to be left alone, in seconds or as a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(text, 64); err == nil && s > 0 {
		return time.Duration(min(s, longestSaid.Seconds()) * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), longestSaid)
	}
	return 0
}
