package website

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"freshet/connectors"
)

// Check looks at robots.txt, the start addresses and the sitemaps, and at a few pages
// in the pace of a crawl. It takes about inspectTime longer than reading the sitemaps.
func (s *Site) Check(ctx context.Context) []connectors.Check {
	session := s.newSession(nil)
	defer session.close()
	v := newInspection(s, session)
	ctx = v.clocked(ctx)
	session.look = v.look
	works := true
	for _, start := range s.starts {
		works = v.checkOrigin(ctx, start) && v.checkStart(ctx, target{URL: start.String()}) && works
	}
	maps, ok := v.checkSitemaps(ctx)
	if !works || !ok || ctx.Err() != nil {
		return v.checks
	}
	v.checkForbidden(maps)
	v.walk(ctx, v.chosen(maps.pages))
	v.report(ctx, len(maps.pages))
	return v.checks
}

func (v *inspection) say(name string, status connectors.CheckStatus, format string, args ...any) {
	v.checks = append(v.checks, connectors.Check{Name: name, Status: status, Text: fmt.Sprintf(format, args...)})
}

// checkOrigin says whether robots.txt lets the crawl begin.
func (v *inspection) checkOrigin(ctx context.Context, start *url.URL) bool {
	o, err := v.session.origin(ctx, start)
	if err != nil {
		v.say("robots.txt", connectors.CheckFailure, "%s.", capital(explained(err)))
		return false
	}
	if !o.rules.Allows(start.String()) {
		v.say("robots.txt", connectors.CheckFailure,
			"The site's robots.txt forbids %s to %s, by the line %q. Ask whoever runs the site to allow it (\"User-agent: %s\" and below it \"Allow: %s\"), or choose another start address.",
			start, v.site.product, o.rules.Line(start.String()), v.site.product, start.EscapedPath())
		return false
	}
	v.say("robots.txt", connectors.CheckOK, "The site's robots.txt allows %s.", start)
	v.delay = max(v.delay, o.rules.CrawlDelay)
	return true
}

// checkStart says whether the start page can be read, and where it leads.
func (v *inspection) checkStart(ctx context.Context, t target) bool {
	fail := func(err error) bool {
		v.say("start", connectors.CheckFailure, "%s.", capital(explained(err)))
		return false
	}
	for range maxHops + 1 {
		got, err := v.session.visit(ctx, t)
		if err == nil {
			err = startFailed(t, got)
		}
		if err != nil {
			return fail(err)
		}
		if got.redirect != nil {
			t = *got.redirect
			continue
		}
		v.seen[t.URL] = true
		v.note(t.URL, got)
		inside := 0
		for _, id := range got.links {
			if v.site.InScope(id) && id != t.URL {
				inside++
				v.links = append(v.links, id)
			}
		}
		if inside == 0 {
			v.say("start", connectors.CheckWarning, "The start page answers, but links to no other page of the site. Pages are found by sitemaps alone; if the page is built by a program in the browser, it cannot be read.")
		} else {
			v.say("start", connectors.CheckOK, "The start page can be read and links to %s of the site.", pages(inside))
		}
		v.checks[len(v.checks)-1].Example = t.URL
		return true
	}
	return fail(fmt.Errorf("the start address %s redirects without end", t.URL))
}

// checkSitemaps says what the sitemaps list; ok is false if they could not be asked for.
func (v *inspection) checkSitemaps(ctx context.Context) (all listed, ok bool) {
	all, err := v.session.sitemaps(ctx)
	inside := len(all.pages)
	switch {
	case err != nil:
		v.say("sitemap", connectors.CheckFailure, "%s.", capital(explained(err)))
		return all, false
	case all.lacking != "":
		v.say("sitemap", connectors.CheckWarning, "%s. Until it can be read, no page is taken to be gone.", capital(all.lacking))
	case all.files == 0:
		v.say("sitemap", connectors.CheckOK, "The site has no sitemap; its pages are found along links.")
	case inside > v.site.maxPages:
		v.say("sitemap", connectors.CheckWarning, "The sitemap lists %s, more than max_pages (%d). Raise max_pages, or narrow what is read with include and exclude.", all.summary(), v.site.maxPages)
	default:
		v.say("sitemap", connectors.CheckOK, "The sitemap lists %s.", all.summary())
	}
	return all, true
}

// checkForbidden says how many of the listed pages robots.txt forbids.
func (v *inspection) checkForbidden(maps listed) {
	n, example, line := 0, "", ""
	for _, id := range maps.pages {
		if l, forbidden := v.forbidden(id); forbidden {
			if n++; n == 1 {
				example, line = id, l
			}
		}
	}
	if n == 0 {
		return
	}
	v.say("robots.txt", connectors.CheckWarning, "robots.txt forbids %d of the %s that the sitemap lists, such as %s by the line %q. They are left out; if they should be read, ask whoever runs the site to allow them to %s.",
		n, pages(len(maps.pages)), example, line, v.site.product)
	v.checks[len(v.checks)-1].Example = example
}

// forbidden returns the line of a robots.txt that was read which forbids an address.
func (v *inspection) forbidden(id string) (line string, yes bool) {
	u, err := url.Parse(id)
	if err != nil {
		return "", false
	}
	o, ok := v.session.origins[u.Scheme+"://"+u.Host]
	if !ok || o.rules.Allows(id) {
		return "", false
	}
	return o.rules.Line(id), true
}

func pages(n int) string {
	if n == 1 {
		return "1 page"
	}
	return grouped(n) + " pages"
}

// grouped writes a number as 7,200.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// explained says an error without the contract's prefix, which is for programs.
func explained(err error) string {
	text := err.Error()
	if errors.Is(err, connectors.ErrTruncated) {
		text = strings.TrimPrefix(text, connectors.ErrTruncated.Error()+": ")
	}
	return text
}

// capital begins a sentence.
func capital(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}
