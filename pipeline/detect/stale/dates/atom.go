package dates

import (
	"strings"
	"time"
)

// The years that are dates here: older ones are history anyway.
const (
	firstYear = 1900
	lastYear  = 2199
)

// a found is a Mention with its place among the words of its sentence.
type found struct {
	Mention
	from, to int // words
}

// clauses is a sentence with its words and the dates in it.
type clauses struct {
	text     string
	from, to int
	words    []word
	found    []found
}

// between is what stands between two words.
func (c *clauses) between(i, j int) string {
	if i < 0 || j >= len(c.words) {
		return ""
	}
	return c.text[c.words[i].end:c.words[j].start]
}

// spaced reports whether only white space lies between word i and the next one.
func (c *clauses) spaced(i int) bool {
	return i+1 < len(c.words) && strings.TrimSpace(strings.ReplaceAll(c.between(i, i+1), "\u00a0", " ")) == ""
}

// joined reports whether exactly sep lies between word i and the next one.
func (c *clauses) joined(i int, sep string) bool {
	return i+1 < len(c.words) && c.between(i, i+1) == sep
}

// loosely reports whether white space, a comma, a dot or a hyphen lies behind word i.
func (c *clauses) loosely(i int) bool {
	if i+1 >= len(c.words) {
		return false
	}
	switch strings.TrimSpace(strings.ReplaceAll(c.between(i, i+1), "\u00a0", " ")) {
	case "", ",", ".", ".,", "-":
		return true
	}
	return false
}

func (c *clauses) year(i int) (int, bool) {
	if i >= len(c.words) {
		return 0, false
	}
	w := &c.words[i]
	if w.end-w.start != 4 || w.number < firstYear || w.number > lastYear {
		return 0, false
	}
	return w.number, true
}

func (c *clauses) day(i int) (int, bool) {
	if i >= len(c.words) || i < 0 {
		return 0, false
	}
	w := &c.words[i]
	if w.s == "premier" {
		return 1, true
	}
	if w.number < 1 || w.number > 31 || w.end-w.start > 4 || !w.ordinal && w.end-w.start > 2 {
		return 0, false
	}
	return w.number, true
}

// month reads the name of a month. "may", "march" and short forms are words too: they
// count when they are written as names, or a number stands beside them.
func (c *clauses) month(i int) (time.Month, bool) {
	if i >= len(c.words) || i < 0 {
		return 0, false
	}
	w := &c.words[i]
	m, ok := monthNames[w.s]
	if !ok {
		return 0, false
	}
	beside := i > 0 && c.words[i-1].number >= 0 && c.loosely(i-1) || i+1 < len(c.words) && c.words[i+1].number >= 0 && c.loosely(i)
	switch w.s {
	case "may", "march":
		return m, w.capital && beside || w.s == "march" && beside
	case "janv", "jan", "fevr", "fev", "feb", "mar", "avr", "apr", "jun", "juil", "jul", "aug", "sept", "sep", "oct", "nov", "dec":
		return m, beside
	}
	return m, true
}

// date reads the date that begins with word i, and the word behind it.
func (r *reader) date(c *clauses, i int) (found, int, bool) {
	for _, form := range [...]func(*reader, *clauses, int) (found, bool){(*reader).iso, (*reader).numeric, (*reader).dayFirst, (*reader).monthFirst,
		(*reader).monthYear, (*reader).part, (*reader).season, (*reader).alone} {
		if f, ok := form(r, c, i); ok {
			f.from = i
			f.Start, f.End = c.words[i].start, c.words[f.to-1].end
			return f, f.to, true
		}
	}
	return found{}, 0, false
}

// exact is a day of a year.
func exact(year int, month time.Month, day, to int) (found, bool) {
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return found{}, false
	}
	d := On(year, month, day)
	return found{Mention: Mention{First: d, Last: d, HasYear: true}, to: to}, true
}

// iso reads 2025-03-31.
func (r *reader) iso(c *clauses, i int) (found, bool) {
	year, ok := c.year(i)
	if !ok || !c.joined(i, "-") || !c.joined(i+1, "-") {
		return found{}, false
	}
	month, okMonth := c.day(i + 1)
	day, okDay := c.day(i + 2)
	if !okMonth || !okDay {
		return found{}, false
	}
	return exact(year, time.Month(month), day, i+3)
}

// numeric reads 31/03/2025, 31.03.2025, 31-03-2025, 31/03/25, and 03/2025.
func (r *reader) numeric(c *clauses, i int) (found, bool) {
	sep := c.between(i, i+1)
	if sep != "/" && sep != "." && sep != "-" || i > 0 && strings.ContainsAny(c.between(i-1, i), "/°") {
		return found{}, false
	}
	a, ok := c.day(i)
	if !ok || c.words[i].ordinal {
		return found{}, false
	}
	if year, isYear := c.year(i + 1); isYear && sep == "/" && a <= 12 {
		return wholeMonth(year, time.Month(a), i+2), true
	}
	b, ok := c.day(i + 1)
	if !ok || !c.joined(i+1, sep) || i+2 >= len(c.words) {
		return found{}, false
	}
	year, ok := c.year(i + 2)
	if w := &c.words[i+2]; !ok && sep == "/" && w.end-w.start == 2 && w.number >= 0 {
		year, ok = 2000+w.number, true
	}
	if !ok || strings.HasPrefix(c.text[c.words[i+2].end:c.to], sep) && c.joined(i+2, sep) {
		return found{}, false
	}
	first, okFirst := exact(year, time.Month(b), a, i+3)
	second, okSecond := exact(year, time.Month(a), b, i+3)
	switch {
	case r.american && okSecond, !okFirst && okSecond:
		return second, true
	case !okFirst:
		return found{}, false
	case r.both && okSecond && second.Last != first.Last:
		first.Other = second.Last
	}
	return first, true
}

// dayFirst reads 1er mars 2025, 31 mars, 3rd of March 2025, 31-Mar-2025.
func (r *reader) dayFirst(c *clauses, i int) (found, bool) {
	day, ok := c.day(i)
	if !ok {
		return found{}, false
	}
	m := i + 1
	if m < len(c.words) && c.words[m].s == "of" && c.spaced(i) {
		m++
	} else if !c.spaced(i) && !c.joined(i, "-") {
		return found{}, false
	}
	month, ok := c.month(m)
	if !ok {
		return found{}, false
	}
	return c.withYear(month, day, m)
}

// monthFirst reads March 31, 2025 and Mar. 31.
func (r *reader) monthFirst(c *clauses, i int) (found, bool) {
	month, ok := c.month(i)
	if !ok || !c.loosely(i) {
		return found{}, false
	}
	d := i + 1
	if c.words[d].s == "the" {
		d++
	}
	day, ok := c.day(d)
	if !ok || c.words[i].s == "mars" || c.words[i].s == "mai" {
		return found{}, false
	}
	if last, at, ok := c.toDayOf(d); ok {
		f, ok := c.withYear(month, last, at)
		f.Range = ok && f.HasYear && day <= last
		if f.Range {
			f.First -= Date(last - day)
		}
		return f, ok
	}
	return c.withYear(month, day, d)
}

// toDayOf reads the second day of "March 3-5" and of "March 3 to 5, 2025".
func (c *clauses) toDayOf(d int) (day, at int, ok bool) {
	if d+1 >= len(c.words) {
		return 0, 0, false
	}
	at = d + 1
	if gap := c.between(d, at); gap != "-" && gap != "–" && gap != " - " && gap != " – " {
		if s := c.words[at].s; s != "to" && s != "through" && s != "and" || !c.spaced(d) || !c.spaced(at) {
			return 0, 0, false
		}
		at++
	}
	if day, ok = c.day(at); !ok {
		return 0, 0, false
	}
	if _, isYear := c.year(at + 1); !isYear || !c.loosely(at) {
		return 0, 0, false
	}
	return day, at, true
}

// withYear completes a day and a month, the last word of which is at, by a year.
func (c *clauses) withYear(month time.Month, day, at int) (found, bool) {
	y := at + 1
	if y < len(c.words) && (c.words[y].s == "of" || c.words[y].s == "de") && c.spaced(at) {
		y++
	}
	if year, ok := c.year(y); ok && c.loosely(y-1) && c.loosely(at) {
		return exact(year, month, day, y+1)
	}
	if day > daysIn(2024, month) { // a leap year
		return found{}, false
	}
	return found{Mention: Mention{month: month, day: day}, to: at + 1}, true
}

func wholeMonth(year int, month time.Month, to int) found {
	return found{Mention: Mention{First: On(year, month, 1), Last: On(year, month, daysIn(year, month)), Precision: Month, HasYear: true}, to: to}
}

// monthYear reads mars 2025, March of 2025, and a month alone.
func (r *reader) monthYear(c *clauses, i int) (found, bool) {
	month, ok := c.month(i)
	if !ok {
		return found{}, false
	}
	y := i + 1
	if y < len(c.words) && (c.words[y].s == "of" || c.words[y].s == "de") && c.spaced(i) {
		y++
	}
	if year, ok := c.year(y); ok && c.loosely(y-1) && c.loosely(i) {
		return wholeMonth(year, month, y+1), true
	}
	if len(c.words[i].s) < 3 || c.words[i].s == "may" || c.words[i].s == "march" && !c.words[i].capital {
		return found{}, false
	}
	return found{Mention: Mention{Precision: Month, month: month}, to: i + 1}, true
}

// part reads T1 2025, premier trimestre 2025, second half of 2025.
func (r *reader) part(c *clauses, i int) (found, bool) {
	w := &c.words[i]
	count, months, at := 0, 3, i
	switch {
	case len(w.s) == 2 && strings.IndexByte("tqsh", w.s[0]) >= 0 && w.s[1] >= '1' && w.s[1] <= '4':
		count = int(w.s[1] - '0')
		if w.s[0] == 's' || w.s[0] == 'h' {
			months = 6
		}
	case len(w.s) == 1 && strings.Contains("tqsh", w.s) && i+1 < len(c.words) && c.joined(i, "") && c.words[i+1].number >= 1 && c.words[i+1].number <= 4:
		count, at = c.words[i+1].number, i+1
		if w.s == "s" || w.s == "h" {
			months = 6
		}
	default:
		count = ordinals[w.s]
		if w.ordinal && w.number <= 4 {
			count = w.number
		}
		at = i + 1
		if count == 0 || at >= len(c.words) {
			return found{}, false
		}
		switch c.words[at].s {
		case "trimestre", "quarter":
		case "semestre", "half":
			months = 6
			if w.s == "dernier" || w.s == "last" {
				count = 2
			}
		default:
			return found{}, false
		}
	}
	y := at + 1
	for y < len(c.words) && (c.words[y].s == "of" || c.words[y].s == "de" || c.words[y].s == "l" || c.words[y].s == "annee") {
		y++
	}
	year, ok := c.year(y)
	if !ok || count*months > 12 || !c.loosely(y-1) {
		return found{}, false
	}
	from, last := time.Month((count-1)*months+1), time.Month(count*months)
	return found{Mention: Mention{First: On(year, from, 1), Last: On(year, last, daysIn(year, last)), Precision: Quarter, HasYear: true}, to: y + 1}, true
}

// season reads été 2025 and summer of 2025.
func (r *reader) season(c *clauses, i int) (found, bool) {
	s, ok := seasons[c.words[i].s]
	if !ok || i > 0 && past[c.words[i-1].s] { // a été 2025
		return found{}, false
	}
	y := i + 1
	if y < len(c.words) && (c.words[y].s == "of" || c.words[y].s == "de") {
		y++
	}
	year, ok := c.year(y)
	if !ok || !c.loosely(y-1) {
		return found{}, false
	}
	if next, ok := c.year(y + 1); ok && next == year+1 && s.later == 1 {
		y++
	}
	last := On(c.words[y].number, s.month, s.day)
	if s.later == 1 && c.words[y].number == year {
		last = On(year+1, s.month, s.day)
	}
	return found{Mention: Mention{First: last - 92, Last: last, Precision: Quarter, HasYear: true}, to: y + 1}, true
}

// alone reads a year, 2025, and two that are one: 2025-2026, 2025/26.
func (r *reader) alone(c *clauses, i int) (found, bool) {
	year, ok := c.year(i)
	if !ok || i > 0 && strings.ContainsAny(lastOf(c.between(i-1, i)), "/-°.,_€$£") || !c.plainBehind(i) {
		return found{}, false
	}
	m := found{Mention: Mention{First: On(year, 1, 1), Last: On(year, 12, 31), Precision: Year, HasYear: true}, to: i + 1}
	if sep := c.between(i, i+1); i+1 < len(c.words) && (sep == "-" || sep == "/" || sep == "–") {
		next, ok := c.year(i + 1)
		if w := &c.words[i+1]; !ok && w.end-w.start == 2 && w.number == (year+1)%100 {
			next, ok = year+1, true
		}
		if !ok || next <= year {
			return found{}, false
		}
		m.Last, m.to, m.Range = On(next, 12, 31), i+2, true
	}
	return m, true
}

func lastOf(s string) string {
	if s == "" {
		return ""
	}
	return s[len(s)-1:]
}

// plainBehind reports whether what follows a number lets it be a year: no unit, and no
// further digits.
func (c *clauses) plainBehind(i int) bool {
	rest := c.text[c.words[i].end:c.to]
	if strings.HasPrefix(rest, "€") || strings.HasPrefix(rest, "%") || strings.HasPrefix(rest, "$") {
		return false
	}
	trimmed := strings.TrimLeft(rest, " \u00a0\u202f")
	if strings.HasPrefix(trimmed, "€") || strings.HasPrefix(trimmed, "%") || strings.HasPrefix(trimmed, "£") || strings.HasPrefix(trimmed, "$") {
		return false
	}
	if len(rest) > 1 && strings.IndexByte(".,", rest[0]) >= 0 && rest[1] >= '0' && rest[1] <= '9' {
		return false
	}
	return i+1 >= len(c.words) || !c.spaced(i) || !units[c.words[i+1].s]
}
