package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"freshet/pipeline/extract"
)

// An inline collects the running text of a paragraph.
type inline struct {
	b     strings.Builder
	gap   bool // white space was seen behind the last character
	last  rune
	link  int // open links
	bold  int // open bold elements
	words int // letters and digits: all
	links int // within links
	bolds int // in bold
}

// add appends text with its white space folded.
func (t *inline) add(s string) {
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		i += n
		if r == '\n' || extract.White(r) {
			t.gap = true
			continue
		}
		if r != ' ' && extract.Invisible(r, t.last) {
			continue
		}
		if t.gap && t.b.Len() > 0 && t.last != '\n' {
			t.b.WriteByte(' ')
		}
		t.gap = false
		t.b.WriteRune(r)
		t.last = r
		t.count(r)
	}
}

func (t *inline) count(r rune) {
	if r < utf8.RuneSelf && !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9') {
		return
	}
	if r >= utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return
	}
	t.words++
	if t.link > 0 {
		t.links++
	}
	if t.bold > 0 {
		t.bolds++
	}
}

func (t *inline) newline() {
	t.gap = false
	if t.b.Len() > 0 {
		t.b.WriteByte('\n')
		t.last = '\n'
	}
}

// endsLine reports whether nothing stands behind the last line break.
func (t *inline) endsLine() bool { return t.b.Len() > 0 && t.last == '\n' }

// headingWords is the longest line in bold that reads as a heading, in characters.
const headingChars = 120

// readsAsHeading reports whether all of the text is one short line in bold that
// does not end as a sentence does.
func (t *inline) readsAsHeading() bool {
	if t.words < 3 || t.bolds != t.words || t.b.Len() > headingChars {
		return false
	}
	s := strings.TrimSpace(t.b.String())
	return !strings.ContainsRune(s, '\n') && !strings.ContainsAny(s[len(s)-1:], ".,:;!)…")
}

// take returns the text and begins anew; open links and bold elements stay open.
func (t *inline) take() (text string, words, links int) {
	text, words, links = t.b.String(), t.words, t.links
	*t = inline{link: t.link, bold: t.bold}
	return strings.TrimSpace(extract.Compose(text)), words, links
}
