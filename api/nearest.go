package api

import (
	"slices"
	"strings"
)

// nearest returns the known word that a mistyped one most likely means, or "".
func nearest(word string, known []string) string {
	best, distance := "", max(2, len(word)/3)+1
	for _, k := range known {
		if d := edits(strings.ToLower(word), k); d < distance {
			best, distance = k, d
		}
	}
	return best
}

// edits counts the letters to be changed, added, removed or swapped. Words over
// 64 bytes are as far apart as they are long.
func edits(a, b string) int {
	const most = 64
	if len(a) > most || len(b) > most {
		return max(len(a), len(b))
	}
	var before, last, row [most + 1]int
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// unknownField is the sentence about a field that is not known.
func unknownField(name string, known []string) string { return unknown("field", name, known) }

// unknownParameter is the sentence about a query parameter that is not known.
func unknownParameter(name string, known []string) string { return unknown("parameter", name, known) }

func unknown(what, name string, known []string) string {
	known = slices.Sorted(slices.Values(known))
	said := "There is no " + what + " " + quoted(name)
	if n := nearest(name, known); n != "" {
		return said + "; did you mean " + quoted(n) + "?"
	}
	if len(known) == 0 {
		return said + " here."
	}
	return said + "; there are " + strings.Join(known, ", ") + "."
}

// quoted shows a word from outside, cut and without line breaks.
func quoted(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "") + "..."
	}
	return `"` + strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' {
			return ' '
		}
		return r
	}, s) + `"`
}
