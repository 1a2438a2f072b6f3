package embedded

import (
	"errors"
	"fmt"
	"math/bits"
)

// A term is heavy when it stands in heavyShare of a segment's chunks, and in
// heavyLeast at least. Of the postings that a question touches nine of ten belong to
// heavy terms (100,000 chunks of 250 words); for those there is, beside the list, a way to the weight in one
// given chunk.
const (
	heavyShare = 1.0 / 16
	heavyLeast = 64
)

// An entry is what a segment's dictionary says of a term. The postings end where
// those of the next entry start.
type entry struct {
	Term  uint32
	Start uint32
	// Extra is the highest weight of the list in the low byte; above it is 1 + the
	// number of a heavy term, counted in the order of terms, or 0.
	Extra uint32
}

func (e entry) top() uint8 { return uint8(e.Extra) }

// heavy returns 1 + the number of a heavy term, or 0.
func (e entry) heavy() int { return int(e.Extra >> 8) }

// maxHeavy keeps the number of a heavy term within the 24 bits of its entry.
const maxHeavy = 1<<24 - 1

// A rack holds, for each heavy term, a bit for every chunk that has the term and,
// for every word of bits, how many postings stand before it: together they tell
// which posting is that of a chunk.
type rack struct {
	words []uint64
	ranks []uint16
}

// stride is how many words a heavy term takes for n chunks.
func stride(n int) int { return (n + 63) / 64 }

func isHeavy(postings, chunks int) bool {
	return postings >= heavyLeast && float64(postings) >= heavyShare*float64(chunks)
}

// of returns the part of a heavy term, given 1 + its number.
func (r *rack) of(heavy, stride int) rack {
	from, to := (heavy-1)*stride, heavy*stride
	return rack{r.words[from:to], r.ranks[from:to]}
}

// place returns which posting of the term is that of a chunk that may have it.
func (r *rack) place(local uint16) (i int, ok bool) {
	word, bit := r.words[local/64], uint64(1)<<(local%64)
	return int(r.ranks[local/64]) + bits.OnesCount64(word&(bit-1)), word&bit != 0
}

// weighLists completes the dictionary by what it says of the posting lists, and
// makes the rack.
func (s *segment) weighLists() {
	heavy, width := 0, stride(s.len())
	for i := range s.terms() {
		e := &s.dict[i]
		top := uint8(0)
		from, to := e.Start, s.dict[i+1].Start
		for _, w := range s.weights[from:to] {
			top = max(top, w)
		}
		e.Extra = uint32(top)
		if isHeavy(int(to-from), s.len()) && heavy < maxHeavy {
			heavy++
			e.Extra |= uint32(heavy) << 8
		}
	}
	s.rack = rack{make([]uint64, heavy*width), make([]uint16, heavy*width)}
	for i := range s.terms() {
		if h := s.dict[i].heavy(); h > 0 {
			part := s.rack.of(h, width)
			part.fill(s.locals[s.dict[i].Start:s.dict[i+1].Start])
		}
	}
}

func (r *rack) fill(locals []uint16) {
	for _, local := range locals {
		r.words[local/64] |= 1 << (local % 64)
	}
	rank := 0
	for i, word := range r.words {
		r.ranks[i] = uint16(rank)
		rank += bits.OnesCount64(word)
	}
}

// check reports whether the ranks are those of the bits, and the blocks of the
// list begin where the ranks say.
func (r *rack) check(locals []uint16) error {
	rank := 0
	for i, word := range r.words {
		if int(r.ranks[i]) != rank {
			return errors.New("a heavy term's ranks do not fit its bits")
		}
		if i*64%blockChunks == 0 && !cutAt(locals, rank, i*64) {
			return fmt.Errorf("a heavy term's postings are not divided at chunk %d", i*64)
		}
		rank += bits.OnesCount64(word)
	}
	if rank != len(locals) {
		return errors.New("a heavy term's bits are not as many as its postings")
	}
	return nil
}

// cutAt reports whether the first n locals are those below bound.
func cutAt(locals []uint16, n, bound int) bool {
	return n <= len(locals) && (n == 0 || int(locals[n-1]) < bound) && (n == len(locals) || int(locals[n]) >= bound)
}
