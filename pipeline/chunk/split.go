package chunk

import (
	"sort"
	"strings"

	"freshet/index"
	"freshet/pipeline/extract"
)

type splitter struct {
	t     *extract.Text
	o     Options
	plain string
	lines []extract.Line
	out   []Piece
}

// part emits the pieces of one part.
func (s *splitter) part(p part) {
	first, last := &p.sections[0], &p.sections[len(p.sections)-1]
	if p.question {
		path := first.path
		s.emit(Piece{Kind: index.FAQ, Heading: path[:len(path)-1], Question: path[len(path)-1]}, first, "", s.bodyStart(first), last.to)
		return
	}
	path := shared(p.sections)
	start := headStart(first, len(path))
	if len(p.sections) == 1 && first.words > s.o.Max {
		s.long(first)
		return
	}
	if start >= last.to {
		return
	}
	s.emit(Piece{Kind: s.kind(start, last.to), Heading: path}, first, "", start, last.to)
}

// bodyStart is the first line of the answer of a question: its own body, or the
// heading below it.
func (s *splitter) bodyStart(q *section) int { return q.from }

// shared is the path that all sections have in common. A section that is nothing
// but a heading has that heading in its text, so its own path ends above it.
func shared(list []section) []string {
	path := list[0].path
	if list[0].from == list[0].to && len(path) > 0 {
		path = path[:len(path)-1]
	}
	for i := range list[1:] {
		other := list[i+1].path
		n := 0
		for n < len(path) && n < len(other) && path[n] == other[n] {
			n++
		}
		path = path[:n]
	}
	return path
}

// headStart is the line at which a piece begins whose path has only the first
// kept headings of the section's.
func headStart(s *section, kept int) int {
	left := min(len(s.path)-kept, len(s.heads))
	if left <= 0 {
		return s.from
	}
	return s.heads[len(s.heads)-left]
}

// emit adds the piece of lines [from, to).
func (s *splitter) emit(p Piece, of *section, before string, from, to int) {
	s.emitSpan(p, of, before, s.lines[from].Start, s.lines[to-1].End)
}

func (s *splitter) emitSpan(p Piece, of *section, before string, start, end int) {
	for start < end && s.plain[start] == ' ' {
		start++
	}
	p.Start, p.End = start, end
	p.Page = s.pageAt(start)
	p.Text = s.plain[start:end]
	if before != "" {
		p.Text = before + "\n" + p.Text
	}
	p.Words = count(p.Text)
	if p.Words == 0 && strings.TrimSpace(p.Text) == "" {
		return
	}
	p.Locale = s.locale(of, p.Text, p.Words)
	s.out = append(s.out, p)
}

// pageAt is the page on which the block at a place of the plain text begins.
func (s *splitter) pageAt(start int) int {
	line := sort.Search(len(s.lines), func(i int) bool { return s.lines[i].End > start })
	if line == len(s.lines) {
		return 0
	}
	return s.t.Blocks[s.lines[line].Block].Page
}

// wordsToTell is how many words have to speak another language before they are
// believed against the page.
const wordsToTell = 40

func (s *splitter) locale(of *section, text string, words int) string {
	locale := of.language
	if locale == "" {
		locale = s.t.Language
	}
	if words < wordsToTell {
		return locale
	}
	if told := extract.FrenchOrEnglish(text); told != "" && told != base(locale) {
		return told
	}
	return locale
}

func base(locale string) string {
	b, _, _ := strings.Cut(locale, "-")
	return b
}

// kind is the form of lines [from, to): that of their blocks when they agree.
func (s *splitter) kind(from, to int) index.ChunkKind {
	kind := s.kindOf(from)
	for i := from + 1; i < to; i++ {
		if s.kindOf(i) != kind {
			return index.Prose
		}
	}
	return kind
}

func (s *splitter) kindOf(line int) index.ChunkKind {
	switch s.t.Blocks[s.lines[line].Block].Kind {
	case extract.List:
		return index.List
	case extract.Table:
		return index.Table
	case extract.Code:
		return index.Code
	}
	return index.Prose
}
