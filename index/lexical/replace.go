package lexical

import (
	"cmp"
	"slices"
)

// Replace counts out a chunk that was counted in with an equal Encoded, and counts
// another in. It is Add and Remove in one, and touches only in what they differ:
// after a small edit that is a few tokens of hundreds.
func (t *Terms) Replace(base string, old, by Encoded) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.open(base)
	b.tally(by, 1)
	b.tally(old, -1)
	difference(old.Vector.IDs, by.Vector.IDs, cmp.Compare[uint32], func(id uint32, change int) { b.counts.add(id, change) })
	v := b.vocabulary.Load()
	difference(old.Words, by.Words, compareWords, v.change)
	if v.wasteful() {
		b.vocabulary.Store(v.compacted())
	}
	if !slices.Equal(old.Acronyms, by.Acronyms) {
		for _, a := range by.Acronyms {
			b.acronyms.change(a, 1)
		}
		for _, a := range old.Acronyms {
			b.acronyms.change(a, -1)
		}
	}
}

// compareWords orders words as Encoded.Words are.
func compareWords(a, b string) int {
	if a == b {
		return 0
	}
	return cmp.Or(cmp.Compare(hash(a), hash(b)), cmp.Compare(a, b))
}

// difference calls change with -1 for what is only in old and with 1 for what is
// only in by. Both lists ascend.
func difference[T any](old, by []T, compare func(a, b T) int, change func(T, int)) {
	for len(old) > 0 && len(by) > 0 {
		switch c := compare(old[0], by[0]); {
		case c == 0:
			old, by = old[1:], by[1:]
		case c < 0:
			change(old[0], -1)
			old = old[1:]
		default:
			change(by[0], 1)
			by = by[1:]
		}
	}
	for _, x := range by {
		change(x, 1)
	}
	for _, x := range old {
		change(x, -1)
	}
}
