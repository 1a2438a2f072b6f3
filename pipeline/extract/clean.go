package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Invisible reports whether r is left out of every text: control characters, zero
// widths, direction marks, tags.
func Invisible(r, before rune) bool {
	switch {
	case r < 0x20 || r == 0x7f:
		return r != '\n'
	case r < 0xa0:
		return r >= 0x80
	case r == 0xad || r == utf8.RuneError || r == 0xfeff || r == 0x2060:
		return true
	case r == 0x200c || r == 0x200d:
		// Joiners change the spelling of Indic and Arabic words and of emoji.
		return before < 0x0600
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2061 && r <= 0x206f:
		return true
	case r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe0fff:
		return true
	case r >= 0xe000 && r <= 0xf8ff: // private use: icon fonts
		return true
	}
	return false
}

// White reports whether r is white space other than a line feed, which folding
// keeps apart.
func White(r rune) bool {
	switch r {
	case ' ', '\t', '\r', '\f', '\v', 0x85, 0xa0:
		return true
	case '\n':
		return false
	}
	return r > 0xff && (unicode.IsSpace(r) || r == 0x2028 || r == 0x2029)
}

// Fold returns s on one line: white space folded to single spaces, invisible
// characters removed, in NFC.
func Fold(s string) string {
	if folded(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	var before rune
	for _, r := range s {
		if r == '\n' || White(r) {
			gap, before = true, ' '
			continue
		}
		if Invisible(r, before) {
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(r)
		before = r
	}
	return Compose(b.String())
}

// folded reports whether fold would return s, for the characters that French and
// English are written with; it may answer false for others.
func folded(s string) bool {
	gap := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ' ':
			if gap {
				return false
			}
			gap = true
			continue
		case c > ' ' && c < 0x7f:
		case c == 0xc3 && i+1 < len(s) && s[i+1]&0xc0 == 0x80: // À to ÿ
			i++
		case c == 0xc2 && i+1 < len(s) && (s[i+1] == 0xab || s[i+1] == 0xbb || s[i+1] == 0xb0): // « » °
			i++
		case c == 0xc5 && i+1 < len(s) && (s[i+1] == 0x92 || s[i+1] == 0x93): // Œ œ
			i++
		case c == 0xe2 && i+2 < len(s) && (s[i+1] == 0x80 && s[i+2] == 0x99 || s[i+1] == 0x82 && s[i+2] == 0xac): // ’ €
			i += 2
		default:
			return false
		}
		gap = false
	}
	return !gap || s == ""
}

// FoldCode keeps the white space of program text: tabs become four spaces, empty
// lines at both ends and spaces at line ends go.
func FoldCode(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	var before rune
	for _, r := range s {
		switch {
		case r == '\t':
			b.WriteString("    ")
			before = ' '
		case r == '\n':
			b.WriteByte('\n')
			before = ' '
		case White(r):
			b.WriteByte(' ')
			before = ' '
		case !Invisible(r, before):
			b.WriteRune(r)
			before = r
		}
	}
	lines := strings.Split(Compose(b.String()), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return strings.Join(lines, "\n")
}

// Compose returns s in Unicode normalisation form C.
func Compose(s string) string {
	if norm.NFC.IsNormalString(s) {
		return s
	}
	return norm.NFC.String(s)
}
