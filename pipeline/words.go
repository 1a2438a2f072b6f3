package pipeline

import (
	"iter"
	"strings"
	"unicode"
)

// fieldsOf yields the words of a text, lower case.
func fieldsOf(text string) iter.Seq[string] {
	return strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}
