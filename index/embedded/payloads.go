package embedded

import (
	"fmt"

	"freshet/index"
)

// payloads are the distinct payloads of a segment, encoded, in one array: chunks
// of a document share theirs.
type payloads struct {
	hashes []index.Hash // as the stamps have them
	starts []uint32     // of each encoding, and the end of the last
	arena  []byte
}

func (p *payloads) len() int { return len(p.hashes) }

func (p *payloads) raw(ref int) []byte { return p.arena[p.starts[ref]:p.starts[ref+1]] }

func (p *payloads) bytes() int64 {
	return int64(len(p.hashes))*16 + int64(len(p.starts))*4 + int64(len(p.arena))
}

// maxArena keeps offsets into the arena within 32 bits.
const maxArena = 1 << 30

// An interner collects payloads; equal ones share a reference.
type interner struct {
	list  payloads
	known map[string]uint32
	key   []byte
}

func newInterner() *interner {
	return &interner{list: payloads{starts: []uint32{0}}, known: map[string]uint32{}}
}

// add encodes a payload; hash is what its stamp says.
func (t *interner) add(hash index.Hash, p index.Payload) uint32 {
	t.key = p.Append(append(t.key[:0], hash[:]...))
	return t.intern()
}

func (t *interner) addRaw(hash index.Hash, raw []byte) uint32 {
	t.key = append(append(t.key[:0], hash[:]...), raw...)
	return t.intern()
}

func (t *interner) intern() uint32 {
	if ref, ok := t.known[string(t.key)]; ok {
		return ref
	}
	ref := uint32(len(t.list.hashes))
	t.known[string(t.key)] = ref
	t.list.hashes = append(t.list.hashes, index.Hash(t.key[:16]))
	t.list.arena = append(t.list.arena, t.key[16:]...)
	t.list.starts = append(t.list.starts, uint32(len(t.list.arena)))
	return ref
}

// check reports whether the offsets of what was read from a file hold.
func (p *payloads) check() error {
	if len(p.starts) != len(p.hashes)+1 || p.starts[0] != 0 || int(p.starts[len(p.hashes)]) != len(p.arena) {
		return fmt.Errorf("the payloads do not fill their place")
	}
	for i := range p.hashes {
		if p.starts[i] > p.starts[i+1] {
			return fmt.Errorf("payload %d ends before it begins", i)
		}
	}
	return nil
}
