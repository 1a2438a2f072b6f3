package layout

import (
	"math"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Lines cut into what may be cells: phrases between wide gaps, and figures.

// A token is words of one line that stand together, or one figure.
type token struct {
	words  []word
	x0, x1 float64
	figure bool // has digits and next to no letters
	void   bool // a dash or sign where a figure could be
}

// A tokenLine is a line cut into tokens, from left to right; none where the line
// cannot be one of a table.
type tokenLine struct {
	line
	tokens []token
	row    bool // taken for a row whatever it holds
}

// usualSpace is the width of most spaces between words, in points.
func usualSpace(lines []line, em float64) float64 {
	var gaps []float64
	for i := range lines {
		words := lines[i].words
		for k := 1; k < len(words); k++ {
			if gap := words[k].x0 - words[k-1].x1; gap > 0 && gap < em {
				gaps = append(gaps, gap)
			}
		}
	}
	if len(gaps) < 8 {
		return 0.28 * em
	}
	slices.Sort(gaps)
	return max(gaps[len(gaps)/2], 0.1*em)
}

// tokenLines cuts lines into tokens. A space between words of a phrase is at most
// 1.6 times the usual one; one that is a third wider than usual stands before the
// figures at the end of a phrase.
func tokenLines(lines []line, em float64) []tokenLine {
	space := usualSpace(lines, em)
	wide := max(1.6*space, 0.5*em)
	out := make([]tokenLine, len(lines))
	for i := range lines {
		out[i].line = lines[i]
		words := lines[i].words
		if lines[i].rtl || slices.ContainsFunc(words, func(w word) bool { return w.table != nil || w.rtl }) {
			continue
		}
		out[i].tokens = tokensOf(words, space, wide)
	}
	return out
}

func tokensOf(words []word, space, wide float64) []token {
	// tail[k]: from words[k] to the next wide gap there are figures only.
	tail := make([]bool, len(words))
	for k := len(words) - 1; k >= 0; k-- {
		last := k == len(words)-1 || words[k+1].x0-words[k].x1 > wide
		tail[k] = isFigure(words[k].text) && (last || tail[k+1])
	}
	var out []token
	begin := 0
	for k := 1; k <= len(words); k++ {
		if k < len(words) {
			a, b := &words[k-1], &words[k]
			gap := b.x0 - a.x1
			switch {
			case b.glued, isCurrency(a.text) && isFigure(b.text) && gap < 8*b.size:
				continue
			case gap > wide:
			case tail[k-1] && tail[k] && gap > 0.5*space && !grouped(a.text, b.text):
			case tail[k] && !tail[k-1] && gap > max(1.35*space, 0.33*b.size):
			default:
				continue
			}
		}
		t := token{words: words[begin:k:k], x0: words[begin].x0, x1: words[k-1].x1}
		for i := begin; i < k; i++ {
			t.x1 = max(t.x1, words[i].x1)
		}
		t.figure = tail[begin] || k-begin == 2 && isCurrency(words[begin].text) && tail[k-1] || k-begin == 1 && isFigure(words[begin].text)
		t.void = k-begin == 1 && isVoid(words[begin].text)
		out = append(out, t)
		begin = k
	}
	return out
}

// grouped reports whether b goes on the figure a behind a space: thousands.
func grouped(a, b string) bool {
	digits := 0
	for _, r := range a {
		digits += count(unicode.IsDigit(r), 1)
	}
	if digits == 0 || digits > 3 {
		return false
	}
	n := 0
	for i, r := range b {
		if i < 3 && !unicode.IsDigit(r) || i == 3 && r != ',' && r != '%' {
			return false
		}
		n++
	}
	return n >= 3
}

// isFigure reports whether a word is a figure: digits with what stands with them,
// an amount, a share, an interval, with two letters behind them at most.
func isFigure(s string) bool {
	digits, letters := 0, 0
	raised := false
	for _, r := range s {
		switch {
		case r == callOpen || r == callClose:
			raised = r == callOpen
		case raised:
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
			if digits == 0 {
				return false
			}
		}
	}
	return digits > 0 && letters <= 2
}

// isCurrency reports whether a word is the sign of a currency alone, which stands at
// the edge of a column before its figures.
func isCurrency(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n == len(s) && unicode.Is(unicode.Sc, r)
}

// isVoid reports whether a word says that there is no figure.
func isVoid(s string) bool {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return false
		}
		n++
	}
	return n > 0 && n <= 3
}

// isPeriod reports whether a figure names a year or what lies between two: 2024,
// 2007–08, 1996-97.
func isPeriod(s string) bool {
	digits := 0
	year := 0
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			if digits < 4 {
				year = 10*year + int(r-'0')
			}
			digits++
		case r == '-' || r == '–' || r == '/' || r == '*' || r == callOpen || r == callClose:
			if digits < 4 {
				return false
			}
		default:
			return false
		}
	}
	return digits >= 4 && digits <= 9 && year >= 1800 && year <= 2200
}

// text of a token.
func (t *token) text() string {
	l := line{words: t.words}
	return l.text()
}

// overlap is how much of x0 to x1 lies between a and b.
func overlap(x0, x1, a, b float64) float64 { return math.Min(x1, b) - math.Max(x0, a) }
