package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// keptFiles counts what is kept of documents as they were read.
func (w *world) keptFiles() int {
	w.t.Helper()
	n := 0
	err := filepath.WalkDir(filepath.Join(w.data, contentsDir), func(_ string, d fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

const keptConfig = `knowledge_bases:
  - id: help
    languages: [en]
sources:
  - id: docs
    type: files
    settings: {location: docs}
`

func TestContentsAreKeptAsConfiguredAndGoWithTheirSource(t *testing.T) {
	w := newWorld(t)
	w.write("docs/a.html", "<h1>Roofs</h1><p>How a roof is mended, tile by tile.</p>")
	w.write("docs/b.html", "<h1>Walls</h1><p>How a wall is built, stone by stone.</p>"+strings.Repeat("<p>More of it.</p>", 200))
	w.write("docs/c.txt", "Plain text says all that it has.")
	w.write(defaultConfig, keptConfig+"extract: {keep: {document: 1KB}}\n")
	w.ok("sync")
	if n := w.keptFiles(); n != 1 {
		t.Errorf("%d contents are kept, want that of the small page", n)
	}
	w.write(defaultConfig, strings.Split(keptConfig, "sources:")[0])
	w.ok("source", "remove", "docs", "--yes")
	if n := w.keptFiles(); n != 0 {
		t.Errorf("%d contents are kept of a source that was removed", n)
	}
	w.write(defaultConfig, keptConfig+"extract: {keep: {total: 0}}\n")
	w.ok("sync")
	if n := w.keptFiles(); n != 0 {
		t.Errorf("%d contents are kept although that is switched off", n)
	}
}

func TestADocumentShowsWhatItSaysOfItself(t *testing.T) {
	w := newWorld(t)
	w.write("docs/a.html", `<html><head><title>Roofs</title><meta name="author" content="Ann Bee"><meta name="keywords" content="roof, tiles"></head>
		<body><main><h1>Roofs</h1><p>How a roof is mended, tile by tile, in the old part of the town.</p></main></body></html>`)
	w.write(defaultConfig, keptConfig)
	w.ok("sync")
	out := w.ok("document", "show", "a.html")
	for _, want := range []string{"read as", "html", "author", "Ann Bee", "roof, tiles"} {
		if !strings.Contains(out, want) {
			t.Errorf("without %q:\n%s", want, out)
		}
	}
}
