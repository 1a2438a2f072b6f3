package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxLocal  = 64  // bytes of an e-mail address before the @
	maxDomain = 253 // and behind it
)

// email returns the address around the @ at i, or end 0.
func email(text string, i, kept int) (start, end int) {
	start = i
	for start > kept && i-start < maxLocal {
		r, n := utf8.DecodeLastRuneInString(text[kept:start])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._%+-", r) {
			break
		}
		start -= n
	}
	for start < i && strings.IndexByte(".-%", text[start]) >= 0 {
		start++
	}
	if start == i || text[i-1] == '.' {
		return 0, 0
	}
	end = domain(text, i+1)
	if end == 0 {
		return 0, 0
	}
	return start, end
}

// domain returns where the domain at i ends, or 0: labels with a dot between
// them, the last of at least two letters.
func domain(text string, i int) int {
	label, best := i, 0
	labels := 0
	for at := i; at-i <= maxDomain; {
		r, n := utf8.DecodeRuneInString(text[at:])
		if n > 0 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' && at > label) {
			at += n
			continue
		}
		if at == label {
			break
		}
		if labels++; labels > 1 && topLevel(text[label:at]) {
			best = at
		}
		if r != '.' {
			break
		}
		at++
		label = at
	}
	return best
}

func topLevel(s string) bool {
	letters := 0
	for _, r := range s {
		if !unicode.IsLetter(r) {
			return false
		}
		letters++
	}
	return letters >= 2
}

// iban returns where the IBAN at i ends, or 0. Groups may be separated by single
// spaces.
func iban(text string, i int) int {
	if i+15 > len(text) || !letter(text[i+1]) || !digit(text[i+2]) || !digit(text[i+3]) {
		return 0
	}
	var code [34]byte
	n, best := 0, 0
	for at := i; at < len(text) && n < len(code); {
		c := text[at]
		if r, width := utf8.DecodeRuneInString(text[at:]); n > 0 && strings.ContainsRune(spaces, r) && r != utf8.RuneError {
			at += width
			if at < len(text) && !digit(text[at]) && !letter(text[at]) {
				break
			}
			continue
		}
		if !digit(c) && !letter(c) {
			break
		}
		if c >= 'a' {
			c -= 'a' - 'A'
		}
		code[n] = c
		n++
		at++
		if n >= 15 && closes(text, at) && mod97(code[:n]) {
			best = at
		}
	}
	return best
}

// mod97 reports whether the check digits of an IBAN are right.
func mod97(code []byte) bool {
	rest := 0
	for i := range code {
		c := code[(i+4)%len(code)]
		if digit(c) {
			rest = (rest*10 + int(c-'0')) % 97
		} else {
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	return rest == 1
}
