package dates

import (
	"strings"
)

// The windows of DOUBTS.md 1.7, in words.
const (
	windowLeft  = 6
	windowRight = 3
	// A label is longer: "Date limite pour s'inscrire au concours de pétanque : 26 août".
	windowLabel = 15
	// A participle makes history of "avant" that far to its left.
	windowParticiple = 10
	// The day of a law stands that far behind its kind: "Regulation (EU) 2016/679 of the
	// European Parliament and of the Council of 27 April 2016".
	windowLegal = 16
)

// cueOf decides what the i-th date of a sentence is there for.
func (c *clauses) cueOf(i int) Cue {
	f := &c.found[i]
	k := c.around(i)
	if c.isReference(f, &k) {
		return History
	}
	if !f.HasYear && c.returns() {
		return Recurring
	}
	cue, n := beside.at(k.left)
	if n > 0 && c.negated(&k, n) || cue == History && n == 1 && c.idle(k.places[len(k.places)-1]) {
		cue, n = None, 0
	}
	if cue == AsOf && n == 1 && k.left[len(k.left)-1] == "au" {
		cue = c.toDay(&k)
	}
	if n > 0 && f.Precision == Year {
		cue = c.ofYear(cue, &k)
	}
	if f.Range && (cue == None || cue == Start || cue == AsOf) {
		return c.ofRange(f, &k)
	}
	if cue == Start && c.noLonger(&k, n) {
		cue = End
	}
	switch cue {
	case History:
		if c.willBe(f) && c.places(&k, n) { // "sera mis en ligne le"
			return Upcoming
		}
	case End:
		return c.ofEnd(f, &k, n)
	case Upcoming:
		if c.isPast(f) && !c.willBe(f) {
			return History
		}
		return cue
	case None:
		return c.ofNeighbours(f, &k)
	}
	return cue
}

// surroundings are the words around a date, as far as they may speak of it.
type surroundings struct {
	left, right []string // without articles, days of the week and modifiers
	first       int      // of left, among the words
	places      []int    // of left's words
}

func (c *clauses) around(i int) surroundings {
	f := &c.found[i]
	floor, ceiling := 0, len(c.words)
	if i > 0 {
		floor = c.found[i-1].to
	}
	if i+1 < len(c.found) {
		ceiling = c.found[i+1].from
	}
	k := surroundings{first: floor}
	to := f.from
	for to > floor && f.Precision > Day && (modifiers[c.words[to-1].s] || to-1 > floor && (c.words[to-1].s == "of" || c.words[to-1].s == "de") && modifiers[c.words[to-2].s]) {
		to--
	}
	to = c.beforeHour(floor, to)
	for j := floor; j < to; j++ {
		w := &c.words[j]
		if articles[w.s] || weekdays[w.s] || w.s == "du" && f.Range && j >= to-2 || (w.s == "from" || w.s == "between" || w.s == "entre") && f.Range && j >= to-2 {
			continue
		}
		k.left = append(k.left, w.s)
		k.places = append(k.places, j)
	}
	for j := f.to; j < ceiling && len(k.right) < 12; j++ {
		if !articles[c.words[j].s] {
			k.right = append(k.right, c.words[j].s)
		}
	}
	return k
}

// beforeHour leaves out a time of day at the end of the words before a date.
func (c *clauses) beforeHour(floor, to int) int {
	at := to
	for at > floor && (articles[c.words[at-1].s] || weekdays[c.words[at-1].s]) {
		at--
	}
	hour := at
	for at > floor && to-at < 6 {
		w := &c.words[at-1]
		if hours[w.s] || w.number >= 0 && w.number < 60 && at < hour || strings.HasSuffix(w.s, "pm") || strings.HasSuffix(w.s, "am") && len(w.s) <= 4 || isClock(w.s) {
			at--
			continue
		}
		break
	}
	if at == hour {
		return to
	}
	return at
}

// isClock recognises 18h and 18h30.
func isClock(s string) bool {
	hour, minute, ok := strings.Cut(s, "h")
	return ok && hour != "" && len(hour) <= 2 && len(minute) <= 2 && strings.Trim(hour+minute, "0123456789") == ""
}

// near returns the last words of the left side as far as a window and a comma reach.
func (c *clauses) nearLeft(f *found, k *surroundings) []string {
	from, window := len(k.left), windowLeft
	if f.from > 0 && strings.HasSuffix(strings.TrimRight(c.text[:c.words[f.from].start], " \u00a0\u202f"), ":") {
		window = windowLabel
	}
	for from > 0 && len(k.left)-from < window {
		j := k.places[from-1]
		next := f.from
		if from < len(k.left) {
			next = k.places[from]
		}
		if gap := c.text[c.words[j].end:c.words[next].start]; from < len(k.left) && strings.ContainsAny(gap, ",|") {
			break
		}
		from--
	}
	return k.left[from:]
}

// ofEnd decides on an end: one that a participle or the past makes history of is none.
func (c *clauses) ofEnd(f *found, k *surroundings, n int) Cue {
	word := k.left[len(k.left)-n]
	switch word {
	case "avant", "before", "prior":
		if c.afterParticiple(f, k, n) && !(c.has(favours) && !c.has(keeps)) {
			return History
		}
	default: // "cards issued until 31 December remain valid"
		if at := len(k.left) - n - 1; at >= 0 && c.participle(k.places[at]) && !occasions[k.left[at]] && !extended[k.left[at]] && c.keptAfter(f) {
			return History
		}
	}
	if c.isPast(f) {
		return History
	}
	return End
}

// ofYear takes a year for an end only behind words that cannot mean anything else.
func (c *clauses) ofYear(cue Cue, k *surroundings) Cue {
	switch last := k.left[len(k.left)-1]; {
	case cue == AsOf:
		return None
	case last == "avant" || last == "before" || last == "fin" || last == "due" || last == "end":
		if cue == End && c.modified(k) {
			return End
		}
		return History
	}
	return cue
}

// keptAfter reports whether the words behind a date say that something goes on.
func (c *clauses) keptAfter(f *found) bool {
	for i := f.to; i < len(c.words); i++ {
		if keeps[c.words[i].s] {
			return true
		}
	}
	return false
}

// modified reports whether "fin" or "end of" stands before the year.
func (c *clauses) modified(k *surroundings) bool {
	j := k.places[len(k.places)-1] + 1
	return j < len(c.words) && modifiers[c.words[j].s]
}

// toDay reads "au 31 mars 2025": the state of that day, or the day that something is
// put off to.
func (c *clauses) toDay(k *surroundings) Cue {
	for _, w := range k.left {
		if extended[w] {
			return End
		}
	}
	if cue := near.last(k.left[max(0, len(k.left)-1-windowLeft) : len(k.left)-1]); cue != None {
		return cue
	}
	for _, w := range c.words {
		if isFuture(w.s) {
			return Upcoming
		}
	}
	return AsOf
}

// ofRange decides what a range without a cue is: the time of something that has one.
func (c *clauses) ofRange(f *found, k *surroundings) Cue {
	if f.Precision == Year || !f.HasYear {
		return None
	}
	if n := len(k.left); n > 0 && c.participle(k.places[n-1]) && !c.dutyBefore(k.places[n-1]) {
		if !(c.has(favours) && !c.has(keeps)) && !extended[k.left[n-1]] && !occasions[k.left[n-1]] {
			return History
		}
	}
	if c.isPast(f) {
		return History
	}
	if near.last(c.nearLeft(f, k)) != None || c.willBe(f) {
		return End
	}
	if c.has(reports) || wholeYears(f) || f.Precision != Day {
		return None
	}
	return End
}

// wholeYears reports whether a range is years from 1 January to 31 December: figures
// are given of those, and offers rarely.
func wholeYears(f *found) bool {
	first, last := f.First.Time(), f.Last.Time()
	return first.YearDay() == 1 && last.Month() == 12 && last.Day() == 31
}

// ofNeighbours looks for a cue that does not stand beside the date.
func (c *clauses) ofNeighbours(f *found, k *surroundings) Cue {
	cue := behind.opening(k.right)
	if cue == None {
		cue = near.last(c.nearLeft(f, k))
	}
	if cue == None && len(k.right) > 0 {
		cue = near.last(k.right[:min(windowRight, len(k.right))])
		if cue == End && !c.has(occasions) {
			cue = None // "le 31 mars 2025, le contrat expire" is a rule as often as an end
		}
	}
	if cue == None && c.willBe(f) && (f.Precision < Year || c.introduced(f)) {
		cue = Upcoming
	}
	if cue == None || f.Precision == Year && !c.introduced(f) {
		return None
	}
	if c.isPast(f) && !c.willBe(f) {
		return History
	}
	return cue
}

// introduced reports whether a year stands behind a word that makes it a time.
func (c *clauses) introduced(f *found) bool {
	if f.from == 0 {
		return false
	}
	switch c.words[f.from-1].s {
	case "en", "in", "by", "for", "pour", "courant", "annee", "fin", "debut", "mi", "early", "late", "mid", "of", "l", "until":
		return true
	}
	return false
}

// negated reports whether "not" stands before the cue of an end: not before a day is
// no end.
func (c *clauses) negated(k *surroundings, n int) bool {
	switch k.left[len(k.left)-n] {
	case "avant", "before", "until", "till":
	default:
		return false
	}
	for _, w := range k.left[max(0, len(k.left)-n-3) : len(k.left)-n] {
		if w == "pas" || w == "not" || w == "jamais" || w == "never" {
			return true
		}
	}
	return false
}

// noLonger reports whether "after" a day something is no longer so.
func (c *clauses) noLonger(k *surroundings, n int) bool {
	at := len(k.left) - n
	if w := k.left[at]; w != "apres" && w != "after" {
		return false
	}
	for _, w := range k.left[max(0, at-windowLeft):at] {
		if w == "plus" || w == "pas" || w == "aucun" || w == "aucune" || w == "no" || w == "not" || w == "cannot" {
			return true
		}
	}
	return false
}

// places reports whether the cue of n words is a participle, which tells of the future
// behind "sera".
func (c *clauses) places(k *surroundings, n int) bool {
	j := k.places[len(k.places)-n]
	return c.participle(j) || c.words[j].s == "mis" || c.words[j].s == "mise"
}

func (c *clauses) returns() bool {
	all := make([]string, len(c.words))
	for i := range c.words {
		all[i] = c.words[i].s
	}
	text := " " + strings.Join(all, " ") + " "
	for _, p := range returning {
		if strings.Contains(text, " "+p+" ") {
			return true
		}
	}
	for i := range c.words[:max(0, len(c.words)-1)] {
		if s := c.words[i].s; s == "every" || s == "each" || s == "chaque" {
			if _, ok := c.month(i + 1); ok {
				return true
			}
		}
	}
	return false
}

// has reports whether a word of the set stands in the sentence.
func (c *clauses) has(words map[string]bool) bool {
	for i := range c.words {
		if words[c.words[i].s] {
			return true
		}
	}
	return false
}

// isReference reports whether the date names a law, an author's day or a copyright.
func (c *clauses) isReference(f *found, k *surroundings) bool {
	before := c.text[c.from:c.words[f.from].start]
	if strings.Contains(before, "©") || strings.HasSuffix(strings.TrimRight(strings.ToLower(before), " \u00a0"), "(c)") {
		return true
	}
	n := len(k.left)
	if n == 0 {
		return false
	}
	last := k.left[n-1]
	if f.Precision == Year {
		return last == "copyright" || legal[last] || n > 1 && (last == "de" || last == "of") && legal[k.left[n-2]]
	}
	if f.from == 0 || last != "du" && last != "of" && last != "de" && last != "dated" && !legal[last] {
		return false
	}
	for _, w := range k.left[max(0, n-windowLegal):] {
		if legal[w] {
			return true
		}
	}
	return false
}
