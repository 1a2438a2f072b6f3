package embedded

import (
	"math"
	"slices"
)

// A merger makes one segment of the live chunks of several views. The chunks keep
// their order, one view behind the other, so that posting lists need no sorting.
type merger struct {
	inputs []*view
	places [][]int32 // for each input, by local number: the new one, or -1
	out    *segment
	yield  func()
	steps  int // postings and chunks copied since yield was called
}

// stepsOfStint is how many postings are copied in about a millisecond; a chunk costs
// as much as chunkSteps of them.
const (
	stepsOfStint = 1 << 19
	chunkSteps   = 1 << 7
)

func (m *merger) step(n int) {
	if m.steps += n; m.steps >= stepsOfStint {
		m.steps = 0
		m.yield()
	}
}

// merge makes the segment and returns where each chunk went. It calls yield after
// about every millisecond.
func merge(inputs []*view, dimension, filters int, yield func()) *merger {
	m := &merger{inputs: inputs, yield: yield, out: &segment{base: inputs[0].seg.base}}
	m.chunks()
	m.postings()
	yield()
	m.out.weighLists()
	yield()
	m.denseVectors(dimension)
	m.out.order = orderOf(m.out.ids)
	yield()
	m.out.finish(filters)
	return m
}

func (m *merger) chunks() {
	n := 0
	for _, v := range m.inputs {
		n += v.alive()
	}
	out := m.out
	out.ids, out.inputs = slices.Grow(out.ids, n), slices.Grow(out.inputs, n)
	out.seqs, out.refs = slices.Grow(out.seqs, n), slices.Grow(out.refs, n)
	texts := newInterner()
	for _, v := range m.inputs {
		places := make([]int32, v.seg.len())
		for local := range places {
			m.step(chunkSteps)
			if v.dead.has(local) {
				places[local] = -1
				continue
			}
			places[local] = int32(len(out.ids))
			p := v.payload(v.ref(local))
			out.ids = append(out.ids, v.seg.ids[local])
			out.inputs = append(out.inputs, v.seg.inputs[local])
			out.seqs = append(out.seqs, v.seq(local))
			out.refs = append(out.refs, texts.addRaw(p.hash, p.raw))
		}
		m.places = append(m.places, places)
	}
	out.payloads = texts.list
}

// postings joins the dictionaries, lowest term first.
func (m *merger) postings() {
	total, terms := 0, 0
	for _, v := range m.inputs {
		total += len(v.seg.locals)
		terms = max(terms, v.seg.terms())
	}
	out := m.out
	out.locals, out.weights = make([]uint16, 0, total), make([]uint8, 0, total)
	out.dict = make([]entry, 0, terms+1)
	next := make([]int, len(m.inputs))
	for {
		term, any := m.lowest(next)
		if !any {
			break
		}
		before := len(out.locals)
		for i, v := range m.inputs {
			if next[i] < v.seg.terms() && v.seg.dict[next[i]].Term == term {
				m.copyList(i, next[i])
				next[i]++
			}
		}
		if len(out.locals) > before {
			out.dict = append(out.dict, entry{Term: term, Start: uint32(before)})
		}
	}
	out.dict = append(out.dict, entry{Start: uint32(len(out.locals))})
	if len(out.locals) < total-total/16 {
		out.locals, out.weights = slices.Clone(out.locals), slices.Clone(out.weights)
	}
}

func (m *merger) lowest(next []int) (term uint32, any bool) {
	low := uint64(math.MaxUint64)
	for i, v := range m.inputs {
		if next[i] < v.seg.terms() {
			low = min(low, uint64(v.seg.dict[next[i]].Term))
		}
	}
	return uint32(low), low != math.MaxUint64
}

func (m *merger) copyList(input, term int) {
	seg, places, out := m.inputs[input].seg, m.places[input], m.out
	from, to := seg.dict[term].Start, seg.dict[term+1].Start
	weights := seg.weights[from:to]
	m.step(len(weights) + 16)
	for i, local := range seg.locals[from:to] {
		if place := places[local]; place >= 0 {
			out.locals = append(out.locals, uint16(place))
			out.weights = append(out.weights, weights[i])
		}
	}
}

func (m *merger) denseVectors(dimension int) {
	out := m.out
	for i, v := range m.inputs {
		for row, local := range v.seg.denseLocals {
			if place := m.places[i][local]; place >= 0 {
				out.denseLocals = append(out.denseLocals, uint16(place))
				out.dense = append(out.dense, v.seg.dense[row*dimension:(row+1)*dimension]...)
			}
		}
	}
}

// put replaces the inputs in e by the new segment, with what became of their
// chunks while it was made. It reports false, changing nothing, when one of the
// inputs is gone altogether.
func (m *merger) put(e *edit) bool {
	base := m.out.base
	now := make([]*view, len(m.inputs))
	for i, old := range m.inputs {
		for _, v := range e.next.bases[base] {
			if v.seg == old.seg {
				now[i] = v
			}
		}
		if now[i] == nil {
			return false
		}
	}
	e.remove(base, func(v *view) bool { return slices.Contains(now, v) })
	if m.out.len() == 0 {
		return true
	}
	e.add(&view{seg: m.out})
	at := len(e.next.bases[base]) - 1
	for i := range now {
		m.catchUp(e, at, i, now[i])
	}
	return true
}

// catchUp repeats on the new segment, which is the at-th of its base, the deaths
// and patches that input i got since the merge began.
func (m *merger) catchUp(e *edit, at, i int, now *view) {
	base, old := m.out.base, m.inputs[i]
	refs := map[uint32]uint32{}
	for local, place := range m.places[i] {
		if place < 0 {
			continue
		}
		if now.dead.has(local) {
			e.kill(base, at, int(place))
			continue
		}
		p := now.patches.at(local)
		if p == old.patches.at(local) {
			continue
		}
		ref, known := refs[p.ref]
		if !known {
			ref = e.addPayload(base, at, now.payload(int(p.ref)))
			refs[p.ref] = ref
		}
		e.patch(base, at, int(place), patch{set: true, ref: ref, seq: p.seq})
	}
}
