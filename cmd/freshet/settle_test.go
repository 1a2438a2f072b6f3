package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"freshet/api"
	"freshet/index/catalog"
	"freshet/schedules"
)

const filesConfig = `sources:
  - id: docs
    knowledge_base: help
    type: files
    settings:
      location: docs
`

func (w *world) manyFiles(n int) {
	w.t.Helper()
	for i := range n {
		w.write(fmt.Sprintf("docs/sub%d/page%d.md", i%2, i), fmt.Sprintf("# Page %d\n\nThe text of page number %d is its own: a%d b%d.\n", i, i, i, i))
	}
}

func TestANarrowedBlockOfTheFileIsHeldUntilItIsApproved(t *testing.T) {
	w := newWorld(t)
	w.manyFiles(10)
	w.write(defaultConfig, filesConfig)
	w.ok("sync")
	w.write(defaultConfig, filesConfig+"      include: [\"sub0/**\"]\n")
	w.says(exitDone, "5 documents of docs will be hidden by its new settings", "source", "list")
	if n := w.served("docs"); n != 10 {
		t.Errorf("%d of 10 are served before a sync", n)
	}
	w.says(exitPartial, "5 documents would vanish and still serve", "sync")
	if n := w.served("docs"); n != 10 {
		t.Errorf("%d of 10 are served while they wait", n)
	}
	w.says(exitDone, "5 documents are no longer served", "source", "approve", "docs", "--all")
	if n := w.served("docs"); n != 5 {
		t.Errorf("%d of 5 are served after the approval", n)
	}
	w.ok("sync")
}

func TestManyVanishedFilesAreHeldAndOneIsNot(t *testing.T) {
	w := newWorld(t)
	w.manyFiles(30)
	w.write(defaultConfig, filesConfig)
	w.ok("sync")
	remove := func(i int) {
		if err := os.Remove(filepath.Join(w.dir, fmt.Sprintf("docs/sub%d/page%d.md", i%2, i))); err != nil {
			t.Fatal(err)
		}
	}
	remove(0)
	w.ok("sync")
	if n := w.served("docs"); n != 29 {
		t.Errorf("%d of 29 are served after one file was removed", n)
	}
	for i := 1; i < 24; i++ {
		remove(i)
	}
	w.says(exitPartial, "23 documents would vanish and still serve", "sync")
	if n := w.served("docs"); n != 29 {
		t.Errorf("%d of 29 are served while 23 wait", n)
	}
}

func TestTheLeaseOfADeadProcessDoesNotKeepASourceFromRunning(t *testing.T) {
	w := newWorld(t)
	w.docs()
	c, err := catalog.Open(t.Context(), catalog.Options{Path: filepath.Join(w.data, catalogFile)})
	if err != nil {
		t.Fatal(err)
	}
	lease, err := c.Jobs().ClaimNow(t.Context(), "gone", schedules.Key{Kind: syncJob, Subject: "docs"}, time.Hour)
	if err != nil || lease == nil {
		t.Fatalf("%v, %v", lease, err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	w.ok("sync", "docs")
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
	var d api.SourceDetails
	w.ask(&d, "source", "show", "docs")
	if len(d.NextRuns) != 5 {
		t.Errorf("next runs: %v", d.NextRuns)
	}
}

func TestADryRunWritesNothing(t *testing.T) {
	w := newWorld(t)
	w.docs()
	w.write("docs/new.md", "# New\n\nSomething that was not there before.\n")
	w.says(exitDone, "1  new", "sync", "--dry-run")
	if n := w.served("docs"); n != 2 {
		t.Errorf("%d documents are served", n)
	}
}

func TestADraftIsNotServedUntilItIsPublished(t *testing.T) {
	w := newWorld(t)
	w.write("docs/a.md", "# Parking\n\nThere are forty places behind the shop.\n")
	w.ok("source", "add", "docs", "--type", "files", "--set", "location="+filepath.Join(w.dir, "docs"), "--kb", "help")
	w.says(exitFailed, "no source is published", "sync")
	w.ok("sync", "docs")
	if out := w.ok("search", "parking"); strings.Contains(out, "forty places") {
		t.Errorf("a draft is served:\n%s", out)
	}
	w.ok("source", "publish", "docs")
	if out := w.ok("search", "parking"); !strings.Contains(out, "forty places") {
		t.Errorf("it is not served:\n%s", out)
	}
	w.ok("source", "pause", "docs")
	w.says(exitFailed, "no source is published", "sync")
	w.ok("source", "resume", "docs")
	w.ok("sync")
	w.ok("document", "exclude", "a.md")
	if out := w.ok("search", "parking"); strings.Contains(out, "forty places") {
		t.Errorf("an excluded document is served:\n%s", out)
	}
	w.ok("sync")
	w.ok("document", "include", "a.md")
	if out := w.ok("search", "parking"); !strings.Contains(out, "forty places") {
		t.Errorf("it is not served again:\n%s", out)
	}
	w.says(exitDone, "just what the catalog says", "index", "verify")
	w.ok("doctor")
	w.ok("index", "rebuild")
}

func TestFilesAreExtractedOneByOneAndAsABatch(t *testing.T) {
	w := newWorld(t)
	w.write("in/a.html", "<html><head><title>A page</title></head><body><main><h1>A page</h1><p>With a text that is long enough to be read.</p></main></body></html>")
	w.write("in/sub/b.md", "# B\n\nText of B.\n")
	w.write("in/c.bin", "\x00\x01\x02\x03\xff\xfe")
	if out := w.ok("extract", filepath.Join(w.dir, "in/a.html")); !strings.Contains(out, "# A page") || !strings.Contains(out, "long enough") {
		t.Errorf("extract says\n%s", out)
	}
	out := filepath.Join(w.dir, "out")
	w.says(exitPartial, "3 files: 2 read, 1 unreadable, 0 failed", "extract", "--in", filepath.Join(w.dir, "in"), "--out", out, "--format", "text")
	report, err := os.ReadFile(filepath.Join(out, "report.jsonl"))
	if err != nil || strings.Count(string(report), "\n") != 3 || !strings.Contains(string(report), `"file":"c.bin","status":"unreadable"`) {
		t.Errorf("%v\n%s", err, report)
	}
	for _, name := range []string{"a.html.txt", "sub/b.md.txt"} {
		if !fileExists(filepath.Join(out, name)) {
			t.Errorf("%s is missing", name)
		}
	}
	w.says(exitFailed, "only ports 80 and 443 are used", "extract", "http://127.0.0.1:1/")
	w.says(exitFailed, "not a public address", "extract", "http://127.0.0.1/")
}
