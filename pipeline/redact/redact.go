// Package redact finds personal data in text and masks it.
package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The placeholders that Mask puts in.
const (
	Email = "[email]"
	Phone = "[phone]"
	Card  = "[card]"
	IBAN  = "[iban]"
	NIR   = "[nir]" // French social security number
	IP    = "[ip]"
)

// Mask returns text with e-mail addresses, phone numbers, payment cards, IBANs,
// French social security numbers and IPv4 addresses replaced by placeholders.
//
// Cards (Luhn), IBANs (ISO 7064) and social security numbers (key) are masked
// only when their check digits are right. Phone numbers are masked in their
// French, British and North American forms, and with a leading + or 00. Prices,
// dates, versions, order numbers and other numbers stay. It takes time linear in the length of text, and is safe for concurrent
// use.
func Mask(text string) string {
	var b strings.Builder
	kept := 0
	for i := 0; i < len(text); {
		placeholder, start, end := match(text, i, kept)
		if placeholder == "" {
			i = max(end, i+1)
			continue
		}
		b.WriteString(text[kept:start])
		b.WriteString(placeholder)
		kept, i = end, end
	}
	if kept == 0 {
		return text
	}
	b.WriteString(text[kept:])
	return b.String()
}

// match looks for something to mask at i; nothing before kept belongs to it.
// Without a placeholder, end is where to look next.
func match(text string, i, kept int) (placeholder string, start, end int) {
	c := text[i]
	switch {
	case c == '@':
		if start, end := email(text, i, kept); end > 0 {
			return Email, start, end
		}
		return "", i, i + 1
	case letter(c):
		if opens(text, i) {
			if end := iban(text, i); end > 0 {
				return IBAN, i, end
			}
		}
		return "", i, i + 1
	case !digit(c) && c != '+' && c != '(':
		return "", i, i + 1
	}
	if opens(text, i) {
		if placeholder, end := inNumber(text, i); end > 0 {
			return placeholder, i, end
		}
	}
	end = i + 1
	for end < len(text) && digit(text[end]) {
		end++
	}
	return "", i, end
}

// inNumber returns what begins at i and where it ends, or 0.
func inNumber(text string, i int) (placeholder string, end int) {
	if end := ipv4(text, i); end > 0 {
		return IP, end
	}
	if end := nir(text, i); end > 0 {
		return NIR, end
	}
	n := read(text, i)
	if end := card(text, &n); end > 0 {
		return Card, end
	}
	if end := phone(text, i, &n); end > 0 {
		return Phone, end
	}
	return "", 0
}

func digit(c byte) bool  { return c >= '0' && c <= '9' }
func letter(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }

// opens reports whether a number or code can begin at i: not within a word, a
// decimal, a reference or an address.
func opens(text string, i int) bool {
	r, n := utf8.DecodeLastRuneInString(text[:i])
	if n == 0 {
		return true
	}
	if wordRune(r) || r == '@' {
		return false
	}
	if strings.ContainsRune("-./,#=&:", r) {
		before, _ := utf8.DecodeLastRuneInString(text[:i-n])
		if r == ':' {
			return !unicode.IsDigit(before)
		}
		return r != '#' && (i == n || !wordRune(before))
	}
	return true
}

// closes reports whether a number or code can end at i.
func closes(text string, i int) bool {
	r, n := utf8.DecodeRuneInString(text[i:])
	if n == 0 {
		return true
	}
	if wordRune(r) || r == '@' || r == '%' || r == '€' || r == '$' {
		return false
	}
	if strings.ContainsRune("-./,:", r) && i+n < len(text) {
		return !digit(text[i+n])
	}
	return true
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
