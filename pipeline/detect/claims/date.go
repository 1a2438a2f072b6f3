package claims

// date reads a date that begins with token i: a day, a month, a quarter, a year, or a
// range of them.
func (s *Scanner) date(i, from, to int) int {
	t := &s.tokens[i]
	if t.kind == numberToken && (t.end-t.start > 4 || !s.free(i, from)) {
		return i
	}
	start := i
	m, other, next := s.moment(i, from, to)
	if next == i {
		return i
	}
	if !m.sound() {
		return i
	}
	if s.ofLaw(start, from) {
		return next
	}
	c := Claim{Type: Date, Unit: FullDate}
	if m.year == 0 {
		c.Unit = PartialDate
	}
	c.Lo, c.Hi = m.span()
	if other.month != 0 && other.sound() {
		lo, hi := other.span()
		c.Other = &[2]int64{lo, hi}
	}
	if last, ok := s.lastDay(&m, next, to); ok {
		end := m
		end.day = smallNumber(s.piece(last - 1))
		_, c.Hi = end.span()
		c.Op, next = Between, last
		if year, behind := s.yearBehind(s.ordinal(next, to), to); year != 0 {
			m.year, end.year, next = year, year, behind
			c.Unit = FullDate
			c.Lo, _ = m.span()
			_, c.Hi = end.span()
		}
	} else if end, last := s.untilDate(m, next, from, to, start); last > next {
		if end.year != 0 && m.year == 0 {
			m.year = end.year
			if end.month < m.month {
				m.year--
			}
			c.Unit = FullDate
			c.Lo, _ = m.span()
		}
		_, hi := end.span()
		if end.year != 0 && hi >= c.Lo || end.year == 0 && m.year == 0 && hi >= c.Lo {
			c.Hi, c.Op, next = hi, Between, last
		}
	}
	return s.add(c, start, next)
}

// lastDay reads the second day of "March 1-15".
func (s *Scanner) lastDay(m *moment, j, to int) (next int, ok bool) {
	if m.day == 0 || j+1 >= to || s.tokens[j].mark != '-' && s.tokens[j].mark != '–' {
		return j, false
	}
	t := &s.tokens[j+1]
	if t.kind != numberToken || t.end-t.start > 2 || j+2 < to && s.isMonth(j+2) {
		return j, false
	}
	n := smallNumber(s.piece(j + 1))
	return j + 2, n > m.day && n <= daysIn(m.year, m.month)
}

// untilDate reads the end of a range of dates: "au 5 janvier 2025", "- 15 March".
func (s *Scanner) untilDate(m moment, j, from, to, start int) (moment, int) {
	if j+1 >= to || m.third > 0 {
		return moment{}, j
	}
	t := &s.tokens[j]
	at := j + 1
	switch f := t.word.fold; {
	case t.mark == '-' || t.mark == '–' || t.mark == '—':
	case f == "au" || f == "to" || f == "through" || f == "until" || f == "till" || f == "a":
		if start > from {
			switch s.tokens[start-1].word.fold {
			case "du", "from", "de", "le", "between", "entre", "":
			default:
				return moment{}, j
			}
		}
	case f == "et" || f == "and":
		if start == from || !s.between(start) && !(start-1 > from && s.tokens[start-1].word.fold == "le" && s.between(start-1)) {
			return moment{}, j
		}
		if at+1 < to && s.tokens[at].word.fold == "le" {
			at++
		}
	case f == "jusqu" && at+1 < to && s.tokens[at].word.fold == "au":
		at++
	default:
		return moment{}, j
	}
	if s.tokens[at].kind == markToken {
		return moment{}, j
	}
	end, _, next := s.moment(at, from, to)
	if next == at && m.month == 0 && s.yearToken(at) {
		end, next = moment{year: smallNumber(s.piece(at))}, at+1
	}
	if next == at || !end.sound() || (m.day == 0) != (end.day == 0) {
		return moment{}, j
	}
	if end.year == 0 && m.year != 0 {
		end.year = m.year
	}
	return end, next
}

// moment reads one date, and its other reading when the order of day and month is
// open.
func (s *Scanner) moment(i, from, to int) (m, other moment, next int) {
	at := i
	if w := s.tokens[i].word; w.weekday > 0 && w.weekday <= 7 {
		if at = s.behind(i+1, to, ",", "."); at >= to || s.tokens[at].gap == broken {
			return m, other, i
		}
		if s.tokens[at].word.fold == "le" || s.tokens[at].word.fold == "the" {
			at++
		}
		if at >= to || s.tokens[at].kind == wordToken && s.tokens[at].word.month == 0 && s.tokens[at].word.fold != "premier" {
			return m, other, i
		}
		m, other, next = s.plainMoment(at, from, to)
		if next == at || m.day == 0 {
			return m, other, i
		}
		return m, other, next
	}
	third, k := s.part(at, to)
	m, other, next = s.plainMoment(k, from, to)
	if next == k || third > 0 && m.day != 0 {
		return m, other, i
	}
	m.third = third
	return m, other, next
}

// part reads "début", "mi-", "fin", "early", "end of" before a month or year.
func (s *Scanner) part(i, to int) (third, next int) {
	if s.tokens[i].kind != wordToken {
		return 0, i
	}
	j := i + 1
	switch s.tokens[i].word.fold {
	case "debut", "early", "beginning":
		third = 1
	case "mi", "mid":
		third = 2
		if j < to && s.tokens[j].mark == '-' {
			j++
		}
	case "fin", "late", "end":
		third = 3
	default:
		return 0, i
	}
	if j < to && (s.tokens[j].word.fold == "of" || s.tokens[j].word.fold == "de" || s.tokens[j].word.fold == "d") {
		j++
	}
	if j >= to {
		return 0, i
	}
	return third, j
}

// behind skips one token that is one of the marks.
func (s *Scanner) behind(i, to int, marks ...string) int {
	if i < to && s.tokens[i].kind == markToken {
		for _, m := range marks {
			if s.tokens[i].mark == rune(m[0]) {
				return i + 1
			}
		}
	}
	return i
}

func (s *Scanner) plainMoment(i, from, to int) (m, other moment, next int) {
	if i >= to {
		return m, other, i
	}
	t := &s.tokens[i]
	if t.kind == wordToken {
		m, next = s.worded(i, from, to)
		return m, other, next
	}
	if t.kind != numberToken {
		return m, other, i
	}
	if m, other, next = s.figures(i, to); next > i {
		return m, other, next
	}
	n := smallNumber(s.piece(i))
	if t.end-t.start == 4 {
		if s.yearAlone(i, from, to) {
			return moment{year: n}, other, i + 1
		}
		return m, other, i
	}
	if t.end-t.start > 2 || n < 1 || n > 31 {
		return m, other, i
	}
	at := s.ordinal(i+1, to)
	if m, next := s.stretch(n, at, to); next > at {
		return m, other, next
	}
	day := moment{day: n}
	if at < to && s.tokens[at].word.fold == "of" {
		at++
	}
	// "1er au 15 mars": the month stands behind the second day.
	if at < to && s.tokens[at].kind == wordToken && s.tokens[at].word.month == 0 || at < to && s.tokens[at].kind == markToken {
		if m, ok := s.sharedMonth(n, at, to); ok {
			return m, other, at
		}
		return m, other, i
	}
	if at >= to || s.tokens[at].gap > spaced || !s.isMonth(at) {
		return m, other, i
	}
	day.month = int(s.tokens[at].word.month)
	day.year, next = s.yearBehind(at+1, to)
	return day, other, next
}

// sharedMonth reads the month of the first day of "1er au 15 mars 2025" or "1-15
// March": token at joins the days.
func (s *Scanner) sharedMonth(day, at, to int) (moment, bool) {
	switch f := s.tokens[at].word.fold; {
	case s.tokens[at].mark == '-' || s.tokens[at].mark == '–':
	case f == "au" || f == "to" || f == "et" || f == "and" || f == "a":
	default:
		return moment{}, false
	}
	j := at + 1
	if j < to && s.tokens[j].word.fold == "le" {
		j++
	}
	if j >= to || s.tokens[j].kind != numberToken || s.tokens[j].end-s.tokens[j].start > 2 {
		return moment{}, false
	}
	last := smallNumber(s.piece(j))
	j = s.ordinal(j+1, to)
	if j >= to || !s.isMonth(j) || last <= day {
		return moment{}, false
	}
	m := moment{day: day, month: int(s.tokens[j].word.month)}
	m.year, _ = s.yearBehind(j+1, to)
	return m, true
}

// isMonth reports whether token i is a month behind a day.
func (s *Scanner) isMonth(i int) bool {
	w := s.tokens[i].word
	if w.month == 0 || s.tokens[i].kind != wordToken {
		return false
	}
	switch w.fold {
	case "mar", "dec", "sep", "nov", "jan", "may", "march":
		return s.tokens[i].upper || w.fold != "may" && w.fold != "mar" || s.language != french && w.fold == "may"
	}
	return true
}

// ordinal returns the token behind "er", "st" and the like.
func (s *Scanner) ordinal(i, to int) int {
	if i < to && s.tokens[i].gap == glued && s.tokens[i].kind == wordToken {
		switch s.tokens[i].word.fold {
		case "er", "e", "eme", "ere", "re", "st", "nd", "rd", "th", "ᵉʳ":
			return i + 1
		}
	}
	return i
}

// figures reads 2025-01-02, 01/02/2025, 1.2.2025, 03/2025 and, behind an article,
// 31/12.
func (s *Scanner) figures(i, to int) (m, other moment, next int) {
	var n [3]int
	var size [3]int
	var sep rune
	k, j := 0, i
	for ; k < 3 && j < to && s.tokens[j].kind == numberToken && s.tokens[j].end-s.tokens[j].start <= 4; k++ {
		n[k], size[k] = smallNumber(s.piece(j)), int(s.tokens[j].end-s.tokens[j].start)
		j++
		if k < 2 && j+1 < to && s.tokens[j].gap == glued && s.tokens[j+1].gap == glued && s.tokens[j+1].kind == numberToken &&
			(s.tokens[j].mark == '/' || s.tokens[j].mark == '-' || s.tokens[j].mark == '.') && (sep == 0 || sep == s.tokens[j].mark) {
			sep = s.tokens[j].mark
			j++
			continue
		}
		k++
		break
	}
	if j < to && s.tokens[j].gap == glued && (s.tokens[j].kind == wordToken && s.tokens[j].word.fold != "t" || s.tokens[j].mark == '/') {
		return m, other, i
	}
	switch {
	case k == 3 && size[0] == 4 && size[1] <= 2 && size[2] <= 2:
		return moment{year: n[0], month: n[1], day: n[2]}, other, j
	case k == 3 && size[0] <= 2 && size[1] <= 2 && (size[2] == 4 || size[2] == 2 && sep == '/'):
		if size[2] == 2 {
			if n[2] += 2000; n[2] > 2069 {
				n[2] -= 100
			}
		}
		m, other = s.order(n[0], n[1], n[2], sep)
		return m, other, j
	case k == 2 && sep == '/' && size[0] == 2 && size[1] == 4 && n[0] >= 1 && n[0] <= 12 && n[1] >= 1990 && n[1] < 2100:
		return moment{month: n[0], year: n[1]}, other, j
	case k == 2 && sep == '/' && size[0] <= 2 && size[1] == 2 && i > 0 && n[0] <= 31 && n[1] <= 12:
		switch s.tokens[i-1].word.fold {
		case "le", "au", "du", "before", "until", "on", "by":
			m, other = s.order(n[0], n[1], 0, sep)
			return m, other, j
		}
	}
	return m, other, i
}

// order tells day from month: by their size, by the language and region, or both ways.
func (s *Scanner) order(a, b, year int, sep rune) (m, other moment) {
	dayFirst := moment{day: a, month: b, year: year}
	monthFirst := moment{day: b, month: a, year: year}
	switch {
	case a > 12 || a == b:
		return dayFirst, other
	case b > 12:
		return monthFirst, other
	case s.language == french || sep == '.':
		return dayFirst, other
	}
	switch s.region() {
	case "US", "PH":
		return monthFirst, other
	case "":
		return dayFirst, monthFirst
	}
	return dayFirst, other
}

// worded reads a date that begins with a word: "March 3, 2025", "mars 2024", "T1
// 2025", "premier trimestre 2025".
func (s *Scanner) worded(i, from, to int) (moment, int) {
	w := s.tokens[i].word
	if w.month > 0 {
		return s.monthFirst(i, to)
	}
	if i+1 >= to {
		return moment{}, i
	}
	if next := &s.tokens[i+1]; next.kind == numberToken && next.gap == glued && next.end-next.start == 1 && s.tokens[i].upper {
		n := smallNumber(s.piece(i + 1))
		months := 0
		switch w.fold {
		case "t", "q":
			months = 3
		case "s", "h":
			months = 6
		}
		if months > 0 && n >= 1 && n <= 12/months {
			if year, next := s.yearBehind(i+2, to); year != 0 {
				return moment{year: year, month: (n-1)*months + 1, months: months}, next
			}
		}
		return moment{}, i
	}
	n := 0
	switch w.fold {
	case "premier", "first":
		n = 1
	case "deuxieme", "second":
		n = 2
	case "troisieme", "third":
		n = 3
	case "quatrieme", "fourth":
		n = 4
	case "dernier", "last":
		n = 4
	default:
		return moment{}, i
	}
	if m, next := s.stretch(n, i+1, to); next > i+1 {
		return m, next
	}
	if n == 1 && w.fold == "premier" && s.isMonth(i+1) {
		m := moment{day: 1, month: int(s.tokens[i+1].word.month)}
		var next int
		m.year, next = s.yearBehind(i+2, to)
		return m, next
	}
	return moment{}, i
}

// stretch reads "trimestre 2025" or "quarter of 2025" behind the n-th.
func (s *Scanner) stretch(n, i, to int) (moment, int) {
	if i >= to {
		return moment{}, i
	}
	months := 0
	switch s.tokens[i].word.fold {
	case "trimestre", "quarter":
		months = 3
	case "semestre", "half":
		months = 6
	}
	if months == 0 || n > 12/months {
		return moment{}, i
	}
	year, next := s.yearBehind(i+1, to)
	if year == 0 {
		return moment{}, i
	}
	return moment{year: year, month: (n-1)*months + 1, months: months}, next
}

// monthFirst reads a date that begins with a month.
func (s *Scanner) monthFirst(i, to int) (moment, int) {
	t := &s.tokens[i]
	m := moment{month: int(t.word.month)}
	if !t.upper && (t.word.fold == "may" || t.word.fold == "mar" || t.word.fold == "march") {
		return m, i
	}
	if y, next := s.yearBehind(i+1, to); y != 0 {
		m.year = y
		return m, next
	}
	j := s.behind(i+1, to, ".")
	if s.language == french || j >= to || s.tokens[j].kind != numberToken || s.tokens[j].end-s.tokens[j].start > 2 || s.tokens[j].gap > spaced || !t.upper {
		return m, i
	}
	m.day = smallNumber(s.piece(j))
	j = s.ordinal(j+1, to)
	var next int
	m.year, next = s.yearBehind(j, to)
	if m.year == 0 {
		// "March 1-15, 2025"
		if k := j + 1; k < to && (s.tokens[j].mark == '-' || s.tokens[j].mark == '–') && s.tokens[k].kind == numberToken && s.tokens[k].end-s.tokens[k].start <= 2 {
			m.year, _ = s.yearBehind(s.ordinal(k+1, to), to)
		}
		if next < to && s.tokens[next].word.time > 0 || m.day > 31 {
			return m, i
		}
	}
	return m, next
}

// ofLaw reports whether the date at token i names a law: "loi n° 78-17 du 6 janvier
// 1978".
func (s *Scanner) ofLaw(i, from int) bool {
	j := i - 1
	if j < from || s.tokens[j].kind != wordToken {
		return false
	}
	switch s.tokens[j].word.fold {
	case "du", "of", "de", "dated", "en":
	default:
		return false
	}
	for j--; j >= from && j > i-10; j-- {
		t := &s.tokens[j]
		if t.mark == ',' || t.mark == ';' || t.mark == ':' {
			return false
		}
		if t.word.flags&lawful != 0 && t.kind == wordToken {
			return true
		}
	}
	return false
}
