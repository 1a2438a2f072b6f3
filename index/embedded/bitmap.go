package embedded

import "math/bits"

// A bitmap is a set of local numbers. A nil bitmap is empty.
type bitmap []uint64

func newBitmap(n int) bitmap { return make(bitmap, (n+63)/64) }

func (b bitmap) has(i int) bool { return b != nil && b[i>>6]&(1<<(i&63)) != 0 }

func (b bitmap) set(i int) { b[i>>6] |= 1 << (i & 63) }

func (b bitmap) count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// within reports whether no number at or above n is set and the length is right.
func (b bitmap) within(n int) bool {
	if len(b) != (n+63)/64 {
		return false
	}
	return n%64 == 0 || b[len(b)-1]>>(n%64) == 0
}
