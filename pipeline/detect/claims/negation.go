package claims

// negated reports whether the words before token i negate it, whether they leave it
// open ("pas toujours", "peut être"), and where the negation stands; i when nowhere.
func (s *Scanner) negated(i, from int) (no, hedged bool, at int) {
	at = i
	ne := false
	for j := i - 1; j >= from && j >= i-6; j-- {
		t := &s.tokens[j]
		if t.kind == markToken && t.mark != '-' {
			break
		}
		switch f := t.word.fold; f {
		case "mais", "but", "et", "and", "ou", "or", "que", "qui", "which", "that", "donc", "si", "if", "sauf", "unless", "car", "because":
			return no, hedged, at
		case "n", "ne":
			ne = true
		case "plus":
			if s.neBefore(j, from) {
				no, at = !no, j
			}
		case "pas", "non", "jamais", "aucunement", "nullement", "not", "never", "cannot", "neither":
			if no && (f == "not" || f == "pas") {
				continue
			}
			if i-j <= 4 || ne {
				no, at = true, j
			}
		case "t":
			if t.elided && j > from && s.tokens[j-1].gap != glued {
				switch s.tokens[j-1].word.fold {
				case "isn", "aren", "wasn", "weren", "don", "doesn", "won", "can", "couldn", "shouldn", "hasn", "haven":
					no, at = true, j-1
				}
			}
		case "longer":
			if j > from && s.tokens[j-1].word.fold == "no" {
				no, at = true, j-1
			}
		case "aucun", "aucune", "no", "nul", "nulle", "ni", "nor":
			if i-j <= 3 || ne {
				no, at = true, j
			}
		case "toujours", "forcement", "necessairement", "seulement", "uniquement", "only", "always", "necessarily", "systematiquement", "encore", "yet":
			if j > from && (s.tokens[j-1].word.flags&negates != 0) {
				return false, true, at
			}
		case "peut", "peuvent", "pourrait", "pourraient", "pourra", "pourront", "may", "might", "could", "parfois", "sometimes", "rarement", "souvent", "often", "generalement", "generally", "usually", "habituellement", "serait", "seraient", "would", "rendre", "soit", "soient":
			return false, true, at
		}
	}
	return no, hedged, at
}

// neBefore reports whether "ne" stands shortly before token j, so that its "plus" is a
// negation.
func (s *Scanner) neBefore(j, from int) bool {
	for k := j - 1; k >= from && k >= j-4; k-- {
		switch s.tokens[k].word.fold {
		case "n", "ne":
			return true
		}
	}
	return false
}

// supposed reports whether token i stands in a clause with "if" or "when", or behind
// the "to" of an infinitive: nothing is said there to be so.
func (s *Scanner) supposed(i, from int) bool {
	for j := i - 1; j >= from && j >= i-12; j-- {
		t := &s.tokens[j]
		if t.mark == ',' || t.mark == ';' || t.mark == ':' {
			return false
		}
		switch t.word.fold {
		case "si", "if", "unless", "when", "whether", "quand", "lorsque", "lorsqu", "tant", "until":
			return true
		case "s":
			if i > j+1 && (s.tokens[j+1].word.fold == "il" || s.tokens[j+1].word.fold == "ils") && s.tokens[j+1].elided {
				return true
			}
		case "to":
			if j == i-1 {
				return true
			}
		}
	}
	return false
}
