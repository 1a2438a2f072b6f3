package claims

import "strings"

// able reads "vous pouvez annuler", "cannot be cancelled": whether something can be
// done.
func (s *Scanner) able(i, from, to int) int {
	no := false
	t := &s.tokens[i]
	switch t.word.fold {
	case "pouvez", "peut", "peuvent", "pouvons":
		for k := i - 1; k >= from && k >= i-2; k-- {
			no = no || s.tokens[k].word.fold == "ne" || s.tokens[k].word.fold == "n"
		}
	case "can":
		no = i+1 < to && (s.tokens[i+1].word.fold == "not" || s.tokens[i+1].elided && s.tokens[i+1].word.fold == "t")
	case "cannot":
		no = true
	default:
		return i
	}
	if s.asked(to) || s.language == other {
		return i
	}
	if t.word.fold == "peut" || t.word.fold == "peuvent" || t.word.fold == "pouvez" || t.word.fold == "pouvons" {
		if no && s.onlyNe(i+1, to) {
			return i
		}
	}
	j := i + 1
	for n := 0; j < to && n < 5; n++ {
		switch w := s.tokens[j].word; {
		case s.tokens[j].kind != wordToken:
			return i
		case w.flags&negates != 0, w.fold == "t", w.fold == "plus", w.fold == "etre", w.fold == "be", w.fold == "le", w.fold == "la", w.fold == "les", w.fold == "l", w.fold == "vous", w.fold == "y", w.fold == "en", w.fold == "se", w.fold == "s", w.fold == "also", w.fold == "aussi", w.fold == "egalement", w.fold == "donc", w.fold == "encore", w.fold == "toujours", w.fold == "only", w.fold == "then", w.fold == "faire":
			if w.fold == "only" || w.fold == "que" {
				return i
			}
			if w.fold == "sans" || w.fold == "no" {
				return i
			}
			j++
			continue
		case w.stop[s.language] || len(w.fold) < 3:
			return i
		case s.language == french && !strings.HasSuffix(w.fold, "er") && !strings.HasSuffix(w.fold, "ir") && !strings.HasSuffix(w.fold, "re") && !s.isParticiple(j):
			return i
		}
		break
	}
	if j >= to || s.tokens[j].kind != wordToken || s.restricted(j, to) && no {
		return i
	}
	next := j + 1
	w := s.tokens[j].word
	switch w.fold {
	case "avoir", "have", "trouver", "find", "arriver", "happen":
		return i
	}
	return s.add(Claim{Type: Bool, Attribute: ability(w, s.language), No: no}, i, next)
}

// onlyNe reports whether a "ne" stands without "pas", "plus" and the like, and with a
// "que" further on: "ne peut enregistrer des données que dans un but".
func (s *Scanner) onlyNe(i, to int) bool {
	for k := i; k < to && k < i+3; k++ {
		switch s.tokens[k].word.fold {
		case "pas", "plus", "jamais", "aucun", "aucune", "rien":
			return false
		}
	}
	for k := i; k < to; k++ {
		if f := s.tokens[k].word.fold; f == "que" || f == "qu" {
			return true
		}
	}
	return false
}

// restricted reports whether "que" or "only" behind a verb turns its negation: "ne peut
// être prise qu'une fois".
func (s *Scanner) restricted(j, to int) bool {
	for k := j + 1; k < to && k < j+8; k++ {
		switch s.tokens[k].word.fold {
		case "qu", "que", "sans", "unless", "sauf", "without":
			return true
		}
	}
	return false
}

// ability returns the attribute of what can be done: that of the adjective where there
// is one, so that "ne peut pas être annulé" and "non annulable" are the same.
func ability(w *word, language int) string {
	for _, a := range [...]struct{ begin, attribute string }{
		{"rembours", "refundable"}, {"refund", "refundable"}, {"annul", "cancellable"}, {"resili", "cancellable"}, {"cancel", "cancellable"},
		{"modifi", "changeable"}, {"echang", "changeable"}, {"chang", "changeable"}, {"exchang", "changeable"},
		{"transfer", "transferable"}, {"accept", "allowed"}, {"renouvel", "renewable"}, {"renew", "renewable"}, {"cumul", "cumulable"},
	} {
		if strings.HasPrefix(w.fold, a.begin) {
			return a.attribute
		}
	}
	return "can " + w.stem[language]
}
