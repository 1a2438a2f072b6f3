package layout

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A marker is what a list item begins with.
type marker struct {
	text    string
	rest    int // offset of the item's text
	ordered bool
	form    string // "1.", "(a)", "•": items of one list share it
	value   int    // of a number or letter, 0 for bullets
}

// bullets that begin an item wherever they stand at the beginning of a line;
// private use characters are the bullets of symbol fonts.
func isBullet(r rune) bool {
	switch r {
	case '•', '◦', '▪', '▫', '■', '□', '●', '○', '◆', '◇', '►', '▶', '➢', '➤', '➔', '✓', '✔', '✗', '❖', '❑', '❏', '‣', '⁃', '∙', '⦁', '·', '▸', '★', '☐', '☑':
		return true
	}
	return r >= 0xf020 && r <= 0xf0ff
}

// isDash reports dashes, which begin an item where others do too.
func isDash(r rune) bool { return r == '-' || r == '–' || r == '—' || r == '−' || r == '*' }

// markerOf returns the marker with which text begins. A marker without text
// behind it is none, except for a bullet.
func markerOf(text string) (marker, bool) {
	first, n := utf8.DecodeRuneInString(text)
	if isBullet(first) {
		rest := n + len(text[n:]) - len(strings.TrimLeft(text[n:], " "))
		return marker{text: text[:n], rest: rest, form: string(first)}, true
	}
	head, _, found := strings.Cut(text, " ")
	if !found {
		return marker{}, false
	}
	if isDash(first) && len(head) == n {
		return marker{text: head, rest: n + 1, form: string(first)}, true
	}
	form, value := numbering(head)
	if form == "" {
		return marker{}, false
	}
	return marker{text: head, rest: len(head) + 1, ordered: true, form: form, value: value}, true
}

// numbering tells the form and value of "3.", "(c)", "iv)"; "" for others.
func numbering(s string) (string, int) {
	open := ""
	if strings.HasPrefix(s, "(") || strings.HasPrefix(s, "[") {
		open, s = s[:1], s[1:]
	}
	if len(s) < 2 || len(s) > 6 {
		return "", 0
	}
	end := s[len(s)-1]
	if end != '.' && end != ')' && !(end == ']' && open == "[") {
		return "", 0
	}
	core := s[:len(s)-1]
	switch {
	case isDigits(core) && len(core) <= 3:
		n := 0
		for _, c := range core {
			n = 10*n + int(c-'0')
		}
		return open + "1" + string(end), n
	case len(core) == 1 && core[0] >= 'a' && core[0] <= 'z':
		return open + "a" + string(end), int(core[0]-'a') + 1
	case len(core) == 1 && core[0] >= 'A' && core[0] <= 'Z':
		return open + "A" + string(end), int(core[0]-'A') + 1
	case roman(core) > 0:
		return open + "i" + string(end), roman(core)
	}
	return "", 0
}

// roman is the value of a small roman number in lower case, 0 for others.
func roman(s string) int {
	value := func(c byte) int {
		switch c {
		case 'i':
			return 1
		case 'v':
			return 5
		case 'x':
			return 10
		}
		return 0
	}
	sum := 0
	for i := 0; i < len(s); i++ {
		v := value(s[i])
		if v == 0 {
			return 0
		}
		if i+1 < len(s) && value(s[i+1]) > v {
			v = -v
		}
		sum += v
	}
	return sum
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// isMarker reports whether a word is nothing but a marker of an item or the
// number of a heading.
func isMarker(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	if n == len(s) && (isBullet(r) || isDash(r)) {
		return true
	}
	form, _ := numbering(s)
	return form != "" || sectionDepth(s) > 1
}

// sectionDepth is the number of levels in the number of a heading: 1 for "3" and
// "3.", 2 for "3.1"; 0 where s is no such number.
func sectionDepth(s string) int {
	s = strings.TrimSuffix(s, ".")
	depth := 0
	for part := range strings.SplitSeq(s, ".") {
		if !isDigits(part) && !(depth == 0 && len(part) == 1 && part[0] >= 'A' && part[0] <= 'Z') || len(part) > 2 {
			return 0
		}
		depth++
	}
	return depth
}

// isNumber reports whether s is a number, a price, a percentage or a date in
// digits.
func isNumber(s string) bool {
	digits, others := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			others++
		}
	}
	return digits > 0 && others <= digits/2+1 && others <= 3
}

// leaders reports whether s ends with the dots that lead to a page number.
func leaders(s string) bool {
	s = strings.TrimRight(s, "0123456789 ivxlcIVXLC")
	return strings.HasSuffix(s, "...") || strings.HasSuffix(s, ". . .") || strings.HasSuffix(s, "…")
}

// ends reports whether s ends as a sentence does.
func ends(s string) bool {
	s = strings.TrimRight(s, "\"'”’»)] "+string(callClose)+string(callOpen)+"0123456789")
	if s == "" {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(s)
	switch r {
	case '.', '!', '?', ':', ';', '…', '。', '؟', '！', '？', '：', '；':
		return true
	}
	return false
}

// firstLetter is the first letter or digit of s, 0 if it has none.
func firstLetter(s string) rune {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
	}
	return 0
}
