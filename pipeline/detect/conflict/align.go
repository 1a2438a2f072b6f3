package conflict

import "slices"

// An alignment is how much two claims share. All but the flags lie between 0 and 1.
type alignment struct {
	local  float64 // words around the values
	text   float64 // words of the sentences
	cover  float64 // share of the shorter sentence that the longer one has
	wide   float64 // words of the sentences and of what stands above them
	reach  float64 // share of the shorter sentence that the longer one or its topic has
	head   float64 // share of the nearest heading of one that the other has
	name   float64 // share of the label or row header of one that the other has
	named  bool    // one has a label or row header
	rare   float64 // how rare the words are that both have
	label  bool    // the values stand under equal labels
	copied bool    // the sentences are copies but for the values
	// swapped: the sentences are alike, but each has a word in the place of the other's.
	swapped bool
}

const (
	// copiedFrom is the similarity of sentences that are copies, and copiedStems how
	// many stems they must share.
	copiedFrom  = 0.80
	copiedStems = 2
	// swappedFrom is the similarity of sentences from which a word of each side's own
	// tells their subjects apart, and swappedStems how many such words there are at most.
	swappedFrom  = 0.55
	swappedStems = 4
	// halfRare is the weight of shared stems that counts half.
	halfRare = 8
)

// alignSentences compares two sentences; what it says holds for all their claims.
func alignSentences(sa, sb *sentence) alignment {
	var al alignment
	var shared int
	weight, n := sa.terms.shared(&sb.terms)
	shared = n
	if union := sa.terms.total + sb.terms.total - weight; union > 0 {
		al.text = float64(weight / union)
	}
	if least := min(sa.terms.total, sb.terms.total); least > 0 {
		al.cover = float64(weight / least)
	}
	wide, _ := sa.wide.shared(&sb.wide)
	if union := sa.wide.total + sb.wide.total - wide; union > 0 {
		al.wide = float64(wide / union)
	}
	x, _ := sa.terms.shared(&sb.wide)
	y, _ := sb.terms.shared(&sa.wide)
	if sa.terms.total > 0 && sb.terms.total > 0 {
		al.reach = float64(max(x/sa.terms.total, y/sb.terms.total))
	}
	al.head = max(share(&sa.head, &sb.wide), share(&sb.head, &sa.wide))
	al.rare = float64(wide / (wide + halfRare))
	if al.text >= swappedFrom {
		x, y := unmatched(&sa.terms, &sb.wide), unmatched(&sb.terms, &sa.wide)
		al.swapped = x > 0 && y > 0 && x+y <= swappedStems
	}
	al.copied = al.text >= copiedFrom && shared >= copiedStems
	return al
}

// alignClaims completes the alignment of two sentences for two of their claims.
func (al alignment) alignClaims(wideA, wideB *terms, ca, cb *claim) alignment {
	al.label = len(ca.label) > 0 && slices.Equal(ca.label, cb.label)
	al.named = len(ca.name.ids) > 0 || len(cb.name.ids) > 0
	al.name = max(share(&ca.name, wideB), share(&cb.name, wideA))
	al.local = al.text
	if len(ca.near.ids) > 0 || len(cb.near.ids) > 0 {
		al.local = ca.near.jaccard(&cb.near)
	}
	return al
}

// share returns how much of a set another holds, whatever it weighs there.
func share(t, in *terms) float64 {
	if t.total <= 0 {
		return 0
	}
	sum := float32(0)
	for i, id := range t.ids {
		if has(in.ids, id) {
			sum += t.weights[i]
		}
	}
	return float64(sum / t.total)
}

// unmatched is how many stems of a set that weigh something another lacks.
func unmatched(t, in *terms) int {
	n := 0
	for i, id := range t.ids {
		if t.weights[i] > plainWeight*lightShare && !has(in.ids, id) {
			n++
		}
	}
	return n
}
