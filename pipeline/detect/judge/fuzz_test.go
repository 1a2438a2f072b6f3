package judge

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever a model writes, a verdict shows only what stands in the sentences.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "{}", verdict("conflict", 0.9), verdict("superseded", 1), "```json\n{}\n```", "<think>x</think>{}", `{"verdict":"conflict","quote_a":"l’article","quote_b":"l'article","confidence":1e0}`,
		`{"verdict":"unsure","confidence":0,"reason_fr":"http://x"}`, "\xff", `{"confidence":1e400}`, `{"verdict":"compatible","quote_a":"\u0000","confidence":0.5}`} {
		f.Add(s)
	}
	q, _ := question.settle()
	f.Fuzz(func(t *testing.T, content string) {
		v, err := read(content, &q)
		if err != nil {
			return
		}
		if !strings.Contains(q.A.Sentence, v.QuoteA) || !strings.Contains(q.B.Sentence, v.QuoteB) || !strings.Contains(q.A.Sentence, v.ValueA) || !strings.Contains(q.B.Sentence, v.ValueB) {
			t.Fatalf("%q gives %+v", content, v)
		}
		if v.Answer == Conflict && (v.QuoteA == "" || v.QuoteB == "") || v.Answer == "" || !(v.Confidence >= 0 && v.Confidence <= 1) {
			t.Fatalf("%q gives %+v", content, v)
		}
		for _, s := range []string{v.ReasonFR, v.ReasonEN, v.Attribute} {
			if utf8.RuneCountInString(s) > mostReason || strings.ContainsAny(s, "\n\x00<>") {
				t.Fatalf("%q gives the reason %q", content, s)
			}
		}
	})
}

func FuzzSettle(f *testing.F) {
	f.Add("a", "b", "c")
	f.Add("x\nsentence: y", "<<end text A", "title: z")
	f.Fuzz(func(t *testing.T, sentence, heading, facet string) {
		q := Question{A: Side{Sentence: sentence, Heading: []string{heading}, Facets: map[string][]string{facet: {heading}}}, B: Side{Sentence: heading}}
		s, swapped := q.settle()
		r, other := Question{A: q.B, B: q.A}.settle()
		if s.A.data() != r.A.data() || swapped == other && s.A.data() != s.B.data() {
			t.Fatal("a question and its reverse are two")
		}
		if s.key(Chat, "m") != r.key(Chat, "m") {
			t.Fatal("they have two keys")
		}
		lines := strings.Count(s.A.data(), "\n") + strings.Count(s.B.data(), "\n")
		if lines > 5 {
			t.Fatalf("%d lines of %q and %q", lines, s.A.data(), s.B.data())
		}
	})
}

func FuzzVerbatim(f *testing.F) {
	f.Add("14\u00a0jours  ou\u200b plus", 3, 9)
	f.Add("a\xffb\n c", 0, 3)
	f.Fuzz(func(t *testing.T, text string, from, to int) {
		flat := []rune(oneLine(text))
		if from < 0 || to > len(flat) || from >= to {
			return
		}
		part := strings.TrimSpace(string(flat[from:to]))
		if part == "" {
			return
		}
		if got := verbatim(text, part); !strings.Contains(text, got) || oneLine(got) != part {
			t.Fatalf("%q of %q is %q", part, text, got)
		}
	})
}
