package opendocument

import (
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container/containertest"
)

const spaces = ` xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"` +
	` xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"` +
	` xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"` +
	` xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"` +
	` xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:chart="urn:oasis:names:tc:opendocument:xmlns:chart:1.0"` +
	` xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" `

// A document is what a test's file is made of.
type document struct {
	form, styles, body, meta string
	more                     map[string]string // further parts
}

var mediaTypes = map[string]string{"text": "text", "spreadsheet": "spreadsheet", "presentation": "presentation"}

func (f document) content() string {
	return `<office:automatic-styles>` + f.styles + `</office:automatic-styles><office:body><office:` + f.form + `>` + f.body + `</office:` + f.form + `></office:body>`
}

func (f document) zip(t testing.TB) []byte {
	t.Helper()
	parts := []string{"mimetype", "application/vnd.oasis.opendocument." + mediaTypes[f.form]}
	if f.meta != "" {
		parts = append(parts, "meta.xml", `<office:document-meta`+spaces+`><office:meta>`+f.meta+`</office:meta></office:document-meta>`)
	}
	parts = append(parts, "content.xml", `<?xml version="1.0" encoding="UTF-8"?><office:document-content`+spaces+`>`+f.content()+`</office:document-content>`)
	for name, content := range f.more {
		parts = append(parts, name, content)
	}
	return containertest.Zip(t, parts...)
}

func (f document) flat() []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?><office:document` + spaces + `office:mimetype="application/vnd.oasis.opendocument.` + mediaTypes[f.form] + `">` +
		`<office:meta>` + f.meta + `</office:meta>` + f.content() + `</office:document>`)
}

// read reads the document as an archive and as flat XML, which must give the same.
func read(t *testing.T, f document) *extract.Text {
	t.Helper()
	text, err := Read(t.Context(), f.zip(t), extract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	other, err := Read(t.Context(), f.flat(), extract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.more) == 0 && (other.Plain() != text.Plain() || other.Title != text.Title || FlatForm(f.flat()) != text.Way) {
		t.Errorf("as flat XML: %q (%s), not %q", other.Plain(), FlatForm(f.flat()), text.Plain())
	}
	return text
}

// outline writes blocks so that a test can compare them.
func outline(text *extract.Text) string {
	var b strings.Builder
	for i := range text.Blocks {
		block := &text.Blocks[i]
		b.WriteString(string(block.Kind))
		if block.Kind == extract.Heading {
			b.WriteString(strings.Repeat("#", block.Level))
		}
		if block.Kind == extract.Table {
			b.WriteString(strings.Repeat("^", block.HeaderRows))
		}
		one := extract.Text{Blocks: text.Blocks[i : i+1]}
		b.WriteString(": " + strings.ReplaceAll(one.Plain(), "\n", " / ") + "\n")
	}
	return b.String()
}

func want(t *testing.T, text *extract.Text, lines ...string) {
	t.Helper()
	if got := strings.TrimSpace(outline(text)); got != strings.Join(lines, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(lines, "\n"))
	}
}

func wantVerdict(t *testing.T, err error, reason, detail string) {
	t.Helper()
	if v := connectors.AsVerdict(err); v == nil || v.Reason != reason || !strings.Contains(v.Detail, detail) {
		t.Errorf("got %v, want %s with %q", err, reason, detail)
	}
}

const numbered = `<text:list-style style:name="N"><text:list-level-style-number text:level="1" style:num-format="1"/><text:list-level-style-bullet text:level="2" text:bullet-char="•"/></text:list-style>` +
	`<text:list-style style:name="B"><text:list-level-style-bullet text:level="1" text:bullet-char="•"/><text:list-level-style-number text:level="2" style:num-format="a"/></text:list-style>` +
	`<text:list-style style:name="None"><text:list-level-style-number text:level="1" style:num-format=""/></text:list-style>`
