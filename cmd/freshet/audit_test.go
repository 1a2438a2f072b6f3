package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/api/audit"
)

// auditConfigText is a base with a few pages, owners, languages and a webhook.
const auditConfigText = `
knowledge_bases: [{id: aide, languages: [fr]}]
sources:
  - id: faq
    knowledge_base: aide
    type: records
    owner: alice@example.org
    settings: {location: kb.jsonl, id: id, title: title, body: body, modified: modified}
doubts:
  audit:
    schedule: "CRON_TZ=Europe/Paris 0 7 1 * *"
    languages: {"*": fr, bob@example.org: en}
    base_url: https://freshet.example.org
`

const auditPages = `{"id": "1", "title": "Livraison", "body": "La livraison coûte 4,90 €.", "modified": "2019-01-01"}
{"id": "2", "title": "Retours", "body": "Vous avez 30 jours pour renvoyer un article.", "modified": "2019-01-01"}
`

func TestAnAuditFromTheCommandLine(t *testing.T) {
	w := newWorld(t)
	w.write("kb.jsonl", auditPages)
	config := w.write("freshet.yaml", auditConfigText)
	w.ok("sync", "--config", config)

	var r audit.Report
	w.ask(&r, "audit", "--config", config)
	if r.Base != "aide" || !r.SoFar || r.Zone != "Europe/Paris" || r.Summary.Pages != 2 || r.Overdue.Total != 2 {
		t.Errorf("the current month: %s %s, %d pages, %d overdue", r.Base, r.Zone, r.Summary.Pages, r.Overdue.Total)
	}
	if text := w.ok("audit", "--config", config, "--owner", "alice@example.org"); !strings.HasPrefix(text, "# Audit mensuel des contenus") || !strings.Contains(text, "freshet document confirm 1 --until ") {
		t.Errorf("Alice reads\n%s", text)
	}
	if text := w.ok("audit", "--config", config, "--owner", "bob@example.org"); !strings.HasPrefix(text, "# Monthly content audit") || !strings.Contains(text, "Nothing waits for you") {
		t.Errorf("Bob reads\n%s", text)
	}
	out := filepath.Join(t.TempDir(), "audit.html")
	w.ok("audit", "--config", config, "--month", "last", "--out", out)
	page, err := os.ReadFile(out)
	if err != nil || !bytes.HasPrefix(page, []byte("<!DOCTYPE html>")) {
		t.Errorf("the file begins with %.40s, %v", page, err)
	}
	again := filepath.Join(t.TempDir(), "again.html")
	w.ok("audit", "--config", config, "--month", "last", "--out", again)
	if other, err := os.ReadFile(again); err != nil || !bytes.Equal(page, other) {
		t.Error("the audit of a month that has ended changed")
	}
	var list struct{ Audits []struct{ Month string } }
	w.ask(&list, "audit", "--config", config, "--list")
	if len(list.Audits) != 1 {
		t.Errorf("kept are %+v", list)
	}
	text := w.ok("audit", "--config", config, "--format", "csv")
	if rows, err := csv.NewReader(strings.NewReader(text)).ReadAll(); err != nil || len(rows) != 3 {
		t.Errorf("%d rows, %v: %s", len(rows), err, text)
	}
}

func TestAuditsThatCannotBeMeantOnTheCommandLine(t *testing.T) {
	w := newWorld(t)
	for _, args := range [][]string{{"--month", "october"}, {"--format", "pdf"}, {"--language", "de"}} {
		if r := w.run(append([]string{"audit"}, args...)...); r.status != exitUsage {
			t.Errorf("%v: status %d, %s", args, r.status, r.errors)
		}
	}
	w.write("kb.jsonl", auditPages)
	config := w.write("freshet.yaml", auditConfigText)
	if r := w.run("audit", "--config", config, "--month", "2999-01"); r.status != exitFailed || !strings.Contains(r.errors, "has not begun") {
		t.Errorf("status %d, %s", r.status, r.errors)
	}
}

func TestTheConfigurationOfAuditsAndWebhooksIsChecked(t *testing.T) {
	tests := map[string]struct{ block, says string }{
		"a schedule that is none":   {`audit: {schedule: "every month"}`, "write five"},
		"a language":                {`audit: {languages: {ann: de}}`, "not fr or en"},
		"an address":                {`audit: {base_url: "javascript:alert(1)"}`, "not an address"},
		"a misspelt key":            {`audit: {language: {ann: fr}}`, "languages"},
		"a hook without a secret":   {`webhooks: [{url: "https://example.org/"}]`, "needs a secret"},
		"a hook with a weak secret": {`webhooks: [{url: "https://example.org/", secret: whsec_YWJj}]`, "24 to 64 bytes"},
		"a hook to nowhere":         {`webhooks: [{url: "ftp://example.org/", secret: ` + hookSecret + `}]`, "not an address"},
		"an event nobody knows":     {`webhooks: [{url: "https://example.org/", secret: ` + hookSecret + `, events: [audit.done]}]`, "audit.ready"},
		"a hook twice": {`webhooks: [{url: "https://example.org/", secret: ` + hookSecret + `}, {url: "https://example.org/", secret: ` + hookSecret + `}]`,
			"in one"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := readConfig("freshet.yaml", []byte("doubts:\n  "+tt.block+"\n"), func(string) string { return "" })
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
			if err != nil && strings.Contains(err.Error(), hookSecret) {
				t.Error("the error tells the secret")
			}
		})
	}
}

func TestWebhooksAreTriedFromTheCommandLine(t *testing.T) {
	w := newWorld(t)
	r := newReceiver(t, time.Now)
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(refuses.Close)
	config := w.write("hooks.yaml", "doubts:\n  webhooks:\n    - {url: "+r.server.URL+", secret: "+hookSecret+"}\n")
	if text := w.ok("webhook", "test", "--config", config); !strings.Contains(text, "ok") || len(r.deliveries()) != 1 {
		t.Errorf("said %s", text)
	}
	config = w.write("bad.yaml", "doubts:\n  webhooks:\n    - {url: "+refuses.URL+", secret: "+hookSecret+"}\n")
	if got := w.run("webhook", "test", "--config", config, "--json"); got.status != exitFailed || !strings.Contains(got.out, "418") || !json.Valid([]byte(got.out)) {
		t.Errorf("status %d: %s %s", got.status, got.out, got.errors)
	}
	if text := w.ok("webhook", "list"); !strings.Contains(text, "no webhook was told") {
		t.Errorf("said %s", text)
	}
}

func TestServeMakesTheAuditOfTheLastMonthWhenItIsDue(t *testing.T) {
	w := newWorld(t)
	w.write("kb.jsonl", auditPages)
	config := w.write("freshet.yaml", auditConfigText)
	w.ok("sync", "--config", config)
	m, _, _ := w.program("serve", "--config", config)
	cfg, err := findConfig(config, m.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	m.log = slog.New(slog.DiscardHandler)
	at := time.Date(2027, 1, 1, 5, 59, 0, 0, time.UTC) // 06:59 in Paris
	clock := &testClock{at: at}
	m.Now = clock.Now
	s, err := m.open(t.Context(), serviceOptions{dir: w.data, config: cfg, scheduled: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.service.audits.plan(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept := func() int {
		list, err := s.service.catalog.Audits(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		done := 0
		for _, a := range list {
			if a.Month == "2026-12" && a.State == "done" {
				done++
			}
		}
		return done
	}
	if kept() != 0 {
		t.Fatal("it was made before it was due")
	}
	clock.set(at.Add(2 * time.Minute))
	s.service.runner.Wake()
	for deadline := time.Now().Add(10 * time.Second); kept() == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the audit was not made")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// testClock is set by hand.
type testClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *testClock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}
