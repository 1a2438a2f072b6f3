package stale

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A token is a word of a text, folded, with its place.
type token struct {
	s          string
	start, end int
}

// tokens cuts a text into words: runs of letters and digits.
func tokens(text string) []token {
	var out []token
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !inWord(r) {
			i += n
			continue
		}
		from := i
		for i < len(text) {
			r, n = utf8.DecodeRuneInString(text[i:])
			if !inWord(r) {
				break
			}
			i += n
		}
		out = append(out, token{fold(text[from:i]), from, i})
	}
	return out
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// fold makes small letters without accents.
func fold(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		plain = plain && s[i] < utf8.RuneSelf
	}
	if plain {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return strings.ReplaceAll(b.String(), "œ", "oe")
}

// foldWords is a text folded, its words joined by single spaces.
func foldWords(text string) string {
	list := tokens(text)
	parts := make([]string, len(list))
	for i := range list {
		parts[i] = list[i].s
	}
	return strings.Join(parts, " ")
}
