package website

import (
	"context"
	"fmt"
	"net/http"

	"freshet/connectors"
)

// skipFresh is for how many days a page that was passed over is asked for only if it
// changed. Then it is read again whole: a site can take back what its headers forbade
// without giving the page new validators.
const skipFresh = 7

// skipped notes why a page was passed over, where the page itself says so. A copy's
// original is what it names.
func (s *session) skipped(n *note, reason connectors.SkipReason, detail string) {
	if reason == connectors.SkipNoIndex || reason == connectors.SkipCanonical {
		n.Skip, n.Why, n.For = reason, detail, s.site.product
	}
}

// holds reports whether a page was passed over lately for a reason that holds for
// this crawler.
func (s *session) holds(n note, reason connectors.SkipReason) bool {
	return n.Skip == reason && n.For == s.site.product && s.today()-n.Read <= skipFresh
}

// isCopy reports whether a page that was read in this pass turned out to be a copy of
// a document.
func (s *session) isCopy(n note) bool {
	return s.holds(n, connectors.SkipCanonical) && s.found != nil && s.found(n.Why)
}

// skippedBefore reports whether a page, if it has not changed since, is to be passed
// over as it was. A copy is one while its original is a document or was one in the
// pass before.
func (s *session) skippedBefore(ctx context.Context, k known) (bool, error) {
	switch {
	case !k.noted || k.note.Heavy:
		return false, nil
	case s.holds(k.note, connectors.SkipNoIndex) || s.isCopy(k.note):
		return true, nil
	case !s.holds(k.note, connectors.SkipCanonical):
		return false, nil
	}
	original, err := s.pos.Revision(ctx, k.note.Why)
	if err != nil {
		return false, fmt.Errorf("asking for the revision of %.200q: %w", k.note.Why, err)
	}
	return original != "", nil
}

// skipAgain passes a page over for the reason noted.
func skipAgain(t target, n note) visited {
	return visited{change: connectors.Skip{ID: t.URL, URI: t.URL, Reason: n.Skip, Detail: n.Why}, links: n.links}
}

// waits notes a copy whose original is still to be visited, so that it need not be
// read again when that turns out to be a document.
func (s *session) waits(t target, k known, original string, h http.Header, v *visited) error {
	if s.pos == nil {
		return nil
	}
	n := note{links: v.links, Depth: t.Depth, Read: s.today(), ETag: h.Get("ETag"), Modified: h.Get("Last-Modified")}
	s.skipped(&n, connectors.SkipCanonical, original)
	return s.packer.remember(s.pos.Memory(), t.URL, n, k.note)
}
