package duplicate

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Normalise gives texts that a reader takes for the same one form: NFKC, lower case,
// one shape of quotes and dashes, one space for any white space, nothing of zero width,
// no marks of lists before lines. Digits, accents and other punctuation stay.
func Normalise(s string) string {
	if !norm.NFKC.IsNormalString(s) {
		s = norm.NFKC.String(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	line, space := true, false
	for _, c := range s {
		switch {
		case unicode.IsSpace(c):
			line = line || c == '\n'
			space = b.Len() > 0
			continue
		case unicode.Is(unicode.Cf, c):
			continue
		case line && isMarker(c):
			continue
		}
		line = false
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(plain(unicode.ToLower(c)))
	}
	return b.String()
}

func isMarker(c rune) bool {
	switch c {
	case '-', '*', '•', '‣', '▪', '●', '○', '·', '–', '—', '◦':
		return true
	}
	return false
}

func plain(c rune) rune {
	switch c {
	case '«', '»', '“', '”', '„', '‟', '″':
		return '"'
	case '‘', '’', '‚', '‛', '′', '`', '´':
		return '\''
	case '‐', '‑', '‒', '–', '—', '―', '−':
		return '-'
	}
	return c
}
