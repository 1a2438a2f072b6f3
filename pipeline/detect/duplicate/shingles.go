package duplicate

import "slices"

const (
	shortWidth = 3 // words of a shingle of a text of up to LongWords words
	longWidth  = 5 // of a longer one; and of every fingerprint
)

// shinglesOf are the hashes of all runs of so many tokens, ascending, without repeats.
// A text of fewer tokens is one shingle.
func shinglesOf(list []token, width int) []uint64 {
	if len(list) == 0 {
		return nil
	}
	out := runs(list, width, make([]uint64, 0, max(len(list)-width+1, 1)))
	slices.Sort(out)
	return slices.Compact(out)
}

// runs appends the hash of each run of width tokens, in order.
func runs(list []token, width int, into []uint64) []uint64 {
	if len(list) < width {
		width = len(list)
	}
	for i := 0; i+width <= len(list); i++ {
		h := uint64(width)
		for _, t := range list[i : i+width] {
			h = mix(h*0x9e3779b97f4a7c15 + t.hash)
		}
		into = append(into, h)
	}
	return into
}
