package formats

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// declaredWithin is how far a page is searched for its own statement of charset.
const declaredWithin = 16 << 10

var (
	prologCharset = regexp.MustCompile(`^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([A-Za-z0-9_:.-]{1,40})["']`)
	metaCharset   = regexp.MustCompile(`(?i)<meta[^>]{0,300}charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})`)
)

// Decode returns b as valid UTF-8, and the name of the charset it was read in.
// Byte order marks rule; then bytes that are valid UTF-8 are taken as such,
// whatever is declared, because other encodings do not look like it by chance;
// then what contentType says, the XML prolog, the meta element, and windows-1252.
// Stray bytes are dropped.
func Decode(b []byte, contentType string) (text, name string) {
	if rest, enc, label := byteOrderMark(b); enc != nil {
		return decodeAs(rest, enc), label
	}
	declared, label := declaredCharset(contentType)
	if declared != nil && sevenBitOrWide(label) && !looksASCIIText(b) {
		return decodeAs(b, declared), label
	}
	if utf8.Valid(b) {
		return string(b), "utf-8"
	}
	if declared == nil || label == "utf-8" {
		if mostlyUTF8(b) {
			return strings.ToValidUTF8(string(b), ""), "utf-8"
		}
		declared, label = statedCharset(b)
	}
	if declared == nil || label == "utf-8" {
		declared, label = htmlindexGet("windows-1252")
	}
	return decodeAs(b, declared), label
}

func byteOrderMark(b []byte) ([]byte, encoding.Encoding, string) {
	switch {
	case bytes.HasPrefix(b, []byte{0xef, 0xbb, 0xbf}):
		return b[3:], unicode.UTF8, "utf-8"
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return b[2:], unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be"
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		return b[2:], unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le"
	}
	return b, nil, ""
}

func declaredCharset(contentType string) (encoding.Encoding, string) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil && params == nil {
		return nil, ""
	}
	return htmlindexGet(params["charset"])
}

// statedCharset is what the document says of itself.
func statedCharset(b []byte) (encoding.Encoding, string) {
	head := b[:min(len(b), declaredWithin)]
	for _, stated := range []*regexp.Regexp{prologCharset, metaCharset} {
		if m := stated.FindSubmatch(head); m != nil {
			if enc, label := htmlindexGet(string(m[1])); enc != nil && !sevenBitOrWide(label) {
				return enc, label
			}
		}
	}
	return nil, ""
}

func htmlindexGet(label string) (encoding.Encoding, string) {
	if label == "" {
		return nil, ""
	}
	enc, name := charset.Lookup(label)
	if enc == nil || name == "replacement" || name == "x-user-defined" {
		return nil, ""
	}
	if canonical, err := htmlindex.Name(enc); err == nil {
		name = canonical
	}
	return enc, name
}

// sevenBitOrWide names the encodings whose bytes can be valid UTF-8 by chance.
func sevenBitOrWide(label string) bool {
	return strings.HasPrefix(label, "utf-16") || label == "iso-2022-jp"
}

func looksASCIIText(b []byte) bool {
	return !bytes.ContainsAny(b[:min(len(b), declaredWithin)], "\x00\x1b")
}

// mostlyUTF8 reports whether b is UTF-8 with a few stray bytes: at most one in
// ten of its sequences beyond ASCII is broken.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	return bad*9 <= good
}

func decodeAs(b []byte, enc encoding.Encoding) string {
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		out = b
	}
	return strings.ReplaceAll(strings.ToValidUTF8(string(out), ""), "\uFFFD", "")
}
