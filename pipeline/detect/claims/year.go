package claims

// yearBehind reads the year behind a month, with a comma, a point or "de" between.
func (s *Scanner) yearBehind(i, to int) (year, next int) {
	j := s.behind(i, to, ",", ".")
	if j < to && (s.tokens[j].word.fold == "de" || s.tokens[j].word.fold == "of") {
		j++
	}
	if j < to && s.tokens[j].kind == numberToken && s.tokens[j].gap <= spaced && s.tokens[j].end-s.tokens[j].start == 4 {
		if y := smallNumber(s.piece(j)); y >= 1800 && y < 2200 {
			return y, j + 1
		}
	}
	return 0, i
}

// yearAlone reports whether the four digits at token i are a year.
func (s *Scanner) yearAlone(i, from, to int) bool {
	n := smallNumber(s.piece(i))
	if n < 1900 || n > 2100 {
		return false
	}
	if j := i + 1; j < to {
		t := &s.tokens[j]
		switch {
		case t.gap == glued && (t.kind == numberToken || t.kind == wordToken && !t.elided):
			return false
		case t.gap == glued && t.kind == markToken && j+1 < to && s.tokens[j+1].gap == glued && t.mark != ')' && !s.yearToken(j+1):
			return false
		case t.kind == markToken && (t.mark == '€' || t.mark == '%' || t.mark == '$' || t.mark == '£' || t.mark == '°'):
			return false
		case t.kind == numberToken && t.gap == spaced && t.end-t.start == 3:
			return false
		case t.kind == wordToken && t.gap <= spaced && (t.word.time > 0 || t.word.currency != "" || t.word.lexeme.unit != "" || t.word.scale > 0 || unitSymbols[s.piece(j)] != "" && t.word.fold != "in"):
			return false
		case t.kind == wordToken && t.gap <= spaced && s.noun(j) && s.plural(t.word) && s.language != other && !s.datedBy(i, from):
			return false
		}
	}
	if i == from {
		return i+1 == to || s.tokens[i+1].kind == markToken
	}
	before := &s.tokens[i-1]
	if before.kind == wordToken {
		if c, ok := s.said(dateStart|dateEnd|dateHistory, max(from, i-4), i); ok && c.to == i {
			return true
		}
		switch before.word.fold {
		case "en", "in", "depuis", "since", "annee", "annees", "year", "years", "fin", "debut", "courant", "ete", "hiver", "printemps", "automne",
			"late", "early", "mid", "summer", "winter", "spring", "autumn", "until", "before", "avant", "after", "apres", "from", "by", "during", "throughout", "a", "to", "et", "and", "of", "de", "d":
			return before.word.fold != "a" && before.word.fold != "de" && before.word.fold != "d" && before.word.fold != "of" && before.word.fold != "et" && before.word.fold != "and" && before.word.fold != "to" || s.yearNear(i, from) || s.yearAhead(i, to)
		case "le", "la", "les", "un", "the", "plus", "moins", "than", "que", "environ", "about", "au", "aux", "pour", "for", "par", "avec", "with":
			return false
		}
		return len(before.word.fold) > 2 && before.word.flags&numbersNext == 0 && !s.tokens[i-1].upper || s.yearly(before)
	}
	switch before.mark {
	case '(', ',', '-', '–', '©', ':':
		return i+1 >= to || s.tokens[i+1].kind == markToken && s.tokens[i+1].mark != '/'
	}
	return false
}

// datedBy reports whether a word before token i makes it a year whatever follows.
func (s *Scanner) datedBy(i, from int) bool {
	if i == from {
		return false
	}
	switch s.tokens[i-1].word.fold {
	case "depuis", "since", "in", "en", "annee", "year":
		return true
	}
	return false
}

// yearly reports whether a capitalised word is one that years follow.
func (s *Scanner) yearly(t *token) bool {
	switch t.word.fold {
	case "tarif", "tarifs", "prix", "edition", "saison", "rapport", "bilan", "prices", "rates", "report", "season", "fees", "budget", "programme", "calendrier", "calendar", "copyright", "guide", "catalogue":
		return true
	}
	return false
}

// yearToken reports whether token i is the second year of "2019-2021".
func (s *Scanner) yearToken(i int) bool {
	if s.tokens[i].kind != numberToken || s.tokens[i].end-s.tokens[i].start != 4 || s.tokens[i-1].mark != '-' && s.tokens[i-1].mark != '–' {
		return false
	}
	n := smallNumber(s.piece(i))
	return n >= 1900 && n <= 2100
}

// yearAhead reports whether "à 2021" or "to 2021" follows token i.
func (s *Scanner) yearAhead(i, to int) bool {
	if i+2 >= to || s.tokens[i+2].kind != numberToken || s.tokens[i+2].end-s.tokens[i+2].start != 4 {
		return false
	}
	switch s.tokens[i+1].word.fold {
	case "a", "to", "et", "and", "jusqu":
		n := smallNumber(s.piece(i + 2))
		return n >= 1900 && n <= 2100
	}
	return false
}

// yearNear reports whether another year or month stands shortly before, as in "de 2019
// à 2021" or "janvier et février 2024".
func (s *Scanner) yearNear(i, from int) bool {
	for j := i - 2; j >= from && j > i-5; j-- {
		t := &s.tokens[j]
		if t.word.month > 0 || t.word.fold == "annee" || t.word.fold == "year" {
			return true
		}
		if t.kind == numberToken && t.end-t.start == 4 {
			if n := smallNumber(s.piece(j)); n >= 1900 && n <= 2100 {
				return true
			}
		}
	}
	return false
}
