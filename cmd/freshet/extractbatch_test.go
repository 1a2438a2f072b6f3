package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// reportLines reads report.jsonl.
func reportLines(t *testing.T, dir string) []reportLine {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, reportFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []reportLine
	for scan := bufio.NewScanner(f); scan.Scan(); {
		var line reportLine
		if err := json.Unmarshal(scan.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	return out
}

func TestAFolderIsReadFileByFileAndReported(t *testing.T) {
	w := newWorld(t)
	for i := range 30 {
		w.write(fmt.Sprintf("in/sub/p%02d.html", i), fmt.Sprintf("<h1>Page %d</h1><p>Words of page %d.</p>", i, i))
	}
	w.write("in/a.md", "# Title\n\nMarkdown words.")
	w.write("in/misnamed.txt", "<!doctype html><html><body><main><p>A page under another name.</p></main></body></html>")
	w.write("in/picture.html", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01")
	w.write("in/empty.txt", "")
	out := filepath.Join(w.dir, "out")
	r := w.run("extract", "--in", filepath.Join(w.dir, "in"), "--out", out, "--format", "text")
	if r.status != exitPartial || !strings.Contains(r.out, "34 files: 32 read, 2 unreadable, 0 failed") {
		t.Fatalf("status %d: %s%s", r.status, r.out, r.errors)
	}
	lines := reportLines(t, out)
	byName := map[string]reportLine{}
	for i, l := range lines {
		byName[l.File] = l
		if i > 0 && lines[i-1].File >= l.File {
			t.Errorf("%s stands behind %s", l.File, lines[i-1].File)
		}
	}
	if len(lines) != 34 {
		t.Errorf("%d lines", len(lines))
	}
	for name, want := range map[string][3]string{
		"a.md": {"ok", "", "text/markdown"}, "misnamed.txt": {"ok", "", "text/html"}, "sub/p07.html": {"ok", "", "text/html"},
		"picture.html": {"unreadable", "unsupported_media_type", "image/png"}, "empty.txt": {"unreadable", "empty", "text/plain"},
	} {
		got := byName[name]
		if got.Status != want[0] || got.Reason != want[1] || got.MediaType != want[2] || (got.Status == "ok") == (got.Detail != "") {
			t.Errorf("%s: %+v, want %v", name, got, want)
		}
	}
	text, err := os.ReadFile(filepath.Join(out, "sub", "p07.html.txt"))
	if err != nil || !strings.Contains(string(text), "Words of page 7.") {
		t.Errorf("%q, %v", text, err)
	}
}

func TestAFolderThatIsStoppedReportsWhatWasDone(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		w.write(fmt.Sprintf("in/p%02d.txt", i), "Some words.")
	}
	out := filepath.Join(w.dir, "out")
	m, _, errs := w.program("extract", "--in", filepath.Join(w.dir, "in"), "--out", out)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if status := m.Run(ctx); status == exitDone || status == exitPartial {
		t.Errorf("status %d", status)
	}
	if !strings.Contains(errs.String(), "of 20 files") && !strings.Contains(errs.String(), "stopped") {
		t.Errorf("it says %q", errs.String())
	}
	if lines := reportLines(t, out); len(lines) > 20 {
		t.Errorf("%d lines", len(lines))
	}
}
