package redact

import "strings"

// phone returns where the phone number at i ends, or 0.
func phone(text string, i int, n *number) int {
	switch {
	case text[i] == '+':
		return international(text, i+1, 10)
	case strings.HasPrefix(text[i:], "(0)"), strings.HasPrefix(text[i:], "(+"):
		return 0
	case text[i] == '(':
		return american(text, i)
	}
	if rest, ok := strings.CutPrefix(text[i:], "00"); ok && knownCountry(strings.TrimLeft(rest, " ")) {
		start := len(text) - len(strings.TrimLeft(rest, " "))
		return international(text, start, 9)
	}
	if n.n < 10 {
		return 0
	}
	if n.digits[0] == '0' && n.digits[1] >= '1' {
		for _, sizes := range [...][]int{{10}, {2, 2, 2, 2, 2}, {4, 2, 2, 2}, {4, 3, 3}, {1, 3, 3, 3}, {5, 6}, {3, 4, 4}, {4, 3, 4}, {5, 3, 3}} {
			if end := n.shaped(text, anySep, sizes...); end > 0 {
				return end
			}
		}
		return 0
	}
	if n.digits[0] == '0' && n.digits[1] == '8' || n.digits[0] >= '2' {
		if end := n.shaped(text, ".-\u2011", 3, 3, 4); end > 0 && n.digits[3] >= '2' {
			return end
		}
	}
	if n.digits[0] == '1' {
		if end := n.shaped(text, ".-\u2011", 1, 3, 3, 4); end > 0 && n.digits[1] >= '2' && n.digits[4] >= '2' {
			return end
		}
	}
	return 0
}

// international reads a number behind + or 00: 15 digits at most, an optional
// "(0)" behind the country.
func international(text string, i, least int) int {
	if i >= len(text) || text[i] < '1' || text[i] > '9' {
		return 0
	}
	digits, end := 0, 0
	for i < len(text) && digits <= 15 {
		if strings.HasPrefix(text[i:], "(0)") && digits <= 4 {
			i += 3
			continue
		}
		if digit(text[i]) {
			digits++
			i++
			end = i
			continue
		}
		width := separator(text[i:])
		if width == 0 || i+width >= len(text) || !digit(text[i+width]) && text[i+width] != '(' {
			break
		}
		i += width
	}
	if digits < least || digits > 15 || !closes(text, end) {
		return 0
	}
	return end
}

// separator is the length of the separator of digits that s begins with, or 0.
func separator(s string) int {
	if s == "" {
		return 0
	}
	if s[0] == ' ' || s[0] == '.' || s[0] == '-' {
		return 1
	}
	if s[0] < 0xc2 {
		return 0
	}
	for _, sep := range [...]string{"\u00a0", "\u202f", "\u2009", "\u2011"} {
		if strings.HasPrefix(s, sep) {
			return len(sep)
		}
	}
	return 0
}

// knownCountry reports whether s begins with a country code that numbers written
// with 00 are seen with; other numbers with leading zeros are references.
func knownCountry(s string) bool {
	for _, code := range [...]string{"33", "32", "352", "377", "41", "44", "49", "34", "39", "31", "351", "353", "212", "213", "216", "221", "225", "262", "590", "594", "596"} {
		if strings.HasPrefix(s, code) {
			return true
		}
	}
	return false
}

// american reads "(212) 555-1234".
func american(text string, i int) int {
	if i+5 > len(text) || text[i+4] != ')' || text[i+1] < '2' {
		return 0
	}
	for _, c := range []byte(text[i+1 : i+4]) {
		if !digit(c) {
			return 0
		}
	}
	rest := i + 5
	if rest < len(text) && text[rest] == ' ' {
		rest++
	}
	n := read(text, rest)
	return n.shaped(text, anySep, 3, 4)
}
