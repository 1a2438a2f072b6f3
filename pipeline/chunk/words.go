package chunk

import "unicode/utf8"

const (
	// longField is the length, in characters, that counts as one word in a
	// stretch without white space: addresses and encoded data are not one word.
	longField = 24
	// wide is where scripts without spaces between words begin; two of their
	// characters count as one word.
	wide = 0x2e80
)

// count returns the words of s: stretches between white space that hold a letter
// or digit, long ones counted by their length.
func count(s string) int {
	words, half, chars, solid := 0, 0, 0, false
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			if c <= ' ' {
				words += weigh(solid, chars, half)
				half, chars, solid = 0, 0, false
				continue
			}
			chars++
			solid = solid || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		solid = true
		if r >= wide {
			half++
		} else {
			chars++
		}
	}
	return words + weigh(solid, chars, half)
}

func weigh(solid bool, chars, half int) int {
	if !solid && chars <= longField {
		return 0
	}
	n := (half + 1) / 2
	if chars > 0 {
		n += 1 + (chars-1)/longField
	}
	return n
}
