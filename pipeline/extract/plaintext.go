package extract

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// readText reads plain text: paragraphs between empty lines, hard-wrapped lines
// joined, lines with markers as lists.
func readText(s string) *Text {
	t := &Text{Way: WayText}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	lines := make([]string, 0, 16)
	flush := func() {
		t.Blocks = append(t.Blocks, textBlocks(lines)...)
		lines = lines[:0]
	}
	for line := range strings.SplitSeq(s, "\n") {
		if strings.ContainsRune(line, '\f') {
			flush()
		}
		if line = fold(line); line == "" {
			flush()
			continue
		}
		lines = append(lines, line)
	}
	flush()
	t.Blocks = attachLeads(t.Blocks)
	return t
}

// textBlocks turns the lines between two empty ones into paragraphs and lists.
func textBlocks(lines []string) []Block {
	if len(lines) == 0 {
		return nil
	}
	var out []Block
	wrapped := hardWrapped(lines)
	first := 0
	prose := func(end int) {
		if end > first {
			sep := "\n"
			if wrapped {
				sep = " "
			}
			out = append(out, Block{Kind: Paragraph, Text: strings.Join(lines[first:end], sep)})
		}
	}
	for i := 0; i < len(lines); {
		list, n := textList(lines[i:], wrapped)
		if n == 0 {
			i++
			continue
		}
		prose(i)
		out = append(out, list)
		i += n
		first = i
	}
	prose(len(lines))
	return out
}

// hardWrapped reports whether the lines look like one text broken at a width:
// all but the last are 50 to 100 characters long and do not vary much.
func hardWrapped(lines []string) bool {
	if len(lines) < 2 {
		return false
	}
	lo, hi := 1<<30, 0
	for _, l := range lines[:len(lines)-1] {
		n := utf8.RuneCountInString(l)
		lo, hi = min(lo, n), max(hi, n)
	}
	return lo >= 50 && hi <= 100 && hi-lo <= 25
}

// textList reads a list of at least two items at the beginning of lines, and
// returns how many lines it took.
func textList(lines []string, wrapped bool) (Block, int) {
	text, number, bullet := marker(lines[0])
	if bullet == "" {
		return Block{}, 0
	}
	b := Block{Kind: List, Ordered: bullet == "1", Start: number}
	b.Items = append(b.Items, Item{Text: text})
	n := 1
	for ; n < len(lines); n++ {
		text, next, other := marker(lines[n])
		switch {
		case other == bullet && (!b.Ordered || next == number+1):
			b.Items = append(b.Items, Item{Text: text})
			number = next
		case wrapped && other == "":
			last := &b.Items[len(b.Items)-1]
			last.Text += " " + lines[n]
		default:
			return listOrNot(b, n)
		}
	}
	return listOrNot(b, n)
}

func listOrNot(b Block, n int) (Block, int) {
	if len(b.Items) < 2 {
		return Block{}, 0
	}
	if b.Start == 1 || !b.Ordered {
		b.Start = 0
	}
	return b, n
}

// marker splits the marker of an item off a line: bullet is the sign, or "1" for
// a number, or "" when there is none.
func marker(line string) (text string, number int, bullet string) {
	for _, sign := range [...]string{"- ", "* ", "• ", "– ", "— ", "· ", "◦ ", "▪ ", "● ", "‣ "} {
		if rest, ok := strings.CutPrefix(line, sign); ok {
			return rest, 0, sign
		}
	}
	digits := 0
	for digits < len(line) && digits < 3 && line[digits] >= '0' && line[digits] <= '9' {
		digits++
	}
	if digits == 0 || digits+1 >= len(line) || line[digits] != '.' && line[digits] != ')' || line[digits+1] != ' ' {
		return "", 0, ""
	}
	number, _ = strconv.Atoi(line[:digits])
	return line[digits+2:], number, "1"
}

// attachLeads moves a sentence that announces a list or table into its Lead:
// the last line of the paragraph before it, when it ends with a colon.
func attachLeads(blocks []Block) []Block {
	out := blocks[:0]
	for _, b := range blocks {
		if n := len(out); n > 0 && (b.Kind == List || b.Kind == Table) && b.Lead == "" && b.Close == 0 {
			if p := &out[n-1]; p.Kind == Paragraph && strings.HasSuffix(p.Text, ":") && p.Language == b.Language {
				cut := leadStart(p.Text)
				b.Lead = p.Text[cut:]
				p.Text = strings.TrimRight(p.Text[:cut], "\n ")
				if p.Text == "" {
					b.Close = p.Close
					out = out[:n-1]
				}
			}
		}
		out = append(out, b)
	}
	return out
}

// longLead is the length, in bytes, from which on only the last sentence of a
// line is taken as the lead-in.
const longLead = 300

// leadStart is where the lead-in at the end of a paragraph begins.
func leadStart(text string) int {
	cut := strings.LastIndexByte(text, '\n') + 1
	if len(text)-cut <= longLead {
		return cut
	}
	for i := len(text) - 3; i > cut; i-- {
		if text[i+1] == ' ' && strings.IndexByte(".?!;", text[i]) >= 0 {
			return i + 2
		}
	}
	return cut
}
