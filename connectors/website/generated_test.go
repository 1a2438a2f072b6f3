package website

import (
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/connectors/fetch"
	"freshet/connectors/website/sitetest"
)

// generated is a generated site with what a crawler that is allowed one page every
// two seconds makes of it.
type generated struct {
	*sitetest.Site
	source connectors.Source
	pos    *connectortest.Position
}

func newGenerated(t testing.TB, o sitetest.Options, more map[string]any) *generated {
	t.Helper()
	s, err := sitetest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	raw := map[string]any{"start": s.URL + "/", "allow_private": "127.0.0.0/8", "allow_ports": fmt.Sprint(s.Port()), "max_pages": 2*o.Pages + 2000}
	maps.Copy(raw, more)
	settings, err := Kind().Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	client := fetch.New(fetch.Options{Contact: "https://example.org/bot", Lookup: s.Lookup, RootCAs: s.Roots(),
		Now: s.Clock.Now, Sleep: s.Clock.Sleep, Jitter: func() float64 { return 0.5 }})
	source, err := Kind().New(connectors.Env{HTTP: client, Now: s.Clock.Now}, settings)
	if err != nil {
		t.Fatal(err)
	}
	return &generated{Site: s, source: source, pos: connectortest.NewPosition(connectors.Full)}
}

// found is what one pass said, by ID.
type found struct {
	docs    map[string]connectors.Document
	from    map[string]string
	text    map[string]string
	same    map[string]bool
	skips   map[string]connectors.Skip
	bad     map[string]error
	deleted map[string]connectors.Evidence
	notices []connectors.Notice
}

// pass crawls the whole site.
func (g *generated) pass(t testing.TB) found {
	t.Helper()
	g.NewPass()
	f := found{map[string]connectors.Document{}, map[string]string{}, map[string]string{}, map[string]bool{}, map[string]connectors.Skip{},
		map[string]error{}, map[string]connectors.Evidence{}, nil}
	done := false
	for c, err := range g.source.Pull(t.Context(), g.pos) {
		if err != nil {
			t.Fatalf("the pass failed: %v", err)
		}
		g.pos.Take(c)
		switch c := c.(type) {
		case connectors.Upsert:
			f.docs[c.Document.ID], f.from[c.Document.ID] = *c.Document, c.From
			f.text[c.Document.ID] = contentOf(t, c.Document)
		case connectors.Same:
			f.same[c.ID] = true
		case connectors.Skip:
			f.skips[c.ID] = c
		case connectors.Unreadable:
			f.bad[c.ID] = c.Err
		case connectors.Delete:
			f.deleted[c.ID] = c.Evidence
		case connectors.Notice:
			f.notices = append(f.notices, c)
		case connectors.PassDone:
			done = true
		}
	}
	if !done {
		t.Error("the pass did not come to its end")
	}
	return f
}

func contentOf(t testing.TB, d *connectors.Document) string {
	t.Helper()
	r, err := d.Open(t.Context())
	if err != nil {
		t.Fatalf("opening %s: %v", d.ID, err)
	}
	b, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatalf("reading %s: %v", d.ID, err)
	}
	return string(b)
}

// complaints are what is wrong about one oddity, in sentences.
type complaints map[string][]string

func (c complaints) add(family, format string, args ...any) {
	c[family] = append(c[family], fmt.Sprintf(format, args...))
}

var markup = regexp.MustCompile(`<[^>]*>`)

// plainText is what a browser would show of a page, roughly: enough to find sentences.
func plainText(content string) string {
	return html.UnescapeString(markup.ReplaceAllString(content, "\n"))
}

// compare holds what a first pass said against the truth.
func (f found) compare(g *generated) complaints {
	out := complaints{}
	truth := g.Truth()
	groups := map[string]map[string]bool{}
	either := map[string]int{}
	for id, want := range truth {
		d, held := f.docs[id]
		switch want.Is {
		case sitetest.Document:
			if !held {
				out.add(want.Family, "%s is not a document%s", id, f.instead(id))
				continue
			}
			f.compareDocument(out, d, want)
			if want.Group != "" {
				if groups[want.Group] == nil {
					groups[want.Group] = map[string]bool{}
				}
				groups[want.Group][d.TranslationGroup] = true
			} else if d.TranslationGroup != "" {
				out.add(want.Family, "%s stands alone and is put into the group %s", id, d.TranslationGroup)
			}
		case sitetest.Either:
			if held {
				either[want.OneOf]++
				f.compareDocument(out, d, want)
			} else {
				either[want.OneOf] += 0
			}
		default:
			if held {
				out.add(want.Family, "%s is a document and should be %s", id, want.Is)
			} else if why := f.misjudged(id, want); why != "" {
				out.add(want.Family, "%s: %s", id, why)
			}
		}
	}
	for group, names := range groups {
		if len(names) != 1 || names[""] {
			out.add("translations", "%s has the names %q", group, slices.Sorted(maps.Keys(names)))
		}
	}
	for name, n := range either {
		if n == 0 {
			out.add("duplicates", "none of %s is a document", name)
		}
	}
	f.compareOthers(out, g, truth)
	return out
}

// instead says what was said of an address that should have been a document.
func (f found) instead(id string) string {
	if s, ok := f.skips[id]; ok {
		return fmt.Sprintf(": skipped as %s, %s", s.Reason, s.Detail)
	}
	if err, ok := f.bad[id]; ok {
		return fmt.Sprintf(": unreadable, %v", err)
	}
	if e, ok := f.deleted[id]; ok {
		return fmt.Sprintf(": deleted, %s", e)
	}
	return ": nothing was said of it"
}

func (f found) compareDocument(out complaints, d connectors.Document, want sitetest.Expect) {
	if want.Locale != "*" && d.Locale != want.Locale {
		out.add(want.Family, "%s has the locale %q and should have %q", d.ID, d.Locale, want.Locale)
	}
	if d.PartOf != want.PartOf {
		out.add(want.Family, "%s is part of %q and should be of %q", d.ID, d.PartOf, want.PartOf)
	}
	if d.MediaType == "application/pdf" {
		return
	}
	text := plainText(f.text[d.ID])
	for _, piece := range want.Text {
		if !strings.Contains(text, piece) {
			out.add(want.Family, "%s does not hold %q", d.ID, piece)
			return
		}
	}
}

// misjudged says what is wrong about what was said of an address that is no document.
func (f found) misjudged(id string, want sitetest.Expect) string {
	var got string
	if s, ok := f.skips[id]; ok {
		got = string(s.Reason)
	} else if v := connectors.AsVerdict(f.bad[id]); v != nil {
		got = v.Reason
	} else if f.bad[id] != nil {
		got = "fault"
	}
	switch {
	case want.Is == sitetest.Fault && got != "fault":
		return fmt.Sprintf("it cannot be read, and %q was said", got)
	case (want.Is == sitetest.Skipped || want.Is == sitetest.Refused) && !slices.Contains(want.Reasons, got):
		return fmt.Sprintf("%q was said, and %q is right", got, want.Reasons)
	}
	return ""
}

// compareOthers looks at what the truth does not name.
func (f found) compareOthers(out complaints, g *generated, truth map[string]sitetest.Expect) {
	for id := range f.docs {
		if _, known := truth[id]; known || g.Trap(id) != "" {
			continue
		}
		family := "unknown addresses"
		if g.Variant(id) {
			family = "variants"
		}
		out.add(family, "%s is a document", id)
	}
	for id, s := range f.skips {
		if _, known := truth[id]; !known && g.Trap(id) == "" && !g.Variant(id) && s.Reason == connectors.SkipNoIndex {
			out.add("unknown addresses", "%s is skipped as %s", id, s.Reason)
		}
	}
}

func (c complaints) report(t *testing.T, families []string) {
	names := slices.Compact(slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(c)), families...))))
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			slices.Sort(c[name])
			for i, text := range c[name] {
				if i == 8 {
					t.Errorf("and %d more", len(c[name])-i)
					break
				}
				t.Error(text)
			}
		})
	}
}

// pagesOfTheSite is what the issue asks for; fewer where tests are to be short.
func pagesOfTheSite() int {
	if testing.Short() {
		return 1000
	}
	return 5000
}

func TestAGeneratedSiteIsCrawledExactly(t *testing.T) {
	g := newGenerated(t, sitetest.Options{Seed: 1, Pages: pagesOfTheSite(), CrawlDelay: 2 * time.Second}, map[string]any{"max_depth": 60})
	began := time.Now()
	first := g.pass(t)
	t.Logf("first pass: %d documents in %s", len(first.docs), time.Since(began).Round(time.Millisecond))
	first.compare(g).report(t, g.Families())
	g.manners(t, "manners of the first pass")
	t.Run("traps are named", func(t *testing.T) { first.namesTraps(t, g) })

	g.Clock.Advance(24 * time.Hour)
	began = time.Now()
	second := g.pass(t)
	t.Logf("second pass: %d documents the same in %s", len(second.same), time.Since(began).Round(time.Millisecond))
	t.Run("nothing has changed", func(t *testing.T) { second.isUnchanged(t, g, first) })
	if v := g.manners(t, "manners of the second pass"); v.Bodies > 0 {
		t.Errorf("%d bodies of unchanged pages with validators were sent", v.Bodies)
	}
}

// manners fails for every violation that the server saw in the last pass.
func (g *generated) manners(t *testing.T, name string) sitetest.Verdict {
	t.Helper()
	v := g.Judge()
	t.Run(name, func(t *testing.T) {
		t.Logf("%d requests, %d KB, at most %d connections, addresses of traps: %v", v.Requests, v.Bytes>>10, v.MostOpen, v.Trapped)
		for _, text := range v.Violations {
			t.Error(text)
		}
	})
	return v
}

// namesTraps wants a notice of every trap that addresses were left out of.
func (f found) namesTraps(t *testing.T, g *generated) {
	var said strings.Builder
	for _, n := range f.notices {
		said.WriteString(n.Code + ": " + n.Text + "\n")
	}
	for trap, place := range map[string]string{"calendar": "/agenda/", "facets": "/boutique/", "repeating links": "/fr/relatif/", "endless paths": "/fr/suite/"} {
		if !strings.Contains(said.String(), place) {
			t.Errorf("nobody is told of the trap %q below %s; the notices are\n%s", trap, place, said.String())
		}
	}
}

// isUnchanged wants just the documents of the pass before, none of them anew, but for
// pages whose links carry another session each time; and what was passed over again.
func (f found) isUnchanged(t *testing.T, g *generated, before found) {
	truth := g.Truth()
	for id := range before.docs {
		_, anew := f.docs[id]
		if sessions := truth[id].Family == "sessions"; !f.same[id] && !(anew && sessions) {
			t.Errorf("%s is not the same%s", id, f.instead(id))
		}
	}
	for id := range f.docs {
		if _, ok := before.docs[id]; !ok {
			t.Errorf("%s is new", id)
		}
	}
	for id, want := range truth {
		if why := f.misjudged(id, want); why != "" && want.Is != sitetest.Document && want.Is != sitetest.Either {
			t.Errorf("%s: %s", id, why)
		}
	}
}
