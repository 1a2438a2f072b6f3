package audit

import (
	"cmp"
	"container/heap"
	"slices"
)

// A shelf keeps the most important lines of a section, for everybody and for each
// owner, so that a report of any of them is whole and memory does not grow with the
// base.
type shelf[T any] struct {
	most  int
	rank  func(*T) float64
	key   func(*T) string // breaks ties: the smaller one first
	heaps map[string]*worst[T]
	total map[string]int
}

func newShelf[T any](most int, rank func(*T) float64, key func(*T) string) *shelf[T] {
	return &shelf[T]{most: most, rank: rank, key: key, heaps: map[string]*worst[T]{}, total: map[string]int{}}
}

// everybody stands for the report of the whole base.
const everybody = ""

func (s *shelf[T]) add(line *T, owners []string) {
	s.keep(everybody, line)
	for i, o := range owners {
		if o != everybody && !slices.Contains(owners[:i], o) {
			s.keep(o, line)
		}
	}
}

func (s *shelf[T]) keep(owner string, line *T) {
	s.total[owner]++
	h := s.heaps[owner]
	if h == nil {
		h = &worst[T]{shelf: s}
		s.heaps[owner] = h
	}
	if len(h.lines) < s.most {
		heap.Push(h, line)
		return
	}
	if s.before(line, h.lines[0]) {
		h.lines[0] = line
		heap.Fix(h, 0)
	}
}

func (s *shelf[T]) before(a, b *T) bool {
	return cmp.Or(cmp.Compare(s.rank(b), s.rank(a)), cmp.Compare(s.key(a), s.key(b))) < 0
}

// lines are all that anybody's report needs, the most important first.
func (s *shelf[T]) lines() []T {
	seen := map[*T]bool{}
	var list []*T
	for _, h := range s.heaps {
		for _, l := range h.lines {
			if !seen[l] {
				seen[l] = true
				list = append(list, l)
			}
		}
	}
	slices.SortFunc(list, func(a, b *T) int { return cmp.Or(cmp.Compare(s.rank(b), s.rank(a)), cmp.Compare(s.key(a), s.key(b))) })
	out := make([]T, len(list))
	for i, l := range list {
		out[i] = *l
	}
	return out
}

// worst is a heap with the least important line on top.
type worst[T any] struct {
	shelf *shelf[T]
	lines []*T
}

func (w *worst[T]) Len() int           { return len(w.lines) }
func (w *worst[T]) Less(i, j int) bool { return w.shelf.before(w.lines[j], w.lines[i]) }
func (w *worst[T]) Swap(i, j int)      { w.lines[i], w.lines[j] = w.lines[j], w.lines[i] }
func (w *worst[T]) Push(x any)         { w.lines = append(w.lines, x.(*T)) }
func (w *worst[T]) Pop() any {
	last := w.lines[len(w.lines)-1]
	w.lines = w.lines[:len(w.lines)-1]
	return last
}
