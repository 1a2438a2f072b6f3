package conflict

import "freshet/pipeline/detect/claims"

// The features of a match. All lie between 0 and 1.
const (
	ofLocal = iota
	ofText
	ofCover
	ofWide
	ofReach
	ofRare
	ofLabel
	ofHead    // the nearest heading of one side
	ofNamedBy // the label or row header of one side
	ofUnnamed // one has a label that the other knows nothing of
	ofCopy
	ofTopic    // titles and headings
	ofWhole    // the passages
	ofMargin   // no other claim could be meant
	ofWeak     // a type of which a page has many: counts, dates, addresses
	ofNamed    // one side names what the other does not
	ofContrast // one side has a word of a contrast set
	ofFirst    // each begins with a word that the other has not
	ofYear     // one side names a year
	ofLowered  // guards that lowered, a third each
	features_
)

type vector [features_]float64

// valueModel is the logistic model of matches whose values differ. TestFitValues gives
// the weights: fitted to the dev half of the bench, to faq-fr-cnil with copies planted
// in it, and to testdata/dev.jsonl, with a prior by hand. The bias is 1.03 above that of
// the fit, which knows as many contradictions in a base as were planted: so that
// LikelyFrom is where nine in ten were right; copies have a little more than the fit gives.
var valueModel = struct {
	weights vector
	bias    float64
}{
	weights: vector{
		ofLocal: -0.31, ofText: 3.04, ofCover: 0.03, ofWide: 2.82, ofReach: -0.68, ofRare: 3.7, ofLabel: 1.52, ofHead: 1.29,
		ofNamedBy: 1.94, ofUnnamed: 0.07, ofCopy: 1.8, ofTopic: -1.58, ofWhole: 2.6, ofMargin: 2.03, ofWeak: 1.47,
		ofNamed: -3.72, ofContrast: 0.3, ofFirst: -0.61, ofYear: -1.71, ofLowered: -4.94,
	},
	bias: -4.62,
}

func (m *meeting) features(f *match, g *verdict) vector {
	al := &f.align
	x := vector{
		ofLocal: al.local, ofText: al.text, ofCover: al.cover, ofWide: al.wide, ofReach: al.reach, ofRare: al.rare,
		ofHead: al.head, ofNamedBy: al.name, ofTopic: max(0, m.topic), ofWhole: m.whole,
		ofLowered: min(1, float64(len(g.lowered))/3),
	}
	x[ofLabel], x[ofCopy] = flag(al.label), flag(al.copied)
	x[ofUnnamed] = flag(al.named && al.name < 0.3)
	x[ofMargin] = f.margin / widest
	switch f.ca.Type {
	case claims.Count, claims.Date, claims.URL, claims.Email, claims.Version:
		x[ofWeak] = 1
	}
	x[ofNamed], x[ofContrast] = flag(g.named), flag(g.contrast)
	x[ofFirst] = flag(f.sa.first != 0 && f.sb.first != 0 && !has(f.sb.wide.ids, f.sa.first) && !has(f.sa.wide.ids, f.sb.first))
	x[ofYear] = flag((len(f.sa.years) > 0) != (len(f.sb.years) > 0) && f.ca.Type != claims.Date)
	return x
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (x *vector) probability() float64 { return logistic(x.sum()) }

func (x *vector) sum() float64 {
	sum := valueModel.bias
	for i, v := range x {
		sum += valueModel.weights[i] * v
	}
	return sum
}
