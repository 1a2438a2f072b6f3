package claims

import (
	"strings"
	"unicode/utf8"

	"freshet/index"
)

// maxHeading is how many words a heading within a passage has at most.
const maxHeading = 14

// A line is a line of the passage: tokens [from, to).
type line struct {
	from, to int
	start    int  // byte offset behind the marker
	block    bool // an empty line stands before it, or nothing
	item     bool
	number   int // of an ordered item, else 0
	cells    int // separated by " | ", 0 for lines that are no rows
}

// layout reads the passage as pipeline/chunk wrote it: blocks parted by empty lines;
// items behind "- " or their number; cells parted by " | ".
func (s *Scanner) layout() {
	s.cutLines()
	group := 0
	for i := 0; i < len(s.lines); {
		l := &s.lines[i]
		j := i + 1
		switch {
		case l.cells > 0:
			for j < len(s.lines) && s.lines[j].cells > 0 && !s.lines[j].block {
				j++
			}
			if j-i > 1 || s.passage.Kind == index.Table {
				group++
				s.table(s.lines[i:j], group)
				break
			}
			s.prose(l.from, l.to)
		case l.item:
			for j < len(s.lines) && !s.lines[j].block && s.lines[j].cells == 0 {
				j++
			}
			group++
			s.list(s.lines[i:j], s.leadOf(i), group)
		default:
			for j < len(s.lines) && !s.lines[j].block && !s.lines[j].item && s.lines[j].cells == 0 {
				j++
			}
			if s.isHeading(s.lines[i:j], j < len(s.lines)) {
				s.statement(l.from, l.to, Sentence{Footing: true})
				s.heading = s.text[l.start:s.tokens[l.to-1].end]
				break
			}
			s.prose(l.from, s.lines[j-1].to)
		}
		i = j
	}
}

// cutLines finds the lines of the passage.
func (s *Scanner) cutLines() {
	s.lines = s.lines[:0]
	t := 0
	empty := true
	for start := 0; start < len(s.text); {
		end := len(s.text)
		if n := strings.IndexByte(s.text[start:], '\n'); n >= 0 {
			end = start + n
		}
		from := t
		for t < len(s.tokens) && int(s.tokens[t].start) < end {
			t++
		}
		if t == from {
			empty = true
		} else {
			s.lines = append(s.lines, s.line(from, t, start, end, empty))
			empty = false
		}
		start = end + 1
	}
}

func (s *Scanner) line(from, to, start, end int, block bool) line {
	l := line{from: from, to: to, block: block}
	text := s.text[start:end]
	if n := strings.Count(text, " | "); n > 0 || strings.HasPrefix(text, "| ") {
		l.cells = n + 1
	}
	first := &s.tokens[from]
	switch {
	case l.cells > 0:
	case first.kind == markToken && strings.ContainsRune("-*•–—·‣▪◦●○■□➢►→✓✔", first.mark) && to > from+1 && s.tokens[from+1].gap != glued:
		l.item = true
		l.from++
	case first.kind == numberToken && first.end-first.start <= 3 && to > from+2 && s.tokens[from+1].gap == glued &&
		(s.tokens[from+1].mark == '.' || s.tokens[from+1].mark == ')') && s.tokens[from+2].gap != glued:
		l.item = true
		l.number = smallNumber(s.text[first.start:first.end])
		l.from += 2
	}
	l.start = int(s.tokens[l.from].start)
	return l
}

func smallNumber(digits string) int {
	n := 0
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}

// leadOf returns the last sentence of the line above line i, if it introduces a
// list.
func (s *Scanner) leadOf(i int) string {
	if i == 0 || s.lines[i-1].item || s.lines[i-1].cells > 0 {
		return ""
	}
	above := &s.lines[i-1]
	last := s.tokens[above.to-1]
	if s.lines[i].block && last.mark != ':' {
		return ""
	}
	from := above.from
	for k := above.from; k < above.to-1; k++ {
		if s.ends(k, above.to) {
			from = k + 1
		}
	}
	return s.text[s.tokens[from].start:last.end]
}

// list reads the lines of a list: items, and what continues them.
func (s *Scanner) list(lines []line, lead string, group int) {
	place := 0
	for i := 0; i < len(lines); {
		j := i + 1
		for j < len(lines) && !lines[j].item {
			j++
		}
		place++
		s.sentences(lines[i].from, lines[j-1].to, Sentence{Lead: lead, Place: place, Group: group})
		i = j
	}
}

// isHeading reports whether lines, a block, are a heading of what follows.
func (s *Scanner) isHeading(lines []line, more bool) bool {
	l := &lines[0]
	if len(lines) > 1 || !more || !l.block || l.to-l.from > maxHeading {
		return false
	}
	last := &s.tokens[l.to-1]
	if last.kind == markToken && last.mark != '?' && last.mark != ')' && last.mark != '»' && last.mark != '"' {
		return false
	}
	next := l.to
	return next < len(s.tokens) && (s.tokens[l.from].upper || s.tokens[l.from].kind != wordToken) && !s.hasValue(l.from, l.to)
}

// hasValue reports whether tokens [from, to) hold a value. It leaves no trace.
func (s *Scanner) hasValue(from, to int) bool {
	s.findCues(from, to)
	s.found = s.found[:0]
	s.values(from, to)
	n := 0
	for i := range s.found {
		// A year, a number of things or a property may stand in a heading.
		switch f := &s.found[i]; f.Type {
		case Date, Count, Bool, Version, Role, Duration, Quantity:
		default:
			n++
		}
	}
	return n > 0
}

// prose reads tokens [from, to), which are one block.
func (s *Scanner) prose(from, to int) { s.sentences(from, to, Sentence{}) }

// sentences cuts tokens [from, to) at the ends of sentences.
func (s *Scanner) sentences(from, to int, as Sentence) {
	start := from
	for i := from; i < to; i++ {
		if s.ends(i, to) {
			s.statement(start, i+1, as)
			start = i + 1
		}
	}
	s.statement(start, to, as)
}

// ends reports whether a sentence ends with token i.
func (s *Scanner) ends(i, to int) bool {
	if i+1 >= to {
		return true
	}
	t, next := &s.tokens[i], &s.tokens[i+1]
	if next.gap == glued {
		return false
	}
	opens := next.upper || next.kind == numberToken || next.kind == markToken && strings.ContainsRune("«“\"'‘([-–—•", next.mark)
	if t.kind != markToken {
		return next.gap == broken && opens
	}
	switch t.mark {
	case '!', '?', '…':
		return opens
	case '.':
		return opens && !s.abbreviated(i)
	case '»', '”', '"', ')', ']':
		if i == 0 {
			return false
		}
		before := s.tokens[i-1].mark
		return opens && next.mark == 0 && (before == '.' || before == '!' || before == '?')
	case ':', ';':
		return next.gap == broken
	}
	return next.gap == broken && opens && t.mark != ','
}

// abbreviated reports whether the full stop at token i belongs to a short form.
func (s *Scanner) abbreviated(i int) bool {
	if i == 0 || s.tokens[i].gap != glued {
		return false
	}
	before, next := &s.tokens[i-1], &s.tokens[i+1]
	if before.kind == numberToken {
		// "1. Premier" begins an item, "3. 500" is a number.
		return false
	}
	if before.kind != wordToken {
		return false
	}
	if utf8.RuneCountInString(s.text[before.start:before.end]) == 1 && before.upper && !s.afterNumber(i-1) {
		return true // an initial
	}
	if before.word.flags&abbreviation == 0 || s.afterNumber(i-1) {
		return false
	}
	if before.word.month > 0 || before.word.weekday > 0 {
		return next.kind == numberToken || next.word.weekday > 0
	}
	switch before.word.fold {
	case "etc", "al", "inc", "ltd", "co", "corp", "max", "min", "no", "me":
		return !next.upper || before.word.fold == "me" && before.upper
	case "e", "p":
		return true
	}
	return true
}

// afterNumber reports whether token i stands right behind a number, as units do.
func (s *Scanner) afterNumber(i int) bool { return i > 0 && s.tokens[i-1].kind == numberToken }
