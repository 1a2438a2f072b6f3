package claims

import "strings"

// amount reads a number, or a range of numbers, with what it counts.
func (s *Scanner) amount(i, from, to int) int {
	n, ok := s.number(i, to)
	if !ok || !s.free(i, from) {
		return i
	}
	n = s.repeated(n, to)
	if end := s.follow(n.to, to, []string{"and", "a", "half"}); end > 0 && n.words {
		n.value, n.to = n.value+Scale/2, end
	}
	if next := s.counted(n, n, Equal, from, to); next > i {
		return next
	}
	if m, ok := s.rangeEnd(n, to); ok {
		op := Between
		if m.value < n.value {
			return i
		}
		if next := s.counted(n, m, op, from, to); next > i {
			return next
		}
	}
	return i
}

// repeated takes in the digits of "trente (30) jours".
func (s *Scanner) repeated(n number, to int) number {
	if n.words && n.to+3 < to && s.tokens[n.to].mark == '(' && s.tokens[n.to+1].kind == numberToken {
		if m, ok := s.digits(n.to+1, to); ok && m.value == n.value && m.to < to && s.tokens[m.to].mark == ')' {
			n.to = m.to + 1
		}
	}
	return n
}

// free reports whether a number at token i is not part of a code or a name.
func (s *Scanner) free(i, from int) bool {
	if i == from {
		return true
	}
	t, before := &s.tokens[i], &s.tokens[i-1]
	if t.gap == glued && !t.elided {
		switch {
		case before.kind == wordToken && t.kind == numberToken, before.kind == numberToken:
			return false
		case before.mark == '(' || before.mark == '«' || before.mark == '"' || before.mark == '“' || before.mark == '[':
		case before.mark == '/' || before.mark == '.' || before.mark == '_' || before.mark == '#' || before.mark == '@' || before.mark == ',' || before.mark == '-' && before.gap == glued && i-2 >= from && (s.tokens[i-2].gap == glued || s.tokens[i-2].kind == wordToken):
			return false
		}
	}
	return !s.identified(i, from)
}

// identified reports whether the words before token i make the number at i a name:
// "article 12", "n° 78-17", "page 3", "loi 78".
func (s *Scanner) identified(i, from int) bool {
	j := i - 1
	for ; j >= from && j > i-3 && s.tokens[j].kind == markToken; j-- {
		switch s.tokens[j].mark {
		case '°', '.', '#', '№':
		default:
			return false
		}
	}
	if j < from || s.tokens[j].kind != wordToken {
		return false
	}
	w := s.tokens[j].word
	if w.flags&numbersNext == 0 {
		return false
	}
	switch w.fold {
	case "no", "n":
		// "no 5" is a name, "no 5 days" hardly ever; "non" is another word.
		return true
	case "p":
		return s.tokens[j+1].mark == '.'
	case "code", "question", "port", "porte", "part", "room", "chambre", "salle", "bureau", "poste",
		"groupe", "group", "niveau", "level", "terminal", "zone", "zones", "partie", "bus", "table", "tableau", "ligne", "line", "figure":
		return s.tokens[i].kind == numberToken && j == i-1 && !s.measured(i+1)
	}
	return s.tokens[i].kind == numberToken || j == i-1 && w.fold != "convention" && w.fold != "question" && w.fold != "bureau"
}

// measured reports whether token i is a unit of time or money, a percent sign or part
// of a time of day: "le rappel part 7 jours après".
func (s *Scanner) measured(i int) bool {
	if i >= len(s.tokens) || s.tokens[i].gap > spaced {
		return false
	}
	t := &s.tokens[i]
	return t.word.time != 0 || t.word.currency != "" || t.word.lexeme.unit != "" || t.mark == '%' || t.mark == '€' || t.mark == '£' || t.mark == '$'
}

// rangeEnd reads the second number of "2 à 4", "2-4", "2 ou 3".
func (s *Scanner) rangeEnd(n number, to int) (number, bool) {
	j := n.to
	if j+1 >= to {
		return number{}, false
	}
	t := &s.tokens[j]
	switch {
	case t.mark == '-' || t.mark == '–' || t.mark == '—':
		if t.gap == glued != (s.tokens[j+1].gap == glued) {
			return number{}, false
		}
	case t.kind == wordToken && t.word.flags&connects != 0:
		if w := t.word.fold; (w == "et" || w == "and") && !s.between(n.from) {
			return number{}, false
		}
	default:
		return number{}, false
	}
	m, ok := s.number(j+1, to)
	return m, ok && (!m.one || m.words != n.words)
}

// between reports whether "entre" or "between" stands before token i.
func (s *Scanner) between(i int) bool {
	if i == 0 {
		return false
	}
	f := s.tokens[i-1].word.fold
	return f == "entre" || f == "between"
}

// counted reads what stands behind the numbers n to m, and adds the claim.
func (s *Scanner) counted(n, m number, op Op, from, to int) int {
	c := Claim{Op: op, Lo: n.value, Hi: m.value}
	j := m.to
	if j >= to {
		return n.from
	}
	switch t := &s.tokens[j]; {
	case t.gap == broken:
		return n.from
	case t.mark == '%' || t.mark == '‰':
		c.Type, c.Unit = Percent, "percent"
		if t.mark == '‰' {
			c.Lo, c.Hi = c.Lo/10, c.Hi/10
		}
		return s.add(c, n.from, j+1)
	}
	for _, read := range [...]func(*Scanner, Claim, number, number, int) int{
		(*Scanner).percent, (*Scanner).money, (*Scanner).measure, (*Scanner).duration, (*Scanner).count,
	} {
		if next := read(s, c, n, m, to); next > m.to {
			return next
		}
	}
	return n.from
}

// percent reads "pour cent", "percent", "per cent", "pourcent".
func (s *Scanner) percent(c Claim, n, m number, to int) int {
	end := 0
	switch s.tokens[m.to].word.fold {
	case "percent", "pourcent":
		end = m.to + 1
	case "pour", "per":
		if m.to+1 < to && strings.HasPrefix(s.tokens[m.to+1].word.fold, "cent") {
			end = m.to + 2
		}
	}
	if end == 0 {
		return 0
	}
	c.Type, c.Unit = Percent, "percent"
	return s.add(c, n.from, end)
}

// measure reads a unit of measure behind a number.
func (s *Scanner) measure(c Claim, n, m number, to int) int {
	j := m.to
	t := &s.tokens[j]
	unit := ""
	end := j + 1
	switch {
	case t.gap > spaced:
		return 0
	case t.mark == '-' && t.gap == glued && j+1 < to && s.tokens[j+1].gap == glued && s.tokens[j+1].word.lexeme.unit != "":
		unit, end = s.tokens[j+1].word.lexeme.unit, j+2 // a 27-inch screen
	case t.mark == '°':
		if j+1 < to && s.tokens[j+1].kind == wordToken {
			switch s.piece(j + 1) {
			case "C":
				unit, end = "°C", j+2
			case "F":
				unit, end = "°F", j+2
			}
		}
	case t.kind == wordToken:
		surface := s.piece(j)
		unit = unitSymbols[surface]
		if surface == "m" && j+1 < to && s.tokens[j+1].gap == glued && s.tokens[j+1].kind == numberToken {
			if p := s.piece(j + 1); p == "2" || p == "3" {
				unit, end = "m"+p, j+2
			}
		}
		if n.words && len(surface) < 3 || surface == "in" || surface == "t" && t.gap != glued && s.language == english {
			unit = ""
		}
		if unit == "" {
			unit = t.word.lexeme.unit
		}
		if (unit == "W" || unit == "kW") && end < to {
			k := end
			if k+1 < to && s.tokens[k].mark == '-' {
				k++
			}
			if s.tokens[k].word.time == hour && (k > end || s.tokens[k].gap == spaced) && s.tokens[k].word.fold != "h" {
				unit, end = unit+"h", k+1
			}
		}
		if unit == "m" && end < to && (s.tokens[end].word.fold == "carres" || s.tokens[end].word.fold == "carre") {
			unit, end = "m2", end+1
		}
	}
	if unit == "" || n.one && len(s.piece(j)) < 3 {
		return 0
	}
	// Rates: Mb/s, Mbit/s, Mo/s, km/h.
	if end+1 < to && s.tokens[end].mark == '/' && s.tokens[end].gap == glued && s.tokens[end+1].kind == wordToken {
		switch {
		case s.tokens[end+1].word.fold == "s" && units[unit+"/s"].base != "":
			unit, end = unit+"/s", end+2
		case s.tokens[end+1].word.fold == "s":
			c.Unit = "/s"
			end += 2
		}
	}
	if unit == "kb" && c.Unit == "" && s.piece(j) == "kb" && s.language != english {
		unit = "kB"
	}
	u := units[unit]
	if u.base == "" || c.Hi > (1<<62)/max(u.mul, 1) {
		return 0
	}
	c.Type, c.Unit = Quantity, u.base+c.Unit
	c.Lo, c.Hi = c.Lo*u.mul/u.div, c.Hi*u.mul/u.div
	end = s.every(&c, end, to)
	return s.add(c, n.from, end)
}
