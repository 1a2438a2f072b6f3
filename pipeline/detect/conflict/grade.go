package conflict

// The features by which two passages are graded. All lie between 0 and 1.
const (
	gValue  = opposites_ + iota // probability of the best match of values
	gDenial                     // probability of the best denial
	gSame                       // a value that both have
	gDiffer                     // values of one kind that differ
	gNames                      // each names what the other does not
	gLength                     // how much longer one is
	grades_
)

type gradeVector [grades_]float64

// gradeModel is the logistic model of Grade, fitted to testdata/dev.jsonl by
// TestFitGrade.
var gradeModel = struct {
	weights gradeVector
	bias    float64
}{
	weights: gradeVector{
		byText: 0.14, byCover: -0.04, bySaid: 0.43, byStated: 0.28, byOtherAxis: 0.27, byAgree: 0.13, byScope: 0.29, byNegation: 0.01,
		byDenial: 0.36, byOnly: -0.17, byEnded: 0.02, bySwapped: 0.58, byClashCover: 1.18, byScopeCover: 0.54, byNegationCover: 0.42,
		gValue: 0.69, gDenial: 0.45, gSame: -0.28, gDiffer: 0.69, gNames: -0.26, gLength: -0.06,
	},
	bias: -1.33,
}

// Grade says how much two passages seem to contradict each other, from 0 to 1, also
// where Compare is silent: it never suppresses, and is for ranking pairs. What Compare
// finds grades at least PossibleFrom, everything else below; best is the surest Pair
// that Compare finds, nil when it finds none.
func (c *Comparer) Grade(a, b *Side) (grade float64, best *Pair) {
	if inOrder(a, b) > 0 {
		grade, best = c.Grade(b, a)
		if best != nil {
			best.swap()
		}
		return grade, best
	}
	if pairs := c.compare(a, b, PossibleFrom); len(pairs) > 0 {
		return pairs[0].P, &pairs[0]
	}
	x := c.gradeFeatures(a, b)
	return PossibleFrom * x.grade(), nil
}

func (x *gradeVector) grade() float64 {
	sum := gradeModel.bias
	for i, v := range x {
		sum += gradeModel.weights[i] * v
	}
	return logistic(sum)
}

// gradeFeatures reads the two sentences that are most alike, and the values of all.
func (c *Comparer) gradeFeatures(a, b *Side) gradeVector {
	var x gradeVector
	m := &meeting{a: a, b: b, topic: -1, whole: a.all.jaccard(&b.all)}
	if len(a.topic.ids) > 0 && len(b.topic.ids) > 0 {
		m.topic = a.topic.jaccard(&b.topic)
	}
	closest := -1.0
	for i := range a.sentences {
		for j := range b.sentences {
			sa, sb := &a.sentences[i], &b.sentences[j]
			o := oppose(&sa.stance, &sb.stance)
			d := denial{sa: sa, sb: sb, opposition: o}
			f := match{sa: sa, sb: sb, align: alignSentences(sa, sb)}
			p := m.polarityFeatures(&d, &f, &verdict{})
			x[gDenial] = max(x[gDenial], p.probability())
			if near := o.vector[byText]; near > closest {
				closest = near
				copy(x[:opposites_], o.vector[:])
			}
		}
	}
	for _, f := range c.matches(m) {
		if relate(f.ca.Claim, f.cb.Claim) == same {
			x[gSame] = 1
			continue
		}
		x[gDiffer] = 1
		v := m.features(&f, &verdict{})
		x[gValue] = max(x[gValue], v.probability())
	}
	x[gNames] = flag(len(a.entities) > common(a.entities, b.entities) && len(b.entities) > common(a.entities, b.entities))
	if long := max(len(a.all.ids), len(b.all.ids)); long > 0 {
		x[gLength] = 1 - float64(min(len(a.all.ids), len(b.all.ids)))/float64(long)
	}
	return x
}
