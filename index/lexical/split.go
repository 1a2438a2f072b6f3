package lexical

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxWord is how many letters a word may have; longer ones are not text.
const maxWord = 40

// elisions are what French cuts before a vowel, without its apostrophe.
var elisions = map[string]bool{
	"l": true, "m": true, "t": true, "qu": true, "n": true, "s": true, "j": true, "d": true, "c": true,
	"jusqu": true, "quoiqu": true, "lorsqu": true, "puisqu": true,
}

// whole are words that look like an elision and are none.
var whole = map[string]string{
	"aujourd'hui": "aujourd'hui", "presqu'ile": "presqu'île", "presqu'île": "presqu'île",
	"quelqu'un": "quelqu'un", "quelqu'une": "quelqu'une",
}

// clitics follow a French verb after a hyphen.
var clitics = map[string]bool{
	"je": true, "tu": true, "il": true, "elle": true, "on": true, "nous": true, "vous": true, "ils": true, "elles": true,
	"moi": true, "toi": true, "le": true, "la": true, "les": true, "lui": true, "leur": true, "en": true, "y": true, "ce": true,
	"ci": true, "là": true,
}

// contractions are what English leaves after an apostrophe; none carries meaning.
var contractions = map[string]bool{"s": true, "t": true, "re": true, "ve": true, "ll": true, "d": true, "m": true}

// split appends the words of a compound: elisions, clitics and contractions cut,
// the parts of hyphenated words and codes, and their joined form.
func split(words []string, compound string) []string {
	if !isASCII(compound) {
		compound = normalise(compound)
	}
	if strings.IndexByte(compound, '\'') < 0 && strings.IndexByte(compound, '-') < 0 {
		return appendWord(words, compound)
	}
	for _, hyphenated := range apostrophes(compound) {
		words = hyphens(words, hyphenated)
	}
	return words
}

// normalise applies NFKC, lower case and, as both may bring in other characters,
// drops all that is neither letter, digit, mark nor joiner.
func normalise(s string) string {
	if !norm.NFKC.IsNormalString(s) {
		s = norm.NFKC.String(s)
	}
	return strings.Map(func(r rune) rune {
		r = unicode.ToLower(r)
		if r == '\'' || r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) {
			return r
		}
		return -1
	}, s)
}

// apostrophes cuts elisions before and contractions after an apostrophe, and
// returns what is left, at the apostrophes.
func apostrophes(compound string) []string {
	if w, ok := whole[compound]; ok {
		return []string{strings.ReplaceAll(w, "'", "")}
	}
	parts := strings.Split(compound, "'")
	var kept []string
	for i, part := range parts {
		last := i == len(parts)-1
		switch {
		case part == "":
		case !last && elisions[part]:
		case last && i > 0 && contractions[part]:
			// "can't" is cut as "can": the n belongs to the contraction.
			if n := len(kept) - 1; n >= 0 && part == "t" && strings.HasSuffix(kept[n], "n") && len(kept[n]) > 3 {
				kept[n] = strings.TrimSuffix(kept[n], "n")
			}
		case !last && strings.HasPrefix(part, "prud"):
			kept = append(kept, part+strings.Join(parts[i+1:], ""))
			return kept
		default:
			kept = append(kept, part)
		}
	}
	return kept
}

func hyphens(words []string, s string) []string {
	if strings.IndexByte(s, '-') < 0 {
		return appendWord(words, s)
	}
	parts := slices.DeleteFunc(strings.Split(s, "-"), func(p string) bool { return p == "" })
	for len(parts) > 1 && clitics[parts[len(parts)-1]] {
		parts = parts[:len(parts)-1]
		if len(parts) > 1 && parts[len(parts)-1] == "t" {
			parts = parts[:len(parts)-1]
		}
	}
	for _, part := range parts {
		words = appendWord(words, part)
	}
	if len(parts) > 1 {
		words = appendWord(words, strings.Join(parts, ""))
	}
	return words
}

func appendWord(words []string, w string) []string {
	if w == "" || len(w) > maxWord && utf8.RuneCountInString(w) > maxWord {
		return words
	}
	return append(words, w)
}
