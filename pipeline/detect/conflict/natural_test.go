package conflict

import "testing"

// mostNatural is how many likely pairs faq-fr-cnil gives, of every two of its passages:
// the set that rules were chosen on. Each is logged.
const mostNatural = 2

func TestNaturalTextHardlyContradictsItself(t *testing.T) {
	if testing.Short() {
		t.Skip("it compares every two passages of a base")
	}
	c := newCorpus(t, cnilSources(t))
	n := 0
	for _, m := range c.compareAll(LikelyFrom) {
		n++
		t.Logf("%.2f %s %s\n  %s: %s\n  %s: %s", m.P, m.Rule, m.Type, m.a.Document.Title, m.a.sentenceText(m.A.Sentence), m.b.Document.Title, m.b.sentenceText(m.B.Sentence))
	}
	t.Logf("%d likely pairs in %d passages", n, len(c.sides))
	if n > mostNatural {
		t.Errorf("%d likely pairs, at most %d", n, mostNatural)
	}
}
