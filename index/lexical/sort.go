package lexical

import "slices"

const (
	sortBits = 9
	buckets  = 1 << sortBits
)

// A sorter sorts numbers whose high half is a hash, hence evenly spread: one pass
// into buckets by the highest bits, then each bucket.
type sorter struct {
	items, spare []uint64
}

// sort returns the items in ascending order; they stay valid until items is
// written again.
func (s *sorter) sort() []uint64 {
	if len(s.items) < 64 {
		slices.Sort(s.items)
		return s.items
	}
	var ends [buckets]int32
	for _, x := range s.items {
		ends[x>>(64-sortBits)]++
	}
	sum := int32(0)
	for i := range ends {
		ends[i], sum = sum, sum+ends[i]
	}
	if cap(s.spare) < len(s.items) {
		s.spare = make([]uint64, len(s.items), cap(s.items))
	}
	s.spare = s.spare[:len(s.items)]
	for _, x := range s.items {
		i := x >> (64 - sortBits)
		s.spare[ends[i]] = x
		ends[i]++
	}
	s.items, s.spare = s.spare, s.items
	start := int32(0)
	for _, end := range ends {
		if end-start > 1 {
			sortBucket(s.items[start:end])
		}
		start = end
	}
	return s.items
}

func sortBucket(a []uint64) {
	if len(a) > 24 {
		slices.Sort(a)
		return
	}
	for i := 1; i < len(a); i++ {
		x := a[i]
		j := i
		for j > 0 && a[j-1] > x {
			a[j] = a[j-1]
			j--
		}
		a[j] = x
	}
}
