package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"freshet/index"
)

// A manifest names the files of a snapshot and holds what changed about their
// chunks since the files were written. The file that is called manifest is the
// snapshot: it is renamed into place after everything that it names.
type manifest struct {
	space string // fingerprint
	mark  index.Mark
	views []savedView
}

// A savedView is a view with a file in place of its segment.
type savedView struct {
	file    segmentFile
	chunks  int
	dead    bitmap
	extra   []payload
	patches []savedPatch
}

type savedPatch struct {
	local int
	patch patch
}

// A segmentFile is what a manifest knows of a file.
type segmentFile struct {
	number uint64
	size   int64
	sum    uint32
}

const manifestMagic = "freshet index 1\n"

func (m *manifest) encode() []byte {
	b := []byte(manifestMagic)
	b = appendText(b, m.space)
	b = appendText(b, m.mark.Epoch)
	b = binary.AppendVarint(b, m.mark.Seq)
	b = binary.AppendUvarint(b, uint64(len(m.views)))
	for i := range m.views {
		b = m.views[i].append(b)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func appendText[T string | []byte](b []byte, s T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func (v *savedView) append(b []byte) []byte {
	b = binary.AppendUvarint(b, v.file.number)
	b = binary.AppendUvarint(b, uint64(v.file.size))
	b = binary.AppendUvarint(b, uint64(v.file.sum))
	b = binary.AppendUvarint(b, uint64(v.chunks))
	b = binary.AppendUvarint(b, uint64(len(v.dead)))
	for _, word := range v.dead {
		b = binary.LittleEndian.AppendUint64(b, word)
	}
	b = binary.AppendUvarint(b, uint64(len(v.extra)))
	for _, p := range v.extra {
		b = append(b, p.hash[:]...)
		b = appendText(b, p.raw)
	}
	b = binary.AppendUvarint(b, uint64(len(v.patches)))
	for _, p := range v.patches {
		b = binary.AppendUvarint(b, uint64(p.local))
		b = binary.AppendUvarint(b, uint64(p.patch.ref))
		b = binary.AppendVarint(b, p.patch.seq)
	}
	return b
}

var errManifest = errors.New("the manifest is malformed")

// decodeManifest reads what encode wrote. Whatever b is it does not panic, and
// takes no more memory than a multiple of b.
func decodeManifest(b []byte) (*manifest, error) {
	if len(b) < len(manifestMagic)+4 || string(b[:len(manifestMagic)]) != manifestMagic {
		return nil, errors.New("the manifest is of another version")
	}
	body := b[:len(b)-4]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return nil, errors.New("the manifest's checksum is wrong")
	}
	r := &manifestReader{b: body[len(manifestMagic):]}
	m := &manifest{space: string(r.text()), mark: index.Mark{Epoch: string(r.text()), Seq: r.signed()}}
	for range r.count(1) {
		v, err := r.view()
		if err != nil {
			return nil, err
		}
		m.views = append(m.views, v)
	}
	if r.bad || len(r.b) > 0 {
		return nil, errManifest
	}
	return m, nil
}

// A manifestReader returns zero values after the first malformed one.
type manifestReader struct {
	b   []byte
	bad bool
}

func (r *manifestReader) took(size int) bool {
	if size <= 0 || size > len(r.b) {
		r.b, r.bad = nil, true
		return false
	}
	r.b = r.b[size:]
	return true
}

func (r *manifestReader) number() uint64 {
	n, size := binary.Uvarint(r.b)
	if !r.took(size) {
		return 0
	}
	return n
}

func (r *manifestReader) signed() int64 {
	n, size := binary.Varint(r.b)
	if !r.took(size) {
		return 0
	}
	return n
}

// count reads the number of items of at least size bytes that follow.
func (r *manifestReader) count(size int) int {
	n := r.number()
	if n > uint64(len(r.b)/size) {
		r.b, r.bad = nil, true
		return 0
	}
	return int(n)
}

func (r *manifestReader) bytes(n int) []byte {
	b := r.b
	if n == 0 || !r.took(n) {
		return nil
	}
	return b[:n]
}

func (r *manifestReader) text() []byte { return r.bytes(r.count(1)) }

func (r *manifestReader) view() (savedView, error) {
	v := savedView{file: segmentFile{number: r.number(), size: int64(r.number()), sum: uint32(r.number())}, chunks: int(r.number())}
	if r.bad || v.chunks < 1 || v.chunks > maxChunks || v.file.size < 0 {
		return v, errManifest
	}
	if n := r.count(8); n > 0 {
		v.dead = make(bitmap, n)
		for i := range v.dead {
			v.dead[i] = binary.LittleEndian.Uint64(r.bytes(8))
		}
		if !v.dead.within(v.chunks) {
			return v, errManifest
		}
	}
	for range r.count(17) {
		p := payload{}
		copy(p.hash[:], r.bytes(16))
		p.raw = r.text()
		v.extra = append(v.extra, p)
	}
	for range r.count(3) {
		p := savedPatch{local: int(r.number()), patch: patch{set: true, ref: uint32(r.number()), seq: r.signed()}}
		if r.bad || p.local < 0 || p.local >= v.chunks {
			return v, errManifest
		}
		v.patches = append(v.patches, p)
	}
	if r.bad {
		return v, errManifest
	}
	return v, nil
}

// save describes a view; file is where its segment stands.
func (v *view) save(file segmentFile) savedView {
	s := savedView{file: file, chunks: v.seg.len(), dead: v.dead, extra: v.patches.extra}
	for local := range v.seg.len() {
		if p := v.patches.at(local); p.set {
			s.patches = append(s.patches, savedPatch{local, p})
		}
	}
	return s
}

// restore makes the view again, of the segment that was read from its file.
func (s *savedView) restore(seg *segment) (*view, error) {
	if seg.len() != s.chunks {
		return nil, fmt.Errorf("it has %d chunks, the manifest says %d", seg.len(), s.chunks)
	}
	v := &view{seg: seg, dead: s.dead, deaths: s.dead.count()}
	v.patches.extra, v.patches.count = s.extra, len(s.patches)
	for _, p := range s.extra {
		v.patches.size += len(p.raw)
	}
	if len(s.patches) > 0 {
		v.patches.pages = make([]*patchPage, (seg.len()+patchPageSize-1)/patchPageSize)
	}
	for _, p := range s.patches {
		if int(p.patch.ref) >= v.payloadCount() {
			return nil, fmt.Errorf("chunk %d refers to payload %d of %d", p.local, p.patch.ref, v.payloadCount())
		}
		page := &v.patches.pages[p.local/patchPageSize]
		if *page == nil {
			*page = &patchPage{}
		}
		(*page)[p.local%patchPageSize] = p.patch
	}
	return v, nil
}
