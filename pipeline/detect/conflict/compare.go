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
	a, b       *Side
	topic      float64 // how much titles and headings share; below zero when a side has none
	whole      float64 // how much the passages share
	lowered    []string
	apart      bool // they name others
	copied     bool // the passages are copies but for some words
	translated bool // they translate each other
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
	var pairs []Pair
	if m.translated {
		pairs = c.drift(m, floor)
	} else {
		pairs = append(c.values(m, floor), c.polarity(m, floor)...)
		pairs = append(pairs, c.literals(m, pairs, floor)...)
	}
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
	margin float64 // by how much order is ahead of the next that either claim is in
}

// values returns the Pairs of typed values.
func (c *Comparer) values(m *meeting, floor float64) []Pair {
	if m.a.classes&m.b.classes == 0 {
		return nil
	}
	var pairs []Pair
	list := c.matches(m)
	several := !m.copied && severalDiffer(list)
	for _, f := range list {
		how := relate(f.ca.Claim, f.cb.Claim)
		if how == same {
			continue
		}
		g := c.guard(m, &f, how)
		if g.suppressed != "" {
			continue
		}
		if several && f.sa.Row == "" && f.sb.Row == "" {
			g.lower(loweredSeveral)
		}
		x := m.features(&f, &g)
		p := x.probability()
		if g.capped() {
			p = min(p, cappedAt)
		}
		if p < floor {
			continue
		}
		pairs = append(pairs, c.pair(m, &f, &g, p))
	}
	return pairs
}

// cappedAt is the most that a Pair can have that a guard keeps from being likely.
const cappedAt = LikelyFrom - 0.01

// severalValues is how many values of one prose that differ make its subject doubtful.
const severalValues = 3

// severalDiffer says whether sentences that are alike differ in many values and agree
// in fewer: as two texts from one template do.
func severalDiffer(list []match) bool {
	differ, agree := 0, 0
	for i := range list {
		f := &list[i]
		switch {
		case f.align.text < swappedFrom:
		case relate(f.ca.Claim, f.cb.Claim) == same:
			agree++
		default:
			differ++
		}
	}
	return differ >= severalValues && differ > agree
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
	margins(list)
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
	al := alignSentences(sa, sb)
	for i := range sa.claims {
		for j := range sb.claims {
			ca, cb := &sa.claims[i], &sb.claims[j]
			if ca.class != cb.class || ca.Type == claims.Bool || !claims.Comparable(ca.Claim, cb.Claim) {
				continue
			}
			f := match{sa: sa, sb: sb, ca: ca, cb: cb, align: al.alignClaims(&sa.wide, &sb.wide, ca, cb)}
			x := m.features(&f, &verdict{})
			f.order = x.sum()
			// Among the claims of two sentences those at the same place go together.
			if i == j && len(sa.claims) == len(sb.claims) {
				f.order += samePlace
				if al.copied {
					f.order += samePlaceOfCopies
				}
			}
			list = append(list, f)
		}
	}
	return list
}

// margins sets by how much each match is ahead. The list is sorted.
func margins(list []match) {
	for i := range list {
		f := &list[i]
		f.margin = widest
		for j := range list {
			if g := &list[j]; i != j && (g.ca == f.ca || g.cb == f.cb) {
				f.margin = min(f.margin, f.order-g.order)
			}
		}
		f.margin = max(f.margin, 0)
	}
}

// widest is the margin of a match without a rival.
const widest = 4

// samePlace is what claims at the same place of two sentences have ahead of others.
const (
	samePlace         = 0.5
	samePlaceOfCopies = 5
)
