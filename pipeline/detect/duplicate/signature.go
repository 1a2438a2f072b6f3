package duplicate

import (
	"slices"

	"freshet/index"
)

// MaxKeys bounds the keys of one text.
const MaxKeys = 64

// A Kind is what a key says of the texts that share it.
type Kind uint8

// The Kinds of keys.
const (
	// Same is shared by texts that are equal (Likeness.Exact).
	Same Kind = iota + 1
	// Phrase is shared by all passages that have 18 words in a row in common, and some
	// that have fewer: so by passages that are nearly equal, for these have to agree in
	// longer runs, and by one that stands within the other.
	Phrase
	// Band is shared by most documents that are nearly equal, whatever the order of their
	// parts.
	Band
	// SamePage is shared by documents of which the words are equal, wherever the borders
	// of their passages and headings are.
	SamePage
)

const kindBits = 3

// tagged puts the kind into the lowest bits of a key.
func tagged(k Kind, h uint64) uint64 { return h&^(1<<kindBits-1) | uint64(k) }

// KindOf returns the kind of a key.
func KindOf(key uint64) Kind { return Kind(key & (1<<kindBits - 1)) }

// A Signature is what a text is compared by. It is not changed after it was read.
type Signature struct {
	// Exact is equal for texts that are equal but for case, the shapes of punctuation
	// marks and white space.
	Exact index.Hash
	// Words that are compared: those of boilerplate are not among them.
	Words int

	tokens      []token
	short, long []uint64 // shingles; long is nil up to LongWords words
}

// Read reads a text whole.
func Read(text string) *Signature {
	return signature(text, words(text, nil))
}

func signature(text string, tokens []token) *Signature {
	s := &Signature{Exact: index.HashTexts("duplicate/1", Normalise(text)), Words: len(tokens), tokens: tokens, short: shinglesOf(tokens, shortWidth)}
	if s.Words > LongWords {
		s.long = shinglesOf(tokens, longWidth)
	}
	return s
}

// shingles are those to compare with another text.
func (s *Signature) shingles(with *Signature) []uint64 {
	if s.Words > LongWords && with.Words > LongWords {
		return s.long
	}
	return s.short
}

// Keys are what to keep and look up to find texts that are like this one: at most
// MaxKeys, ascending, without repeats, each of a Kind. A text of fewer than MinWords
// words has none. Passages have about one key for each seven words. A key that very many
// texts have tells little: whoever looks it up may leave it out.
func (s *Signature) Keys() []uint64 {
	if s.Words < MinWords {
		return nil
	}
	out := make([]uint64, 0, MaxKeys)
	out = append(out, tagged(Same, fold(s.Exact)))
	phrases := fingerprints(runs(s.tokens, longWidth, make([]uint64, 0, len(s.tokens))))
	for _, h := range phrases[:min(len(phrases), MaxKeys-len(out))] {
		out = append(out, tagged(Phrase, h))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// MinWords is the number of words below which a passage says too little to be a
// duplicate of another: "Yes.", "Contact us".
const MinWords = 5

// fold is the first half of a hash.
func fold(h index.Hash) uint64 {
	out := uint64(0)
	for _, b := range h[:8] {
		out = out<<8 | uint64(b)
	}
	return out
}
