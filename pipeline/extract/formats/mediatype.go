package formats

import (
	"bytes"
	"mime"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"freshet/connectors"
	"freshet/connectors/mail"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
	"freshet/pipeline/extract/markup"
	"freshet/pipeline/extract/opendocument"
	"freshet/pipeline/extract/sheets"
)

// sniffed is how much of a document decides what it is.
const sniffed = 4 << 10

// formOf decides by content what b is; declared type and address choose only
// among the textual forms, which look alike. The form need not be one that is read.
func formOf(b []byte, o extract.Options) (form, error) {
	switch {
	case isPDF(b):
		return formPDF, nil
	case container.IsZip(b):
		return formOfArchive(b, o.Limits)
	case container.IsCompound(b):
		f, err := container.CompoundForm(b)
		return form(f), err
	case saysMail(o) && mail.IsMailbox(b), bare(o.MediaType) == "application/mbox", suffixOf(o.URI) == ".mbox" && mail.IsMailbox(b):
		return "application/mbox", nil
	case opendocument.FlatForm(b[:min(len(b), sniffed)]) != "":
		return form(opendocument.FlatForm(b[:min(len(b), sniffed)])), nil
	case saysMail(o) && mail.LooksLikeMail(b):
		return formMail, nil
	}
	return formOfText(b, o.MediaType, o.URI)
}

// pdfWithin is how far from its beginning a file may call itself a PDF.
const pdfWithin = 1024

// pdfMark is how a PDF file begins, at least on a line of its own.
var pdfMark = regexp.MustCompile(`(?:^|[\r\n\x00 \t])%PDF-\d`)

// isPDF recognises PDF files, also with other bytes before their beginning: there a
// line of an object has to follow, as a text may speak of PDF files.
func isPDF(b []byte) bool {
	at := pdfMark.FindIndex(b[:min(len(b), pdfWithin)])
	if at == nil {
		return false
	}
	return len(bytes.TrimSpace(b[:at[0]])) == 0 || bytes.Contains(b[at[1]:], []byte(" obj")) && bytes.Contains(b[at[1]:], []byte("endobj"))
}

// saysMail reports whether the document is declared, or named, as a mail.
func saysMail(o extract.Options) bool {
	switch bare(o.MediaType) {
	case "message/rfc822", "message/global":
		return true
	case "", "application/octet-stream", "text/plain":
		return suffixOf(o.URI) == ".eml"
	}
	return false
}

func formOfText(b []byte, declared, uri string) (form, error) {
	head := b[:min(len(b), sniffed)]
	if bytes.HasPrefix(bytes.TrimSpace(head), []byte("-----BEGIN PGP MESSAGE-----")) {
		return "", &connectors.Verdict{Reason: connectors.VerdictEncrypted, Detail: "this is an encrypted message"}
	}
	said := declaredForm(declared, uri)
	seen := mimetype.Detect(head)
	switch {
	case seen.Is("text/html"), seen.Is("application/xhtml+xml"), xmlPage(head):
		if said == formMarkdown || (said == formText || said == formCSV) && !markup.WholePage(head) {
			return said, nil
		}
		return formHTML, nil
	case said != "" && textual(seen, head, declared):
		return said, nil
	case seen.Is("text/plain"), seen.Is("application/octet-stream") && utf8.Valid(b) && strayControls(head):
		switch {
		case said != "" || unsupportedText(declared):
		case looksLikeMarkup(head):
			return formHTML, nil
		case bare(declared) == "" && sheets.LooksLikeCSV(string(head)):
			return formCSV, nil
		default:
			return formText, nil
		}
	case seen.Is("text/csv"), seen.Is("text/tab-separated-values"):
		// Prose with the same number of commas on each line passes for CSV.
		if declared == "" && suffixOf(uri) == "" {
			if sheets.LooksLikeCSV(string(head)) {
				return formCSV, nil
			}
			return formText, nil
		}
	}
	name := seen.String()
	if unsupportedText(declared) && seen.Is("text/plain") {
		name = bare(declared)
	}
	return form(name), nil
}

// textual reports whether content may be read as the textual form that was
// declared: it is some kind of text, and not a binary file under a wrong name.
func textual(seen *mimetype.MIME, head []byte, declared string) bool {
	for m := seen; m != nil; m = m.Parent() {
		if m.Is("text/plain") {
			return !seen.Is("text/rtf")
		}
	}
	if !seen.Is("application/octet-stream") {
		return false
	}
	_, label := declaredCharset(declared)
	return sevenBitOrWide(label) || strayControls(head)
}

// strayControls reports whether the control characters for which b passes for
// binary are few enough to be slips of an editor.
func strayControls(b []byte) bool {
	controls := 0
	for _, c := range b {
		if c == 0 {
			return false
		}
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b {
			controls++
		}
	}
	return controls*20 <= len(b)
}

func declaredForm(declared, uri string) form {
	switch bare(declared) {
	case "text/html", "application/xhtml+xml":
		return formHTML
	case "text/markdown", "text/x-markdown":
		return formMarkdown
	case "text/csv", "application/csv", "text/tab-separated-values":
		return formCSV
	case "application/vnd.ms-excel": // what browsers on Windows call CSV
		if suffixOf(uri) == ".csv" {
			return formCSV
		}
	case "text/plain":
		switch suffixOf(uri) {
		case ".md", ".markdown":
			return formMarkdown
		case ".csv", ".tsv":
			return formCSV
		}
		return formText
	case "", "application/octet-stream":
		switch suffixOf(uri) {
		case ".md", ".markdown", ".mdown":
			return formMarkdown
		case ".htm", ".html", ".xhtml":
			return formHTML
		case ".csv", ".tsv":
			return formCSV
		case ".txt", ".text":
			return formText
		}
	}
	return ""
}

// unsupportedText reports whether a type was declared that is text, but not one
// that is read.
func unsupportedText(declared string) bool {
	t := bare(declared)
	return t != "" && t != "application/octet-stream" && declaredForm(t, "") == ""
}

func bare(mediaType string) string {
	t, _, err := mime.ParseMediaType(mediaType)
	if err != nil {
		t, _, _ = strings.Cut(mediaType, ";")
	}
	return strings.ToLower(strings.TrimSpace(t))
}

func suffixOf(uri string) string {
	uri, _, _ = strings.Cut(uri, "?")
	uri, _, _ = strings.Cut(uri, "#")
	return strings.ToLower(path.Ext(uri))
}

// looksLikeMarkup recognises a part of a page: it begins with a tag and closes one.
func looksLikeMarkup(head []byte) bool {
	head = bytes.TrimSpace(head)
	return len(head) > 2 && head[0] == '<' && (head[1]|0x20 >= 'a' && head[1]|0x20 <= 'z') && bytes.Contains(head, []byte("</"))
}

// xmlPage recognises XHTML behind an XML prolog.
func xmlPage(head []byte) bool {
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	return bytes.HasPrefix(trimmed, []byte("<?xml")) && markup.WholePage(trimmed)
}
