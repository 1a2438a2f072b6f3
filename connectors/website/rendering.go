package website

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"freshet/connectors"
	"freshet/connectors/website/judge"
)

// The values of the setting render.
const (
	renderNever  = "never"
	renderNeeded = "when_needed"
)

// defaultRenderPages is how many pages one run has a browser show: at two seconds each,
// about twenty minutes.
const defaultRenderPages = 500

// renderedWords is how many words more than the page as sent a rendered page must have:
// "Loading, please wait" is no content.
const renderedWords = 12

// renderFault is the fault of a page that a browser could not show whole.
type renderFault struct {
	reason string // render_failed or render_incomplete
	err    error
}

func (r *renderFault) Error() string { return r.err.Error() }
func (r *renderFault) Unwrap() error { return r.err }

// FaultReason is the word that runs count it by.
func (r *renderFault) FaultReason() string { return r.reason }

func checkRender(v any) error {
	if text, _ := v.(string); text != renderNever && text != renderNeeded {
		return fmt.Errorf("must be %s or %s", renderNever, renderNeeded)
	}
	return nil
}

// mayRender reads the setting render; an error says that there is no browser for it.
func mayRender(env connectors.Env, setting string) (bool, error) {
	if setting != renderNeeded {
		return false, nil
	}
	if env.Render == nil {
		return false, errors.New(`render is "when_needed", but no browser is configured; name a Chromium or Chrome at the top of the configuration file, as render: {chrome: /usr/bin/chromium}, or set render to "never"`)
	}
	return true, nil
}

// renders reports whether a page is to be shown in a browser. One that asks not to be
// indexed is not worth it.
func (s *Site) renders(p page) bool {
	return s.rendering && p.opinion.Kind == judge.NeedsBrowser && !p.noindex
}

// inBrowser has a browser put a page together. Either v is what there is to say of it,
// and ok is false, or c and p are the page as the browser shows it. An error ends the
// pull.
func (s *session) inBrowser(ctx context.Context, t target, u *url.URL, k known, shell page, header http.Header) (c content, p page, v visited, ok bool, err error) {
	out, err := s.render(ctx, t.URL, u)
	if err != nil {
		if stop := stops(ctx, err); stop != nil {
			return c, p, v, false, stop
		}
		if verdict := connectors.AsVerdict(err); verdict == nil {
			err = &renderFault{"render_failed", err}
		}
		return c, p, s.unread(t, k, err), false, nil
	}
	if v, moved, err := s.endedElsewhere(ctx, t, u, k, out); moved || err != nil {
		return c, p, v, false, err
	}
	if p, err = parsePage([]byte(out.HTML), u, header, s.site.ids, s.site.product); err != nil {
		return c, p, s.unread(t, k, &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: err.Error()}), false, nil
	}
	c = content{text: []byte(out.HTML), revision: revisionOfRendered(p), mediaType: "text/html; charset=utf-8", html: true}
	bare := p.opinion.Kind == judge.Content && words(p.doc) < words(shell.doc)+renderedWords
	switch {
	case bare || p.opinion.Kind == judge.NeedsBrowser || p.opinion.Kind == judge.Empty:
		return c, p, s.unread(t, k, stillBare(shell.opinion, out)), false, nil
	case out.Incomplete != "" && s.owned(k) && k.revision != c.revision+k.told.mark():
		why := fmt.Errorf("a browser could not show the page whole: %s", out.Incomplete)
		return c, p, s.unread(t, k, &renderFault{"render_incomplete", why}), false, nil
	}
	return c, p, visited{}, true, nil
}

// stillBare is what is said of a page that holds nothing in a browser either: a fault
// if something failed in it, which may be better the next time.
func stillBare(shell judge.Opinion, out connectors.Rendered) error {
	why := shell.Why + "; a browser was used and showed no text either"
	if out.Refused != "" {
		why += ": " + out.Refused
	}
	if out.Incomplete != "" {
		return &renderFault{"render_incomplete", fmt.Errorf("%s: %s", why, out.Incomplete)}
	}
	return &connectors.Verdict{Reason: string(judge.NeedsBrowser), Detail: why}
}

// endedElsewhere returns what is to be said of a page whose program led the browser to
// another address, or to an answer that is none; ok is false if it stayed.
func (s *session) endedElsewhere(ctx context.Context, t target, u *url.URL, k known, out connectors.Rendered) (v visited, ok bool, err error) {
	to, err := url.Parse(out.URL)
	if err != nil {
		return s.unread(t, k, &renderFault{"render_failed", fmt.Errorf("reading the address %.200q to which the page led a browser: %w", out.URL, err)}), true, nil
	}
	if next, err := s.site.ids.Normal(to); err != nil || next.String() != t.URL {
		if v, ok, err := s.sentAway(ctx, t, u, to, k); ok || err != nil {
			return v, ok, err
		}
		v, err := s.redirected(t, k, to, false)
		return v, true, err
	}
	switch {
	case out.Status == http.StatusNotFound:
		return s.gone(t, k, connectors.EvidenceNotFound), true, nil
	case out.Status >= 400:
		return s.unread(t, k, &renderFault{"render_failed", fmt.Errorf("the site answers a browser with %d", out.Status)}), true, nil
	}
	return visited{}, false, nil
}

// render shows a page in the browser and counts it.
func (s *session) render(ctx context.Context, id string, u *url.URL) (connectors.Rendered, error) {
	o, err := s.origin(ctx, u)
	if err != nil {
		return connectors.Rendered{}, err
	}
	rules := o.rules
	s.rendered.Add(1)
	out, err := s.site.env.Render(ctx, id, connectors.RenderOptions{HTTP: s.site.options, Allow: func(at *url.URL) error {
		if at.Scheme == u.Scheme && at.Host == u.Host && !rules.Allows(at.String()) {
			return errors.New("robots.txt forbids it")
		}
		return nil
	}})
	s.received.Add(out.Bytes)
	return out, err
}

// openInBrowser returns a page's text as a browser shows it, if it needs one.
func (s *session) openInBrowser(ctx context.Context, id string, text []byte, header http.Header) ([]byte, error) {
	u, err := url.Parse(id)
	if err != nil {
		return nil, fmt.Errorf("reading the address %.200q: %w", id, err)
	}
	p, err := parsePage(text, u, header, s.site.ids, s.site.product)
	if err != nil || !s.site.renders(p) {
		return text, err
	}
	out, err := s.render(ctx, id, u)
	if err != nil {
		return nil, err
	}
	return []byte(out.HTML), nil
}

// withoutValidators is what of the headers of a page as sent holds for it as shown:
// that the frame of a program has not changed says nothing of what the program shows.
func withoutValidators(h http.Header) http.Header {
	out := h.Clone()
	out.Del("ETag")
	out.Del("Last-Modified")
	return out
}

// revisionOfRendered identifies what a page shows: its words, links and metadata.
// Programs number and name elements anew each time.
func revisionOfRendered(p page) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00%s\x00", p.locale, p.canonical, p.group, strings.Join(strings.Fields(p.doc.Text()), " "))
	fmt.Fprint(h, strings.Join(p.links, "\n"))
	return "b" + hex.EncodeToString(h.Sum(nil)[:16])
}

// words counts the words of a page's body.
func words(doc *goquery.Document) int {
	body := doc.Find("body").Clone()
	body.Find("script, style, noscript, template").Remove()
	return len(strings.Fields(body.Text()))
}
