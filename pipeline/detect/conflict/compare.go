package conflict

import (
	"cmp"
	"slices"
	"strings"

	"freshet/pipeline/detect/claims"
)

// A meeting is what the documents and topics of two sides say before any sentence is
// looked at.
type meeting struct {
	a, b      *Side
	topic     float64 // how much titles and headings share; below zero when a side has none
	whole     float64 // how much the passages share
	lowered   []string
	copied    bool // the passages are copies but for some words
	sameClass bool
}

// compare is Compare with its own floor of P.
func (c *Comparer) compare(a, b *Side, floor float64) []Pair {
	if a.Chunk.ID == b.Chunk.ID && a.Chunk.Document == b.Chunk.Document && a.Chunk.Text == b.Chunk.Text {
		return nil
	}
	if inOrder(a, b) > 0 { // one order gives one result, to the last bit
		pairs := c.compareInOrder(b, a, floor)
		for i := range pairs {
			pairs[i].swap()
		}
		return pairs
	}
	return c.compareInOrder(a, b, floor)
}

func inOrder(a, b *Side) int {
	return cmp.Or(
		strings.Compare(a.Document.Key, b.Document.Key),
		slices.Compare(a.Chunk.ID[:], b.Chunk.ID[:]),
		strings.Compare(a.Chunk.Text, b.Chunk.Text),
		strings.Compare(a.Document.Title, b.Document.Title),
	)
}

func (p *Pair) swap() {
	p.A, p.B = p.B, p.A
	switch p.Suggest {
	case SideA:
		p.Suggest = SideB
	case SideB:
		p.Suggest = SideA
	}
}

func (c *Comparer) compareInOrder(a, b *Side, floor float64) []Pair {
	m, ok := c.meet(a, b)
	if !ok {
		return nil
	}
	pairs := c.values(m, floor)
	slices.SortStableFunc(pairs, func(x, y Pair) int {
		return cmp.Or(cmp.Compare(y.P, x.P), cmp.Compare(x.A.Start, y.A.Start), cmp.Compare(x.B.Start, y.B.Start))
	})
	return pairs
}

// A match is a claim of one side and the claim of the other that speaks of the same.
type match struct {
	sa, sb *sentence
	ca, cb *claim
	align  alignment
	order  float64 // by which matches are taken
}

// values returns the Pairs of typed values.
func (c *Comparer) values(m *meeting, floor float64) []Pair {
	if m.a.classes&m.b.classes == 0 {
		return nil
	}
	var pairs []Pair
	for _, f := range c.matches(m) {
		how := relate(f.ca.Claim, f.cb.Claim)
		if how == same {
			continue
		}
		g := c.guard(m, &f, how)
		if g.suppressed {
			continue
		}
		x := features(m, &f, how, &g)
		p := x.probability()
		if p < floor {
			continue
		}
		pairs = append(pairs, c.pair(m, &f, &g, p))
	}
	return pairs
}

// matches pairs the claims that are about the same thing, each with at most one, the
// best aligned first.
func (c *Comparer) matches(m *meeting) []match {
	var list []match
	for i := range m.a.sentences {
		sa := &m.a.sentences[i]
		if sa.classes&m.b.classes == 0 || sa.silent {
			continue
		}
		for j := range m.b.sentences {
			sb := &m.b.sentences[j]
			if sa.classes&sb.classes == 0 || sb.silent {
				continue
			}
			list = c.matchSentences(list, m, sa, sb)
		}
	}
	slices.SortStableFunc(list, func(x, y match) int { return cmp.Compare(y.order, x.order) })
	takenA, takenB := map[*claims.Claim]bool{}, map[*claims.Claim]bool{}
	return slices.DeleteFunc(list, func(f match) bool {
		if takenA[f.ca.Claim] || takenB[f.cb.Claim] {
			return true
		}
		takenA[f.ca.Claim], takenB[f.cb.Claim] = true, true
		return false
	})
}

func (c *Comparer) matchSentences(list []match, m *meeting, sa, sb *sentence) []match {
	context, both := sa.terms.similarity(&sb.terms)
	for i := range sa.claims {
		for j := range sb.claims {
			ca, cb := &sa.claims[i], &sb.claims[j]
			if ca.class != cb.class || ca.Type != cb.Type {
				continue
			}
			al := align(m, sa, sb, ca, cb, context, both)
			if al.shared < leastShared && !al.label {
				continue
			}
			// Among the claims of two sentences those at the same place go together.
			order := al.score
			if i == j && len(sa.claims) == len(sb.claims) {
				order += 0.05
			}
			list = append(list, match{sa, sb, ca, cb, al, order})
		}
	}
	return list
}

// leastShared is how many stems two sentences must share, unless their values stand
// under one label.
const leastShared = 3
