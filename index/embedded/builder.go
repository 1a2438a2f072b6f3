package embedded

import (
	"bytes"
	"fmt"
	"slices"

	"freshet/index"
)

// check reports whether the vectors of a point belong to the space.
func check(space index.Space, p *index.Point) error {
	if len(p.Base) > maxBase {
		return fmt.Errorf("point %s has a knowledge base name of %d bytes, the most is %d", p.ID, len(p.Base), maxBase)
	}
	return p.Check(space)
}

// quantise turns a lexical value into steps of scale. Only 0 becomes 0.
func quantise(v float32) uint8 {
	switch steps := v/scale + 0.5; {
	case v == 0:
		return 0
	case steps < 1:
		return 1
	case steps >= 255:
		return 255
	default:
		return uint8(steps)
	}
}

// distinct returns the points to write, one for each ID: of several the one with
// the highest sequence number, of equal ones the last.
func distinct(points []index.Point) []*index.Point {
	list := make([]*index.Point, 0, len(points))
	at := make(map[index.ChunkID]int, len(points))
	for i := range points {
		p := &points[i]
		j, twice := at[p.ID]
		switch {
		case !twice:
			at[p.ID] = len(list)
			list = append(list, p)
		case p.Stamp.Seq >= list[j].Stamp.Seq:
			list[j] = p
		}
	}
	return list
}

// build makes segments of points with distinct IDs, of at most size chunks each.
func build(points []*index.Point, dimension, size, filters int) []*segment {
	byBase := map[string][]*index.Point{}
	for _, p := range points {
		byBase[p.Base] = append(byBase[p.Base], p)
	}
	var list []*segment
	for base, points := range byBase {
		for len(points) > 0 {
			n := fitting(points, size)
			list = append(list, buildOne(base, points[:n], dimension, filters))
			points = points[n:]
		}
	}
	return list
}

func fitting(points []*index.Point, size int) int {
	postings, texts := 0, 0
	for i, p := range points {
		postings, texts = postings+len(p.Lexical.IDs), texts+sizeOf(p.Payload)
		if i > 0 && (i == size || postings > maxPostings || texts > maxArena/2) {
			return i
		}
	}
	return len(points)
}

// sizeOf is at least the length of a payload's encoding.
func sizeOf(p index.Payload) int {
	const number = 10
	n := 2*number + len(p.Numbers)*(number+8)
	for k := range p.Numbers {
		n += len(k)
	}
	for k, list := range p.Texts {
		n += len(k) + (len(list)+2)*number
		for _, v := range list {
			n += len(v)
		}
	}
	return n
}

func buildOne(base string, points []*index.Point, dimension, filters int) *segment {
	n := len(points)
	s := &segment{
		base: base, ids: make([]index.ChunkID, n), inputs: make([]index.Hash, n), seqs: make([]int64, n), refs: make([]uint32, n),
	}
	texts := newInterner()
	for i, p := range points {
		s.ids[i], s.inputs[i], s.seqs[i] = p.ID, p.Stamp.Input, p.Stamp.Seq
		s.refs[i] = texts.add(p.Stamp.Payload, p.Payload)
		if dimension > 0 && p.Dense != nil {
			s.denseLocals = append(s.denseLocals, uint16(i))
			s.dense = append(s.dense, p.Dense...)
			normalise(s.dense[len(s.dense)-dimension:])
		}
	}
	s.payloads = texts.list
	s.order = orderOf(s.ids)
	invert(s, points)
	s.weighLists()
	s.finish(filters)
	return s
}

func orderOf(ids []index.ChunkID) []uint16 {
	order := make([]uint16, len(ids))
	for i := range order {
		order[i] = uint16(i)
	}
	slices.SortFunc(order, func(a, b uint16) int { return bytes.Compare(ids[a][:], ids[b][:]) })
	return order
}

// invert makes the posting lists: it numbers the distinct terms as they come,
// counts, sorts the terms, and puts every posting in its place.
func invert(s *segment, points []*index.Point) {
	total := 0
	for _, p := range points {
		total += len(p.Lexical.IDs)
	}
	table := newTermTable(total)
	slots := make([]uint32, 0, total)
	for _, p := range points {
		for _, term := range p.Lexical.IDs {
			slots = append(slots, table.count(term))
		}
	}
	places := table.layOut(s)
	s.locals = make([]uint16, total)
	s.weights = make([]uint8, total)
	next := 0
	for i, p := range points {
		for _, v := range p.Lexical.Values {
			place := &places[slots[next]]
			s.locals[*place], s.weights[*place] = uint16(i), quantise(v)
			*place++
			next++
		}
	}
}

// A termTable numbers distinct terms in the order in which they come and counts
// their occurrences. It is an open hash table, because a Go map would take most of
// the time of building a segment.
type termTable struct {
	terms  []uint32 // by number
	counts []uint32
	places []uint32 // number+1 by hash, 0 where there is none
	shift  uint
}

func newTermTable(expected int) *termTable {
	t := &termTable{}
	t.grow(min(max(expected/8, 256), 1<<16))
	return t
}

func (t *termTable) grow(n int) {
	size, shift := uint(2), uint(31)
	for size < uint(n)*2 {
		size, shift = size*2, shift-1
	}
	t.places, t.shift = make([]uint32, size), shift
	for number, term := range t.terms {
		t.places[t.slot(term)] = uint32(number) + 1
	}
}

// slot is where a term stands, or the free place where it belongs.
func (t *termTable) slot(term uint32) uint32 {
	mask := uint32(len(t.places) - 1)
	i := term * 2654435769 >> t.shift
	for t.places[i] != 0 && t.terms[t.places[i]-1] != term {
		i = (i + 1) & mask
	}
	return i
}

func (t *termTable) count(term uint32) (number uint32) {
	i := t.slot(term)
	if t.places[i] != 0 {
		number = t.places[i] - 1
		t.counts[number]++
		return number
	}
	number = uint32(len(t.terms))
	t.terms, t.counts = append(t.terms, term), append(t.counts, 1)
	t.places[i] = number + 1
	if len(t.terms)*2 > len(t.places) {
		t.grow(len(t.terms) * 2)
	}
	return number
}

// layOut writes the sorted dictionary and returns, by number, where each term's
// postings begin.
func (t *termTable) layOut(s *segment) []uint32 {
	sorted := make([]uint64, len(t.terms))
	for number, term := range t.terms {
		sorted[number] = uint64(term)<<32 | uint64(number)
	}
	slices.Sort(sorted)
	s.dict = make([]entry, len(sorted)+1)
	places := make([]uint32, len(sorted))
	next := uint32(0)
	for i, both := range sorted {
		number := uint32(both)
		s.dict[i], places[number] = entry{Term: uint32(both >> 32), Start: next}, next
		next += t.counts[number]
	}
	s.dict[len(sorted)].Start = next
	return places
}
