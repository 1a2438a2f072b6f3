package redact

import (
	"strings"
	"unicode/utf8"
)

// maxDigits is more than any number that is masked has.
const maxDigits = 20

// A number is a run of digits in groups, as people write them.
type number struct {
	digits [maxDigits]byte
	n      int // digits
	all    [maxDigits]group
	groups int
}

// A group of digits: how many, which separator stands before it, where it ends.
type group struct {
	size int
	sep  rune
	end  int
}

// read reads groups of digits from i on: one separator between two groups.
func read(text string, i int) number {
	var n number
	sep := rune(0)
	for n.n < maxDigits {
		size := 0
		for i < len(text) && digit(text[i]) && n.n < maxDigits {
			n.digits[n.n] = text[i]
			n.n++
			size++
			i++
		}
		if size == 0 {
			break
		}
		n.all[n.groups] = group{size, sep, i}
		n.groups++
		width := separator(text[i:])
		if width == 0 {
			break
		}
		sep, _ = utf8.DecodeRuneInString(text[i:])
		i += width
	}
	return n
}

// shaped returns where the number ends when its first groups have these sizes and
// the same separator, else 0.
func (n *number) shaped(text string, seps string, sizes ...int) int {
	if n.groups < len(sizes) {
		return 0
	}
	for i, size := range sizes {
		g := n.all[i]
		if g.size != size || i > 0 && (!strings.ContainsRune(seps, g.sep) || g.sep != n.all[1].sep) {
			return 0
		}
	}
	end := n.all[len(sizes)-1].end
	if !closes(text, end) || n.continues(len(sizes)) {
		return 0
	}
	return end
}

// continues reports whether the group behind the first count ones goes on in the
// same way, so that the number is longer than it seemed.
func (n *number) continues(count int) bool {
	return count > 1 && n.groups > count && n.all[count].sep == n.all[count-1].sep && n.all[count].size == n.all[count-1].size
}

const (
	anySep = " .-\u00a0\u202f\u2009\u2011"
	spaces = " -\u00a0\u202f\u2009\u2011"
)

func card(text string, n *number) int {
	if n.n < 14 {
		return 0
	}
	for _, sizes := range [...][]int{{16}, {4, 4, 4, 4}, {15}, {4, 6, 5}, {4, 6, 4}, {19}, {4, 4, 4, 4, 3}} {
		end := n.shaped(text, spaces, sizes...)
		if end == 0 {
			continue
		}
		length := 0
		for _, s := range sizes {
			length += s
		}
		if d := n.digits[:length]; issuer(d) && luhn(d) {
			return end
		}
	}
	return 0
}

// issuer reports whether cards of this length begin so. Others that satisfy Luhn,
// such as SIRET and IMEI, do not.
func issuer(d []byte) bool {
	two := string(d[:2])
	switch len(d) {
	case 14:
		return two == "30" || two == "36" || two == "38" || two == "39"
	case 15:
		return two == "34" || two == "37"
	}
	return d[0] >= '2' && d[0] <= '6'
}

func luhn(d []byte) bool {
	sum := 0
	for i := range d {
		v := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// nir reads sex, year, month, department (2A and 2B in Corsica), commune, order
// and key.
func nir(text string, i int) int {
	if text[i] == '0' || text[i] > '8' {
		return 0
	}
	var code [15]byte
	n := 0
	for i < len(text) && n < len(code) {
		c := text[i]
		if width := separator(text[i:]); n > 0 && width > 0 {
			i += width
			continue
		}
		if !digit(c) && !(n == 6 && code[5] == '2' && (c|0x20 == 'a' || c|0x20 == 'b')) {
			return 0
		}
		code[n] = c
		n++
		i++
	}
	if n < len(code) || !closes(text, i) || !strings.ContainsRune("123478", rune(code[0])) {
		return 0
	}
	month := int(code[3]-'0')*10 + int(code[4]-'0')
	if month == 0 || month > 12 && month < 20 {
		return 0
	}
	value := int64(0)
	for at, c := range code[:13] {
		if at == 6 && !digit(c) {
			// 2A counts as 19, 2B as 18.
			value = value/10*10 + 1
			c = '9' - (c | 0x20) + 'a'
		}
		value = value*10 + int64(c-'0')
	}
	if 97-value%97 != int64(code[13]-'0')*10+int64(code[14]-'0') {
		return 0
	}
	return i
}

func ipv4(text string, start int) int {
	i := start
	for part := range 4 {
		if part > 0 {
			if i >= len(text) || text[i] != '.' {
				return 0
			}
			i++
		}
		value, size := 0, 0
		for i < len(text) && digit(text[i]) && size < 4 {
			value = value*10 + int(text[i]-'0')
			size++
			i++
		}
		if size == 0 || size > 3 || value > 255 || size > 1 && text[i-size] == '0' {
			return 0
		}
	}
	port := i < len(text) && text[i] == ':'
	if !port && !closes(text, i) || named(text, start, "version", "versions", "release", "build", "firmware", "v") {
		return 0
	}
	return i
}

// named reports whether one of the words stands before i.
func named(text string, i int, words ...string) bool {
	before := strings.TrimRight(text[max(i-16, 0):i], " .:=\u00a0")
	from := strings.LastIndexFunc(before, func(r rune) bool { return !wordRune(r) }) + 1
	word := strings.ToLower(before[from:])
	for _, w := range words {
		if word == w {
			return true
		}
	}
	return false
}
