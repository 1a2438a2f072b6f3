package layout

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
)

// A line is the words of one baseline within one column, in reading order.
type line struct {
	words               []word
	x0, x1, y, size     float64
	runes               int
	bold, italic, fixed bool
	rtl                 bool
	hard                bool // its end is one that the author set
}

// baselineReach is how far apart, in sizes of the font, the baselines of words
// of one line of a column may be.
const baselineReach = 0.35

// linesOf sorts the words of one column into lines, from top to bottom. Words
// that stand for tables make lines of their own.
func linesOf(words []word) []line {
	order := slices.Clone(words)
	slices.SortStableFunc(order, func(a, b word) int { return cmp.Compare(b.middle(), a.middle()) })
	var out []line
	for len(order) > 0 {
		n := 1
		if order[0].table == nil {
			for n < len(order) && order[n].table == nil && order[0].y-order[n].y <= baselineReach*min(order[0].size, order[n].size) {
				n++
			}
		}
		out = append(out, lineOf(order[:n:n]))
		order = order[n:]
	}
	return out
}

// middle is the place of a word in the order of lines.
func (w *word) middle() float64 {
	if w.table != nil {
		return (w.table.y0 + w.table.y1) / 2
	}
	return w.y
}

// lineOf measures the line that the words make.
func lineOf(words []word) line {
	l := line{words: words, x0: math.Inf(1), x1: math.Inf(-1)}
	inReadingOrder(words)
	var bold, italic, fixed, rtl int
	styles := make([]struct {
		size, y float64
		runes   int
	}, 0, 4)
	best := 0
	for i := range words {
		w := &words[i]
		l.x0, l.x1 = min(l.x0, w.x0), max(l.x1, w.x1)
		l.runes += w.runes
		bold, italic, fixed = bold+count(w.bold, w.runes), italic+count(w.italic, w.runes), fixed+count(w.fixed, w.runes)
		rtl += count(w.rtl, w.runes)
		l.hard = l.hard || w.hard
		k := 0
		for k < len(styles) && math.Abs(styles[k].size-w.size) > 0.02*w.size && k < cap(styles)-1 {
			k++
		}
		if k == len(styles) {
			styles = append(styles, struct {
				size, y float64
				runes   int
			}{w.size, w.y, 0})
		}
		if styles[k].runes += w.runes; styles[k].runes > styles[best].runes {
			best = k
		}
	}
	l.size, l.y = styles[best].size, styles[best].y
	// Numbers and bullets are often not in the weight of the words behind them.
	most := l.runes * 4 / 5
	l.bold, l.italic, l.fixed = bold > most, italic > most, fixed > most
	l.rtl = 2*rtl > l.runes
	return l
}

// text of a line, with single spaces between its words.
func (l *line) text() string {
	var b strings.Builder
	for i := range l.words {
		if i > 0 && !l.words[i].glued {
			b.WriteByte(' ')
		}
		b.WriteString(l.words[i].text)
	}
	return b.String()
}

// table is the table that the line stands for, nil for text.
func (l *line) table() *block {
	if len(l.words) == 1 {
		return l.words[0].table
	}
	return nil
}

// withDropCaps moves a large first letter, which stands on a lower baseline, to
// the line that it begins.
func withDropCaps(lines []line) []line {
	for i := 1; i < len(lines); i++ {
		below := &lines[i]
		for j := i - 1; j >= 0 && j >= i-4; j-- {
			l := &lines[j]
			if l.table() != nil {
				break
			}
			k := slices.IndexFunc(below.words, func(w word) bool { return w.capOf(l) })
			if k < 0 {
				continue
			}
			// The topmost line beside the letter is the one it begins.
			for j > 0 && lines[j-1].table() == nil && lines[j-1].y < below.words[k].y+0.9*below.words[k].size && below.words[k].capOf(&lines[j-1]) {
				j--
				l = &lines[j]
			}
			first := below.words[k]
			// The lines beside the letter begin where it does.
			for m := j + 1; m < len(lines) && lines[m].y > first.y-0.5*lines[m].size; m++ {
				if lines[m].table() == nil && m != i {
					lines[m].x0 = min(lines[m].x0, first.x0)
				}
			}
			first.size, first.y = l.size, l.y
			l.words[0].glued = l.words[0].x0-first.x1 < 0.6*l.size
			words := append([]word{first}, l.words...)
			bold, y := l.bold, l.y
			*l = lineOf(words)
			l.bold, l.y = bold, y
			rest := slices.Delete(slices.Clone(below.words), k, k+1)
			if len(rest) == 0 {
				lines = slices.Delete(lines, i, i+1)
				i--
			} else {
				lines[i] = lineOf(rest)
			}
			break
		}
	}
	return lines
}

// capOf reports whether w is a large letter beside the beginning of l.
func (w *word) capOf(l *line) bool {
	return w.table == nil && w.runes == 1 && w.size > 1.9*l.size && w.y < l.y-0.3*l.size && w.y+w.size > l.y &&
		strings.IndexFunc(w.text, unicode.IsUpper) == 0 && l.x0 >= w.x1-0.2*l.size && l.x0-w.x1 < 2*l.size
}
