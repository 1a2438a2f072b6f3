package claims

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"freshet/index/lexical"
)

// Normalise returns a text as sentences are compared for being the same: NFKC, lower
// case, one kind of quote, apostrophe, dash and space, no characters without width,
// spaces single and none at the ends, without the marker of a list's item. Digits and
// accents stay. It is idempotent.
func Normalise(text string) string {
	if plain, ok := normalisePlain(text); ok {
		return plain
	}
	text = norm.NFKC.String(strings.ToValidUTF8(text, ""))
	// Lower case may undo NFKC, and what it undoes may be upper case again.
	for range 3 {
		lower := norm.NFKC.String(strings.ToLower(text))
		if lower == text {
			break
		}
		text = lower
	}
	var b strings.Builder
	b.Grow(len(text))
	space := false
	for _, r := range text {
		switch {
		case ignored(r) || unicode.Is(unicode.Cf, r):
			continue
		case unicode.IsSpace(r) || unicode.IsControl(r):
			space = true
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(plainRune(r))
	}
	// What stood around a character without width may combine.
	out := norm.NFKC.String(b.String())
	for {
		trimmed := trimMarker(out)
		if trimmed == out {
			return out
		}
		out = trimmed
	}
}

// normalisePlain is Normalise of texts of ASCII, the accented letters of western
// Europe, quotes, dashes and spaces, in one pass; of others it returns false.
func normalisePlain(text string) (string, bool) {
	var stack [512]byte
	out := stack[:0]
	space := false
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			i++
			if c <= ' ' || c == 0x7f {
				space = true
				continue
			}
			if space && len(out) > 0 {
				out = append(out, ' ')
			}
			space = false
			switch {
			case c >= 'A' && c <= 'Z':
				c += 'a' - 'A'
			case c == '`':
				c = '\''
			}
			out = append(out, c)
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case r == '\u00a0' || r == '\u2009' || r == '\u202f':
			space = true
			continue
		case r >= 'À' && r <= 'Þ' && r != '×':
			r += 'à' - 'À'
		case r == 'Œ':
			r = 'œ'
		case r >= 'ß' && r <= 'ÿ', r == 'œ', r == '×', r == '€', r == '•':
		case r == '’' || r == '‘' || r == '“' || r == '”' || r == '«' || r == '»' || r == '–' || r == '—':
			r = plainRune(r)
		default:
			return "", false
		}
		if space && len(out) > 0 {
			out = append(out, ' ')
		}
		space = false
		out = utf8.AppendRune(out, r)
	}
	s := string(out)
	for {
		trimmed := trimMarker(s)
		if trimmed == s {
			return s, true
		}
		s = trimmed
	}
}

func plainRune(r rune) rune {
	switch r {
	case '’', '‘', 'ʼ', '‛', '´', '`', '′':
		return '\''
	case '“', '”', '„', '‟', '«', '»', '″':
		return '"'
	case '‐', '‑', '‒', '–', '—', '―', '−', '⁃':
		return '-'
	}
	return r
}

// trimMarker cuts one marker of an item: a bullet, or a number of up to three digits
// with a point or bracket, and a space.
func trimMarker(s string) string {
	i := 0
	for i < len(s) && i < 3 && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i > 0 {
		if i+1 < len(s) && (s[i] == '.' || s[i] == ')') && s[i+1] == ' ' {
			return s[i+2:]
		}
		return s
	}
	r, size := utf8.DecodeRuneInString(s)
	if strings.ContainsRune("-*•·‣▪◦●○■□➢►→✓✔", r) && size < len(s) && s[size] == ' ' {
		return s[size+1:]
	}
	return s
}

// Fold returns a text in lower case without accents, ligatures written out, and for
// each of its bytes the offset in text of the character that it came from; one more
// entry holds len(text).
func Fold(text string) (folded string, offsets []int) {
	var b strings.Builder
	b.Grow(len(text))
	offsets = make([]int, 0, len(text)+1)
	for i, r := range text {
		if r < utf8.RuneSelf {
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			b.WriteByte(byte(r))
		} else {
			b.WriteString(lexical.Fold(string(r)))
		}
		for len(offsets) < b.Len() {
			offsets = append(offsets, i)
		}
	}
	return b.String(), append(offsets, len(text))
}
