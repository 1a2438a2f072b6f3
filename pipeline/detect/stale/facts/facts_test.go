package facts

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/detect/stale"
	"freshet/schedules"
)

// clock is a time that tests move.
type clock struct{ now time.Time }

func (c *clock) time() time.Time { return c.now }

func open(t testing.TB, c *clock) *catalog.Catalog {
	t.Helper()
	cat, err := catalog.Open(t.Context(), catalog.Options{Path: filepath.Join(t.TempDir(), "catalog.db"), Now: c.time})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cat.Close(); err != nil {
			t.Error(err)
		}
	})
	ok(t, cat.PutBase(t.Context(), catalog.Base{ID: "help", Languages: []string{"fr"}, Recipe: "r"}))
	ok(t, cat.PutSource(t.Context(), catalog.Source{ID: "site", Base: "help", Kind: "website", Owner: "owner@example.org", State: catalog.Published, ReviewEvery: 90 * stale.Day}))
	return cat
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func put(t testing.TB, cat *catalog.Catalog, id string, change func(*catalog.Document), texts ...string) string {
	t.Helper()
	key, err := cat.FreeKey(t.Context(), "site", id)
	ok(t, err)
	d := catalog.Document{Key: key, Source: "site", ExternalID: id, Base: "help", State: catalog.Present, TextHash: index.HashTexts("text", texts...),
		Details: catalog.Details{Title: "Titre de " + id, URI: "https://www.example.org/" + id, Locale: "fr", Access: connectors.Public()}}
	change(&d)
	var chunks []index.Chunk
	for i, text := range texts {
		c := index.Chunk{ID: index.NewChunkID(key, nil, text, 0), Document: key, Ord: i, Kind: index.Prose, Title: d.Details.Title, Text: text, Locale: "fr"}
		c.Input = c.InputHash("e")
		chunks = append(chunks, c)
	}
	_, err = cat.Apply(t.Context(), &catalog.Batch{Source: "site", Changes: []catalog.Change{{Document: d, Outcome: catalog.New, Content: true, Text: []byte(`{}`), Chunks: chunks}}})
	ok(t, err)
	return key
}

func gather(t *testing.T, r *Reader) map[string]*stale.Facts {
	t.Helper()
	out := map[string]*stale.Facts{}
	for f, err := range r.All(t.Context(), "help") {
		ok(t, err)
		out[f.ExternalID] = f
	}
	return out
}

func TestFactsOfDocuments(t *testing.T) {
	c := &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	cat := open(t, c)
	ctx := t.Context()
	modified := c.now.AddDate(-1, 0, 0)
	a := put(t, cat, "a", func(d *catalog.Document) {
		d.Details.Modified, d.Details.Class, d.Details.ReviewEvery, d.Details.Path = modified, "faq", 30*stale.Day, []string{"Aide"}
	}, "Un.", "Offre valable jusqu'au 31 mars 2025.")
	b := put(t, cat, "b", func(d *catalog.Document) { d.Details.Owner, d.Details.Locale = "b@example.org", "fr-CA" }, "Deux.")
	gone := put(t, cat, "gone", func(*catalog.Document) {}, "Trois.")
	_ = put(t, cat, "out", func(d *catalog.Document) { d.State = catalog.Excluded }, "Quatre.")
	ok(t, cat.Jobs().Put(ctx, schedules.Job{Key: schedules.Key{Kind: "sync", Subject: "site"}, Schedule: "0 3 * * 1-5"}))
	ok(t, cat.PutLinks(ctx, map[string][]string{a: {"https://x.example/1", "https://x.example/2"}}, "links", 1))
	ok(t, cat.SaveLinks(ctx, []catalog.Link{{URL: "https://x.example/1", State: catalog.LinkBroken, Status: 404, Reason: "not_found", FirstFailed: c.now}, {URL: "https://x.example/2", State: catalog.LinkOK}}))
	served, err := json.Marshal(map[string]any{"hits": []map[string]any{{"chunk_id": "c", "key": a}}})
	ok(t, err)
	ok(t, cat.LogQueries(ctx, []catalog.Query{{ID: "q0", Base: "help", At: c.now.AddDate(0, 0, -100), Served: []byte(`{}`)}, {ID: "q1", Base: "help", At: c.now, State: "found", Served: served}}))
	ok(t, cat.AddFeedback(ctx, catalog.Feedback{QueryID: "q1", Verdict: "outdated"}))
	ok(t, cat.Confirm(ctx, b, c.now.AddDate(0, 0, 30), "b@example.org"))
	run, err := cat.BeginRun(ctx, catalog.Report{Source: "site", Pass: "full", Started: c.now})
	ok(t, err)
	ok(t, cat.EndRun(ctx, catalog.Report{Run: run, Source: "site", Started: c.now, Ended: c.now.Add(time.Minute), Result: catalog.RunDone}))
	d, err := cat.DocumentByKey(ctx, gone)
	ok(t, err)
	d.State, d.StateReason, d.StateAt = catalog.Removed, "gone", c.now
	_, err = cat.Apply(ctx, &catalog.Batch{Source: "site", Changes: []catalog.Change{{Document: d, Outcome: catalog.WasRemoved}}})
	ok(t, err)

	r := New(Options{Catalog: cat, Now: c.time, Fingerprint: nil})
	got := gather(t, r)
	if len(got) != 3 {
		t.Fatalf("%d documents: %v", len(got), got)
	}
	fa := got["a"]
	if fa.Key != a || fa.Title != "Titre de a" || fa.URL != "https://www.example.org/a" || fa.Class != "faq" || fa.ReviewEvery != 30*stale.Day || fa.SourceReviewEvery != 90*stale.Day ||
		!fa.Modified.Equal(modified) || !fa.TextSince.Equal(c.now) || fa.Owner != "owner@example.org" || len(fa.Passages) != 2 || fa.Gone != nil {
		t.Errorf("a: %+v", fa)
	}
	if fa.Links.Checked != 2 || len(fa.Links.Broken) != 1 || fa.Links.Broken[0].Status != 404 {
		t.Errorf("links: %+v", fa.Links)
	}
	if want := (stale.Usage{Known: true, Retrievals: 1, Answers: 1, Rated: 1, Bad: 1}); fa.Usage != want {
		t.Errorf("usage: %+v", fa.Usage)
	}
	if fa.Sync.Every != 72*time.Hour || !fa.Sync.Checked.Equal(c.now.Add(time.Minute)) || fa.Sync.Paused {
		t.Errorf("sync: %+v", fa.Sync)
	}
	if name := fa.Zone.String(); name != "Europe/Paris" && fa.Zone != nil {
		t.Errorf("zone: %s", name)
	}
	fb := got["b"]
	if fb.Owner != "b@example.org" || !fb.ConfirmedUntil.Equal(c.now.AddDate(0, 0, 30)) || fb.ConfirmedBy != "b@example.org" || fb.Usage.Retrievals != 0 || fb.Zone != nil && fb.Zone.String() != "America/Toronto" {
		t.Errorf("b: %+v", fb)
	}
	if g := got["gone"].Gone; g == nil || g.Reason != "gone" || g.Held || len(got["gone"].Passages) != 0 {
		t.Errorf("gone: %+v", got["gone"])
	}
	v := new(stale.Rules).Judge(fa, c.now)
	if fmt.Sprint(v.Codes()) != "[expired_text:2025-03-31 overdue_review:335d broken_links:1]" {
		t.Errorf("verdict: %v", v.Codes())
	}

	// What the reader remembers is let go of on demand.
	ok(t, cat.LogQueries(ctx, []catalog.Query{{ID: "q2", Base: "help", At: c.now, State: "found", Served: served}}))
	if n := gather(t, r)["a"].Usage.Retrievals; n != 1 {
		t.Errorf("%d retrievals, though the ledger was read a moment ago", n)
	}
	r.Forget()
	if n, err := r.Used(ctx, "help", a); n != 2 || err != nil {
		t.Errorf("used in %d answers, %v", n, err)
	}
	if n := gather(t, r)["a"].Usage.Retrievals; n != 2 {
		t.Errorf("%d retrievals after Forget", n)
	}
	n := 0
	for f, err := range r.Of(ctx, []string{"stranger", b, gone}) {
		ok(t, err)
		if n++; f.Key != b && f.Key != gone {
			t.Errorf("asked for b: %s", f.ExternalID)
		}
	}
	if n != 2 {
		t.Errorf("%d documents of two", n)
	}
}

func TestMissingVectorsOfTheActiveSpace(t *testing.T) {
	c := &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	cat := open(t, c)
	put(t, cat, "a", func(*catalog.Document) {}, "Un.", "Deux.")
	r := New(Options{Catalog: cat, Now: c.time})
	if n := gather(t, r)["a"].Embedding.Missing; n != 0 {
		t.Errorf("%d missing where there are no vectors", n)
	}
	r.o.Fingerprint = func(context.Context) (string, error) { return "fp", nil }
	if n := gather(t, r)["a"].Embedding.Missing; n != 2 {
		t.Errorf("%d missing, want 2", n)
	}
	r.o.Fingerprint = func(context.Context) (string, error) { return "", fmt.Errorf("no index") }
	for _, err := range r.All(t.Context(), "help") {
		if err == nil || !strings.Contains(err.Error(), "no index") {
			t.Errorf("error %v", err)
		}
	}
}

func TestRhythm(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		schedule string
		want     time.Duration
		zone     string
	}{
		{"0 3 * * *", 24 * time.Hour, ""}, {"0 3 * * 1-5", 72 * time.Hour, ""}, {"@hourly", time.Hour, ""}, {"", 0, ""}, {"nonsense", 0, ""},
		{"CRON_TZ=Europe/Paris 0 3 * * *", 24 * time.Hour, "Europe/Paris"}, {"CRON_TZ=UTC 0 3 * * *", 24 * time.Hour, "UTC"},
	} {
		every, zone := rhythm(c.schedule, now)
		name := ""
		if zone != nil {
			name = zone.String()
		}
		if every != c.want || name != c.zone {
			t.Errorf("%q: %s in %q", c.schedule, every, name)
		}
	}
}
