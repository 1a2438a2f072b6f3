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
// in it, and to testdata/dev.jsonl, with a prior by hand. The bias is 0.88 above that of
// the fit, which knows as many contradictions in a base as were planted: so that
// LikelyFrom is where nine in ten were right; copies have a little more than the fit gives.
var valueModel = struct {
	weights vector
	bias    float64
}{
	weights: vector{
		ofLocal: 0.02, ofText: 3.24, ofCover: 0.18, ofWide: 2.67, ofReach: -0.44, ofRare: 2.09, ofLabel: 1.51, ofHead: 1.91,
		ofNamedBy: 2.04, ofUnnamed: -0.55, ofCopy: 1.5, ofTopic: -2.3, ofWhole: 1.24, ofMargin: 2.11, ofWeak: 0.96,
		ofNamed: -4.1, ofContrast: 0.16, ofFirst: -0.97, ofYear: -1.65, ofLowered: -4.17,
	},
	bias: -3.22,
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
