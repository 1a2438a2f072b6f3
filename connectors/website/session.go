package website

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"freshet/connectors"
	"freshet/connectors/website/judge"
	"freshet/connectors/website/robots"
	"freshet/connectors/website/sitemap"
)

const (
	// robotsRedirects is how many redirects of a robots.txt are followed.
	robotsRedirects = 5
	// rulesFresh is how long Fetch uses rules that were read before.
	rulesFresh = 10 * time.Minute
)

// session is one pull, Fetch or Check: its clients, the rules of the site's
// robots.txt and the pages read and not yet opened.
type session struct {
	site *Site
	pos  connectors.Position // nil outside of a pull
	// found reports whether an address is known to be a document's. If it is nil,
	// every page that another calls its original is taken for one.
	found func(id string) bool
	// pending reports whether it is still to be found out if an address is a document's,
	// and may be waited for once more. Nil: nothing is waited for.
	pending  func(id string, round int) bool
	first    *http.Client // before a Crawl-delay is known
	maps     *http.Client
	origins  map[string]*origin
	pages    *buffer
	packer   packer
	rendered atomic.Int64    // pages that a browser was asked to show
	received atomic.Int64    // bytes of answers
	told     map[string]told // what the sitemaps say of pages, by ID
	feeds    []string        // that start pages name, found in this pull
	// look, if not nil, is shown every page that is read.
	look func(*url.URL, page, content)
}

// origin is a scheme, host and port with its rules.
type origin struct {
	rules   robots.Rules
	client  *http.Client
	absence *judge.Absence // nil until it was learnt
	maps    *http.Client   // for files of addresses, if it is slower than the session's
	liar    bool           // it says "not modified" of what was: see doubt.go
	tag     string         // the last entity tag, and how many pages in a row had it, each another
	tagged  string         // the revision of the last page that had it
	tags    int
	failed  error     // why there are no rules, of a host of files
	ruled   time.Time // when the rules were read, if its robots.txt cannot be reached
}

// recentRules are what Fetch may use for a while of what was learnt before.
type recentRules struct {
	at      time.Time
	rules   map[string]robots.Rules
	absence map[string]*judge.Absence
}

func (s *Site) newSession(pos connectors.Position) *session {
	large := s.options
	large.MaxBytes = sitemap.MaxBytes
	out := &session{site: s, pos: pos, origins: map[string]*origin{}, pages: newBuffer(s.bufferBytes)}
	out.first, out.maps = out.client(s.options), out.client(large)
	return out
}

// client returns a client whose answers are counted.
func (s *session) client(o connectors.HTTPOptions) *http.Client {
	return metered(s.site.env.HTTP(o), &s.received)
}

func (s *session) close() {
	s.first.CloseIdleConnections()
	s.maps.CloseIdleConnections()
	for _, o := range s.origins {
		o.client.CloseIdleConnections()
		if o.maps != nil {
			o.maps.CloseIdleConnections()
		}
	}
}

// origin returns the rules that hold where u stands. An error means that nothing
// may be fetched there now.
func (s *session) origin(ctx context.Context, u *url.URL) (*origin, error) {
	name := u.Scheme + "://" + u.Host
	if o, ok := s.origins[name]; ok {
		return o, o.failed
	}
	o := &origin{client: s.first}
	if s.site.respectRobots {
		rules, ok := s.site.recall(name, s.pos == nil)
		if !ok {
			var err error
			if rules, o.ruled, err = s.rulesOf(ctx, name); err != nil {
				return nil, err
			}
			s.site.keep(name, rules)
		}
		o.rules = rules
		if rules.CrawlDelay > max(0, s.site.options.Delay) {
			slower := s.site.options
			slower.Delay = rules.CrawlDelay
			o.client = s.client(slower)
		}
	}
	if err := s.recallLie(ctx, name, o); err != nil {
		return nil, err
	}
	s.origins[name] = o
	return o, nil
}

// recall returns rules that were read a short while ago, if they may be used.
func (s *Site) recall(origin string, may bool) (robots.Rules, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !may || s.env.Now().Sub(s.recent.at) > rulesFresh {
		return robots.Rules{}, false
	}
	r, ok := s.recent.rules[origin]
	return r, ok
}

func (s *Site) keep(origin string, r robots.Rules) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renewRecent()
	s.recent.rules[origin] = r
}

func (s *Site) renewRecent() {
	if now := s.env.Now(); s.recent.rules == nil || now.Sub(s.recent.at) > rulesFresh {
		s.recent = recentRules{at: now, rules: map[string]robots.Rules{}, absence: map[string]*judge.Absence{}}
	}
}

// recallAbsence returns what was learnt a short while ago, if it may be used.
func (s *Site) recallAbsence(origin string, may bool) (*judge.Absence, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !may || s.env.Now().Sub(s.recent.at) > rulesFresh {
		return nil, false
	}
	a, ok := s.recent.absence[origin]
	return a, ok
}

func (s *Site) keepAbsence(origin string, a *judge.Absence) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renewRecent()
	s.recent.absence[origin] = a
}

// rulesOf returns what a robots.txt says or, if it cannot be reached, said not long
// ago; then at is when.
func (s *session) rulesOf(ctx context.Context, origin string) (rules robots.Rules, at time.Time, err error) {
	rules, err = s.readRobots(ctx, origin)
	if err == nil {
		s.rememberRules(origin, rules)
		return rules, time.Time{}, nil
	}
	if stops(ctx, err) == nil {
		before, at, ok, lost := s.rememberedRules(ctx, origin)
		if lost != nil || ok {
			return before, at, lost
		}
	}
	return robots.Rules{}, time.Time{}, err
}

// readRobots reads a robots.txt, following its redirects: only the last answer
// counts. There is none (4xx): all is allowed. It cannot be read (429, 5xx, no
// answer): an error, because nothing may be fetched.
func (s *session) readRobots(ctx context.Context, origin string) (robots.Rules, error) {
	at := origin + "/robots.txt"
	fail := func(why any) (robots.Rules, error) {
		return robots.Rules{}, fmt.Errorf("%w: the file %s cannot be read (%v), so nothing of the site may be fetched; try again later", connectors.ErrTruncated, at, why)
	}
	for range robotsRedirects + 1 {
		resp, err := get(ctx, s.first, at, nil)
		if err != nil {
			if stops(ctx, err) != nil {
				return robots.Rules{}, stops(ctx, err)
			}
			return fail(plain(err))
		}
		to, redirected := location(resp)
		text, err := io.ReadAll(io.LimitReader(resp.Body, robots.MaxBytes+1))
		if err := errors.Join(err, resp.Body.Close()); err != nil && !redirected {
			if stops(ctx, err) != nil {
				return robots.Rules{}, stops(ctx, err)
			}
			return fail(err)
		}
		switch {
		case redirected:
			at = to.String()
		case resp.StatusCode >= 200 && resp.StatusCode < 300:
			return robots.Parse(text, s.site.product), nil
		case resp.StatusCode >= 400 && resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests:
			return robots.Rules{}, nil
		default:
			return fail(resp.Status)
		}
	}
	return robots.Rules{}, nil // too many redirects: as if there were none (RFC 9309, 2.3.1.2)
}

func get(ctx context.Context, client *http.Client, address string, header http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("asking for %.200q: %w", address, err)
	}
	for key, values := range header {
		req.Header[key] = values
	}
	return client.Do(req)
}

// location returns where a response redirects to.
func location(resp *http.Response) (*url.URL, bool) {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		to, err := resp.Location()
		return to, err == nil
	}
	return nil, false
}

// stops returns the error that ends a whole pull rather than one page: the
// caller's context is done, or the site asks for a long wait.
func stops(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var later *connectors.RetryAfter
	if errors.As(err, &later) {
		return plain(err)
	}
	return nil
}

// plain says what went wrong without the "Get https://..." that http adds.
func plain(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// mediaType returns the type without parameters, in lower case.
func mediaType(contentType string) string {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}
