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
	ofYear     // one side names a year
	ofLowered  // guards that lowered, a third each
	features_
)

type vector [features_]float64

// valueModel is the logistic model of matches whose values differ.
var valueModel = struct {
	weights vector
	bias    float64
}{
	weights: vector{
		ofLocal: 1.5, ofText: 3, ofCover: 2, ofWide: 3, ofReach: 1, ofRare: 4, ofLabel: 1.5, ofHead: 0.5, ofNamedBy: 1, ofUnnamed: -1, ofCopy: 1.5,
		ofTopic: 0.5, ofWhole: 0.5, ofMargin: 0.7, ofWeak: -1, ofNamed: -1, ofContrast: -0.5, ofYear: -1.5, ofLowered: -4.5,
	},
	bias: -6.5,
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
