package embedded

import (
	"bufio"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"unsafe"

	"freshet/index"
)

// A segment's file is its arrays, each on a boundary of eight bytes and in the
// byte order of the machine, so that it can be used as it is mapped:
//
//	header      fileHeader; the arrays' lengths follow from it
//	arrays      in the order of (*segment).arrays
//	checksum    CRC-32C of all before, in eight bytes
//
// A machine of the other byte order does not recognise the magic number.
const fileMagic = 0x4652_5348_5345_4702

type fileHeader struct {
	Magic       uint64
	Chunks      uint64
	Terms       uint64
	Postings    uint64
	Heavy       uint64
	Payloads    uint64
	Arena       uint64
	DenseChunks uint64
	Dimension   uint64
	Base        uint64
}

const headerSize = int(unsafe.Sizeof(fileHeader{}))

// maxBase is the longest name of a knowledge base in bytes that a file may have.
const maxBase = 1 << 16

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// plain are the types that arrays consist of; none has a pointer or padding.
type plain interface {
	uint8 | uint16 | uint32 | uint64 | int64 | float32 | index.ChunkID | index.Hash | entry | fileHeader
}

// asBytes is the memory of a list.
func asBytes[T plain](list []T) []byte {
	if len(list) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&list[0])), len(list)*int(unsafe.Sizeof(list[0])))
}

// asList is the list of n items at the beginning of b, which is aligned to eight
// bytes and long enough.
func asList[T plain](b []byte, n int) []T {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), n)
}

func (s *segment) header(dimension int) fileHeader {
	return fileHeader{
		Magic: fileMagic, Chunks: uint64(s.len()), Terms: uint64(s.terms()), Postings: uint64(len(s.locals)),
		Heavy: uint64(len(s.rack.words) / max(stride(s.len()), 1)), Payloads: uint64(s.payloads.len()), Arena: uint64(len(s.payloads.arena)),
		DenseChunks: uint64(len(s.denseLocals)), Dimension: uint64(dimension), Base: uint64(len(s.base)),
	}
}

func (s *segment) arrays() [][]byte {
	return [][]byte{
		asBytes(s.ids), asBytes(s.inputs), asBytes(s.seqs), asBytes(s.refs), asBytes(s.order),
		asBytes(s.dict), asBytes(s.locals), s.weights, asBytes(s.rack.words), asBytes(s.rack.ranks),
		asBytes(s.payloads.hashes), asBytes(s.payloads.starts), s.payloads.arena,
		asBytes(s.denseLocals), asBytes(s.dense), []byte(s.base),
	}
}

func padded(n int64) int64 { return (n + 7) &^ 7 }

// fileSize is the size that a file with this header has.
func (h fileHeader) fileSize() int64 {
	n := int64(headerSize)
	for _, array := range h.sizes() {
		n += padded(array)
	}
	return n + 8
}

// sizes are the lengths of the arrays in bytes.
func (h fileHeader) sizes() []int64 {
	n, terms, postings, payloads, dense := int64(h.Chunks), int64(h.Terms), int64(h.Postings), int64(h.Payloads), int64(h.DenseChunks)
	rack := int64(h.Heavy) * int64(stride(int(n)))
	return []int64{
		n * 16, n * 16, n * 8, n * 4, n * 2,
		(terms + 1) * 12, postings * 2, postings, rack * 8, rack * 2,
		payloads * 16, (payloads + 1) * 4, int64(h.Arena),
		dense * 2, dense * int64(h.Dimension) * 4, int64(h.Base),
	}
}

// check keeps sizes from overflowing and arrays from what segments cannot have.
func (h fileHeader) check(dimension int) error {
	switch {
	case h.Magic != fileMagic:
		return errors.New("it is no segment of this version and machine")
	case h.Dimension != uint64(dimension):
		return fmt.Errorf("its vectors have %d dimensions, not %d", h.Dimension, dimension)
	case h.Chunks > maxChunks, h.Terms > h.Postings, h.Postings > maxPostings, h.Heavy > min(h.Terms, maxHeavy), h.Payloads > h.Chunks, h.Arena > maxArena,
		h.DenseChunks > h.Chunks, h.Base > maxBase, dimension == 0 && h.DenseChunks > 0:
		return errors.New("its header is impossible")
	}
	return nil
}

// writeTo writes the file and returns its size and checksum.
func (s *segment) writeTo(to io.Writer, dimension int) (size int64, sum uint32, err error) {
	w := &summer{to: bufio.NewWriterSize(to, 1<<20), sum: crc32.New(castagnoli)}
	w.write(asBytes([]fileHeader{s.header(dimension)}))
	for _, array := range s.arrays() {
		w.write(array)
		w.write(make([]byte, padded(int64(len(array)))-int64(len(array))))
	}
	sum = w.sum.Sum32()
	w.write(asBytes([]uint64{uint64(sum)}))
	if w.err == nil {
		w.err = w.to.Flush()
	}
	return w.size, sum, w.err
}

// A summer writes and sums until the first error.
type summer struct {
	to   *bufio.Writer
	sum  hash.Hash32
	size int64
	err  error
}

func (w *summer) write(b []byte) {
	if w.err != nil {
		return
	}
	w.sum.Write(b)
	w.size += int64(len(b))
	_, w.err = w.to.Write(b)
}

// readSegment takes a segment out of the bytes of its file, which it goes on
// using; they are aligned to eight bytes. Whatever they are it does not panic, and
// neither does the use of the segment that it returns.
func readSegment(b []byte, dimension, filters int) (*segment, error) {
	if len(b) < headerSize+8 {
		return nil, errors.New("it is too short")
	}
	h := asList[fileHeader](b, 1)[0]
	if err := h.check(dimension); err != nil {
		return nil, err
	}
	if h.fileSize() != int64(len(b)) {
		return nil, fmt.Errorf("it has %d bytes, its header asks for %d", len(b), h.fileSize())
	}
	body := len(b) - 8
	if uint64(crc32.Checksum(b[:body], castagnoli)) != asList[uint64](b[body:], 1)[0] {
		return nil, errors.New("its checksum is wrong")
	}
	s := cut(b, h)
	if err := s.check(); err != nil {
		return nil, err
	}
	s.finish(filters)
	return s, nil
}

// cut lets a segment's slices point into b.
func cut(b []byte, h fileHeader) *segment {
	sizes := h.sizes()
	parts := make([][]byte, len(sizes))
	at := int64(headerSize)
	for i, size := range sizes {
		parts[i] = b[at : at+size : at+size]
		at += padded(size)
	}
	n, terms, payloadCount, dense := int(h.Chunks), int(h.Terms), int(h.Payloads), int(h.DenseChunks)
	racked := int(h.Heavy) * stride(n)
	return &segment{
		ids: asList[index.ChunkID](parts[0], n), inputs: asList[index.Hash](parts[1], n),
		seqs: asList[int64](parts[2], n), refs: asList[uint32](parts[3], n), order: asList[uint16](parts[4], n),
		dict: asList[entry](parts[5], terms+1), locals: asList[uint16](parts[6], int(h.Postings)), weights: parts[7],
		rack: rack{asList[uint64](parts[8], racked), asList[uint16](parts[9], racked)},
		payloads: payloads{
			hashes: asList[index.Hash](parts[10], payloadCount), starts: asList[uint32](parts[11], payloadCount+1), arena: parts[12],
		},
		denseLocals: asList[uint16](parts[13], dense), dense: asList[float32](parts[14], dense*int(h.Dimension)),
		base: string(parts[15]),
	}
}
