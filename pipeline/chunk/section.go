package chunk

import (
	"strings"

	"freshet/pipeline/extract"
)

// A section is what stands under one heading, up to the next.
type section struct {
	path []string // headings above, with its own, without the title
	// heads are the lines of the last headings of path that stand directly
	// before the body: its own, and those above it that have no text of their own.
	heads    []int
	question bool
	level    int // of its own heading; of the one it continues, without
	major    int // counts headings of level 1 and 2: equal means none lies between
	from, to int // lines of its body
	words    int // of its body
	language string
}

type open struct {
	level int
	text  string
}

// sections cuts the lines at headings, at the ends of parts that open on demand,
// and where the language changes.
func sections(t *extract.Text, plain string, lines []extract.Line) []section {
	var out []section
	var stack []open
	var cur section
	push := func(end int) {
		cur.to = end
		if len(cur.heads) > 0 || cur.to > cur.from {
			out = append(out, cur)
		}
	}
	for i, l := range lines {
		b := &t.Blocks[l.Block]
		if b.Kind == extract.Heading {
			push(i)
			cur, stack = under(t, b, closeTo(closeTo(stack, b.Close), b.Level), cur, i)
			continue
		}
		if i == 0 || lines[i-1].Block != l.Block {
			if closing := b.Close > 0 && closes(stack, b.Close); closing || b.Language != cur.language && i > cur.from {
				push(i)
				stack = closeTo(stack, b.Close)
				cur = section{from: i, path: paths(stack), major: cur.major, level: depth(stack)}
			}
			cur.language = b.Language
		}
		cur.words += count(plain[l.Start:l.End])
	}
	push(len(lines))
	return out
}

// under begins the section of heading b, which is line i.
func under(t *extract.Text, b *extract.Block, stack []open, before section, i int) (section, []open) {
	s := section{from: i + 1, major: before.major, level: b.Level, language: b.Language}
	if b.Level <= 2 {
		s.major++
	}
	if isTitle(t, b) {
		return s, stack
	}
	if before.from == before.to && before.level < b.Level && len(before.path) == len(stack) {
		s.heads = append(s.heads, before.heads...)
	}
	s.heads = append(s.heads, i)
	stack = append(stack, open{b.Level, strings.ReplaceAll(b.Text, "\n", " ")})
	s.path = paths(stack)
	s.question = b.Question || strings.HasSuffix(strings.TrimRight(b.Text, " »”\""), "?")
	return s, stack
}

func closes(stack []open, level int) bool {
	return len(stack) > 0 && stack[len(stack)-1].level >= level
}

func closeTo(stack []open, level int) []open {
	if level <= 0 {
		return stack
	}
	for closes(stack, level) {
		stack = stack[:len(stack)-1]
	}
	return stack
}

func depth(stack []open) int {
	if len(stack) == 0 {
		return 0
	}
	return stack[len(stack)-1].level
}

func paths(stack []open) []string {
	if len(stack) == 0 {
		return nil
	}
	out := make([]string, len(stack))
	for i := range stack {
		out[i] = stack[i].text
	}
	return out
}

// isTitle reports whether a heading repeats the document's title, which every
// chunk carries anyway.
func isTitle(t *extract.Text, b *extract.Block) bool {
	return b.Level == 1 && strings.EqualFold(strings.TrimSpace(b.Text), strings.TrimSpace(t.Title))
}
