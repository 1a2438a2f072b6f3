// Package syntax reads the notation that PDF files, their content streams, CMaps and
// font programs share, and forgives what real files get wrong in it. Nothing here
// fails: what cannot be read is passed over.
package syntax

import "math"

// Kind is the kind of a Token.
type Kind uint8

// The kinds of tokens.
const (
	End     Kind = iota // nothing follows
	Number              // Num; Whole says that it was written without a point
	String              // Text, decoded
	Name                // Text, decoded, without the slash
	Keyword             // Text: an operator or word
	Open                // [
	Close               // ]
	DictOpen
	DictClose
	BraceOpen
	BraceClose
)

// A Token is one word of the notation. Text is valid until the next call of Next.
type Token struct {
	Kind  Kind
	Whole bool
	Num   float64
	Text  []byte
}

// A Lexer divides Data into tokens, from Pos on. It is for one goroutine.
type Lexer struct {
	Data    []byte
	Pos     int
	scratch []byte
}

// The classes of bytes: white space, delimiters, the rest.
const (
	regular = iota
	white
	delimiter
)

func classOf(c byte) int {
	switch c {
	case 0, '\t', '\n', '\f', '\r', ' ':
		return white
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return delimiter
	}
	return regular
}

// White reports whether c is white space of the notation.
func White(c byte) bool { return classOf(c) == white }

// SkipWhite moves behind white space and comments.
func (l *Lexer) SkipWhite() {
	for l.Pos < len(l.Data) {
		c := l.Data[l.Pos]
		if c == '%' {
			for l.Pos < len(l.Data) && l.Data[l.Pos] != '\n' && l.Data[l.Pos] != '\r' {
				l.Pos++
			}
		} else if classOf(c) != white {
			return
		} else {
			l.Pos++
		}
	}
}

// Next returns the next token. A stray closing bracket is passed over.
func (l *Lexer) Next() Token {
	for {
		l.SkipWhite()
		if l.Pos >= len(l.Data) {
			return Token{}
		}
		c := l.Data[l.Pos]
		switch c {
		case '[':
			l.Pos++
			return Token{Kind: Open}
		case ']':
			l.Pos++
			return Token{Kind: Close}
		case '{':
			l.Pos++
			return Token{Kind: BraceOpen}
		case '}':
			l.Pos++
			return Token{Kind: BraceClose}
		case '(':
			l.Pos++
			return Token{Kind: String, Text: l.literal()}
		case '/':
			l.Pos++
			return Token{Kind: Name, Text: l.name()}
		case '<':
			l.Pos++
			if l.Pos < len(l.Data) && l.Data[l.Pos] == '<' {
				l.Pos++
				return Token{Kind: DictOpen}
			}
			return Token{Kind: String, Text: l.hex()}
		case '>':
			l.Pos++
			if l.Pos < len(l.Data) && l.Data[l.Pos] == '>' {
				l.Pos++
				return Token{Kind: DictClose}
			}
		case ')':
			l.Pos++
		default:
			return l.word()
		}
	}
}

// word reads a number or keyword.
func (l *Lexer) word() Token {
	start := l.Pos
	for l.Pos < len(l.Data) && classOf(l.Data[l.Pos]) == regular {
		l.Pos++
	}
	text := l.Data[start:l.Pos]
	if c := text[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
		if num, whole, n := number(text); n > 0 {
			// "0.5w" is a number and an operator that were not kept apart.
			l.Pos = start + n
			return Token{Kind: Number, Num: num, Whole: whole}
		}
	}
	return Token{Kind: Keyword, Text: text}
}

// number reads the number at the beginning of b and how many bytes it takes, 0 when
// there is none. A second sign or point, as some programs write them ("--5",
// "1.-2", "1.2.3"), ends it or is passed over.
func number(b []byte) (value float64, whole bool, n int) {
	sign := 1.0
	for n < len(b) && (b[n] == '-' || b[n] == '+') {
		if b[n] == '-' {
			sign = -1
		}
		n++
	}
	digits, scale := 0, 0.0
	whole = true
	for ; n < len(b); n++ {
		c := b[n]
		if c >= '0' && c <= '9' {
			digits++
			if scale == 0 {
				value = value*10 + float64(c-'0')
			} else {
				value += float64(c-'0') * scale
				scale /= 10
			}
			continue
		}
		if c == '.' && scale == 0 {
			whole, scale = false, 0.1
			continue
		}
		if c == '-' || c == '.' {
			for n < len(b) && (b[n] == '-' || b[n] == '.' || b[n] >= '0' && b[n] <= '9') {
				n++
			}
		}
		break
	}
	if digits == 0 && whole || math.IsInf(value, 0) {
		return 0, false, 0
	}
	return sign * value, whole, n
}

func (l *Lexer) name() []byte {
	start := l.Pos
	escaped := false
	for l.Pos < len(l.Data) && classOf(l.Data[l.Pos]) == regular {
		escaped = escaped || l.Data[l.Pos] == '#'
		l.Pos++
	}
	text := l.Data[start:l.Pos]
	if !escaped {
		return text
	}
	out := l.scratch[:0]
	for i := 0; i < len(text); i++ {
		if text[i] == '#' && i+2 < len(text) {
			hi, lo := unhex(text[i+1]), unhex(text[i+2])
			if hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, text[i])
	}
	l.scratch = out
	return out
}

func (l *Lexer) hex() []byte {
	out := l.scratch[:0]
	half := -1
	for l.Pos < len(l.Data) {
		c := l.Data[l.Pos]
		l.Pos++
		if c == '>' {
			break
		}
		x := unhex(c)
		switch {
		case x < 0:
		case half < 0:
			half = x
		default:
			out = append(out, byte(half<<4|x))
			half = -1
		}
	}
	if half >= 0 {
		out = append(out, byte(half<<4))
	}
	l.scratch = out
	return out
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func (l *Lexer) literal() []byte {
	out := l.scratch[:0]
	depth := 1
	for l.Pos < len(l.Data) {
		c := l.Data[l.Pos]
		l.Pos++
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				l.scratch = out
				return out
			}
		case '\\':
			out = l.escape(out)
			continue
		case '\r': // a line end within a string is a line feed, however it is written
			if l.Pos < len(l.Data) && l.Data[l.Pos] == '\n' {
				l.Pos++
			}
			c = '\n'
		}
		out = append(out, c)
	}
	l.scratch = out
	return out
}

// escape reads what stands behind a backslash.
func (l *Lexer) escape(out []byte) []byte {
	if l.Pos >= len(l.Data) {
		return out
	}
	c := l.Data[l.Pos]
	l.Pos++
	switch c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case '\n':
		return out
	case '\r':
		if l.Pos < len(l.Data) && l.Data[l.Pos] == '\n' {
			l.Pos++
		}
		return out
	}
	if c < '0' || c > '7' {
		return append(out, c)
	}
	x := int(c - '0')
	for i := 0; i < 2 && l.Pos < len(l.Data) && l.Data[l.Pos] >= '0' && l.Data[l.Pos] <= '7'; i++ {
		x = x*8 + int(l.Data[l.Pos]-'0')
		l.Pos++
	}
	return append(out, byte(x))
}
