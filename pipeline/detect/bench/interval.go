package bench

import (
	"math"
	"math/rand/v2"
	"slices"
)

// rate is a share, NaN of nothing.
func rate(of, all int) Rate {
	if all == 0 {
		return Rate(math.NaN())
	}
	return Rate(of) / Rate(all)
}

// resamples is how often a sample is drawn anew for its interval: the ends of an
// interval of 95 % are its 25th values from either end.
const resamples = 1000

// within95 is the bootstrap interval of 95 % of a share: the sample is drawn again, with
// replacement, from itself. The draws have a fixed seed, so that equal counts give equal
// intervals.
func within95(of, all int) [2]Rate {
	if all == 0 {
		return [2]Rate{Rate(math.NaN()), Rate(math.NaN())}
	}
	r := rand.New(rand.NewPCG(uint64(of), uint64(all)))
	shares := make([]Rate, resamples)
	for i := range shares {
		hits := 0
		for range all {
			if r.IntN(all) < of {
				hits++
			}
		}
		shares[i] = rate(hits, all)
	}
	slices.Sort(shares)
	return [2]Rate{shares[resamples/40], shares[resamples-1-resamples/40]}
}
