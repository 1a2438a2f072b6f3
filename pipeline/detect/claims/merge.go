package claims

import "strings"

// merge makes one range of two values joined by "à", "to" or a dash, and marks what a
// "passé de" leaves behind.
func (s *Scanner) merge() {
	out := s.found[:0]
	for k := 0; k < len(s.found); k++ {
		f := s.found[k]
		if n := len(out); n > 0 && ranged(f.Type) {
			prev := &out[n-1]
			if prev.Type == f.Type && (prev.Unit == f.Unit || strings.HasPrefix(f.Unit, prev.Unit+"/")) && prev.Op == Equal && f.Op == Equal && prev.Hi < f.Lo && s.bridged(prev.to, f.from, prev.from) {
				prev.Op, prev.Hi, prev.to, prev.Unit = Between, f.Hi, f.to, f.Unit
				if prev.Tax == "" {
					prev.Tax = f.Tax
				}
				continue
			}
		}
		out = append(out, f)
	}
	s.found = out
	for k := range s.found {
		s.change(&s.found[k])
		s.followOn(&s.found[k])
	}
}

func ranged(t Type) bool {
	switch t {
	case Money, Percent, Duration, Quantity, Count:
		return true
	}
	return false
}

// bridged reports whether one token between two values makes them a range.
func (s *Scanner) bridged(end, start, from int) bool {
	if start != end+1 {
		return false
	}
	t := &s.tokens[end]
	switch {
	case t.mark == '-' || t.mark == '–' || t.mark == '—':
		return true
	case t.word.fold == "a" || t.word.fold == "to":
		return true
	case t.word.fold == "et" || t.word.fold == "and":
		return s.between(from)
	}
	return false
}

// change marks the first value behind "passé de" as past: alone, or as the lower end
// of what looks like a range, which then gives way to its upper end.
func (s *Scanner) change(f *found) {
	c, ok := s.said(changed, max(f.from-3, 0), f.from)
	if ok && s.tokens[c.from].word.lower == "passe" {
		return // un mot de passe de 12 caractères
	}
	if !ok || c.to != f.from && (c.to != f.from-1 || !s.filler(c.to)) {
		return
	}
	if f.Op == Between {
		f.Op, f.Lo = Equal, f.Hi
		return
	}
	f.Past = true
}

// followOn gives a price behind "puis" the period and tax of the one before:
// "19,99 € par mois pendant 6 mois, puis 34,99 €".
func (s *Scanner) followOn(f *found) {
	if f.Type != Money || len(f.Unit) != 3 {
		return
	}
	c, ok := s.said(thenPays, max(f.from-3, 0), f.from)
	if !ok || c.to < f.from-1 {
		return
	}
	for k := range s.found {
		before := &s.found[k]
		if before.from >= f.from {
			return
		}
		if before.Type == Money && len(before.Unit) > 3 && before.Unit[:3] == f.Unit {
			f.Unit = before.Unit
			if f.Tax == "" {
				f.Tax = before.Tax
			}
			return
		}
	}
}
