package website

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"freshet/connectors"
)

// maxHops is how many redirects lead to one page.
const maxHops = 10

// Reasons that only websites give.
const (
	verdictRefused = "http_refused"  // 401, 403 and other answers of the 4xx kind
	verdictHops    = "redirect_loop" // redirects without end
)

// target is an address to visit.
type target struct {
	URL   string
	Depth int // how many links away from the start
	Hops  int // redirects that led here
	// Again: the page was visited and calls another one the original; that one has
	// been visited since.
	Again bool
	Round int  // how often it has come again
	Known bool // it was a document before this pass
	// Part is the page that holds it, if it is a file, and Text what the link said.
	Part, Text string
}

// visited is what one visit brought.
type visited struct {
	canonical string            // the address that the page calls its own, if it says so
	depth     int               // as the target's, or less if the page is remembered to be nearer
	change    connectors.Change // nil if there is nothing to say
	links     []string
	redirect  *target
	forGood   bool              // the redirect is permanent: the document is no longer at its address
	outside   string            // where a redirect off the site leads
	later     bool              // it was not asked for, and is to come once more at the end
	texts     map[string]string // of links
	undecided bool              // the page is a copy if the page that it calls the original is one
	lacking   bool              // the page's links are not known
	transport error             // no answer came; change is Unreadable with it
}

// visit asks for one page. An error ends the pull.
func (s *session) visit(ctx context.Context, t target) (visited, error) {
	q, err := s.prepare(ctx, t)
	if err != nil {
		return visited{}, err
	}
	if !q.forbidden && !q.settled && q.err == nil {
		q.resp, q.err = get(ctx, q.origin.client, t.URL, q.header)
	}
	return s.answered(ctx, q)
}

// question is a page to ask for.
type question struct {
	target    target
	u         *url.URL
	known     known
	origin    *origin
	forbidden bool // by robots.txt
	settled   bool // it was read in this pass, and its original turned out to be a document
	later     bool // it is to come once more at the end
	header    http.Header
	resp      *http.Response
	err       error // why there is no resp
}

// prepare looks up what is known of a page and whether it may be asked for.
func (s *session) prepare(ctx context.Context, t target) (*question, error) {
	q := &question{target: t, header: http.Header{}}
	var err error
	if q.u, err = url.Parse(t.URL); err != nil {
		return nil, fmt.Errorf("reading the address %.200q: %w", t.URL, err)
	}
	if q.known, err = s.recall(ctx, t.URL); err != nil {
		return nil, err
	}
	if q.origin, err = s.origin(ctx, q.u); err != nil {
		if ctx.Err() != nil || s.site.scope.site(q.u) {
			return nil, err
		}
		s.origins[q.u.Scheme+"://"+q.u.Host] = &origin{client: s.first, failed: err}
		q.err = err
		return q, nil
	}
	q.forbidden = !q.origin.rules.Allows(t.URL)
	q.known.usable = q.known.usable && !q.origin.liar && !s.suspected(t.URL, q.known.note)
	q.known.skipped = q.known.skipped && !q.origin.liar
	q.settled = t.Again && s.isCopy(q.known.note)
	if q.known.usable || q.known.skipped {
		q.known.note.conditional(q.header)
	}
	return q, nil
}

// answered says what came of a question.
func (s *session) answered(ctx context.Context, q *question) (visited, error) {
	t := q.target
	if t.Known {
		t.Depth = min(t.Depth, max(1, q.known.note.Depth))
	}
	v, err := s.answer(ctx, t, q)
	v.depth = t.Depth
	return v, err
}

func (s *session) answer(ctx context.Context, t target, q *question) (visited, error) {
	if q.forbidden {
		return visited{change: connectors.Skip{ID: t.URL, URI: t.URL, Reason: connectors.SkipRobots, Detail: "robots.txt forbids it"}}, nil
	}
	if q.settled {
		return skipAgain(t, q.known.note), nil
	}
	if q.err != nil {
		if stop := stops(ctx, q.err); stop != nil {
			return visited{}, stop
		}
		v := s.unread(t, q.known, plain(q.err))
		v.transport = fmt.Errorf("asking for %s: %w", t.URL, plain(q.err))
		return v, nil
	}
	defer q.resp.Body.Close()
	return s.respond(ctx, t, q.u, q.known, q.resp)
}

// known is what a position remembers of a page.
type known struct {
	note     note
	noted    bool
	revision string
	usable   bool  // the note's validators may be sent
	skipped  bool  // likewise, and the page is to be passed over again if it has not changed
	told     told  // what others say of the page
	on       claim // what another page says of it
}

func (s *session) recall(ctx context.Context, id string) (known, error) {
	k := known{told: s.told[id]}
	if s.pos == nil {
		return k, nil
	}
	var err error
	if k.revision, err = s.pos.Revision(ctx, id); err != nil {
		return k, fmt.Errorf("asking for the revision of %.200q: %w", id, err)
	}
	if k.note, k.noted, err = s.packer.recall(ctx, s.pos.Memory(), id); err != nil {
		return k, fmt.Errorf("asking for the note of %.200q: %w", id, err)
	}
	if k.on, err = s.claimOn(ctx, id); err != nil {
		return k, err
	}
	k.told = k.told.with(id, k.on)
	k.usable = k.noted && k.revision != "" && k.revision == k.note.Revision && !k.note.Heavy && markOf(k.revision) == k.told.mark()
	k.skipped, err = s.skippedBefore(ctx, k)
	return k, err
}

// respond judges an answer by its status.
func (s *session) respond(ctx context.Context, t target, u *url.URL, k known, resp *http.Response) (visited, error) {
	if to, ok := location(resp); ok {
		// The connection is given back first: the site may have to be asked again.
		if err := resp.Body.Close(); err != nil {
			return s.unread(t, k, plain(err)), nil
		}
		if v, ok, err := s.sentAway(ctx, t, u, to, k); ok || err != nil {
			return v, err
		}
		forGood := resp.StatusCode == http.StatusMovedPermanently || resp.StatusCode == http.StatusPermanentRedirect
		return s.redirected(t, k, to, forGood)
	}
	switch code := resp.StatusCode; {
	case code == http.StatusNotModified && k.skipped:
		return skipAgain(t, k.note), nil
	case code == http.StatusNotModified && k.usable:
		return s.unchanged(t, k)
	case code == http.StatusNotFound:
		return s.gone(t, k, connectors.EvidenceNotFound), nil
	case code == http.StatusGone:
		return s.gone(t, k, connectors.EvidenceGone), nil
	case code == http.StatusOK || code == http.StatusNonAuthoritativeInfo:
		return s.read(ctx, t, u, k, resp)
	case (code == http.StatusUnauthorized || code == http.StatusForbidden) && s.owned(k):
		return s.unread(t, k, &wall{accessRefused, "it answers " + resp.Status}), nil
	case code >= 300 && code < 400:
		return s.unread(t, k, &connectors.Verdict{Reason: verdictHops, Detail: "the site answers " + resp.Status + " and does not say where to"}), nil
	case code >= 400 && code < 500:
		return s.unread(t, k, &connectors.Verdict{Reason: verdictRefused, Detail: "the site answers " + resp.Status}), nil
	default:
		return s.unread(t, k, fmt.Errorf("the site answers %s", resp.Status)), nil
	}
}

func (s *session) gone(t target, k known, e connectors.Evidence) visited {
	if s.pos != nil && k.noted {
		forget(s.pos.Memory(), t.URL, k.note)
	}
	return visited{change: connectors.Delete{ID: t.URL, Evidence: e}}
}

// unread says that a page could not be read. Its links are those of the last time.
func (s *session) unread(t target, k known, err error) visited {
	return visited{
		change: connectors.Unreadable{ID: t.URL, URI: t.URL, Err: err},
		links:  k.note.links, lacking: k.note.Heavy,
	}
}

func (s *session) read(ctx context.Context, t target, u *url.URL, k known, resp *http.Response) (visited, error) {
	c, err := load(resp)
	if err != nil {
		if stop := stops(ctx, err); stop != nil {
			return visited{}, stop
		}
		return s.unread(t, k, err), nil
	}
	if c.html && !s.site.scope.site(u) {
		return s.pageAmongFiles(t, k), nil
	}
	if !c.html {
		c.revision += k.told.mark()
		return s.file(t, k, c, resp)
	}
	p, err := parsePage(c.text, u, resp.Header, s.site.ids, s.site.product)
	if err != nil {
		return s.unread(t, k, &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: err.Error()}), nil
	}
	if s.look != nil {
		s.look(u, p, c)
	}
	c.revision = revisionOf(p)
	header := resp.Header
	if s.site.renders(p) {
		header = withoutValidators(header)
		shown, asShown, v, ok, err := s.inBrowser(ctx, t, u, k, p, header)
		if !ok || err != nil {
			return v, err
		}
		c, p = shown, asShown
	}
	if v, ok, err := s.instead(ctx, t, u, k, p); ok || err != nil {
		return v, err
	}
	if t.Depth == 0 {
		s.rememberFeeds(p.feeds)
	}
	if err := s.tell(ctx, t.URL, p, k.on); err != nil {
		return visited{}, err
	}
	if p.group != "" {
		k.told = s.told[t.URL] // it speaks for itself
	}
	c.revision += k.told.mark()
	p = k.told.complete(p)
	v := visited{links: p.links, texts: p.texts, canonical: p.canonical}
	if s.site.elsewhere(p.canonical, u) {
		v.links = append([]string{p.canonical}, v.links...)
	}
	switch reason, detail := s.judge(t, u, p, c); reason {
	case "":
		v.change = s.document(t.URL, c, p)
	case undecided:
		v.undecided = true
		return v, s.waits(t, k, p.canonical, resp.Header, &v)
	default:
		v.change = connectors.Skip{ID: t.URL, URI: t.URL, Reason: reason, Detail: detail}
	}
	return v, s.conclude(t, k, c, header, &v)
}

// undecided stands for SkipCanonical until the original was visited.
const undecided connectors.SkipReason = "?"

// judge returns why a page is not a document; "" if it is.
func (s *session) judge(t target, u *url.URL, p page, c content) (reason connectors.SkipReason, detail string) {
	switch {
	case p.noindex:
		return connectors.SkipNoIndex, "the page asks not to be indexed"
	case s.site.scope.outside(u) != "":
		return connectors.SkipExcluded, s.site.scope.outside(u)
	case len(bytes.TrimSpace(c.text)) == 0:
		return connectors.SkipEmpty, "the page has no content"
	case !s.site.elsewhere(p.canonical, u):
		return "", ""
	case s.found == nil || s.found(p.canonical) || !s.site.InScope(p.canonical):
		return connectors.SkipCanonical, p.canonical
	case t.Again && (s.pending == nil || !s.pending(p.canonical, t.Round)):
		// The original is no document: it redirects back, is missing or forbidden.
		return "", ""
	}
	return undecided, ""
}

// elsewhere reports whether a page's canonical address names another address. One
// that goes back from https to http does not, as sites behind a proxy write it, nor
// does the start of the site: where every page names it, it is a mistake of the
// site's template.
func (s *Site) elsewhere(canonical string, u *url.URL) bool {
	if canonical == "" || canonical == u.String() {
		return false
	}
	if u.Scheme == "https" && strings.HasPrefix(canonical, "http:") && sameButSlash(canonical, u.String()) {
		return false
	}
	c, err := url.Parse(canonical)
	if err != nil || c.Path == "/" && c.RawQuery == "" {
		return false
	}
	for _, start := range s.starts {
		if sameButSlash(canonical, start.String()) {
			return false
		}
	}
	return true
}

func sameButSlash(a, b string) bool {
	bare := func(s string) string {
		_, s, _ = strings.Cut(s, "://")
		return strings.TrimSuffix(s, "/")
	}
	return bare(a) == bare(b)
}

// conclude turns an unchanged document into Same and keeps the page's note.
func (s *session) conclude(t target, k known, c content, h http.Header, v *visited) error {
	if s.pos == nil {
		return nil
	}
	n := note{links: v.links, Depth: t.Depth, Read: s.today()}
	if _, ok := v.change.(connectors.Upsert); ok {
		n.Revision, n.ETag, n.Modified = c.revision, h.Get("ETag"), h.Get("Last-Modified")
		if !c.html {
			n.File, n.Part, n.Title = c.mediaType, t.Part, titleOfFile(t, k, c.mediaType)
		}
		s.mistrust(t.URL, k, n)
		if k.revision == c.revision && n.Part == k.note.Part && n.Title == k.note.Title {
			v.change = connectors.Same{ID: t.URL}
		}
	}
	if skip, ok := v.change.(connectors.Skip); ok {
		n.ETag, n.Modified = h.Get("ETag"), h.Get("Last-Modified")
		s.skipped(&n, skip.Reason, skip.Detail)
	}
	return s.packer.remember(s.pos.Memory(), t.URL, n, k.note)
}

// unchanged says of a page that it has not changed, and keeps its note.
func (s *session) unchanged(t target, k known) (visited, error) {
	v := visited{change: connectors.Same{ID: t.URL}, links: k.note.links}
	n := k.note
	n.Depth, n.Away = t.Depth, 0
	if n.File != "" {
		n.Part, n.Title = t.Part, titleOfFile(t, k, n.File)
		if n.Part != k.note.Part || n.Title != k.note.Title {
			v.change = s.fileAgain(t, k, n)
		}
	}
	if n.equal(k.note) {
		return v, nil
	}
	return v, s.packer.remember(s.pos.Memory(), t.URL, n, k.note)
}
