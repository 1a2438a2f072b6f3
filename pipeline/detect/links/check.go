package links

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"sync"
	"time"

	"freshet/index/catalog"
)

// saved is how many results are kept at a time: a crash loses no more.
const saved = 50

// check looks at the links that are due.
func (c *Checker) check(ctx context.Context, r *Report) error {
	began := c.o.Now()
	due, err := c.o.Catalog.DueLinks(ctx, began, c.o.Limits.Run*4)
	if err != nil {
		return err
	}
	if due, err = c.known(ctx, due, r); err != nil {
		return err
	}
	hosts, left := c.share(due)
	r.Left += left
	results := make(chan result)
	asking, stop := context.WithCancel(ctx)
	defer stop()
	go c.askAll(asking, hosts, began, results)
	return c.keep(ctx, results, total(hosts), r)
}

// known takes out the links that lead to documents which are served: their source has
// seen them.
func (c *Checker) known(ctx context.Context, due []catalog.Link, r *Report) ([]catalog.Link, error) {
	addresses := make([]string, len(due))
	for i := range due {
		addresses[i] = due[i].URL
	}
	served, err := c.o.Catalog.ServedAddresses(ctx, addresses)
	if err != nil {
		return nil, err
	}
	var mine []catalog.Link
	others := due[:0]
	for _, l := range due {
		if !served[l.URL] {
			others = append(others, l)
			continue
		}
		before := l.State
		judge(&l, answer{verdict: fine, reason: reasonServed, again: knownAgain}, c.o.Now())
		r.count(result{l, before, false})
		mine = append(mine, l)
	}
	return others, c.o.Catalog.SaveLinks(ctx, mine)
}

// A result is a link with what was learnt of it.
type result struct {
	link   catalog.Link
	before catalog.LinkState
	asked  bool
}

// A hostLinks is what is asked of one host, in turn.
type hostLinks struct {
	name  string
	links []catalog.Link
}

// share divides links among hosts, within the limits, and counts what is left over.
func (c *Checker) share(due []catalog.Link) (hosts []hostLinks, left int) {
	places := make(map[string]int)
	n := 0
	for _, l := range due {
		u, err := url.Parse(l.URL)
		if err != nil {
			continue
		}
		i, ok := places[u.Host]
		if !ok {
			i = len(hosts)
			places[u.Host] = i
			hosts = append(hosts, hostLinks{name: u.Host})
		}
		if n >= c.o.Limits.Run || len(hosts[i].links) >= c.o.Limits.Host {
			left++
			continue
		}
		hosts[i].links = append(hosts[i].links, l)
		n++
	}
	// The host with the most links takes longest.
	slices.SortStableFunc(hosts, func(a, b hostLinks) int { return cmp.Compare(len(b.links), len(a.links)) })
	return hosts, left
}

func total(hosts []hostLinks) int {
	n := 0
	for i := range hosts {
		n += len(hosts[i].links)
	}
	return n
}

// askAll asks hosts, several at a time, and closes results.
func (c *Checker) askAll(ctx context.Context, hosts []hostLinks, began time.Time, results chan<- result) {
	defer close(results)
	queue := make(chan hostLinks)
	var workers sync.WaitGroup
	for range min(c.o.Limits.Workers, len(hosts)) {
		workers.Go(func() {
			for h := range queue {
				c.askHost(ctx, h, began, results)
			}
		})
	}
	for _, h := range hosts {
		queue <- h
	}
	close(queue)
	workers.Wait()
}

// askHost asks for the links of a host one after the other, until it asks to be left
// alone or the time is over.
func (c *Checker) askHost(ctx context.Context, h hostLinks, began time.Time, results chan<- result) {
	for i := range h.links {
		l := h.links[i]
		if ctx.Err() != nil || c.o.Now().Sub(began) >= c.o.Limits.Time {
			return
		}
		a := c.ask(ctx, l.URL)
		if ctx.Err() != nil {
			return // an answer that was broken off says nothing
		}
		before := l.State
		judge(&l, a, c.o.Now())
		results <- result{l, before, a.asked}
		if a.verdict != later {
			continue
		}
		for _, l := range h.links[i+1:] { // it asked to be left alone
			before := l.State
			judge(&l, answer{verdict: later, reason: a.reason, again: a.again}, c.o.Now())
			results <- result{l, before, false}
		}
		return
	}
}

// keep counts results and keeps them.
func (c *Checker) keep(ctx context.Context, results <-chan result, of int, r *Report) error {
	var batch []catalog.Link
	var failed error
	flush := func() {
		if failed == nil && len(batch) > 0 {
			// What was learnt is kept though the run is being stopped.
			failed = c.o.Catalog.SaveLinks(context.WithoutCancel(ctx), batch)
		}
		batch = batch[:0]
	}
	done := 0
	for it := range results {
		r.count(it)
		if batch = append(batch, it.link); len(batch) >= saved {
			flush()
		}
		done++
		c.o.Progress(done, of)
	}
	flush()
	r.Left += of - done
	if failed != nil {
		return failed
	}
	return ctx.Err()
}

func (r *Report) count(it result) {
	r.Checked++
	if it.asked {
		r.Asked++
	}
	is := it.link.State
	switch {
	case is == catalog.LinkBroken && it.before != is:
		r.Broken++
	case is == catalog.LinkOK && it.before == catalog.LinkBroken:
		r.Mended++
	}
	switch is {
	case catalog.LinkFailing:
		r.Failing++
	case catalog.LinkSkipped:
		r.Skipped++
	}
}
