package embedded

import (
	"bytes"
	"cmp"
	"math"
	"slices"

	"freshet/index"
)

// best keeps the hits of a query that are the best so far: a heap with the worst
// on top. Ties are decided by ID, also between segments.
type best struct {
	views   []*view
	filter  index.Filter
	key     string // of the filter
	limit   int
	list    []candidate
	least   float32   // no lower score can enter
	entry   *verdicts // of the view being searched; nil to ask the filter itself
	current int
}

type candidate struct {
	score float32
	view  int32
	local uint16
}

// cachedPayloads is the number of payloads in a segment from which on it is worth
// keeping which of them pass a filter.
const cachedPayloads = 32

func (b *best) begin(list []*view, q *index.Query, least float32) {
	*b = best{views: list, filter: q.Filter, limit: q.Limit, list: b.list[:0], least: least}
	if q.Filter != nil {
		b.key = q.Filter.String()
	}
}

func (b *best) enter(current int) {
	b.current, b.entry = current, nil
	if v := b.views[current]; b.filter != nil && v.payloadCount() >= cachedPayloads {
		b.entry = v.seg.filters.get(b.key, v.payloadCount())
	}
}

// offer takes a chunk of the current view whose score is not below b.least.
func (b *best) offer(local int, score float32) {
	c := candidate{score: score, view: int32(b.current), local: uint16(local)}
	full := len(b.list) == b.limit
	if full && !b.better(c, b.list[0]) {
		return
	}
	v := b.views[b.current]
	if v.dead.has(local) || b.filter != nil && !b.passes(v, local) {
		return
	}
	if full {
		b.list[0] = c
		b.sink(0)
	} else {
		b.list = append(b.list, c)
		b.rise(len(b.list) - 1)
	}
	if len(b.list) == b.limit {
		b.least = max(b.least, b.list[0].score)
	}
}

func (b *best) passes(v *view, local int) bool {
	ref := v.ref(local)
	if b.entry == nil {
		return match(b.filter, v.payload(ref).raw)
	}
	passes, known := b.entry.look(ref)
	if !known {
		passes = match(b.filter, v.payload(ref).raw)
		b.entry.note(ref, passes)
	}
	return passes
}

func (b *best) better(x, y candidate) bool { return b.compare(x, y) < 0 }

func (b *best) compare(x, y candidate) int {
	if x.score != y.score {
		return cmp.Compare(y.score, x.score)
	}
	p, q := b.id(x), b.id(y)
	return bytes.Compare(p[:], q[:])
}

func (b *best) id(c candidate) index.ChunkID { return b.views[c.view].seg.ids[c.local] }

func (b *best) rise(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !b.better(b.list[parent], b.list[i]) {
			return
		}
		b.list[i], b.list[parent] = b.list[parent], b.list[i]
		i = parent
	}
}

func (b *best) sink(i int) {
	for {
		worst := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(b.list); child++ {
			if b.better(b.list[worst], b.list[child]) {
				worst = child
			}
		}
		if worst == i {
			return
		}
		b.list[i], b.list[worst] = b.list[worst], b.list[i]
		i = worst
	}
}

// hits returns what was kept, best first.
//
// Spans are those of the query's terms, view by view.
func (b *best) hits(q *index.Query, spans []span) []index.Hit {
	slices.SortFunc(b.list, b.compare)
	list := make([]index.Hit, len(b.list))
	for i, c := range b.list {
		list[i] = index.Hit{ID: b.id(c), Score: c.score}
		if i < q.Explain && q.Dense == nil {
			own := spans[int(c.view)*len(q.Lexical):][:len(q.Lexical)]
			list[i].Terms = contributions(b.views[c.view].seg, c.local, q.Lexical, own)
		}
	}
	return list
}

func contributions(s *segment, local uint16, terms []index.Term, spans []span) []float32 {
	list := make([]float32, len(terms))
	for i, t := range terms {
		list[i] = float32(float32(t.Value*scale) * float32(s.weight(spans[i], local)))
	}
	return list
}

// anyScore is below every score, aboveZero the least above 0.
var anyScore = float32(math.Inf(-1))

const aboveZero = math.SmallestNonzeroFloat32
