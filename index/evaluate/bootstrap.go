package evaluate

import (
	"math"
	"math/rand/v2"
	"slices"
)

// resamplings of the bootstrap.
const resamplings = 1000

// Interval is the 95 % percentile interval of a figure under resampling of the
// questions. The seed is fixed: the same lines give the same interval. Samples in
// which the figure is not defined are left out.
func Interval(lines []Line, figure func([]Line) float64) [2]float64 {
	r := rand.New(rand.NewPCG(2026, uint64(len(lines))))
	sample := make([]Line, len(lines))
	var values []float64
	for range resamplings {
		for i := range sample {
			sample[i] = lines[r.IntN(len(lines))]
		}
		if v := figure(sample); !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return [2]float64{quantile(values, 0.025), quantile(values, 0.975)}
}

// quantile of sorted values, the nearest rank; 0 of none.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(max(int(math.Ceil(q*float64(len(sorted))))-1, 0), len(sorted)-1)]
}
