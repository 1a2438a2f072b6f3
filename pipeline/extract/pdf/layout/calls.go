package layout

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// resolveCalls replaces the marks around raised signs: those that called reports
// as calls of footnotes become "[1]", exponents become superscript characters,
// others stay as they are.
func resolveCalls(s string, called func(string) bool) string {
	if !strings.ContainsRune(s, callOpen) {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, callOpen)
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		raised, rest, _ := strings.Cut(s[i+1:], string(callClose))
		if strings.HasPrefix(rest, "⁄") || strings.HasPrefix(rest, "/") {
			b.WriteString(raised)
		} else {
			b.WriteString(resolveCall(b.String(), raised, called))
		}
		s = rest
	}
}

// resolveCall is how one raised part is written behind the text before it.
func resolveCall(before, raised string, called func(string) bool) string {
	if called(raised) {
		return "[" + raised + "]"
	}
	up, ok := superscript(raised)
	word := before[strings.LastIndexAny(before, " \n([")+1:]
	switch {
	case !ok:
		return raised
	case word == "" && isDigits(raised):
		if before == "" {
			return "[" + raised + "] "
		}
		return up
	case word == "":
		return raised
	}
	last, _ := utf8.DecodeLastRuneInString(word)
	letters := strings.Count(word, "") - 1
	switch {
	case !isDigits(raised):
		return up
	case unicode.IsDigit(last) || last == ')' && letters < 4:
		return up
	case unicode.IsLetter(last) && letters <= 2 || unit(word):
		return up
	}
	return "[" + raised + "]"
}

// superscript writes digits and signs as superscript characters.
func superscript(s string) (string, bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '1':
			r = '¹'
		case r == '2':
			r = '²'
		case r == '3':
			r = '³'
		case r >= '0' && r <= '9':
			r = '⁰' + r - '0'
		case r == '-' || r == '−' || r == '–':
			r = '⁻'
		case r == '+':
			r = '⁺'
		default:
			return s, false
		}
		b.WriteRune(r)
	}
	return b.String(), true
}

// unit reports units of measure that are raised to a power.
func unit(word string) bool {
	switch strings.TrimLeft(word, "0123456789.,/·") {
	case "mm", "cm", "dm", "km", "µm", "nm", "sec", "min", "mol", "kg", "px", "ft", "in", "yd":
		return true
	}
	return false
}
