package claims

import "strings"

// count reads a noun behind a number.
func (s *Scanner) count(c Claim, n, m number, to int) int {
	j := m.to
	if n.one && !s.only(n.from) && (j >= to || s.tokens[j].word.flags&adjective == 0 || !strings.HasPrefix(s.tokens[j].word.fold, "seul") && s.tokens[j].word.fold != "single") {
		return 0
	}
	if n.big && j < to && (s.tokens[j].word.fold == "de" || s.tokens[j].word.fold == "d") {
		j++
	}
	if s.tokens[m.to-1].kind == numberToken && s.tokens[j].gap == glued && !s.tokens[j].elided {
		return 0 // 4G
	}
	for skipped := 0; j+1 < to && skipped < 2 && s.tokens[j].word.flags&adjective != 0 && s.tokens[j].gap <= spaced && s.noun(j+1); skipped++ {
		j++
	}
	if j >= to || s.tokens[j].gap > spaced || !s.noun(j) || s.tokens[j].word.flags&adjective != 0 {
		return 0
	}
	w := s.tokens[j].word
	if m.value > Scale && !s.plural(w) {
		// "three mobile plans": the noun is the one in the plural.
		if j+1 >= to || s.tokens[j+1].gap > spaced || !s.noun(j+1) || !s.plural(s.tokens[j+1].word) {
			return 0
		}
		j++
		w = s.tokens[j].word
	}
	if w.flags&street != 0 || n.year && !n.words && n.decimals == 0 && !s.plural(w) {
		return 0
	}
	c.Type, c.Unit = Count, s.noteOf(w)
	end := s.every(&c, j+1, to)
	return s.add(c, n.from, end)
}

// only reports whether "seul" or "only" stands before token i.
func (s *Scanner) only(i int) bool {
	if i == 0 {
		return false
	}
	switch s.tokens[i-1].word.fold {
	case "seul", "seule", "only", "single", "seulement", "maximum":
		return true
	}
	return false
}

// noun reports whether token j may be a noun that is counted.
func (s *Scanner) noun(j int) bool {
	t := &s.tokens[j]
	w := t.word
	return t.kind == wordToken && !t.upper && len(w.fold) > 2 && !w.stop[french] && !w.stop[english] &&
		w.flags&(notCounted|negates|lawful) == 0 && w.month == 0 && w.weekday == 0 && (w.number == 0 || w.currency != "") && w.currency == "" && w.lexeme.unit == ""
}

func (s *Scanner) plural(w *word) bool {
	switch w.fold {
	case "people", "children", "men", "women", "feet", "media":
		return true
	}
	return strings.HasSuffix(w.fold, "s") || strings.HasSuffix(w.fold, "x")
}

// noteOf returns the Unit of what is counted.
func (s *Scanner) noteOf(w *word) string {
	// The plural is cut first, for the stemmer leaves some: "essais".
	switch {
	case len(w.fold) <= 3 || sameInPlural(w.fold) || strings.HasSuffix(w.lower, "ss"):
	case s.language == english && strings.HasSuffix(w.lower, "ies"):
		w = s.word(strings.TrimSuffix(w.lower, "ies") + "y")
	case strings.HasSuffix(w.lower, "s"):
		w = s.word(strings.TrimSuffix(w.lower, "s"))
	}
	stem := w.stem[s.language]
	if same := counterparts[stem]; same != "" && s.language == english {
		return same
	}
	return stem
}

// sameInPlural reports whether a noun ends in s in the singular too.
func sameInPlural(fold string) bool {
	switch fold {
	case "fois", "pays", "mois", "corps", "temps", "cours", "avis", "bras", "permis", "colis", "devis", "acces", "succes", "poids", "repas", "bus", "series", "recours", "process", "campus", "virus":
		return true
	}
	return false
}
