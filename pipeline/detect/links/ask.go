package links

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"freshet/connectors"
)

// A verdict is what an answer says of a link.
type verdict uint8

const (
	fine   verdict = iota // it leads somewhere, even if not for us
	gone                  // 404, 410
	silent                // no answer, or errors of the server: this may pass
	later                 // it asks to be left alone, or nobody can tell whether it may be asked
	barred                // it is not to be asked for
)

// The reasons of links, as catalog.Link has them.
const (
	reasonServed     = "served"     // the document that it leads to is in the catalog
	reasonRestricted = "restricted" // it answers, but wants us to be somebody
	reasonNotFound   = "not_found"
	reasonGone       = "gone"
	reasonDNS        = "dns"
	reasonTimeout    = "timeout"
	reasonServer     = "server_error"
	reasonUnreached  = "unreachable"
	reasonLater      = "asked_to_wait"
	reasonRobots     = "robots"
	reasonUnclear    = "robots_unreadable"
	reasonRefused    = "address_refused" // inside the network, or of a form that users may not name
)

// An answer is what became of asking for a link.
type answer struct {
	verdict verdict
	status  int
	reason  string
	again   time.Duration // until it is asked for again; 0: by its verdict
	asked   bool          // somebody was asked
}

// ask asks for an address: HEAD, and where that does not say that all is well, the
// first byte by GET, because many servers answer HEAD wrongly.
func (c *Checker) ask(ctx context.Context, address string) answer {
	switch err := c.mayAsk(ctx, address); {
	case errors.Is(err, errRobots):
		return answer{verdict: barred, reason: reasonRobots}
	case err != nil:
		return answer{verdict: later, reason: reasonUnclear, again: failingAgain}
	}
	a := c.request(ctx, http.MethodHead, address)
	if a.verdict == gone || a.verdict == silent && a.reason != reasonDNS || a.verdict == fine && a.status >= 400 {
		a = c.request(ctx, http.MethodGet, address)
	}
	a.asked = true
	return a
}

// taken is how much of a body is read, so that its connection can be used again.
const taken = 1 << 10

func (c *Checker) request(ctx context.Context, method, address string) answer {
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return answer{verdict: barred, reason: reasonRefused}
	}
	if method == http.MethodGet {
		req.Header.Set("Range", "bytes=0-0")
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return failure(err)
	}
	// What is left of an answer that is not used does not matter.
	_, _ = io.CopyN(io.Discard, resp.Body, taken)
	_ = resp.Body.Close()
	return ofStatus(resp.StatusCode)
}

func ofStatus(status int) answer {
	a := answer{status: status}
	switch {
	case status == http.StatusNotFound:
		a.verdict, a.reason = gone, reasonNotFound
	case status == http.StatusGone:
		a.verdict, a.reason = gone, reasonGone
	case status == http.StatusTooManyRequests:
		a.verdict, a.reason, a.again = later, reasonLater, failingAgain
	case status >= 500 && status != http.StatusNotImplemented:
		a.verdict, a.reason = silent, reasonServer
	case status >= 400 && status != http.StatusRequestedRangeNotSatisfiable:
		a.reason = reasonRestricted
	}
	return a
}

// failure is what an error of the client says of a link.
func failure(err error) answer {
	var wait *connectors.RetryAfter
	var dns *net.DNSError
	var slow interface{ Timeout() bool }
	switch {
	case errors.Is(err, errRobots):
		return answer{verdict: barred, reason: reasonRobots}
	case errors.Is(err, errUnclear):
		return answer{verdict: later, reason: reasonUnclear, again: failingAgain}
	case errors.As(err, &wait):
		return answer{verdict: later, reason: reasonLater, again: min(max(wait.Wait, leastWait), longestWait)}
	case connectors.AsVerdict(err) != nil:
		return answer{verdict: barred, reason: reasonRefused}
	case errors.As(err, &dns):
		return answer{verdict: silent, reason: reasonDNS}
	case errors.As(err, &slow) && slow.Timeout():
		return answer{verdict: silent, reason: reasonTimeout}
	}
	return answer{verdict: silent, reason: reasonUnreached}
}
