package chunk

import (
	"strings"

	"github.com/clipperhouse/uax29/v2/sentences"

	"freshet/index"
	"freshet/pipeline/extract"
)

// leadWords is how much of a lead-in, and of an item around, is repeated. All that
// stands before a piece takes at most half of it.
const leadWords = 60

// An atom is what a long section is put together from and never cut within.
type atom struct {
	start, end int
	words      int
	kind       index.ChunkKind
	glued      bool   // belongs to the atom behind it
	before     string // stands before a piece that begins with this atom
}

// long emits the pieces of a section that is longer than Max: of about equal
// length, closed where an atom ends.
func (s *splitter) long(of *section) {
	atoms := s.atoms(of.from, of.to)
	rest := 0
	for i := range atoms {
		rest += atoms[i].words
	}
	for i := 0; i < len(atoms); {
		n, words := s.take(atoms[i:], rest)
		rest -= words
		first, last := &atoms[i], &atoms[i+n-1]
		kind := first.kind
		for _, a := range atoms[i : i+n] {
			if a.kind != kind {
				kind = index.Prose
			}
		}
		s.emitSpan(Piece{Kind: kind, Heading: of.path}, of, first.before, first.start, last.end)
		i += n
	}
}

// take counts the atoms of the next piece. rest is what all atoms still hold.
func (s *splitter) take(atoms []atom, rest int) (n, words int) {
	most := s.o.Max
	target := rest / max((rest+most-1)/most, 1)
	room := most - count(atoms[0].before)
	for n < len(atoms) {
		next, w := group(atoms[n:], room)
		if n > 0 && (words+w > room || words >= s.o.Min && words+w/2 > target) {
			break
		}
		n += next
		words += w
	}
	return n, words
}

// group counts an atom with those it is glued to, as long as they fit.
func group(atoms []atom, room int) (n, words int) {
	for n < len(atoms) {
		words += atoms[n].words
		n++
		if !atoms[n-1].glued || n < len(atoms) && words+atoms[n].words > room {
			break
		}
	}
	return n, words
}

// atoms cuts lines [from, to).
func (s *splitter) atoms(from, to int) []atom {
	var out []atom
	c := context{most: s.o.Max / 2}
	for i := from; i < to; i++ {
		l := &s.lines[i]
		if i == from || s.lines[i-1].Block != l.Block {
			c = context{most: s.o.Max / 2}
		}
		text := s.plain[l.Start:l.End]
		a := atom{start: l.Start, end: l.End, words: count(text), kind: s.kindOf(i)}
		most := s.o.Max
		switch l.Role {
		case extract.RoleLead:
			c.lead = tail(text, min(leadWords, c.most))
			a.glued = i+1 < to && a.words <= c.most
		case extract.RoleHeaderRow:
			a.glued = c.head(text, a.words) && i+1 < to
		case extract.RoleItem:
			a.before = c.item(text, l.Depth)
			most -= c.used
		case extract.RoleRow:
			a.before = c.row()
			most -= c.used
		case extract.RoleCode:
			most = s.o.Code
		}
		if a.words <= most {
			out = append(out, a)
			continue
		}
		out = append(out, s.cut(a, &c, most)...)
	}
	return out
}

// A context is what the lines of a list or table need when they begin a piece.
type context struct {
	lead   string
	header []string
	above  []string // the items around, by depth
	begun  bool
	most   int // words that may stand before a piece
	used   int // by what was last put together
}

// head adds a header row of this many words, and reports whether it is repeated:
// a header that is too long, with the lead-in, is not.
func (c *context) head(text string, words int) bool {
	if c.used = count(c.lead) + words + count(strings.Join(c.header, " ")); c.used > c.most {
		c.header, c.most = nil, 0
		return false
	}
	c.header = append(c.header, text)
	return true
}

// item returns what stands before a piece that begins with this item: the lead-in
// and the items around it, the nearest first when there is not room for all.
func (c *context) item(text string, depth int) string {
	depth = min(depth, len(c.above))
	around := c.above[:depth]
	c.used = count(c.lead)
	from := depth
	for from > 0 && c.used+count(around[from-1]) <= c.most {
		from--
		c.used += count(around[from])
	}
	before := strings.Join(append(nonEmpty(c.lead), around[from:]...), "\n")
	c.above = append(around, tail(text, leadWords))
	if !c.begun {
		c.begun = true
		return ""
	}
	return before
}

// row returns what stands before a piece that begins with a row.
func (c *context) row() string {
	before := strings.Join(append(nonEmpty(c.lead), c.header...), "\n")
	if c.used = count(before); c.most == 0 {
		before, c.used = c.lead, count(c.lead)
	}
	if !c.begun {
		c.begun = true
		return ""
	}
	return before
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// tail is the end of s, from a word on, of at most n words.
func tail(s string, n int) string {
	if count(s) <= n {
		return s
	}
	fields := strings.Fields(s)
	return strings.Join(fields[max(len(fields)-n, 0):], " ")
}

// cut splits an atom that is too long into atoms of at most most words: at line
// breaks, then at ends of sentences, then between words, then anywhere. Parts of a
// row stand below its header.
func (s *splitter) cut(a atom, c *context, most int) []atom {
	var out []atom
	add := func(start, end int) {
		before := a.before
		if len(out) > 0 && a.kind == index.Table && c.begun {
			before = c.row()
		}
		out = append(out, atom{start: start, end: end, words: count(s.plain[start:end]), kind: a.kind, before: before})
	}
	at := a.start
	for line := range strings.Lines(s.plain[a.start:a.end]) {
		start, end := at, at+len(strings.TrimRight(line, "\n"))
		at += len(line)
		if count(s.plain[start:end]) <= most {
			if end > start {
				add(start, end)
			}
			continue
		}
		it := sentences.FromString(s.plain[start:end])
		for it.Next() {
			s.cutWords(start+it.Start(), start+it.End(), most, add)
		}
	}
	if a.glued && len(out) > 0 {
		out[len(out)-1].glued = true
	}
	return out
}

// cutWords passes a sentence on, in stretches of at most most words.
func (s *splitter) cutWords(start, end, most int, add func(start, end int)) {
	for start < end && s.plain[start] == ' ' {
		start++
	}
	for end > start && s.plain[end-1] == ' ' {
		end--
	}
	if start == end {
		return
	}
	if count(s.plain[start:end]) <= most {
		add(start, end)
		return
	}
	from, words := start, 0
	for i := start; i < end; {
		next := i
		for next < end && s.plain[next] != ' ' {
			next++
		}
		w := count(s.plain[i:next])
		if words > 0 && words+w > most {
			add(from, i-1)
			from, words = i, 0
		}
		if w > most {
			from = s.cutField(from, next, most, add)
			w = count(s.plain[from:next])
		}
		words += w
		i = min(next+1, end)
	}
	if from < end {
		add(from, end)
	}
}

// cutField passes a stretch without white space on, cut between characters, and
// returns where its rest begins.
func (s *splitter) cutField(start, end, most int, add func(start, end int)) int {
	chars, weight := 0, 0
	for i, r := range s.plain[start:end] {
		if r >= wide {
			weight += longField / 2
		} else {
			weight++
		}
		if chars++; weight >= most*longField && chars > 1 {
			add(start, start+i)
			return s.cutField(start+i, end, most, add)
		}
	}
	return start
}
