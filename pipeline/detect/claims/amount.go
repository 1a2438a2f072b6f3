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

// duration reads a unit of time behind a number.
func (s *Scanner) duration(c Claim, n, m number, to int) int {
	j := m.to
	if s.tokens[j].mark == '-' && s.tokens[j].gap == glued && j+1 < to && s.tokens[j+1].gap == glued {
		j++ // a 30-day trial
	}
	working := false
	if j+1 < to {
		switch s.tokens[j].word.fold {
		case "working", "business":
			working = true
			j++
		case "calendar", "consecutive", "full", "whole":
			j++
		}
	}
	u := s.timeUnit(j, n)
	if u == 0 {
		return 0
	}
	if n.one && (s.language == english && n.from+1 == n.to && s.tokens[n.from].word.fold != "one" || u == day) {
		return 0 // "un jour" tells of no duration
	}
	if s.timeOfDay(n, u, j) {
		return 0
	}
	base := timeBase[u]
	c.Type, c.Unit = Duration, base.unit
	c.Lo, c.Hi = c.Lo*base.mul/base.div, c.Hi*base.mul/base.div
	j++
	for j < to {
		switch w := s.tokens[j].word; {
		case w.flags&business != 0 && (u == day || u == hour || u == minute):
			working = true
			j++
			continue
		case w.fold == "calendaires" || w.fold == "calendaire" || w.fold == "francs" && u == day || w.fold == "consecutifs" || w.fold == "pleins":
			j++
			continue
		}
		break
	}
	if working {
		c.Unit = "business_" + c.Unit
	}
	if n.words && n.to == n.from+1 && c.Op == Equal && u == day && (n.value == 8*Scale || n.value == 15*Scale) {
		c.Op = About // huit jours is a week, quinze jours a fortnight
	}
	if rest, end := s.smaller(j, to, u, c.Unit); end > j && c.Op == Equal {
		c.Lo, c.Hi, j = c.Lo+rest, c.Hi+rest, end
	}
	if j+1 < to && c.Op == Equal && (s.tokens[j].word.fold == "et" && strings.HasPrefix(s.tokens[j+1].word.fold, "demi") || s.follow(j, to, []string{"and", "a", "half"}) > 0) {
		half := Scale * base.mul / base.div / 2
		c.Lo, c.Hi = c.Lo+half, c.Hi+half
		if j += 2; s.tokens[j-1].word.fold == "a" {
			j++
		}
	}
	j = s.every(&c, j, to)
	return s.add(c, n.from, j)
}

// timeUnit returns the unit of time at token j behind a number, or 0.
func (s *Scanner) timeUnit(j int, n number) timeUnit {
	t := &s.tokens[j]
	u := t.word.time
	switch {
	case t.kind != wordToken || t.gap > spaced:
		return 0
	case u == 0:
		return 0
	case len(t.word.fold) == 1 && (t.upper || t.word.fold == "s" && n.words):
		return 0
	case t.word.fold == "an" && s.language == english, t.word.fold == "min" && n.words:
		return 0
	case t.word.fold == "second" && (s.language == french || n.words && n.one):
		return 0
	case n.words && len(t.word.fold) == 1:
		return 0
	}
	return u
}

// smaller reads the rest of "1 h 30", "1 an et 6 mois", "2 hours 15 minutes" in the
// unit of the claim; the end is j when there is none.
func (s *Scanner) smaller(j, to int, of timeUnit, unit string) (rest int64, end int) {
	at := j
	if at+1 < to && (s.tokens[at].word.fold == "et" || s.tokens[at].word.fold == "and") {
		at++
	}
	if at >= to || s.tokens[at].gap > spaced {
		return 0, j
	}
	n, ok := s.number(at, to)
	if !ok || n.big || n.value%Scale != 0 {
		return 0, j
	}
	if n.to < to {
		if u := s.timeUnit(n.to, n); u != 0 && u < of && timeBase[u].unit == unit {
			return n.value * timeBase[u].mul / timeBase[u].div, n.to + 1
		}
	}
	if of == hour && at == j && !n.words && n.value < 60*Scale && s.tokens[at].end-s.tokens[at].start == 2 && (n.to == to || s.tokens[n.to].kind != wordToken || s.tokens[n.to].gap != glued) {
		if n.to < to && s.tokens[n.to].word.time == 0 && s.tokens[n.to].word.stem[other] != "" && s.tokens[at].gap != glued && !s.tokens[n.to].word.stop[s.language] {
			return 0, j
		}
		return n.value, n.to
	}
	return 0, j
}

// every reads the period behind a value: "par mois", "/an", "a month".
func (s *Scanner) every(c *Claim, j, to int) int {
	u, end := s.period(j, to)
	if u == 0 {
		return j
	}
	c.Unit += "/" + periods[u]
	return end
}

// period reads "par mois", "/ mois", "per month", "a month", "monthly", "chaque
// mois", "mensuels" from token j; 0 when there is none.
func (s *Scanner) period(j, to int) (timeUnit, int) {
	if j >= to {
		return 0, j
	}
	if j+1 < to && (s.tokens[j].word.fold == "et" || s.tokens[j].word.fold == "and") && (s.tokens[j+1].word.fold == "par" || s.tokens[j+1].word.fold == "per") {
		j++
	}
	t := &s.tokens[j]
	if u := adverb(t.word.fold); u != 0 {
		return u, j + 1
	}
	if j+1 >= to {
		return 0, j
	}
	next := &s.tokens[j+1]
	u := next.word.time
	switch t.word.fold {
	case "for", "pour":
		if w := next.word.fold; (w == "each" || w == "every" || w == "chaque") && j+2 < to && s.tokens[j+2].word.time != 0 {
			return s.tokens[j+2].word.time, j + 3
		}
	case "par", "per", "chaque", "each", "every":
		if u == 0 && next.word.fold == "annum" {
			u = year
		}
		if u != 0 && next.word.fold != "s" {
			return u, j + 2
		}
	case "a", "an":
		if u != 0 && s.language != french && len(next.word.fold) > 2 {
			return u, j + 2
		}
	case "la", "le", "l", "de":
		if j+2 < to && t.word.fold == "de" {
			next = &s.tokens[j+2]
			if u = next.word.time; u == hour && s.tokens[j+1].word.fold == "l" {
				return u, j + 3
			}
			return 0, j
		}
		if (u == minute || u == hour || u == month || u == year || u == week) && len(next.word.fold) > 1 && (t.word.fold != "l" || next.elided) {
			return u, j + 2
		}
	}
	if t.mark == '/' {
		switch {
		case u != 0 && next.word.fold != "s":
			return u, j + 2
		case next.word.fold == "mo" || next.word.fold == "m" && next.kind == wordToken:
			return month, j + 2
		}
	}
	return 0, j
}

// adverb returns the period that a word says by itself.
func adverb(fold string) timeUnit {
	switch fold {
	case "mensuel", "mensuels", "mensuelle", "mensuelles", "mensuellement", "monthly", "pm", "pcm":
		if fold == "pm" {
			return 0
		}
		return month
	case "annuel", "annuels", "annuelle", "annuelles", "annuellement", "yearly", "annually", "annual":
		return year
	case "hebdomadaire", "hebdomadaires", "weekly":
		return week
	case "quotidien", "quotidiens", "quotidienne", "quotidiennes", "journaliers", "daily":
		return day
	case "trimestriel", "trimestriels", "trimestrielle", "trimestrielles", "quarterly":
		return quarter
	case "horaire", "hourly":
		return hour
	}
	return 0
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
