package conflict

import (
	"cmp"
	"slices"
)

// MaxKeys bounds the keys of a passage.
const MaxKeys = 48

// Keys returns what a passage is looked up by: two passages that may contradict each
// other have a key in common, most others have none. Their order is that of
// importance; they do not depend on the other passages of the base, except through
// Context.IDF, which chooses the rarest stems. At most MaxKeys; none for a passage
// that claims nothing.
func (c *Comparer) Keys(s *Side) []uint64 {
	var ranked [3][]uint64
	for i := range s.sentences {
		f := &s.sentences[i]
		if f.silent || len(f.claims) == 0 {
			continue
		}
		rare := f.terms.rarest(keyStems)
		for j := range f.claims {
			cl := &f.claims[j]
			kind := mix(hash(string(cl.Type)), cl.class)
			if len(cl.label) > 0 {
				ranked[0] = append(ranked[0], fold64(mix(kind, 1), cl.label))
			}
			for x := range rare {
				for y := range x {
					ranked[1+(x+y)/3] = append(ranked[1+(x+y)/3], mix(mix(kind, min(rare[x], rare[y])), max(rare[x], rare[y])))
				}
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

// keyStems is how many of a sentence's rarest stems make keys, two at a time.
const keyStems = 4

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

func fold64(h uint64, ids []uint64) uint64 {
	for _, id := range ids {
		h = mix(h, id)
	}
	return h
}
