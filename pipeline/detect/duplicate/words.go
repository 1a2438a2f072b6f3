package duplicate

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A token is a word, a number or a symbol of a text.
type token struct {
	hash     uint64 // of its letters in lower case
	from, to int32  // its bytes in the text
	class    class
}

// A class tells tokens apart of which a change changes what is said.
type class uint8

const (
	number  class = 1 << iota // digits, a number in words, a month, a day of the week
	capital                   // begins with a capital within a sentence: likely a name
	initial                   // begins with a capital because a sentence begins
	polar                     // turns a sentence into its contrary
	first                     // first token of a sentence
	head                      // of a title or heading
	line                      // first token of a line
)

// words appends the tokens of a text, whose positions are bytes of it. Letters and digits
// make words, each symbol that is no punctuation ("%", "€", "+") one of its own; a change
// between digits and letters ends a word ("48h" is "48 h"), hyphens within words and at
// ends of lines join them ("e-mail", "dupli- cation"). Scripts without spaces give a
// token a character. Characters that look alike count as one (NFKC).
func words(s string, into []token) []token {
	r := reader{text: s, out: into, from: len(into)}
	for i := 0; i < len(s); {
		plain := i + norm.NFKC.QuickSpanString(s[i:])
		for i < plain {
			c, size := rune(s[i]), 1
			if c >= utf8.RuneSelf {
				c, size = utf8.DecodeRuneInString(s[i:])
			}
			r.take(c, i, size)
			i += size
		}
		if i == len(s) {
			break
		}
		size := max(norm.NFKC.NextBoundaryInString(s[i:], true), 1)
		for _, c := range norm.NFKC.String(s[i : i+size]) {
			r.take(c, i, size)
		}
		i += size
	}
	r.end(len(s))
	r.sentence()
	return r.out
}

// kind is what a character is for a reader.
type kind uint8

const (
	other kind = iota
	letter
	digit
	single  // a token of its own
	nothing // not there at all
)

// firstSpaceless is where the scripts begin that are written without spaces.
const firstSpaceless = 0x0e00

func kindOf(c rune) kind {
	if c < utf8.RuneSelf {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			return letter
		case '0' <= c && c <= '9':
			return digit
		}
		switch c {
		case '%', '$', '+', '<', '>', '=', '&', '@', '#':
			return single
		}
		return other
	}
	switch {
	case c >= firstSpaceless && unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && !unicode.IsPunct(c):
		return single
	case unicode.IsLetter(c), unicode.Is(unicode.M, c):
		return letter
	case unicode.IsDigit(c):
		return digit
	case unicode.Is(unicode.Cf, c): // soft hyphen, zero width, marks of direction
		return nothing
	case unicode.In(c, unicode.Sc, unicode.Sm), c == '°', c == '‰', c == '©':
		return single
	}
	return other
}

// A reader gathers tokens.
type reader struct {
	text string
	out  []token
	buf  []byte // the word's letters in lower case

	start int // of the word under way
	open  kind
	upper bool

	// broken: a hyphen that joins was the last thing in the word but a space.
	broken bool

	from  int // index of the sentence's first token
	stop  stop
	space bool // the last character was a space
	// within: the line has a token.
	within bool
}

// stop says how far the end of a sentence was reached.
type stop uint8

const (
	marked stop = iota + 1 // a point was the last thing but quotes
	spaced                 // and a space after it
)

func (r *reader) take(c rune, at, size int) {
	k := kindOf(c)
	space := r.space
	r.space = c == ' ' || c == '('
	switch {
	case k == nothing:
		return
	case k == single, space && c == '-' && r.open == other && startsNumber(r.text[at+size:]):
		r.symbol(c, at, size) // a minus, unless it marks an item at the beginning of a line
	case k == letter || k == digit:
		r.letter(c, k, at)
	case r.open == digit && inNumber(r.text[:at], r.text[at+size:], c):
		if c != ' ' {
			r.buf = append(r.buf, '.')
		}
	case r.open == letter && isHyphen(c) && joins(r.text[at+size:]):
		r.broken = true
	case r.broken && (c == '\n' || c == ' '):
	default:
		r.other(c, at)
	}
}

// symbol takes a character that is a token of its own.
func (r *reader) symbol(c rune, at, size int) {
	r.end(at)
	if r.stop == spaced {
		r.sentence()
	}
	r.open, r.start, r.stop = single, at, 0
	if c == '−' {
		c = '-'
	}
	r.buf = utf8.AppendRune(r.buf[:0], unicode.ToLower(c))
	r.end(at + size)
}

// letter adds a letter or digit to the word under way, or begins one.
func (r *reader) letter(c rune, k kind, at int) {
	if r.open != k {
		r.end(at)
		if r.stop == spaced {
			r.sentence()
		}
		r.open, r.start, r.upper = k, at, unicode.IsUpper(c)
		r.buf = r.buf[:0]
	}
	r.stop, r.broken = 0, false
	if c < utf8.RuneSelf {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		r.buf = append(r.buf, byte(c))
		return
	}
	r.buf = utf8.AppendRune(r.buf, unicode.ToLower(c))
}

// other takes what separates words.
func (r *reader) other(c rune, at int) {
	r.end(at)
	switch c {
	case '\n', '\r':
		r.sentence()
		r.within = false
	case '|':
		r.sentence()
	case '.', '!', '?', '。', '！', '？':
		r.stop = marked
	case ' ', '\t':
		if r.stop == marked {
			r.stop = spaced
		}
	case '"', '\'', '»', '”', '’', ')':
	default:
		r.stop = 0
	}
}

// joins reports whether what follows a hyphen goes on with the word before it: a letter
// at once, or a small letter after the end of a line.
func joins(rest string) bool {
	c, size := utf8.DecodeRuneInString(rest)
	if c == '\n' || c == ' ' {
		c, _ = utf8.DecodeRuneInString(rest[size:])
		return unicode.IsLower(c)
	}
	return unicode.IsLetter(c)
}

func isHyphen(c rune) bool { return c == '-' || c == '\u2010' || c == '\u2011' || c == '\u00ad' }

func startsNumber(rest string) bool { return rest != "" && isDigit(rest[0]) }

// inNumber reports whether a separator between what stands before and the rest belongs
// to a number: a point or comma before a digit, or a space before exactly three.
func inNumber(before, rest string, c rune) bool {
	digits := 0
	for digits < len(rest) && digits < 4 && isDigit(rest[digits]) {
		digits++
	}
	switch c {
	case '.', ',':
		return digits > 0
	case ' ':
		n := len(before)
		for n > 0 && len(before)-n < 4 && isDigit(before[n-1]) {
			n--
		}
		return digits == 3 && len(before)-n <= 3
	}
	return false
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// end closes the word under way.
func (r *reader) end(at int) {
	if r.open == other {
		return
	}
	t := token{from: int32(r.start), to: int32(at)}
	word := r.buf
	if r.open == digit {
		word = plainNumber(word)
		t.class = number
	} else {
		t.class = classOf(word)
	}
	t.hash = hashBytes(word)
	if len(r.out) == r.from {
		t.class |= first
	}
	if !r.within {
		t.class |= line
		r.within = true
	}
	if r.upper && r.open == letter {
		if t.class&first != 0 {
			t.class |= initial
		} else {
			t.class |= capital
		}
	}
	r.out = append(r.out, t)
	r.open, r.upper = other, false
}

// plainNumber takes away what does not change a number: zeros before it and behind a
// separator of decimals. A separator before three digits is one of thousands, as
// nobody can tell otherwise.
func plainNumber(w []byte) []byte {
	out := w[:0]
	for i, c := range w {
		if c == '.' && len(w)-i == 4 && i > 0 {
			continue
		}
		out = append(out, c)
	}
	dot := -1
	for i, c := range out {
		if c == '.' {
			dot = i
		}
	}
	for dot >= 0 && out[len(out)-1] == '0' {
		out = out[:len(out)-1]
	}
	if dot == len(out)-1 && dot >= 0 {
		out = out[:dot]
	}
	for len(out) > 1 && out[0] == '0' && out[1] != '.' {
		out = out[1:]
	}
	return out
}

// sentence ends the sentence: capitals of one that is set in capitals say nothing.
func (r *reader) sentence() {
	r.end(len(r.text))
	long, upper := 0, 0
	list := r.out[r.from:]
	for i := range list {
		if list[i].class&(number|first) == 0 && list[i].to-list[i].from >= 4 {
			long++
			if list[i].class&capital != 0 {
				upper++
			}
		}
	}
	if long >= 3 && 5*upper >= 3*long {
		for i := range list {
			list[i].class &^= capital
		}
	}
	r.from, r.stop = len(r.out), 0
}

// hashBytes is FNV-1a, its bits spread: it is kept in catalogs, so it never changes.
func hashBytes(b []byte) uint64 {
	h := uint64(0xcbf29ce484222325)
	for _, c := range b {
		h = (h ^ uint64(c)) * 0x100000001b3
	}
	return mix(h)
}

// mix is the finaliser of splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
