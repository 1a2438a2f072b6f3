package conflict

import (
	"slices"
)

// terms is a set of stems, in order of their hashes, each with its weight.
type terms struct {
	ids     []uint64
	weights []float32
	total   float32
}

// hash is FNV-1a of 64 bits.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// mix joins two hashes to one that depends on their order.
func mix(a, b uint64) uint64 {
	h := a ^ (b + 0x9e3779b97f4a7c15 + a<<6 + a>>2)
	h ^= h >> 31
	return h * 0xbf58476d1ce4e5b9
}

// hashes returns the distinct hashes of texts, sorted.
func hashes(lists ...[]string) []uint64 {
	n := 0
	for _, l := range lists {
		n += len(l)
	}
	if n == 0 {
		return nil
	}
	ids := make([]uint64, 0, n)
	for _, l := range lists {
		for _, s := range l {
			ids = append(ids, hash(s))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// defaultWeight is the weight of a stem when nothing is known of the base.
const defaultWeight = 1

// newTerms makes a set of stems, weighed by idf; nil weighs all alike.
func newTerms(idf func(string) float64, lists ...[]string) terms {
	n := 0
	for _, l := range lists {
		n += len(l)
	}
	if n == 0 {
		return terms{}
	}
	type term struct {
		id   uint64
		stem string
	}
	found := make([]term, 0, n)
	for _, l := range lists {
		for _, s := range l {
			found = append(found, term{hash(s), s})
		}
	}
	slices.SortFunc(found, func(a, b term) int {
		switch {
		case a.id < b.id:
			return -1
		case a.id > b.id:
			return 1
		}
		return 0
	})
	found = slices.CompactFunc(found, func(a, b term) bool { return a.id == b.id })
	t := terms{ids: make([]uint64, len(found)), weights: make([]float32, len(found))}
	for i, f := range found {
		w := float32(defaultWeight)
		if idf != nil {
			w = float32(max(idf(f.stem), lightest))
		}
		t.ids[i], t.weights[i] = f.id, w
		t.total += w
	}
	return t
}

// lightest is the least that a stem weighs: those that stand everywhere tell little,
// but a sentence may have no others.
const lightest = 0.3

// shared returns the weight and the number of the stems that both sets have.
func (t *terms) shared(o *terms) (weight float32, n int) {
	for i, j := 0, 0; i < len(t.ids) && j < len(o.ids); {
		switch a, b := t.ids[i], o.ids[j]; {
		case a == b:
			weight += t.weights[i]
			n++
			i++
			j++
		case a < b:
			i++
		default:
			j++
		}
	}
	return weight, n
}

// jaccard returns the weighted Jaccard similarity; 0 when both are empty.
func (t *terms) jaccard(o *terms) float64 {
	both, _ := t.shared(o)
	union := t.total + o.total - both
	if union <= 0 {
		return 0
	}
	return float64(both / union)
}

// has says whether the set holds an id.
func has(ids []uint64, id uint64) bool {
	_, ok := slices.BinarySearch(ids, id)
	return ok
}

// common returns how many ids two sorted lists share.
func common(a, b []uint64) int {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			n++
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return n
}
