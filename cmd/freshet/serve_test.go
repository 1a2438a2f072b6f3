package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"freshet/api"
	"freshet/index/retrieve"
)

func (w *world) docs() {
	w.t.Helper()
	w.write("docs/hours.md", "# Opening hours\n\nThe shop in Nantes is open from 9 am to 7 pm on weekdays.\n")
	w.write("docs/returns.md", "# Returns\n\nYou may send any product back within 30 days. Sending it back is free.\n")
	w.ok("source", "add", "docs", "--type", "files", "--set", "location="+filepath.Join(w.dir, "docs"), "--kb", "help", "--publish")
	w.ok("sync")
}

func TestCommandsTalkToARunningServe(t *testing.T) {
	w := newWorld(t)
	w.docs()
	address, stop := w.serve()
	if runtime.GOOS != "windows" {
		info, err := os.Stat(filepath.Join(w.data, socketFile))
		if err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("the socket has mode %o", info.Mode().Perm())
		}
	}
	w.write("docs/parking.md", "# Parking\n\nThere are forty parking places behind the shop.\n")
	if out := w.ok("sync", "docs"); !strings.Contains(out, "1  new") {
		t.Errorf("sync says\n%s", out)
	}
	var r retrieve.Response
	w.ask(&r, "search", "where is a parking place")
	if len(r.Hits) == 0 || r.Hits[0].Document.ID != "parking.md" {
		t.Errorf("hits: %+v", r.Hits)
	}
	var key api.NewKey
	w.ask(&key, "key", "create", "--name", "chatbot")
	for secret, want := range map[string]int{key.Secret: http.StatusOK, "fsh_wrong": http.StatusUnauthorized} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/v1/search", strings.NewReader(`{"knowledge_base":"help","query":"parking"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+secret)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != want {
			t.Errorf("%d, %v: %s", resp.StatusCode, err, body)
		}
	}
	w.ok("eval", "retrieval", "--questions", w.write("questions.jsonl", `{"question": "parking places", "expected": ["parking.md"]}`+"\n"))
	if r := stop(); r.status != exitDone {
		t.Errorf("serve ended with %d: %s", r.status, r.errors)
	}
	if fileExists(filepath.Join(w.data, ownerFile)) {
		t.Error("the owner's name was left behind")
	}
	w.ask(&r, "search", "where is a parking place")
	if len(r.Hits) == 0 || r.Hits[0].Document.ID != "parking.md" {
		t.Errorf("after the serve ended, hits: %+v", r.Hits)
	}
}

func TestWithoutASocketCommandsFindTheServeByItsPort(t *testing.T) {
	w := newWorld(t)
	w.data = filepath.Join(t.TempDir(), strings.Repeat("a-long-name-", 10)) // longer than a socket's path may be
	w.docs()
	_, stop := w.serve()
	note, err := os.ReadFile(filepath.Join(w.data, portFile))
	if err != nil {
		t.Fatal(err)
	}
	if out := w.ok("search", "parking", "or", "opening", "hours"); !strings.Contains(out, "Opening hours") {
		t.Errorf("search says\n%s", out)
	}
	address := string(note[bytes.IndexByte(note, ':')+2:])
	address = address[:strings.IndexByte(address, '"')]
	resp, err := http.Get("http://" + address + "/v1/sources")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("without the secret the port answers %d", resp.StatusCode)
	}
	stop()
	if fileExists(filepath.Join(w.data, portFile)) {
		t.Error("the note of the port was left behind")
	}
}

func TestASecondProcessIsToldWhoHasTheData(t *testing.T) {
	w := newWorld(t)
	w.docs()
	w.serve()
	r := w.run("serve", "--addr", "127.0.0.1:0")
	for _, want := range []string{"process 4711 (freshet serve)", w.data, "stop it", "--data"} {
		if r.status != exitFailed || !strings.Contains(r.errors, want) {
			t.Errorf("status %d, without %q: %s", r.status, want, r.errors)
		}
	}
}

func TestAStoppedSyncGoesOnAtTheNextRun(t *testing.T) {
	pages := map[string]string{}
	links := ""
	for _, name := range strings.Split("abcdefghijklmnopqrstuvwxyz", "") {
		links += `<a href="/` + name + `">page ` + name + `</a> `
		pages["/"+name] = "<html><head><title>Page " + name + "</title></head><body><main><p>This page says something about the letter " + name + ", and nothing else.</p></main></body></html>"
	}
	pages["/"] = "<html><head><title>All</title></head><body><main><p>All pages of this site:</p>" + links + "</main></body></html>"
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var asked atomic.Int32
	s := server(t, pages, func() {
		if asked.Add(1) == 16 { // long enough for a batch to be written
			cancel()
		}
	})
	w := newWorld(t)
	w.ok(append(w.site("letters", s), "--set", "delay=150ms")...)
	first, _, errs := w.program("sync", "letters")
	if status := first.Run(ctx); status != exitFailed || !strings.Contains(errs.String(), "stopped; the next run goes on from here") {
		t.Fatalf("status %d: %s", status, errs)
	}
	var d api.SourceDetails
	w.ask(&d, "source", "show", "letters")
	if d.LastRun == nil || d.LastRun.Result != "stopped" || d.LastRun.New == 0 || d.LastRun.New >= 27 {
		t.Fatalf("the stopped run: %+v", d.LastRun)
	}
	before := d.LastRun.New
	w.ok("sync", "letters")
	w.ask(&d, "source", "show", "letters")
	if d.Documents.Present != 27 || d.LastRun.New != 27-before {
		t.Errorf("the second run found %d new after %d; %d are present", d.LastRun.New, before, d.Documents.Present)
	}
}

func TestAMissedTimeIsCaughtUpOnce(t *testing.T) {
	w := newWorld(t)
	w.docs()
	w.now = time.Now().Add(72 * time.Hour)
	_, stop := w.serve()
	var runs api.RunList
	for range 100 {
		c := dialOwner(t.Context(), w.data)
		if c == nil {
			t.Fatal("nobody serves")
		}
		if err := c.do(t.Context(), http.MethodGet, "/v1/runs?source=docs", nil, &runs); err != nil {
			t.Fatal(err)
		}
		if len(runs.Runs) > 1 && runs.Runs[0].Result != "running" {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if len(runs.Runs) != 2 {
		t.Fatalf("%d runs after three days away, wanted the first and one more", len(runs.Runs))
	}
	var d api.SourceDetails
	w.ask(&d, "source", "show", "docs")
	if len(d.NextRuns) != 5 || !d.NextRuns[0].After(w.now) {
		t.Errorf("next runs %v, now %s", d.NextRuns, w.now)
	}
	stop()
}

func TestProgressHasCountsAndARate(t *testing.T) {
	pages := map[string]string{}
	for _, name := range []string{"/", "/a", "/b", "/c", "/d", "/e", "/f", "/g"} {
		pages[name] = "<html><head><title>T</title></head><body><main><p>The text of " + name + ` is here.</p><a href="/a">a</a><a href="/b">b</a><a href="/c">c</a><a href="/d">d</a><a href="/e">e</a><a href="/f">f</a><a href="/g">g</a></main></body></html>`
	}
	s := server(t, pages)
	w := newWorld(t)
	w.ok(append(w.site("site", s), "--set", "delay=150ms")...)
	m, _, errs := w.program("sync", "site")
	m.Terminal = true
	if status := m.Run(t.Context()); status != exitDone {
		t.Fatalf("status %d: %s", status, errs)
	}
	for _, want := range []string{"site: ", " documents, ", "/s"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("the bar shows no %q: %q", want, errs)
		}
	}
}

func TestProgressSaysCountsRateAndTimeLeft(t *testing.T) {
	tests := map[string]struct {
		progress api.Progress
		after    time.Duration
		want     string
	}{
		"nothing yet":            {api.Progress{}, time.Second, "0 documents, 0.0/s"},
		"the total is not known": {api.Progress{Seen: 1200, Chunks: 5100}, time.Minute, "1,200 documents, 20.0/s, 5,100 passages"},
		"half of it":             {api.Progress{Seen: 30, Total: 60, Chunks: 1}, 10 * time.Second, "30 of 60 documents, 3.0/s, 1 passage, about 10.0 s left"},
		"all of it":              {api.Progress{Seen: 60, Total: 60}, 20 * time.Second, "60 documents, 3.0/s"},
		"looking for doubts":     {api.Progress{Compared: 1200}, time.Minute, "1,200 passages compared with the rest, for doubts"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := progressText(&tt.progress, tt.after); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestASearchWithoutAnswerTellsOfDrafts(t *testing.T) {
	w := newWorld(t)
	w.write("docs/hours.md", "# Opening hours\n\nOur shop is open from 9 am to 6 pm.\n")
	w.ok("source", "add", "shop", "--type", "files", "--set", "location="+w.dir+"/docs", "--kb", "help")
	w.ok("sync", "shop")
	if out := w.ok("search", "when are you open"); !strings.Contains(out, "shop is a draft") || !strings.Contains(out, "source publish shop") {
		t.Errorf("nothing is said of the draft:\n%s", out)
	}
	w.ok("source", "publish", "shop")
	if out := w.ok("search", "when are you open"); strings.Contains(out, "draft") {
		t.Errorf("a draft is told of that is none:\n%s", out)
	}
}
