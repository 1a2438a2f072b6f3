package claims

import "strings"

// duration reads a unit of time behind a number.
func (s *Scanner) duration(c Claim, n, m number, to int) int {
	j := m.to
	if s.tokens[j].mark == '-' && s.tokens[j].gap == glued && j+1 < to && s.tokens[j+1].gap == glued {
		j++ // a 30-day trial
	}
	working := false
	if j+1 < to {
		switch s.tokens[j].word.fold {
		case "working", "business":
			working = true
			j++
		case "calendar", "consecutive", "full", "whole":
			j++
		}
	}
	u := s.timeUnit(j, n)
	if u == 0 {
		return 0
	}
	if n.one && (s.language == english && n.from+1 == n.to && s.tokens[n.from].word.fold != "one" || u == day) {
		return 0 // "un jour" tells of no duration
	}
	if s.timeOfDay(n, u, j) {
		return 0
	}
	base := timeBase[u]
	c.Type, c.Unit = Duration, base.unit
	c.Lo, c.Hi = c.Lo*base.mul/base.div, c.Hi*base.mul/base.div
	j++
	for j < to {
		switch w := s.tokens[j].word; {
		case w.flags&business != 0 && (u == day || u == hour || u == minute):
			working = true
			j++
			continue
		case w.fold == "calendaires" || w.fold == "calendaire" || w.fold == "francs" && u == day || w.fold == "consecutifs" || w.fold == "pleins":
			j++
			continue
		}
		break
	}
	if working {
		c.Unit = "business_" + c.Unit
	}
	if n.words && n.to == n.from+1 && c.Op == Equal && u == day && (n.value == 8*Scale || n.value == 15*Scale) {
		c.Op = About // huit jours is a week, quinze jours a fortnight
	}
	if rest, end := s.smaller(j, to, u, c.Unit); end > j && c.Op == Equal {
		c.Lo, c.Hi, j = c.Lo+rest, c.Hi+rest, end
	}
	if j+1 < to && c.Op == Equal && (s.tokens[j].word.fold == "et" && strings.HasPrefix(s.tokens[j+1].word.fold, "demi") || s.follow(j, to, []string{"and", "a", "half"}) > 0) {
		half := Scale * base.mul / base.div / 2
		c.Lo, c.Hi = c.Lo+half, c.Hi+half
		if j += 2; s.tokens[j-1].word.fold == "a" {
			j++
		}
	}
	j = s.every(&c, j, to)
	return s.add(c, n.from, j)
}

// timeUnit returns the unit of time at token j behind a number, or 0.
func (s *Scanner) timeUnit(j int, n number) timeUnit {
	t := &s.tokens[j]
	u := t.word.time
	switch {
	case t.kind != wordToken || t.gap > spaced:
		return 0
	case u == 0:
		return 0
	case len(t.word.fold) == 1 && (t.upper || t.word.fold == "s" && n.words):
		return 0
	case t.word.fold == "an" && s.language == english, t.word.fold == "min" && n.words:
		return 0
	case t.word.fold == "second" && (s.language == french || n.words && n.one):
		return 0
	case n.words && len(t.word.fold) == 1:
		return 0
	}
	return u
}

// smaller reads the rest of "1 h 30", "1 an et 6 mois", "2 hours 15 minutes" in the
// unit of the claim; the end is j when there is none.
func (s *Scanner) smaller(j, to int, of timeUnit, unit string) (rest int64, end int) {
	at := j
	if at+1 < to && (s.tokens[at].word.fold == "et" || s.tokens[at].word.fold == "and") {
		at++
	}
	if at >= to || s.tokens[at].gap > spaced {
		return 0, j
	}
	n, ok := s.number(at, to)
	if !ok || n.big || n.value%Scale != 0 {
		return 0, j
	}
	if n.to < to {
		if u := s.timeUnit(n.to, n); u != 0 && u < of && timeBase[u].unit == unit {
			return n.value * timeBase[u].mul / timeBase[u].div, n.to + 1
		}
	}
	if of == hour && at == j && !n.words && n.value < 60*Scale && s.tokens[at].end-s.tokens[at].start == 2 && (n.to == to || s.tokens[n.to].kind != wordToken || s.tokens[n.to].gap != glued) {
		if n.to < to && s.tokens[n.to].word.time == 0 && s.tokens[n.to].word.stem[other] != "" && s.tokens[at].gap != glued && !s.tokens[n.to].word.stop[s.language] {
			return 0, j
		}
		return n.value, n.to
	}
	return 0, j
}

// every reads the period behind a value: "par mois", "/an", "a month".
func (s *Scanner) every(c *Claim, j, to int) int {
	u, end := s.period(j, to)
	if u == 0 {
		return j
	}
	c.Unit += "/" + periods[u]
	return end
}

// period reads "par mois", "/ mois", "per month", "a month", "monthly", "chaque
// mois", "mensuels" from token j; 0 when there is none.
func (s *Scanner) period(j, to int) (timeUnit, int) {
	if j >= to {
		return 0, j
	}
	if j+1 < to && (s.tokens[j].word.fold == "et" || s.tokens[j].word.fold == "and") && (s.tokens[j+1].word.fold == "par" || s.tokens[j+1].word.fold == "per") {
		j++
	}
	t := &s.tokens[j]
	if u := adverb(t.word.fold); u != 0 {
		return u, j + 1
	}
	if j+1 >= to {
		return 0, j
	}
	next := &s.tokens[j+1]
	u := next.word.time
	switch t.word.fold {
	case "for", "pour":
		if w := next.word.fold; (w == "each" || w == "every" || w == "chaque") && j+2 < to && s.tokens[j+2].word.time != 0 {
			return s.tokens[j+2].word.time, j + 3
		}
	case "par", "per", "chaque", "each", "every":
		if u == 0 && next.word.fold == "annum" {
			u = year
		}
		if u != 0 && next.word.fold != "s" {
			return u, j + 2
		}
	case "a", "an":
		if u != 0 && s.language != french && len(next.word.fold) > 2 {
			return u, j + 2
		}
	case "la", "le", "l", "de":
		if j+2 < to && t.word.fold == "de" {
			next = &s.tokens[j+2]
			if u = next.word.time; u == hour && s.tokens[j+1].word.fold == "l" {
				return u, j + 3
			}
			return 0, j
		}
		if (u == minute || u == hour || u == month || u == year || u == week) && len(next.word.fold) > 1 && (t.word.fold != "l" || next.elided) {
			return u, j + 2
		}
	}
	if t.mark == '/' {
		switch {
		case u != 0 && next.word.fold != "s":
			return u, j + 2
		case next.word.fold == "mo" || next.word.fold == "m" && next.kind == wordToken:
			return month, j + 2
		}
	}
	return 0, j
}

// adverb returns the period that a word says by itself.
func adverb(fold string) timeUnit {
	switch fold {
	case "mensuel", "mensuels", "mensuelle", "mensuelles", "mensuellement", "monthly", "pm", "pcm":
		if fold == "pm" {
			return 0
		}
		return month
	case "annuel", "annuels", "annuelle", "annuelles", "annuellement", "yearly", "annually", "annual":
		return year
	case "hebdomadaire", "hebdomadaires", "weekly":
		return week
	case "quotidien", "quotidiens", "quotidienne", "quotidiennes", "journaliers", "daily":
		return day
	case "trimestriel", "trimestriels", "trimestrielle", "trimestrielles", "quarterly":
		return quarter
	case "horaire", "hourly":
		return hour
	}
	return 0
}
