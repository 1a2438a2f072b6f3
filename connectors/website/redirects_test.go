package website

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

func TestAPageThatMovedForGoodSaysWhereItCameFrom(t *testing.T) {
	s := newTestSite(t)
	s.html("/", links("/a", "/b", "/c", "/d", "/e", "/f", "/g", "/known"))
	for _, p := range []string{"/a", "/b", "/c", "/d", "/e", "/f", "/g", "/known"} {
		s.html(p, "words of "+p)
	}
	pos := connectortest.NewPosition(connectors.Full)
	s.crawl(t, s.open(t, nil), pos)

	s.html("/", links("/new-a", "/known")) // the site was launched anew: only redirects lead from the old addresses
	s.handle("/a", redirect("/new-a", 308))
	s.html("/new-a", "words of /a")
	s.handle("/b", redirect("/hop", 301))
	s.handle("/hop", redirect("/new-b", 302))
	s.html("/new-b", "words of /b")
	s.handle("/c", redirect("/known", 301))
	s.handle("/d", redirect("/nowhere", 301))
	s.handle("/e", redirect("/broken", 301))
	s.status("/broken", 500)
	s.handle("/f", redirect("/hidden", 301))
	s.html("/hidden", `<meta name=robots content=noindex>`)
	s.handle("/g", redirect("/new-a", 301)) // two pages became one
	out := s.crawl(t, s.open(t, nil), pos)
	out.mustSay(t, map[string]string{
		"/": "upsert", "/new-a": "upsert", "/new-b": "upsert", "/known": "same", "/c": "delete gone",
		"/nowhere": "delete not_found", "/d": "delete not_found", "/broken": "fault", "/e": "fault",
		"/hidden": "skip noindex", "/f": "skip noindex", "/g": "delete gone",
	})
	if want := map[string]string{"/new-a": "/a", "/new-b": "/b"}; !maps.Equal(out.from, want) {
		t.Errorf("the pages came from %v, want %v", out.from, want)
	}
	out = s.crawl(t, s.open(t, nil), pos)
	if out.said["/new-a"] != "same" || out.said["/a"] != "" || !out.done || len(out.from) > 0 {
		t.Errorf("a second pass says %v, from %v", out.said, out.from)
	}
}

func TestAMoveSurvivesAnInterruption(t *testing.T) {
	s := newTestSite(t)
	s.html("/", links("/a", "/b", "/c", "/known"))
	for _, p := range []string{"/a", "/b", "/c", "/known"} {
		s.html(p, "words of "+p)
	}
	held := connectortest.NewPosition(connectors.Full)
	s.crawl(t, s.open(t, nil), held)
	s.html("/", links("/known"))
	s.handle("/a", redirect("/hop", 301))
	s.handle("/hop", redirect("/new-a", 301))
	s.html("/new-a", `<link rel=canonical href="/missing">x`) // decided only when the other was seen
	s.handle("/b", redirect("/known", 301))
	s.handle("/c", redirect("/copy", 301))
	s.html("/copy", `<link rel=canonical href="/known">x`)
	site := s.open(t, nil)
	site.checkpointEvery = 1
	whole := s.crawl(t, site, held.Clone())
	whole.mustSay(t, map[string]string{"/": "upsert", "/known": "same", "/new-a": "upsert", "/missing": "delete not_found",
		"/b": "delete gone", "/c": "skip canonical_elsewhere", "/copy": "skip canonical_elsewhere"})
	if whole.from["/new-a"] != "/a" {
		t.Errorf("the moves are %v", whole.from)
	}
	for stop := 1; ; stop++ {
		pos, said, from, checkpoints := held.Clone(), map[string]string{}, map[string]string{}, 0
		for c, err := range site.Pull(t.Context(), pos) {
			if err != nil {
				t.Fatal(err)
			}
			pos.Take(c)
			say(said, s.URL, c)
			if up, ok := c.(connectors.Upsert); ok && up.From != "" {
				from["/new-a"] = "/a"
			}
			if _, ok := c.(connectors.Checkpoint); ok {
				if checkpoints++; checkpoints == stop {
					break
				}
			}
		}
		if checkpoints < stop {
			if stop < 6 {
				t.Errorf("only %d checkpoints were resumed from", stop-1)
			}
			return
		}
		rest := s.crawl(t, site, pos)
		maps.Copy(said, rest.said)
		maps.Copy(from, rest.from)
		if !maps.Equal(said, whole.said) || !maps.Equal(from, whole.from) || !rest.done {
			t.Errorf("resumed from checkpoint %d: %v from %v (%v)", stop, said, from, rest.err)
		}
	}
}

func TestAPageThatRedirectsForNowKeepsItsCopyForAWeek(t *testing.T) {
	for name, to := range map[string]string{"to another page": "/door", "off the site": "https://www.example.net/door"} {
		t.Run(name, func(t *testing.T) {
			s := newTestSite(t)
			s.html("/", links("/page", "/link"))
			s.html("/page", "words")
			s.handle("/link", redirect("/target", 302))
			s.html("/target", "words")
			pos := connectortest.NewPosition(connectors.Full)
			now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
			crawl := func() crawled {
				site := s.open(t, nil)
				site.env.Now = func() time.Time { return now }
				return s.crawl(t, site, pos)
			}
			crawl().mustSay(t, map[string]string{"/": "upsert", "/page": "upsert", "/target": "upsert"})
			if c := crawl(); c.said["/link"] != "" {
				t.Errorf("of a link that was never a page is said %q", c.said["/link"])
			}
			s.html("/door", "who are you?")
			for _, code := range []int{http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect} {
				s.handle("/page", redirect(to, code))
				now = now.Add(24 * time.Hour)
				if c := crawl(); c.said["/page"] != "verdict "+verdictAway || !c.done {
					t.Errorf("redirected with %d, the page is %q (%v)", code, c.said["/page"], c.err)
				}
			}
			s.html("/page", "words") // the door is open again, and shut later
			if c := crawl(); c.said["/page"] != "same" {
				t.Errorf("back again, the page is %q", c.said["/page"])
			}
			s.handle("/page", redirect(to, 302))
			for day := range 9 {
				now = now.Add(24 * time.Hour)
				c := crawl()
				if kept := c.said["/page"] == "verdict "+verdictAway; kept != (day <= 7) {
					t.Errorf("on day %d the page is %q", day, c.said["/page"])
				}
			}
		})
	}
}
