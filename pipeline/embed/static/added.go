package static

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// added is a token that is found in the text as it stands.
type added struct {
	Content    string `json:"content"`
	ID         int32  `json:"id"`
	SingleWord bool   `json:"single_word"`
	Left       bool   `json:"lstrip"`
	Right      bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
}

// finds are added tokens by their first byte, the longest first: vocabularies with
// terms of several words have thousands of them.
type finds struct {
	by  [256][]added
	any bool
}

func (f *finds) add(a added) {
	f.any = true
	list := append(f.by[a.Content[0]], a)
	slices.SortStableFunc(list, func(a, b added) int { return len(b.Content) - len(a.Content) })
	f.by[a.Content[0]] = list
}

// around appends added tokens where they are, and encodes what is between them.
func (f *finds) around(ids []int32, text string, encode func([]int32, string) []int32) []int32 {
	from := 0
	for f.any && from < len(text) {
		a, at := f.next(text, from)
		if a == nil {
			break
		}
		begin, end := at, at+len(a.Content)
		if a.Left {
			begin = from + len(strings.TrimRight(text[from:begin], " \t\r\n"))
		}
		if a.Right {
			end = len(text) - len(strings.TrimLeft(text[end:], " \t\r\n"))
		}
		if begin > from {
			ids = encode(ids, text[from:begin])
		}
		ids = append(ids, a.ID)
		from = end
	}
	if from < len(text) {
		ids = encode(ids, text[from:])
	}
	return ids
}

// next finds the leftmost added token, of several there the longest.
func (f *finds) next(text string, from int) (*added, int) {
	for at := from; at < len(text); at++ {
		list := f.by[text[at]]
		for i := range list {
			if a := &list[i]; strings.HasPrefix(text[at:], a.Content) &&
				(!a.SingleWord || !wordBefore(text[:at]) && !wordAfter(text[at+len(a.Content):])) {
				return a, at
			}
		}
	}
	return nil, len(text)
}

func wordBefore(text string) bool {
	r, n := utf8.DecodeLastRuneInString(text)
	return n > 0 && inWord(r)
}

func wordAfter(text string) bool {
	r, n := utf8.DecodeRuneInString(text)
	return n > 0 && inWord(r)
}
