package website

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"time"

	"freshet/connectors"
	"freshet/connectors/website/frontier"
)

// Pull crawls the site: the start addresses first, then the pages that are held,
// then what sitemaps and links add. A pass whose listing is not whole (a sitemap
// that cannot be read) ends with ErrTruncated and a sentence; the next pull then
// begins anew.
//
// The feed follows the site's sitemaps and feeds: see feedPull.
func (s *Site) Pull(ctx context.Context, pos connectors.Position) iter.Seq2[connectors.Change, error] {
	return func(yield func(connectors.Change, error) bool) {
		session := s.newSession(pos)
		defer session.close()
		c := &crawl{session: session, site: s, yield: yield, began: s.env.Now()}
		defer c.ahead.drop()
		run := c.run
		if pos.Pass() == connectors.Feed {
			run = c.pullFeed
		}
		if err := run(ctx, pos); err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

// errStopped ends a crawl whose consumer has left the loop.
var errStopped = errors.New("the consumer stopped")

// cursorAnew makes the next pull begin from the start.
const cursorAnew = frontier.Anew

// crawl is one running pull.
type crawl struct {
	site     *Site
	session  *session
	frontier *frontier.Frontier
	state    crawlState
	yield    func(connectors.Change, error) bool
	since    int // visits since the last checkpoint
	visits   int // in this run
	began    time.Time
	ahead    ahead
	ways     ways
}

// crawlState is what a cursor holds of a crawl beside its frontier.
type crawlState struct {
	Incomplete string `json:"i,omitempty"` // why the listing is not whole, if it is not
	Fresh      int    `json:"f,omitempty"` // addresses visited that were not known before
	Left       int    `json:"l,omitempty"` // addresses left out because of max_pages
	Overflow   bool   `json:"o,omitempty"` // and there were more
}

func (c *crawl) say(change connectors.Change) error {
	if !c.yield(change, nil) {
		return errStopped
	}
	return nil
}

// lacking notes that the listing is not whole; the first reason stays.
func (c *crawl) lacking(reason string) {
	if c.state.Incomplete == "" {
		// A cursor holds it.
		c.state.Incomplete = reason[:min(len(reason), 2000)]
	}
}

func (c *crawl) run(ctx context.Context, pos connectors.Position) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.closed(); err != nil {
		return err
	}
	var err error
	if cursor := pos.Cursor(); cursor == "" || cursor == cursorAnew {
		if c.frontier, err = frontier.New(ctx, pos.Memory()); err != nil {
			return err
		}
		if err := c.ways.recall(ctx, c, pos.Memory()); err != nil {
			return err
		}
		err = c.begin(ctx, pos)
	} else {
		var ended bool
		c.frontier, ended, err = frontier.Resume(ctx, pos.Memory(), cursor, &c.state)
		if err == nil && ended {
			return c.end()
		}
		if err == nil {
			err = errors.Join(c.session.recallTold(ctx), c.ways.recall(ctx, c, pos.Memory()))
		}
	}
	if err != nil {
		return err
	}
	c.session.found, c.session.pending = c.frontier.IsDocument, c.pending
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		it, ok, err := c.frontier.Ahead(ctx, 0)
		switch {
		case err != nil:
			return err
		case !ok:
			return c.end()
		case c.full(it):
			c.state.Left++
			c.frontier.Advance()
		default:
			if err := c.pause(); err != nil {
				return err
			}
			if err := c.step(ctx, it); err != nil {
				return err
			}
		}
	}
}

// begin puts the start addresses, the documents that are held and what the sitemaps
// list into the frontier, in this order.
func (c *crawl) begin(ctx context.Context, pos connectors.Position) error {
	for _, start := range c.site.starts {
		o, err := c.session.origin(ctx, start)
		if err != nil {
			return err
		}
		if !o.rules.Allows(start.String()) {
			return fmt.Errorf("%w: robots.txt forbids the start address %s to %s; ask the site's owner to allow it, or choose another start",
				connectors.ErrTruncated, start, c.site.product)
		}
		c.frontier.Add(start.String(), 0, 0)
	}
	for id, err := range pos.Known(ctx) {
		if err != nil {
			return fmt.Errorf("asking for the documents held: %w", err)
		}
		if c.site.InScope(id) {
			c.frontier.AddKnown(id, frontier.MaxDepth)
			c.ways.watch(id)
		}
	}
	listed, err := c.session.sitemaps(ctx)
	if err != nil {
		return err
	}
	for _, id := range listed.pages {
		c.follow(id, 1, -1, "")
	}
	if listed.lacking != "" {
		c.lacking(listed.lacking)
	}
	if err := c.session.keepTold(ctx, listed.told); err != nil {
		return err
	}
	return nil
}

// follow puts an address into the frontier if it is of the site and in no trap.
func (c *crawl) follow(id string, depth, from int, text string) {
	u, err := url.Parse(id)
	if err != nil || depth > c.site.maxDepth || c.site.scope.outside(u) != "" && !c.site.scope.file(u) {
		return
	}
	if _, ok := c.frontier.Number(id); !ok && c.site.scope.site(u) {
		if id, ok = c.ways.follow(u, c.frontier); !ok {
			return
		}
	}
	if !c.hasRoom() {
		if _, ok := c.frontier.Number(id); !ok {
			c.state.Overflow = true
			return
		}
	}
	c.frontier.AddLinked(id, depth, 0, from, text)
}

// maxWaits is how often a copy waits for its original, which may wait for its own.
const maxWaits = 3

// pending reports whether an original is still to be decided on and waited for.
func (c *crawl) pending(original string, round int) bool {
	n, ok := c.frontier.Number(original)
	return ok && round < maxWaits && !c.frontier.Visited(n)
}

func targetOf(it frontier.Item) target {
	return target{URL: it.URL, Depth: it.Depth, Hops: it.Hops, Again: it.Again, Round: it.Round, Known: it.Known}
}

func (c *crawl) step(ctx context.Context, it frontier.Item) error {
	t := targetOf(it)
	v, err := c.visit(ctx, it)
	if err != nil {
		return err
	}
	if v.later {
		c.frontier.Advance()
		c.frontier.Again(it.N)
		return c.checkpoint()
	}
	if it.Depth == 0 {
		if err := startFailed(t, v); err != nil {
			return err
		}
	}
	c.visits++
	c.frontier.Advance()
	c.frontier.Nearer(it.N, v.depth)
	if !it.Known && !it.Again {
		c.state.Fresh++
	}
	c.ways.learn(t.URL, v)
	switch v.change.(type) {
	case connectors.Upsert, connectors.Same, connectors.Unreadable:
		c.frontier.Found(it.N)
	}
	for _, id := range v.links {
		c.follow(id, v.depth+1, it.N, v.texts[id])
	}
	if v.undecided {
		c.frontier.Again(it.N) // after the one that it calls the original
	}
	if v.lacking {
		c.lacking(fmt.Sprintf("%s could not be read, and its links are too many to be remembered", t.URL))
	}
	if err := c.conclude(ctx, it, v); err != nil {
		return err
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

// checkpoint yields the frontier after every so many visits; seldomer when much was
// visited.
func (c *crawl) checkpoint() error {
	c.since++
	if behind := c.frontier.Behind(); c.since < max(c.site.checkpointEvery, min(behind/100, 100)) || behind == c.frontier.Len() {
		return nil
	}
	progress := connectors.Progress{Listed: c.frontier.Behind(), Total: c.frontier.Len()}
	if err := c.say(progress); err != nil {
		return err
	}
	return c.mark()
}

// mark yields a checkpoint.
func (c *crawl) mark() error {
	c.since = 0
	cursor, err := c.frontier.Checkpoint(c.state)
	if err != nil {
		return err
	}
	return c.say(connectors.Checkpoint{Cursor: cursor})
}

// end removes the frontier's notes, a part with each checkpoint, and ends the pass.
func (c *crawl) end() error {
	if err := c.ways.tell(c); err != nil {
		return err
	}
	for {
		cursor, err := c.frontier.Clear(c.state)
		if err != nil {
			return err
		}
		if cursor == "" {
			break
		}
		if err := c.say(connectors.Checkpoint{Cursor: cursor}); err != nil {
			return err
		}
	}
	if err := c.sayLeftOut(); err != nil {
		return err
	}
	for _, n := range append(c.session.outages(), c.session.lies()...) {
		if err := c.say(n); err != nil {
			return err
		}
	}
	if c.state.Incomplete == "" {
		return c.say(connectors.PassDone{})
	}
	if err := c.say(connectors.Checkpoint{Cursor: cursorAnew}); err != nil {
		return err
	}
	return fmt.Errorf("%w: %s", connectors.ErrTruncated, c.state.Incomplete)
}
