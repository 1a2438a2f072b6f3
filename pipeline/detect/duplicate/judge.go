package duplicate

import (
	"strings"
)

// A judge looks at the places at which two texts that are alike differ.
type judge struct {
	rules Rules
	a, b  *Reading
}

// edits returns why the differences keep the texts from being duplicates, "" when they
// do not.
func (j *judge) edits(list []Edit) Reason {
	names := j.names()
	var found Reason
	for i := range list {
		e := &list[i]
		switch j.edit(e, names) {
		case Sibling:
			return Sibling // a sibling's values may well differ
		case Values:
			found = Values
		}
	}
	if found == "" && j.contrastInTitles(list) {
		return Sibling
	}
	return found
}

// edit judges one place.
func (j *judge) edit(e *Edit, names map[uint64]bool) Reason {
	x, y := exclusive(e.a, e.b), exclusive(e.b, e.a)
	if e.amid && polarity(e.a) != polarity(e.b) && len(e.a)+len(e.b) <= mostPolar {
		return Values
	}
	if len(x) == 0 || len(y) == 0 {
		return ""
	}
	if anyName(x, names) && anyName(y, names) {
		return Sibling
	}
	if j.contrast(x, y) {
		return Sibling
	}
	if anyNumber(x) && anyNumber(y) && !j.printed(e) {
		return Values
	}
	for _, s := range x {
		for _, t := range y {
			if negates(j.a.word(s), j.b.word(t)) {
				return Values
			}
		}
	}
	return ""
}

// mostPolar is how many words an edit may have for a "not" in it to turn what both
// texts say; in a longer one it is part of what one of them says besides.
const mostPolar = 12

// names are the words that stand with a capital within a sentence of either text: where
// they begin one they are names as well.
func (j *judge) names() map[uint64]bool {
	out := map[uint64]bool{}
	for _, list := range [][]token{j.a.whole, j.b.whole} {
		for _, t := range list {
			if t.class&capital != 0 {
				out[t.hash] = true
			}
		}
	}
	return out
}

func (r *Reading) word(t token) string { return strings.ToLower(r.text[t.from:t.to]) }

// exclusive are the tokens of x that y has not.
func exclusive(x, y []token) []token {
	var out []token
	for _, t := range x {
		found := false
		for _, u := range y {
			found = found || u.hash == t.hash
		}
		if !found {
			out = append(out, t)
		}
	}
	return out
}

func anyName(list []token, names map[uint64]bool) bool {
	for _, t := range list {
		if t.class&capital != 0 || t.class&initial != 0 && names[t.hash] {
			return true
		}
	}
	return false
}

func anyNumber(list []token) bool {
	for _, t := range list {
		if t.class&number != 0 {
			return true
		}
	}
	return false
}

// polarity reports whether words deny something.
func polarity(list []token) bool {
	for _, t := range list {
		if t.class&polar != 0 {
			return true
		}
	}
	return false
}

// contrast asks the rules for words that stand in each other's place.
func (j *judge) contrast(x, y []token) bool {
	if j.rules.Contrast == nil || len(x)*len(y) > 100 {
		return false
	}
	for _, s := range x {
		for _, t := range y {
			if j.rules.Contrast(j.a.word(s), j.b.word(t)) {
				return true
			}
		}
	}
	return false
}

// contrastInTitles reports whether one word stands for another in the titles or headings
// and again in the texts: what one template says of two things.
func (j *judge) contrastInTitles(list []Edit) bool {
	type pair struct{ x, y uint64 }
	inHead, inBody := map[pair]bool{}, map[pair]bool{}
	for i := range list {
		e := &list[i]
		x, y := exclusive(e.a, e.b), exclusive(e.b, e.a)
		if len(x) != 1 || len(y) != 1 {
			continue
		}
		p := pair{x[0].hash, y[0].hash}
		if x[0].class&head != 0 && y[0].class&head != 0 {
			inHead[p] = true
		} else {
			inBody[p] = true
		}
	}
	for p := range inHead {
		if inBody[p] {
			return true
		}
	}
	return false
}

// printed reports whether the words before an edit say that what follows is the date of
// the text itself, or the number of a page.
func (j *judge) printed(e *Edit) bool {
	for i := max(0, e.at-cueWords); i < e.at+len(e.a) && i < len(j.a.whole); i++ {
		if statesTime(j.a.word(j.a.whole[i])) {
			return true
		}
	}
	return false
}

// cueWords is how far before a date a word that says what it is of may stand.
const cueWords = 6

// negates reports whether one word is the other with a prefix that denies it.
func negates(s, t string) bool {
	if len(s) > len(t) {
		s, t = t, s
	}
	if len(s) < 4 || !strings.HasSuffix(t, s) {
		return false
	}
	switch t[:len(t)-len(s)] {
	case "in", "im", "ir", "il", "un", "non", "non-", "dé", "dis", "mal":
		return true
	}
	return false
}
