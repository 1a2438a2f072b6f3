package conflict

import "math"

// logistic turns a weighted sum into a probability.
func logistic(sum float64) float64 { return 1 / (1 + math.Exp(-sum)) }
