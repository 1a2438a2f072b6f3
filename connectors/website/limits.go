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
