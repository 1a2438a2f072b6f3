package sheets

import (
	"strings"
	"unicode"
)

const (
	// separators in the order in which they are believed: a semicolon is a separator
	// before a comma is, which many countries write within numbers.
	separators = "\t;|,"
	// looked is how much of a text its separator is found out from, in bytes, and
	// rowsLooked in rows.
	looked     = 64 << 10
	rowsLooked = 100
)

// declaredSeparator reads the line "sep=;" with which a file tells Excel its separator.
func declaredSeparator(s string) (separator byte, rest string) {
	line, rest, _ := strings.Cut(s, "\n")
	line = strings.TrimSuffix(line, "\r")
	if len(line) == 5 && strings.EqualFold(line[:4], "sep=") {
		return line[4], rest
	}
	return 0, s
}

// separatorOf finds the separator that gives four rows of five the same number of
// fields, two or more; 0 if none does.
func separatorOf(s string) byte {
	if len(s) > looked {
		s = s[:looked]
		if cut := strings.LastIndexByte(s, '\n'); cut > 0 {
			s = s[:cut]
		}
	}
	var best byte
	var highest float64
	for i := range len(separators) {
		if even := evenness(s, separators[i]); even >= 0.8 && even > highest {
			best, highest = separators[i], even
		}
	}
	return best
}

// evenness is the share of rows that have the most frequent number of fields, 0 if
// that is one.
func evenness(s string, separator byte) float64 {
	often := map[int]int{}
	rows := 0
	for at := 0; at < len(s) && rows < rowsLooked; {
		var row []string
		if row, at = record(s, at, separator); len(row) == 1 && strings.TrimSpace(row[0]) == "" {
			continue
		}
		often[len(row)]++
		rows++
	}
	most := 1
	for n, k := range often {
		if k > often[most] || k == often[most] && n > most {
			most = n
		}
	}
	if most == 1 {
		return 0
	}
	return float64(often[most]) / float64(rows)
}

func separatorName(c byte) string {
	switch c {
	case '\t':
		return "a tab"
	case ';':
		return "a semicolon"
	case ',':
		return "a comma"
	}
	return string(c)
}

// kindOf judges what a text in a cell holds. Amounts, shares, telephone numbers and
// dates in digits are data, whatever they are exactly.
func kindOf(s string) cellKind {
	switch strings.ToLower(s) {
	case "true", "false", "vrai", "faux":
		return truth
	}
	digits := false
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits = true
		case strings.ContainsRune(" .,:/-+%()'’", r), unicode.Is(unicode.Sc, r), r == 0x202f, r == 0xa0:
		default:
			return text
		}
	}
	if digits {
		return number
	}
	return text
}
