package render

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"freshet/connectors"
)

// tally is what a gate has seen of its page.
type tally struct {
	requests int
	bytes    int64
	open     int
	last     time.Time // when the number of open requests changed
	hosts    map[string]bool
	failures []failure
	refused  []failure
	over     error // the limit that was reached
	wait     *connectors.RetryAfter
}

type failure struct {
	at  *url.URL
	why error
}

// maxNoted is how many failures are remembered.
const maxNoted = 20

func (g *gate) begin() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tally.requests >= g.limits.MaxRequests {
		g.tally.over = fmt.Errorf("it makes more than %d requests", g.limits.MaxRequests)
		return g.tally.over
	}
	g.tally.requests++
	g.tally.open++
	g.tally.last = time.Now()
	return nil
}

func (g *gate) done() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tally.open--
	g.tally.last = time.Now()
}

func (g *gate) count(n int64) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tally.bytes += n; g.tally.bytes > g.limits.MaxBytes {
		g.tally.over = fmt.Errorf("it loads more than %d MB", g.limits.MaxBytes>>20)
		return g.tally.over
	}
	return nil
}

// mayTunnel bounds for how many hosts certificates are made.
func (g *gate) mayTunnel(host string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tally.hosts == nil {
		g.tally.hosts = map[string]bool{}
	}
	if !g.tally.hosts[host] && len(g.tally.hosts) >= maxHosts {
		g.tally.over = fmt.Errorf("it asks more than %d hosts", maxHosts)
		return false
	}
	g.tally.hosts[host] = true
	return true
}

func (g *gate) fail(u *url.URL, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ctx.Err() != nil {
		return // the page is over
	}
	var wait *connectors.RetryAfter
	if errors.As(err, &wait) && g.tally.wait == nil {
		g.tally.wait = wait
	}
	if connectors.AsVerdict(err) != nil {
		g.tally.refused = note(g.tally.refused, u, err)
		return
	}
	g.tally.failures = note(g.tally.failures, u, err)
}

func (g *gate) noteRefused(u *url.URL, why error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tally.refused = note(g.tally.refused, u, why)
}

func note(list []failure, u *url.URL, why error) []failure {
	if u == nil || len(list) >= maxNoted {
		return list
	}
	return append(list, failure{u, why})
}

// seen returns a copy of the tally.
func (g *gate) seen() tally {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.tally
}

// lacking says what the page may have needed and did not get: what failed on its own
// site. What strangers' hosts do (statistics, advertising) is no part of it.
func (t tally) lacking(page *url.URL) string {
	if t.over != nil {
		return t.over.Error()
	}
	return ofSite(t.failures, page, "a request of its own failed")
}

// of returns why the last request to an address was not answered, if it was not.
func (t tally) of(address string) error {
	for _, list := range [][]failure{t.refused, t.failures} {
		for _, f := range list {
			at := *f.at
			at.Fragment, at.RawFragment = "", ""
			if at.String() == address {
				return f.why
			}
		}
	}
	return nil
}

// ofSite says the first failure on a page's own site.
func ofSite(list []failure, page *url.URL, what string) string {
	for _, f := range list {
		if sameSite(f.at, page) {
			return fmt.Sprintf("%s (%s): %v", what, addressOf(f.at), plain(f.why))
		}
	}
	return ""
}

// sameSite reports whether two addresses are under one registered domain.
func sameSite(a, b *url.URL) bool {
	if a.Hostname() == b.Hostname() {
		return true
	}
	one, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(a.Hostname()))
	if err != nil {
		return false
	}
	other, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(b.Hostname()))
	return err == nil && one == other
}

func addressOf(u *url.URL) string { return fmt.Sprintf("%.200s", u.Scheme+"://"+u.Host+u.Path) }

// plain takes off what net/http says around an error.
func plain(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
