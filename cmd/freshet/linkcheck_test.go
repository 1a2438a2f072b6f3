package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/fetch"
	"freshet/pipeline/detect/links"
	"freshet/pipeline/detect/stale"
	"freshet/schedules"
)

func TestRobotsGate(t *testing.T) {
	var asked []string
	answer := http.StatusOK
	rules := "User-agent: freshet\nDisallow: /private\nCrawl-delay: 5\n"
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		w.WriteHeader(answer)
		_, _ = fmt.Fprint(w, rules)
	}))
	defer site.Close()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	var slept time.Duration
	newGate := func() *robotsGate {
		u, err := url.Parse(site.URL)
		if err != nil {
			t.Fatal(err)
		}
		port, _ := strconv.Atoi(u.Port())
		client := fetch.New(fetch.Options{Sleep: func(context.Context, time.Duration) error { return nil }})(connectors.HTTPOptions{
			AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, AllowPorts: []int{port}, Timeout: time.Second})
		g := newRobotsGate(client, "Freshet", func() time.Time { return now })
		g.sleep = func(_ context.Context, d time.Duration) error { slept += d; now = now.Add(d); return nil }
		return g
	}
	g := newGate()
	for path, want := range map[string]bool{"/a": true, "/private/x": false} {
		if got, err := g.Allowed(t.Context(), site.URL+path); got != want || err != nil {
			t.Errorf("%s: %t, %v", path, got, err)
		}
	}
	if got, _ := g.Allowed(t.Context(), site.URL+"/b"); !got || slept != 5*time.Second {
		t.Errorf("it waited %s between two addresses, and the site asks for 5s", slept)
	}
	if len(asked) != 1 {
		t.Errorf("robots.txt was asked for %d times", len(asked))
	}
	now = now.Add(2 * time.Hour)
	rules = ""
	if got, err := g.Allowed(t.Context(), site.URL+"/private/x"); !got || err != nil {
		t.Errorf("the rules are read again: %t, %v", got, err)
	}
	for status, want := range map[int]string{404: "true", 403: "true", 503: "error", 429: "error"} {
		answer = status
		got, err := newGate().Allowed(t.Context(), site.URL+"/a")
		said := fmt.Sprint(got)
		if err != nil {
			said = "error"
		}
		if said != want {
			t.Errorf("robots.txt answers %d: %s, %v; want %s", status, said, err, want)
		}
	}
	site.Close()
	if got, err := newGate().Allowed(t.Context(), site.URL+"/a"); !got || err != nil {
		t.Errorf("nobody answers: %t, %v; whoever asks will find out the same", got, err)
	}
	if got, err := g.Allowed(t.Context(), "http://10.0.0.1/a"); !got || err != nil {
		t.Errorf("inside: %t, %v; the client refuses it", got, err)
	}
	if _, err := g.Allowed(t.Context(), "http://[bad"); err == nil {
		t.Error("an address that cannot be read is allowed")
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newGate().Allowed(stopped, site.URL+"/a"); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

func TestStaleRulesOfTheConfiguration(t *testing.T) {
	text := goodConfig + `doubts:
  review: [{path: "/tarifs/**", every: 30d, knowledge_base: help}, {path: /legal, every: never}, {class: how-to, every: 2w}]
  retired_terms: [Mistral 4G, "  "]
  links: {check: false, per_run: 10, per_host: 5}
`
	c, err := readConfig("freshet.yaml", []byte(text), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	r := staleRules(c)
	if fmt.Sprint(r.Review.Paths) != "[{help /tarifs/** 720h0m0s} { /legal 0s}]" || r.Review.Classes[stale.HowTo] != 14*stale.Day || r.Terms.Len() != 1 {
		t.Errorf("%+v", r)
	}
	if c.Doubts.Links.checked() || c.Doubts.Links.limits() != (links.Limits{Run: 10, Host: 5}) {
		t.Errorf("%+v", c.Doubts.Links)
	}
	if plain := staleRules(nil); plain.Terms.Len() != 0 || len(plain.Review.Paths) != 0 {
		t.Errorf("without a configuration: %+v", plain)
	}
}

func TestLinksAreScheduledUnlessTurnedOff(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		check string
		jobs  int
	}{{"true", 1}, {"false", 0}, {"true", 1}} {
		cfg, err := readConfig("freshet.yaml", []byte("knowledge_bases: [{id: help, languages: [en]}]\ndoubts: {links: {check: "+c.check+"}}\n"), func(string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		s, err := openService(t.Context(), serviceOptions{dir: dir, config: cfg, getenv: func(string) string { return "" }, now: time.Now, log: slog.New(slog.DiscardHandler), scheduled: true})
		if err != nil {
			t.Fatal(err)
		}
		jobs, err := s.catalog.Jobs().Jobs(t.Context(), linksJob)
		if err != nil || len(jobs) != c.jobs {
			t.Errorf("check: %s: %d jobs, %v", c.check, len(jobs), err)
		}
		if c.jobs > 0 {
			if due := jobs[0].Due; due.Before(time.Now()) || due.After(time.Now().Add(7*time.Hour)) {
				t.Errorf("it is due at %s", due)
			}
			if o, err := s.runner.RunNow(t.Context(), schedules.Key{Kind: linksJob, Subject: allLinks}); err != nil || o.Failed {
				t.Errorf("run now: %+v, %v", o, err)
			}
		}
		mark, err := s.catalog.ConsumerMark(t.Context(), links.Consumer)
		if err != nil || mark != 0 {
			t.Errorf("mark %d, %v", mark, err)
		}
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.HasPrefix(linksSchedule, "41 ") {
		t.Error("links are checked at the full hour, when everybody else does")
	}
}
