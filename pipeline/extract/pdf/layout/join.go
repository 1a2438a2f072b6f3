package layout

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A vocabulary is the words of a document, in lower case, that do not stand at a
// hyphenated line end: what decides whether a hyphen is one of spelling.
type vocabulary map[string]bool

// maxVocabulary bounds the words that are kept.
const maxVocabulary = 200_000

func (v vocabulary) add(words []word) {
	for i := range words {
		if len(v) >= maxVocabulary {
			return
		}
		s := strings.ToLower(bare(words[i].text))
		if s == "" || strings.HasSuffix(words[i].text, "-") {
			continue
		}
		v[s] = true
	}
}

// bare is a word without the punctuation around it.
func bare(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// joiner puts the lines of a paragraph together.
type joiner struct {
	vocabulary vocabulary
	// left and right edges of the column: a line that ends far from the edge
	// although the next word had room is kept as a line. Without edges all lines
	// are joined.
	left, right float64
}

// text of the lines. Line ends that are meant stay as line feeds.
func (j *joiner) text(lines []line) string {
	var b strings.Builder
	for i := range lines {
		s := lines[i].text()
		if i > 0 && b.Len() > 0 && s != "" {
			if cut, ok := j.hyphen(b.String(), s); ok {
				if cut {
					kept := b.String()
					b.Reset()
					_, n := utf8.DecodeLastRuneInString(kept)
					b.WriteString(kept[:len(kept)-n])
				}
			} else if j.meant(&lines[i-1], &lines[i]) {
				b.WriteByte('\n')
			} else if !together(b.String(), s) {
				b.WriteByte(' ')
			}
		}
		b.WriteString(s)
	}
	return b.String()
}

// meant reports whether the line end between a and b is one that the author set.
func (j *joiner) meant(a, b *line) bool {
	if a.hard || leaders(a.text()) {
		return true
	}
	if j.right <= j.left || a.rtl {
		return false
	}
	return j.right-a.x1 > max(0.3*(j.right-j.left), firstWidth(b)+2*b.size) && !isLower(firstLetter(b.text()))
}

// hyphen reports whether a line that ends like a and one that begins like b are
// joined without a space, and whether the hyphen goes.
func (j *joiner) hyphen(a, b string) (cut, ok bool) {
	last, n := utf8.DecodeLastRuneInString(a)
	if last != '-' && last != '‐' && last != '‑' {
		return false, false
	}
	before, _ := utf8.DecodeLastRuneInString(a[:len(a)-n])
	after, _ := utf8.DecodeRuneInString(b)
	if !unicode.IsLetter(before) && !unicode.IsDigit(before) || !unicode.IsLetter(after) && !unicode.IsDigit(after) {
		return false, false
	}
	if !unicode.IsLetter(before) || !unicode.IsLower(after) {
		return false, true
	}
	head := strings.ToLower(lastWord(a[:len(a)-n]))
	tail, _, _ := strings.Cut(b, " ")
	tail = strings.ToLower(bare(tail))
	switch {
	case j.vocabulary[head+tail]:
		return true, true
	case j.vocabulary[head+"-"+tail]:
		return false, true
	case strings.Contains(head, "-") || clitic(tail):
		return false, true
	case len(head) > 2 && len(tail) > 2 && j.vocabulary[head] && j.vocabulary[tail]:
		return false, true
	}
	return true, true
}

// lastWord is what follows the last space or opening sign of s.
func lastWord(s string) string {
	return s[strings.LastIndexAny(s, " \n([«\"“'’/")+1:]
}

// clitic reports the French words that a hyphen of spelling stands before.
func clitic(s string) bool {
	switch s {
	case "il", "elle", "on", "ils", "elles", "je", "tu", "nous", "vous", "ce", "là", "ci", "même", "mêmes", "t":
		return true
	}
	return false
}

// together reports whether no space stands between two lines: scripts without
// spaces, and addresses that are wrapped behind a slash.
func together(a, b string) bool {
	x, _ := utf8.DecodeLastRuneInString(a)
	y, _ := utf8.DecodeRuneInString(b)
	if spaceless(x) && spaceless(y) {
		return true
	}
	return x == '/' && strings.Contains(a[strings.LastIndexByte(a, ' ')+1:], "://")
}

func spaceless(r rune) bool {
	return r >= 0x3000 && r < 0xa000 || r >= 0xf900 && r < 0xfb00 || r >= 0xff00 && r < 0xfff0 || r >= 0x0e00 && r < 0x0e80
}

func isLower(r rune) bool { return unicode.IsLower(r) }
