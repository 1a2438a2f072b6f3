package website

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

// runs pulls again and again until the pass is done, and returns what was said and
// how many pulls it took.
func (s *testSite) runs(t *testing.T, open func() *Site, pos *connectortest.Position) (said map[string]string, runs int) {
	t.Helper()
	said = map[string]string{}
	for runs = 1; runs < 50; runs++ {
		out := s.crawl(t, open(), pos)
		for path, how := range out.said {
			if said[path] != "" {
				t.Errorf("%s was visited twice", path)
			}
			said[path] = how
		}
		if out.done {
			return said, runs
		}
		if !errors.Is(out.err, connectors.ErrTruncated) {
			t.Fatalf("run %d ended with %v", runs, out.err)
		}
		if len(out.notices) != 1 || out.notices[0].Code != "run_budget" || !strings.Contains(out.notices[0].Text, "next run") {
			t.Errorf("run %d: the notices are %+v", runs, out.notices)
		}
		pos.Drop()
	}
	t.Fatal("the pass is never done")
	return nil, 0
}

func TestARunThatReachesItsBudgetIsContinuedByTheNext(t *testing.T) {
	s := newTestSite(t)
	for i := range 20 {
		s.put(fmt.Sprint("page", i), strings.Repeat("words ", 40_000)) // 240 KB
	}
	said, runs := s.runs(t, func() *Site { return s.open(t, map[string]any{"run_mb": 1}) }, connectortest.NewPosition(connectors.Full))
	if len(said) != 21 || runs < 4 || runs > 6 {
		t.Errorf("by bytes, %d runs said %v", runs, said)
	}
	said, runs = s.runs(t, func() *Site {
		site := s.open(t, map[string]any{"run_minutes": 10})
		var mu sync.Mutex
		now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		site.env.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			now = now.Add(20 * time.Second)
			return now
		}
		return site
	}, connectortest.NewPosition(connectors.Full))
	if len(said) != 21 || runs < 2 {
		t.Errorf("by minutes, %d runs said %v", runs, said)
	}
}

func TestASiteIsLeftAloneOutsideOfItsHours(t *testing.T) {
	s := newTestSite(t)
	for i := range 20 {
		s.put(fmt.Sprint("page", i), "words")
	}
	pos := connectortest.NewPosition(connectors.Full)
	now := time.Date(2026, 3, 1, 4, 50, 0, 0, time.UTC) // 5:50 in Paris
	site := s.open(t, map[string]any{"hours": "Europe/Paris 22:00-06:00"})
	site.env.Now = func() time.Time {
		now = now.Add(30 * time.Second)
		return now
	}
	first := s.crawl(t, site, pos)
	var later *connectors.RetryAfter
	if !errors.As(first.err, &later) || len(first.said) == 0 || len(first.said) >= 21 {
		t.Fatalf("the pull ended with %v after %v", first.err, first.said)
	}
	if later.Wait < 15*time.Hour || later.Wait > 16*time.Hour || !strings.Contains(first.err.Error(), "22:00-06:00") {
		t.Errorf("it asks to wait %s: %v", later.Wait, first.err)
	}
	pos.Drop()
	s.requests()
	if again := s.crawl(t, site, pos); !errors.As(again.err, &later) || len(s.requests()) > 0 {
		t.Errorf("by day, the pull ended with %v", again.err)
	}
	now = now.Add(later.Wait)
	rest := s.crawl(t, site, pos)
	for path := range rest.said {
		if first.said[path] != "" {
			t.Errorf("%s was visited twice", path)
		}
	}
	if !rest.done || len(first.said)+len(rest.said) != 21 {
		t.Errorf("at night, the pull ended with %v after %d of %d", rest.err, len(rest.said), 21-len(first.said))
	}
}

func TestHours(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		hours, at string
		wait      time.Duration
	}{
		{"UTC 22:00-06:00", "2026-03-01 21:59", time.Minute},
		{"UTC 22:00-06:00", "2026-03-01 22:00", 0},
		{"UTC 22:00-06:00", "2026-03-01 05:59", 0},
		{"UTC 22:00-06:00", "2026-03-01 06:00", 16 * time.Hour},
		{"UTC 9:30-12:00", "2026-03-01 12:00", 21*time.Hour + 30*time.Minute},
		{"UTC 0:00-24:00", "2026-03-01 23:59", 0},
		{"Europe/Paris 22:00–06:00", "2026-03-29 05:00", 15 * time.Hour}, // 7:00 in summer time
		{"Europe/Paris 03:00-04:00", "2026-03-28 12:00", 13 * time.Hour}, // at 2:00 clocks go to 3:00
		{"", "2026-03-01 12:00", 0},
	} {
		h, err := parseHours(c.hours)
		at, errAt := time.ParseInLocation("2006-01-02 15:04", c.at, time.UTC)
		if err != nil || errAt != nil {
			t.Fatal(err, errAt)
		}
		if got := h.closed(at.In(paris)); got != c.wait {
			t.Errorf("%q at %s: %s, want %s", c.hours, c.at, got, c.wait)
		}
	}
	for _, bad := range []string{"22-6", "22:00", "25:00-26:00", "22:00-22:00", "Mars/Olympus 22:00-06:00", "22:00-24:30", "a b 1:00-2:00"} {
		if _, err := Kind().Parse(map[string]any{"start": "https://www.example.org/", "hours": bad}); err == nil {
			t.Errorf("%q is taken for hours", bad)
		}
	}
}

func TestTwoConnectionsSayTheSameAsOne(t *testing.T) {
	s := newTestSite(t)
	s.validators = true
	s.html("/", links("/copy", "/stray", "/one", "/moved", "/p/a", "/p/b", "/p/c", "/p/d", "/broken", "/secret"))
	s.text("/robots.txt", "text/plain", "User-agent: *\nDisallow: /secret\n")
	s.html("/copy", `<link rel=canonical href="/original">x`)
	s.html("/original", links("/p/e"))
	s.html("/stray", `<link rel=canonical href="/missing">x`)
	s.html("/one", `<link rel=canonical href="/other">x`)
	s.html("/other", `<link rel=canonical href="/one">x`)
	s.handle("/moved", redirect("/place", 302))
	s.html("/place", "words")
	s.status("/broken", 500)
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		s.put(name, strings.Repeat("words ", 10_000))
	}
	var now, most int
	var mu sync.Mutex
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		time.Sleep(time.Duration(len(r.URL.Path)%5) * time.Millisecond)
		s.serve(w, r)
		mu.Lock()
		now--
		mu.Unlock()
	})
	s.Config.Handler = slow
	order := func(site *Site, pos *connectortest.Position) []string {
		var out []string
		for c, err := range site.Pull(t.Context(), pos) {
			if err != nil {
				t.Fatal(err)
			}
			pos.Take(c)
			said := map[string]string{}
			say(said, s.URL, c)
			for path, how := range said {
				out = append(out, path+" "+how)
			}
			if up, ok := c.(connectors.Upsert); ok {
				r, err := up.Document.Open(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, r); err != nil {
					t.Fatal(err)
				}
			}
		}
		return out
	}
	one, two := connectortest.NewPosition(connectors.Full), connectortest.NewPosition(connectors.Full)
	at := time.Now() // the notes hold times of reading
	open := func(more map[string]any) *Site {
		site := s.open(t, more)
		site.env.Now = func() time.Time { return at }
		return site
	}
	for pass := range 2 {
		a := order(open(nil), one)
		if most > 1 {
			t.Fatalf("%d requests at once", most)
		}
		b := order(open(map[string]any{"connections": 2}), two)
		if !slices.Equal(a, b) || len(a) < 14 {
			t.Errorf("pass %d: one connection says\n%q, two say\n%q", pass, a, b)
		}
		if most != 2 {
			t.Errorf("pass %d: %d requests at once", pass, most)
		}
		most = 0
	}
	if a, b := one.Notes(), two.Notes(); !maps.Equal(a, b) {
		t.Errorf("the notes differ: one connection keeps\n%q, two keep\n%q", a, b)
	}
}

func TestWebsiteWithTwoConnectionsPassesTheSuite(t *testing.T) {
	connectortest.Run(t, connectortest.Options{New: func(t *testing.T) *connectortest.World {
		s := newTestSite(t)
		s.validators = true
		w := s.world(t)
		w.Source = func() connectors.Source { return s.open(t, map[string]any{"connections": 2}) }
		return w
	}})
}
