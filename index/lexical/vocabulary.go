package lexical

import (
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
)

// Lengths, in letters after folding, of the words that a speller corrects, may
// propose, and may differ from in two places.
const (
	minCorrected = 4
	minProposed  = 3
	maxProposed  = 24
	minTwoEdits  = 8
)

// A vocabulary holds the words of a base and finds those near to a misspelt one.
//
// Each word is filed under its halves, and longer ones under their thirds too: a
// word one edit away has one half unharmed, a word two edits away one third. One
// goroutine changes it; mu is held while its slices and maps are.
type vocabulary struct {
	mu    sync.RWMutex
	ids   map[string]uint32 // surface -> place in words
	words []spelling
	count []uint32 // chunks; atomic, as the writer counts outside mu
	heads map[uint32]uint32
	nodes []node
	dead  int // words with count 0; the writer's
}

type spelling struct{ surface, folded string }

// node is one piece of one word; next is the place of another with the same key,
// plus 1.
type node struct{ word, letters, next uint32 }

func newVocabulary() *vocabulary {
	return &vocabulary{ids: make(map[string]uint32), heads: make(map[uint32]uint32)}
}

// change counts chunks that contain a word.
func (v *vocabulary) change(surface string, by int) {
	i, ok := v.ids[surface]
	if !ok {
		if by > 0 {
			v.insert(surface, uint32(by))
		}
		return
	}
	was := v.count[i]
	now := uint32(max(int(was)+by, 0))
	atomic.StoreUint32(&v.count[i], now)
	switch {
	case now == 0 && was > 0:
		v.dead++
	case now > 0 && was == 0:
		v.dead--
	}
}

func (v *vocabulary) insert(surface string, n uint32) {
	folded := fold(surface)
	v.mu.Lock()
	defer v.mu.Unlock()
	i := uint32(len(v.words))
	v.ids[surface] = i
	v.words = append(v.words, spelling{surface, folded})
	v.count = append(v.count, n)
	if len(folded) < minProposed || len(folded) > maxProposed || !isASCII(folded) {
		return
	}
	v.file(i, folded, 2)
	if len(folded) >= minTwoEdits-2 {
		v.file(i, folded, 3)
	}
}

// file enters a word under each of its parts; v.mu is held.
func (v *vocabulary) file(word uint32, folded string, parts int) {
	set := letters(folded)
	for p := range parts {
		from, to := piece(len(folded), p, parts)
		key := pieceKey(len(folded), p, parts, folded[from:to])
		v.nodes = append(v.nodes, node{word: word, letters: set, next: v.heads[key]})
		v.heads[key] = uint32(len(v.nodes))
	}
}

// wasteful reports whether most words are gone from the base.
func (v *vocabulary) wasteful() bool { return v.dead > 1024 && v.dead*2 > len(v.words) }

// compacted returns a copy without the words that are gone.
func (v *vocabulary) compacted() *vocabulary {
	c := newVocabulary()
	for i, w := range v.words {
		if n := v.count[i]; n > 0 {
			c.insert(w.surface, n)
		}
	}
	return c
}

// A suggestion is a word near to another.
type suggestion struct {
	surface  string
	distance int
	count    int
}

// near returns up to limit words of the base within the distance that the length
// of folded permits, the nearest first, then the most frequent. A distance of 0 is
// the same word with other accents.
func (v *vocabulary) near(folded string, limit int) []suggestion {
	if len(folded) < minCorrected || len(folded) > maxProposed || !isASCII(folded) {
		return nil
	}
	s := search{v: v, word: folded, letters: letters(folded)}
	v.mu.RLock()
	defer v.mu.RUnlock()
	s.within(1)
	if len(s.found) == 0 && len(folded) >= minTwoEdits {
		s.within(2)
	}
	slices.SortFunc(s.found, func(a, b suggestion) int {
		switch {
		case a.distance != b.distance:
			return a.distance - b.distance
		case a.count != b.count:
			return b.count - a.count
		case a.surface < b.surface:
			return -1
		}
		return 1
	})
	return s.found[:min(len(s.found), limit)]
}

// search is one call of near; v.mu is held.
type search struct {
	v       *vocabulary
	word    string
	letters uint32
	edits   int // of the pass that runs
	seen    []uint32
	found   []suggestion
}

// within finds the words at most edits away. Cut a word of the vocabulary into
// edits+1 parts: one of them, the p-th, is unharmed with at most p edits before it
// and at most edits-p behind it, which bounds where it can stand in the word that
// was typed.
func (s *search) within(edits int) {
	s.edits = edits
	parts := edits + 1
	for size := max(len(s.word)-edits, minProposed); size <= min(len(s.word)+edits, maxProposed); size++ {
		shift := len(s.word) - size
		for p := range parts {
			from, to := piece(size, p, parts)
			first := max(from-p, from+shift-(edits-p), 0)
			last := min(from+p, from+shift+(edits-p), len(s.word)-(to-from))
			for at := first; at <= last; at++ {
				s.probe(size, p, parts, at, to-from)
			}
		}
	}
}

// probe looks up the words of a size whose p-th part is the letters at a place of
// the typed word, also when the first of them was swapped with the letter before.
func (s *search) probe(size, p, parts, at, width int) {
	part := s.word[at : at+width]
	s.lookup(pieceKey(size, p, parts, part))
	if at > 0 && width > 0 {
		var swapped [maxProposed]byte
		b := append(swapped[:0], part...)
		b[0] = s.word[at-1]
		s.lookup(pieceKey(size, p, parts, string(b)))
	}
}

func (s *search) lookup(key uint32) {
	for n := s.v.heads[key]; n != 0; n = s.v.nodes[n-1].next {
		x := &s.v.nodes[n-1]
		if bits.OnesCount32(x.letters^s.letters) > 2*s.edits || slices.Contains(s.seen, x.word) {
			continue
		}
		count := atomic.LoadUint32(&s.v.count[x.word])
		if count == 0 {
			continue
		}
		w := &s.v.words[x.word]
		if d := distance(s.word, w.folded, s.edits); d <= s.edits {
			s.seen = append(s.seen, x.word)
			s.found = append(s.found, suggestion{w.surface, d, int(count)})
		}
	}
}

// piece returns the bounds of the p-th of so many parts of a word.
func piece(size, p, parts int) (from, to int) { return size * p / parts, size * (p + 1) / parts }

func pieceKey(size, p, parts int, part string) uint32 {
	h := uint32(size)<<4 | uint32(parts)<<2 | uint32(p)
	for i := range len(part) {
		h = (h ^ uint32(part[i])) * 0x01000193
	}
	return h
}

// letters is the set of letters of a word, by their low five bits.
func letters(s string) (set uint32) {
	for i := range len(s) {
		set |= 1 << (s[i] & 31)
	}
	return set
}
