package lexical

import (
	"unicode"
	"unicode/utf8"
)

// maxCompound is how many bytes words joined by hyphens and apostrophes may have
// to be looked at as one; longer runs are cut there.
const maxCompound = 120

type class uint8

const (
	breaks  class = iota // ends a compound
	letter               // belongs to a word: letters, digits, combining marks
	joiner               // apostrophe or hyphen: joins when letters stand on both sides
	ignored              // soft hyphen, zero width characters
	alone                // a word of its own, in scripts written without spaces
)

var asciiClass = func() (t [utf8.RuneSelf]class) {
	for c := range t {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
			t[c] = letter
		case c == '\'', c == '-':
			t[c] = joiner
		}
	}
	return t
}()

// classify returns the class of a rune outside ASCII and the rune that stands for
// it in a compound.
func classify(r rune) (class, rune) {
	switch {
	case r == '’' || r == 'ʼ' || r == '‘' || r == '＇':
		return joiner, '\''
	case r == '\u2010' || r == '\u2011':
		return joiner, '-'
	case r == '\u00ad' || '\u200b' <= r && r <= '\u200d' || r == '\ufeff' || r == '\u2060':
		return ignored, 0
	case r < 0x2e80:
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) {
			return letter, unicode.ToLower(r)
		}
		return breaks, 0
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return alone, r
	case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r):
		return letter, unicode.ToLower(r)
	}
	return breaks, 0
}

// A scanner cuts a text into compounds: words in lower case, with the apostrophes
// and hyphens that join them.
type scanner struct {
	text string
	pos  int
	key  []byte // the compound; valid until the next call of next
}

// next finds the next compound, or returns false at the end of the text.
func (s *scanner) next() bool {
	s.key = s.key[:0]
	pending := byte(0) // a joiner that counts only if a letter follows
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		kind, r, size := breaks, rune(c), 1
		if c < utf8.RuneSelf {
			kind = asciiClass[c]
		} else {
			r, size = utf8.DecodeRuneInString(s.text[s.pos:])
			kind, r = classify(r)
		}
		switch kind {
		case letter:
			if len(s.key) >= maxCompound {
				return true
			}
			if pending != 0 {
				s.key = append(s.key, pending)
				pending = 0
			}
			if c < utf8.RuneSelf {
				if 'A' <= c && c <= 'Z' {
					c += 'a' - 'A'
				}
				s.key = append(s.key, c)
			} else {
				s.key = utf8.AppendRune(s.key, r)
			}
		case joiner:
			if pending != 0 || len(s.key) == 0 {
				s.pos += size
				if len(s.key) > 0 {
					return true
				}
				continue
			}
			pending = byte(r)
		case ignored:
		case alone:
			if len(s.key) > 0 {
				return true
			}
			s.key = utf8.AppendRune(s.key, r)
			s.pos += size
			return true
		default:
			s.pos += size
			if len(s.key) > 0 {
				return true
			}
			continue
		}
		s.pos += size
	}
	return len(s.key) > 0
}
