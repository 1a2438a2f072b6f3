package conflict

import "freshet/pipeline/detect/claims"

// Passages that translate each other share no words, but values are free of language
// and come in the same order. Their sequences of values are aligned as texts are; a
// value that differs from its counterpart is drift when what stands around it agrees.

// Scores of the alignment of two sequences of values.
const (
	driftEqual  = 3.0  // the same value
	driftDiffer = 0.4  // values of one type that differ
	driftGap    = -0.7 // a value without a counterpart
	driftNear   = 1.2  // for words in common, and for the same place, at most
)

// The logistic model of drift: what stands around two values that differ. The weights
// are by hand, from the dev half of the bench.
const (
	driftBias     = -3.2
	driftBeside   = 2.0  // the values before agree; and the same of those behind
	driftWith     = 1.2  // they differ, but are each other's counterparts
	driftEdge     = 0.9  // there are none before, or behind, on either side
	driftParallel = 2.0  // all values have counterparts, none: -1 times
	driftAnchor   = 0.4  // for each value that agrees, up to driftAnchors
	driftAnchors  = 3    //
	driftNone     = -1.0 // none agrees
	driftPlace    = 1.0  // they stand in sentences of the same place, counted from what is beside
	driftShape    = 0.6  // the passages have equally many sentences
	driftWords    = 2.0  // times the words that the sentences share
	driftLoose    = -0.4 // counts of things whose names are not known to translate each other
)

// drift returns the Pairs of two passages that translate each other.
func (c *Comparer) drift(m *meeting, floor float64) []Pair {
	x, y := m.a.sequence(), m.b.sequence()
	if len(x) == 0 || len(y) == 0 {
		return nil
	}
	steps := alignSequences(m, x, y)
	var pairs []Pair
	for i, s := range steps {
		if s.equal {
			continue
		}
		ca, cb := x[s.i], y[s.j]
		how := relateLoose(ca.Claim, cb.Claim)
		if how != contradict || ca.Past != cb.Past || !overlapping(ca.Claim, cb.Claim) || m.b.says(ca) || m.a.says(cb) {
			continue
		}
		p := logistic(driftScore(m, x, y, steps, i))
		if p < floor {
			continue
		}
		pair := Pair{A: m.a.ref(&m.a.sentences[ca.Sentence], ca), B: m.b.ref(&m.b.sentences[cb.Sentence], cb),
			Type: ca.Type, Rule: ByDrift, P: p, Tier: tier(p), Lowered: m.lowered, Drift: true}
		c.explain(m, &pair)
		pairs = append(pairs, pair)
	}
	return pairs
}

// sequence returns the claims that are compared across languages, in order.
func (s *Side) sequence() []*claim {
	var list []*claim
	for i := range s.sentences {
		f := &s.sentences[i]
		if f.Example || f.Footing {
			continue
		}
		for j := range f.claims {
			switch f.claims[j].Type {
			case claims.Bool, claims.Role, claims.URL:
			default:
				list = append(list, &f.claims[j])
			}
		}
	}
	return list
}

// relateLoose relates two claims of one type across languages: nouns that are counted
// have other names.
func relateLoose(a, b *claims.Claim) relation {
	if a.Type != b.Type {
		return unclear
	}
	if a.Type == claims.Count && !claims.Comparable(a, b) {
		x, y := *a, *b
		x.Unit, y.Unit = "", ""
		return relate(&x, &y)
	}
	if !claims.Comparable(a, b) || a.Type == claims.Email && otherDomain(a, b) {
		return unclear
	}
	how := relate(a, b)
	if how == unclear && a.Type != claims.Date && a.Unit != b.Unit {
		return contradict // that one leaves the period out explains nothing in a translation
	}
	return how
}

// says is holds for claims of another language.
func (s *Side) says(other *claim) bool {
	for i := range s.sentences {
		for j := range s.sentences[i].claims {
			if mine := s.sentences[i].claims[j].Claim; mine.Type == other.Type && relateLoose(mine, other.Claim) == same {
				return true
			}
		}
	}
	return false
}

// A step is two claims that are each other's counterparts.
type step struct {
	i, j  int
	equal bool
}

// alignSequences is the alignment of the highest score (Needleman and Wunsch, 1970).
func alignSequences(m *meeting, x, y []*claim) []step {
	width := len(y) + 1
	best := make([]float64, (len(x)+1)*width)
	for i := 1; i <= len(x); i++ {
		best[i*width] = float64(i) * driftGap
	}
	for j := 1; j <= len(y); j++ {
		best[j] = float64(j) * driftGap
	}
	scores := make([]float64, len(x)*len(y))
	for i := range x {
		for j := range y {
			s := driftMatch(m, x[i], y[j])
			scores[i*len(y)+j] = s
			best[(i+1)*width+j+1] = max(best[i*width+j]+s, best[i*width+j+1]+driftGap, best[(i+1)*width+j]+driftGap)
		}
	}
	var steps []step
	for i, j := len(x), len(y); i > 0 && j > 0; {
		s := scores[(i-1)*len(y)+j-1]
		switch best[i*width+j] {
		case best[(i-1)*width+j-1] + s:
			if s > impossible {
				steps = append(steps, step{i - 1, j - 1, relateLoose(x[i-1].Claim, y[j-1].Claim) == same})
			}
			i, j = i-1, j-1
		case best[(i-1)*width+j] + driftGap:
			i--
		default:
			j--
		}
	}
	for i, j := 0, len(steps)-1; i < j; i, j = i+1, j-1 {
		steps[i], steps[j] = steps[j], steps[i]
	}
	return steps
}

// impossible is less than any score of two claims of one type.
const impossible = -100

func driftMatch(m *meeting, a, b *claim) float64 {
	if a.Type != b.Type {
		return impossible
	}
	switch relateLoose(a.Claim, b.Claim) {
	case same:
		return driftEqual
	case contradict, overlaps:
	default:
		return impossible
	}
	sa, sb := &m.a.sentences[a.Sentence], &m.b.sentences[b.Sentence]
	near := sa.terms.cover(&sb.terms)
	if apart := place(m.a, a) - place(m.b, b); -0.15 < apart && apart < 0.15 {
		near += 0.3
	}
	return driftDiffer + driftNear*min(1, near)
}

// place is where in its passage a claim stands, from 0 to 1.
func place(s *Side, c *claim) float64 { return float64(c.Start) / float64(max(1, len(s.Chunk.Text))) }

// driftScore says how well what stands around step i agrees.
func driftScore(m *meeting, x, y []*claim, steps []step, i int) float64 {
	s := steps[i]
	sum := driftBias + driftParallel*(4*float64(len(steps))/float64(len(x)+len(y))-1)
	anchors := 0
	for _, t := range steps {
		if t.equal {
			anchors++
		}
	}
	sum += driftAnchor * float64(min(anchors, driftAnchors))
	if anchors == 0 {
		sum += driftNone
	}
	beside := func(t step, by int) float64 {
		switch {
		case t.i != s.i+by || t.j != s.j+by:
			return 0
		case t.equal:
			return driftBeside
		}
		return driftWith
	}
	da, db := x[s.i].Sentence, y[s.j].Sentence
	if i > 0 {
		sum += beside(steps[i-1], -1)
		da, db = da-x[steps[i-1].i].Sentence, db-y[steps[i-1].j].Sentence
	} else if s.i == 0 && s.j == 0 {
		sum += driftEdge
	}
	if i+1 < len(steps) {
		sum += beside(steps[i+1], 1)
	} else if s.i == len(x)-1 && s.j == len(y)-1 {
		sum += driftEdge
	}
	switch d := da - db; {
	case d == 0:
		sum += driftPlace
	case d > 1 || d < -1:
		sum -= driftPlace
	}
	if len(m.a.sentences) == len(m.b.sentences) {
		sum += driftShape
	}
	sa, sb := &m.a.sentences[x[s.i].Sentence], &m.b.sentences[y[s.j].Sentence]
	sum += driftWords * sa.terms.cover(&sb.terms)
	if x[s.i].Type == claims.Count && x[s.i].Unit != y[s.j].Unit {
		sum += driftLoose
	}
	return sum
}
