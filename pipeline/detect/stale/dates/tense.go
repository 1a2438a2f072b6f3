package dates

import "strings"

// isFuture reports whether a folded word is a verb in the future.
func isFuture(s string) bool {
	if future[s] {
		return true
	}
	if len(s) < 5 || notFuture[s] {
		return false
	}
	for _, tail := range [...]string{"era", "ira", "dra", "tra", "vra", "rra", "ura", "ront"} {
		if strings.HasSuffix(s, tail) {
			return true
		}
	}
	return false
}

// clause returns the words of the part of the sentence, between commas, that a date
// stands in. An introductory "le 3 mars," takes the part behind it along.
func (c *clauses) clause(f *found) (from, to int) {
	from, to = f.from, f.to
	for from > 0 && !strings.ContainsAny(c.between(from-1, from), ",|()") {
		from--
	}
	for to < len(c.words) && !strings.ContainsAny(c.between(to-1, to), ",|()") {
		to++
	}
	if rest := (f.from - from) + (to - f.to); rest <= 4 && to < len(c.words) && from == 0 {
		to++
		for to < len(c.words) && !strings.ContainsAny(c.between(to-1, to), ",|()") {
			to++
		}
	}
	return from, to
}

// willBe reports whether the clause of a date speaks of the future.
func (c *clauses) willBe(f *found) bool {
	from, to := c.clause(f)
	for i := from; i < to; i++ {
		s := c.words[i].s
		if isFuture(s) || s == "going" && i+1 < to && c.words[i+1].s == "to" {
			return true
		}
	}
	return false
}

// isPast reports whether the clause of a date tells of the past. What was extended
// until a day still ends on it.
func (c *clauses) isPast(f *found) bool {
	from, to := c.clause(f)
	for i := from; i < to; i++ {
		w := &c.words[i]
		if i >= f.from && i < f.to {
			continue
		}
		switch {
		case extended[w.s]:
			return false
		case pastWords[w.s] && !c.conditional(i) && !c.dutyBefore(i) && !c.shut(i):
			return true
		case (w.s == "est" || w.s == "sont") && c.come(i, to):
			return !c.extends(i, to)
		case len(w.s) > 4 && (strings.HasSuffix(w.s, "ait") || strings.HasSuffix(w.s, "aient")) && !notImperfect[w.s]:
			return !c.extends(i, to)
		case w.s == "a" || w.s == "ont" || w.s == "avons":
			if c.perfect(i, to) {
				return !c.extends(i, to)
			}
		}
	}
	return false
}

// perfect reports whether the verb at i makes a perfect of the words behind it.
func (c *clauses) perfect(i, to int) bool {
	for j := i + 1; j < min(i+4, to); j++ {
		w := &c.words[j]
		if strings.ContainsAny(c.between(j-1, j), ",;:()") {
			return false
		}
		if w.past || w.s == "ete" || w.s == "pris" || w.s == "eu" || w.s == "mis" || participles[w.s] && !isEnglish(w.s) {
			return true
		}
	}
	return false
}

func isEnglish(s string) bool {
	return strings.HasSuffix(s, "ed") || s == "made" || s == "sent" || s == "paid" || s == "taken" || s == "sold" || s == "built" || s == "bought" || s == "born"
}

// extends reports whether what the verb at i does is to move an end.
func (c *clauses) extends(i, to int) bool {
	for j := i + 1; j < min(i+5, to); j++ {
		if extended[c.words[j].s] {
			return true
		}
	}
	return false
}

// conditional reports whether the verb at i stands behind "if": it tells no past.
func (c *clauses) conditional(i int) bool {
	for j := max(0, i-4); j < i; j++ {
		if s := c.words[j].s; s == "if" || s == "si" {
			return true
		}
	}
	return false
}

// afterParticiple reports whether "avant" or "before" limits what has been done, as in
// "contracts signed before": then it is no end.
func (c *clauses) afterParticiple(f *found, k *surroundings, n int) bool {
	end := len(k.left) - n
	for i := end - 1; i >= 0 && end-i <= windowParticiple; i-- {
		j := k.places[i]
		next := f.from
		if i+1 < len(k.places) {
			next = k.places[i+1]
		}
		if strings.ContainsAny(c.text[c.words[j].end:c.words[next].start], ",;:|") {
			return false
		}
		if c.participle(j) {
			return !c.dutyBefore(j)
		}
	}
	return false
}

// participle reports whether the word at j is one. "mise" is a noun as well.
func (c *clauses) participle(j int) bool {
	w := &c.words[j]
	if w.s == "mise" || w.s == "mises" {
		return j+1 < len(c.words) && c.words[j+1].s == "en"
	}
	return w.past || participles[w.s] || len(w.s) >= 5 && strings.HasSuffix(w.s, "ed") && !adjectives[w.s]
}

// dutyBefore reports whether the participle at j is what has to be done: "must be
// received", "doit être envoyée".
func (c *clauses) dutyBefore(j int) bool {
	for i := j - 1; i >= max(0, j-3); i-- {
		s := c.words[i].s
		if s == "ete" || s == "been" {
			return false
		}
		if being[s] {
			return true
		}
	}
	return false
}

// idle reports whether the word at j describes a state, "are closed", rather than
// something that happened, "closed".
func (c *clauses) idle(j int) bool { return isEnglish(c.words[j].s) && c.dutyBefore(j) }

// shut reports whether "closed" at i is what something is until a day.
func (c *clauses) shut(i int) bool {
	if c.words[i].s != "closed" || i+1 >= len(c.words) {
		return false
	}
	switch c.words[i+1].s {
	case "until", "till", "from", "between", "for":
		return true
	}
	return false
}

// come reports whether "est" or "sont" at i makes a perfect: "s'est tenue", "est paru".
func (c *clauses) come(i, to int) bool {
	reflexive := i > 0 && (c.words[i-1].s == "s" || c.words[i-1].s == "se")
	for j := i + 1; j < min(i+3, to); j++ {
		w := &c.words[j]
		if reflexive && (w.past || participles[w.s]) || (w.past || !strings.HasSuffix(w.s, "e")) && moved[w.s] {
			return true
		}
	}
	return false
}
