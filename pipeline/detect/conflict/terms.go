package conflict

import (
	"cmp"
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
	var ids []uint64
	for _, l := range lists {
		for _, s := range l {
			ids = append(ids, hash(s))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

const (
	// plainWeight is the weight of a stem when nothing is known of the base.
	plainWeight = 3
	// lightest is the least that a stem weighs: those that stand everywhere tell
	// little, but a sentence may have no others.
	lightest = 0.5
	// heaviest bounds the weight of what is rare by accident: misspelt words.
	heaviest = 6
	// lightShare is the share of its weight that a light word keeps.
	lightShare = 0.3
)

// A weigher makes sets of stems.
type weigher struct {
	idf       func(string) float64 // nil weighs all stems alike
	thesaurus *thesaurus
}

type weighed struct {
	id     uint64
	weight float32
}

// terms returns the set of the stems of some lists.
func (w *weigher) terms(lists ...[]string) terms {
	n := 0
	for _, l := range lists {
		n += len(l)
	}
	list := make([]weighed, 0, n)
	for _, l := range lists {
		for _, s := range l {
			s = w.thesaurus.canonical(s)
			list = append(list, weighed{hash(s), w.weight(s)})
		}
	}
	return setOf(list)
}

// heavy returns the hashes of a list's stems that are neither light nor numbers,
// sorted.
func (w *weigher) heavy(list []string) []uint64 {
	var ids []uint64
	for _, s := range list {
		if s = w.thesaurus.canonical(s); !w.thesaurus.light[s] && !hasDigit(s) {
			ids = append(ids, hash(s))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// weight returns the weight of a canonical stem.
func (w *weigher) weight(stem string) float32 {
	weight := float32(plainWeight)
	if w.idf != nil {
		weight = float32(min(max(w.idf(stem), lightest), heaviest))
	}
	if w.thesaurus.light[stem] {
		weight *= lightShare
	}
	return weight
}

// setOf sorts a list and keeps of equal ids the heaviest.
func setOf(list []weighed) terms {
	slices.SortFunc(list, func(a, b weighed) int {
		if a.id != b.id {
			return cmp.Compare(a.id, b.id)
		}
		return cmp.Compare(b.weight, a.weight)
	})
	list = slices.CompactFunc(list, func(a, b weighed) bool { return a.id == b.id })
	t := terms{ids: make([]uint64, len(list)), weights: make([]float32, len(list))}
	for i, f := range list {
		t.ids[i], t.weights[i] = f.id, f.weight
		t.total += f.weight
	}
	return t
}

// with returns the union of two sets, the other's weights multiplied by share.
func (t *terms) with(o *terms, share float32) terms {
	n := len(t.ids) + len(o.ids)
	out := terms{ids: make([]uint64, 0, n), weights: make([]float32, 0, n)}
	add := func(id uint64, weight float32) {
		out.ids, out.weights = append(out.ids, id), append(out.weights, weight)
		out.total += weight
	}
	i, j := 0, 0
	for i < len(t.ids) && j < len(o.ids) {
		switch a, b := t.ids[i], o.ids[j]; {
		case a == b:
			add(a, max(t.weights[i], o.weights[j]*share))
			i++
			j++
		case a < b:
			add(a, t.weights[i])
			i++
		default:
			add(b, o.weights[j]*share)
			j++
		}
	}
	for ; i < len(t.ids); i++ {
		add(t.ids[i], t.weights[i])
	}
	for ; j < len(o.ids); j++ {
		add(o.ids[j], o.weights[j]*share)
	}
	return out
}

// shared returns the weight and the number of the stems that both sets have; where
// their weights differ the lower counts.
func (t *terms) shared(o *terms) (weight float32, n int) {
	for i, j := 0, 0; i < len(t.ids) && j < len(o.ids); {
		switch a, b := t.ids[i], o.ids[j]; {
		case a == b:
			weight += min(t.weights[i], o.weights[j])
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

// cover returns the weight of the shared stems over that of the lighter set; 0 when
// one is empty.
func (t *terms) cover(o *terms) float64 {
	least := min(t.total, o.total)
	if least <= 0 {
		return 0
	}
	both, _ := t.shared(o)
	return min(1, float64(both/least))
}

// has says whether a sorted list holds an id.
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
