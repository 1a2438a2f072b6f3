package claims

// symbol returns the currency of a mark, or "".
func (s *Scanner) symbol(mark rune) string {
	switch mark {
	case '€':
		return "EUR"
	case '$':
		switch s.region() {
		case "CA":
			return "CAD"
		case "AU":
			return "AUD"
		}
		return "USD"
	case '£':
		return "GBP"
	case '¥':
		return "JPY"
	}
	return ""
}

// currency reads a currency at token j, and returns it with the token behind.
func (s *Scanner) currency(j, to int) (string, int) {
	t := &s.tokens[j]
	if t.kind == markToken {
		code := s.symbol(t.mark)
		end := j + 1
		if code != "" && end < to && s.tokens[end].gap == glued && s.tokens[end].kind == wordToken {
			switch s.piece(end) {
			case "CA", "CAD":
				return "CAD", end + 1
			case "US":
				return "USD", end + 1
			}
		}
		return code, end
	}
	w := t.word
	code := w.currency
	if code == "" {
		switch s.piece(j) {
		case "k", "M", "Md", "Mds":
			if j+1 < to && s.tokens[j+1].gap == glued && s.tokens[j+1].kind == markToken {
				if code = s.symbol(s.tokens[j+1].mark); code != "" {
					return code, j + 2
				}
			}
		case "francs":
			if j+1 < to && s.tokens[j+1].word.fold == "suisses" {
				return "CHF", j + 2
			}
			return "FRF", j + 1
		case "livres":
			if j+1 < to && s.tokens[j+1].word.fold == "sterling" {
				return "GBP", j + 2
			}
		case "US", "CA":
			if j+1 < to && s.tokens[j+1].gap == glued && s.tokens[j+1].mark == '$' {
				return s.piece(j) + "D", j + 2
			}
		}
		return "", j
	}
	if len(w.fold) == 3 && w.fold != "yen" && !t.caps && w.fold != "eur" {
		return "", j
	}
	return code, j + 1
}

// money reads a currency behind numbers.
func (s *Scanner) money(c Claim, n, m number, to int) int {
	j := m.to
	if s.tokens[j].gap > spaced {
		return 0
	}
	if j+1 < to && (s.tokens[j].word.fold == "d" || s.tokens[j].word.fold == "de") && m.big {
		j++ // millions d'euros
	}
	code, end := s.currency(j, to)
	if code == "" {
		return 0
	}
	by := int64(1)
	if s.tokens[j].kind == wordToken {
		switch s.piece(j) {
		case "k":
			by = 1e3
		case "M":
			by = 1e6
		case "Md", "Mds":
			by = 1e9
		}
	}
	if c.Hi > maxNumber*Scale/by {
		return 0
	}
	c.Lo, c.Hi = c.Lo*by, c.Hi*by
	if code == "cent" {
		if s.language != french && s.piece(j) != "centimes" && s.piece(j) != "centime" {
			code = "USD" // the reader of the page knows better; pages that say cents rarely mix
			if r := s.region(); r == "IE" || r == "FR" || r == "BE" || r == "LU" {
				code = "EUR"
			}
		} else {
			code = "EUR"
		}
		c.Lo, c.Hi = c.Lo/100, c.Hi/100
	}
	// 12€50
	if end < to && c.Op == Equal && m.decimals == 0 && s.tokens[end].kind == numberToken && s.tokens[end].gap <= spaced && s.tokens[end].end-s.tokens[end].start == 2 && (s.tokens[end].gap == glued || s.closes(end+1, to)) {
		c.Lo += integer(s.piece(end)) * Scale / 100
		c.Hi = c.Lo
		end++
	}
	c.Type, c.Unit = Money, code
	return s.moneyTail(c, n.from, end, to)
}

// closes reports whether nothing that is counted stands at token i, so that the number
// before it are cents: "2 € 50".
func (s *Scanner) closes(i, to int) bool {
	if i >= to {
		return true
	}
	t := &s.tokens[i]
	return t.kind == markToken && t.gap == glued && t.mark != '%' && t.mark != '€' && t.mark != '/' && t.mark != '-' || t.kind == wordToken && (t.word.stop[french] || t.word.fold == "par" || t.word.fold == "ttc" || t.word.fold == "ht")
}

// prefixed reads "€7.50", "EUR 12.5", "$1.2 million", "US$5".
func (s *Scanner) prefixed(i, from, to int) int {
	if i > from && s.tokens[i].gap == glued && s.tokens[i-1].kind != markToken && !s.tokens[i].elided {
		return i
	}
	code, j := s.currency(i, to)
	if code == "" || code == "cent" || j >= to || s.tokens[j].kind != numberToken || s.tokens[j].gap > spaced {
		return i
	}
	if s.tokens[i].kind == wordToken && s.tokens[i].word.currency != "" && len(s.tokens[i].word.fold) != 3 {
		return i // "euros 12" does not occur, "12 euros 3 articles" does
	}
	n, ok := s.number(j, to)
	if !ok {
		return i
	}
	if n.to < to && s.tokens[n.to].gap == glued && (s.piece(n.to) == "m" || s.piece(n.to) == "M") && n.value < maxNumber/1_000_000*Scale {
		n.value *= 1_000_000
		n.to++
	}
	c := Claim{Type: Money, Unit: code, Lo: n.value, Hi: n.value}
	end := n.to
	if m, ok := s.rangeEnd(n, to); ok && m.value > n.value && (m.to >= to || s.tokens[m.to].word.time == 0 || s.tokens[n.to].kind == markToken) {
		c.Op, c.Hi, end = Between, m.value, m.to
	}
	return s.moneyTail(c, i, end, to)
}

// moneyTail reads period, tax and whom the price is for behind money.
func (s *Scanner) moneyTail(c Claim, from, end, to int) int {
	perUser, measure := false, ""
	for range 4 {
		if c.Tax == "" {
			if tax, next := s.tax(end, to); tax != "" {
				c.Tax, end = tax, next
				continue
			}
		}
		if u, next := s.period(end, to); u != 0 && c.Unit[len(c.Unit)-1] >= 'A' && len(c.Unit) == 3 {
			c.Unit += "/" + periods[u]
			end = next
			continue
		}
		if unit, next := s.perMeasure(end, to); unit != "" && measure == "" {
			measure, end = "/"+unit, next
			continue
		}
		if next := s.perUser(end, to); next > end && !perUser {
			perUser = true
			end = next
			continue
		}
		if end+1 < to && s.tokens[end].mark == ',' && c.Tax == "" {
			if tax, next := s.tax(end+1, to); tax != "" {
				c.Tax, end = tax, next
				continue
			}
		}
		if end+1 < to && s.tokens[end].mark == '(' {
			if tax, next := s.tax(end+1, to); tax != "" && next < to && s.tokens[next].mark == ')' {
				c.Tax, end = tax, next+1
				continue
			}
		}
		break
	}
	c.Unit += measure
	if perUser {
		c.Unit += "/user"
	}
	return s.add(c, from, end)
}

// perMeasure reads "par Go", "per kg", "/km", "le kg".
func (s *Scanner) perMeasure(j, to int) (string, int) {
	if j+1 >= to || s.tokens[j+1].kind != wordToken || s.tokens[j+1].gap > spaced {
		return "", j
	}
	switch f := s.tokens[j].word.fold; {
	case s.tokens[j].mark == '/', f == "par", f == "per", f == "le", f == "du", f == "au", f == "a":
		if unit := s.tokens[j+1].word.lexeme.unit; unit != "" && s.tokens[j].word.fold != "du" {
			return unit, j + 2
		}
		if piece := s.piece(j + 1); len(piece) > 1 && unitSymbols[piece] != "" && piece != "in" {
			return unitSymbols[piece], j + 2
		}
	}
	return "", j
}

// perUser reads "par utilisateur", "per user", "/siège".
func (s *Scanner) perUser(j, to int) int {
	if j+1 >= to {
		return j
	}
	t := &s.tokens[j]
	if t.mark != '/' && t.word.fold != "par" && t.word.fold != "per" && t.word.fold != "and" && t.word.fold != "et" {
		return j
	}
	at := j + 1
	if t.word.fold == "and" || t.word.fold == "et" {
		if at++; at >= to || s.tokens[at-1].word.fold != "par" && s.tokens[at-1].word.fold != "per" {
			return j
		}
	}
	switch s.tokens[at].word.fold {
	case "utilisateur", "utilisateurs", "user", "users", "personne", "person", "siege", "seat", "licence", "license", "poste", "membre", "member", "agent", "salarie", "employee", "head", "pers":
		return at + 1
	}
	return j
}

// tax reads "HT", "TTC", "hors taxes", "excl. VAT", "TVA comprise" from token j.
func (s *Scanner) tax(j, to int) (string, int) {
	if j >= to {
		return "", j
	}
	word := func(k int) string {
		if k < to {
			return s.tokens[k].word.fold
		}
		return ""
	}
	vat := func(k int) bool {
		w := word(k)
		return w == "taxes" || w == "taxe" || w == "vat" || w == "tax" || w == "tva" || w == "gst"
	}
	dot := func(k int) int {
		if k < to && s.tokens[k].mark == '.' {
			return k + 1
		}
		return k
	}
	switch word(j) {
	case "ht", "h":
		if word(j) == "h" && !(j+3 < to && s.tokens[j].upper && s.tokens[j+1].mark == '.' && word(j+2) == "t") {
			return "", j
		}
		if word(j) == "h" {
			return "excl", dot(j + 3)
		}
		return "excl", j + 1
	case "ttc":
		return "incl", j + 1
	case "hors", "excl", "ex", "excluding", "plus", "before", "exclusive":
		k := dot(j + 1)
		if word(k) == "of" {
			k++
		}
		if vat(k) {
			return "excl", k + 1
		}
	case "incl", "including", "inc", "inclusive":
		k := dot(j + 1)
		if word(k) == "of" {
			k++
		}
		if vat(k) {
			return "incl", k + 1
		}
	case "toutes":
		if word(j+1) == "taxes" {
			if w := word(j + 2); w == "comprises" || w == "incluses" {
				return "incl", j + 3
			}
			return "incl", j + 2
		}
	case "tva", "vat", "taxes", "tax":
		switch word(j + 1) {
		case "comprise", "comprises", "incluse", "incluses", "included", "inclusive":
			return "incl", j + 2
		case "excluded", "exclue", "exclues", "exclusive":
			return "excl", j + 2
		case "non":
			return "excl", j + 3
		}
	}
	return "", j
}

// region returns where telephone numbers and the sign $ are from.
func (s *Scanner) region() string {
	if s.passage.Region != "" {
		return s.passage.Region
	}
	for i := len(s.passage.Locale) - 2; i > 0; i-- {
		if c := s.passage.Locale[i-1]; (c == '-' || c == '_') && i+2 == len(s.passage.Locale) {
			return upperASCII(s.passage.Locale[i:])
		}
	}
	return ""
}

func upperASCII(code string) string {
	b := []byte(code)
	for i := range b {
		if b[i] >= 'a' && b[i] <= 'z' {
			b[i] -= 'a' - 'A'
		}
	}
	return string(b)
}
