package duplicate

import (
	"strings"
)

// A judge looks at the places at which two texts that are alike differ.
type judge struct {
	rules Rules
	a, b  *Reading
	// names are the words that stand with a capital within a sentence of either text: where
	// they begin one they are names as well.
	names map[uint64]bool
	// onlyA and onlyB are what only one of the titles has.
	onlyA, onlyB []token
}

func newJudge(a, b *Reading, rules Rules) *judge {
	j := &judge{rules: rules, a: a, b: b, names: map[uint64]bool{}}
	for _, list := range [][]token{a.whole, b.whole} {
		for _, t := range list {
			if t.class&capital != 0 {
				j.names[t.hash] = true
			}
		}
	}
	x, y := a.whole[:min(a.title, mostWords)], b.whole[:min(b.title, mostWords)]
	j.onlyA, j.onlyB = exclusive(x, y), exclusive(y, x)
	return j
}

// edits returns why the differences keep the texts from being duplicates, "" when they
// do not.
func (j *judge) edits(list []Edit) Reason {
	var found Reason
	for i := range list {
		e := &list[i]
		switch j.edit(e) {
		case Sibling:
			return Sibling // a sibling's values may well differ
		case Values:
			found = Values
		}
	}
	if j.subjects(list) {
		return Sibling
	}
	return found
}

// edit judges one place.
func (j *judge) edit(e *Edit) Reason {
	x, y := exclusive(e.a, e.b), exclusive(e.b, e.a)
	if e.amid && polarity(e.a) != polarity(e.b) && len(e.a)+len(e.b) <= mostPolar {
		return Values
	}
	if len(x) == 0 || len(y) == 0 {
		return ""
	}
	// Titles that are put quite otherwise name no two things of one kind.
	slot := !j.inTitle(e) || len(x) <= widestSlot && len(y) <= widestSlot
	if slot && anyName(x, j.names) && anyName(y, j.names) {
		return Sibling
	}
	if j.contrast(x, y) {
		return Sibling
	}
	if anyNumber(x) && anyNumber(y) && !j.printed(e) {
		return Values
	}
	if len(x)*len(y) > mostPairs {
		return ""
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

// mostPairs bounds the pairs of words of an edit that are looked at one by one.
const mostPairs = 100

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
	if j.rules.Contrast == nil || len(x)*len(y) > mostPairs {
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

// subjects reports whether the texts differ in what their titles differ in: what only
// the title of each says stands in its text as well, where the other says something
// else. It is what one template says of two things.
func (j *judge) subjects(list []Edit) bool {
	if len(j.onlyA) == 0 || len(j.onlyB) == 0 {
		return false
	}
	for i := range list {
		e := &list[i]
		if !j.inTitle(e) && telling(j.onlyA, e.a) && telling(j.onlyB, e.b) {
			return true
		}
	}
	return false
}

// telling reports whether two lists have a word in common that is no mere particle.
func telling(x, y []token) bool {
	for _, s := range x {
		for _, t := range y {
			if s.hash == t.hash && s.to-s.from >= 4 {
				return true
			}
		}
	}
	return false
}

// printed reports whether the words before an edit say that what follows is the date of
// the text itself, or the number of a page.
func (j *judge) printed(e *Edit) bool {
	return j.a.cued(e.at.a, len(e.a)) || j.b.cued(e.at.b, len(e.b))
}

func (r *Reading) cued(at, n int) bool {
	for i := max(0, at-cueWords); i < at+n; i++ {
		if statesTime(r.word(r.whole[i])) {
			return true
		}
	}
	return false
}

// inTitle reports whether a place begins in the title of either text.
func (j *judge) inTitle(e *Edit) bool { return e.at.a < j.a.title || e.at.b < j.b.title }

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
