package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"

	"freshet/api"
	"freshet/connectors"
	"freshet/pipeline"
	"freshet/pipeline/chunk"
	"freshet/pipeline/extract"
)

const (
	previewText  = 2000     // bytes of Markdown shown of a document
	previewBytes = 20 << 20 // of one document
)

// Preview reads the first n documents as they would be indexed, and writes nothing.
func (s *sources) Preview(ctx context.Context, spec api.Spec, n int) ([]api.Preview, error) {
	src, err := s.opened(ctx, spec)
	if err != nil {
		return nil, err
	}
	out := []api.Preview{}
	for change, err := range src.Pull(ctx, nothingYet{&notes{values: map[string]string{}}}) {
		if err != nil {
			if ctx.Err() != nil {
				return out, ctx.Err()
			}
			if len(out) > 0 {
				return out, nil // what could be read says more than why the rest could not
			}
			return nil, fmt.Errorf("%w: %w", api.ErrSource, err)
		}
		if p, ok := s.preview(ctx, change, spec.Extract); ok {
			out = append(out, p)
		}
		if len(out) >= n {
			break
		}
	}
	return out, nil
}

func (s *sources) preview(ctx context.Context, change connectors.Change, options map[string]any) (api.Preview, bool) {
	switch c := change.(type) {
	case connectors.Upsert:
		return s.previewDocument(ctx, c.Document, options), true
	case connectors.Skip:
		return api.Preview{ID: c.ID, URL: c.URI, Outcome: "skipped", Reason: joined(api.ReasonText(string(c.Reason)), c.Detail)}, true
	case connectors.Unreadable:
		return api.Preview{ID: c.ID, URL: c.URI, Outcome: "unreadable", Reason: c.Err.Error()}, true
	}
	return api.Preview{}, false
}

func joined(reason, detail string) string {
	if detail == "" {
		return reason
	}
	return reason + ": " + detail
}

func (s *sources) previewDocument(ctx context.Context, d *connectors.Document, options map[string]any) api.Preview {
	p := api.Preview{ID: d.ID, Title: d.Title, URL: d.URI, Locale: d.Locale, Labels: d.Labels, Outcome: "read"}
	text, err := s.read(ctx, d, options)
	if err != nil {
		p.Outcome, p.Reason = "unreadable", err.Error()
		return p
	}
	if p.Title == "" {
		p.Title = text.Title
	}
	if p.Locale == "" {
		p.Locale = text.Language
	}
	pieces, err := chunk.Split(text, chunk.Options{Document: d.ID})
	if err != nil {
		p.Reason = err.Error()
	}
	p.Passages = len(pieces)
	for i := range pieces {
		p.Words += pieces[i].Words
	}
	p.Text = cut(text.Markdown(), previewText)
	return p
}

func (s *sources) read(ctx context.Context, d *connectors.Document, options map[string]any) (text *extract.Text, err error) {
	if d.Open == nil {
		return nil, &connectors.Verdict{Reason: connectors.VerdictEmpty}
	}
	body, err := d.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	content, err := io.ReadAll(io.LimitReader(body, previewBytes+1))
	if err != nil {
		return nil, err
	}
	if len(content) > previewBytes {
		return nil, &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf("it has more than %d MB", previewBytes>>20)}
	}
	o := pipeline.ReadingOptions(d, options)
	o.Title = d.Title
	return s.extractor.Extract(ctx, bytes.NewReader(content), o)
}

// cut shortens a text to at most n bytes, at a character's end.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// nothingYet is the position of a source that was never pulled.
type nothingYet struct{ notes *notes }

// Pass asks for everything.
func (nothingYet) Pass() connectors.Pass { return connectors.Full }

// Cursor is the beginning.
func (nothingYet) Cursor() string { return "" }

// Revision knows no document.
func (nothingYet) Revision(context.Context, string) (string, error) { return "", nil }

// Known yields nothing.
func (nothingYet) Known(context.Context) iter.Seq2[string, error] {
	return func(func(string, error) bool) {}
}

// Memory holds what this pull noted.
func (n nothingYet) Memory() connectors.Memory { return n.notes }

// notes are a Memory that ends with the pull.
type notes struct {
	mu     sync.Mutex
	values map[string]string
}

// Get returns what was noted in this pull.
func (n *notes) Get(_ context.Context, key string) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.values[key], nil
}

// Set notes a value until the pull ends.
func (n *notes) Set(key, value string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.values[key] = value
}
