package formats

import (
	"fmt"
	"html"
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// The marks of Markdown that change what counts as a word. All others are no
// word characters.
var (
	comments   = regexp.MustCompile(`(?s)<!--.*?-->`)
	tags       = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)
	targets    = regexp.MustCompile(`\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+"[^"]*")?\)`)
	listNumber = regexp.MustCompile(`(?m)^[ \t>]*\d+\.[ \t]`)
	underlines = regexp.MustCompile(`(^|[^\p{L}\p{N}_\\])_+([^\s_](?:[^_\n]*[^\s_\\])?)_+([^\p{L}\p{N}_]|$)`)
	doubled    = regexp.MustCompile(`\*\*+|~~`)
	escapes    = regexp.MustCompile(`\\([!-/:-@\[-` + "`" + `{-~])`)
)

// wordsOf are the words of Markdown or plain text as the data's README compares
// them: marks, link targets, rules and comments stripped, in lower case.
func wordsOf(text string) []string {
	text = comments.ReplaceAllString(text, " ")
	text = tags.ReplaceAllString(text, " ")
	text = targets.ReplaceAllString(text, "]")
	text = listNumber.ReplaceAllString(text, "")
	text = underlines.ReplaceAllString(text, "$1$2$3")
	text = doubled.ReplaceAllString(text, "")
	text = escapes.ReplaceAllString(text, "$1")
	return token.FindAllString(strings.ToLower(norm.NFC.String(html.UnescapeString(text))), -1)
}

// spaced is text as its words, with a space before and behind each.
func spaced(text string) string {
	words := wordsOf(text)
	if len(words) == 0 {
		return " "
	}
	return " " + strings.Join(words, " ") + " "
}

func counts(words []string) map[string]int {
	out := make(map[string]int, len(words))
	for _, w := range words {
		out[w]++
	}
	return out
}

// common is the size of the multiset that both have.
func common(a, b []string) int {
	n := 0
	in := counts(b)
	for w, k := range counts(a) {
		n += min(k, in[w])
	}
	return n
}

// surplus names the words that a has more often than b, the most frequent first,
// up to forty.
func surplus(a, b []string) []string {
	in := counts(b)
	type word struct {
		text string
		n    int
	}
	var more []word
	for w, k := range counts(a) {
		if k > in[w] {
			more = append(more, word{w, k - in[w]})
		}
	}
	slices.SortFunc(more, func(x, y word) int {
		if x.n != y.n {
			return y.n - x.n
		}
		return strings.Compare(x.text, y.text)
	})
	var out []string
	for _, w := range more[:min(len(more), 40)] {
		out = append(out, fmt.Sprintf("%s×%d", w.text, w.n))
	}
	return out
}

// share of n in all; nothing of nothing is everything.
func share(n, all int) float64 {
	if all == 0 {
		return 1
	}
	return float64(n) / float64(all)
}

// lcs is the length of the longest common subsequence, 64 words of a at a time
// (Hyyrö's bit-parallel recurrence: zeros of v mark the steps of a column).
func lcs(a, b []string) int {
	width := (len(a) + 63) / 64
	match := map[string][]uint64{}
	for i, w := range a {
		if match[w] == nil {
			match[w] = make([]uint64, width)
		}
		match[w][i/64] |= 1 << (i % 64)
	}
	v := make([]uint64, width)
	for i := range v {
		v[i] = ^uint64(0)
	}
	for _, w := range b {
		m := match[w]
		if m == nil {
			continue
		}
		var carry uint64
		for i := range v {
			u := v[i] & m[i]
			var sum uint64
			sum, carry = bits.Add64(v[i], u, carry)
			v[i] = sum | v[i]&^m[i]
		}
	}
	n := 0
	for i := range a {
		if v[i/64]>>(i%64)&1 == 0 {
			n++
		}
	}
	return n
}

// pipeTables are the pipe tables of Markdown: their rows, without the rule, each
// cut into cells. The first row is the header.
func pipeTables(markdown string) [][][]string {
	var out [][][]string
	var table [][]string
	flush := func() {
		if len(table) > 1 {
			out = append(out, table)
		}
		table = nil
	}
	for line := range strings.Lines(comments.ReplaceAllString(markdown, "")) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			flush()
			continue
		}
		if strings.Trim(line, "|-: ") == "" && len(table) == 1 {
			continue
		}
		table = append(table, pipeCells(line))
	}
	flush()
	return out
}

func pipeCells(line string) []string {
	line = strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|")
	cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(strings.ReplaceAll(cells[i], "\x00", "|"))
	}
	return cells
}

func TestTheMeasure(t *testing.T) {
	words := wordsOf("# A_b [Link](https://x.example/y_(z)) _it_ **bo**ld \\_c\\_ &amp; d\n\n1. one\n<!-- image -->\n| a | b |\n|---|---|\n")
	if got, want := strings.Join(words, " "), "a_b link it bold _c_ d one a b"; got != want {
		t.Errorf("words %q, want %q", got, want)
	}
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "a", 0}, {"a b c d", "b d a c", 2}, {"a b c", "a b c", 3}, {strings.Repeat("x ", 200) + "y", "y " + strings.Repeat("x ", 150), 150}} {
		if got := lcs(strings.Fields(c.a), strings.Fields(c.b)); got != c.want {
			t.Errorf("lcs of %.20q and %.20q is %d, want %d", c.a, c.b, got, c.want)
		}
	}
	tables := pipeTables("x\n| a | b |\n| - | - |\n| 1 \\| 2 | - |\n\n| c |\n| - |\n")
	if len(tables) != 1 || len(tables[0]) != 2 || tables[0][1][0] != "1 | 2" {
		t.Errorf("tables %q", tables)
	}
}
