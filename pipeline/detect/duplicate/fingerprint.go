package duplicate

import "slices"

// window is how many shingles in a row give at least one fingerprint. Two texts that
// share window+longWidth-1 = 18 words in a row share a fingerprint for certain: what is
// contained and has MinShingles shingles cannot be missed when it is whole. About two of
// fifteen shingles are chosen.
const window = 14

// fingerprints chooses shingles by winnowing (S. Schleimer, D. Wilkerson, A. Aiken,
// Winnowing: Local Algorithms for Document Fingerprinting, SIGMOD 2003): of every window
// the least, of equal ones the last. In order, without repeats.
func fingerprints(list []uint64) []uint64 {
	var out []uint64
	size := min(window, len(list))
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
			out = append(out, list[least])
		} else if list[end-1] <= list[least] {
			least = end - 1
			out = append(out, list[least])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
