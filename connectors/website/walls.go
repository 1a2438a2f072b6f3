package website

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"freshet/connectors"
	"freshet/connectors/website/judge"
)

// wall is the fault of a page that something else stands in front of: a login, a
// request for consent, a notice of maintenance.
type wall struct {
	kind judge.Kind
	why  string
}

func (w *wall) Error() string {
	return map[judge.Kind]string{
		judge.Login:       "the site asks for a login here",
		judge.Consent:     "the site asks for consent to cookies here",
		judge.Maintenance: "the site is under maintenance",
		accessRefused:     "the site refuses access",
	}[w.kind] + ": " + w.why
}

// FaultReason is the word that runs count it by.
func (w *wall) FaultReason() string { return string(w.kind) }

// accessRefused is the wall of a status 401 or 403 where a page was read before.
const accessRefused judge.Kind = "access_refused"

// owned reports whether the page was content when it was last read. Revision alone
// does not say so: it is withheld while a page cannot be read.
func (s *session) owned(k known) bool {
	return s.pos == nil || k.revision != "" || k.noted && (k.note.Revision != "" || k.note.Heavy)
}

// instead returns what is to be said of a page that is no content of its own; ok is
// false if it is content.
func (s *session) instead(ctx context.Context, t target, u *url.URL, k known, p page) (v visited, ok bool, err error) {
	o := p.opinion
	if o.Kind == judge.Content || o.Kind == judge.Empty {
		absence, err := s.absence(ctx, u)
		if err != nil {
			return visited{}, false, err
		}
		if u.Path != "/" && absence.Is(s.site.sampler.Sample(p.doc, u)) {
			o = judge.Opinion{Kind: judge.NotFound}
		}
	}
	// A login page asks not to be indexed, too: that is no wish about the page itself.
	switch bare := o.Kind == judge.Empty || o.Kind == judge.NeedsBrowser; {
	case o.Kind == judge.Content, bare && p.noindex:
		return visited{}, false, nil
	}
	switch o.Kind {
	case judge.NotFound:
		return s.gone(t, k, connectors.EvidenceNotFound), true, nil
	case judge.NeedsBrowser:
		return s.unread(t, k, &connectors.Verdict{Reason: string(o.Kind), Detail: o.Why}), true, nil
	case judge.Empty:
		if s.owned(k) {
			return s.unread(t, k, &connectors.Verdict{Reason: connectors.VerdictEmpty, Detail: o.Why}), true, nil
		}
		v = visited{links: p.links, change: connectors.Skip{ID: t.URL, URI: t.URL, Reason: connectors.SkipEmpty, Detail: o.Why}}
		return v, true, nil
	}
	return s.walled(t, k, &wall{o.Kind, o.Why}), true, nil
}

// walled says that something stands in front of a page. What was content before is a
// fault, so that its old copy stays; a site's login page itself is merely not content.
func (s *session) walled(t target, k known, w *wall) visited {
	if s.owned(k) || t.Depth == 0 || w.kind == judge.Maintenance {
		return s.unread(t, k, w)
	}
	return visited{change: connectors.Skip{ID: t.URL, URI: t.URL, Reason: connectors.SkipReason(w.kind), Detail: w.why}}
}

// sentAway returns what is to be said of a page that redirects to a login, to a
// request for consent, or to where the site sends whoever asks for nothing that is
// there; ok is false for other redirects.
func (s *session) sentAway(ctx context.Context, t target, u, to *url.URL, k known) (v visited, ok bool, err error) {
	switch {
	case judge.LoginAddress(to) && !judge.LoginAddress(u):
		return s.walled(t, k, &wall{judge.Login, "it redirects to " + to.Host + to.Path}), true, nil
	case judge.ConsentAddress(to) && !judge.ConsentAddress(u):
		return s.walled(t, k, &wall{judge.Consent, "it redirects to " + to.Host + to.Path}), true, nil
	case t.Depth == 0 || u.Path == "/":
		return visited{}, false, nil
	}
	absence, err := s.absence(ctx, u)
	if err != nil || !absence.Redirects[to.String()] {
		return visited{}, false, err
	}
	return s.gone(t, k, connectors.EvidenceNotFound), true, nil
}

// absence learns how the site at u answers for addresses that do not exist, by asking
// for two, once for each pull. An error ends the pull.
func (s *session) absence(ctx context.Context, u *url.URL) (*judge.Absence, error) {
	o, err := s.origin(ctx, u)
	if err != nil {
		return nil, err
	}
	if o.absence != nil {
		return o.absence, nil
	}
	name := u.Scheme + "://" + u.Host
	if known, ok := s.site.recallAbsence(name, s.pos == nil); ok {
		o.absence = known
		return known, nil
	}
	learnt := &judge.Absence{}
	for i, dir := range s.site.probed(u) {
		token := probeToken(name, s.site.env.Now().UTC().Format("2006-01-02"), i)
		if err := s.probe(ctx, o, learnt, name+dir+token, token); err != nil {
			return nil, err
		}
	}
	o.absence = learnt
	s.site.keepAbsence(name, learnt)
	return learnt, nil
}

// probed returns the directories in which addresses that do not exist are asked for:
// sites often answer differently below the start than at the top.
func (s *Site) probed(u *url.URL) []string {
	dir := "/"
	for _, start := range s.starts {
		if start.Host == u.Host {
			p := start.EscapedPath()
			dir = p[:strings.LastIndexByte(p, '/')+1]
		}
	}
	return []string{dir, dir}
}

// probeToken names a page that nobody has made, the same all day, so that a cache at
// the site is asked for it once. Its name tells whoever reads the site's log who asks.
func probeToken(origin, day string, i int) string {
	h := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", origin, day, i))
	return probePrefix + hex.EncodeToString(h[:8])
}

const probePrefix = "freshet-asks-for-a-page-that-is-not-there-"

// probe asks for one address that does not exist. A site that says so by its status,
// or cannot be asked, teaches nothing.
func (s *session) probe(ctx context.Context, o *origin, learn *judge.Absence, at, token string) error {
	for range maxHops {
		if s.site.respectRobots && !o.rules.Allows(at) {
			return nil
		}
		resp, err := get(ctx, o.client, at, nil)
		if err != nil {
			return stops(ctx, err)
		}
		to, redirected := location(resp)
		if redirected {
			// Where the address goes on with it (a language, a slash), the end counts.
			next, err := s.site.ids.Normal(to)
			if err := resp.Body.Close(); err != nil {
				return stops(ctx, err)
			}
			if err != nil || next.String() == at {
				return nil
			}
			if !strings.Contains(next.String(), token) || !s.site.scope.site(next) {
				learn.LearnRedirect(next.String())
				return nil
			}
			at = next.String()
			continue
		}
		return s.learn(ctx, learn, resp)
	}
	return nil
}

func (s *session) learn(ctx context.Context, learn *judge.Absence, resp *http.Response) error {
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil
	}
	c, err := load(resp)
	if err != nil {
		return stops(ctx, err)
	}
	if !c.html {
		return nil
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(c.text)))
	if err == nil {
		learn.Learn(s.site.sampler.Sample(doc, resp.Request.URL))
	}
	return nil
}
