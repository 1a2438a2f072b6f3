package conflict

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"freshet/index"
	"freshet/pipeline/detect/claims"
)

// A devPair is a line of testdata/dev.jsonl: pairs written for this package before
// any published pair was looked at.
type devPair struct {
	ID       string
	Part     string // typed, negation, antonym, other
	Conflict int
	A, B     string
}

func devPairs(t testing.TB) []devPair {
	t.Helper()
	f, err := os.Open("testdata/dev.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []devPair
	for s := bufio.NewScanner(f); s.Scan(); {
		var p devPair
		if err := json.Unmarshal(s.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// sideOf reads a text as a passage of its own document.
func sideOf(c *Comparer, key, text string) *Side {
	chunk := &index.Chunk{ID: index.NewChunkID(key, nil, text, 0), Document: key, Kind: index.Prose, Text: text}
	return c.Side(chunk, &Document{Key: key}, claims.Read(claims.Passage{Text: text, Kind: index.Prose}))
}

// A sample is features with what they are of.
type sample struct {
	x      []float64
	yes    bool
	weight float64
}

// fitLogistic returns the weights and the bias that make the log loss of the samples
// small, near prior: strength is how much evidence it takes to move one. Features
// that keep fixes stay at the prior.
func fitLogistic(samples []sample, prior []float64, bias, strength float64) ([]float64, float64) {
	n := len(prior)
	w := append(slices.Clone(prior), bias)
	start := slices.Clone(w)
	for range 60 {
		gradient, hessian := make([]float64, n+1), make([][]float64, n+1)
		for i := range hessian {
			hessian[i] = make([]float64, n+1)
		}
		for _, s := range samples {
			x := append(slices.Clone(s.x), 1)
			sum := 0.0
			for i := range x {
				sum += w[i] * x[i]
			}
			p := logistic(sum)
			missed := -p
			if s.yes {
				missed = 1 - p
			}
			for i := range x {
				gradient[i] += s.weight * missed * x[i]
				for j := range x {
					hessian[i][j] += s.weight * p * (1 - p) * x[i] * x[j]
				}
			}
		}
		for i := range w {
			k := strength
			if i == n {
				k = 0.01
			}
			gradient[i] -= k * (w[i] - start[i])
			hessian[i][i] += k + 1e-9
		}
		step := solve(hessian, gradient)
		moved := 0.0
		for i := range w {
			d := max(-2, min(2, step[i]))
			w[i] += d
			moved = max(moved, math.Abs(d))
		}
		if moved < 1e-7 {
			break
		}
	}
	return w[:n], w[n]
}

// solve returns x with a*x = b by Gaussian elimination; both are overwritten.
func solve(a [][]float64, b []float64) []float64 {
	n := len(b)
	for i := range n {
		for j := i + 1; j < n; j++ {
			f := a[j][i] / a[i][i]
			for k := i; k < n; k++ {
				a[j][k] -= f * a[i][k]
			}
			b[j] -= f * b[i]
		}
	}
	x := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		x[i] = b[i]
		for k := i + 1; k < n; k++ {
			x[i] -= a[i][k] * x[k]
		}
		x[i] /= a[i][i]
	}
	return x
}

// auroc is the probability that a positive scores above a negative.
func auroc(scores []float64, yes []bool) float64 {
	sum, n := 0.0, 0
	for i := range scores {
		for j := range scores {
			if !yes[i] || yes[j] {
				continue
			}
			n++
			switch cmp.Compare(scores[i], scores[j]) {
			case 1:
				sum++
			case 0:
				sum += 0.5
			}
		}
	}
	return sum / float64(max(n, 1))
}

// TestFitGrade prints weights for gradeModel: FRESHET_MEASURE=1 go test -run
// TestFitGrade -v.
func TestFitGrade(t *testing.T) {
	if os.Getenv("FRESHET_MEASURE") == "" {
		t.Skip("set FRESHET_MEASURE=1")
	}
	c := New(Context{})
	pairs := devPairs(t)
	var samples []sample
	var scores []float64
	var yes []bool
	parts := map[string][2][]float64{}
	flagged, right := 0, 0
	for _, p := range pairs {
		a, b := sideOf(c, "a"+p.ID, p.A), sideOf(c, "b"+p.ID, p.B)
		if inOrder(a, b) > 0 {
			a, b = b, a
		}
		x := c.gradeFeatures(a, b)
		samples = append(samples, sample{x: x[:], yes: p.Conflict == 1, weight: 1})
		g, best := c.Grade(a, b)
		scores, yes = append(scores, g), append(yes, p.Conflict == 1)
		l := parts[p.Part]
		l[p.Conflict] = append(l[p.Conflict], g)
		parts[p.Part] = l
		if best != nil && best.Tier == Likely {
			flagged++
			right += p.Conflict
			if p.Conflict == 0 {
				fmt.Printf("FALSE %.2f %s %s\n   %s\n   %s\n", g, best.Rule, best.Type, p.A, p.B)
			}
		}
		if os.Getenv("FRESHET_ALL") != "" {
			fmt.Printf("%.2f %d %s | %s | %s\n      %.2f\n", g, p.Conflict, p.Part, p.A, p.B, x)
		}
	}
	fmt.Printf("AUROC %.3f; likely %d of which right %d\n", auroc(scores, yes), flagged, right)
	for part, l := range parts {
		fmt.Printf("  %s %.3f\n", part, auroc(append(slices.Clone(l[1]), l[0]...), slices.Concat(slices.Repeat([]bool{true}, len(l[1])), slices.Repeat([]bool{false}, len(l[0])))))
	}
	prior := make([]float64, grades_)
	for _, strength := range []float64{1, 3, 10} {
		// Left out in tenths.
		out := make([]float64, len(samples))
		for fold := range 10 {
			var train []sample
			for i, s := range samples {
				if i%10 != fold {
					train = append(train, s)
				}
			}
			w, bias := fitLogistic(train, prior, 0, strength)
			for i, s := range samples {
				if i%10 == fold {
					out[i] = bias
					for k, v := range s.x {
						out[i] += w[k] * v
					}
				}
			}
		}
		w, bias := fitLogistic(samples, prior, 0, strength)
		fmt.Printf("strength %.0f: AUROC left out %.3f\n  weights %.2f bias %.2f\n", strength, auroc(out, yes), w, bias)
	}
}
