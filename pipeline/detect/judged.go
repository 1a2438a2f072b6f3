package detect

import (
	"context"
	"slices"
	"strings"

	"freshet/index"
	"freshet/index/catalog"
)

// What a judge said of a pair.
const (
	judgedCode      = "judge"       // it agrees
	judgedApartCode = "judge_apart" // they speak of two things, or for two kinds of people
)

// judgeDoubt asks the judge about a pair that is only possible. One that it takes for a
// contradiction, with quotes of both values, becomes likely; nothing that it says makes
// a pair worse, and its failure changes nothing.
func (l *look) judgeDoubt(ctx context.Context, p *catalog.Pair) error {
	if l.Judge == nil || p.Kind != index.Conflicting || p.Tier != index.Possible || slices.Contains(p.Codes, baselineCode) {
		return nil
	}
	var sides [2]Quoted
	for i, m := range []*index.Member{&p.A, &p.B} {
		d, err := l.read.document(ctx, m.Document)
		if err != nil || d == nil {
			return err
		}
		sides[i] = Quoted{Sentence: m.Sentence, Value: m.Value, Title: d.Details.Title, Heading: m.Heading, Modified: d.Details.Modified, Facets: d.Details.Facets}
	}
	v, err := l.Judge(ctx, Question{A: sides[0], B: sides[1], Type: p.Type})
	if err != nil {
		return ctx.Err() // it was logged, and the pair stays as it is
	}
	switch {
	case v.Conflict && quoted(v.QuoteA, p.A.Sentence) && quoted(v.QuoteB, p.B.Sentence):
		p.Tier, p.P = index.Likely, max(p.P, judgedSureness)
		p.Codes = append(slices.Clone(p.Codes), judgedCode)
	case v.Apart:
		p.Codes = append(slices.Clone(p.Codes), judgedApartCode)
	}
	return nil
}

// judgedSureness is the least that a pair on which rules and judge agree is worth: what
// makes one likely (conflict.LikelyFrom).
const judgedSureness = 0.85

// quoted reports whether words stand in a sentence, white space apart.
func quoted(words, sentence string) bool {
	words = strings.Join(strings.Fields(words), " ")
	return words != "" && strings.Contains(strings.Join(strings.Fields(sentence), " "), words)
}
