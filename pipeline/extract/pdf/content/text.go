package content

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"freshet/pipeline/extract/pdf/font"
)

// Text decodes a text string of a file: UTF-16 or UTF-8 with its mark, else
// PDFDocEncoding.
func Text(s string) string {
	switch {
	case strings.HasPrefix(s, "\xfe\xff"), strings.HasPrefix(s, "\xff\xfe"):
		little := s[0] == 0xff
		s = s[2:]
		units := make([]uint16, 0, len(s)/2)
		for i := 0; i+1 < len(s); i += 2 {
			a, b := s[i], s[i+1]
			if little {
				a, b = b, a
			}
			units = append(units, uint16(a)<<8|uint16(b))
		}
		return unescaped(string(utf16.Decode(units)))
	case strings.HasPrefix(s, "\xef\xbb\xbf") && utf8.ValidString(s):
		return s[3:]
	}
	return font.DocText(s)
}

// unescaped removes the language codes that stand in a text between two escapes.
func unescaped(s string) string {
	for {
		before, rest, found := strings.Cut(s, "\x1b")
		if !found {
			return s
		}
		_, after, closed := strings.Cut(rest, "\x1b")
		if !closed {
			return before + rest
		}
		s = before + after
	}
}
