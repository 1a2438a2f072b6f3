package evaluate

import (
	"math/rand/v2"
	"slices"
	"unicode"
)

// Which words Misspell harms, and how often.
const (
	typoLetters = 5
	typoChance  = 0.5
)

// Misspell gives every word of at least five letters, with probability one half,
// one edit: a letter inserted, removed, replaced or swapped with its neighbour.
// The same question and seed give the same result.
func Misspell(question string, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, uint64(len(question))))
	var out []rune
	text := []rune(question)
	for i := 0; i < len(text); {
		j := i
		for j < len(text) && unicode.IsLetter(text[j]) {
			j++
		}
		if j == i {
			out = append(out, text[i])
			i++
			continue
		}
		word := slices.Clone(text[i:j])
		if len(word) >= typoLetters && r.Float64() < typoChance {
			word = edit(r, word)
		}
		out = append(out, word...)
		i = j
	}
	return string(out)
}

func edit(r *rand.Rand, word []rune) []rune {
	at := r.IntN(len(word))
	letter := rune('a' + r.IntN(26))
	switch r.IntN(4) {
	case 0:
		return slices.Insert(word, at, letter)
	case 1:
		return slices.Delete(word, at, at+1)
	case 2:
		for letter == unicode.ToLower(word[at]) {
			letter = rune('a' + r.IntN(26))
		}
		word[at] = letter
	default:
		at = min(at, len(word)-2)
		for at > 0 && word[at] == word[at+1] {
			at--
		}
		word[at], word[at+1] = word[at+1], word[at]
	}
	return word
}
