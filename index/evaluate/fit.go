package evaluate

import (
	"math"

	"freshet/index/retrieve"
)

// A Sample is a question as a Model sees it, with whether the right page was
// among the first and how much it counts.
type Sample struct {
	Features retrieve.Features
	Right    bool
	Weight   float64
}

// Samples takes from lines the questions whose page is among the first three, as
// right, and the same without their pages, and those that the base does not
// answer, as wrong. Every line counts the same, all lines together as much as
// total questions.
func Samples(lines []Line, total float64) []Sample {
	var list []Sample
	weight := total / float64(max(len(lines), 1))
	for _, l := range lines {
		switch {
		case len(l.Expected) == 0:
			list = append(list, Sample{Features: l.Features, Weight: weight})
		case l.Rank > 0 && l.Rank <= 3:
			list = append(list, Sample{Features: l.Features, Right: true, Weight: weight})
		}
		if l.Without != nil {
			list = append(list, Sample{Features: l.Without.Features, Weight: weight})
		}
	}
	return list
}

// Limits of the fit: Newton's steps, and halvings of one that went too far.
const (
	newtonSteps = 50
	halvings    = 20
)

// parameters are the weights and the bias, which is the last.
const parameters = len(retrieve.Features{}) + 1

// Fit returns the logistic model of the samples that stays near prior: strength is
// how much evidence it takes to move a weight. Features for which keep is 0 stay at
// the prior's weight. The thresholds are the prior's.
func Fit(samples []Sample, prior *retrieve.Model, strength float64, keep retrieve.Features) *retrieve.Model {
	m := *prior
	loss := penalty(samples, &m, prior, strength)
	for range newtonSteps {
		step := newton(samples, &m, prior, strength, keep)
		next, better := m, false
		for range halvings {
			for i := range m.Weights {
				next.Weights[i] = m.Weights[i] + step[i]
			}
			next.Bias = m.Bias + step[parameters-1]
			if l := penalty(samples, &next, prior, strength); l < loss-1e-9 {
				loss, better = l, true
				break
			}
			for i := range step {
				step[i] /= 2
			}
		}
		if !better {
			break
		}
		m = next
	}
	return &m
}

// penalty is what Fit makes small: the samples' log loss and the distance from
// the prior.
func penalty(samples []Sample, m, prior *retrieve.Model, strength float64) float64 {
	sum := 0.0
	for _, s := range samples {
		p := m.Confidence(s.Features)
		if !s.Right {
			p = 1 - p
		}
		sum -= s.Weight * math.Log(max(p, 1e-12))
	}
	for i := range m.Weights {
		d := m.Weights[i] - prior.Weights[i]
		sum += strength * d * d / 2
	}
	return sum
}

// newton returns the step to the minimum of the parabola at m.
func newton(samples []Sample, m, prior *retrieve.Model, strength float64, keep retrieve.Features) [parameters]float64 {
	var gradient [parameters]float64
	var hessian [parameters][parameters]float64
	for _, s := range samples {
		var x [parameters]float64
		for i, v := range s.Features {
			x[i] = v * keep[i]
		}
		x[parameters-1] = 1
		p := m.Confidence(s.Features)
		missed := -p
		if s.Right {
			missed = 1 - p
		}
		for i := range x {
			gradient[i] += s.Weight * missed * x[i]
			for j := range x {
				hessian[i][j] += s.Weight * p * (1 - p) * x[i] * x[j]
			}
		}
	}
	for i := range m.Weights {
		gradient[i] -= strength * (m.Weights[i] - prior.Weights[i])
		hessian[i][i] += strength
	}
	hessian[parameters-1][parameters-1] += 1e-6
	return solve(&hessian, &gradient)
}

// solve returns x with a*x = b for a symmetric positive definite a, by Gaussian
// elimination; both are overwritten.
func solve(a *[parameters][parameters]float64, b *[parameters]float64) [parameters]float64 {
	for i := range parameters {
		for j := i + 1; j < parameters; j++ {
			factor := a[j][i] / a[i][i]
			for k := i; k < parameters; k++ {
				a[j][k] -= factor * a[i][k]
			}
			b[j] -= factor * b[i]
		}
	}
	var x [parameters]float64
	for i := parameters - 1; i >= 0; i-- {
		x[i] = b[i]
		for k := i + 1; k < parameters; k++ {
			x[i] -= a[i][k] * x[k]
		}
		x[i] /= a[i][i]
	}
	return x
}
