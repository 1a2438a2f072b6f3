package embedded

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"sort"

	"freshet/index"
)

// maxChunks is how many chunks a segment can number with 16 bits, one number
// being left free so that counts fit as well.
const maxChunks = 1<<16 - 1

// maxPostings keeps offsets into the posting arrays within 32 bits.
const maxPostings = 1 << 30

// scale turns a quantised weight back into a lexical value.
const scale = float32(index.MaxWeight) / 255

// A segment is an immutable set of chunks of one knowledge base. Chunks have
// local numbers in the order of arrival. All slices are flat, so that the garbage
// collector has nothing to walk and a file can be mapped as it is.
type segment struct {
	base string

	ids    []index.ChunkID // by local number
	inputs []index.Hash
	seqs   []int64
	refs   []uint32 // into payloads
	order  []uint16 // local numbers in the order of IDs

	terms   []uint32 // ascending
	starts  []uint32 // of each term's postings, and the end of the last
	locals  []uint16 // postings: local numbers, ascending within a term
	weights []uint8  // postings: value in steps of scale

	payloads payloads

	denseLocals []uint16  // the chunks that have a dense vector, ascending
	dense       []float32 // their vectors, one behind the other

	shift   uint     // of a term to its bucket
	buckets []uint32 // first term of each bucket, and the number of terms
	filters *filterCache

	// mapping keeps the memory behind the slices; nil when they are on the heap.
	mapping *mapping
}

func (s *segment) len() int { return len(s.ids) }

// finish derives what is not stored.
func (s *segment) finish(filters int) {
	width := min(max(bits.Len(uint(len(s.terms)))-2, 0), 16)
	s.shift = uint(32 - width)
	s.buckets = make([]uint32, 1<<width+1)
	next := 0
	for i, term := range s.terms {
		for b := int(term >> s.shift); next <= b; next++ {
			s.buckets[next] = uint32(i)
		}
	}
	for ; next < len(s.buckets); next++ {
		s.buckets[next] = uint32(len(s.terms))
	}
	s.filters = newFilterCache(filters)
}

// A span is the range of a term's postings; it is empty when the term does not
// occur.
type span struct{ from, to uint32 }

func (s *segment) span(term uint32) span {
	b := term >> s.shift
	low, high := s.buckets[b], s.buckets[b+1]
	for low < high {
		middle := (low + high) / 2
		if s.terms[middle] < term {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if int(low) == len(s.terms) || s.terms[low] != term {
		return span{}
	}
	return span{s.starts[low], s.starts[low+1]}
}

// weight returns the quantised weight of a term in a chunk, 0 when it does not
// occur there.
func (s *segment) weight(term span, local uint16) uint8 {
	i, ok := slices.BinarySearch(s.locals[term.from:term.to], local)
	if !ok {
		return 0
	}
	return s.weights[int(term.from)+i]
}

// find returns the local number of an ID. IDs are hashes, so the place is guessed
// and then bracketed; the worst case is that of a binary search.
func (s *segment) find(id index.ChunkID) (local uint16, ok bool) {
	rank := s.rank(id)
	if rank == len(s.order) {
		return 0, false
	}
	local = s.order[rank]
	return local, s.ids[local] == id
}

// rank returns how many IDs are lower.
func (s *segment) rank(id index.ChunkID) int {
	n := len(s.order)
	if n == 0 {
		return 0
	}
	hi, _ := bits.Mul64(binary.BigEndian.Uint64(id[:8]), uint64(n))
	low, high, step := int(hi), int(hi), 8
	for low > 0 && !s.below(low-1, id) {
		low, high, step = max(low-step, 0), low, step*4
	}
	for step = 8; high < n && s.below(high, id); step *= 4 {
		low, high = high, min(high+step, n)
	}
	return low + sort.Search(high-low, func(i int) bool { return !s.below(low+i, id) })
}

func (s *segment) below(rank int, id index.ChunkID) bool {
	have := &s.ids[s.order[rank]]
	return bytes.Compare(have[:], id[:]) < 0
}

// bytes is the size of the arrays.
func (s *segment) bytes() int64 {
	return int64(len(s.ids))*(16+16+8+4+2) + int64(len(s.terms)+len(s.starts)+len(s.buckets))*4 +
		int64(len(s.locals))*3 + s.payloads.bytes() + int64(len(s.denseLocals))*2 + int64(len(s.dense))*4
}
