package embedded

import (
	"maps"
	"slices"

	"freshet/index"
)

// A state is everything that a search sees, at one moment. It is never changed.
type state struct {
	version uint64 // differs when the content does
	mark    index.Mark
	bases   map[string][]*view
}

// A view is a segment with what became of its chunks since it was built. It is
// never changed; writers publish copies.
type view struct {
	seg     *segment
	dead    bitmap
	deaths  int
	patches patches
}

// patches are payloads and sequence numbers that replace those of the segment.
type patches struct {
	pages []*patchPage // nil, or one place for each patchPageSize chunks
	extra []payload    // referred to as if they stood behind those of the segment
	count int          // of chunks
	size  int          // of extra, in bytes
}

const patchPageSize = 256

type patchPage [patchPageSize]patch

// A patch of a chunk; the zero patch is none.
type patch struct {
	set bool
	ref uint32
	seq int64
}

// A payload with the hash that stamps give for it.
type payload struct {
	hash index.Hash
	raw  []byte
}

func (p *patches) at(local int) patch {
	if p.pages == nil || p.pages[local/patchPageSize] == nil {
		return patch{}
	}
	return p.pages[local/patchPageSize][local%patchPageSize]
}

func (v *view) alive() int { return v.seg.len() - v.deaths }

// waste is how many chunks a rewrite of the segment would free or fold in.
//
// Payloads that patches left behind count too.
func (v *view) waste() int { return v.deaths + max(v.patches.count, len(v.patches.extra)) }

func (v *view) payloadBytes() int { return len(v.seg.payloads.arena) + v.patches.size }

func (v *view) seq(local int) int64 {
	if p := v.patches.at(local); p.set {
		return p.seq
	}
	return v.seg.seqs[local]
}

func (v *view) ref(local int) int {
	if p := v.patches.at(local); p.set {
		return int(p.ref)
	}
	return int(v.seg.refs[local])
}

func (v *view) payloadCount() int { return v.seg.payloads.len() + len(v.patches.extra) }

func (v *view) payload(ref int) payload {
	n := v.seg.payloads.len()
	if ref >= n {
		return v.patches.extra[ref-n]
	}
	return payload{v.seg.payloads.hashes[ref], v.seg.payloads.raw(ref)}
}

func (v *view) stamp(local int) index.Stamp {
	return index.Stamp{Input: v.seg.inputs[local], Payload: v.payloadHash(v.ref(local)), Seq: v.seq(local), Dense: v.seg.hasDense(local)}
}

func (v *view) payloadHash(ref int) index.Hash {
	if n := v.seg.payloads.len(); ref >= n {
		return v.patches.extra[ref-n].hash
	}
	return v.seg.payloads.hashes[ref]
}

// find returns the local number of a chunk that is alive.
func (v *view) find(id index.ChunkID) (local int, ok bool) {
	l, ok := v.seg.find(id)
	return int(l), ok && !v.dead.has(int(l))
}

// An edit makes the next state out of one. What it touches it copies first.
type edit struct {
	next   *state
	lists  map[string]bool        // bases whose list is a copy
	copies map[*view]*editedPages // views that are copies
}

type editedPages struct {
	dead  bool
	pages map[int]bool
}

func newEdit(s *state) *edit {
	return &edit{
		next:  &state{version: s.version + 1, mark: s.mark, bases: maps.Clone(s.bases)},
		lists: map[string]bool{}, copies: map[*view]*editedPages{},
	}
}

func (e *edit) list(base string) []*view {
	if !e.lists[base] {
		e.next.bases[base] = slices.Clone(e.next.bases[base])
		e.lists[base] = true
	}
	return e.next.bases[base]
}

// view returns the i-th view of a base, for changing.
func (e *edit) view(base string, i int) (*view, *editedPages) {
	list := e.list(base)
	if own := e.copies[list[i]]; own != nil {
		return list[i], own
	}
	v := *list[i]
	own := &editedPages{pages: map[int]bool{}}
	list[i] = &v
	e.copies[&v] = own
	return &v, own
}

func (e *edit) add(v *view) {
	base := v.seg.base
	e.next.bases[base] = append(e.list(base), v)
}

// remove takes out the views for which gone holds.
func (e *edit) remove(base string, gone func(*view) bool) {
	left := slices.DeleteFunc(e.list(base), gone)
	if len(left) == 0 {
		delete(e.next.bases, base)
		delete(e.lists, base)
		return
	}
	e.next.bases[base] = left
}

func (e *edit) kill(base string, i, local int) {
	v, own := e.view(base, i)
	if !own.dead {
		if v.dead == nil {
			v.dead = newBitmap(v.seg.len())
		} else {
			v.dead = slices.Clone(v.dead)
		}
		own.dead = true
	}
	v.dead.set(local)
	v.deaths++
}

// addPayload appends to the payloads that patches brought. Only the newest view
// of a segment is ever appended to, so older ones may share the array.
func (e *edit) addPayload(base string, i int, p payload) (ref uint32) {
	v, _ := e.view(base, i)
	v.patches.extra = append(v.patches.extra, p)
	v.patches.size += len(p.raw)
	return uint32(v.payloadCount() - 1)
}

func (e *edit) patch(base string, i, local int, p patch) {
	v, own := e.view(base, i)
	n := local / patchPageSize
	if !own.pages[n] {
		if len(own.pages) == 0 {
			pages := make([]*patchPage, (v.seg.len()+patchPageSize-1)/patchPageSize)
			copy(pages, v.patches.pages)
			v.patches.pages = pages
		}
		page := &patchPage{}
		if old := v.patches.pages[n]; old != nil {
			*page = *old
		}
		v.patches.pages[n] = page
		own.pages[n] = true
	}
	place := &v.patches.pages[n][local%patchPageSize]
	if !place.set {
		v.patches.count++
	}
	*place = p
}

// each calls do for every live chunk with one of the IDs.
func (e *edit) each(ids []index.ChunkID, do func(base string, i, local int)) {
	for base, list := range e.next.bases {
		for i := range list {
			for _, id := range ids {
				if local, ok := e.next.bases[base][i].find(id); ok {
					do(base, i, local)
				}
			}
		}
	}
}

// sweep takes out the views without a live chunk.
func (e *edit) sweep() {
	for base := range e.lists {
		e.remove(base, func(v *view) bool { return v.alive() == 0 })
	}
}
