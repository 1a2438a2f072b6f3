package claims

import "strings"

const (
	nearWords      = 7  // before and after a value
	conditionWords = 12 // in the scope of a condition
	labelWords     = 8  // of a label before a colon
	shortAnswer    = 2  // content words of an answer that its question has to name
)

// surroundings fills what a sentence says beside its values.
func (s *Scanner) surroundings(from, to int, sentence *Sentence) {
	at := len(s.pool)
	for i := from; i < to; i++ {
		if !s.covered[i] {
			s.stem(&s.tokens[i], s.language)
		}
	}
	sentence.Stems = s.pooled(at)
	at = len(s.pool)
	s.entities(from, to)
	sentence.Entities = s.pooled(at)
	at = len(s.pool)
	scoped := from // what one condition spans opens no other
	for _, c := range s.cues {
		switch {
		case c.sense&condition != 0:
			if c.from >= scoped {
				scoped = s.scope(c, to)
			}
		case c.sense&pastTense != 0:
			sentence.Past = sentence.Past || s.isPast(c, from)
		case c.sense&illustrate != 0:
			// Not the "example" of an address.
			sentence.Example = sentence.Example || !s.covered[c.from]
		}
	}
	sentence.Condition = s.pooled(at)
	sentence.Example = sentence.Example || s.quoted(from, to)
	if s.codeLike(from, to) {
		sentence.Footing = true
	}
}

// isPast reports whether a cue of the past tells of the sentence: forms of être and
// was do only where no "depuis" or "now" brings it to the present.
func (s *Scanner) isPast(c cue, from int) bool {
	switch s.tokens[c.from].word.fold {
	case "was", "were":
		// "if you were", "was sent to you" tell nothing of what holds.
		return c.from > from && !s.conditional(c.from, from)
	case "etait", "etaient", "avait", "avaient", "fut", "furent":
		return !s.conditional(c.from, from)
	}
	return true
}

// pastClause reports whether the clause of a value tells of the past.
func (s *Scanner) pastClause(f *found, from, to int) bool {
	first, last := s.clause(f, from, to)
	for _, c := range s.cues {
		if c.sense&pastTense != 0 && c.from >= first && c.to <= last && s.isPast(c, from) {
			return true
		}
	}
	return false
}

// conditional reports whether "if", "who" and the like stand shortly before token i.
func (s *Scanner) conditional(i, from int) bool {
	for j := i - 1; j >= from && j > i-6; j-- {
		switch s.tokens[j].word.fold {
		case "si", "s", "if", "quand", "lorsque", "que", "qui", "that", "which":
			return true
		}
	}
	return false
}

// scope adds the stems of what a condition says, up to the end of its clause, and
// returns that end.
func (s *Scanner) scope(c cue, to int) (end int) {
	n := 0
	i := c.to
	for ; i < to && n < conditionWords; i++ {
		t := &s.tokens[i]
		if t.kind == markToken && (t.mark == ',' || t.mark == ';' || t.mark == ':' || t.mark == ')' || t.mark == '.' && t.gap == glued && i+1 == to) {
			break
		}
		if !s.covered[i] {
			s.stem(t, s.language)
		} else if t.kind == numberToken {
			s.pool = append(s.pool, strings.Clone(s.piece(i)))
		}
		n++
	}
	return i
}

// quoted reports whether the sentence stands in quotes as a whole.
func (s *Scanner) quoted(from, to int) bool {
	first := s.tokens[from].mark
	if first != '«' && first != '“' && first != '"' || to-from < 6 {
		return false
	}
	for i := to - 1; i > from && i > to-4; i-- {
		if m := s.tokens[i].mark; m == '»' || m == '”' || m == '"' {
			return true
		}
	}
	return false
}

// codeLike reports whether the sentence is program text rather than language.
func (s *Scanner) codeLike(from, to int) bool {
	n := 0
	for i := from; i < to; i++ {
		switch s.tokens[i].mark {
		case '{', '}', '=', '<', '>', ';', '$', '\\', '_', '#', '&':
			n++
		}
	}
	return to-from > 6 && n*5 > to-from
}

// entities adds what tells the sentence's subject from others: capitalised words,
// words with digits, words in quotes.
func (s *Scanner) entities(from, to int) {
	quoted := false
	first := true
	for i := from; i < to; i++ {
		t := &s.tokens[i]
		switch t.kind {
		case markToken:
			switch t.mark {
			case '«', '“':
				quoted = true
			case '»', '”':
				quoted = false
			case '"':
				quoted = !quoted
			}
			continue
		case numberToken:
			if s.covered[i] || t.gap == glued && !t.elided {
				first = false
				continue
			}
			if i+1 < to && s.tokens[i+1].gap == glued && s.tokens[i+1].kind == wordToken && !s.tokens[i+1].elided {
				s.entity(i, to) // 4G
			}
			first = false
			continue
		}
		if !s.covered[i] && (t.gap != glued || t.elided || i == from || s.tokens[i-1].kind == markToken) {
			mixed := i+1 < to && s.tokens[i+1].gap == glued && s.tokens[i+1].kind == numberToken && !s.tokens[i+1].elided
			w := t.word
			switch {
			case mixed, t.caps && len(w.fold) > 1 && w.number == 0:
				s.entity(i, to)
			case quoted && !w.stop[s.language] && len(w.fold) > 1:
				s.entity(i, to)
			case t.upper && !first && !w.stop[french] && !w.stop[english] && w.month == 0 && w.weekday == 0 && w.number == 0 && !s.opening(i):
				s.entity(i, to)
			}
		}
		first = false
	}
}

// opening reports whether token i begins a statement within a sentence: behind a
// colon or an opening quote.
func (s *Scanner) opening(i int) bool {
	return i > 0 && s.tokens[i-1].kind == markToken && strings.ContainsRune(":•-–—«“\"(.!?", s.tokens[i-1].mark) && s.tokens[i].gap != glued && s.tokens[i-1].mark != '('
}

// entity adds token i with what digits and letters are glued to it.
func (s *Scanner) entity(i, to int) {
	j := i + 1
	for j < to && s.tokens[j].gap == glued && !s.tokens[j].elided && s.tokens[j].kind != markToken {
		j++
	}
	if j == i+1 {
		s.pool = append(s.pool, s.tokens[i].word.fold)
		return
	}
	s.pool = append(s.pool, s.word(s.text[s.tokens[i].start:s.tokens[j-1].end]).fold)
}

// settle completes the claims of a sentence and adds them to the Scan.
func (s *Scanner) settle(from, to int, sentence *Sentence) {
	number := len(s.scan.Sentences) - 1
	first := len(s.scan.Claims)
	for k := range s.found {
		if len(s.scan.Claims) >= MaxClaims {
			s.scan.Cut = "the passage has more values than are read: only the first were"
			break
		}
		f := &s.found[k]
		f.Sentence = number
		f.Start, f.End = int(s.tokens[f.from].start), int(s.tokens[f.to-1].end)
		s.bounds(f, from, to)
		f.Label = s.labelOf(f, from)
		f.Near = s.near(f, from, to)
		f.Past = f.Past || sentence.Past && s.pastClause(f, from, to)
		s.inherit(f)
		s.scan.Claims = append(s.scan.Claims, f.Claim)
	}
	s.cueDates(from, to, sentence, s.scan.Claims[first:])
}

// bounds sets the Op of a claim by the words beside it.
func (s *Scanner) bounds(f *found, from, to int) {
	switch f.Type {
	case Date, Hours, Clock, Phone, Email, URL, Bool, Role, Version:
		return
	}
	left := f.from
	if left > from && s.tokens[left-1].mark == '(' {
		left--
	}
	if f.Op == Between || f.Op == About && f.Type != Duration {
		return
	}
	op := f.Op
	if c, ok := s.said(changed, max(from, left-4), left); ok && s.tokens[c.from].word.lower != "passe" {
		return
	}
	bounded := false // by the longest phrase, which comes first
	for _, c := range s.cues {
		if !bounded && (c.to == left || c.to == left-1 && s.filler(left-1)) {
			bounded = c.sense&(opMin|opMax|opAbout) != 0
			switch {
			case c.sense&opMin != 0 && !(f.Type == Duration && s.startsAt(c)):
				op = AtLeast
			case c.sense&opMax != 0:
				op = AtMost
			case c.sense&opAbout != 0:
				op = About
			}
		}
		if c.from == f.to || c.from == f.to+1 && f.to < to && (s.tokens[f.to].mark == '(' || s.tokens[f.to].mark == ',') {
			switch {
			case c.sense&opMinAfter != 0:
				op = AtLeast
			case c.sense&opMaxAfter != 0:
				op = AtMost
			}
		}
	}
	if left-1 >= from {
		switch s.tokens[left-1].mark {
		case '≥', '>':
			op = AtLeast
		case '≤', '<':
			op = AtMost
		case '~', '≈', '±':
			op = About
		}
	}
	if f.to < to && s.tokens[f.to].mark == '+' {
		op = AtLeast
	}
	f.Op = op
	switch op {
	case AtLeast:
		f.Hi = 0
	case AtMost:
		f.Lo = 0
	}
}

// startsAt reports whether a cue that may mean "at least" means a beginning before a
// duration: "from", "dès", "à partir de".
func (s *Scanner) startsAt(c cue) bool {
	switch s.tokens[c.from].word.fold {
	case "from", "des", "over", "under":
		return true
	}
	return false
}

// filler reports whether token i may stand between a cue and its value.
func (s *Scanner) filler(i int) bool {
	t := &s.tokens[i]
	switch t.word.fold {
	case "de", "d", "des", "les", "le", "la", "l", "a", "the", "of", "en":
		return true
	}
	return t.mark == ':' || t.mark == '('
}

// labelOf returns the stems of what names a value: the header cells of its row and
// column, what stands before a colon, or the question of a short answer.
func (s *Scanner) labelOf(f *found, from int) []string {
	if len(s.question) > 0 && (f.Type == Bool && f.Attribute == "yes" || len(s.scan.Sentences) == 1 && len(s.scan.Sentences[0].Stems) <= shortAnswer) {
		return s.question
	}
	at := len(s.pool)
	for _, c := range s.labelCells(f, from) {
		s.stemCell(c)
	}
	return s.pooled(at)
}

// labelCells returns where the words stand that name a value: row, column, and before
// a colon.
func (s *Scanner) labelCells(f *found, from int) (cells [3]cell) {
	if s.label.rowed {
		cells[0] = s.label.row
	}
	cells[1] = s.label.column
	for i := f.from - 1; i >= from && i > f.from-6; i-- {
		if s.tokens[i].mark != ':' {
			continue
		}
		if i-from <= labelWords {
			cells[2] = cell{from, i}
		}
		break
	}
	return cells
}

func (s *Scanner) stemCell(c cell) {
	for i := c.from; i < c.to; i++ {
		s.stem(&s.tokens[i], s.language)
	}
}

// near returns the stems around a value.
func (s *Scanner) near(f *found, from, to int) []string {
	at := len(s.pool)
	for i := max(from, f.from-nearWords); i < f.from; i++ {
		if !s.covered[i] {
			s.stem(&s.tokens[i], s.language)
		}
	}
	for i := f.to; i < min(to, f.to+nearWords); i++ {
		if !s.covered[i] {
			s.stem(&s.tokens[i], s.language)
		}
	}
	return s.pooled(at)
}

// inherit takes period and tax of a price, and the days of opening hours, from the
// header cells of a table.
func (s *Scanner) inherit(f *found) {
	if f.Type == Hours && f.Days == 0 {
		s.daysOfCells(f)
		return
	}
	if f.Type != Money && f.Type != Quantity && f.Type != Count {
		return
	}
	for _, c := range [...]cell{s.label.column, s.label.row} {
		if !s.label.rowed && c == s.label.row {
			continue
		}
		for i := c.from; i < c.to; i++ {
			if tax, _ := s.tax(i, c.to); tax != "" && f.Tax == "" && f.Type == Money {
				f.Tax = tax
			}
			if u, _ := s.period(i, c.to); u != 0 && f.Unit != "" && !strings.Contains(f.Unit, "/") && u != second {
				f.Unit += "/" + periods[u]
			}
		}
	}
}
