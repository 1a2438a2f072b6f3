package lexical

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what is taken for an abbreviation.
const (
	minAcronym   = 2 // letters
	maxAcronym   = 8 // letters
	maxLongBytes = 120
)

// An Acronym is an abbreviation with what it stands for, both in lower case, as
// in "Fichier national des comptes bancaires (FICOBA)" or the other way round.
type Acronym struct{ Short, Long string }

// acronyms finds the abbreviations that a text explains in parentheses. Their
// letters must be the initials of the long form's words; words without a letter
// of their own, such as "of" and "de", may stand between.
func acronyms(text string) []Acronym {
	var list []Acronym
	for from := 0; ; {
		open := strings.IndexByte(text[from:], '(')
		if open < 0 {
			return list
		}
		open += from
		from = open + 1
		size := strings.IndexByte(text[from:min(len(text), from+maxLongBytes)], ')')
		if size < 0 {
			continue
		}
		inside := strings.TrimSpace(text[from : from+size])
		before := strings.TrimRight(text[max(0, open-maxLongBytes):open], " \u00a0")
		if a, ok := pairBefore(inside, before); ok {
			list = append(list, a)
		} else if a, ok := pairInside(inside, before); ok {
			list = append(list, a)
		}
	}
}

// pairBefore reads "long form (SHORT)".
func pairBefore(short, before string) (Acronym, bool) {
	initials, ok := capitals(short)
	if !ok {
		return Acronym{}, false
	}
	words := strings.FieldsFunc(before, func(r rune) bool { return unicode.IsSpace(r) || r == '\'' || r == '’' || r == '-' })
	at := len(words)
	for i := len(initials) - 1; i >= 0; i-- {
		skipped := 0
		for at--; at >= 0 && initial(words[at]) != initials[i]; at-- {
			if skipped++; skipped > 2 || utf8.RuneCountInString(words[at]) > 4 {
				return Acronym{}, false
			}
		}
		if at < 0 {
			return Acronym{}, false
		}
	}
	long := words[at:]
	if strings.ContainsAny(strings.Join(long, ""), ".;:!?()") {
		return Acronym{}, false
	}
	return Acronym{Short: strings.ToLower(short), Long: strings.ToLower(strings.Join(long, " "))}, true
}

// pairInside reads "SHORT (long form)".
func pairInside(long, before string) (Acronym, bool) {
	start := strings.LastIndexFunc(before, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) + 1
	if start > 0 {
		_, size := utf8.DecodeRuneInString(before[start-1:])
		if size > 1 {
			start += size - 1
		}
	}
	short := before[min(start, len(before)):]
	a, ok := pairBefore(short, long)
	if !ok || len(a.Long) < len(long)-4 {
		return Acronym{}, false
	}
	return a, true
}

// capitals returns the letters of an abbreviation in lower case and folded.
func capitals(s string) ([]rune, bool) {
	var list []rune
	for _, r := range s {
		if !unicode.IsUpper(r) || len(list) == maxAcronym {
			return nil, false
		}
		list = append(list, initial(string(r)))
	}
	return list, len(list) >= minAcronym
}

func initial(word string) rune {
	r, _ := utf8.DecodeRuneInString(fold(strings.ToLower(word)))
	return r
}
