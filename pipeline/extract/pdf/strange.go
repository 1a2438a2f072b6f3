package pdf

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// pairs are, for each letter, those that follow it in French or English: pairs that
// make up more than one in 2,500 of all in the articles of service-public.fr or the
// answers of the English Covid FAQ. The other languages in Latin letters of which
// files were looked at (German, Dutch, Czech) have few words of which most pairs are
// missing here.
var pairs = [26]string{
	"bcdfgiklmnpqrstuvy",      // a
	"aeiloruy",                // b
	"acehiklortu",             // c
	"aeiorsu",                 // d
	"acdefghilmnopqrstuvwxyz", // e
	"aefilort",                // f
	"aehinor",                 // g
	"aeiory",                  // h
	"abcdefgklmnopqrstvz",     // i
	"eou",                     // j
	"ens",                     // k
	"acdeilnostuy",            // l
	"abeimnopsu",              // m
	"acdefgilnostuvy",         // n
	"abcdefghilmnoprstuvwy",   // o
	"aehiloprstu",             // p
	"iu",                      // q
	"acdefgiklmnorstuvy",      // r
	"acehikmnopqstuy",         // s
	"aehilmorstuy",            // t
	"abcdegilmnprstvx",        // u
	"aeior",                   // v
	"aehio",                   // w
	"eipt",                    // x
	"emos",                    // y
	"e",                       // z
}

// shortWord is the number of letters from which on a word is judged.
const shortWord = 3

// countStrange counts the words of text, and those that no language has: more than
// half of their pairs of letters are rare in French and English. A text whose letters
// are mistaken for others has two words in three of that kind, a text that can be
// read one in ten at most. Words in other scripts are not counted.
func countStrange(text string) (words, strange int) {
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) }
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !letter(r) }) {
		switch judgeWord(word) {
		case readable:
			words++
		case odd:
			words++
			strange++
		}
	}
	return words, strange
}

type judgement uint8

const (
	unjudged judgement = iota // too short, or in another script
	readable
	odd
)

func judgeWord(word string) judgement {
	if len(word) < shortWord {
		return unjudged
	}
	if !ascii(word) {
		word = norm.NFD.String(word)
	}
	letters, rare := 0, 0
	before := byte(0)
	for i := 0; i < len(word); i++ {
		c := word[i] | 0x20
		if word[i] >= 0x80 || c < 'a' || c > 'z' {
			continue
		}
		if letters++; letters > 1 && strings.IndexByte(pairs[before-'a'], c) < 0 {
			rare++
		}
		before = c
	}
	switch {
	case letters < shortWord:
		return unjudged
	case 2*rare > letters-1:
		return odd
	}
	return readable
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
