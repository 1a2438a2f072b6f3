package conflict

import (
	"cmp"
	"slices"
)

// MaxKeys bounds the keys of a passage.
const MaxKeys = 64

// Keys returns what a passage is looked up by: two passages that may contradict each
// other have a key in common, most others have none. They do not depend on the other
// passages of the base, except through Context.IDF, which chooses the rarest stems. The
// most selective come first: a label with the kind of its value, then two rare stems with
// the kind of a value, then two rare stems of any statement, then one rare stem with the
// kind of a value. At most MaxKeys; none for a passage that states nothing.
func (c *Comparer) Keys(s *Side) []uint64 {
	var ranked [5][]uint64
	for i := range s.sentences {
		f := &s.sentences[i]
		if f.silent {
			continue
		}
		rare := f.wide.rarest(keyStems)
		if len(f.terms.ids) > 0 {
			ranked[3] = pairKeys(ranked[3], hash("statement"), rare[:min(len(rare), statementStems)])
		}
		seen := make(map[uint64]bool)
		for j := range f.claims {
			cl := &f.claims[j]
			kind := mix(hash(string(cl.Type)), cl.class)
			if seen[kind] {
				continue
			}
			seen[kind] = true
			if len(cl.label) > 0 {
				ranked[0] = append(ranked[0], foldIDs(mix(kind, 1), cl.label))
			}
			ranked[1] = pairKeys(ranked[1], kind, rare[:min(len(rare), statementStems)])
			ranked[2] = pairKeys(ranked[2], kind, rare)
			for _, id := range rare[:min(len(rare), statementStems)] {
				ranked[4] = append(ranked[4], mix(kind, id))
			}
		}
	}
	keys := make([]uint64, 0, MaxKeys)
	for _, list := range ranked {
		for _, k := range list {
			if len(keys) == MaxKeys {
				return keys
			}
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	return keys
}

const (
	// keyStems is how many of a sentence's rarest stems, those above it among them, make
	// keys two at a time.
	keyStems = 6
	// statementStems is how many do for a sentence of any kind, and by themselves.
	statementStems = 3
)

// pairKeys appends a key for every two of some stems.
func pairKeys(keys []uint64, kind uint64, stems []uint64) []uint64 {
	for x := range stems {
		for y := range x {
			keys = append(keys, mix(mix(kind, min(stems[x], stems[y])), max(stems[x], stems[y])))
		}
	}
	return keys
}

// rarest returns the n heaviest stems, the heaviest first.
func (t *terms) rarest(n int) []uint64 {
	order := make([]int, len(t.ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(t.weights[j], t.weights[i]), cmp.Compare(t.ids[i], t.ids[j]))
	})
	list := make([]uint64, 0, n)
	for _, i := range order[:min(n, len(order))] {
		list = append(list, t.ids[i])
	}
	return list
}

func foldIDs(h uint64, ids []uint64) uint64 {
	for _, id := range ids {
		h = mix(h, id)
	}
	return h
}
