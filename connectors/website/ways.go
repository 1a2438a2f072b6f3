package website

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"freshet/connectors"
	"freshet/connectors/website/address"
	"freshet/connectors/website/frontier"
)

// variantsKey is the note of how the site writes its addresses.
const variantsKey = "variants"

// ways is what a crawl has learnt of the site's addresses: how it writes them, and
// which of its places have no end.
type ways struct {
	variants address.Variants
	traps    *address.Traps
	contents map[string]bool // revisions of pages with parameters and of those without
}

// recall takes what earlier passes have learnt; a crawl that is resumed watches anew
// what it has found.
func (w *ways) recall(ctx context.Context, c *crawl, m connectors.Memory) error {
	text, err := m.Get(ctx, variantsKey)
	if err != nil {
		return fmt.Errorf("asking for the note of the site's addresses: %w", err)
	}
	w.variants = address.ParseVariants(text)
	w.contents = map[string]bool{}
	w.traps = address.NewTraps(c.began)
	for it, err := range c.frontier.All(ctx) {
		if err != nil {
			return err
		}
		w.watch(it.URL)
	}
	return nil
}

// watch counts an address that is let through whatever it is: one that is held, or
// was found before the crawl was interrupted. What is held of a trap is not added to
// with every pass.
func (w *ways) watch(id string) {
	if u, err := url.Parse(id); err == nil {
		w.traps.Check(u)
	}
}

// follow returns an address that was found as the site writes it; ok is false if it
// is one of a trap.
func (w *ways) follow(u *url.URL, f *frontier.Frontier) (id string, ok bool) {
	u = w.variants.Apply(u)
	id = u.String()
	if _, ok := f.Number(id); ok {
		return id, true
	}
	return id, w.traps.Check(u) == ""
}

// learn takes what a visit showed.
func (w *ways) learn(id string, v visited) {
	u, err := url.Parse(id)
	if err != nil {
		return
	}
	if v.redirect != nil && v.forGood {
		if to, err := url.Parse(v.redirect.URL); err == nil {
			w.variants.Learn(u, to)
			w.variants.Learn(to, to)
		}
	}
	if c, err := url.Parse(v.canonical); err == nil && v.canonical != "" && c.Host == u.Host {
		w.variants.Learn(u, c)
	}
	if up, ok := v.change.(connectors.Upsert); ok && len(w.contents) < address.MaxWatched {
		w.traps.Read(u, w.contents[up.Document.Revision])
		w.contents[up.Document.Revision] = true
	}
}

// tell keeps what was learnt for the next pass and names the traps to the owner.
func (w *ways) tell(c *crawl) error {
	if w.traps == nil {
		return nil // the crawl had come to its end before
	}
	if text := w.variants.String(); len(text) <= maxNote {
		c.session.pos.Memory().Set(variantsKey, text)
	}
	for i, caught := range w.traps.Caught() {
		if i == maxTrapNotices {
			break
		}
		if err := c.say(connectors.Notice{Code: "trap_" + string(caught.Trap), Text: caught.String()}); err != nil {
			return err
		}
	}
	if learnt := w.variants.Learnt(); len(learnt) > 0 {
		return c.say(connectors.Notice{Code: "addresses_learnt", Text: "The site's canonical links and redirects show how it writes addresses, and its links are followed in that form: " + strings.Join(learnt, "; ") + "."})
	}
	return nil
}

// maxTrapNotices is how many traps are named in a run.
const maxTrapNotices = 10
