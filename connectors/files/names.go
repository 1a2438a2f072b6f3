package files

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A segment of an ID is the name of a file or folder in NFC, because macOS and
// Linux write the same accents in different ways. Bytes that are not UTF-8 are
// written %XX.
func segment(name string) string {
	if !utf8.ValidString(name) {
		var b strings.Builder
		for len(name) > 0 {
			r, n := utf8.DecodeRuneInString(name)
			if r == utf8.RuneError && n == 1 {
				fmt.Fprintf(&b, "%%%02X", name[0])
			} else {
				b.WriteString(name[:n])
			}
			name = name[n:]
		}
		name = b.String()
	}
	return norm.NFC.String(name)
}

// documentID shortens a path that is longer than an ID may be; a hash keeps it
// unique.
func documentID(path string) string {
	if len(path) <= maxIDBytes {
		return path
	}
	sum := sha256.Sum256([]byte(path))
	head := strings.ToValidUTF8(path[:maxIDBytes-2*len(sum)-1], "")
	return head + "~" + hex.EncodeToString(sum[:])
}

// shortened reports whether an ID may be one that documentID made shorter.
func shortened(id string) bool {
	at := len(id) - 2*sha256.Size - 1
	return len(id) > maxIDBytes-utf8.UTFMax && id[at] == '~'
}

// address is where people read the file: the prefix and the path, escaped.
func (s *Source) address(p string) string {
	if s.urlPrefix == "" {
		return ""
	}
	if s.urlBare {
		switch ext := path.Ext(p); strings.ToLower(ext) {
		case ".md", ".markdown", ".html", ".htm":
			p = strings.TrimSuffix(p, ext)
		}
	}
	parts := strings.Split(p, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return s.urlPrefix + strings.Join(parts, "/")
}

// mediaTypes are those that an extension says better than the content does.
var mediaTypes = map[string]string{
	".md": "text/markdown", ".markdown": "text/markdown", ".mdx": "text/markdown",
	".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml",
	".txt": "text/plain", ".text": "text/plain",
	".csv": "text/csv", ".tsv": "text/tab-separated-values", ".json": "application/json", ".xml": "application/xml",
	".adoc": "text/asciidoc", ".asciidoc": "text/asciidoc", ".rst": "text/x-rst", ".tex": "text/x-tex", ".vtt": "text/vtt",
	".pdf": "application/pdf", ".rtf": "application/rtf", ".epub": "application/epub+zip", ".eml": "message/rfc822",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".odt":  "application/vnd.oasis.opendocument.text",
	".ods":  "application/vnd.oasis.opendocument.spreadsheet",
	".odp":  "application/vnd.oasis.opendocument.presentation",
}

// mediaType returns "" when the name does not say.
func mediaType(p string) string { return mediaTypes[strings.ToLower(path.Ext(p))] }

// mayHaveFrontMatter reports whether a file of this name is looked at for it.
func mayHaveFrontMatter(p string) bool {
	switch strings.ToLower(path.Ext(p)) {
	case ".md", ".markdown", ".mdx", ".txt", ".text", ".html", ".htm", ".adoc", ".asciidoc", ".rst":
		return true
	}
	return false
}
