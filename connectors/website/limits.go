package website

import (
	"fmt"

	"freshet/connectors"
	"freshet/connectors/website/frontier"
)

// spare is how many addresses that turn out to be no documents (copies, pages that
// ask not to be indexed) may be visited beside max_pages times spareTimes.
const (
	spare      = 1000
	spareTimes = 4
)

// mostFresh is how many addresses that were not known before one pass visits.
func (s *Site) mostFresh() int { return s.maxPages*spareTimes + spare }

// full reports whether an address is to be left out because the site has max_pages
// documents already. What is known, where it moved to and the start are always
// visited.
func (c *crawl) full(it frontier.Item) bool {
	if it.Known || it.Awaited || it.Depth == 0 {
		return false
	}
	return c.frontier.Documents() >= c.site.maxPages || c.state.Fresh >= c.site.mostFresh()
}

// hasRoom reports whether another address may be put into the frontier: no more than
// could still be visited.
func (c *crawl) hasRoom() bool {
	return c.frontier.Len()-c.frontier.Known() < c.site.mostFresh()*2
}

// sayLeftOut tells the owner what max_pages left out.
func (c *crawl) sayLeftOut() error {
	if c.state.Left == 0 && !c.state.Overflow {
		return nil
	}
	atLeast := ""
	if c.state.Overflow {
		atLeast = "at least "
	}
	return c.say(connectors.Notice{Code: "page_limit", Text: fmt.Sprintf(
		"The site has more pages than max_pages (%d) allows: %s%d addresses were left out. Pages that are held were all confirmed. Raise max_pages, or narrow what is read with include and exclude.",
		c.site.maxPages, atLeast, c.state.Left)})
}

// pause ends the run where the site's hours are over or a budget is used up: after a
// checkpoint, so that the next run goes on there.
func (c *crawl) pause() error {
	why := c.closed()
	if why == nil {
		if why = c.spent(); why == nil {
			return nil
		}
		if err := c.say(connectors.Notice{Code: "run_budget", Text: capital(explained(why)) + "."}); err != nil {
			return err
		}
	}
	if err := c.mark(); err != nil {
		return err
	}
	return why
}

// closed returns RetryAfter outside of the site's hours.
func (c *crawl) closed() error {
	wait := c.site.hours.closed(c.site.env.Now())
	if wait == 0 {
		return nil
	}
	return &connectors.RetryAfter{Wait: wait, Err: fmt.Errorf("the site is only read at %s (setting \"hours\")", c.site.hours.text)}
}

// spent returns why the run has used up what it may. A run visits a page at least.
func (c *crawl) spent() error {
	why := ""
	switch {
	case c.visits == 0:
		return nil
	case c.site.runFor > 0 && c.site.env.Now().Sub(c.began) >= c.site.runFor:
		why = fmt.Sprintf("the time for one run (run_minutes, %d) is over", int(c.site.runFor.Minutes()))
	case c.site.runBytes > 0 && c.session.received.Load() >= c.site.runBytes:
		why = fmt.Sprintf("as much as one run may read (run_mb, %d) was read", c.site.runBytes>>20)
	case c.site.rendering && c.session.rendered.Load() >= int64(c.site.renderPages):
		why = fmt.Sprintf("as many pages as one run may show in a browser (render_pages, %d) were shown", c.site.renderPages)
	default:
		return nil
	}
	return fmt.Errorf("%w: %s, after %s; the next run goes on where this one stopped, with %d addresses still to visit",
		connectors.ErrTruncated, why, pages(c.visits), c.frontier.Len()-c.frontier.Behind())
}
