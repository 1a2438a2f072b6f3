package website

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

func TestARobotsTxtThatCannotBeReachedIsFollowedForADay(t *testing.T) {
	unreachable := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	const rules = "User-agent: *\nDisallow: /secret/\nSitemap: /map.xml\n"
	s := newTestSite(t)
	s.html("/", links("/a", "/secret/b"))
	s.html("/a", "words")
	s.html("/c", "words that only the sitemap knows")
	s.html("/secret/b", "words")
	s.text("/map.xml", "application/xml", "<urlset><url><loc>"+s.URL+"/c</loc></url></urlset>")
	pos := connectortest.NewPosition(connectors.Full)
	began := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	at := func(age time.Duration, user map[string]any) crawled {
		site := s.open(t, user)
		site.env.Now = func() time.Time { return began.Add(age) }
		return s.crawl(t, site, pos)
	}
	stopped := func(when string, out crawled) {
		t.Helper()
		if out.done || !errors.Is(out.err, connectors.ErrTruncated) || !strings.Contains(out.err.Error(), "robots.txt cannot be read") || len(out.said) > 0 {
			t.Errorf("%s: %v (done: %t), %v", when, out.err, out.done, out.said)
		}
	}
	mild := func(when string, out crawled, notices int) {
		t.Helper()
		if out.err != nil || !out.done || out.said["/secret/b"] != "skip robots" || out.said["/a"] == "" || out.said["/c"] == "" {
			t.Errorf("%s: %v (done: %t), %v", when, out.err, out.done, out.said)
		}
		if len(out.notices) != notices || notices == 1 && (out.notices[0].Code != "robots_unreachable" || !strings.Contains(out.notices[0].Text, "1 March 2026 at 12:00 UTC")) {
			t.Errorf("%s: %+v", when, out.notices)
		}
	}

	s.handle("/robots.txt", unreachable)
	stopped("never read", at(0, nil))
	s.text("/robots.txt", "text/plain", rules)
	mild("read", at(0, nil), 0)
	s.handle("/robots.txt", unreachable)
	mild("not reached an hour later", at(time.Hour, nil), 1)
	s.handle("/robots.txt", cut)
	mild("no answer", at(22*time.Hour, nil), 1)
	s.handle("/robots.txt", unreachable)
	mild("not reached 23 hours later", at(23*time.Hour, nil), 1)
	stopped("not reached 25 hours later", at(25*time.Hour, nil))
	stopped("asked as another crawler", at(time.Hour, map[string]any{"user_agent": "Otherbot/1.0 (+https://www.example.org/bot)"}))

	// That there is none is an answer too, and the one that counts from here on.
	s.handle("/robots.txt", nil)
	for _, age := range []time.Duration{26 * time.Hour, 27 * time.Hour} {
		if out := at(age, nil); !out.done || out.said["/secret/b"] != "upsert" && out.said["/secret/b"] != "same" {
			t.Errorf("after %s: %v, %v", age, out.err, out.said)
		}
		s.handle("/robots.txt", unreachable)
	}

	// Rules that do not fit into a note are not kept, nor are those that they replace.
	s.text("/robots.txt", "text/plain", rules+strings.Repeat("Disallow: /a-path-that-is-long/\n", 200))
	mild("read, and large", at(28*time.Hour, nil), 0)
	s.handle("/robots.txt", unreachable)
	stopped("large, and not reached", at(29*time.Hour, nil))
}

func TestTheFeedGoesOnWithoutARobotsTxtAndSaysSo(t *testing.T) {
	s := dated(t, 12)
	pos := connectortest.NewPosition(connectors.Feed)
	s.follow(t, s.open(t, nil), pos)
	s.status("/robots.txt", http.StatusBadGateway)
	s.put("000", "other words")
	s.follow(t, s.open(t, nil), pos).mustBe(t, map[string]string{"/p/000": "upsert"}, "robots_unreachable")
}
