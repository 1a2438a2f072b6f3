package sitemap

import (
	"bufio"
	"bytes"
	"io"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// prolog finds the encoding that an XML file names.
var prolog = regexp.MustCompile(`^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{1,40})["']`)

// decoded returns the text as UTF-8 without a byte order mark: by that mark; else
// by what the prolog or contentType says, unless it is UTF-8 or no encoding; else
// as UTF-8, in which bytes that are not UTF-8 stand for windows-1252. It reads on
// as it is read, because a sitemap may have 50 MB.
func decoded(b *bufio.Reader, contentType string) (*bufio.Reader, error) {
	start, err := b.Peek(512)
	if len(start) == 0 && err != io.EOF {
		return nil, err
	}
	var steps []transform.Transformer
	switch {
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		if _, err := b.Discard(3); err != nil {
			return nil, err
		}
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		steps = append(steps, unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder())
	default:
		if e, name := charset.Lookup(label(start, contentType)); e != nil && name != "utf-8" && name != "replacement" && !strings.HasPrefix(name, "utf-16") {
			steps = append(steps, e.NewDecoder())
		}
	}
	steps = append(steps, cleaner{})
	return bufio.NewReader(transform.NewReader(b, transform.Chain(steps...))), nil
}

func label(start []byte, contentType string) string {
	if m := prolog.FindSubmatch(start); m != nil {
		return string(m[1])
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		return params["charset"]
	}
	return ""
}

// cleaner makes any bytes UTF-8 that XML allows: bytes that are none stand for
// windows-1252, and control characters are left out.
type cleaner struct{ transform.NopResetter }

func (cleaner) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		c, size := rune(src[nSrc]), 1
		if c >= utf8.RuneSelf {
			if c, size = utf8.DecodeRune(src[nSrc:]); c == utf8.RuneError && size == 1 {
				if !atEOF && !utf8.FullRune(src[nSrc:]) {
					return nDst, nSrc, transform.ErrShortSrc
				}
				c = charmap.Windows1252.DecodeByte(src[nSrc])
			}
		}
		if allowed(c) {
			if nDst+utf8.RuneLen(c) > len(dst) {
				return nDst, nSrc, transform.ErrShortDst
			}
			nDst += utf8.EncodeRune(dst[nDst:], c)
		}
		nSrc += size
	}
	return nDst, nSrc, nil
}

// allowed reports whether a character may stand in XML 1.0.
func allowed(c rune) bool {
	return c >= 0x20 && c != 0xfffe && c != 0xffff || c == '\t' || c == '\n' || c == '\r'
}
