package website

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/url"

	"freshet/connectors"
)

// Pull crawls the site. A pass whose listing is not whole (a sitemap that cannot
// be read, max_pages reached) ends with ErrTruncated and a sentence; the next pull
// then begins anew.
func (s *Site) Pull(ctx context.Context, pos connectors.Position) iter.Seq2[connectors.Change, error] {
	return func(yield func(connectors.Change, error) bool) {
		session := s.newSession(pos)
		defer session.close()
		c := &crawl{session: session, site: s, yield: yield}
		if err := c.run(ctx, pos); err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

// errStopped ends a crawl whose consumer has left the loop.
var errStopped = errors.New("the consumer stopped")

// crawl is one running pull.
type crawl struct {
	site     *Site
	session  *session
	frontier *frontier
	yield    func(connectors.Change, error) bool
	since    int // visits since the last checkpoint
}

func (c *crawl) say(change connectors.Change) error {
	if !c.yield(change, nil) {
		return errStopped
	}
	return nil
}

func (c *crawl) run(ctx context.Context, pos connectors.Position) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f, err := parseCursor(pos.Cursor())
	if err != nil {
		return err
	}
	if c.frontier = f; f == nil {
		c.frontier = newFrontier()
		if err := c.begin(ctx); err != nil {
			return err
		}
	}
	c.session.found = c.frontier.isDocument
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(c.frontier.pending) == 0 {
			return c.end()
		}
		if c.frontier.visited >= c.site.maxPages {
			c.frontier.lacking(fmt.Sprintf("the site has more than %d pages (at least %d more are known); raise max_pages, or narrow what is read with include and exclude",
				c.site.maxPages, len(c.frontier.pending)))
			return c.end()
		}
		if err := c.step(ctx); err != nil {
			return err
		}
	}
}

// begin puts the start addresses and what the sitemaps list into the frontier.
func (c *crawl) begin(ctx context.Context) error {
	for _, start := range c.site.starts {
		o, err := c.session.origin(ctx, start)
		if err != nil {
			return err
		}
		if !o.rules.Allows(start.String()) {
			return fmt.Errorf("%w: robots.txt forbids the start address %s to %s; ask the site's owner to allow it, or choose another start",
				connectors.ErrTruncated, start, c.site.product)
		}
		c.frontier.add(target{URL: start.String()})
	}
	listed, err := c.session.sitemaps(ctx)
	if err != nil {
		return err
	}
	for _, id := range listed.pages {
		c.follow(id, 1)
	}
	c.frontier.lacking(listed.lacking)
	return nil
}

// follow puts an address into the frontier if it is of the site.
func (c *crawl) follow(id string, depth int) {
	u, err := url.Parse(id)
	if err == nil && depth <= c.site.maxDepth && c.site.scope.outside(u) == "" {
		c.frontier.add(target{URL: id, Depth: depth})
	}
}

func (c *crawl) step(ctx context.Context) error {
	t, _ := c.frontier.next()
	v, err := c.session.visit(ctx, t)
	if err != nil {
		return err
	}
	if t.Depth == 0 {
		if err := startFailed(t, v); err != nil {
			return err
		}
	}
	c.frontier.visited++
	for _, id := range v.links {
		c.follow(id, t.Depth+1)
	}
	if v.redirect != nil {
		c.frontier.add(*v.redirect)
	}
	if v.undecided {
		c.frontier.again(t)
	}
	switch v.change.(type) {
	case connectors.Upsert, connectors.Same, connectors.Unreadable:
		c.frontier.found(t.URL)
	}
	if v.lacking {
		c.frontier.lacking(fmt.Sprintf("%s could not be read, and its links are too many to be remembered", t.URL))
	}
	if v.change != nil {
		if err := c.say(v.change); err != nil {
			return err
		}
	}
	return c.checkpoint()
}

// startFailed returns the error of a crawl that cannot begin: without its start
// address a site would look empty.
func startFailed(t target, v visited) error {
	switch change := v.change.(type) {
	case connectors.Unreadable:
		return fmt.Errorf("the start address %s cannot be read: %w", t.URL, change.Err)
	case connectors.Delete:
		return fmt.Errorf("the start address %s is not there any more (%s); set start to the site's present address: %w", t.URL, change.Evidence, connectors.ErrNotFound)
	case connectors.Skip:
		if v.outside != "" {
			return fmt.Errorf("%w: the start address %s leads to %s, which is outside of what is read; set start to that address", connectors.ErrTruncated, t.URL, v.outside)
		}
		if change.Reason == connectors.SkipRobots {
			return fmt.Errorf("%w: robots.txt forbids %s, to which the start address leads", connectors.ErrTruncated, t.URL)
		}
	}
	return nil
}

// checkpoint yields the frontier after every so many visits; seldom when much was
// visited, because writing it takes time in proportion to that.
func (c *crawl) checkpoint() error {
	c.since++
	if c.since < max(c.site.checkpointEvery, c.frontier.visited/20) || len(c.frontier.pending) == 0 {
		return nil
	}
	c.since = 0
	progress := connectors.Progress{Listed: c.frontier.visited, Total: c.frontier.visited + len(c.frontier.pending)}
	if err := c.say(progress); err != nil {
		return err
	}
	cursor, ok, err := c.frontier.cursor()
	if err != nil {
		return err
	}
	if !ok {
		c.site.env.Log.Warn("the crawl's frontier is too large for a checkpoint", slog.Int("pending", len(c.frontier.pending)))
		return nil
	}
	return c.say(connectors.Checkpoint{Cursor: cursor})
}

func (c *crawl) end() error {
	if c.frontier.incomplete == "" {
		return c.say(connectors.PassDone{})
	}
	if err := c.say(connectors.Checkpoint{Cursor: cursorAnew}); err != nil {
		return err
	}
	return fmt.Errorf("%w: %s", connectors.ErrTruncated, c.frontier.incomplete)
}
