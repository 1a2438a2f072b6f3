package claims

// days reads "du lundi au vendredi", "Mon-Fri", "lundi, mardi et jeudi", "tous les
// jours", "weekdays", "7j/7".
func (s *Scanner) days(i, to int) (uint8, int) {
	j := i
	for j < to && j < i+3 {
		switch s.tokens[j].word.fold {
		case "du", "le", "les", "from", "on", "the", "each", "every", "chaque", "tous", "de", "both", "uniquement", "only", "open", "ouvert", "ouverte", "ouverts", "a":
			j++
			continue
		}
		break
	}
	if j >= to {
		return 0, i
	}
	if days, next := s.namedDays(j, to); next > j {
		return s.exceptDays(days, next, to)
	}
	first, next := s.weekday(j, to)
	if next == j {
		return 0, i
	}
	days := first
	for next < to {
		at := next
		t := &s.tokens[at]
		through := t.mark == '-' || t.mark == '–' || t.mark == '—' || t.word.fold == "au" || t.word.fold == "to" || t.word.fold == "through" || t.word.fold == "thru" || t.word.fold == "a" || t.word.fold == "until"
		listed := t.mark == ',' || t.mark == '/' || t.mark == '&' || t.word.fold == "et" || t.word.fold == "and" || t.word.fold == "ou" || t.word.fold == "or"
		if !through && !listed {
			break
		}
		at++
		if at < to && (s.tokens[at].word.fold == "et" || s.tokens[at].word.fold == "and") {
			at++
		}
		for at < to && (s.tokens[at].word.fold == "le" || s.tokens[at].word.fold == "les" || s.tokens[at].word.fold == "on") {
			at++
		}
		if at >= to {
			break
		}
		d, after := s.weekday(at, to)
		if after == at {
			break
		}
		if through {
			days |= spanOfDays(first, d)
		} else {
			// "le lundi et du mardi au jeudi" begins another part; a comma may too.
			if after < to && listed && (s.tokens[after].word.fold == "au" || s.tokens[after].word.fold == "to") && t.kind == wordToken {
				break
			}
			days |= d
		}
		first, next = d, after
	}
	for next < to && (s.tokens[next].word.fold == "inclus" || s.tokens[next].word.fold == "inclusive" || s.tokens[next].word.fold == "matin" || s.tokens[next].word.fold == "mornings") {
		next++
	}
	return s.exceptDays(days, next, to)
}

// exceptDays takes away the days behind "sauf" or "except".
func (s *Scanner) exceptDays(days uint8, i, to int) (uint8, int) {
	j := s.behind(i, to, ",", "(")
	if j+1 >= to {
		return days, i
	}
	switch s.tokens[j].word.fold {
	case "sauf", "except", "hors", "excluding", "excepte":
	default:
		return days, i
	}
	for j++; j < to; {
		switch s.tokens[j].word.fold {
		case "le", "les", "on", "et", "and":
			j++
			continue
		}
		d, next := s.weekday(j, to)
		if next == j {
			break
		}
		days, i, j = days&^d, next, next
	}
	return days, i
}

// namedDays reads names of several days at once.
func (s *Scanner) namedDays(j, to int) (uint8, int) {
	if next := s.outOf(j, to, 7, "j"); next > j {
		return everyDay, next
	}
	t := &s.tokens[j]
	next := func(k int) string {
		if k < to {
			return s.tokens[k].word.fold
		}
		return ""
	}
	switch f := t.word.fold; {
	case f == "daily":
		return everyDay, j + 1
	case f == "jours" && j > 0 && s.tokens[j-1].word.fold == "les" && next(j+1) != "ouvres" && next(j+1) != "ouvrables" && next(j+1) != "feries" && j > 1 && s.tokens[j-2].word.fold == "tous":
		return everyDay, j + 1
	case f == "day" && j > 0 && s.tokens[j-1].word.fold == "every", f == "days" && j > 0 && s.tokens[j-1].word.fold == "all":
		return everyDay, j + 1
	case f == "jours" && (next(j+1) == "ouvres" || next(j+1) == "ouvrables") || (f == "working" || f == "business") && (next(j+1) == "days"):
		return workdays, j + 2
	case f == "weekdays", f == "weekday":
		return workdays, j + 1
	case f == "semaine" && j > 0 && s.tokens[j-1].word.fold == "en":
		return workdays, j + 1
	case f == "weekend", f == "weekends":
		return weekend, j + 1
	case f == "week":
		if next(j+1) == "end" || next(j+1) == "ends" {
			return weekend, j + 2
		}
		if j+2 < to && s.tokens[j+1].mark == '-' && (next(j+2) == "end" || next(j+2) == "ends") {
			return weekend, j + 3
		}
	case f == "en" && next(j+1) == "semaine":
		return workdays, j + 2
	}
	return 0, j
}

// weekday reads one day of the week.
func (s *Scanner) weekday(j, to int) (uint8, int) {
	t := &s.tokens[j]
	d := t.word.weekday
	if t.kind != wordToken || d < 1 || d > 7 || len(t.word.fold) == 3 && !t.upper && !s.dayShort(j, to) {
		return 0, j
	}
	if j+1 < to && s.tokens[j+1].mark == '.' && s.tokens[j+1].gap == glued && len(t.word.fold) <= 4 {
		return 1 << (d - 1), j + 2
	}
	return 1 << (d - 1), j + 1
}

// dayShort reports whether a three letter word in small letters is a day: another one
// or a time stands beside it.
func (s *Scanner) dayShort(j, to int) bool {
	for _, k := range [...]int{j - 2, j - 1, j + 1, j + 2} {
		if k >= 0 && k < to && k < len(s.tokens) && k != j && (s.tokens[k].word.weekday > 0 || s.tokens[k].kind == numberToken) {
			return true
		}
	}
	return false
}

func spanOfDays(first, last uint8) uint8 {
	var days uint8
	for d := first; ; {
		days |= d
		if d == last {
			return days
		}
		if d <<= 1; d > 1<<6 {
			d = 1
		}
	}
}

// daysOfCells takes the days of opening hours from the header cells of their row or
// column.
func (s *Scanner) daysOfCells(f *found) {
	for _, c := range [...]cell{s.label.row, s.label.column} {
		if c.from >= c.to || c == s.label.row && !s.label.rowed {
			continue
		}
		days, next := s.days(c.from, c.to)
		if next == c.from {
			continue
		}
		sc := schedule{}
		sc.set(days, f.Week)
		f.Week, f.Days = sc.week, sc.days
		return
	}
}
