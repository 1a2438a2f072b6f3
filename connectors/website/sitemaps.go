package website

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"freshet/connectors"
	"freshet/connectors/website/address"
	"freshet/connectors/website/sitemap"
)

// The limits of what is read of a site's sitemaps.
const (
	maxSitemapDepth = 3
	maxSitemaps     = 200
)

// listed is what all sitemaps of a site hold together.
type listed struct {
	pages   []string // IDs, each once
	files   int      // sitemaps that could be read
	lacking string   // why they are not whole, if they are not
}

// wanted is a sitemap to read.
type wanted struct {
	at    string
	depth int
	// guess: nobody named it, so it need not be one.
	guess bool
}

// sitemaps reads the sitemaps of the settings, those of robots.txt, and
// /sitemap.xml where robots.txt names none, with those that they name in turn. An
// error ends the pull.
func (s *session) sitemaps(ctx context.Context) (listed, error) {
	var out listed
	queue, err := s.namedSitemaps(ctx)
	if err != nil {
		return out, err
	}
	seen := map[string]bool{}
	pages := map[string]bool{}
	for len(queue) > 0 {
		w := queue[0]
		queue = queue[1:]
		if seen[w.at] {
			continue
		}
		seen[w.at] = true
		if len(seen) > maxSitemaps {
			out.lack(fmt.Sprintf("the site has more than %d sitemaps", maxSitemaps))
			break
		}
		m, u, err := s.readSitemap(ctx, w)
		if stop := stops(ctx, err); err != nil && stop != nil {
			return out, stop
		}
		if err != nil {
			out.lack(fmt.Sprintf("the sitemap %s cannot be read: %v", w.at, err))
		}
		if u == nil {
			continue
		}
		out.files++
		for _, ref := range append(m.Pages, m.Alternates...) {
			if id, err := s.site.ids.Resolve(u, ref); err == nil && !pages[id.String()] && !address.IsAsset(id) {
				pages[id.String()] = true
				out.pages = append(out.pages, id.String())
			}
		}
		for _, ref := range m.Sitemaps {
			if at, err := u.Parse(ref); err == nil && w.depth < maxSitemapDepth && s.site.scope.site(at) {
				queue = append(queue, wanted{at: at.String(), depth: w.depth + 1})
			}
		}
	}
	return out, nil
}

func (l *listed) lack(why string) {
	if l.lacking == "" {
		l.lacking = why
	}
}

func (s *session) namedSitemaps(ctx context.Context) ([]wanted, error) {
	var out []wanted
	for _, at := range s.site.maps {
		out = append(out, wanted{at: at})
	}
	for _, start := range s.site.starts {
		o, err := s.origin(ctx, start)
		if err != nil {
			return nil, err
		}
		for _, ref := range o.rules.Sitemaps {
			// Sitemaps may lie elsewhere, at a provider's; their pages may not.
			if at, err := start.Parse(ref); err == nil {
				out = append(out, wanted{at: at.String()})
			}
		}
		if len(o.rules.Sitemaps) == 0 {
			at := url.URL{Scheme: start.Scheme, Host: start.Host, Path: "/sitemap.xml"}
			out = append(out, wanted{at: at.String(), guess: true})
		}
	}
	return out, nil
}

// readSitemap returns a sitemap and where it stands; nil if there is none, which
// is no error. A sitemap that breaks off is returned with its error.
func (s *session) readSitemap(ctx context.Context, w wanted) (sitemap.File, *url.URL, error) {
	at := w.at
	for range maxHops + 1 {
		resp, err := get(ctx, s.maps, at, nil)
		if err != nil {
			return sitemap.File{}, nil, ignoreRefused(err)
		}
		if to, ok := location(resp); ok {
			at = to.String()
			if err := resp.Body.Close(); err != nil {
				return sitemap.File{}, nil, err
			}
			continue
		}
		return parseAnswer(resp, w.guess)
	}
	return sitemap.File{}, nil, nil
}

func parseAnswer(resp *http.Response, guess bool) (sitemap.File, *url.URL, error) {
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusOK:
		m, err := sitemap.Parse(resp.Body)
		if guess && errors.Is(err, sitemap.ErrOther) {
			return sitemap.File{}, nil, nil // a page for visitors, instead of "not found"
		}
		return m, resp.Request.URL, err
	case resp.StatusCode >= 500:
		return sitemap.File{}, nil, errors.New("the site answers " + resp.Status)
	}
	return sitemap.File{}, nil, nil
}

// ignoreRefused passes over sitemaps at addresses that may not be asked.
func ignoreRefused(err error) error {
	if connectors.AsVerdict(err) != nil {
		return nil
	}
	return plain(err)
}
