package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/cmd/freshet/sample"
	"freshet/index/retrieve"
)

func TestTheDemoReadsTheSampleAndKnowsWhatItDoesNotKnow(t *testing.T) {
	w := newWorld(t)
	var keys map[string]int
	w.ask(&keys, "demo", "--once")
	var got demoSummary
	text, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if len(keys) != 7 || got.Pages != len(sample.Pages()) || got.Answerable+got.Unanswerable != len(sample.Questions()) {
		t.Errorf("%s", text)
	}
	if share := float64(got.RightPageFirst) / float64(got.Answerable); share < rightPageFirst {
		t.Errorf("the right page is first for %.0f %% of the answerable questions", 100*share)
	}
	if share := float64(got.Declined+got.Uncertain) / float64(got.Unanswerable); share < 0.70 {
		t.Errorf("%.0f %% of the unanswerable questions are declined or uncertain", 100*share)
	}
	if fileExists(w.data) {
		t.Error("the demo wrote into the data directory")
	}
}

// rightPageFirst is what the sample's answerable questions must reach.
const rightPageFirst = 0.80

func TestTheDemoShowsAnswersToPeople(t *testing.T) {
	out := newWorld(t).ok("demo", "--once")
	for _, want := range []string{"60  pages read", "with the right page first", "that no page answers", "Some answers in full", "found: this answers it", "none: the knowledge base does not hold this", "http://127.0.0.1:"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}

func TestTheDemoStaysUpAndLeavesNothingBehind(t *testing.T) {
	w := newWorld(t)
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	m, _, errs := w.program("demo")
	addresses := make(chan string, 2)
	m.Listening = func(what, address string) {
		if what == "api" {
			addresses <- address
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() { ended <- m.Run(ctx) }()
	select {
	case address := <-addresses:
		resp, err := http.Get("http://" + address + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("readyz answers %d", resp.StatusCode)
		}
	case status := <-ended:
		t.Fatalf("it ended with %d: %s", status, errs)
	case <-time.After(30 * time.Second):
		t.Fatalf("it does not listen: %s", errs)
	}
	cancel()
	if status := <-ended; status != exitDone {
		t.Errorf("status %d: %s", status, errs)
	}
	left, err := os.ReadDir(temporary)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAChangedPriceIsAnsweredAfterTheNextSync(t *testing.T) {
	site := sample.New()
	s := httptest.NewServer(site.Handler())
	t.Cleanup(s.Close)
	w := newWorld(t)
	w.ok(w.site("ondavelle", s)...)
	w.ok("sync", "ondavelle")
	const page, question = "/en/mobile-plans", "price per month of the Alizé mobile plan"
	shown := func() string {
		var r retrieve.Response
		w.ask(&r, "search", question)
		i := slices.IndexFunc(r.Hits, func(h retrieve.Hit) bool { return h.Document.URL == s.URL+page && strings.Contains(h.Text, "Alizé |") })
		if i < 0 {
			t.Fatalf("the page with the price is not among the hits of %q", question)
		}
		return r.Hits[i].Text
	}
	if before := shown(); !strings.Contains(before, "€11.99") {
		t.Fatalf("before the change: %s", before)
	}
	if err := site.Replace(page, "€11.99", "€13.49"); err != nil {
		t.Fatal(err)
	}
	if before := shown(); !strings.Contains(before, "€11.99") {
		t.Errorf("before the sync: %s", before)
	}
	out := w.ok("sync", "ondavelle")
	if !strings.Contains(out, "1   with changed text") && !strings.Contains(out, "1  with changed text") {
		t.Errorf("the sync says\n%s", out)
	}
	if after := shown(); !strings.Contains(after, "€13.49") || strings.Contains(after, "€11.99") {
		t.Errorf("after the sync: %s", after)
	}
}
