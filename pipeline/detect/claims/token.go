package claims

import (
	"unicode"
	"unicode/utf8"
)

// maxToken is how many bytes a token may have; longer runs of letters or digits are
// cut there, so that text without spaces costs no more than other text.
const maxToken = 48

// kind is what a token is made of.
type kind uint8

const (
	wordToken   kind = iota + 1 // letters
	numberToken                 // ASCII digits
	markToken                   // one other character
)

// gap is what stands between a token and the one before it.
type gap uint8

const (
	glued  gap = iota // nothing, or an apostrophe
	spaced            // one space of any width
	apart             // more than one
	broken            // a line break
)

// A token is a word, a run of digits or a mark of the text.
type token struct {
	start, end int32
	kind       kind
	gap        gap
	elided     bool // an apostrophe stands before it
	upper      bool // its first letter is a capital
	caps       bool // it has two capitals or more and no small letter
	mark       rune // of a markToken
	word       *word
}

// tokenise appends the tokens of text to list. Spaces, apostrophes and characters
// without width are none.
func (s *Scanner) tokenise(text string, list []token) []token {
	next := broken
	elided := false
	add := func(t token) {
		t.gap, t.elided = next, elided && next == glued
		list = append(list, t)
		next, elided = glued, false
	}
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			j := i + 1
			for j < len(text) && j-i < maxToken && text[j] >= '0' && text[j] <= '9' {
				j++
			}
			add(token{start: int32(i), end: int32(j), kind: numberToken, word: s.blank})
			i = j
		case c == '\n' || c == '\r':
			next = broken
			i++
		case c == ' ' || c == '\t':
			next = wider(next)
			i++
		case c == '\'':
			elided = next == glued
			i++
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			j := letters(text, i)
			add(s.wordToken(text, i, j))
			i = j
		case c < utf8.RuneSelf:
			add(token{start: int32(i), end: int32(i + 1), kind: markToken, mark: rune(c), word: s.blank})
			i++
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			switch {
			case r == '’' || r == 'ʼ' || r == '‘' || r == '＇':
				elided = next == glued
				i += size
			case ignored(r):
				i += size
			case unicode.IsSpace(r):
				next = wider(next)
				i += size
			case isLetter(r):
				j := letters(text, i)
				add(s.wordToken(text, i, j))
				i = j
			default:
				add(token{start: int32(i), end: int32(i + size), kind: markToken, mark: r, word: s.blank})
				i += size
			}
		}
	}
	return list
}

func wider(g gap) gap {
	switch g {
	case glued:
		return spaced
	case broken:
		return broken
	}
	return apart
}

// letters returns the end of the run of letters that begins at i.
func letters(text string, i int) int {
	j := i
	for j < len(text) && j-i < maxToken {
		c := text[j]
		if c < utf8.RuneSelf {
			if c|0x20 < 'a' || c|0x20 > 'z' {
				break
			}
			j++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[j:])
		if !isLetter(r) && (!ignored(r) || j == i) {
			break
		}
		j += size
	}
	return j
}

// ignored reports whether r has no width: it parts no words and is in none.
func ignored(r rune) bool {
	return r == '\u00ad' || '\u200b' <= r && r <= '\u200f' || r == '\ufeff' || r == '\u2060'
}

// isLetter counts marks and raised digits in: they are written into words.
func isLetter(r rune) bool {
	if r < 0x250 {
		return unicode.IsLetter(r) || r == '²' || r == '³'
	}
	return unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) || r >= utf8.RuneSelf && unicode.IsDigit(r)
}

func (s *Scanner) wordToken(text string, i, j int) token {
	t := token{start: int32(i), end: int32(j), kind: wordToken, word: s.word(text[i:j])}
	t.upper, t.caps = capitals(text[i:j])
	return t
}

func capitals(s string) (first, all bool) {
	n := 0
	all = true
	for i, r := range s {
		switch {
		case unicode.IsUpper(r):
			first = first || i == 0
			n++
		case unicode.IsLetter(r):
			if all = false; i > 0 {
				return first, false
			}
		}
	}
	return first, all && n > 1
}
