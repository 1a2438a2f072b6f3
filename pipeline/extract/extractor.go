package extract

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"freshet/connectors"
)

// Options describe one document.
type Options struct {
	MediaType string // as declared, with parameters; a hint
	URI       string // its address: resolves links, and its extension is a hint
	Title     string // as the source says; used where it is set
	Locale    string // as the source says; used where it is set
	// Drop are CSS selectors of what is left out of HTML.
	Drop []string
	// Select is a CSS selector; only what it matches is taken, and taken whole.
	// A page on which it matches nothing is read as if it were not set.
	Select string
	Limits Limits // zero fields take the Extractor's
}

// An Extractor reads documents. It is safe for concurrent use.
type Extractor struct{ limits Limits }

// New returns an Extractor with limits; zero fields take their defaults.
func New(limits Limits) *Extractor { return &Extractor{limits: limits.withDefaults()} }

// Extract reads r to its end. A *connectors.Verdict in the error's chain means
// that the document cannot be read as it stands: unsupported_media_type,
// too_large, malformed, encrypted or empty. Any other error is a fault of r, of
// ctx, or a selector in o that is not valid CSS. ctx is looked at between the
// steps of reading; no step takes more than a few seconds within the limits.
func (x *Extractor) Extract(ctx context.Context, r io.Reader, o Options) (*Text, error) {
	o.Limits = x.limits.over(o.Limits)
	timed, cancel := context.WithTimeoutCause(ctx, o.Limits.Time, tooSlow(o.Limits))
	defer cancel()
	b, err := readAll(timed, r, o.Limits.Bytes)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, &connectors.Verdict{Reason: connectors.VerdictEmpty, Detail: "there is nothing in it"}
	}
	f, err := formOf(b, o.MediaType, o.URI)
	if err != nil {
		return nil, err
	}
	text, _ := Decode(b, o.MediaType)
	var t *Text
	switch f {
	case formHTML:
		t, err = readHTML(timed, text, o)
	case formMarkdown:
		t, err = readMarkdown(timed, text, o)
	default:
		t = readText(text)
	}
	if err != nil {
		return nil, err
	}
	return finish(t, o)
}

func tooSlow(l Limits) error {
	return &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf("reading it took longer than %s", l.Time)}
}

// readAll reads at most limit bytes.
func readAll(ctx context.Context, r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(contextReader{ctx, r}, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	if int64(len(b)) > limit {
		return nil, &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf("it is larger than %d bytes", limit)}
	}
	return b, nil
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.r.Read(p)
}

// finish fills in what all forms share.
func finish(t *Text, o Options) (*Text, error) {
	t.Version = Version
	if !hasWords(t.Blocks) {
		detail := "no text was found in it"
		if t.Why != "" {
			detail += ": " + t.Why
		}
		return nil, &connectors.Verdict{Reason: connectors.VerdictEmpty, Detail: detail}
	}
	if title := fold(strings.ToValidUTF8(o.Title, "")); title != "" {
		t.Title = title
	}
	t.Language = languageOf(t, o.Locale)
	for i := range t.Blocks {
		if t.Blocks[i].Language == t.Language {
			t.Blocks[i].Language = ""
		}
	}
	return t, nil
}

func hasWords(blocks []Block) bool {
	for i := range blocks {
		if len(blocks[i].Items) > 0 || len(blocks[i].Rows) > 0 || blocks[i].Text != "" {
			return true
		}
	}
	return false
}
