package dates

import "strings"

// join makes one Mention of two dates that are the ends of a range: "du 3 au 5 mars
// 2025", "from 3 March to 5 March 2025", "March 3-5, 2025".
func (c *clauses) join(r *reader) {
	out := c.found[:0]
	for i := range c.found {
		f := c.found[i]
		if n := len(out); n > 0 && c.ranged(&out[n-1], &f) {
			out[n-1] = c.spanned(&out[n-1], &f)
			continue
		}
		out = append(out, f)
	}
	c.found = out
	for i := range c.found {
		floor := 0
		if i > 0 {
			floor = c.found[i-1].to
		}
		c.begun(&c.found[i], floor)
	}
}

// ranged reports whether two dates are the ends of one range.
func (c *clauses) ranged(a, b *found) bool {
	if a.Range && a.Precision != Year || a.Precision == Year && b.Precision != Year || !b.HasYear && a.HasYear {
		return false
	}
	if strings.ContainsAny(c.between(a.to-1, a.to), ".!?:;()|") {
		return false
	}
	words := c.content(a.to, b.from)
	opened := c.opens(a.from)
	switch strings.Join(words, " ") {
	case "": // a dash
		gap := strings.TrimSpace(c.text[c.words[a.to-1].end:c.words[b.from].start])
		return gap == "-" || gap == "–" || gap == "—" || gap == "→"
	case "au", "a", "to", "through", "thru", "until", "till", "jusqu au", "jusqu a", "et jusqu au", "and until":
		return opened != "" && opened != "between" && opened != "entre" || words[0] == "au" || words[0] == "to" || words[0] == "through"
	case "et", "and", "et le", "and the":
		return opened == "entre" || opened == "between"
	}
	return false
}

// content are the words of a stretch without articles and days of the week.
func (c *clauses) content(from, to int) []string {
	var out []string
	for _, w := range c.words[from:max(from, to)] {
		if !articles[w.s] && !weekdays[w.s] {
			out = append(out, w.s)
		}
	}
	return out
}

// opens returns the word that opens a range before word i, or "".
func (c *clauses) opens(i int) string {
	for i--; i >= 0; i-- {
		switch s := c.words[i].s; {
		case articles[s] || weekdays[s]:
		case s == "du" || s == "de" || s == "from" || s == "entre" || s == "between":
			return s
		default:
			return ""
		}
	}
	return ""
}

// spanned is the range of two dates; the first takes the year of the second.
func (c *clauses) spanned(a, b *found) found {
	m := *b
	m.from, m.Start, m.Range = a.from, a.Start, true
	if !b.HasYear {
		return m
	}
	if a.HasYear {
		m.First = min(a.First, b.Last)
		return m
	}
	year := b.Last.Time().Year()
	day := max(a.day, 1)
	if d := daysIn(year, a.month); day > d {
		day = d
	}
	m.First = On(year, a.month, day)
	if m.First > m.Last {
		m.First = On(year-1, a.month, min(day, daysIn(year-1, a.month)))
	}
	return m
}

// begun takes the bare day before a date for the beginning of a range: "du 3 au 5 mars
// 2025", "3-5 March 2025", and the bare day behind it: "March 3-5, 2025".
func (c *clauses) begun(f *found, floor int) {
	if f.Range || f.Precision != Day {
		return
	}
	at := f.from - 1
	for at >= floor && (articles[c.words[at].s] || weekdays[c.words[at].s]) {
		at--
	}
	if at < floor {
		return
	}
	word := c.words[at].s
	if word == "au" || word == "a" || word == "to" || word == "et" || word == "and" || word == "through" {
		if at--; at < floor || !c.spaced(at) {
			return
		}
	} else if gap := strings.TrimSpace(c.between(at, at+1)); gap != "-" && gap != "–" {
		return
	}
	for at >= floor && weekdays[c.words[at].s] {
		at--
	}
	day, ok := 0, false
	if at >= floor {
		day, ok = c.day(at)
	}
	opened := ""
	if at >= floor {
		opened = c.opens(at)
	}
	if !ok || (word == "et" || word == "and") && opened != "entre" && opened != "between" {
		return
	}
	f.from, f.Start, f.Range = at, c.words[at].start, true
	if f.HasYear {
		t := f.Last.Time()
		if day <= t.Day() {
			f.First = On(t.Year(), t.Month(), day)
		}
	}
}
