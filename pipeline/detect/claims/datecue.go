package claims

import "strings"

// How far from a date its cue stands, in tokens.
const (
	cueLeft   = 6
	cueRight  = 3
	cueLabel  = 14 // where a colon stands right before the date
	tenseNear = 9  // for verbs in the future
)

// cueDates gives every date of a sentence its Cue, and the values of the sentence the
// days between which they hold.
func (s *Scanner) cueDates(from, to int, sentence *Sentence, claims []Claim) {
	for k := range claims {
		f := &s.found[k]
		c := &claims[k]
		if c.Type != Date {
			continue
		}
		var at cue
		c.Cue, at = s.dateCue(f, from, to, sentence)
		c.CueStart, c.CueEnd = c.Start, c.Start
		if at.to > at.from {
			c.CueStart, c.CueEnd = int(s.tokens[at.from].start), int(s.tokens[at.to-1].end)
		}
	}
	s.valid(claims)
}

// dateCue classifies a date by the words of its clause:
//
//   - a recurring one ("chaque année", "every") has none;
//   - "jusqu'au", "avant le", "until", "by" right before it, or "date limite",
//     "expires", "deadline" up to six words before: CueEnd; but CueHistory in the
//     imperfect, and for "avant" and "before" behind a participle ("les contrats
//     signés avant le") that no modal verb governs ("doit être déposé avant le");
//   - "à compter du", "depuis", "from", "since", right before it: CueStart;
//   - words of creation and publication shortly before it: CueHistory;
//   - a verb in the future, "prochain", "aura lieu", "will" nearby: CueUpcoming;
//   - "au", "en date du", "mis à jour le", "as of", "last updated": CueAsOf;
//   - a range of up to a year: CueEnd, CueHistory in the past;
//   - the past tense: CueHistory; nothing of all that: CueNone.
//
// The cue returned is where the words stand; empty for a range by itself.
func (s *Scanner) dateCue(f *found, from, to int, sentence *Sentence) (Cue, cue) {
	from, to = s.clause(f, from, to)
	left, right := max(from, f.from-cueLeft), min(to, f.to+cueRight)
	if c, ok := s.said(recurring, from, to); ok && (c.to == f.from || c.to-c.from > 1 && s.tokens[c.to-1].word.time >= month || s.tokens[c.from].word.fold == "annually" || s.tokens[c.from].word.fold == "annuellement" || s.tokens[c.from].word.fold == "yearly") {
		return CueNone, c
	}
	if f.from > from && s.tokens[f.from-1].mark == '©' {
		return CueHistory, cue{from: f.from - 1, to: f.from}
	}
	imperfect := s.imperfect(from, to)
	if c, ok := s.ending(f, left); ok {
		word := s.tokens[c.from].word.fold
		if imperfect || (word == "avant" || word == "before") && s.participle(c.from, from) {
			return CueHistory, c
		}
		return CueEnd, c
	}
	if c, ok := s.adjacent(dateStart, f, 2); ok && f.Op != Between {
		return CueStart, c
	}
	future, ahead := s.future(max(from, f.from-tenseNear), min(to, f.to+tenseNear))
	if c, ok := s.said(dateAsOf, left, f.from); ok && !ahead && (c.to == f.from && f.Lo == f.Hi || c.to >= f.from-2 && s.tokens[c.from].word.fold != "au") {
		return CueAsOf, c
	}
	if c, ok := s.said(dateHistory, left, f.from); ok && !ahead {
		return CueHistory, c
	}
	if c, ok := s.said(dateUpcoming, left, right); ok && !imperfect {
		return CueUpcoming, c
	}
	if ahead {
		return CueUpcoming, future
	}
	past := imperfect || sentence.Past || s.perfect(from, to)
	if c, ok := s.said(dateEnd, f.to, right); ok && !past && s.tokens[c.from].kind == wordToken && len(s.tokens[c.from].word.fold) > 5 {
		return CueEnd, c
	}
	switch {
	case past:
		return CueHistory, cue{}
	case f.Op == Between && f.Hi-f.Lo < 366:
		return CueEnd, cue{}
	}
	return CueNone, cue{}
}

// clause narrows tokens [from, to) to those between semicolons around a value.
func (s *Scanner) clause(f *found, from, to int) (int, int) {
	for i := f.from - 1; i >= from; i-- {
		if s.tokens[i].mark == ';' {
			from = i + 1
			break
		}
	}
	for i := f.to; i < to; i++ {
		if s.tokens[i].mark == ';' {
			to = i
			break
		}
	}
	return from, to
}

// adjacent finds a cue that ends at most so many tokens before a value.
func (s *Scanner) adjacent(of sense, f *found, within int) (cue, bool) {
	c, ok := s.said(of, 0, f.from)
	return c, ok && c.to >= f.from-within && !s.parted(c.to, f.from)
}

// parted reports whether a mark other than a colon stands in tokens [from, to).
func (s *Scanner) parted(from, to int) bool {
	for i := from; i < to; i++ {
		if s.tokens[i].kind == markToken && s.tokens[i].mark != ':' && s.tokens[i].mark != '(' && s.tokens[i].mark != '-' {
			return true
		}
	}
	return false
}

// ending finds a cue of an end before a date: prepositions right before it, verbs and
// nouns a few words away.
func (s *Scanner) ending(f *found, left int) (cue, bool) {
	named := f.from > left && s.tokens[f.from-1].mark == ':' // "Date limite pour s'inscrire : 2 mai"
	for k := len(s.cues) - 1; k >= 0; k-- {
		c := s.cues[k]
		if c.sense&dateEnd == 0 || c.to > f.from || c.from < left && (!named || c.from < f.from-cueLabel) {
			continue
		}
		near := 2
		switch s.tokens[c.from].word.fold {
		case "date", "expire", "expirent", "expirera", "deadline", "expires", "ends", "end", "echeance", "cloture", "closes", "valable", "valables", "valid", "prend", "prendra", "se", "finishes", "runs", "last", "expiring", "ending":
			near = cueLeft
			if named {
				near = cueLabel
			}
		case "by", "to", "up", "through":
			near = 1
		}
		if c.to >= f.from-near && !s.parted(c.to, f.from) {
			return c, true
		}
	}
	return cue{}, false
}

// imperfect reports whether a verb stands in the French imperfect, or in an English
// past with "used to" or "was".
func (s *Scanner) imperfect(from, to int) bool {
	for i := from; i < to; i++ {
		w := s.tokens[i].word
		switch {
		case s.tokens[i].kind != wordToken:
		case s.language != english && (strings.HasSuffix(w.fold, "ait") || strings.HasSuffix(w.fold, "aient")):
			if !strings.HasSuffix(w.fold, "rait") && !strings.HasSuffix(w.fold, "raient") && !endsInAit(w.fold) {
				return true
			}
		case s.language != french && (w.fold == "was" || w.fold == "were" || w.fold == "used" && i+1 < to && s.tokens[i+1].word.fold == "to" && (i == from || s.tokens[i-1].word.fold != "be" && s.tokens[i-1].word.fold != "is" && s.tokens[i-1].word.fold != "are")):
			return true
		}
	}
	return false
}

// endsInAit reports whether a French word ends so without being an imperfect.
func endsInAit(fold string) bool {
	switch fold {
	case "ait", "aient", "fait", "lait", "parfait", "souhait", "satisfait", "retrait", "extrait", "portrait", "trait", "plait", "connait",
		"parait", "disparait", "attrait", "forfait", "bienfait", "refait", "tait", "reconnait", "apparait", "imparfait", "naitrait", "comparait", "nait", "paient", "essaient", "balaient", "relaient", "deblaient", "effraient", "pagaient", "abstrait", "soustrait", "defait":
		return true
	}
	return false
}

// perfect reports whether a verb stands in the passé composé or the English past.
func (s *Scanner) perfect(from, to int) bool {
	for i := from; i+1 < to; i++ {
		w := s.tokens[i].word
		switch w.fold {
		case "a", "ont", "avons", "avez", "ai":
			if s.language != english && s.isParticiple(s.afterAdverbs(i+1, to)) && !(w.fold == "a" && strings.Contains(w.lower, "à")) {
				return true
			}
		case "est", "sont":
			if i > from && s.language != english && (s.tokens[i-1].word.fold == "s" || s.tokens[i-1].word.fold == "se") && s.isParticiple(s.afterAdverbs(i+1, to)) {
				return true
			}
		case "has", "have", "had":
			if s.language != french && s.isParticiple(s.afterAdverbs(i+1, to)) {
				return true
			}
		case "did", "took", "became", "began", "held", "launched", "opened", "introduced", "announced", "founded":
			if s.language != french && !s.modal(i, from) {
				return true
			}
		}
	}
	return false
}

func (s *Scanner) afterAdverbs(i, to int) int {
	for n := 0; i+1 < to && n < 2; n++ {
		switch s.tokens[i].word.fold {
		case "ete", "deja", "been", "already", "also", "aussi", "egalement", "toujours", "since", "depuis":
			i++
			continue
		}
		break
	}
	return i
}

// isParticiple reports whether token i looks like a past participle.
func (s *Scanner) isParticiple(i int) bool {
	w := s.tokens[i].word
	if s.tokens[i].kind != wordToken || len(w.fold) < 2 {
		return false
	}
	if s.language != french {
		switch w.fold {
		case "born", "bought", "built", "made", "sold", "sent", "been", "begun", "given", "taken", "issued":
			return true
		}
		if strings.HasSuffix(w.fold, "ed") && len(w.fold) > 3 {
			return true
		}
	}
	if s.language != english {
		if w.fold == "ete" || w.fold == "eu" || w.fold == "mis" || w.fold == "pris" || w.fold == "nes" || w.fold == "acquis" || w.fold == "fait" || w.fold == "dit" || w.fold == "pu" || w.fold == "recu" {
			return true
		}
		l := strings.TrimSuffix(strings.TrimSuffix(w.lower, "s"), "e")
		if len(l) > 3 && (strings.HasSuffix(l, "é") || strings.HasSuffix(l, "clu") || strings.HasSuffix(l, "endu") || strings.HasSuffix(l, "enu") || strings.HasSuffix(l, "çu") || strings.HasSuffix(l, "aru") || strings.HasSuffix(l, "onnu") || strings.HasSuffix(l, "oumi") || strings.HasSuffix(l, "ourni") || strings.HasSuffix(l, "ubli") || strings.HasSuffix(l, "scrit") || strings.HasSuffix(l, "struit") || strings.HasSuffix(l, "ouvert")) {
			return true
		}
	}
	return false
}

// participle reports whether a participle governs token i, a preposition, and no modal
// verb governs the participle: "signé avant le", not "à envoyer" or "doit être signé".
func (s *Scanner) participle(i, from int) bool {
	for j := i - 1; j >= from && j >= i-3; j-- {
		if s.tokens[j].kind == markToken {
			return false
		}
		if s.isParticiple(j) {
			return !s.modal(j, from)
		}
	}
	return s.perfect(from, i)
}

// modal reports whether token i depends on a verb that tells of what is to be.
func (s *Scanner) modal(i, from int) bool {
	for j := i - 1; j >= from && j >= i-5; j-- {
		switch w := s.tokens[j].word; w.fold {
		case "doit", "doivent", "devez", "devra", "devront", "etre", "peut", "peuvent", "pourra", "pourront", "sera", "seront", "faut", "must", "should", "be", "can", "may", "will", "shall", "to", "need", "needs", "is", "are", "est", "sont":
			return true
		}
	}
	return false
}

// future finds a verb in the future.
func (s *Scanner) future(from, to int) (cue, bool) {
	for i := from; i < to; i++ {
		w := s.tokens[i].word
		if s.tokens[i].kind != wordToken {
			continue
		}
		switch {
		case s.language != french && (w.fold == "will" || w.fold == "ll" && s.tokens[i].elided):
			return cue{from: i, to: i + 1}, true
		case s.language != english && len(w.fold) > 3 && (strings.HasSuffix(w.fold, "ra") || strings.HasSuffix(w.fold, "ront")):
			switch w.fold {
			case "opera", "camera", "extra", "infra", "ultra", "supra", "contra", "front", "affront", "para", "intra":
				continue
			}
			if s.tokens[i].upper && i > from {
				continue
			}
			return cue{from: i, to: i + 1}, true
		}
	}
	return cue{}, false
}

// valid gives the values of a sentence the days between which its dates say that they
// hold.
func (s *Scanner) valid(claims []Claim) {
	var since, until int64
	for i := range claims {
		c := &claims[i]
		if c.Type != Date || c.Unit != FullDate {
			continue
		}
		switch {
		case (c.Cue == CueEnd || c.Cue == CueUpcoming) && c.Op == Between:
			since, until = c.Lo, c.Hi
		case c.Cue == CueEnd:
			until = c.Hi
		case c.Cue == CueStart:
			since = c.Lo
		}
	}
	for i := range claims {
		claims[i].From, claims[i].Until = since, until
	}
}
