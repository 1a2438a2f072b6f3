package website

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"freshet/connectors"
	"freshet/connectors/website/address"
	"freshet/connectors/website/sitemap"
)

// The limits of what is read of a site's sitemaps and feeds together. The first is
// beyond the protocol, which allows an index of sitemaps and no index of indexes.
const (
	maxSitemapDepth = 3
	maxSitemaps     = 200
	maxAddresses    = 250_000 // of the site, in all files
)

// listed is what all sitemaps and feeds of a site hold together.
type listed struct {
	pages    []string        // IDs, each once
	told     map[string]told // what they say of the languages of pages
	files    int             // files that could be read
	unusable int             // addresses that cannot be asked for
	lacking  string          // why they are not whole, if they are not
}

// wanted is a file to read.
type wanted struct {
	at    string
	depth int
	// guess: nobody named it, so it need not be there.
	guess bool
	// feed: it only adds to what is known, so a listing is whole without it.
	feed bool
}

// reading is a file of addresses as it was read.
type reading struct {
	wanted
	sitemap.File
	base           *url.URL // where it stands, after redirects; nil if it was not read
	unchanged      bool     // it is as it was when its validators were given
	etag, modified string   // its validators
	asked          time.Time
	err            error // why it is not whole, or could not be read
}

// sitemaps reads the sitemaps of the settings, those of robots.txt, and
// /sitemap.xml where robots.txt names none, with those that they name in turn, and
// the feeds that are known. An error ends the pull.
//
// Other names that programs give to sitemaps (/sitemap_index.xml, /wp-sitemap.xml)
// are not tried: those programs name them in robots.txt and redirect /sitemap.xml
// to them, so that the two requests would never find one.
func (s *session) sitemaps(ctx context.Context) (listed, error) {
	out := listed{}
	queue, err := s.namedFiles(ctx)
	if err != nil {
		return out, err
	}
	seen := map[string]bool{}
	var languages translations
	err = s.files(ctx, queue, nil, func(r reading) ([]sitemap.Reference, error) {
		if r.err != nil && !r.feed {
			out.lack(fmt.Sprintf("the sitemap %s cannot be read: %v", r.at, r.err))
		}
		if r.base == nil {
			return nil, nil
		}
		out.files++
		out.unusable += r.Unusable
		for _, e := range r.Entries {
			ids := s.idsOf(e, &languages)
			for _, id := range ids {
				if !seen[id] && s.site.InScope(id) {
					seen[id] = true
					out.pages = append(out.pages, id)
				}
			}
		}
		if len(out.pages) > maxAddresses {
			return nil, limitReached(fmt.Sprintf("the site's sitemaps list more than %d pages", maxAddresses))
		}
		return r.Sitemaps, nil
	})
	var limit limitReached
	if errors.As(err, &limit) {
		out.lack(string(limit))
		err = nil
	}
	out.told = languages.told()
	return out, err
}

// idsOf returns the IDs of a page and of its versions in other languages, and notes
// what is said of their languages.
func (s *session) idsOf(e sitemap.Entry, languages *translations) []string {
	u, err := s.site.ids.Resolve(nil, e.URL)
	if err != nil || address.IsAsset(u) {
		return nil
	}
	ids := []string{u.String()}
	var versions []version
	for _, a := range e.Alternates {
		if u, err := s.site.ids.Resolve(nil, a.URL); err == nil && !address.IsAsset(u) {
			ids = append(ids, u.String())
			versions = append(versions, version{tag: a.Tag, id: u.String()})
		}
	}
	languages.add(ids[0], versions)
	return ids
}

func (l *listed) lack(why string) {
	if l.lacking == "" {
		l.lacking = why
	}
}

// limitReached ends the reading of files because there are too many of something.
type limitReached string

func (l limitReached) Error() string { return string(l) }

// namedFiles returns the files that anybody has named, and /sitemap.xml.
func (s *session) namedFiles(ctx context.Context) ([]wanted, error) {
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
	feeds, err := s.knownFeeds(ctx)
	return append(out, feeds...), err
}

// files reads files and those that they name, and hands each to take, which returns
// the further files that it names. ask returns the headers with which to ask for a
// file; nil asks for all of them whole. A file that is not there is not handed
// over, unless it is unreadable. An error ends the reading: limitReached, or one
// that ends the pull.
func (s *session) files(ctx context.Context, queue []wanted, ask func(at string) http.Header, take func(reading) ([]sitemap.Reference, error)) error {
	seen := map[string]bool{}
	for ; len(queue) > 0; queue = queue[1:] {
		w := queue[0]
		if seen[w.at] {
			continue
		}
		if len(seen) >= maxSitemaps {
			return limitReached(fmt.Sprintf("the site has more than %d sitemaps", maxSitemaps))
		}
		seen[w.at] = true
		var header http.Header
		if ask != nil {
			header = ask(w.at)
		}
		r, err := s.readFile(ctx, w, header)
		if err != nil {
			return err
		}
		if r.base == nil && r.err == nil && !r.unchanged {
			continue
		}
		further, err := take(r)
		if err != nil {
			return err
		}
		for _, ref := range further {
			at, err := url.Parse(ref.URL)
			// Files of the site's own are read, and those beside the index.
			if err != nil || !s.site.scope.site(at) && (r.base == nil || at.Host != r.base.Host) {
				continue
			}
			if w.depth >= maxSitemapDepth {
				return limitReached(fmt.Sprintf("the site's sitemaps are nested more than %d deep, at %s", maxSitemapDepth, w.at))
			}
			queue = append(queue, wanted{at: ref.URL, depth: w.depth + 1, feed: w.feed})
		}
	}
	return nil
}

// readFile asks for a file. The error ends the pull.
func (s *session) readFile(ctx context.Context, w wanted, header http.Header) (reading, error) {
	r := reading{wanted: w}
	at := w.at
	for range maxHops + 1 {
		resp, err := get(ctx, s.listings(at), at, header)
		if err == nil {
			if to, ok := location(resp); ok {
				at = to.String()
				if err = resp.Body.Close(); err == nil {
					continue
				}
			}
		}
		if err == nil {
			r, err = s.parseAnswer(w, resp)
		}
		if err != nil && stops(ctx, err) != nil {
			return r, stops(ctx, err)
		}
		if err != nil {
			r.err = ignoreRefused(err)
		}
		return r, nil
	}
	return r, nil
}

// listings returns the client for a file: one that allows large ones, and keeps
// the pause that the file's host asks for.
func (s *session) listings(at string) *http.Client {
	u, err := url.Parse(at)
	if err != nil {
		return s.maps
	}
	o, ok := s.origins[u.Scheme+"://"+u.Host]
	if !ok || o.rules.CrawlDelay <= max(0, s.site.options.Delay) {
		return s.maps
	}
	if o.maps == nil {
		slower := s.site.options
		slower.MaxBytes, slower.Delay = sitemap.MaxBytes, o.rules.CrawlDelay
		o.maps = s.client(slower)
	}
	return o.maps
}

func (s *session) parseAnswer(w wanted, resp *http.Response) (reading, error) {
	defer resp.Body.Close()
	r := reading{wanted: w, asked: s.site.env.Now(), etag: resp.Header.Get("ETag"), modified: resp.Header.Get("Last-Modified")}
	switch {
	case resp.StatusCode == http.StatusNotModified:
		r.unchanged = true
	case resp.StatusCode == http.StatusOK:
		var err error
		r.File, err = sitemap.Parse(resp.Body, resp.Request.URL, resp.Header.Get("Content-Type"))
		if w.guess && errors.Is(err, sitemap.ErrOther) {
			return reading{wanted: w}, nil // a page for visitors, instead of "not found"
		}
		r.base = resp.Request.URL
		r.feed = r.feed || r.Kind == sitemap.KindFeed
		return r, err
	case resp.StatusCode >= 500:
		return r, errors.New("the site answers " + resp.Status)
	}
	return r, nil
}

// ignoreRefused passes over files at addresses that may not be asked.
func ignoreRefused(err error) error {
	if v := connectors.AsVerdict(err); v != nil && v.Reason != connectors.VerdictTooLarge {
		return nil
	}
	return plain(err)
}
