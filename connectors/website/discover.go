package website

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"freshet/connectors/website/address"
)

const (
	// feedsKey is the note of the feeds that the start pages name.
	feedsKey = "feeds"
	// maxFeeds is how many feeds of a site are read.
	maxFeeds = 10
)

// feedTypes are the media types by which pages name feeds.
var feedTypes = map[string]bool{"application/rss+xml": true, "application/atom+xml": true, "application/feed+json": true, "application/rdf+xml": true}

// feedsOf returns the addresses of the feeds that a page names.
func feedsOf(doc *goquery.Document, base *url.URL, r address.Resolver) []string {
	var out []string
	doc.Find(`link[rel~="alternate" i][type][href]`).EachWithBreak(func(_ int, s *goquery.Selection) bool {
		if feedTypes[mediaType(s.AttrOr("type", ""))] {
			if u, err := r.Resolve(base, s.AttrOr("href", "")); err == nil {
				out = append(out, u.String())
			}
		}
		return len(out) < maxFeeds
	})
	return out
}

// knownFeeds returns the feeds of the settings, and those that the start pages named
// and robots.txt allows.
func (s *session) knownFeeds(ctx context.Context) ([]wanted, error) {
	var out []wanted
	for _, at := range s.site.feeds {
		out = append(out, wanted{at: at, feed: true})
	}
	named, _, err := s.remembered(ctx)
	if err != nil {
		return nil, err
	}
	for _, at := range named {
		u, err := url.Parse(at)
		if err != nil {
			continue
		}
		o, err := s.origin(ctx, u)
		if err != nil {
			return nil, err
		}
		if o.rules.Allows(at) {
			out = append(out, wanted{at: at, feed: true})
		}
	}
	return out, nil
}

// remembered returns the feeds that the start pages named; ok is false if they were
// never asked.
func (s *session) remembered(ctx context.Context) (feeds []string, ok bool, err error) {
	if s.pos == nil {
		return nil, false, nil
	}
	text, err := s.pos.Memory().Get(ctx, feedsKey)
	if err != nil {
		return nil, false, fmt.Errorf("asking for the site's feeds: %w", err)
	}
	return strings.Fields(text), text != "", nil
}

// rememberFeeds keeps which feeds a start page names.
func (s *session) rememberFeeds(feeds []string) {
	if s.pos == nil {
		return
	}
	for _, at := range feeds {
		u, err := url.Parse(at)
		if err != nil || !s.site.scope.site(u) || len(s.feeds) >= maxFeeds {
			continue
		}
		s.feeds = append(s.feeds, at)
	}
	text := " "
	for _, at := range s.feeds {
		if len(text)+len(at) < maxNote && !strings.Contains(text, " "+at+" ") {
			text += at + " "
		}
	}
	s.pos.Memory().Set(feedsKey, text)
}

// findFeeds asks the start pages which feeds they name, if that is not known.
func (s *session) findFeeds(ctx context.Context, first bool) error {
	if _, ok, err := s.remembered(ctx); err != nil || ok || !first {
		return err
	}
	for _, start := range s.site.starts {
		o, err := s.origin(ctx, start)
		if err != nil {
			return err
		}
		if !o.rules.Allows(start.String()) {
			continue
		}
		feeds, err := s.feedsOn(ctx, o, start)
		if err != nil {
			return err
		}
		s.rememberFeeds(feeds)
	}
	return nil
}

// feedsOn returns the feeds that a page names. That it cannot be read is for the
// full pass to say.
func (s *session) feedsOn(ctx context.Context, o *origin, u *url.URL) ([]string, error) {
	for range maxHops {
		resp, err := get(ctx, o.client, u.String(), nil)
		if err != nil {
			return nil, stops(ctx, err)
		}
		if to, ok := location(resp); ok {
			_ = resp.Body.Close() // nothing of it was wanted
			if u, err = s.site.ids.Normal(to); err != nil || !s.site.scope.site(u) {
				return nil, nil
			}
			continue
		}
		defer resp.Body.Close()
		c, err := load(resp)
		if err != nil || resp.StatusCode != http.StatusOK || !c.html {
			return nil, stops(ctx, err)
		}
		p, err := parsePage(c.text, u, resp.Header, s.site.ids, s.site.product)
		if err != nil {
			return nil, nil
		}
		return p.feeds, nil
	}
	return nil, nil
}
