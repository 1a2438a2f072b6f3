package detect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"freshet/index"
	"freshet/index/catalog"
)

// A finding is a view over live pairs that hang together: pairs of one tier that share
// a sentence and speak of one type of value, or duplicates that share a page. What is
// only possible is never put before people as part of what is likely. Its ID is that of
// the oldest finding among its pairs, so that it stays while any of them lives.

// findings makes the findings that the pairs of this look come to. It reads how
// findings stand and can be called again.
func (l *look) findings(ctx context.Context) ([]catalog.Detected, error) {
	g := &grouping{look: l, old: make(map[string]*catalog.Detected), pairs: make(map[index.Hash]catalog.Pair)}
	if err := g.gather(ctx); err != nil {
		return nil, err
	}
	if err := g.assign(ctx); err != nil {
		return nil, err
	}
	return g.compose(ctx)
}

type grouping struct {
	*look
	old    map[string]*catalog.Detected // findings concerned, as they stand
	pairs  map[index.Hash]catalog.Pair  // all live pairs concerned
	lapsed map[string]bool              // findings whose decision no longer holds
	lost   map[string][]catalog.Pair    // pairs that findings lost
	groups map[string][]catalog.Pair    // by finding
}

// node is what pairs hang together by.
func node(p *catalog.Pair, m *index.Member) string {
	if p.Kind == index.Duplicate && m.Sentence == "" {
		return string(p.Kind) + m.Document
	}
	return string(p.Tier) + "\x00" + p.Type + "\x00" + m.Document + "\x00" + m.Hash.String()
}

// gather collects the pairs concerned: those that come, and those of all findings that
// a pair leaves or joins, to the end of what hangs together.
func (g *grouping) gather(ctx context.Context) error {
	g.lost, g.lapsed = make(map[string][]catalog.Pair), make(map[string]bool)
	for id, p := range g.gone {
		if was, there := g.kept[id]; there {
			p.Finding = was.Finding
		}
		if p.Finding == "" {
			continue
		}
		if err := g.finding(ctx, p.Finding); err != nil {
			return err
		}
	}
	for _, id := range sortedHashes(g.made) {
		p := g.made[id]
		if was, there := g.kept[id]; there {
			p = succeed(p, was)
			if err := g.finding(ctx, was.Finding); err != nil {
				return err
			}
		}
		silent, err := g.silent(ctx, &p)
		if err != nil {
			return err
		}
		if silent && p.Finding == "" {
			continue
		}
		g.pairs[id] = p
		if err := g.neighbours(ctx, &p); err != nil {
			return err
		}
	}
	return g.lose(ctx)
}

// succeed is a pair that is made again: it stays what it was, where that is not a
// matter of its words.
func succeed(p, was catalog.Pair) catalog.Pair {
	p.Found, p.Finding = was.Found, was.Finding
	for _, code := range []string{baselineCode, overlapCode} {
		if slices.Contains(was.Codes, code) {
			p.Tier = index.Possible
			p.Codes = append(slices.Clone(p.Codes), code)
		}
	}
	return p
}

// finding brings a finding and its pairs into the grouping.
func (g *grouping) finding(ctx context.Context, id string) error {
	if id == "" || g.old[id] != nil {
		return nil
	}
	f, err := g.Catalog.Finding(ctx, id)
	if errors.Is(err, catalog.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	g.old[id] = &catalog.Detected{Finding: f, Was: f.State, WasOutcome: f.Outcome}
	list, err := g.Catalog.PairsOf(ctx, id)
	if err != nil {
		return err
	}
	for _, p := range list {
		if _, known := g.pairs[p.ID]; !known {
			g.pairs[p.ID] = p
		}
	}
	return nil
}

// neighbours brings in the findings of the pairs that share a node with one.
func (g *grouping) neighbours(ctx context.Context, p *catalog.Pair) error {
	for _, m := range []*index.Member{&p.A, &p.B} {
		list, err := g.Catalog.PairsWith(ctx, m.Document)
		if err != nil {
			return err
		}
		own := node(p, m)
		for i := range list {
			if x := &list[i]; x.Kind == p.Kind && (node(x, &x.A) == own || node(x, &x.B) == own) {
				if err := g.finding(ctx, x.Finding); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// lose takes the pairs that are gone out of the grouping, but for those on which
// somebody decided and whose sentences still stand: only the rules see them otherwise.
func (g *grouping) lose(ctx context.Context) error {
	for _, id := range sortedHashes(g.gone) {
		p, there := g.pairs[id]
		if !there {
			continue
		}
		f := g.old[p.Finding]
		if f != nil && !f.Finding.State.Live() {
			stands, err := g.stands(ctx, &p)
			if err != nil {
				return err
			}
			if stands {
				continue
			}
		}
		delete(g.pairs, id)
		g.lost[p.Finding] = append(g.lost[p.Finding], p)
	}
	// What somebody decided on holds no longer when one of its sentences was changed. That
	// a page is gone changes nothing for the others.
	for id, lost := range g.lost {
		f := g.old[id]
		if f == nil || f.Finding.State == index.Undecided {
			continue
		}
		for i := range lost {
			served, err := g.served(ctx, &lost[i])
			if err != nil {
				return err
			}
			g.lapsed[id] = g.lapsed[id] || served
		}
	}
	return g.changed(ctx)
}

// changed has the decisions lapse on pairs of pages that were changed and go together
// as little as before.
func (g *grouping) changed(ctx context.Context) error {
	for id, p := range g.pairs {
		was, there := g.kept[id]
		if there && was.Content != p.Content {
			if f := g.old[p.Finding]; f != nil && f.Finding.State != index.Undecided {
				g.lapsed[p.Finding] = true
			}
		}
	}
	return nil
}

// stands reports whether both sides of a pair are still there word for word.
func (g *grouping) stands(ctx context.Context, p *catalog.Pair) (bool, error) {
	for _, m := range []*index.Member{&p.A, &p.B} {
		d, err := g.read.document(ctx, m.Document)
		if err != nil || d == nil {
			return false, err
		}
		if m.Sentence == "" {
			if d.TextHash != m.Hash {
				return false, nil
			}
			continue
		}
		chunks, err := g.Catalog.ChunksOf(ctx, m.Document)
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(chunks, func(c index.Chunk) bool { return strings.Contains(c.Text, m.Sentence) }) {
			return false, nil
		}
	}
	return true, nil
}

func (g *grouping) served(ctx context.Context, p *catalog.Pair) (bool, error) {
	for _, m := range []*index.Member{&p.A, &p.B} {
		d, err := g.read.document(ctx, m.Document)
		if err != nil || d == nil {
			return false, err
		}
	}
	return true, nil
}

// assign joins the pairs to groups and gives each its finding.
func (g *grouping) assign(ctx context.Context) error {
	g.groups = make(map[string][]catalog.Pair)
	free := make([]catalog.Pair, 0, len(g.pairs))
	for _, id := range sortedHashes(g.pairs) {
		p := g.pairs[id]
		if f := g.old[p.Finding]; f != nil && !f.Finding.State.Live() && !g.lapsed[p.Finding] {
			g.groups[p.Finding] = append(g.groups[p.Finding], p) // decided: it stays as it is
			continue
		}
		free = append(free, p)
	}
	components := join(free)
	// The oldest pairs choose first, so that of a group that falls apart the part with the
	// oldest pair keeps the name.
	slices.SortFunc(components, func(a, b []catalog.Pair) int { return older(&a[0], &b[0]) })
	for _, list := range components {
		id, err := g.name(ctx, list)
		if err != nil {
			return err
		}
		for i := range list {
			list[i].Finding = id
		}
		g.groups[id] = list
	}
	return nil
}

func older(a, b *catalog.Pair) int {
	return cmp.Or(cmp.Compare(a.Found, b.Found), slices.Compare(a.ID[:], b.ID[:]))
}

// join parts pairs into those that hang together, each part and the parts of each
// ordered by age.
func join(pairs []catalog.Pair) [][]catalog.Pair {
	parent := make(map[string]string)
	var find func(string) string
	find = func(x string) string {
		p, known := parent[x]
		if !known || p == x {
			return x
		}
		root := find(p)
		parent[x] = root
		return root
	}
	for i := range pairs {
		p := &pairs[i]
		a, b := find(node(p, &p.A)), find(node(p, &p.B))
		if a != b {
			parent[max(a, b)] = min(a, b)
		}
	}
	by := make(map[string][]catalog.Pair)
	for i := range pairs {
		root := find(node(&pairs[i], &pairs[i].A))
		by[root] = append(by[root], pairs[i])
	}
	out := make([][]catalog.Pair, 0, len(by))
	for _, root := range sorted(by) {
		list := by[root]
		slices.SortFunc(list, func(a, b catalog.Pair) int { return older(&a, &b) })
		out = append(out, list)
	}
	return out
}

// name is the finding of a group: the oldest of its pairs' that is not taken, else that
// of a pair that it takes the place of, else a new one.
func (g *grouping) name(ctx context.Context, list []catalog.Pair) (string, error) {
	var have []*index.Finding
	take := func(id string) {
		if f := g.old[id]; f != nil && g.groups[id] == nil && (f.Finding.State.Live() || g.lapsed[id]) {
			have = append(have, &f.Finding)
		}
	}
	for i := range list {
		take(list[i].Finding)
	}
	if len(have) == 0 {
		for i := range list {
			for _, id := range sorted(g.lost) {
				if slices.ContainsFunc(g.lost[id], func(p catalog.Pair) bool { return replaces(&list[i], &p) }) {
					take(id)
				}
			}
		}
	}
	if len(have) > 0 {
		slices.SortFunc(have, func(a, b *index.Finding) int { return cmp.Or(a.Found.Compare(b.Found), strings.Compare(a.ID, b.ID)) })
		return have[0].ID, nil
	}
	return g.unused(ctx, &list[0])
}

// replaces reports whether a pair stands where another stood: between the same pages,
// of the same type, with one of the sentences.
func replaces(p, was *catalog.Pair) bool {
	return p.Kind == was.Kind && p.Type == was.Type && p.A.Document == was.A.Document && p.B.Document == was.B.Document &&
		(p.A.Hash == was.A.Hash || p.B.Hash == was.B.Hash)
}

// unused derives the ID of a new finding from its oldest pair. One that was found
// before, and was gone meanwhile, is that finding again.
func (g *grouping) unused(ctx context.Context, p *catalog.Pair) (string, error) {
	for n := 0; ; n++ {
		h := p.ID
		if n > 0 {
			h = index.HashTexts("finding", p.ID.String(), fmt.Sprint(n))
		}
		id := "f" + h.String()[:15]
		if g.groups[id] != nil {
			continue
		}
		if g.old[id] != nil {
			if len(g.lost[id]) > 0 && len(g.live(id)) == 0 && returns(&g.old[id].Finding) {
				return id, nil
			}
			continue
		}
		f, err := g.Catalog.Finding(ctx, id)
		if errors.Is(err, catalog.ErrNotFound) {
			return id, nil
		}
		if err != nil {
			return "", err
		}
		pairs, err := g.Catalog.PairsOf(ctx, id)
		if err != nil {
			return "", err
		}
		if len(pairs) == 0 && returns(&f) {
			g.old[id] = &catalog.Detected{Finding: f, Was: f.State, WasOutcome: f.Outcome}
			return id, nil
		}
	}
}

// returns reports whether a finding without pairs ended by itself.
func returns(f *index.Finding) bool {
	return f.State.Live() || f.Outcome == index.Edited || f.Outcome == index.Vanished
}

func (g *grouping) live(id string) []catalog.Pair {
	var out []catalog.Pair
	for _, p := range g.pairs {
		if p.Finding == id {
			out = append(out, p)
		}
	}
	return out
}

func sortedHashes[V any](m map[index.Hash]V) []index.Hash {
	out := make([]index.Hash, 0, len(m))
	for h := range m {
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b index.Hash) int { return slices.Compare(a[:], b[:]) })
	return out
}
