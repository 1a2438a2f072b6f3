package website

import (
	"context"
	"errors"
	"fmt"
	"time"

	"freshet/connectors"
)

// slowAnswer is from when on a start page is called slow.
const slowAnswer = 3 * time.Second

// Check looks at robots.txt, the start address and the sitemaps.
func (s *Site) Check(ctx context.Context) []connectors.Check {
	session := s.newSession(nil)
	defer session.close()
	var out []connectors.Check
	say := func(name string, status connectors.CheckStatus, format string, args ...any) {
		out = append(out, connectors.Check{Name: name, Status: status, Text: fmt.Sprintf(format, args...)})
	}
	for _, start := range s.starts {
		o, err := session.origin(ctx, start)
		if err != nil {
			say("robots.txt", connectors.CheckFailure, "%s.", capital(explained(err)))
			continue
		}
		if !o.rules.Allows(start.String()) {
			say("robots.txt", connectors.CheckFailure, "The site's robots.txt forbids %s to %s. Ask the site's owner to allow it, or choose another start address.", start, s.product)
			continue
		}
		say("robots.txt", connectors.CheckOK, "The site's robots.txt allows %s.", start)
		out = append(out, s.checkStart(ctx, session, target{URL: start.String()}))
	}
	return append(out, s.checkSitemaps(ctx, session))
}

func (s *Site) checkStart(ctx context.Context, session *session, t target) connectors.Check {
	began := s.env.Now()
	fail := func(err error) connectors.Check {
		return connectors.Check{Name: "start", Status: connectors.CheckFailure, Text: capital(explained(err)) + "."}
	}
	for range maxHops + 1 {
		v, err := session.visit(ctx, t)
		if err == nil {
			err = startFailed(t, v)
		}
		if err != nil {
			return fail(err)
		}
		if v.redirect != nil {
			t = *v.redirect
			continue
		}
		inside := 0
		for _, id := range v.links {
			if s.InScope(id) && id != t.URL {
				inside++
			}
		}
		return startAnswered(s.env.Now().Sub(began), inside)
	}
	return fail(fmt.Errorf("the start address %s redirects without end", t.URL))
}

func startAnswered(took time.Duration, links int) connectors.Check {
	c := connectors.Check{Name: "start", Status: connectors.CheckOK}
	c.Text = fmt.Sprintf("The start page answers in %.1f s and links to %s of the site.", took.Seconds(), pages(links))
	switch {
	case took > slowAnswer:
		c.Status = connectors.CheckWarning
		c.Text = fmt.Sprintf("The site answers slowly: the start page took %.1f s. A crawl will take long.", took.Seconds())
	case links == 0:
		c.Status = connectors.CheckWarning
		c.Text = "The start page answers, but links to no other page of the site. Pages are found by sitemaps alone; if the page is built by a program in the browser, it cannot be read."
	}
	return c
}

func (s *Site) checkSitemaps(ctx context.Context, session *session) connectors.Check {
	c := connectors.Check{Name: "sitemap", Status: connectors.CheckOK}
	all, err := session.sitemaps(ctx)
	inside := 0
	for _, id := range all.pages {
		if s.InScope(id) {
			inside++
		}
	}
	switch {
	case err != nil:
		c.Status = connectors.CheckFailure
		c.Text = capital(explained(err)) + "."
	case all.lacking != "":
		c.Status = connectors.CheckWarning
		c.Text = capital(all.lacking) + ". Until it can be read, no page is taken to be gone."
	case all.files == 0:
		c.Text = "The site has no sitemap; its pages are found along links."
	case inside > s.maxPages:
		c.Status = connectors.CheckWarning
		c.Text = fmt.Sprintf("The sitemap lists %s, more than max_pages (%d). Raise max_pages, or narrow what is read with include and exclude.", pages(inside), s.maxPages)
	default:
		c.Text = fmt.Sprintf("The sitemap lists %s.", all.summary())
	}
	return c
}

func pages(n int) string {
	if n == 1 {
		return "1 page"
	}
	return fmt.Sprintf("%d pages", n)
}

// explained says an error without the contract's prefix, which is for programs.
func explained(err error) string {
	text := err.Error()
	if errors.Is(err, connectors.ErrTruncated) {
		prefix := connectors.ErrTruncated.Error() + ": "
		if len(text) > len(prefix) && text[:len(prefix)] == prefix {
			return text[len(prefix):]
		}
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
