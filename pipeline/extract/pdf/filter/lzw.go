package filter

import "io"

// earlyLZW reads LZW data whose codes grow one code early.
type earlyLZW struct {
	data        []byte
	pos         int
	bits, nbits uint
	width       uint
	next, last  int // the next free code; the one before, -1: none
	prefix      [4096]uint16
	suffix      [4096]byte
	buf         [4096]byte
	out         []byte
	started     bool
}

const (
	lzwClear = 256
	lzwEnd   = 257
)

func (z *earlyLZW) Read(p []byte) (int, error) {
	for len(z.out) == 0 {
		if !z.step() {
			return 0, io.EOF
		}
	}
	n := copy(p, z.out)
	z.out = z.out[n:]
	return n, nil
}

// step reads one code; false at the end of the data, or where they are damaged.
func (z *earlyLZW) step() bool {
	if !z.started {
		z.started, z.last = true, -1
	}
	for z.nbits < z.width {
		if z.pos >= len(z.data) {
			return false
		}
		z.bits = z.bits<<8 | uint(z.data[z.pos])
		z.nbits += 8
		z.pos++
	}
	z.nbits -= z.width
	code := int(z.bits >> z.nbits & (1<<z.width - 1))
	switch {
	case code == lzwClear:
		z.width, z.next, z.last = 9, 258, -1
		return true
	case code == lzwEnd, code > z.next, code == z.next && z.last < 0:
		return false
	}
	i := len(z.buf)
	c := code
	if code == z.next {
		i--
		c = z.last
	}
	for c >= 258 && i > 1 {
		i--
		z.buf[i] = z.suffix[c]
		c = int(z.prefix[c])
	}
	i--
	z.buf[i] = byte(c)
	if code == z.next {
		z.buf[len(z.buf)-1] = byte(c)
	}
	if z.last >= 0 && z.next < len(z.prefix) {
		z.prefix[z.next], z.suffix[z.next] = uint16(z.last), byte(c)
		z.next++
		if z.next+1 >= 1<<z.width && z.width < 12 {
			z.width++
		}
	}
	z.last = code
	z.out = z.buf[i:]
	return true
}
