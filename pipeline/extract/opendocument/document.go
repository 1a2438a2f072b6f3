// Package opendocument reads the documents of LibreOffice and its kin: text (ODT),
// spreadsheets (ODS) and presentations (ODP), in archives and as flat XML.
package opendocument

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"strings"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
)

// The versions of the rules by which the forms are read.
const (
	TextVersion         = "odt/1"
	SpreadsheetVersion  = "ods/1"
	PresentationVersion = "odp/1"
)

// Read reads a document of any of the three forms, as an archive or as one XML file;
// its content says which one it is.
// Text.Way is "odt", "ods" or "odp". A *connectors.Verdict says that it is malformed,
// encrypted, or exceeds a limit (too_large).
func Read(ctx context.Context, b []byte, o extract.Options) (*extract.Text, error) {
	if !container.IsZip(b) {
		return readFlat(ctx, b, o)
	}
	files, err := container.Open(b, o.Limits)
	if err != nil {
		return nil, err
	}
	r := newReader(ctx, o)
	r.files = files
	for _, name := range []string{"meta.xml", "styles.xml", "content.xml"} {
		d, err := files.XML(ctx, name)
		if errors.Is(err, fs.ErrNotExist) && name != "content.xml" {
			continue
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil, &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: "there is no content.xml in it"}
		}
		if err == nil {
			err = r.part(d)
		}
		if err != nil {
			return nil, err
		}
	}
	return r.finish(), nil
}

// readFlat reads a document that is one XML file (.fodt, .fods, .fodp).
func readFlat(ctx context.Context, b []byte, o extract.Options) (*extract.Text, error) {
	r := newReader(ctx, o)
	if err := r.part(container.NewDecoder(ctx, bytes.NewReader(b), "the document", o.Limits)); err != nil {
		return nil, err
	}
	return r.finish(), nil
}

// FlatForm says which form a flat XML file has: "odt", "ods", "odp", or "" when head
// does not begin one.
func FlatForm(head []byte) string {
	if !bytes.Contains(head, []byte("<office:document ")) && !bytes.Contains(head, []byte("<office:document\n")) {
		return ""
	}
	for form, media := range map[string]string{"odt": "opendocument.text", "ods": "opendocument.spreadsheet", "odp": "opendocument.presentation"} {
		if bytes.Contains(head, []byte(`office:mimetype="application/vnd.oasis.`+media)) {
			return form
		}
	}
	return ""
}

// reader reads one document.
type reader struct {
	ctx    context.Context
	o      extract.Options
	limits extract.Limits
	files  *container.Files // nil for flat XML
	base   *url.URL
	styles *styles
	lists  numbering
	t      *extract.Text
	titled bool // a paragraph in the style of titles was seen
	cells  int  // of all tables together
	notes  []extract.Block
	// objects counts the embedded documents that are open.
	objects int
}

func newReader(ctx context.Context, o extract.Options) *reader {
	o.Limits = o.Limits.WithDefaults()
	r := &reader{ctx: ctx, o: o, limits: o.Limits, styles: newStyles(), lists: numbering{}, t: &extract.Text{Properties: map[string]string{}}}
	if u, err := url.Parse(o.URI); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		r.base = u
	}
	return r
}

// part reads one XML file: what it says of itself, its styles, its body.
func (r *reader) part(d *container.Decoder) error {
	return d.Elements(func(e xml.StartElement) error {
		switch name(e) {
		case "office:meta":
			return r.meta(d)
		case "office:styles", "office:automatic-styles":
			return r.styles.read(d)
		case "office:master-styles", "office:scripts", "office:font-face-decls", "office:settings":
			return d.Skip()
		case "office:text":
			return r.text(d)
		case "office:spreadsheet":
			return r.spreadsheet(d)
		case "office:presentation":
			return r.presentation(d)
		case "office:drawing", "office:chart", "office:image", "office:database":
			return &connectors.Verdict{Reason: connectors.VerdictMediaType, Detail: "it is an OpenDocument " + strings.TrimPrefix(name(e), "office:") + "; text, spreadsheets and presentations are read"}
		}
		return nil
	})
}

func name(e xml.StartElement) string { return e.Name.Space + ":" + e.Name.Local }

// each calls start for every element within the one that was begun last, until its
// end. start must read to the end of its element.
func each(d *container.Decoder, start func(e xml.StartElement) error) error {
	for {
		token, err := d.Token()
		if err != nil {
			return unexpected(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := start(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// unexpected turns an end within an element into a verdict.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: "its XML ends too early"}
	}
	return err
}

func (r *reader) meta(d *container.Decoder) error {
	var keywords []string
	author := ""
	err := each(d, func(e xml.StartElement) error {
		s, err := d.Text()
		if err != nil {
			return unexpected(err)
		}
		switch name(e) {
		case "dc:title", "dc:subject", "dc:description", "dc:language":
			container.SetProperty(r.t.Properties, e.Name.Local, s)
		case "meta:initial-creator":
			container.SetProperty(r.t.Properties, "author", s)
		case "dc:creator":
			author = s
		case "meta:creation-date":
			container.SetProperty(r.t.Properties, "created", s)
		case "dc:date":
			container.SetProperty(r.t.Properties, "modified", s)
		case "meta:keyword":
			if s = extract.Fold(s); s != "" && len(keywords) < 100 {
				keywords = append(keywords, s)
			}
		}
		return nil
	})
	container.SetProperty(r.t.Properties, "keywords", strings.Join(keywords, ", "))
	if r.t.Properties["author"] == "" {
		container.SetProperty(r.t.Properties, "author", author)
	}
	return err
}

// finish fills in title and language.
func (r *reader) finish() *extract.Text {
	t := r.t
	t.Blocks = extract.AttachLeads(t.Blocks)
	language := t.Properties["language"]
	delete(t.Properties, "language")
	if title := t.Properties["title"]; title != "" {
		t.Title = title
	}
	for i := range t.Blocks {
		if t.Title == "" && t.Blocks[i].Kind == extract.Heading && t.Way == "odt" {
			t.Title = strings.ReplaceAll(t.Blocks[i].Text, "\n", " ")
		}
	}
	if language == "" {
		language = r.styles.language
	}
	t.Language = extract.NormalLanguage(language)
	// Files keep the language of the program that made them, whatever is written.
	if seen := extract.LanguageOf(&extract.Text{Blocks: t.Blocks}, ""); seen == "fr" || seen == "en" {
		if base, _, _ := strings.Cut(t.Language, "-"); base != seen {
			t.Language = seen
		}
	}
	if len(t.Properties) == 0 {
		t.Properties = nil
	}
	return t
}

func (r *reader) takeCells(n int) error {
	if r.cells += n; r.cells > r.limits.Cells {
		return tooManyCells(r.limits.Cells)
	}
	return nil
}
