// Package formats decides by its content what a document is and has the reader of that
// form read it.
package formats

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/external"
	"freshet/pipeline/extract/pdf"
)

// Config is what an Extractor is made with.
type Config struct {
	Limits extract.Limits // zero fields take their defaults
	// External has programs of this machine read what no reader does; nil: nothing.
	External *external.Converter
	PDF      *pdf.Reader // nil: PDF files are not read
}

// An Extractor reads documents. It is safe for concurrent use.
type Extractor struct {
	limits   extract.Limits
	read     map[form]reading
	external *external.Converter
}

// New returns an Extractor.
func New(c Config) *Extractor {
	return &Extractor{limits: c.Limits.WithDefaults(), read: readings(c), external: c.External}
}

// Limits are those that documents are held to where their Options say nothing.
func (x *Extractor) Limits() extract.Limits { return x.limits }

// Extract reads r to its end. A *connectors.Verdict in the error's chain means
// that the document cannot be read as it stands: unsupported_media_type,
// too_large, malformed, encrypted or empty. Any other error is a fault of r, of
// ctx, or a selector in o that is not valid CSS. ctx is looked at between the
// steps of reading; no step takes more than a few seconds within the limits.
func (x *Extractor) Extract(ctx context.Context, r io.Reader, o extract.Options) (*extract.Text, error) {
	o.Limits = x.limits.Over(o.Limits)
	timed, cancel := context.WithTimeoutCause(ctx, o.Limits.Time, tooSlow(o.Limits))
	defer cancel()
	b, err := extract.ReadAll(timed, r, o.Limits.Bytes)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, &connectors.Verdict{Reason: connectors.VerdictEmpty, Detail: "there is nothing in it"}
	}
	f, err := formOf(b, o)
	if err != nil {
		return nil, err
	}
	var t *extract.Text
	if key := programFor(f); x.converts(key) {
		t, err = x.converted(ctx, key, f, b, o)
	} else if t, err = x.readAs(timed, f, b, o); needsOCR(f, t, err) {
		t, err = x.recognised(ctx, f, b, o, t, err)
	}
	if err != nil {
		return nil, err
	}
	return finish(t, o)
}

// readAs reads b with the reader of its form.
func (x *Extractor) readAs(ctx context.Context, f form, b []byte, o extract.Options) (*extract.Text, error) {
	how, ok := x.read[f]
	if !ok {
		return nil, unread(f)
	}
	var t *extract.Text
	var err error
	if how.text != nil {
		text, _ := Decode(b, o.MediaType)
		t, err = how.text(ctx, text, o)
	} else {
		t, err = how.bytes(ctx, b, o)
	}
	if err != nil {
		return nil, err
	}
	t.Version = how.version
	return t, nil
}

func tooSlow(l extract.Limits) error {
	return &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf("reading it took longer than %s", l.Time)}
}

// finish fills in what all forms share.
func finish(t *extract.Text, o extract.Options) (*extract.Text, error) {
	if !t.HasWords() {
		detail := "no text was found in it"
		if t.Why != "" {
			detail += ": " + t.Why
		}
		return nil, &connectors.Verdict{Reason: connectors.VerdictEmpty, Detail: detail}
	}
	if title := extract.Fold(strings.ToValidUTF8(o.Title, "")); title != "" {
		t.Title = title
	}
	t.Language = extract.LanguageOf(t, o.Locale)
	for i := range t.Blocks {
		if t.Blocks[i].Language == t.Language {
			t.Blocks[i].Language = ""
		}
	}
	return t, nil
}
