package main

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"freshet/connectors"
	"freshet/pipeline/contents"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/external"
	"freshet/pipeline/extract/formats"
	"freshet/pipeline/extract/pdf"
)

// extractConfig says what reading a document may cost, and what is read by others.
type extractConfig struct {
	Limits   limitsConfig             `yaml:"limits"`
	Keep     keepConfig               `yaml:"keep"`
	Commands map[string]commandConfig `yaml:"commands"`
	PDF      pdfConfig                `yaml:"pdf"`

	limits   extract.Limits
	keep     contents.Options // without Dir
	commands map[string]external.Command
}

// keepConfig says how much is kept of documents as they were read; "0" keeps nothing,
// "" is the default.
type keepConfig struct {
	Document string `yaml:"document"` // of one document
	Total    string `yaml:"total"`    // of all, compressed
}

// commandConfig is an external program for documents of one form.
type commandConfig struct {
	Command  []string `yaml:"command"`
	Produces string   `yaml:"produces"`
	Timeout  string   `yaml:"timeout"`
}

// limitsConfig are extract.Limits as a person writes them; "" keeps a default.
type limitsConfig struct {
	Bytes        string `yaml:"bytes"`
	Pages        string `yaml:"pages"`
	Time         string `yaml:"time"`
	Memory       string `yaml:"memory"`
	Inflated     string `yaml:"inflated"`
	Entries      string `yaml:"entries"`
	Ratio        string `yaml:"ratio"`
	XMLDepth     string `yaml:"xml_depth"`
	Cells        string `yaml:"cells"`
	Nodes        string `yaml:"nodes"`
	Depth        string `yaml:"depth"`
	Links        string `yaml:"links"`
	ArticleNodes string `yaml:"article_nodes"`
	ArticleBytes string `yaml:"article_bytes"`
}

// largestDocument is the most that may be asked to be read of one document: it is
// held in memory, with what is made of it.
const largestDocument = 1 << 30

// check expands references and reads the limits.
func (x *extractConfig) check(w *walker, e expander) {
	x.PDF.check(w, e)
	from, to := &x.Limits, &x.limits
	for _, size := range []struct {
		key, text string
		to        *int64
		most      int64
	}{
		{"bytes", from.Bytes, &to.Bytes, largestDocument}, {"memory", from.Memory, &to.Memory, math.MaxInt64}, {"inflated", from.Inflated, &to.Inflated, math.MaxInt64},
	} {
		*size.to = readLimit(w, e, size.key, size.text, size.most, connectors.ParseSize)
	}
	for _, count := range []struct {
		key, text string
		to        *int
	}{
		{"pages", from.Pages, &to.Pages}, {"entries", from.Entries, &to.Entries}, {"ratio", from.Ratio, &to.Ratio}, {"xml_depth", from.XMLDepth, &to.XMLDepth},
		{"cells", from.Cells, &to.Cells}, {"nodes", from.Nodes, &to.Nodes}, {"depth", from.Depth, &to.Depth}, {"links", from.Links, &to.Links},
		{"article_nodes", from.ArticleNodes, &to.ArticleNodes},
	} {
		*count.to = readLimit(w, e, count.key, count.text, math.MaxInt32, readCount)
	}
	to.ArticleBytes = int(readLimit(w, e, "article_bytes", from.ArticleBytes, largestDocument, connectors.ParseSize))
	x.keep = contents.Options{
		Document: readKeep(w, e, "document", x.Keep.Document, contents.DefaultDocument), Total: readKeep(w, e, "total", x.Keep.Total, contents.DefaultTotal),
	}
	to.Time = readLimit(w, e, "time", from.Time, math.MaxInt64, readTime)
	x.commands = make(map[string]external.Command, len(x.Commands))
	for _, form := range slices.Sorted(maps.Keys(x.Commands)) {
		c, err := x.Commands[form].command(e)
		if err == nil {
			err = c.Check()
		}
		if err != nil {
			w.say(0, "extract.commands.%s.%v", form, err)
		}
		x.commands[form] = c
	}
}

// command expands references.
func (c commandConfig) command(e expander) (external.Command, error) {
	out := external.Command{Args: make([]string, len(c.Command))}
	var err error
	for i, word := range c.Command {
		if out.Args[i], err = e.text(word); err != nil {
			return out, fmt.Errorf("command: %w", err)
		}
	}
	if out.Produces, err = e.text(c.Produces); err != nil {
		return out, fmt.Errorf("produces: %w", err)
	}
	timeout, err := e.text(c.Timeout)
	if err == nil && timeout != "" {
		out.Timeout, err = readTime(timeout)
	}
	if err != nil {
		return out, fmt.Errorf("timeout: %w", err)
	}
	return out, nil
}

// readLimit returns the zero value, which keeps the default, when nothing is written.
func readLimit[T int | int64 | time.Duration](w *walker, e expander, key, text string, most T, read func(string) (T, error)) T {
	expanded, err := e.text(text)
	if err == nil && strings.TrimSpace(expanded) == "" {
		return 0
	}
	var v T
	if err == nil {
		v, err = read(expanded)
	}
	if err == nil && v > most {
		err = fmt.Errorf("%s is more than can be; write at most %d", expanded, most)
	}
	if err != nil {
		w.say(0, "extract.limits.%s: %v", key, err)
	}
	return v
}

func readKeep(w *walker, e expander, key, text string, otherwise int64) int64 {
	expanded, err := e.text(text)
	var size int64
	switch expanded = strings.TrimSpace(expanded); {
	case err != nil:
	case expanded == "":
		return otherwise
	case strings.Trim(expanded, "0") != "":
		size, err = connectors.ParseSize(expanded)
	}
	if err != nil {
		w.say(0, "extract.keep.%s: %v; 0 keeps nothing", key, err)
	}
	return size
}

func readCount(s string) (int, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 32)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a number from 1 to %d; to keep the default, leave it out", s, math.MaxInt32)
	}
	return int(n), nil
}

func readTime(s string) (time.Duration, error) {
	d, err := connectors.ParseDuration(s)
	if err == nil && d < time.Millisecond {
		err = fmt.Errorf("%q is too short to read anything; write 30s or 2m", s)
	}
	return d, err
}

// contentsOptions say how much is kept of documents as they were read; c may be nil.
func contentsOptions(c *config, dir string) contents.Options {
	o := contents.Options{Document: contents.DefaultDocument, Total: contents.DefaultTotal}
	if c != nil {
		o = c.Extract.keep
	}
	o.Dir = filepath.Join(dir, contentsDir)
	return o
}

// formatsConfig is how every Extractor of this process is made; c may be nil.
func formatsConfig(c *config) formats.Config {
	options := pdf.Options{Command: []string{ownProgram(), pdf.Argument}}
	var out formats.Config
	if c != nil {
		out.Limits = c.Extract.limits
		if len(c.Extract.commands) > 0 {
			out.External = external.New(external.Config{Commands: c.Extract.commands})
		}
		options.Passwords, options.Pdftotext = c.Extract.PDF.Passwords, c.Extract.PDF.Pdftotext
	}
	out.PDF = pdf.New(options)
	return out
}
