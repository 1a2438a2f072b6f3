package formats

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"freshet/pipeline/extract"
)

// readText reads plain text: paragraphs between empty lines, hard-wrapped lines
// joined, lines with markers as lists.
func readText(_ context.Context, s string, _ extract.Options) (*extract.Text, error) {
	t := &extract.Text{Way: extract.WayText}
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
		if line = extract.Fold(line); line == "" {
			flush()
			continue
		}
		lines = append(lines, line)
	}
	flush()
	t.Blocks = extract.AttachLeads(t.Blocks)
	return t, nil
}

// textBlocks turns the lines between two empty ones into paragraphs and lists.
func textBlocks(lines []string) []extract.Block {
	if len(lines) == 0 {
		return nil
	}
	var out []extract.Block
	wrapped := hardWrapped(lines)
	first := 0
	prose := func(end int) {
		if end > first {
			sep := "\n"
			if wrapped {
				sep = " "
			}
			out = append(out, extract.Block{Kind: extract.Paragraph, Text: strings.Join(lines[first:end], sep)})
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
func textList(lines []string, wrapped bool) (extract.Block, int) {
	text, number, bullet := marker(lines[0])
	if bullet == "" {
		return extract.Block{}, 0
	}
	b := extract.Block{Kind: extract.List, Ordered: bullet == "1", Start: number}
	b.Items = append(b.Items, extract.Item{Text: text})
	n := 1
	for ; n < len(lines); n++ {
		text, next, other := marker(lines[n])
		switch {
		case other == bullet && (!b.Ordered || next == number+1):
			b.Items = append(b.Items, extract.Item{Text: text})
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

func listOrNot(b extract.Block, n int) (extract.Block, int) {
	if len(b.Items) < 2 {
		return extract.Block{}, 0
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
