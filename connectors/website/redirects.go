package website

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"freshet/connectors"
	"freshet/connectors/website/frontier"
)

// conclude says what a visit brought, and what follows from it for the pages that
// redirect to it for good.
func (c *crawl) conclude(ctx context.Context, it frontier.Item, v visited) error {
	if v.redirect != nil {
		if err := c.redirected(ctx, it, v); err != nil {
			return err
		}
	}
	if v.change == nil {
		return nil
	}
	olds, err := c.waiting(ctx, it.N)
	if err != nil {
		return err
	}
	up, isNew := v.change.(connectors.Upsert)
	if isNew && len(olds) > 0 && !it.Known {
		up.From = olds[0]
		v.change, olds = up, olds[1:]
	}
	if err := c.say(v.change); err != nil {
		return err
	}
	for _, old := range olds {
		if err := c.say(outcomeOfOld(old, it.URL, v.change)); err != nil {
			return err
		}
	}
	c.frontier.Settled(it.N)
	return nil
}

// redirected puts the target of a redirect into the frontier. What is held under the
// old address, and whatever redirected there before, waits for what is found at the
// new one, if the redirect is for good.
func (c *crawl) redirected(ctx context.Context, it frontier.Item, v visited) error {
	to, _ := c.frontier.AddLinked(v.redirect.URL, v.redirect.Depth, v.redirect.Hops, it.Parent, it.Text)
	if to < 0 {
		return nil
	}
	olds := slices.Clone(c.frontier.Waiting(it.N))
	c.frontier.Settled(it.N)
	if it.Known && v.forGood {
		olds = append(olds, it.N)
	}
	if c.frontier.Visited(to) && c.frontier.IsDocument(v.redirect.URL) {
		return c.gone(ctx, olds)
	}
	for _, n := range olds {
		c.frontier.Moved(n, to)
	}
	if len(olds) > 0 && c.frontier.Visited(to) {
		c.frontier.Again(to) // its outcome decides
	}
	return nil
}

// gone says that pages have moved to one that is a document of its own.
func (c *crawl) gone(ctx context.Context, olds []int) error {
	for _, n := range olds {
		it, err := c.frontier.Item(ctx, n)
		if err != nil {
			return err
		}
		if err := c.say(connectors.Delete{ID: it.URL, Evidence: connectors.EvidenceGone}); err != nil {
			return err
		}
	}
	return nil
}

// waiting returns the addresses that redirect to an item for good.
func (c *crawl) waiting(ctx context.Context, n int) ([]string, error) {
	var out []string
	for _, old := range c.frontier.Waiting(n) {
		it, err := c.frontier.Item(ctx, old)
		if err != nil {
			return nil, err
		}
		out = append(out, it.URL)
	}
	return out, nil
}

// outcomeOfOld says what becomes of a page that redirects for good to another, of
// which change was said.
func outcomeOfOld(old, target string, change connectors.Change) connectors.Change {
	switch v := change.(type) {
	case connectors.Unreadable:
		return connectors.Unreadable{ID: old, URI: old, Err: fmt.Errorf("it redirects to %s: %w", target, v.Err)}
	case connectors.Delete:
		return connectors.Delete{ID: old, Evidence: v.Evidence}
	case connectors.Skip:
		return connectors.Skip{ID: old, URI: old, Reason: v.Reason, Detail: fmt.Sprintf("it redirects to %s: %s", target, v.Detail)}
	}
	return connectors.Delete{ID: old, Evidence: connectors.EvidenceGone}
}

// fetch says how one page stands. A page that moved for good is gone if there is a
// document where it moved to; otherwise it stands as its target does.
func (s *session) fetch(ctx context.Context, id string) (connectors.Change, error) {
	t := target{URL: id, Depth: 1, Again: true}
	for {
		v, err := s.visit(ctx, t)
		if err := errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		switch {
		case v.transport != nil:
			return nil, v.transport
		case v.redirect != nil && !v.forGood && t.URL == id:
			return s.away(t, known{}, v.redirect.URL, connectors.Skip{})
		case v.redirect != nil:
			t = *v.redirect
			t.Again = true
		case t.URL == id:
			return v.change, nil
		case v.change == nil:
			return connectors.Skip{ID: id, URI: id, Reason: connectors.SkipExcluded, Detail: "it redirects to " + t.URL}, nil
		default:
			return outcomeOfOld(id, t.URL, v.change), nil
		}
	}
}

// awayFor is how long the copy of a page is kept that redirects "for now" (302, 303,
// 307): doors and maintenance pages are over by then.
const awayFor = 7 * 24 * time.Hour

// verdictAway is the verdict on such a page.
const verdictAway = "redirects_for_now"

// redirected follows a redirect within the site. Nothing is said of a page that
// moved for good: its document comes from the new address, and who asks for it by
// Fetch learns that it is gone.
func (s *session) redirected(t target, k known, to *url.URL, forGood bool) (visited, error) {
	next, err := s.site.ids.Normal(to)
	switch {
	case err != nil:
		return s.unread(t, k, &connectors.Verdict{Reason: verdictHops, Detail: fmt.Sprintf("it redirects to %.200q: %v", to, err)}), nil
	case next.String() == t.URL || t.Hops >= maxHops:
		return s.unread(t, k, &connectors.Verdict{Reason: verdictHops, Detail: "it redirects without end"}), nil
	}
	if why := s.site.scope.outside(next); why != "" && !s.site.scope.file(next) && !(t.Depth == 0 && s.site.scope.site(next)) {
		skip := connectors.Skip{ID: t.URL, URI: t.URL, Reason: connectors.SkipExcluded, Detail: fmt.Sprintf("it redirects to %s, and %s", next, why)}
		if forGood {
			return visited{change: skip, outside: next.String()}, nil
		}
		v := visited{outside: next.String(), links: k.note.links}
		v.change, err = s.away(t, k, next.String(), skip)
		return v, err
	}
	v := visited{redirect: &target{URL: next.String(), Depth: t.Depth, Hops: t.Hops + 1}, forGood: forGood}
	if forGood || !t.Known && k.revision == "" {
		return v, nil
	}
	v.links = k.note.links
	v.change, err = s.away(t, k, next.String(), connectors.Skip{ID: t.URL, URI: t.URL, Reason: connectors.SkipCanonical, Detail: "it redirects to " + next.String()})
	return v, err
}

// away says of a page that redirects for now that it cannot be read, if it is held;
// after a while it says after.
func (s *session) away(t target, k known, to string, after connectors.Skip) (connectors.Change, error) {
	why := &connectors.Verdict{Reason: verdictAway, Detail: "it redirects for now to " + to}
	kept := connectors.Unreadable{ID: t.URL, URI: t.URL, Err: why}
	switch {
	case t.Depth == 0:
		return after, nil
	case s.pos == nil:
		return kept, nil // only a pass knows since when
	case !t.Known || k.note.Revision == "":
		return after, nil
	}
	now := s.site.env.Now()
	n := k.note
	if n.Away == 0 {
		n.Away = now.Unix()
	}
	if now.Sub(time.Unix(n.Away, 0)) > awayFor {
		return after, nil
	}
	return kept, s.packer.remember(s.pos.Memory(), t.URL, n, k.note)
}
