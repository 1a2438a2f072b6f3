package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

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
