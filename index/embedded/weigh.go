package embedded

import (
	"math"

	"freshet/index"
)

// blockChunks is how many chunks are weighed at a time: their sums stay in the
// nearest cache. It is a multiple of 64.
const blockChunks = 8192

// A list is what is left to add of a term of the query in the segment that is
// being searched.
type list struct {
	locals  []uint16 // from the present block on, unless the term is heavy
	weights []uint8
	value   float32 // of a step of weight
	heavy   bool
	rack    rack // of a heavy term; locals and weights are then whole
	// rest is more than this list and those behind it can add to a chunk's sum.
	rest float64
}

// weigh adds up the segment's postings of the terms and offers the chunks whose
// sum may be among the best. It needs positive values, by which a sum above 0 says
// that a chunk has a term.
//
// A sum is taken in the order of the values, the highest first, whatever the
// segment, so that equal chunks have equal scores. Once the terms that are left
// cannot lift a chunk from nothing into the hits, only chunks that have come far
// enough go on, and heavy terms are looked up in those instead of being read whole.
func (w *workspace) weigh(s *segment, terms []index.Term, spans []span) {
	for i, t := range terms {
		spans[i] = s.span(t.ID)
	}
	w.list(s, terms, spans)
	if len(w.lists) == 0 {
		return
	}
	for from := 0; from < s.len(); from += blockChunks {
		w.weighBlock(from, min(from+blockChunks, s.len()))
	}
}

// list makes w.lists of the terms that the segment has.
func (w *workspace) list(s *segment, terms []index.Term, spans []span) {
	w.lists = w.lists[:0]
	for _, i := range w.ranking {
		p := spans[i]
		if p.from == p.to {
			continue
		}
		e := entry{Extra: p.extra}
		l := list{locals: s.locals[p.from:p.to], weights: s.weights[p.from:p.to], value: float32(terms[i].Value * scale)}
		l.rest = float64(l.value) * float64(e.top())
		if h := e.heavy(); h > 0 {
			l.heavy, l.rack = true, s.rack.of(h, stride(s.len()))
		}
		w.lists = append(w.lists, l)
	}
	sum := 0.0
	for i := len(w.lists) - 1; i >= 0; i-- {
		sum += w.lists[i].rest
		w.lists[i].rest = sum
	}
}

// weighBlock weighs the chunks of the segment from one to before another.
func (w *workspace) weighBlock(from, to int) {
	split := w.split()
	for i := range w.lists[:split] {
		w.read(&w.lists[i], from, to)
	}
	sums, b := w.sums[from:to], &w.best
	if split == len(w.lists) {
		for i, sum := range sums {
			if sum >= b.least {
				b.offer(from+i, sum)
			}
		}
		clear(sums)
		return
	}
	for _, local := range w.finish(w.promising(from, to, w.needed(split)), split, from, to) {
		if sum := w.sums[local]; sum >= b.least {
			b.offer(int(local), sum)
		}
	}
	clear(sums)
}

// splitShare is the share of the least score of a hit that the terms that are left
// have to be below for chunks to be picked. It comes from counting postings and
// look-ups under assumed costs, where 0.5 to 0.7 made little difference; by the
// clock it has not been tried.
const splitShare = 0.6

// split returns the first list that is to be looked at for single chunks alone; it
// is heavy. It is len(w.lists) when there is no such list.
func (w *workspace) split() int {
	least := float64(w.best.least)
	// Below the first, rounding is not in proportion; beyond the second, there are
	// no differences.
	if least < 1e-30 || least > math.MaxFloat32 {
		return len(w.lists)
	}
	for i := range w.lists {
		if w.lists[i].heavy && w.lists[i].rest <= splitShare*least {
			return i
		}
	}
	return len(w.lists)
}

// needed returns a sum before the list at split below which a chunk's score ends
// below the least of a hit. A sum is rounded at each addition, by half of 2^-23 of
// its amount at most, which the slack makes up for several times.
func (w *workspace) needed(split int) float32 {
	slack := float64(len(w.lists)+8) * 0x1p-22
	rest := 0.0
	if split < len(w.lists) {
		rest = w.lists[split].rest
	}
	return float32(float64(w.best.least)*(1-slack) - rest*(1+slack))
}

// promising returns the chunks of a block whose sum is not below what is needed.
func (w *workspace) promising(from, to int, needed float32) []uint16 {
	n := 0
	for i, sum := range w.sums[from:to] {
		// Written in any case, as guessing would be slower.
		w.rest[n] = uint16(from + i)
		if !(sum < needed) {
			n++
		}
	}
	return w.rest[:n]
}

// finish adds the lists from split on to the sums of the chunks given, and returns
// those that may still be hits.
func (w *workspace) finish(chunks []uint16, split, from, to int) []uint16 {
	for i := split; i < len(w.lists); i++ {
		l := &w.lists[i]
		if !l.heavy {
			w.read(l, from, to)
			continue
		}
		chunks = w.look(l, chunks, w.needed(i))
	}
	return chunks
}

// look adds a heavy term to the sums of chunks, dropping those whose sum is below
// what is needed.
func (w *workspace) look(l *list, chunks []uint16, needed float32) []uint16 {
	n := 0
	for _, local := range chunks {
		sum := w.sums[local]
		if sum < needed {
			continue
		}
		chunks[n] = local
		n++
		if i, ok := l.rack.place(local); ok {
			w.sums[local] = sum + float32(l.value*float32(l.weights[i]))
		}
	}
	return chunks[:n]
}

// read adds the postings of a list in a block to the sums.
func (w *workspace) read(l *list, from, to int) {
	if l.heavy {
		first, last := int(l.rack.ranks[from/64]), len(l.locals)
		if to/64 < len(l.rack.ranks) && to%64 == 0 {
			last = int(l.rack.ranks[to/64])
		}
		add(&w.sums, l.locals[first:last], l.weights[first:last], l.value)
		return
	}
	n := before(l.locals, to)
	add(&w.sums, l.locals[:n], l.weights[:n], l.value)
	l.locals, l.weights = l.locals[n:], l.weights[n:]
}

// before returns how many of the ascending locals are below bound.
func before(locals []uint16, bound int) int {
	low, high := 0, len(locals)
	for step := 16; low+step < high; step *= 2 {
		if int(locals[low+step]) >= bound {
			high = low + step
			break
		}
		low += step + 1
	}
	for low < high {
		middle := (low + high) / 2
		if int(locals[middle]) < bound {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// add is the loop in which a search spends its time. The size of sums lets the
// compiler leave out the bounds check on it, and so does unrolling on the lists; a
// product is rounded before it is added, so that every machine gives the same sums.
func add(sums *[maxChunks + 1]float32, locals []uint16, weights []uint8, value float32) {
	for len(locals) >= 8 && len(weights) >= 8 {
		l, w := (*[8]uint16)(locals), (*[8]uint8)(weights)
		sums[l[0]] += float32(value * float32(w[0]))
		sums[l[1]] += float32(value * float32(w[1]))
		sums[l[2]] += float32(value * float32(w[2]))
		sums[l[3]] += float32(value * float32(w[3]))
		sums[l[4]] += float32(value * float32(w[4]))
		sums[l[5]] += float32(value * float32(w[5]))
		sums[l[6]] += float32(value * float32(w[6]))
		sums[l[7]] += float32(value * float32(w[7]))
		locals, weights = locals[8:], weights[8:]
	}
	weights = weights[:len(locals)]
	for i, local := range locals {
		sums[local] += float32(value * float32(weights[i]))
	}
}
