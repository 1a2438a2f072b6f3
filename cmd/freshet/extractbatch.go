package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
	"github.com/google/renameio/v2"
	"github.com/schollz/progressbar/v3"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/formats"
)

// A reportLine is a line of report.jsonl.
type reportLine struct {
	File      string `json:"file"`
	Status    string `json:"status"`           // ok, unreadable, failed
	Reason    string `json:"reason,omitempty"` // a stable word: malformed, encrypted, too_large, ..., or fault
	Detail    string `json:"detail,omitempty"` // the same for a person
	MediaType string `json:"media_type"`       // as its content shows
	Chars     int    `json:"chars"`
	MS        int64  `json:"ms"`
}

// batch reads the files of a folder, several at once.
type batch struct {
	extractFlags
	extractor *formats.Extractor
	root      *os.Root
	names     []string
	lines     []*reportLine // by the place of their names; nil: not done
	done      atomic.Int64
}

// reportFile is where extract --out says what became of each file.
const reportFile = "report.jsonl"

func (m *Main) extractAll(ctx context.Context, f extractFlags) error {
	cfg, err := findConfig(m.flags.config, m.Getenv)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(f.in)
	if err != nil {
		return fmt.Errorf("the folder cannot be opened: %w; look at --in", err)
	}
	defer root.Close()
	b := &batch{extractFlags: f, extractor: formats.New(formatsConfig(cfg)), root: root}
	if b.names, err = filesIn(root.FS()); err != nil {
		return fmt.Errorf("list %s: %w", f.in, err)
	}
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return fmt.Errorf("the folder cannot be made: %w; look at --out", err)
	}
	b.lines = make([]*reportLine, len(b.names))
	stop := m.watchBatch(b)
	b.run(ctx)
	stop()
	counts, err := b.report()
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("stopped after %d of %s; %s says what was done: %w", b.done.Load(), plural(len(b.names), "file", "files"), filepath.Join(f.out, reportFile), ctx.Err())
	}
	return m.sayBatch(b, counts)
}

func (m *Main) sayBatch(b *batch, counts map[string]int) error {
	var err error
	if m.flags.json {
		err = m.printJSON(map[string]int{"files": len(b.names), "ok": counts["ok"], "unreadable": counts["unreadable"], "failed": counts["failed"]})
	} else {
		err = m.say("%s: %d read, %d unreadable, %d failed; see %s", plural(len(b.names), "file", "files"), counts["ok"], counts["unreadable"], counts["failed"], filepath.Join(b.out, reportFile))
	}
	if err == nil && counts["ok"] < len(b.names) {
		return errPartial
	}
	return err
}

// watchBatch draws a bar on a terminal until the returned function is called.
func (m *Main) watchBatch(b *batch) (stop func()) {
	if !m.Terminal || len(b.names) == 0 {
		return func() {}
	}
	bar := progressbar.NewOptions64(int64(len(b.names)), progressbar.OptionSetWriter(m.Stderr), progressbar.OptionSetDescription("extract"),
		progressbar.OptionSetWidth(24), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionSetSpinnerChangeInterval(0))
	ended, drawn := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(drawn)
		tick := time.NewTicker(progressEvery)
		defer tick.Stop()
		for {
			_ = bar.Set64(min(b.done.Load(), int64(len(b.names))-1)) // at its end a bar stops to draw
			select {
			case <-ended:
				_ = bar.Finish() // a bar that cannot be drawn is no loss
				return
			case <-tick.C:
			}
		}
	}()
	return func() { close(ended); <-drawn }
}

// run reads all files, or as many as there is time for.
func (b *batch) run(ctx context.Context) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(b.names)) {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(b.names) || ctx.Err() != nil {
					return
				}
				line := b.file(ctx, b.names[i])
				if ctx.Err() != nil && line.Status != "ok" {
					return // it may have failed because of that alone
				}
				b.lines[i] = &line
				b.done.Add(1)
			}
		})
	}
	group.Wait()
}

// report writes what became of each file, in the order of their names.
func (b *batch) report() (map[string]int, error) {
	counts := map[string]int{}
	var out bytes.Buffer
	for _, line := range b.lines {
		if line == nil {
			continue
		}
		counts[line.Status]++
		text, err := json.Marshal(line)
		if err != nil {
			return nil, err
		}
		out.Write(append(text, '\n'))
	}
	return counts, renameio.WriteFile(filepath.Join(b.out, reportFile), out.Bytes(), 0o644)
}

func filesIn(fsys fs.FS) ([]string, error) {
	var names []string
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			names = append(names, path)
		}
		return err
	})
	slices.Sort(names)
	return names, err
}

// file reads one file of the folder and writes its text beside the others.
func (b *batch) file(ctx context.Context, name string) (line reportLine) {
	began := time.Now()
	line = reportLine{File: name, Status: "failed"}
	defer func() { line.MS = time.Since(began).Milliseconds() }()
	text, err := b.read(ctx, name, &line)
	if err == nil {
		err = b.write(name, text)
	}
	if err != nil {
		line.Reason, line.Detail = "fault", err.Error()
		if v := connectors.AsVerdict(err); v != nil {
			line.Status, line.Reason, line.Detail = "unreadable", v.Reason, v.Detail
		}
		return line
	}
	line.Status, line.Chars = "ok", utf8.RuneCountInString(text.Plain())
	return line
}

func (b *batch) read(ctx context.Context, name string, line *reportLine) (*extract.Text, error) {
	file, err := b.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	declared := b.mediaType
	if declared == "" {
		declared = mime.TypeByExtension(filepath.Ext(name))
	}
	seen, err := mimetype.DetectReader(file)
	if err != nil {
		return nil, err
	}
	line.MediaType = seen.String()
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	text, err := b.extractor.Extract(ctx, file, extract.Options{MediaType: declared, URI: filepath.Base(name)})
	if err == nil {
		line.MediaType = mediaTypeOf(text, line.MediaType)
	}
	return text, err
}

// mediaTypeOf is the type of what was read; the head of a text alone does not tell
// Markdown from plain text.
func mediaTypeOf(t *extract.Text, seen string) string {
	form, _, _ := strings.Cut(t.Version, "/")
	types := map[string]string{"markdown": "text/markdown", "html": "text/html", "csv": "text/csv", "eml": "message/rfc822"}
	known, ok := types[form]
	if bare, _, _ := strings.Cut(seen, ";"); !ok || !strings.HasPrefix(bare, "text/") {
		return seen
	}
	return known
}

func (b *batch) write(name string, text *extract.Text) error {
	out, err := render(text, b.format)
	if err != nil {
		return err
	}
	target := filepath.Join(b.out, filepath.FromSlash(name)+endings[b.format])
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return renameio.WriteFile(target, out, 0o644)
}
