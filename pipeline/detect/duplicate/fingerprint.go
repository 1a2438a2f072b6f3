package duplicate

import "slices"

// window is how many shingles in a row give at least one fingerprint. Two texts that
// share window+longWidth-1 = 18 words in a row share a fingerprint for certain: what is
// contained and has MinShingles shingles cannot be missed when it is whole. About two of
// fifteen shingles are chosen.
const window = 14

// fingerprints are the shingles that chosen names, ascending, without repeats.
func fingerprints(list []uint64) []uint64 {
	at := chosen(list)
	out := make([]uint64, len(at))
	for i, k := range at {
		out[i] = list[k]
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// chosen are the places of the shingles that winnowing chooses (S. Schleimer, D. Wilkerson,
// A. Aiken, Winnowing: Local Algorithms for Document Fingerprinting, SIGMOD 2003): of every
// window the least, of equal ones the last. Of a part of a text it chooses none that it
// does not choose of the whole, if the part has a window.
func chosen(list []uint64) []int {
	size := min(window, len(list))
	out := make([]int, 0, 2*len(list)/window+1)
	least := -1
	for end := size; end <= len(list) && size > 0; end++ {
		start := end - size
		if least < start {
			least = start
			for i := start; i < end; i++ {
				if list[i] <= list[least] {
					least = i
				}
			}
			out = append(out, least)
		} else if list[end-1] <= list[least] {
			least = end - 1
			out = append(out, least)
		}
	}
	return out
}
