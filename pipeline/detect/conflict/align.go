package conflict

import "slices"

// An alignment is how sure it is that two claims are about the same thing.
type alignment struct {
	score  float64 // 0 to 1
	local  float64 // words around the values
	text   float64 // words of the sentences
	cover  float64 // share of the shorter sentence that the longer one has
	label  bool    // the values stand under equal labels
	shared int     // stems in common
	rare   float64 // weight of the stems in common
	copied bool    // the sentences are copies but for the values
}

// similarity returns the weighted Jaccard similarity and the number of shared stems.
func (t *terms) similarity(o *terms) (float64, int) {
	both, n := t.shared(o)
	union := t.total + o.total - both
	if union <= 0 {
		return 0, 0
	}
	return float64(both / union), n
}

// Shares of the parts of an alignment, and what equal labels add (DOUBTS.md 1.5).
const (
	localShare = 0.35
	textShare  = 0.30
	topicShare = 0.20
	wholeShare = 0.15
	labelBonus = 0.15
)

// copiedFrom is the similarity of sentences that are copies.
const copiedFrom = 0.80

func align(m *meeting, sa, sb *sentence, ca, cb *claim, text float64, shared int) alignment {
	al := alignment{text: text, shared: shared}
	weight, _ := sa.terms.shared(&sb.terms)
	al.rare = float64(weight)
	if least := min(sa.terms.total, sb.terms.total); least > 0 {
		al.cover = float64(weight / least)
	}
	al.label = len(ca.label) > 0 && slices.Equal(ca.label, cb.label)
	al.local = ca.near.jaccard(&cb.near)
	if len(ca.near.ids) == 0 && len(cb.near.ids) == 0 {
		al.local = text
	}
	sum := localShare*al.local + textShare*text
	weights := localShare + textShare
	switch {
	case len(ca.label) > 0 && len(cb.label) > 0:
		both := common(ca.label, cb.label)
		sum += topicShare * float64(both) / float64(len(ca.label)+len(cb.label)-both)
		weights += topicShare
	case m.topic >= 0:
		sum += topicShare * m.topic
		weights += topicShare
	}
	sum += wholeShare * m.whole
	weights += wholeShare
	al.score = sum / weights
	if al.label {
		al.score = min(1, al.score+labelBonus)
	}
	al.copied = text >= copiedFrom && shared >= leastShared
	return al
}
