package markup

import "strings"

// The Markdown parser takes time that grows with the square of the delimiters in
// a paragraph and of the markers before a line. A run of text longer than the
// first number of bytes loses its delimiters when more than one byte in the second
// number is one; its words stay.
var tooDense = [...]struct{ bytes, share int }{{1 << 10, 4}, {4 << 10, 8}, {16 << 10, 1 << 30}}

// delimiters are what starts or ends inline markup.
const delimiters = "*_[]()!<>`~&"

// tamed returns Markdown without what the parser cannot read in linear time:
// markers nested deeper than depth, and paragraphs that are mostly delimiters.
// Fenced code is left alone.
func tamed(s string, depth int) string {
	var out, run strings.Builder
	fence := ""
	flush := func() {
		out.WriteString(withoutDensity(run.String()))
		run.Reset()
	}
	for line := range strings.Lines(s) {
		if mark := fenceOf(line); mark != "" && (fence == "" || strings.HasPrefix(mark, fence)) {
			flush()
			out.WriteString(line)
			if fence == "" {
				fence = mark
			} else {
				fence = ""
			}
			continue
		}
		if fence != "" {
			out.WriteString(line)
			continue
		}
		body := line[markers(line, 1<<30):]
		if strings.TrimSpace(body) == "" || startsBlock(line) {
			flush()
		}
		run.WriteString(shallow(line, depth))
	}
	flush()
	return out.String()
}

func fenceOf(line string) string {
	line = strings.TrimLeft(line, " ")
	for _, c := range [...]string{"`", "~"} {
		if n := len(line) - len(strings.TrimLeft(line, c)); n >= 3 && !strings.Contains(line[n:], "`") {
			return line[:n]
		}
	}
	return ""
}

// startsBlock reports whether a line begins an item, a heading or a row, so that
// its text is read apart from the line before it.
func startsBlock(line string) bool {
	line = strings.TrimLeft(line, " \t")
	if line == "" {
		return true
	}
	switch line[0] {
	case '#', '|':
		return true
	case '-', '+', '*':
		return len(line) > 1 && line[1] == ' '
	}
	return number(line) > 0
}

// number is the length of a list number such as "12. " at the beginning of line.
func number(line string) int {
	n := 0
	for n < len(line) && n < 9 && line[n] >= '0' && line[n] <= '9' {
		n++
	}
	if n == 0 || n+1 >= len(line) || line[n] != '.' && line[n] != ')' || line[n+1] != ' ' {
		return 0
	}
	return n + 2
}

// markers is the length of the first most markers of quotes and items before a
// line, with the white space around them.
func markers(line string, most int) int {
	i := 0
	for i < len(line) {
		c := line[i]
		switch {
		case c == ' ' || c == '\t':
			i++
			continue
		case c == '>' || (c == '-' || c == '*' || c == '+') && i+1 < len(line) && (line[i+1] == ' ' || line[i+1] == '\t'):
			if most--; most < 0 {
				return i
			}
			i++
			continue
		}
		n := number(line[i:])
		if n == 0 {
			return i
		}
		if most--; most < 0 {
			return i
		}
		i += n
	}
	return i
}

// shallow leaves at most depth markers before a line, and as much white space as
// they need.
func shallow(line string, depth int) string {
	all := markers(line, 1<<30)
	kept := markers(line, depth)
	if kept == all && all <= 4*depth {
		return line
	}
	head := line[:min(kept, 4*depth)]
	if strings.TrimLeft(head, " \t") == "" {
		head = ""
	}
	return head + line[all:]
}

func withoutDensity(run string) string {
	if len(run) <= tooDense[0].bytes || htmlBlock(run) {
		return run
	}
	marks := 0
	for i := range len(run) {
		if strings.IndexByte(delimiters, run[i]) >= 0 {
			marks++
		}
	}
	for _, limit := range tooDense {
		if len(run) > limit.bytes && marks > len(run)/limit.share {
			return strings.Map(func(r rune) rune {
				if r < 0x80 && strings.IndexByte(delimiters, byte(r)) >= 0 {
					return ' '
				}
				return r
			}, run)
		}
	}
	return run
}

// htmlBlock reports whether a run is a block of HTML, in which the parser looks
// for no markup.
func htmlBlock(run string) bool {
	name, ok := strings.CutPrefix(strings.TrimLeft(run, " \n"), "<")
	if !ok || len(run)-len(strings.TrimLeft(run, " ")) > 3 {
		return false
	}
	name = strings.TrimPrefix(name, "/")
	end := strings.IndexAny(name, " \t\n>")
	if end < 0 || end > 10 {
		return false
	}
	switch strings.ToLower(name[:end]) {
	case "table", "thead", "tbody", "tr", "td", "th", "div", "p", "ul", "ol", "li", "dl", "dt", "dd", "section", "article", "details", "summary",
		"blockquote", "center", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "main", "nav", "aside", "header", "footer":
		return true
	}
	return false
}
