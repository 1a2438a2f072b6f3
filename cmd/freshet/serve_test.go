package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

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
	s := server(t, pages)
	w := newWorld(t)
	w.ok(append(w.site("letters", s), "--set", "delay=80ms")...)
	first, _, errs := w.program("sync", "letters")
	ctx, cancel := newTimer(t, 1600)
	defer cancel()
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
