package claims

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

const (
	maxDigits = 15   // of a telephone number: E.164
	maxPhones = 4096 // that a Scanner remembers
)

// A phoneBook remembers what numbers are in E.164, for parsing one is slow.
type phoneBook map[string]string

func newPhoneBook() phoneBook { return make(phoneBook) }

// phone reads a telephone number that begins with token i.
func (s *Scanner) phone(i, from, to int) int {
	if s.tokens[i].kind == numberToken && !s.free(i, from) && !s.called(i, from) {
		return i
	}
	digits, groups, next := s.dialled(i, to)
	if next == i {
		return i
	}
	cued := s.called(i, from)
	if n := len(strings.TrimPrefix(digits, "+")); n < 7 {
		if cued && n >= 2 && n <= 6 && digits[0] != '+' && s.endsNumber(next, to) {
			return s.add(Claim{Type: Phone, Text: digits}, i, next)
		}
		return i
	}
	if !s.looksDialled(digits, groups, cued) || !s.endsNumber(next, to) {
		return i
	}
	text := s.e164(digits, groups, cued)
	if text == "" {
		return i
	}
	return s.add(Claim{Type: Phone, Text: text}, i, next)
}

// dialled collects the digits from token i on, with how they are grouped.
func (s *Scanner) dialled(i, to int) (digits, groups string, next int) {
	var number [maxDigits + 2]byte
	var sizes [maxDigits + 2]byte
	n, g := 0, 0
	open := false
	j, end := i, i
	for j < to && n <= maxDigits {
		t := &s.tokens[j]
		if j > i && (t.gap > spaced || t.elided) {
			break
		}
		if t.kind == numberToken {
			if size := int(t.end - t.start); n+size <= maxDigits+1 {
				if open && s.tokens[j-1].mark == '(' && t.end-t.start == 1 && s.text[t.start] == '0' && n > 0 {
					j++ // +33 (0)1
					continue
				}
				n += copy(number[n:], s.piece(j))
				sizes[g] = byte('0' + size)
				g++
				j++
				end = j
				continue
			}
			return "", "", i
		}
		switch {
		case t.mark == '+' && j == i && j+1 < to && s.tokens[j+1].gap == glued:
			number[n] = '+'
			n++
		case t.mark == '(' && !open && j+1 < to && s.tokens[j+1].kind == numberToken:
			open = true
		case t.mark == ')' && open:
			open = false
		case (t.mark == '.' || t.mark == '-' || t.mark == '‑' || t.mark == '/' || t.mark == '–') && j > i && j+1 < to && s.tokens[j+1].kind == numberToken && t.gap == glued && s.tokens[j+1].gap == glued:
		default:
			return string(number[:n]), string(sizes[:g]), end
		}
		j++
	}
	if n > maxDigits+1 {
		return "", "", i
	}
	return string(number[:n]), string(sizes[:g]), end
}

// endsNumber reports whether a number ends before token next: no unit follows.
func (s *Scanner) endsNumber(next, to int) bool {
	if next >= to {
		return true
	}
	t := &s.tokens[next]
	if t.gap == glued && !t.elided && (t.kind == wordToken || t.kind == numberToken || t.mark == '%' || t.mark == '€' || t.mark == '/' || t.mark == '@') {
		return false
	}
	w := t.word
	return t.kind != wordToken || w.time == 0 && w.currency == "" && w.lexeme.unit == "" && w.month == 0 && w.fold != "fois" && w.scale == 0 && unitSymbols[s.piece(next)] == "" || t.gap == broken
}

// called reports whether the words before token i ask to call.
func (s *Scanner) called(i, from int) bool {
	for j := i - 1; j >= from && j >= i-4; j-- {
		t := &s.tokens[j]
		if t.word.flags&calls != 0 {
			return true
		}
		switch t.word.fold {
		case "le", "au", "the", "on", "at", "de", "est", "is", "n", "no", "":
		default:
			return false
		}
		if t.kind == markToken && !strings.ContainsRune(":.(°+", t.mark) {
			return false
		}
	}
	return false
}

// looksDialled reports whether digits are written as telephone numbers are.
func (s *Scanner) looksDialled(digits, groups string, cued bool) bool {
	switch {
	case digits[0] == '+', strings.HasPrefix(digits, "00") && len(digits) >= 11:
		return true
	case digits[0] == '0' && len(digits) >= 9 && len(digits) <= 11:
		return true
	case len(digits) == 10 && groups == "334", len(digits) == 11 && groups == "1334":
		return s.language != french
	}
	return cued && len(digits) >= 8
}

// e164 returns the number in E.164, or "".
func (s *Scanner) e164(digits, groups string, cued bool) string {
	region := s.dialledFrom(digits, groups)
	key := region + digits
	if text, ok := s.phones[key]; ok {
		return text
	}
	text := ""
	number := digits
	if strings.HasPrefix(digits, "00") {
		number = "+" + digits[2:]
	}
	if n, err := phonenumbers.Parse(number, region); err == nil {
		french := len(digits) == 10 && digits[0] == '0' && digits[1] != '0' && region == "FR"
		if phonenumbers.IsValidNumber(n) || (french || cued || digits[0] == '+') && phonenumbers.IsPossibleNumber(n) {
			text = phonenumbers.Format(n, phonenumbers.E164)
		}
	}
	if len(s.phones) >= maxPhones {
		clear(s.phones)
	}
	s.phones[key] = text
	return text
}

// dialledFrom returns the region whose numbers are written so: the passage's, else
// France for pairs of digits, else by language.
func (s *Scanner) dialledFrom(digits, groups string) string {
	switch r := s.region(); {
	case r != "":
		return r
	case s.language == french, groups == "22222":
		return "FR"
	case digits[0] == '0':
		return "GB"
	}
	return "US"
}
