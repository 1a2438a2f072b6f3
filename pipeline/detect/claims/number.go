package claims

// maxNumber is the largest number that is read; with Scale it fits an int64 after
// every conversion of units.
const maxNumber = 900_000_000_000

// A number is what digits or number words say: tokens [from, to).
type number struct {
	value    int64 // Scale parts
	from, to int
	words    bool // in words
	year     bool // four digits without separators that may be a year
	one      bool // "un", "one", which may be an article
	big      bool // with "million" and the like
	decimals int
}

// number reads the number that begins with token i.
func (s *Scanner) number(i, to int) (number, bool) {
	t := &s.tokens[i]
	switch {
	case t.kind == numberToken:
		n, ok := s.digits(i, to)
		if !ok {
			return n, false
		}
		return s.multiplied(n, to)
	case t.kind == wordToken && (t.word.number > 0 || t.word.scale > 0):
		return s.spelled(i, to)
	}
	return number{}, false
}

// digits reads "1 234,56", "1.234,56", "1,234.56", "12".
func (s *Scanner) digits(i, to int) (number, bool) {
	n := number{from: i, to: i + 1}
	first := s.piece(i)
	if len(first) > 12 {
		return n, false
	}
	n.value = integer(first)
	n.year = len(first) == 4 && n.value >= 1900 && n.value <= 2100
	grouped := rune(0)
	if len(first) <= 3 && first[0] != '0' {
		for n.to < to {
			sep, next := s.separator(n.to, to)
			if next == 0 || grouped != 0 && sep != grouped || !s.groupOfThree(next, sep, grouped, to) {
				break
			}
			if n.value > maxNumber/1000 {
				return n, false
			}
			n.value = n.value*1000 + integer(s.piece(next))
			n.to, grouped = next+1, sep
		}
	}
	if n.value > maxNumber {
		return n, false
	}
	n.value *= Scale
	// Decimals.
	if n.to+1 < to && s.decimalMark(n.to) && s.tokens[n.to+1].kind == numberToken && s.tokens[n.to+1].gap == glued && s.tokens[n.to].mark != grouped {
		frac := s.piece(n.to + 1)
		if len(frac) > 12 {
			return n, false
		}
		unit := int64(Scale)
		for k := range min(len(frac), 4) {
			unit /= 10
			n.value += int64(frac[k]-'0') * unit
		}
		n.decimals = len(frac)
		n.to += 2
		n.year = false
	}
	// A third part is no number: 2.3.1, 192.168.0.1.
	if n.to+1 < to && s.decimalMark(n.to) && s.tokens[n.to+1].kind == numberToken && s.tokens[n.to+1].gap == glued {
		return n, false
	}
	return n, true
}

func (s *Scanner) piece(i int) string { return s.text[s.tokens[i].start:s.tokens[i].end] }

func (s *Scanner) decimalMark(i int) bool {
	return s.tokens[i].gap == glued && (s.tokens[i].mark == '.' || s.tokens[i].mark == ',')
}

// separator returns what parts thousands at token i, and the token behind it; a
// space counts as ' '. The token is 0 when nothing does.
func (s *Scanner) separator(i, to int) (rune, int) {
	t := &s.tokens[i]
	if t.kind == numberToken {
		switch {
		case t.gap == spaced:
			return ' ', i
		case t.gap == glued && t.elided:
			return '\'', i
		}
		return 0, 0
	}
	if s.decimalMark(i) && i+1 < to && s.tokens[i+1].kind == numberToken && s.tokens[i+1].gap == glued && !s.tokens[i+1].elided {
		return t.mark, i + 1
	}
	return 0, 0
}

// groupOfThree reports whether token i is three digits that continue a number
// behind sep. A lone point or comma before them is decimal as the language has it.
func (s *Scanner) groupOfThree(i int, sep, grouped rune, to int) bool {
	if s.tokens[i].end-s.tokens[i].start != 3 {
		return false
	}
	again, next := rune(0), 0
	if i+1 < to {
		again, next = s.separator(i+1, to)
	}
	if sep == ' ' {
		// "1 234 56" is no number but part of a code.
		return next == 0 || again != ' ' || s.tokens[next].end-s.tokens[next].start == 3
	}
	if sep == '\'' || grouped != 0 || next != 0 && again != ' ' {
		return true
	}
	if s.language == french {
		return sep == '.'
	}
	return sep == ','
}

func integer(digits string) int64 {
	var n int64
	for i := range len(digits) {
		n = n*10 + int64(digits[i]-'0')
	}
	return n
}

// multiplied applies "million", "k" and the like behind a number.
func (s *Scanner) multiplied(n number, to int) (number, bool) {
	for n.to < to && s.tokens[n.to].kind == wordToken {
		w := s.tokens[n.to].word
		by := w.scale
		if by == 0 && s.tokens[n.to].gap == glued && (n.to+1 == to || s.tokens[n.to+1].gap != glued || s.tokens[n.to+1].kind == markToken) {
			switch s.text[s.tokens[n.to].start:s.tokens[n.to].end] {
			case "k":
				by = 1e3
			case "K":
				if n.to+1 < to && (s.tokens[n.to+1].mark == '€' || s.tokens[n.to+1].mark == '$' || s.tokens[n.to+1].word.currency != "") {
					by = 1e3
				}
			case "bn":
				by = 1e9
			}
		}
		if by == 0 {
			break
		}
		if n.value > maxNumber*Scale/by {
			return n, false
		}
		n.value *= by
		n.to++
		n.big, n.year = true, false
	}
	return n, true
}

// spelled reads "quatorze", "vingt et un", "soixante-dix-sept", "twenty-five",
// "deux cents", "three hundred", "a hundred" not.
func (s *Scanner) spelled(i, to int) (number, bool) {
	n := number{from: i, to: i, words: true}
	var total, part int64
	last := int64(1 << 40) // what the last word was, for only smaller ones follow
	for j := i; j < to; {
		at := j
		if j > i && (s.tokens[j].mark == '-' && s.tokens[j].gap == glued || s.joins(j, to, part)) {
			at = j + 1
		}
		if at >= to || at > j && s.tokens[at].kind != wordToken {
			break
		}
		w := s.tokens[at].word
		if at > i && s.tokens[at].gap > spaced {
			break
		}
		v := int64(w.number) - 1
		switch {
		case w.scale > 0:
			if part == 0 {
				part = 1
			}
			total += part * w.scale
			part, last = 0, w.scale
		case v == 100:
			if at > i && part == 0 || part >= 10 {
				return s.ended(n, i, total+part)
			}
			if at == i && w.currency != "" && s.language == english {
				return n, false // cents
			}
			part = max(part, 1) * 100
			last = 100
		case v < 0:
			return s.ended(n, i, total+part)
		case v == 20 && part%100 == 4 && last == 4: // quatre-vingts
			part += 76
			last = 20
		case v >= 20 && v < 100 && last >= 100, v >= 0 && v < 20 && fits(last, v, part):
			part += v
			last = v
		default:
			return s.ended(n, i, total+part)
		}
		j = at + 1
		n.to = j
		n.one = at == i && v == 1
	}
	return s.ended(n, i, total+part)
}

// fits reports whether a number below 20 continues one whose last word was last:
// "vingt deux", "soixante dix", "quatre-vingt dix", "cent un".
func fits(last, v, part int64) bool {
	switch {
	case last >= 100:
		return true
	case last == 60 || last == 20 && part%100 == 80:
		return true
	case last == 10 && part%100 != 10 || last == 10 && v >= 7:
		return v < 10 && v >= 7
	case last >= 20:
		return v > 0 && v < 10
	}
	return false
}

// joins reports whether token j is the "et" of "vingt et un", or the "and" of "two
// hundred and fifty".
func (s *Scanner) joins(j, to int, part int64) bool {
	if j+1 >= to || s.tokens[j].kind != wordToken {
		return false
	}
	next := s.tokens[j+1].word.number
	switch s.tokens[j].word.fold {
	case "et":
		return part%100 >= 20 && (next == 2 || next == 12)
	case "and":
		return part >= 100 && part%100 == 0 && next > 1
	}
	return false
}

func (s *Scanner) ended(n number, i int, value int64) (number, bool) {
	if n.to == i || value > maxNumber {
		return n, false
	}
	n.one = n.one && n.to == i+1
	n.value = value * Scale
	n.big = value >= 1_000_000
	return n, true
}

// skipNumber returns the token behind digits that are no value, with all that is
// glued to them, so that parts of codes are not read as numbers.
func (s *Scanner) skipNumber(i, to int) int {
	i++
	for i < to && s.tokens[i].gap == glued && !s.tokens[i].elided {
		if t := &s.tokens[i]; t.kind == markToken && (i+1 >= to || s.tokens[i+1].gap != glued) {
			break
		}
		i++
	}
	return i
}
