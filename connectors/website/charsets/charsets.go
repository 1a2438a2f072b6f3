// Package charsets turns the text of web pages and feeds into UTF-8.
package charsets

import (
	"bytes"
	"fmt"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// declared finds an encoding named in an HTML meta element or an XML prolog.
var declared = regexp.MustCompile(`(?i)<meta[^>]+charset\s*=\s*["']?\s*([a-z0-9_:.-]+)|^\s*<\?xml[^>]+encoding\s*=\s*["']([a-z0-9_:.-]+)`)

// declaredWithin is how far into a text a declaration is looked for.
const declaredWithin = 64 << 10

// ToUTF8 decodes text: by its byte order mark; else as UTF-8 if it is valid UTF-8,
// whatever it declares; else by the Content-Type's charset; else by what the text
// declares; else as windows-1252. The result is always valid UTF-8.
func ToUTF8(text []byte, contentType string) ([]byte, error) {
	if e, n := byMark(text); e != nil {
		return decode(text[n:], e)
	}
	for _, label := range []string{headerCharset(contentType), declaredCharset(text)} {
		e, name := charset.Lookup(label)
		if e == nil || name == "utf-8" || name == "replacement" {
			continue
		}
		if sevenBit[name] || !utf8.Valid(text) {
			return decode(text, e)
		}
	}
	if utf8.Valid(text) {
		return text, nil
	}
	e, err := htmlindex.Get("windows-1252")
	if err != nil {
		return nil, fmt.Errorf("finding windows-1252: %w", err)
	}
	return decode(text, e)
}

// Guessed reports whether ToUTF8 can only guess: a text that is not UTF-8 and does not
// say what it is.
func Guessed(text []byte, contentType string) bool {
	if e, _ := byMark(text); e != nil || utf8.Valid(text) {
		return false
	}
	for _, label := range []string{headerCharset(contentType), declaredCharset(text)} {
		if e, name := charset.Lookup(label); e != nil && name != "utf-8" && name != "replacement" {
			return false
		}
	}
	return true
}

// sevenBit encodings are valid UTF-8 and yet not to be read as such.
var sevenBit = map[string]bool{"iso-2022-jp": true, "hz-gb-2312": true, "utf-16le": true, "utf-16be": true}

func byMark(text []byte) (encoding.Encoding, int) {
	switch {
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		return unicode.UTF8, 3
	case bytes.HasPrefix(text, []byte("\xff\xfe")):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), 2
	case bytes.HasPrefix(text, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 2
	}
	return nil, 0
}

func headerCharset(contentType string) string {
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		return params["charset"]
	}
	return ""
}

func declaredCharset(text []byte) string {
	m := declared.FindSubmatch(text[:min(len(text), declaredWithin)])
	if m == nil {
		return ""
	}
	return strings.ToLower(string(m[1]) + string(m[2]))
}

func decode(text []byte, e encoding.Encoding) ([]byte, error) {
	out, err := e.NewDecoder().Bytes(text)
	if err != nil {
		return nil, fmt.Errorf("decoding the text: %w", err)
	}
	return bytes.ToValidUTF8(out, []byte("\ufffd")), nil
}
