package static

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

const (
	// longestHeader is the format's own limit
	// (github.com/huggingface/safetensors, MAX_HEADER_SIZE).
	longestHeader = 100_000_000
	// largestTensor bounds what is read into memory.
	largestTensor = 4 << 30
)

// A tensor is one array of a safetensors file, its numbers left as they stand in
// the file: a table of half a million rows in half precision takes half the memory.
type tensor struct {
	kind  dtype
	shape []int
	raw   []byte
}

type dtype string

// size is the bytes of a number; 0 for a kind that is not read.
func (d dtype) size() int {
	switch d {
	case "I8", "U8":
		return 1
	case "F16", "BF16", "I16", "U16":
		return 2
	case "F32", "I32", "U32":
		return 4
	case "F64", "I64", "U64":
		return 8
	}
	return 0
}

// tensors is an open safetensors file.
type tensors struct {
	r      io.ReaderAt
	size   int64
	start  int64 // of the data
	header map[string]tensorHeader
}

type tensorHeader struct {
	Kind    dtype    `json:"dtype"`
	Shape   []int64  `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

// openTensors reads the header of a safetensors file of so many bytes.
func openTensors(r io.ReaderAt, size int64) (*tensors, error) {
	var length [8]byte
	if _, err := r.ReadAt(length[:], 0); err != nil {
		return nil, fmt.Errorf("read the header's length: %w", err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > longestHeader || int64(n) > size-8 {
		return nil, fmt.Errorf("the header is said to have %d bytes in a file of %d: this is no safetensors file", n, size)
	}
	raw := make([]byte, n)
	if _, err := r.ReadAt(raw, 8); err != nil && !(errors.Is(err, io.EOF) && int64(n) == size-8) {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	t := &tensors{r: r, size: size, start: 8 + int64(n), header: map[string]tensorHeader{}}
	for name, part := range parts {
		if name == "__metadata__" {
			continue
		}
		var h tensorHeader
		if err := json.Unmarshal(part, &h); err != nil {
			return nil, fmt.Errorf("read the header of %.60q: %w", name, err)
		}
		t.header[name] = h
	}
	return t, nil
}

// read reads one tensor; false without an error: there is none of this name.
func (t *tensors) read(name string) (tensor, bool, error) {
	h, ok := t.header[name]
	if !ok {
		return tensor{}, false, nil
	}
	size := int64(h.Kind.size())
	if size == 0 {
		return tensor{}, false, fmt.Errorf("the tensor %q holds %.20q, of which this reader knows nothing", name, h.Kind)
	}
	out, count := tensor{kind: h.Kind}, int64(1)
	for _, d := range h.Shape {
		if d < 0 || d > 0 && count > largestTensor/d {
			return tensor{}, false, fmt.Errorf("the tensor %q has an impossible shape", name)
		}
		count *= d
		out.shape = append(out.shape, int(d))
	}
	from, to := h.Offsets[0], h.Offsets[1]
	if from < 0 || to < from || to > t.size-t.start || count*size != to-from || to-from > largestTensor {
		return tensor{}, false, fmt.Errorf("the tensor %q is said to lie at %d to %d, which does not fit its shape or the file", name, from, to)
	}
	out.raw = make([]byte, to-from)
	if _, err := t.r.ReadAt(out.raw, t.start+from); err != nil && !(errors.Is(err, io.EOF) && t.start+to == t.size) {
		return tensor{}, false, fmt.Errorf("read the tensor %q: %w", name, err)
	}
	return out, true, nil
}

// floats reads a list of numbers of any kind.
func (t tensor) floats() []float64 {
	out := make([]float64, len(t.raw)/t.kind.size())
	for i := range out {
		out[i] = t.at(i)
	}
	return out
}

func (t tensor) at(i int) float64 {
	b := t.raw[i*t.kind.size():]
	switch t.kind {
	case "I8":
		return float64(int8(b[0]))
	case "U8":
		return float64(b[0])
	case "I16":
		return float64(int16(binary.LittleEndian.Uint16(b)))
	case "U16":
		return float64(binary.LittleEndian.Uint16(b))
	case "F16":
		return float64(half(binary.LittleEndian.Uint16(b)))
	case "BF16":
		return float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16))
	case "I32":
		return float64(int32(binary.LittleEndian.Uint32(b)))
	case "U32":
		return float64(binary.LittleEndian.Uint32(b))
	case "F32":
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	case "I64":
		return float64(int64(binary.LittleEndian.Uint64(b)))
	case "U64":
		return float64(binary.LittleEndian.Uint64(b))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b))
}

// addRow adds a row of a matrix to a sum, times a weight.
func (t tensor) addRow(sum []float32, row int, weight float32) {
	n := len(sum)
	switch t.kind {
	case "F32":
		b := t.raw[4*n*row : 4*n*(row+1)]
		for i := range sum {
			sum[i] += weight * math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
	case "F16":
		b := t.raw[2*n*row : 2*n*(row+1)]
		for i := range sum {
			h := uint32(binary.LittleEndian.Uint16(b[2*i:]))
			// The exponent's bias is set right by a product, which holds for subnormal
			// numbers too; infinities are not in a table (allFinite).
			sum[i] += weight * (math.Float32frombits(h&0x8000<<16|h&0x7fff<<13) * (1 << 112))
		}
	case "I8":
		b := t.raw[n*row : n*(row+1)]
		for i := range sum {
			sum[i] += weight * float32(int8(b[i]))
		}
	default:
		for i := range sum {
			sum[i] += weight * float32(t.at(n*row+i))
		}
	}
}

// allFinite reports whether a tensor holds neither infinities nor NaN.
func (t tensor) allFinite() bool {
	switch t.kind {
	case "F16":
		for i := 0; i < len(t.raw); i += 2 {
			if t.raw[i+1]&0x7c == 0x7c {
				return false
			}
		}
	case "F32", "F64", "BF16":
		for i := range len(t.raw) / t.kind.size() {
			if x := t.at(i); x-x != 0 {
				return false
			}
		}
	}
	return true
}

// half converts IEEE 754 half precision.
func half(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10)&0x1f, uint32(h)&0x3ff
	switch exponent {
	case 0: // zero and subnormal numbers: fraction times 2^-24
		f := float32(fraction) * (1.0 / (1 << 24))
		return math.Float32frombits(math.Float32bits(f) | sign)
	case 0x1f: // infinities and NaN
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+112)<<23 | fraction<<13)
}
