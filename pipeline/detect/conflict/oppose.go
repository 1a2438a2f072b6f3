package conflict

import "math/bits"

// The features of two stances. All lie between 0 and 1.
const (
	byText      = iota // similarity of all content words
	byCover            // share of the shorter sentence that the longer one has
	bySaid             // the same without the words of poles
	byStated           // opposite poles of an axis that pages state
	byOtherAxis        // opposite poles of another axis
	byAgree            // equal poles
	byScope            // a word negated on one side only that both sides have
	byNegation         // one side negates
	byDenial           // one side says that something is false
	byOnly             // one side restricts
	byEnded            // one side says that something no longer holds
	bySwapped          // words of both sides that have no counterpart, in sentences that agree otherwise
	byClashCover
	byScopeCover
	byNegationCover
	opposites_
)

type oppositionVector [opposites_]float64

// An opposition is how two stances stand to each other.
type opposition struct {
	vector oppositionVector
	axis   int8 // of the opposite poles, -1 for a plain negation
	no     int8 // the side that says no: -1 is a, +1 is b, 0 is neither
	shared int
	clear  bool // the sentences negate or oppose each other, not only differ
}

// oppose compares two stances.
func oppose(x, y *stance) opposition {
	o := opposition{axis: -1}
	v := &o.vector
	shared := common(x.stems, y.stems)
	o.shared = shared
	union := len(x.stems) + len(y.stems) - shared
	if union == 0 || shared == 0 {
		return o
	}
	v[byText] = float64(shared) / float64(union)
	v[byCover] = float64(shared) / float64(min(len(x.stems), len(y.stems)))
	v[bySaid] = x.said.cover(&y.said)
	o.compareAxes(x, y)
	o.compareNegations(x, y)
	o.cancel(x, y)
	if x.denies != y.denies {
		v[byDenial] = 1
	}
	if x.only != y.only {
		v[byOnly] = 1
	}
	if x.ended != y.ended {
		v[byEnded] = 1
	}
	if left, right := len(x.stems)-shared, len(y.stems)-shared; left > 0 && right > 0 && shared >= 2 {
		v[bySwapped] = v[byText] / float64(min(3, max(left, right)))
	}
	v[byClashCover] = max(v[byStated], v[byOtherAxis]) * v[bySaid]
	v[byScopeCover] = v[byScope] * v[bySaid]
	v[byNegationCover] = v[byNegation] * v[byCover]
	return o
}

// compareAxes looks for opposite and equal poles.
func (o *opposition) compareAxes(x, y *stance) {
	against := x.plus&y.minus | x.minus&y.plus
	agree := x.plus&y.plus | x.minus&y.minus
	v := &o.vector
	if against&stated != 0 {
		v[byStated] = 1
	}
	if against&^stated != 0 {
		v[byOtherAxis] = 1
	}
	v[byAgree] = min(1, float64(bits.OnesCount64(agree))/2)
	first := against & stated
	if first == 0 {
		first = against
	}
	if first != 0 {
		o.axis = int8(bits.TrailingZeros64(first))
		o.clear = true
		o.no = -1
		if x.plus&(1<<o.axis) != 0 {
			o.no = 1
		}
	}
}

// compareNegations looks for words that one side negates and the other does not.
func (o *opposition) compareNegations(x, y *stance) {
	v := &o.vector
	one, other := negates(x, y), negates(y, x)
	if one != other {
		v[byScope] = 1
		o.clear = true
		if o.no == 0 {
			o.no = 1
			if one {
				o.no = -1
			}
		}
	}
	if (x.negations > 0) != (y.negations > 0) {
		v[byNegation] = 1
	}
}

// negates says whether x negates a word that y says plainly.
func negates(x, y *stance) bool {
	for _, id := range x.first {
		if has(y.stems, id) && !has(y.negated, id) {
			return true
		}
	}
	return false
}

// relational are the axes whose poles turn around with what they relate: "not before"
// is "after", and "A more than B" is "B less than A".
const relational = 1<<axisBefore | 1<<axisMore | 1<<axisFirst | 1<<axisMost | 1<<axisBegin | 1<<axisArrive | 1<<axisStrong

// cancel takes back what two differences undo.
func (o *opposition) cancel(x, y *stance) {
	v := &o.vector
	against := (x.plus&y.minus | x.minus&y.plus) & relational
	turned := swapped(x, y)
	switch {
	case against != 0 && v[byScope] > 0, against&(1<<axisMore) != 0 && turned:
		v[byScope], v[byOtherAxis], v[byStated], v[byNegation] = 0, 0, 0, 0
		o.clear, o.axis, o.no = false, -1, 0
	case turned && (x.plus&y.plus|x.minus&y.minus)&(1<<axisMore) != 0:
		v[byOtherAxis] = 1
		o.clear, o.axis = true, int8(axisMore)
		o.no = 1
	}
}

// swapped says whether the first words that two sentences share come in the other
// order.
func swapped(x, y *stance) bool {
	first := func(s, o *stance) (uint64, bool) {
		for _, id := range s.order {
			if has(o.stems, id) {
				return id, true
			}
		}
		return 0, false
	}
	a, ok := first(x, y)
	b, also := first(y, x)
	return ok && also && a != b
}
