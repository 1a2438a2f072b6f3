package embed

import "math"

// smallestNorm tells a vector from one without direction: models' vectors have
// norms of 0.1 to 100.
const smallestNorm = 1e-6

// normalise makes a vector's length 1 in place, or names why it has none.
func normalise(v []float32) Reason {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return NotFinite
	}
	norm := math.Sqrt(sum)
	if norm < smallestNorm {
		return ZeroVector
	}
	for i, x := range v {
		v[i] = float32(float64(x) / norm)
	}
	return ""
}

// cosine of two vectors of length 1; 0 where their dimensions differ.
func cosine(a, b []float32) float64 {
	if len(a) != len(b) {
		return 0
	}
	var sum float64
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// mean of vectors of length 1, weighted, with length 1 again.
func mean(vectors [][]float32, weights []int) ([]float32, Reason) {
	out := make([]float32, len(vectors[0]))
	var sum int
	for _, w := range weights {
		sum += w
	}
	for k, v := range vectors {
		w := float32(weights[k]) / float32(max(sum, 1))
		for i, x := range v {
			out[i] += w * x
		}
	}
	return out, normalise(out)
}
