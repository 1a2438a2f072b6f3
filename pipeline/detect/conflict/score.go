package conflict

import "math"

// The features of a match. All lie between 0 and 1.
const (
	ofAlign   = iota // the alignment as a whole
	ofLabel          // equal labels
	ofCopy           // copied sentences
	ofLowered        // guards that lowered, a third each
	features_
)

type vector [features_]float64

// weights and bias of the logistic model; DOUBTS.md 1.5 step 7 gives them.
var (
	weights = vector{ofAlign: 8, ofLabel: 1.5, ofCopy: 1, ofLowered: -4.5}
	bias    = -3.2
)

func features(m *meeting, f *match, how relation, g *verdict) vector {
	var x vector
	x[ofAlign] = f.align.score
	if f.align.label {
		x[ofLabel] = 1
	}
	if f.align.copied {
		x[ofCopy] = 1
	}
	x[ofLowered] = min(1, float64(len(g.lowered))/3)
	return x
}

func (x *vector) probability() float64 {
	sum := bias
	for i, v := range x {
		sum += weights[i] * v
	}
	return 1 / (1 + math.Exp(-sum))
}
