package formats

import (
	"context"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/external"
)

// programFor names the command, in the configuration, for documents of a form that no
// reader reads; "" for the others.
func programFor(f form) string {
	switch f {
	case "doc", "xls", "ppt", "xlsb", "msg", "odg":
		return string(f)
	case "text/rtf", "application/rtf":
		return "rtf"
	}
	if strings.HasPrefix(string(f), "image/") && f != "image/svg+xml" {
		return "image"
	}
	return ""
}

// needsProgram ends a verdict on a form: what would read it.
func needsProgram(f form) string {
	key := programFor(f)
	return "have an external program read it: configure extract.commands." + key + ", for instance with " + external.Suggestions()[key]
}

// ocr is the command for PDF files whose pages are pictures.
const ocr = "ocr"

func (x *Extractor) converts(key string) bool {
	return key != "" && x.external != nil && x.external.Has(key)
}

// Programs lists what x has external programs read, in alphabetical order.
func (x *Extractor) Programs() []string {
	var out []string
	for _, key := range external.Forms() {
		if x.converts(key) {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// products are the media types of what programs make.
var products = map[string]string{"txt": "text/plain", "md": "text/markdown", "html": "text/html", "csv": "text/csv", "eml": "message/rfc822"}

// converted has a program turn the document into one that is read. The program has a
// time of its own, and so has the reader of what it makes.
func (x *Extractor) converted(ctx context.Context, key string, f form, b []byte, o extract.Options) (*extract.Text, error) {
	made, err := x.external.Convert(ctx, key, suffixFor(f, b), b, o.Limits.Bytes)
	if err != nil {
		return nil, err
	}
	o.MediaType = products[made.Form]
	is, err := formOf(made.Content, o)
	if err != nil {
		return nil, err
	}
	timed, cancel := context.WithTimeoutCause(ctx, o.Limits.Time, tooSlow(o.Limits))
	defer cancel()
	t, err := x.readAs(timed, is, made.Content, o)
	if err != nil {
		return nil, err
	}
	t.Why = strings.TrimSuffix(made.Program+" made "+made.Form+" of it; "+t.Why, "; ")
	return t, nil
}

// suffixFor is how the file is called that a program is given: many go by it.
func suffixFor(f form, b []byte) string {
	if strings.Contains(string(f), "/") {
		return mimetype.Detect(b[:min(len(b), sniffed)]).Extension()
	}
	return "." + string(f)
}

// needsOCR reports whether a PDF shows pictures of text: it has no text of its own, or
// most of its pages have none.
func needsOCR(f form, t *extract.Text, err error) bool {
	if f != "pdf" {
		return false
	}
	if v := connectors.AsVerdict(err); v != nil {
		return strings.HasSuffix(v.Detail, "it needs OCR")
	}
	return err == nil && t.Quality != nil && t.Quality.NeedOCR*2 > t.Quality.Pages
}

// recognised has a program recognise the text of a scan. If none is configured, what
// was read stays, or the verdict says what to configure.
func (x *Extractor) recognised(ctx context.Context, f form, b []byte, o extract.Options, t *extract.Text, err error) (*extract.Text, error) {
	v := connectors.AsVerdict(err)
	if !x.converts(ocr) {
		if v != nil {
			return nil, &connectors.Verdict{Reason: v.Reason, Detail: v.Detail + " by an external program: configure extract.commands.ocr, for instance with " + external.Suggestions()[ocr]}
		}
		return t, err
	}
	seen, failed := x.converted(ctx, ocr, f, b, o)
	if failed != nil && t != nil && connectors.AsVerdict(failed) != nil {
		if t.Quality != nil {
			t.Quality.Doubt += "; " + failed.Error()
		}
		return t, nil
	}
	return seen, failed
}
