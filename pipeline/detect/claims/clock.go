package claims

import "strings"

// A clockTime is a time of day.
type clockTime struct {
	minute int
	marked bool // says that it is one: 9h, 9:00, 9 am, noon
	half   bool // am or pm
	pm     bool
	hour24 bool // written with h or two digits
	point  bool // 9.30
}

func (c clockTime) ambiguous() bool { return c.point && !c.half }

// clock reads one time of day.
func (s *Scanner) clock(i, to int) (clockTime, int) {
	t := &s.tokens[i]
	switch t.word.fold {
	case "midi", "noon", "midday":
		return clockTime{minute: 12 * 60, marked: true, hour24: true}, i + 1
	case "minuit", "midnight":
		return clockTime{marked: true, hour24: true}, i + 1
	}
	if t.kind != numberToken || t.end-t.start > 2 {
		return clockTime{}, i
	}
	c := clockTime{minute: smallNumber(s.piece(i)) * 60}
	if c.minute > 24*60 {
		return clockTime{}, i
	}
	j := i + 1
	minutes := func(k int) bool {
		return k < to && s.tokens[k].kind == numberToken && s.tokens[k].end-s.tokens[k].start == 2 && s.tokens[k].gap <= spaced && smallNumber(s.piece(k)) < 60
	}
	switch {
	case j < to && s.tokens[j].word.time == hour && s.tokens[j].gap <= spaced:
		c.marked, c.hour24 = true, true
		if j++; minutes(j) && (s.tokens[j].gap == glued || j+1 >= to || s.tokens[j+1].word.time == 0 && s.tokens[j+1].mark != '%' && s.tokens[j+1].mark != '€') {
			c.minute += smallNumber(s.piece(j))
			if j++; j < to && (s.tokens[j].word.fold == "min" || s.tokens[j].word.fold == "mn") {
				j++
			}
		}
	case j+1 < to && s.tokens[j].gap == glued && s.tokens[j].mark == ':' && minutes(j+1) && s.tokens[j+1].gap == glued:
		c.minute += smallNumber(s.piece(j + 1))
		c.marked = true
		if j += 2; j < to && s.tokens[j].mark == ':' && s.tokens[j].gap == glued && minutes(j+1) {
			j += 2
		}
	case j+1 < to && s.tokens[j].gap == glued && s.tokens[j].mark == '.' && minutes(j+1) && s.tokens[j+1].gap == glued:
		c.minute += smallNumber(s.piece(j + 1))
		c.marked, c.point = true, true
		j += 2
	}
	return s.meridiem(c, j, to)
}

// meridiem reads "am", "p.m." behind a time.
func (s *Scanner) meridiem(c clockTime, j, to int) (clockTime, int) {
	if j >= to || s.tokens[j].gap > spaced {
		return c, j
	}
	f := s.tokens[j].word.fold
	end := j + 1
	if (f == "a" || f == "p") && j+2 < to && s.tokens[j+1].mark == '.' && s.tokens[j+2].word.fold == "m" {
		f += "m"
		if end = j + 3; end < to && s.tokens[end].mark == '.' && s.tokens[end].gap == glued {
			end++
		}
	}
	switch {
	case f != "am" && f != "pm" || c.minute > 12*60+59 || c.minute < 60 && c.hour24:
		return c, j
	case f == "pm" && c.minute < 12*60:
		c.minute += 12 * 60
	case f == "am" && c.minute >= 12*60:
		c.minute -= 12 * 60
	}
	c.half, c.pm, c.marked, c.point = true, f == "pm", true, false
	return c, end
}

// timeOfDay reports whether a number with hours is a time of day rather than a
// duration: behind "à", "avant", "from" without a word that tells of lasting.
func (s *Scanner) timeOfDay(n number, u timeUnit, j int) bool {
	if u != hour || n.value > 24*Scale || n.words || n.decimals > 0 {
		return false
	}
	if !strings.HasPrefix(s.tokens[j].word.fold, "h") || s.tokens[j].word.fold == "hours" || s.tokens[j].word.fold == "hour" || s.tokens[j].word.fold == "hrs" {
		return false
	}
	for k := len(s.cues) - 1; k >= 0; k-- {
		c := s.cues[k]
		if c.to == n.from && c.sense&lasting != 0 && s.tokens[c.from].word.fold != "jusqu" {
			return false
		}
		if c.to == n.from && c.sense&clock != 0 && s.tokens[c.from].word.fold != "de" {
			return true
		}
	}
	return false
}

// clockValue reads a time of day by itself: "avant 14 h", "at 9:30 am", "18h30".
func (s *Scanner) clockValue(i, from, to int) int {
	if i == from || s.tokens[i].kind != numberToken || !s.free(i, from) {
		return i
	}
	c, next := s.clock(i, to)
	if next == i || !c.marked || c.point || c.minute >= dayMinutes || s.relative(next, to) {
		return i
	}
	spelt := len(s.tokens[next-1].word.fold) > 2 && s.tokens[next-1].word.time == hour
	before := s.tokens[i-1].word.fold
	op := Equal
	switch before {
	case "a", "at", "vers", "around":
		if before == "a" && s.language == english {
			return i
		}
	case "avant", "before", "by", "until", "till":
		op = AtMost
	case "apres", "after", "des", "from":
		op = AtLeast
	case "jusqu":
		op = AtMost
	default:
		return i
	}
	if c, ok := s.said(opMax|opMin, max(from, i-4), i); ok && c.to == i {
		if spelt && s.tokens[c.from].word.fold == "jusqu" {
			return i
		}
		if op = AtMost; c.sense&opMin != 0 {
			op = AtLeast
		}
		if s.tokens[c.from].word.fold == "moins" || s.tokens[c.from].word.fold == "plus" || s.tokens[c.from].word.fold == "au" && before != "a" {
			return i
		}
	}
	if !c.half && c.hour24 && s.tokens[next-1].word.time == hour && (before == "around" || before == "from") {
		return i
	}
	claim := Claim{Type: Clock, Unit: "minute_of_day", Op: op, Lo: int64(c.minute), Hi: int64(c.minute)}
	if op == AtMost {
		claim.Lo = 0
	}
	if op == AtLeast {
		claim.Hi = 0
	}
	return s.add(claim, i, next)
}

// relative reports whether what stands behind a time makes it a distance: "24 heures
// avant", "2 hours before".
func (s *Scanner) relative(i, to int) bool {
	if i >= to {
		return false
	}
	switch s.tokens[i].word.fold {
	case "avant", "apres", "before", "after", "plus", "later", "earlier", "ago", "ouvrees", "ouvres", "par", "per":
		return true
	}
	return false
}
