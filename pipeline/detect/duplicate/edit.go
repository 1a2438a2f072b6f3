package duplicate

import (
	"math/bits"
	"slices"
	"sort"
)

// An Edit is a place at which two texts that are otherwise alike differ: the words of
// one stand where the words of the other do. One of them may be empty.
type Edit struct {
	A, B string
	a, b []token
	at   anchor // where they begin
	amid bool   // the texts agree before it and after it
}

const (
	// farMore bounds how many more words one side of an Edit may have for its words to be
	// taken as said in place of the other's.
	farMore   = 3
	farPlus   = 8
	mostEdits = 1000
	// mostWords bounds either side: what is longer is another passage, not another word.
	mostWords = 100
)

// edits lists where two texts that anchors align differ, in the order of a. Places of which one side is far
// longer than the other are left out: there, one text only says more.
func edits(a, b *Reading, anchors []anchor) []Edit {
	if len(anchors) == 0 {
		e, ok := edit(a, b, anchor{0, 0}, anchor{len(a.whole), len(b.whole)})
		if !ok {
			return nil
		}
		return []Edit{e}
	}
	var out []Edit
	// Before the first anchor and after the last: as many words as the other has, and a few.
	at := anchors[0]
	if e, ok := edit(a, b, anchor{max(0, at.a-at.b-farPlus), max(0, at.b-at.a-farPlus)}, at); ok {
		out = append(out, e)
	}
	out = append(out, inner(a, b, anchors)...)
	at = anchors[len(anchors)-1]
	restA, restB := len(a.whole)-at.a-1, len(b.whole)-at.b-1
	n := min(restA, restB) + farPlus
	if e, ok := edit(a, b, anchor{at.a + 1, at.b + 1}, anchor{at.a + 1 + min(restA, n), at.b + 1 + min(restB, n)}); ok {
		out = append(out, e)
	}
	return out
}

// inner lists the Edits between anchors.
func inner(a, b *Reading, anchors []anchor) []Edit {
	var out []Edit
	for i := 1; i < len(anchors) && len(out) < mostEdits; i++ {
		if e, ok := edit(a, b, anchor{anchors[i-1].a + 1, anchors[i-1].b + 1}, anchors[i]); ok {
			e.amid = true
			out = append(out, e)
		}
	}
	return out
}

// edit makes an Edit of two stretches, each of which may be empty.
func edit(a, b *Reading, from, to anchor) (Edit, bool) {
	m, n := to.a-from.a, to.b-from.b
	if m <= 0 && n <= 0 || m > farMore*n+farPlus || n > farMore*m+farPlus || max(m, n) > mostWords {
		return Edit{}, false
	}
	e := Edit{a: a.whole[from.a:to.a], b: b.whole[from.b:to.b], at: from}
	e.A, e.B = between(a.text, e.a), between(b.text, e.b)
	return e, true
}

func between(text string, list []token) string {
	if len(list) == 0 {
		return ""
	}
	return text[list[0].from:list[len(list)-1].to]
}

// An anchor is a word that stands in both texts at corresponding places.
type anchor struct{ a, b int }

// align pairs the words of two texts: shingles that each of them has once, as many as
// keep their order in both (patience diff, B. Cohen), and from there the equal words
// before and after.
func align(x, y []token) []anchor {
	width := min(shortWidth, len(x), len(y))
	if width == 0 {
		return nil
	}
	xs, ys := runs(x, width, make([]uint64, 0, len(x))), runs(y, width, make([]uint64, 0, len(y)))
	return grow(x, y, increasing(seeds(xs, ys)), width)
}

// seeds are the shingles that each of two texts has once, in the order of the first.
func seeds(xs, ys []uint64) []anchor {
	// A table of shingles with their places, from 1; twice of those that are there again.
	type slot struct {
		shingle uint64
		a, b    int32
	}
	const twice = -1
	note := func(place *int32, i int) {
		if *place == 0 {
			*place = int32(i) + 1
		} else {
			*place = twice
		}
	}
	size := 1 << bits.Len(uint(2*len(ys)))
	table := make([]slot, size)
	find := func(shingle uint64) *slot {
		for i := int(shingle) & (size - 1); ; i = (i + 1) & (size - 1) {
			if s := &table[i]; s.shingle == shingle || s.b == 0 {
				return s
			}
		}
	}
	for i, h := range ys {
		s := find(h)
		s.shingle = h
		note(&s.b, i)
	}
	for i, h := range xs {
		if s := find(h); s.b != 0 {
			note(&s.a, i)
		}
	}
	var out []anchor
	for i, h := range xs {
		if s := find(h); s.a > 0 && s.b > 0 {
			out = append(out, anchor{i, int(s.b) - 1})
		}
	}
	return out
}

// increasing is the longest part of the anchors, which are in the order of a, that is in
// the order of b as well.
func increasing(list []anchor) []anchor {
	tails := make([]int, 0, len(list)) // index of the last anchor of the best run of each length
	before := make([]int, len(list))
	for i, s := range list {
		n := sort.Search(len(tails), func(k int) bool { return list[tails[k]].b >= s.b })
		before[i] = -1
		if n > 0 {
			before[i] = tails[n-1]
		}
		if n == len(tails) {
			tails = append(tails, i)
		} else {
			tails[n] = i
		}
	}
	var out []anchor
	if len(tails) > 0 {
		for i := tails[len(tails)-1]; i >= 0; i = before[i] {
			out = append(out, list[i])
		}
	}
	slices.Reverse(out)
	return out
}

// grow makes anchors of all words of the seeds' shingles, and of the equal words that
// follow or come before them.
func grow(x, y []token, seeds []anchor, width int) []anchor {
	var out []anchor
	a, b := 0, 0 // where what is not paired yet begins
	for _, s := range seeds {
		for s.a > a && s.b > b && x[s.a-1].hash == y[s.b-1].hash {
			s.a, s.b = s.a-1, s.b-1
		}
		for n := 0; (n < width || s.a >= a) && s.a < len(x) && s.b < len(y) && x[s.a].hash == y[s.b].hash; n++ {
			if s.a >= a && s.b >= b {
				out = append(out, s)
				a, b = s.a+1, s.b+1
			}
			s.a, s.b = s.a+1, s.b+1
		}
	}
	return out
}
