package layout

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A word is what stands between two spaces of a piece. In its text, the digits
// of a superscript stand between callOpen and callClose until it is known
// whether they call a footnote.
type word struct {
	text                string
	x0, x1, y, size     float64
	runes               int
	bold, italic, fixed bool
	rtl                 bool
	glued               bool   // no space before it: the text of one word goes on
	hard                bool   // its line ends where the author ended it
	table               *block // stands for a table that was found by its rules
}

// Marks around raised digits and signs. No text has them: cleanRune removes
// control characters.
const (
	callOpen  = '\x0e'
	callClose = '\x0f'
)

// unknownSign stands for a glyph without a character that stands by itself.
const unknownSign = '\uf0b7'

// Gaps between words, in sizes of the font.
const (
	spaceGap     = 0.17 // without spaces in the file
	spaceGapSeen = 0.27 // where the file has its own spaces
	tightest     = 0.1
)

// top and bottom of what a line of text fills, without the ends of ascenders and
// descenders, so that close lines do not touch.
func (w *word) top() float64 {
	if w.table != nil {
		return w.table.y1
	}
	return w.y + 0.6*w.size
}

func (w *word) bottom() float64 {
	if w.table != nil {
		return w.table.y0
	}
	return w.y - 0.12*w.size
}

// words splits a piece at its spaces.
func (p *piece) words(out []word) []word {
	text := p.chars[:0:0]
	space := make([]bool, 0, len(p.chars)) // before text[i]
	pending, spaces := false, 0
	reach := math.Inf(-1)
	for _, c := range p.chars {
		if c.space {
			// A space under a letter is of another text, drawn over this one.
			pending = pending || (c.x0+c.x1)/2 >= reach
			continue
		}
		reach = max(reach, c.x1)
		if pending {
			spaces++
		}
		text, space = append(text, c), append(space, pending)
		pending = false
	}
	p.breakAtGaps(text, space, spaces)
	joinSpaced(text, space)
	return p.cut(text, space, out)
}

// breakAtGaps sets space[i] where the gap before text[i] is one.
func (p *piece) breakAtGaps(text []char, space []bool, spaces int) {
	if len(text) < 2 {
		return
	}
	gaps := make([]float64, len(text))
	var inner []float64
	reach := text[0].x1
	for i := 1; i < len(text); i++ {
		em := max(min(text[i].size, text[i-1].size), 0.01)
		gaps[i] = (text[i].x0 - reach) / em
		if !space[i] && (text[i].text != "." || text[i-1].text != ".") {
			inner = append(inner, gaps[i])
		}
		reach = max(reach, text[i].x1)
	}
	usual := 0.0
	if len(inner) >= 4 {
		slices.Sort(inner)
		usual = inner[len(inner)/2]
	}
	limit := spaceGap
	if spaces*12 >= len(text) {
		limit = spaceGapSeen
	}
	switch {
	case usual > 0.06:
		// Letters that are spaced out: words are further apart than that.
		limit = usual + max(limit-0.03, 0.5*usual)
		if usual > 0.12 && len(inner) < 6 || len(inner) > 0 && inner[len(inner)/5] < 0.25*usual {
			limit = spaceGap
		}
	case usual < 0:
		limit = max(limit+usual, tightest)
	}
	for i := 1; i < len(text); i++ {
		space[i] = space[i] || gaps[i] > limit || gaps[i] < -2 && text[i].x0 < text[i-1].x0 || scriptsMeet(text[i-1].text, text[i].text)
	}
}

// scriptsMeet reports whether one of two letters is read from right to left, and the
// other one is a Latin one: they are of two words, however close they stand.
func scriptsMeet(a, b string) bool {
	return rightToLeft(a) && isLatin(b) || isLatin(a) && rightToLeft(b)
}

func isLatin(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.Latin, r)
}

// joinSpaced takes the spaces out of a heading whose letters the file itself sets
// apart, "C H A P T E R".
func joinSpaced(text []char, space []bool) {
	if len(text) < 5 {
		return
	}
	gaps := make([]float64, 0, len(text))
	for i := range text {
		r, n := utf8.DecodeRuneInString(text[i].text)
		if n != len(text[i].text) || !unicode.IsLetter(r) && !unicode.IsPunct(r) {
			return
		}
		if i > 0 {
			if !space[i] {
				return
			}
			gaps = append(gaps, text[i].x0-text[i-1].x1)
		}
	}
	slices.Sort(gaps)
	usual := max(gaps[len(gaps)/2], 0.01)
	for i := 1; i < len(text); i++ {
		space[i] = text[i].x0-text[i-1].x1 > 1.6*usual
	}
}

// cut makes the words.
func (p *piece) cut(text []char, space []bool, out []word) []word {
	begin := 0
	for i := 1; i <= len(text); i++ {
		if i == len(text) || space[i] {
			if w := p.word(text[begin:i]); w.text != "" {
				out = append(out, w)
			}
			begin = i
		}
	}
	return out
}

func (p *piece) word(chars []char) word {
	w := word{x0: math.Inf(1), x1: math.Inf(-1), y: p.y}
	var b strings.Builder
	var bold, italic, fixed, rtl int
	raised := false
	for i := range chars {
		c := &chars[i]
		w.x0, w.x1 = min(w.x0, c.x0), max(w.x1, c.x1)
		w.size = max(w.size, c.size)
		n := max(len(c.text), 1)
		bold, italic, fixed = bold+count(c.bold, n), italic+count(c.italic, n), fixed+count(c.fixed, n)
		rtl += count(rightToLeft(c.text), 1)
		up := p.raised(c)
		if up != raised {
			if up {
				b.WriteByte(callOpen)
			} else {
				b.WriteByte(callClose)
			}
			raised = up
		}
		b.WriteString(c.text)
	}
	if raised {
		b.WriteByte(callClose)
	}
	if b.Len() == 0 && len(chars) == 1 {
		// A sign by itself that the file has no character for is mostly a bullet;
		// where it begins no line, it is left out with others of private use.
		b.WriteRune(unknownSign)
	}
	w.text = b.String()
	if rtl > 0 {
		w.rtl = true
		w.text = logical(chars)
	}
	if w.size > 1.3*p.size && len(chars) > 1 {
		w.size = p.size
	}
	w.runes = utf8.RuneCountInString(w.text)
	w.bold, w.italic, w.fixed = 2*bold > len(w.text), 2*italic > len(w.text), 2*fixed > len(w.text)
	return w
}

func count(yes bool, n int) int {
	if yes {
		return n
	}
	return 0
}

// raised reports whether c is a superscript digit or sign of the piece.
func (p *piece) raised(c *char) bool {
	if c.y-p.y < 0.15*p.size || c.size > 0.9*p.size {
		return false
	}
	for _, r := range c.text {
		if r >= '0' && r <= '9' {
			continue
		}
		switch r {
		case '*', '†', '‡', '§', '¶', ',', '-', '–', '−', '+', '(', ')':
			continue
		}
		return false
	}
	return c.text != ""
}

func rightToLeft(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r >= 0x590 && r < 0x900 || r >= 0xfb1d && r < 0xfe00 || r >= 0xfe70 && r < 0xff00
}

// logical puts the chars of a word that is read from right to left in the order
// in which they are read; digits and Latin letters in it keep theirs.
func logical(chars []char) string {
	var parts []string
	for i := 0; i < len(chars); {
		n := i + 1
		if strong := leftToRight(chars[i].text); strong {
			for n < len(chars) && (leftToRight(chars[n].text) || n+1 < len(chars) && isJoint(chars[n].text) && leftToRight(chars[n+1].text)) {
				n++
			}
		} else {
			// A mark is drawn where its letter is; it is read after it.
			for n < len(chars) && combining(chars[n].text) {
				n++
			}
		}
		var b strings.Builder
		if combining(chars[i].text) && n < len(chars) {
			b.WriteString(chars[n].text)
			for _, c := range chars[i:n] {
				b.WriteString(c.text)
			}
			n++
		} else {
			for _, c := range chars[i:n] {
				b.WriteString(mirror(c.text))
			}
		}
		parts = append(parts, b.String())
		i = n
	}
	slices.Reverse(parts)
	return strings.Join(parts, "")
}

func leftToRight(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r < 0x590 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r >= 0x660 && r <= 0x669 || r >= 0x6f0 && r <= 0x6f9
}

func isJoint(s string) bool { return s == "." || s == "," || s == "-" || s == ":" || s == "/" }

func mirror(s string) string {
	switch s {
	case "(":
		return ")"
	case ")":
		return "("
	case "[":
		return "]"
	case "]":
		return "["
	case "«":
		return "»"
	case "»":
		return "«"
	}
	return s
}

// inReadingOrder sorts the words of one line by x, and where most of them are
// read from right to left, so; runs of others in such a line keep their order.
func inReadingOrder(words []word) {
	slices.SortStableFunc(words, func(a, b word) int { return cmp.Compare(a.x0, b.x0) })
	rtl, ltr := 0, 0
	for i := range words {
		if words[i].rtl {
			rtl += words[i].runes
		} else if strings.ContainsFunc(words[i].text, unicode.IsLetter) {
			ltr += words[i].runes
		}
	}
	if rtl == 0 {
		return
	}
	if rtl >= ltr {
		slices.Reverse(words)
	}
	for i := 0; i < len(words); {
		n := i + 1
		for n < len(words) && words[n].rtl == words[i].rtl {
			n++
		}
		if words[i].rtl != (rtl >= ltr) {
			slices.Reverse(words[i:n])
		}
		i = n
	}
}
