package duplicate

// MinHash in bands: two sets of Jaccard index J agree in one of them with probability
// 1-(1-J^rows)^bands: .988 at .85, .9996 at .9, .05 at .5 (DOUBTS.md 1.4).
const (
	bands  = 14
	rows   = 8
	hashes = bands * rows
)

// minHash computes hashes of one permutation of the set: its range is cut into as many
// bins, of each the least value counts (P. Li, A. Owen, C.-H. Zhang, One Permutation
// Hashing, NIPS 2012). An empty bin takes the value of another that a hash of its number
// and of the attempt chooses, until one is not empty (A. Shrivastava, Optimal
// Densification for Fast and Accurate Minwise Hashing, ICML 2017), so that two sets agree
// in each of them with the probability of their Jaccard index. The set is not empty.
func minHash(set []uint64) *[hashes]uint64 {
	const empty = ^uint64(0)
	var bins, out [hashes]uint64
	for i := range bins {
		bins[i] = empty
	}
	for _, h := range set {
		h = mix(h ^ 0x5851f42d4c957f2d)
		// The upper half chooses the bin, the lower orders within it.
		at := (h >> 32) * hashes >> 32
		bins[at] = min(bins[at], h&0xffffffff)
	}
	for i := range bins {
		from := i
		for attempt := uint64(1); bins[from] == empty; attempt++ {
			from = int((mix(uint64(i)<<32|attempt) >> 32) * hashes >> 32)
		}
		// The bin it came from counts as well: values of different bins are not equal.
		out[i] = uint64(from)<<32 | bins[from]
	}
	return &out
}

// bandKeys appends a hash of each band.
func bandKeys(set []uint64, into []uint64) []uint64 {
	values := minHash(set)
	for b := range bands {
		h := uint64(b + 1)
		for _, v := range values[b*rows : (b+1)*rows] {
			h = mix(h*0x9e3779b97f4a7c15 + v)
		}
		into = append(into, tagged(Band, h))
	}
	return into
}
