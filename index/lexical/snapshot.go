package lexical

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
)

// snapshotForm begins every snapshot; it changes with the layout.
const snapshotForm = "freshet terms 2 " + Version

// ErrSnapshot: the bytes are no snapshot of Terms that this version wrote. The
// statistics have to be counted anew from the chunks.
var ErrSnapshot = errors.New("not a snapshot of term statistics")

// MarshalBinary returns a snapshot of all bases. No writer may run beside it.
func (t *Terms) MarshalBinary() ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := snapshotWriter{b: []byte(snapshotForm)}
	bases := *t.bases.Load()
	w.number(len(bases))
	for _, name := range slices.Sorted(maps.Keys(bases)) {
		w.text(name)
		w.base(bases[name])
	}
	return binary.LittleEndian.AppendUint32(w.b, crc32.Checksum(w.b, castagnoli())), nil
}

// UnmarshalBinary replaces everything by a snapshot; ErrSnapshot, and nothing is
// changed, when it cannot be read.
func (t *Terms) UnmarshalBinary(b []byte) error {
	bases, err := readSnapshot(b)
	if err != nil {
		return fmt.Errorf("read term statistics of %d bytes: %w", len(b), err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bases.Store(&bases)
	return nil
}

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

type snapshotWriter struct{ b []byte }

func (w *snapshotWriter) number(n int) { w.b = binary.AppendUvarint(w.b, uint64(n)) }

func (w *snapshotWriter) text(s string) {
	w.number(len(s))
	w.b = append(w.b, s...)
}

func (w *snapshotWriter) base(b *baseTerms) {
	w.number(int(b.chunks.Load()))
	for i := range b.languages {
		w.number(int(b.languages[i].Load()))
	}
	w.number(int(b.titled.Load()))
	w.number(int(b.questions.Load()))
	w.counts(&b.counts)
	w.counts(&b.perTitle)
	v := b.vocabulary.Load()
	w.number(len(v.words) - v.dead)
	for i, s := range v.words {
		if n := v.count[i]; n > 0 {
			w.text(s.surface)
			w.number(int(n))
		}
	}
	w.number(len(b.acronyms.counts))
	for a, n := range b.acronyms.counts {
		w.text(a.Short)
		w.text(a.Long)
		w.number(n)
	}
}

func (w *snapshotWriter) counts(c *counts) {
	live := 0
	c.each(func(uint32, uint32) { live++ })
	w.number(live)
	c.each(func(id, n uint32) {
		w.b = binary.LittleEndian.AppendUint32(w.b, id)
		w.number(int(n))
	})
}

func readSnapshot(b []byte) (map[string]*baseTerms, error) {
	if len(b) < len(snapshotForm)+4 || string(b[:len(snapshotForm)]) != snapshotForm {
		return nil, ErrSnapshot
	}
	body := b[:len(b)-4]
	if crc32.Checksum(body, castagnoli()) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return nil, fmt.Errorf("%w: the checksum differs", ErrSnapshot)
	}
	r := snapshotReader{b: body[len(snapshotForm):]}
	bases := make(map[string]*baseTerms)
	for range r.items(1) {
		name := r.text()
		bases[name] = r.base()
	}
	if r.bad || len(r.b) > 0 {
		return nil, ErrSnapshot
	}
	return bases, nil
}

// A snapshotReader reads fields; after the first malformed one bad is set and
// zero values come back.
type snapshotReader struct {
	b   []byte
	bad bool
}

func (r *snapshotReader) number() int {
	n, size := binary.Uvarint(r.b)
	if size <= 0 || n > 1<<32-1 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return int(n)
}

// items reads how many items follow, each of at least size bytes; more than can
// be there are none.
func (r *snapshotReader) items(size int) int {
	n := r.number()
	if n > len(r.b)/size {
		r.bad, r.b = true, nil
		return 0
	}
	return n
}

func (r *snapshotReader) text() string {
	n := r.items(1)
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *snapshotReader) base() *baseTerms {
	b := &baseTerms{acronyms: newGlossary()}
	b.chunks.Store(int64(r.number()))
	for i := range b.languages {
		b.languages[i].Store(int64(r.number()))
	}
	b.titled.Store(int64(r.number()))
	b.questions.Store(int64(r.number()))
	r.counts(&b.counts)
	b.titles.Store(int64(r.counts(&b.perTitle)))
	v := newVocabulary()
	for range r.items(2) {
		surface, n := r.text(), r.number()
		v.change(surface, n)
	}
	b.vocabulary.Store(v)
	for range r.items(3) {
		a := Acronym{Short: r.text(), Long: r.text()}
		b.acronyms.change(a, r.number())
	}
	return b
}

func (r *snapshotReader) counts(c *counts) int {
	items := r.items(5)
	c.table.Store(newCountTable(items))
	for range items {
		if len(r.b) < 4 {
			r.bad, r.b = true, nil
			return 0
		}
		id := binary.LittleEndian.Uint32(r.b)
		r.b = r.b[4:]
		c.add(id, r.number())
	}
	return items
}
