package website

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

func (c crawled) notice(code string) string {
	for _, n := range c.notices {
		if n.Code == code {
			return n.Text
		}
	}
	return ""
}

func TestATrapIsNamedAndNotWalkedInto(t *testing.T) {
	s := newTestSite(t)
	s.html("/", links("/page", "/shop"))
	s.html("/page", "words of a page")
	s.handle("/shop", func(w http.ResponseWriter, r *http.Request) {
		// Every filter can be added to those that are set.
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<p>goods for %s</p>", r.URL.RawQuery)
		for _, name := range []string{"color", "size", "brand", "sort"} {
			for v := range 6 {
				q := r.URL.Query()
				q.Set(name, fmt.Sprint(v))
				fmt.Fprintf(w, `<a href="/shop?%s">x</a>`, q.Encode())
			}
		}
	})
	out := s.crawl(t, s.open(t, nil), connectortest.NewPosition(connectors.Full))
	if out.err != nil || !out.done || out.said["/page"] != "upsert" {
		t.Fatalf("the crawl ended with %v, done: %t, and says %v", out.err, out.done, out.said)
	}
	if n := len(out.said); n > 150 {
		t.Errorf("%d pages were read of a shop with 2,400 combinations of filters", n)
	}
	if text := out.notice("trap_faceted_search"); !strings.Contains(text, "/shop has an address for every combination of filters") {
		t.Errorf("the owner is told %q of %v", text, out.notices)
	}
}

func TestACrawlThatGoesOnRemembersItsTraps(t *testing.T) {
	s := newTestSite(t)
	var calendar []string
	for i := range 400 {
		calendar = append(calendar, fmt.Sprintf("/agenda/%d/%02d", 2000+i/12, i%12+1))
	}
	s.html("/", links(calendar...))
	for _, p := range calendar {
		s.html(p, "nothing on in "+p+links(calendar...))
	}
	site, pos := s.open(t, nil), connectortest.NewPosition(connectors.Full)
	for range 100 {
		n := 0
		for c, err := range site.Pull(t.Context(), pos) {
			if err != nil {
				t.Fatal(err)
			}
			pos.Take(c)
			if _, ok := c.(connectors.PassDone); ok {
				if asked := s.requests(); len(slices.Compact(slices.Sorted(slices.Values(asked)))) > 200 {
					t.Errorf("%d addresses were asked for", len(asked))
				}
				return
			}
			if n++; n == 30 {
				pos.Drop()
				break
			}
		}
	}
	t.Error("the crawl did not come to its end")
}

func TestLinksAreFollowedAsTheSiteWritesItsAddresses(t *testing.T) {
	s := newTestSite(t)
	var menu []string
	for i := range 30 {
		menu = append(menu, fmt.Sprintf("/a%02d/", i), fmt.Sprintf("/a%02d?from=menu", i))
		s.html(fmt.Sprintf("/a%02d/", i), fmt.Sprintf(`<link rel=canonical href="/a%02d">words of page %d`, i, i))
		s.html(fmt.Sprintf("/a%02d", i), fmt.Sprintf(`<link rel=canonical href="/a%02d">words of page %d`, i, i))
	}
	for i := range 30 {
		s.html(fmt.Sprintf("/b%02d", i), fmt.Sprintf(`<link rel=canonical href="/b%02d">words of another page %d`, i, i))
		menu = append(menu, fmt.Sprintf("/b%02d/?from=menu", i))
	}
	s.html("/", links(menu[:60]...)+`<a href="/hub">more</a>`)
	s.html("/hub", links(menu[60:]...))
	pos := connectortest.NewPosition(connectors.Full)
	out := s.crawl(t, s.open(t, nil), pos)
	if out.err != nil || !out.done {
		t.Fatalf("the crawl ended with %v", out.err)
	}
	documents := 0
	for path, said := range out.said {
		if said == "upsert" {
			documents++
		}
		if said == "upsert" && path != "/" && strings.ContainsAny(path[1:], "/?") {
			t.Errorf("%s is a document", path)
		}
	}
	if documents != 62 {
		t.Errorf("%d documents, want 62: %v", documents, out.said)
	}
	asked := s.requests()
	if slices.ContainsFunc(asked, func(a string) bool { return strings.HasPrefix(a, "/b") && strings.ContainsAny(a[1:], "/?") }) {
		t.Errorf("links were followed as they stood: %v", asked)
	}
	if text := out.notice("addresses_learnt"); !strings.Contains(text, "do not end in a slash") || !strings.Contains(text, `"from"`) {
		t.Errorf("the owner is told %q", text)
	}
	out = s.crawl(t, s.open(t, nil), pos)
	if n := len(s.requests()); out.err != nil || !out.done || n > 70 {
		t.Errorf("the second crawl ended with %v after %d requests", out.err, n)
	}
}

func TestASessionInEveryLinkIsATrap(t *testing.T) {
	s := newTestSite(t)
	n := 0
	s.handle("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		var all []string
		for range 20 {
			n++
			all = append(all, fmt.Sprintf("/home?visit=%08x", n*7919))
		}
		io.WriteString(w, links(all...))
	})
	s.handle("/home", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "the same words for everybody")
	})
	s.html("/hub", links())
	out := s.crawl(t, s.open(t, nil), connectortest.NewPosition(connectors.Full))
	if out.err != nil || !out.done || len(out.said) > 30 {
		t.Errorf("the crawl ended with %v and %d pages", out.err, len(out.said))
	}
}
