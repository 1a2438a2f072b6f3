package formats

import (
	"context"
	"slices"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/book"
	"freshet/pipeline/extract/markup"
	"freshet/pipeline/extract/opendocument"
	"freshet/pipeline/extract/pdf"
	"freshet/pipeline/extract/sheets"
	"freshet/pipeline/extract/slides"
	"freshet/pipeline/extract/word"
)

// A form is one kind of file that is read.
type form string

const (
	formText     form = "text"
	formHTML     form = "html"
	formMarkdown form = "markdown"
	formMail     form = "eml"
	formCSV      form = "csv"
	formXLSX     form = "xlsx"
	formPPTX     form = "pptx"
	formDOCX     form = "docx"
	formEPUB     form = "epub"
	formODT      form = "odt"
	formODS      form = "ods"
	formODP      form = "odp"
	formPDF      form = "pdf"
)

// A reading is how a form is read.
type reading struct {
	// version names the rules; see extract.Text.Version.
	version string
	// Exactly one is set: text reads what was decoded to UTF-8, bytes the file itself.
	text  func(ctx context.Context, content string, o extract.Options) (*extract.Text, error)
	bytes func(ctx context.Context, content []byte, o extract.Options) (*extract.Text, error)
}

// readings are the forms that an Extractor of this Config reads.
func readings(c Config) map[form]reading {
	return map[form]reading{
		formText:     {version: "text/1", text: readText},
		formHTML:     {version: markup.HTMLVersion, text: markup.ReadHTML},
		formMarkdown: {version: markup.MarkdownVersion, text: markup.ReadMarkdown},
		formMail:     {version: mailVersion, bytes: readMail},
		formCSV:      {version: sheets.CSVVersion, text: sheets.ReadCSV},
		formXLSX:     {version: sheets.XLSXVersion, bytes: sheets.ReadXLSX},
		formPPTX:     {version: slides.Version, bytes: slides.Read},
		formDOCX:     {version: word.Version, bytes: word.Read},
		formEPUB:     {version: book.Version, bytes: book.Read},
		formODT:      {version: opendocument.TextVersion, bytes: opendocument.Read},
		formODS:      {version: opendocument.SpreadsheetVersion, bytes: opendocument.Read},
		formODP:      {version: opendocument.PresentationVersion, bytes: opendocument.Read},
		formPDF:      {version: pdf.Version, bytes: c.PDF.Read},
	}
}

// Versions lists the rules of the forms that x reads, in alphabetical order.
func (x *Extractor) Versions() []string {
	all := make([]string, 0, len(x.read))
	for _, r := range x.read {
		all = append(all, r.version)
	}
	slices.Sort(all)
	return all
}
