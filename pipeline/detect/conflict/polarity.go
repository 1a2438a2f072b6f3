package conflict

import (
	"cmp"
	"slices"

	"freshet/pipeline/detect/claims"
)

// The features of two sentences of which one may deny the other. All lie between 0
// and 1.
const (
	pText      = iota // words, without those of poles
	pCover            // share of the shorter sentence that the longer one has
	pReach            // the same with what stands above the longer one
	pWide             // words with what stands above them
	pRare             // how rare the words are that both have
	pWhole            // the passages
	pStated           // opposite poles of an axis that pages state
	pOtherAxis        // of another one
	pScope            // a word that both have, negated on one side only
	pAgree            // equal poles
	pCopy             // copies but for a few words
	pNamed            // one side names what the other does not
	pLowered
	pFeatures
)

type polarityVector [pFeatures]float64

// polarityModel is the logistic model of sentences whose polarity differs, made as
// valueModel is.
var polarityModel = struct {
	weights polarityVector
	bias    float64
}{
	weights: polarityVector{
		pText: 4.19, pCover: 2.86, pReach: 1.66, pWide: 2.28, pRare: 1.03, pWhole: -0.8, pStated: 0.41, pOtherAxis: 0.86,
		pScope: -0.26, pAgree: -1.01, pCopy: 0.71, pNamed: -3.14, pLowered: -3.54,
	},
	bias: -7.02,
}

func (x *polarityVector) probability() float64 {
	sum := polarityModel.bias
	for i, v := range x {
		sum += polarityModel.weights[i] * v
	}
	return logistic(sum)
}

// A denial is two sentences of which one may deny the other.
type denial struct {
	sa, sb     *sentence
	ia, ib     int
	opposition opposition
	p          float64
	lowered    []string
}

// polarity returns the Pairs of sentences of which one says yes to what the other
// says no to, each sentence in at most one.
func (c *Comparer) polarity(m *meeting, floor float64) []Pair {
	var list []denial
	for i := range m.a.sentences {
		sa := &m.a.sentences[i]
		if sa.silent || sa.stance.leads || !sa.stance.speaks() {
			continue
		}
		for j := range m.b.sentences {
			sb := &m.b.sentences[j]
			if sb.silent || sb.stance.leads || !sa.stance.against(&sb.stance) && !comparatives(&sa.stance, &sb.stance) && !boolsDiffer(sa, sb) && sa.answer == 0 && sb.answer == 0 {
				continue
			}
			d := denial{sa: sa, sb: sb, ia: i, ib: j, opposition: oppose(&sa.stance, &sb.stance)}
			if c.deny(m, &d) && d.p >= floor {
				list = append(list, d)
			}
		}
	}
	slices.SortStableFunc(list, func(x, y denial) int { return cmp.Compare(y.p, x.p) })
	var pairs []Pair
	takenA, takenB := map[*sentence]bool{}, map[*sentence]bool{}
	for i := range list {
		d := &list[i]
		if takenA[d.sa] || takenB[d.sb] {
			continue
		}
		takenA[d.sa], takenB[d.sb] = true, true
		pairs = append(pairs, c.denialPair(m, d))
	}
	return pairs
}

// deny scores a denial. It returns false when a guard suppresses it.
func (c *Comparer) deny(m *meeting, d *denial) bool {
	said, no := answers(d.sa, d.sb)
	if said > 0 {
		d.opposition.no = no
	}
	if said == 0 && !d.opposition.clear && (d.opposition.vector[byAgree] > 0 || !boolsDiffer(d.sa, d.sb)) {
		return false
	}
	f := match{sa: d.sa, sb: d.sb, align: alignSentences(d.sa, d.sb)}
	g := c.guardSentences(m, &f)
	if g.suppressed != "" {
		return false
	}
	x := m.polarityFeatures(d, &f, &g)
	d.p, d.lowered = max(x.probability(), said), g.lowered
	if len(g.lowered) > 0 {
		d.p = x.probability()
	}
	if g.capped() || swappedSaid(d) {
		d.p = min(d.p, cappedAt)
	}
	return true
}

// swappedSaid says whether each sentence has one word in the place of the other's, poles
// apart: what is not so here may be so there.
func swappedSaid(d *denial) bool {
	x, y := &d.sa.stance.said, &d.sb.stance.said
	return x.jaccard(y) >= swappedFrom && unmatched(x, &d.sb.wide) == 1 && unmatched(y, &d.sa.wide) == 1
}

func (m *meeting) polarityFeatures(d *denial, f *match, g *verdict) polarityVector {
	said, other := &d.sa.stance.said, &d.sb.stance.said
	v := &d.opposition.vector
	x := polarityVector{
		pText: said.jaccard(other), pCover: said.cover(other), pWide: f.align.wide, pRare: f.align.rare, pWhole: m.whole,
		pStated: v[byStated], pOtherAxis: v[byOtherAxis], pScope: v[byScope], pAgree: v[byAgree],
		pCopy: flag(f.align.text >= copiedFrom-0.2), pNamed: flag(g.named), pLowered: min(1, float64(len(g.lowered))/3),
	}
	if v[byAgree] == 0 && boolsDiffer(d.sa, d.sb) {
		x[pStated] = 1
	}
	p, _ := said.shared(&d.sb.wide)
	q, _ := other.shared(&d.sa.wide)
	if said.total > 0 && other.total > 0 {
		x[pReach] = float64(max(p/said.total, q/other.total))
	}
	return x
}

// boolsDiffer says whether two sentences have Bools of one attribute that differ.
func boolsDiffer(sa, sb *sentence) bool {
	if sa.classes&sb.classes == 0 {
		return false
	}
	for i := range sa.claims {
		for j := range sb.claims {
			a, b := &sa.claims[i], &sb.claims[j]
			if a.Type == claims.Bool && b.Type == claims.Bool && a.class == b.class && a.No != b.No {
				return true
			}
		}
	}
	return false
}

// denialPair writes a denial down.
func (c *Comparer) denialPair(m *meeting, d *denial) Pair {
	p := Pair{
		A: m.a.whole(d.ia), B: m.b.whole(d.ib), Type: claims.Bool, Rule: ByPolarity,
		P: d.p, Tier: tier(d.p), Lowered: d.lowered,
	}
	p.A.Normal, p.B.Normal = "yes", "no"
	if d.opposition.no < 0 {
		p.A.Normal, p.B.Normal = "no", "yes"
	}
	if d.sa.stance.ended != d.sb.stance.ended {
		p.Rule, p.Outdated = ByOutdated, true
	}
	c.explain(m, &p)
	switch {
	case p.Outdated && d.sa.stance.ended:
		p.Suggest, p.Because = SideA, noLonger
	case p.Outdated:
		p.Suggest, p.Because = SideB, noLonger
	}
	return p
}

// whole refers to a sentence as a whole.
func (s *Side) whole(i int) ClaimRef {
	f := &s.Scan.Sentences[i]
	return ClaimRef{Sentence: i, Start: f.Start, End: f.End, Value: s.slice(f.Start, f.End), Hash: f.Hash}
}
