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

	dict    []entry  // by term, ascending, and one behind the last
	locals  []uint16 // postings: local numbers, ascending within a term
	weights []uint8  // postings: value in steps of scale
	rack    rack

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

// terms is the number of distinct terms.
func (s *segment) terms() int { return len(s.dict) - 1 }

// finish derives what is not stored.
func (s *segment) finish(filters int) {
	width := min(max(bits.Len(uint(s.terms()))-2, 0), 16)
	s.shift = uint(32 - width)
	s.buckets = make([]uint32, 1<<width+1)
	next := 0
	for i := range s.terms() {
		for b := int(s.dict[i].Term >> s.shift); next <= b; next++ {
			s.buckets[next] = uint32(i)
		}
	}
	for ; next < len(s.buckets); next++ {
		s.buckets[next] = uint32(s.terms())
	}
	s.filters = newFilterCache(filters)
}

// A span is the range of a term's postings; it is empty when the term does not
// occur.
type span struct {
	from, to uint32
	extra    uint32 // of the entry
}

func (s *segment) span(term uint32) span {
	b := term >> s.shift
	low, high := s.buckets[b], s.buckets[b+1]
	for high-low > 8 {
		middle := (low + high) / 2
		if s.dict[middle].Term < term {
			low = middle + 1
		} else {
			high = middle
		}
	}
	// A bucket has few terms, whose entries lie side by side.
	for low < high && s.dict[low].Term < term {
		low++
	}
	if int(low) == s.terms() || s.dict[low].Term != term {
		return span{}
	}
	e := s.dict[low]
	return span{e.Start, s.dict[low+1].Start, e.Extra}
}

// weight returns the quantised weight of a term in a chunk, 0 when it does not
// occur there.
func (s *segment) weight(term span, local uint16) uint8 {
	if heavy := (entry{Extra: term.extra}).heavy(); heavy > 0 {
		part := s.rack.of(heavy, stride(s.len()))
		if i, ok := part.place(local); ok {
			return s.weights[int(term.from)+i]
		}
		return 0
	}
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

// hasDense reports whether a chunk has a dense vector.
func (s *segment) hasDense(local int) bool {
	_, ok := slices.BinarySearch(s.denseLocals, uint16(local))
	return ok
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
	return int64(len(s.ids))*(16+16+8+4+2) + int64(len(s.dict))*12 + int64(len(s.buckets))*4 +
		int64(len(s.locals))*3 + int64(len(s.rack.words))*8 + int64(len(s.rack.ranks))*2 + s.payloads.bytes() + int64(len(s.denseLocals))*2 + int64(len(s.dense))*4
}
