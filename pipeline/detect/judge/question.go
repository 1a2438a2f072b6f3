package judge

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A Question is whether two sentences contradict each other. Nothing but what stands
// here is sent.
type Question struct {
	A, B Side
	Type string // of the values in doubt (claims.Type): "money", "duration"
}

// A Side is one of the two sentences with what places it. White space of any kind is
// sent as one space, what cannot be seen not at all.
type Side struct {
	Sentence string
	Title    string
	Heading  []string // outermost first
	Date     time.Time
	Facets   map[string][]string
	// Value is the words of the value in doubt. It is not sent: a judge that finds a
	// contradiction has to quote it.
	Value string
}

// Limits of what is sent, in bytes.
const (
	mostSentence = 2000 // a longer one is not judged
	mostWords    = 300  // of title, heading and facets each; the rest is cut off
	mostFacets   = 12
)

// settle puts the sides into one order, so that a question and its reverse are one, and
// their texts on one line each.
func (q Question) settle() (Question, bool) {
	q.A, q.B = q.A.settle(), q.B.settle()
	if q.A.data() > q.B.data() {
		q.A, q.B = q.B, q.A
		return q, true
	}
	return q, false
}

// verbatim returns a part of a text that oneLine made, as it stands in the text itself.
func verbatim(text, part string) string {
	if part == "" || strings.Contains(text, part) {
		return part
	}
	var flat strings.Builder
	var places []int // of flat's bytes in text
	space := false
	for i, c := range text {
		switch {
		case unicode.IsSpace(c):
			space = flat.Len() > 0
			continue
		case unicode.Is(unicode.C, c) || c == utf8.RuneError:
			continue
		}
		if space {
			flat.WriteByte(' ')
			places = append(places, i-1)
			space = false
		}
		for range utf8.RuneLen(c) {
			places = append(places, i)
		}
		flat.WriteRune(c)
	}
	at := strings.Index(flat.String(), part)
	if at < 0 {
		return part
	}
	last := places[at+len(part)-1]
	_, size := utf8.DecodeRuneInString(text[last:])
	return text[places[at] : last+size]
}

func (s Side) settle() Side {
	s.Sentence, s.Value = oneLine(s.Sentence), oneLine(s.Value)
	s.Title = cut(oneLine(s.Title))
	s.Heading = []string{cut(oneLine(strings.Join(s.Heading, " > ")))}
	return s
}

// oneLine makes one space of all white space and drops what cannot be seen.
func oneLine(s string) string {
	s = strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c):
			return ' '
		case unicode.Is(unicode.C, c):
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

func cut(s string) string {
	if len(s) <= mostWords {
		return s
	}
	return strings.ToValidUTF8(s[:mostWords], "")
}

// data is a side as it is sent: a line for each thing that is known.
func (s Side) data() string {
	var b strings.Builder
	line := func(name, text string) {
		if text != "" {
			b.WriteString(name + ": " + text + "\n")
		}
	}
	line("title", s.Title)
	line("heading", strings.Join(s.Heading, " > "))
	if !s.Date.IsZero() {
		line("changed on", s.Date.UTC().Format(time.DateOnly))
	}
	names := make([]string, 0, len(s.Facets))
	for name := range s.Facets {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names[:min(len(names), mostFacets)] {
		line(cut(oneLine(name)), cut(oneLine(strings.Join(s.Facets[name], ", "))))
	}
	line("sentence", s.Sentence)
	return b.String()
}

// unfit reports why a question is not put.
func (q *Question) unfit() Why {
	switch {
	case q.A.Sentence == "" || q.B.Sentence == "":
		return WhyEmpty
	case len(q.A.Sentence) > mostSentence || len(q.B.Sentence) > mostSentence:
		return WhyTooLong
	case imitates(q.A.data()) || imitates(q.B.data()):
		return WhyImitates
	}
	return ""
}

// imitates reports whether a text looks like the marks around texts, or like a verdict:
// no honest sentence does, and whatever a judge says after such a one is not its own.
func imitates(s string) bool {
	flat := strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) || c == '<' || c == '"' || c == '_' || c == ':' {
			return unicode.ToLower(c)
		}
		return -1
	}, norm.NFKC.String(s))
	for _, mark := range []string{"<<texta", "<<textb", "<<endtext", `"verdict"`, "quote_a", "quote_b", "value_a", "value_b", `"confidence"`, "reason_fr", "reason_en"} {
		if strings.Contains(flat, mark) {
			return true
		}
	}
	return false
}

// key is what a verdict is kept under: it changes with the model, with the prompt, with
// anything that is sent and with what the quotes have to hold.
func (q *Question) key(kind, model string) [32]byte {
	var b []byte
	for _, s := range []string{kind, model, promptVersion, q.Type, q.A.data(), q.B.data(), q.A.Value, q.B.Value} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return sha256.Sum256(b)
}
