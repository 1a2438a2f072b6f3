package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"freshet/connectors"
	"freshet/connectors/fetch"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/formats"
)

// endings are what extract writes, with the ending of their files.
var endings = map[string]string{"markdown": ".md", "text": ".txt", "json": ".json"}

// extractFlags are what `freshet extract` takes.
type extractFlags struct{ mediaType, format, in, out string }

func (m *Main) extractCommand() *cobra.Command {
	var f extractFlags
	c := &cobra.Command{
		Use: "extract FILE|URL | extract --in DIR --out DIR", Short: "Show what the pipeline reads from a file", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if endings[f.format] == "" {
				return usage("--format %q: write markdown, text or json", f.format)
			}
			switch {
			case len(args) == 1 && f.in == "" && f.out == "":
				return m.extractOne(cmd.Context(), args[0], f)
			case len(args) == 0 && f.in != "" && f.out != "":
				return m.extractAll(cmd.Context(), f)
			}
			return usage("name one file or address, or give --in and --out")
		},
	}
	c.Flags().StringVar(&f.mediaType, "media-type", "", "media `TYPE`; found out by name and content if it is not given")
	c.Flags().StringVar(&f.format, "format", "markdown", "markdown, text or json")
	c.Flags().StringVar(&f.in, "in", "", "every file of this `DIR`")
	c.Flags().StringVar(&f.out, "out", "", "a text for each file, and report.jsonl, in this `DIR`")
	return c
}

func (m *Main) extractOne(ctx context.Context, what string, f extractFlags) error {
	cfg, err := findConfig(m.flags.config, m.Getenv)
	if err != nil {
		return err
	}
	body, o, err := m.openContent(ctx, cfg, what)
	if err != nil {
		return err
	}
	if f.mediaType != "" {
		o.MediaType = f.mediaType
	}
	text, err := formats.New(formatsConfig(cfg)).Extract(ctx, body, o)
	if err = errors.Join(err, body.Close()); err != nil {
		return fmt.Errorf("%s cannot be read: %w", what, err)
	}
	format := f.format
	if m.flags.json {
		format = "json"
	}
	out, err := render(text, format)
	if err != nil {
		return err
	}
	if format != "json" {
		m.complain(fmt.Sprintf("%s; read as %s, language %s", textTitle(text), wayWords(text), orNone(text.Language)))
	}
	_, err = m.Stdout.Write(out)
	return err
}

func textTitle(t *extract.Text) string {
	if t.Title == "" {
		return "no title"
	}
	return "“" + t.Title + "”"
}

func wayWords(t *extract.Text) string {
	if t.Why == "" {
		return t.Way
	}
	return t.Way + " because " + t.Why
}

func render(t *extract.Text, format string) ([]byte, error) {
	switch format {
	case "json":
		text, err := json.MarshalIndent(struct {
			*extract.Text
			Ways []extract.Tried `json:"ways,omitempty"`
		}{t, t.Ways}, "", "  ")
		return append(text, '\n'), err
	case "text":
		return []byte(strings.TrimSpace(t.Plain()) + "\n"), nil
	}
	return []byte(strings.TrimSpace(t.Markdown()) + "\n"), nil
}

// openContent opens a file, or an address through the guarded client.
func (m *Main) openContent(ctx context.Context, cfg *config, what string) (io.ReadCloser, extract.Options, error) {
	if !strings.HasPrefix(what, "http://") && !strings.HasPrefix(what, "https://") {
		file, err := os.Open(what)
		if err != nil {
			return nil, extract.Options{}, fmt.Errorf("the file cannot be opened: %w; look at its name", err)
		}
		info, err := file.Stat()
		if err == nil && info.IsDir() {
			err = usage("%s is a folder; give --in %s --out DIR", what, what)
		}
		if err != nil {
			return nil, extract.Options{}, errors.Join(err, file.Close())
		}
		return file, extract.Options{MediaType: mime.TypeByExtension(filepath.Ext(what)), URI: filepath.Base(what)}, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, what, nil)
	if err != nil {
		return nil, extract.Options{}, usage("%q is not an address: %v", what, err)
	}
	resp, err := fetch.New(fetchOptions(cfg, m.log))(connectors.HTTPOptions{}).Do(req)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err
		}
		return nil, extract.Options{}, fmt.Errorf("the address %s cannot be read: %w", what, err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, extract.Options{}, errors.Join(fmt.Errorf("%s answers %s; look at the address", what, resp.Status), resp.Body.Close())
	}
	return resp.Body, extract.Options{MediaType: resp.Header.Get("Content-Type"), URI: resp.Request.URL.String()}, nil
}

// A reportLine is a line of report.jsonl.
type reportLine struct {
	File      string `json:"file"`
	Status    string `json:"status"` // ok, unreadable, failed
	Reason    string `json:"reason,omitempty"`
	MediaType string `json:"media_type"`
	Chars     int    `json:"chars"`
	MS        int64  `json:"ms"`
}

func (m *Main) extractAll(ctx context.Context, f extractFlags) error {
	cfg, err := findConfig(m.flags.config, m.Getenv)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(f.in)
	if err != nil {
		return fmt.Errorf("the folder cannot be opened: %w; look at --in", err)
	}
	names, err := filesIn(root.FS())
	if err != nil {
		return errors.Join(fmt.Errorf("list %s: %w", f.in, err), root.Close())
	}
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return errors.Join(fmt.Errorf("the folder cannot be made: %w; look at --out", err), root.Close())
	}
	var report strings.Builder
	counts := map[string]int{}
	x := formats.New(formatsConfig(cfg))
	for _, name := range names {
		line := extractFile(ctx, x, root, name, f)
		if ctx.Err() != nil {
			return errors.Join(ctx.Err(), root.Close())
		}
		counts[line.Status]++
		text, err := json.Marshal(line)
		if err != nil {
			return errors.Join(err, root.Close())
		}
		report.Write(append(text, '\n'))
	}
	if err := errors.Join(root.Close(), renameio.WriteFile(filepath.Join(f.out, "report.jsonl"), []byte(report.String()), 0o644)); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if m.flags.json {
		err = m.printJSON(map[string]int{"files": len(names), "ok": counts["ok"], "unreadable": counts["unreadable"], "failed": counts["failed"]})
	} else {
		err = m.say("%s: %d read, %d unreadable, %d failed; see %s", plural(len(names), "file", "files"), counts["ok"], counts["unreadable"], counts["failed"], filepath.Join(f.out, "report.jsonl"))
	}
	if err == nil && counts["ok"] < len(names) {
		return errPartial
	}
	return err
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

// extractFile reads one file of the folder and writes its text beside the others.
func extractFile(ctx context.Context, x *formats.Extractor, root *os.Root, name string, f extractFlags) (line reportLine) {
	began := time.Now()
	line = reportLine{File: name, Status: "failed", MediaType: f.mediaType}
	if line.MediaType == "" {
		line.MediaType = mime.TypeByExtension(filepath.Ext(name))
	}
	defer func() { line.MS = time.Since(began).Milliseconds() }()
	file, err := root.Open(name)
	if err != nil {
		line.Reason = err.Error()
		return line
	}
	text, err := x.Extract(ctx, file, extract.Options{MediaType: line.MediaType, URI: filepath.Base(name)})
	if err = errors.Join(err, file.Close()); err != nil {
		line.Reason = err.Error()
		if v := connectors.AsVerdict(err); v != nil {
			line.Status = "unreadable"
		}
		return line
	}
	out, err := render(text, f.format)
	target := filepath.Join(f.out, filepath.FromSlash(name)+endings[f.format])
	if err == nil {
		err = os.MkdirAll(filepath.Dir(target), 0o755)
	}
	if err == nil {
		err = renameio.WriteFile(target, out, 0o644)
	}
	if err != nil {
		line.Reason = err.Error()
		return line
	}
	line.Status, line.Chars = "ok", utf8.RuneCountInString(text.Plain())
	return line
}
