package conflict

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"freshet/index/lexical"
)

// A word is a word of a text in lower case without accents, with its place.
type word struct {
	text       string // folded
	lower      string // accents kept
	start, end int
	upper      bool // it begins with a capital letter
}

// splitWords cuts a text into words at everything that is neither letter nor digit,
// apostrophes too: "l'abonnement" is "l" and "abonnement", "n't" is told apart.
func splitWords(text string) []word {
	if text == "" {
		return nil
	}
	list := make([]word, 0, len(text)/bytesPerWord+2)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !isWord(r) {
			i += size
			continue
		}
		start, upper := i, unicode.IsUpper(r)
		for i < len(text) {
			r, size = utf8.DecodeRuneInString(text[i:])
			if !isWord(r) {
				break
			}
			i += size
		}
		list = append(list, word{text: lexical.Fold(text[start:i]), lower: strings.ToLower(text[start:i]), start: start, end: i, upper: upper})
	}
	return list
}

// bytesPerWord is the usual length of a word with what stands behind it, a little less.
const bytesPerWord = 5

func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r))
}
