package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"freshet/connectors"
	"freshet/connectors/website/robots"
)

// A robotsGate knows what the robots.txt of sites allows, for those who ask for single
// addresses of many of them. It remembers the rules of a site for a while, and keeps to
// the pause that they ask for. It may be used from several goroutines.
type robotsGate struct {
	client  *http.Client
	product string // that rules name us by
	now     func() time.Time
	sleep   func(context.Context, time.Duration) error

	mu    sync.Mutex
	sites map[string]*gatedSite
}

// A gatedSite is the rules of a site.
type gatedSite struct {
	mu    sync.Mutex // one reads the rules, or waits for the site's turn
	read  time.Time
	rules robots.Rules
	err   error
	last  time.Time // that somebody was let through
}

const (
	gateKeeps = time.Hour // rules
	gateSites = 1_000     // of so many sites
)

func newRobotsGate(client *http.Client, product string, now func() time.Time) *robotsGate {
	return &robotsGate{client: client, product: product, now: now, sites: make(map[string]*gatedSite), sleep: func(ctx context.Context, d time.Duration) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
}

// Allowed reports whether an address may be asked for, and waits for the pause that its
// site wants between two of them. The error says that it cannot be told at present.
func (g *robotsGate) Allowed(ctx context.Context, address string) (bool, error) {
	u, err := url.Parse(address)
	if err != nil {
		return false, fmt.Errorf("the address %.100q cannot be read: %w", address, err)
	}
	s := g.site(u.Scheme + "://" + u.Host)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read.IsZero() || g.now().Sub(s.read) > gateKeeps {
		s.rules, s.err = g.rulesOf(ctx, u.Scheme+"://"+u.Host)
		if ctx.Err() != nil {
			s.read = time.Time{}
			return false, ctx.Err()
		}
		s.read = g.now()
	}
	if s.err != nil || !s.rules.Allows(address) {
		return false, s.err
	}
	if wait := s.last.Add(s.rules.CrawlDelay).Sub(g.now()); s.rules.CrawlDelay > 0 && wait > 0 {
		if err := g.sleep(ctx, wait); err != nil {
			return false, err
		}
	}
	s.last = g.now()
	return true, nil
}

func (g *robotsGate) site(origin string) *gatedSite {
	g.mu.Lock()
	defer g.mu.Unlock()
	s, ok := g.sites[origin]
	if !ok {
		if len(g.sites) >= gateSites {
			clear(g.sites) // they are read again
		}
		s = &gatedSite{}
		g.sites[origin] = s
	}
	return s
}

// rulesOf reads a robots.txt. There is none (4xx): all is allowed. It cannot be read
// (429, 5xx): an error. Nobody answers at all: all is allowed, because whoever asks for
// the address will find out the same.
func (g *robotsGate) rulesOf(ctx context.Context, origin string) (robots.Rules, error) {
	at := origin + "/robots.txt"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return robots.Rules{}, fmt.Errorf("the address %.100q cannot be asked for: %w", at, err)
	}
	resp, err := g.client.Do(req)
	var later *connectors.RetryAfter
	switch {
	case errors.As(err, &later):
		return robots.Rules{}, fmt.Errorf("%s cannot be read: %w", at, err)
	case err != nil && isSilence(err), connectors.AsVerdict(err) != nil:
		return robots.Rules{}, nil
	case err != nil:
		return robots.Rules{}, fmt.Errorf("%s cannot be read: %w", at, err)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, robots.MaxBytes+1))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return robots.Rules{}, fmt.Errorf("%s cannot be read: %w", at, err)
	}
	switch {
	case resp.StatusCode >= 200 && resp.StatusCode < 300:
		return robots.Parse(text, g.product), nil
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500:
		return robots.Rules{}, fmt.Errorf("%s cannot be read: it answered %q", at, resp.Status)
	}
	return robots.Rules{}, nil
}

// isSilence reports whether an error means that nobody answered.
func isSilence(err error) bool {
	var dns *net.DNSError
	var op *net.OpError
	var slow interface{ Timeout() bool }
	return errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial" || errors.As(err, &slow) && slow.Timeout()
}
