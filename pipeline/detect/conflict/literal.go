package conflict

import (
	"slices"

	"freshet/pipeline/detect/claims"
)

const (
	// literalFrom is how alike two passages must be for figures to be compared that are
	// not read as values, and literalStems how many stems they have at least.
	literalFrom  = 0.9
	literalStems = 8
	// mostLiterals is how many figures two copies differ in at most.
	mostLiterals = 2
	// literalP is the probability of such a Pair.
	literalP = 0.9
)

// literals returns Pairs of sentences of two copies that are equal but for a figure,
// where none of known is of these sentences: values that the scanner does not read, as
// years without a word that makes them dates.
func (c *Comparer) literals(m *meeting, known []Pair, floor float64) []Pair {
	if m.whole < literalFrom || min(len(m.a.all.ids), len(m.b.all.ids)) < literalStems || literalP < floor || len(m.lowered) > 0 ||
		!slices.Equal(m.a.entities, m.b.entities) {
		return nil
	}
	taken := make(map[int]bool)
	for i := range known {
		taken[known[i].A.Sentence] = true
	}
	byText := make(map[uint64]int) // of sentences of b without their figures
	for j := range m.b.sentences {
		if h, n := m.b.unfigured(j); n > 0 {
			byText[h] = j
		}
	}
	var pairs []Pair
	for i := range m.a.sentences {
		h, n := m.a.unfigured(i)
		j, ok := byText[h]
		if n == 0 || !ok || taken[i] || m.a.sentences[i].silent || m.b.sentences[j].silent || m.a.sentences[i].past != m.b.sentences[j].past {
			continue
		}
		if p, ok := m.literal(i, j); ok {
			c.explain(m, &p)
			pairs = append(pairs, p)
		}
	}
	if len(pairs) > mostLiterals {
		return nil // two of a kind rather than two versions
	}
	return pairs
}

// unfigured hashes the words of a sentence, those with digits as one mark, and counts
// the latter.
func (s *Side) unfigured(i int) (h uint64, figures int) {
	f := &s.sentences[i]
	words := splitWords(s.slice(f.Start, f.End))
	h = hash("figures")
	for k := range words {
		if hasDigit(words[k].text) {
			figures++
			h = mix(h, valueMark)
			continue
		}
		h = mix(h, hash(words[k].text))
	}
	return h, figures
}

// literal is the Pair of two sentences that differ in one figure only.
func (m *meeting) literal(i, j int) (Pair, bool) {
	fa, fb := &m.a.sentences[i], &m.b.sentences[j]
	x, y := splitWords(m.a.slice(fa.Start, fa.End)), splitWords(m.b.slice(fb.Start, fb.End))
	if len(x) != len(y) {
		return Pair{}, false
	}
	at := -1
	for k := range x {
		if x[k].text == y[k].text {
			continue
		}
		if at >= 0 {
			return Pair{}, false
		}
		at = k
	}
	if at > 0 && numbered[x[at-1].text] {
		return Pair{}, false
	}
	if at < 0 || m.a.claimed(fa, x[at]) || m.b.claimed(fb, y[at]) {
		return Pair{}, false // what the scanner read was compared as a value
	}
	p := Pair{
		A: m.a.whole(i), B: m.b.whole(j), Type: claims.Count, Rule: ByCopy, P: literalP, Tier: tier(literalP),
	}
	if isYear(x[at].text) && isYear(y[at].text) {
		p.Type = claims.Date
	}
	for _, side := range [...]struct {
		ref  *ClaimRef
		base int
		word word
	}{{&p.A, fa.Start, x[at]}, {&p.B, fb.Start, y[at]}} {
		side.ref.Start, side.ref.End = side.base+side.word.start, side.base+side.word.end
		side.ref.Normal = side.word.text
	}
	p.A.Value, p.B.Value = m.a.slice(p.A.Start, p.A.End), m.b.slice(p.B.Start, p.B.End)
	return p, true
}

// claimed says whether a word of a sentence belongs to a value that was read.
func (s *Side) claimed(f *sentence, w word) bool {
	for i := range f.claims {
		if c := &f.claims[i]; c.Start <= f.Start+w.start && f.Start+w.end <= c.End {
			return true
		}
	}
	return false
}

// numbered are words before a figure that names rather than counts.
var numbered = set("n no nr numero number article art page chapitre chapter etape step section annexe figure version ref reference dossier loi decret")
