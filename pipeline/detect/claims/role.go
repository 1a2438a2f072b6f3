package claims

import "strings"

const (
	roleWords = 6 // of the name of an office
	nameWords = 5 // of a person
)

// role reads who holds an office, from the office's word at token i: "Directeur
// financier : X", "X, directrice de Y", "CEO X", "Le directeur de la publication est X".
func (s *Scanner) role(i, from, to int) int {
	t := &s.tokens[i]
	if t.kind != wordToken {
		return i
	}
	if i == from {
		if next := s.labelled(from, to); next > i {
			return next
		}
	}
	if t.word.fold == "par" || t.word.fold == "by" {
		return s.doneBy(i, from, to)
	}
	if t.word.flags&office == 0 {
		return i
	}
	end := s.officeEnd(i, to)
	if end >= to {
		if name, begin := s.nameBefore(i, from); name != "" {
			return s.addRole(i, end, name, begin, end)
		}
		return i
	}
	j := end
	switch f := s.tokens[j].word.fold; {
	case s.tokens[j].mark == ':' || f == "est" || f == "is":
		if name, next := s.name(j+1, to); next > j+1 {
			return s.addRole(i, end, name, i, next)
		}
	case t.caps && len(t.word.fold) <= 4:
		if name, next := s.name(j, to); next > j {
			return s.addRole(i, end, name, i, next)
		}
	}
	if name, begin := s.nameBefore(i, from); name != "" {
		return s.addRole(i, end, name, begin, end)
	}
	return i
}

// labelled reads a sentence that is a label and a name, "Direction artistique : X Y",
// or a cell that is a name and whose row or column names an office.
func (s *Scanner) labelled(from, to int) int {
	if s.label.rowed {
		name, next := s.name(from, to)
		if next <= from || next < to {
			return from
		}
		switch {
		case s.namesOffice(s.label.column):
			return s.addRole(s.label.column.from, s.label.column.to, name, from, next)
		case s.namesOffice(s.label.row), s.label.column.to == s.label.column.from:
			return s.addRole(s.label.row.from, s.label.row.to, name, from, next)
		}
		return from
	}
	for j := from + 1; j < to && j <= from+roleWords; j++ {
		if s.tokens[j].mark != ':' {
			continue
		}
		name, next := s.name(j+1, to)
		if next <= j+1 || next < to && s.tokens[next].kind != markToken || s.tokens[from].word.stop[s.language] {
			return from
		}
		return s.addRole(from, j, name, from, next)
	}
	return from
}

// namesOffice reports whether a cell has the word of an office.
func (s *Scanner) namesOffice(c cell) bool {
	for i := c.from; i < c.to; i++ {
		if s.tokens[i].word.flags&office != 0 {
			return true
		}
	}
	return false
}

// doneBy reads "dirigée par X Y", "run by X Y", from "par" or "by" at token i.
func (s *Scanner) doneBy(i, from, to int) int {
	if i == from || !s.isParticiple(i-1) && s.tokens[i-1].word.fold != "run" && s.tokens[i-1].word.fold != "led" && s.tokens[i-1].word.fold != "overseen" {
		return i
	}
	name, next := s.name(i+1, to)
	if next <= i+1 {
		return i
	}
	return s.addRole(i-1, i, name, i-1, next)
}

// officeEnd returns the end of an office's name: words in small letters with "de la".
func (s *Scanner) officeEnd(i, to int) int {
	j := i + 1
	for j < to && j < i+roleWords {
		t := &s.tokens[j]
		if t.kind != wordToken || t.gap > spaced && !t.elided {
			break
		}
		if f := t.word.fold; f == "est" || f == "is" || f == "a" || f == "qui" || f == "et" || f == "and" || f == "who" || f == "ou" || f == "or" {
			break
		}
		if t.upper && s.tokens[j-1].word.flags&office != 0 && s.tokens[i].caps {
			break
		}
		if t.upper && (j+1 >= to || s.tokens[j+1].upper) && !s.tokens[j-1].word.stop[s.language] {
			break
		}
		j++
	}
	return j
}

// name reads a person's name: two to five capitalised words, with particles.
func (s *Scanner) name(i, to int) (string, int) {
	for i < to && s.title(i) {
		i++
		if i < to && s.tokens[i].mark == '.' {
			i++
		}
	}
	var parts []string
	j := i
	for j < to && len(parts) < nameWords {
		t := &s.tokens[j]
		if t.mark == '-' && t.gap == glued && j > i && j+1 < to && s.tokens[j+1].upper {
			j++
			continue
		}
		if t.kind != wordToken || j > i && t.gap > spaced {
			break
		}
		particle := t.word.fold == "de" || t.word.fold == "du" || t.word.fold == "van" || t.word.fold == "von" || t.word.fold == "d" || t.word.fold == "le" || t.word.fold == "la"
		if particle && len(parts) > 0 && j+1 < to && s.tokens[j+1].upper {
			j++
			continue
		}
		if !t.upper || t.word.stop[s.language] || t.word.month > 0 || t.word.weekday > 0 || t.word.flags&office != 0 {
			break
		}
		parts = append(parts, t.word.fold)
		j++
	}
	if len(parts) < 2 {
		return "", i
	}
	return strings.Join(parts, " "), j
}

func (s *Scanner) title(i int) bool {
	switch s.tokens[i].word.fold {
	case "professor", "professeur", "doctor", "docteur", "chef", "sir", "m", "mme", "mr", "mrs", "ms", "dr", "me", "monsieur", "madame", "mlle", "pr", "maitre":
		return true
	}
	return false
}

// nameBefore reads the name in "X, directrice de Y", whose office is at token i.
func (s *Scanner) nameBefore(i, from int) (string, int) {
	j := i - 1
	if j > from && (s.tokens[j].word.fold == "le" || s.tokens[j].word.fold == "la" || s.tokens[j].word.fold == "l" || s.tokens[j].word.fold == "the" || s.tokens[j].word.fold == "our" || s.tokens[j].word.fold == "notre") {
		j--
	}
	if j <= from || s.tokens[j].mark != ',' {
		return "", 0
	}
	begin := j
	for begin > from && begin > j-nameWords-2 && (s.tokens[begin-1].upper || s.tokens[begin-1].mark == '-') && s.tokens[begin-1].kind != numberToken {
		begin--
	}
	name, next := s.name(begin, j)
	if next != j {
		return "", 0
	}
	return name, begin
}

func (s *Scanner) addRole(from, end int, name string, begin, next int) int {
	at := len(s.pool)
	for i := from; i < end; i++ {
		if of := masculine(s.tokens[i].word.lower); of != "" {
			s.pool = append(s.pool, s.word(of).stem[s.language])
			continue
		}
		s.stem(&s.tokens[i], s.language)
	}
	if len(s.pool) == at {
		s.pool = append(s.pool, s.tokens[from].word.fold)
	}
	office := strings.Join(s.pool[at:], " ")
	s.pool = s.pool[:at]
	return s.add(Claim{Type: Role, Attribute: office, Text: name}, begin, next)
}

// masculine returns the French form under which offices are compared, whoever holds
// them; "" for words that have only one.
func masculine(word string) string {
	switch word {
	case "directrice", "rédactrice", "fondatrice", "médiatrice", "interlocutrice":
		return strings.TrimSuffix(word, "rice") + "eur"
	case "présidente", "gérante", "référente":
		return strings.TrimSuffix(word, "e")
	case "déléguée":
		return "délégué"
	case "trésorière":
		return "trésorier"
	case "cheffe":
		return "chef"
	case "financière":
		return "financier"
	case "générale":
		return "général"
	case "commerciale":
		return "commercial"
	case "adjointe":
		return "adjoint"
	}
	return ""
}
