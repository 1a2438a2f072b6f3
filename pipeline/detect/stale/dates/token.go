package dates

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A span is a sentence, an item or a row.
type span struct {
	from, to int
	digits   bool // it has any
	item     bool // it follows a line that leads a list
	leads    bool // it ends with a colon
}

// longestSentence is how many bytes a sentence may have; what is longer is none, and is
// cut, so that the time for a text stays linear in its length.
const longestSentence = 2 << 10

// sentences cuts a text at ends of sentences and of lines.
func sentences(text string) iter.Seq[span] {
	return func(yield func(span) bool) {
		from, led := 0, false
		s := span{}
		for i := 0; i < len(text); i++ {
			b := text[i]
			if b >= '0' && b <= '9' {
				s.digits = true
			}
			if !ends(text, i) && !(i-from >= longestSentence && i+1 < len(text) && utf8.RuneStart(text[i+1]) && !isLetter(b)) && i-from < 2*longestSentence {
				continue
			}
			for i+1 < len(text) && !utf8.RuneStart(text[i+1]) {
				i++
			}
			s.from, s.to = from, i+1
			s.leads = b == '\n' && strings.HasSuffix(strings.TrimRight(text[from:i], " \t\r"), ":")
			s.item = led && isItem(text[from:])
			if strings.TrimSpace(text[from:i]) != "" {
				if !yield(s) {
					return
				}
				if s.leads {
					led = true
				} else if !s.item && b == '\n' {
					led = false
				}
			}
			from, s = i+1, span{}
		}
		if from < len(text) {
			s.from, s.to = from, len(text)
			s.item = led && isItem(text[from:])
			yield(s)
		}
	}
}

func isItem(line string) bool {
	line = strings.TrimLeft(line, " \t")
	return strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "• ") || strings.HasPrefix(line, "* ") || len(line) > 0 && line[0] >= '0' && line[0] <= '9'
}

// ends reports whether a sentence ends with the byte at i.
func ends(text string, i int) bool {
	switch text[i] {
	case '\n', '!', '?', ';':
		return true
	case '.':
		if i+1 < len(text) && text[i+1] != ' ' && text[i+1] != '\n' && text[i+1] != '\r' && text[i+1] != '\t' && text[i+1] != '"' && text[i+1] != ')' {
			return false
		}
		return !abbreviated(text, i)
	}
	return false
}

// abbreviated reports whether the dot at i ends a word that is cut short.
func abbreviated(text string, i int) bool {
	from := i
	for from > 0 && i-from < 6 && isLetter(text[from-1]) {
		from--
	}
	word := strings.ToLower(text[from:i])
	if _, month := monthNames[word]; month && len(word) <= 5 {
		return true
	}
	switch word {
	case "art", "no", "nr", "cf", "vol", "env", "st", "m", "mr", "mrs", "mme", "dr", "p", "pp", "approx", "ca", "janv", "févr", "déc", "avr", "juil", "a", "e", "v":
		return true
	}
	return false
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' || b >= utf8.RuneSelf }

// A word is a word or a number, folded: small letters without accents.
type word struct {
	s          string
	start, end int
	number     int  // -1: it is none
	ordinal    bool // 1er, 3rd
	capital    bool // the original begins with one
	past       bool // it ends as French participles do: é, ée, és, ées
}

// words cuts text[from:to] into words. An apostrophe and a hyphen part them.
func words(text string, from, to int) []word {
	var out []word
	for i := from; i < to; {
		r, n := utf8.DecodeRuneInString(text[i:to])
		switch {
		case r >= '0' && r <= '9':
			w := number(text, i, to)
			out = append(out, w)
			i = w.end
		case unicode.IsLetter(r):
			w := letters(text, i, to)
			out = append(out, w)
			i = w.end
		default:
			i += n
		}
	}
	return out
}

func number(text string, from, to int) word {
	i, n := from, 0
	for i < to && text[i] >= '0' && text[i] <= '9' {
		n = min(n*10+int(text[i]-'0'), 1<<24)
		i++
	}
	w := word{s: text[from:i], start: from, end: i, number: n}
	r, _ := utf8.DecodeRuneInString(text[i:to])
	if i >= to || !unicode.IsLetter(r) {
		return w
	}
	tail := letters(text, i, to)
	w.end = tail.end
	switch tail.s {
	case "er", "re", "st", "nd", "rd", "th", "e", "eme", "ere":
		w.ordinal = true
	default:
		w.s, w.number = w.s+tail.s, -1
	}
	return w
}

func letters(text string, from, to int) word {
	i, plain := from, true
	for i < to {
		if b := text[i]; b < utf8.RuneSelf {
			if b|0x20 < 'a' || b|0x20 > 'z' {
				break
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:to])
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) {
			break
		}
		plain = false
		i += n
	}
	w := word{start: from, end: i, number: -1}
	first, _ := utf8.DecodeRuneInString(text[from:i])
	w.capital = unicode.IsUpper(first)
	original := text[from:i]
	if plain {
		w.s = strings.ToLower(original)
		return w
	}
	w.s = fold(original)
	lower := strings.ToLower(original)
	for _, tail := range [...]string{"é", "ée", "és", "ées", "e\u0301", "e\u0301e", "e\u0301s", "e\u0301es"} {
		w.past = w.past || strings.HasSuffix(lower, tail)
	}
	return w
}

// fold makes small letters without accents of a word.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		r = unicode.ToLower(r)
		if r < utf8.RuneSelf {
			b.WriteByte(byte(r))
			continue
		}
		if plain, ok := unaccented[r]; ok {
			b.WriteString(plain)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

var unaccented = map[rune]string{
	'à': "a", 'â': "a", 'ä': "a", 'á': "a", 'ã': "a", 'å': "a", 'ç': "c", 'é': "e", 'è': "e", 'ê': "e", 'ë': "e",
	'î': "i", 'ï': "i", 'í': "i", 'ì': "i", 'ñ': "n", 'ô': "o", 'ö': "o", 'ó': "o", 'ò': "o", 'õ': "o", 'ù': "u", 'û': "u", 'ü': "u", 'ú': "u",
	'ÿ': "y", 'ý': "y", 'œ': "oe", 'æ': "ae", 'ß': "ss",
}

// mayBeDated reports whether a sentence holds a year, a date in figures, or a word that
// begins as a month does. It is quick, and lets through too much.
func mayBeDated(s string) bool {
	digits, letter := 0, false
	for i := 0; i < len(s); i++ {
		b := s[i]
		switch {
		case b >= '0' && b <= '9':
			digits++
			if digits == 4 {
				return true
			}
		case b == '/' && digits > 0:
			return true
		default:
			digits = 0
		}
		if is := isLetter(b); is && !letter && i+3 <= len(s) && monthBegins[[3]byte{s[i] | 0x20, s[i+1] | 0x20, s[i+2] | 0x20}] {
			return true
		}
		letter = isLetter(b)
	}
	return false
}

// monthBegins are the first three bytes of months, in small letters.
var monthBegins = begins()

func begins() map[[3]byte]bool {
	out := make(map[[3]byte]bool)
	for name := range monthNames {
		out[[3]byte{name[0], name[1], name[2]}] = true
	}
	for _, accented := range []string{"fév", "déc", "aoû", "FÉV", "DÉC", "AOÛ"} {
		out[[3]byte{accented[0] | 0x20, accented[1] | 0x20, accented[2] | 0x20}] = true
	}
	return out
}
