package retrieve

import (
	"context"
	"fmt"
	"slices"

	"freshet/index"
	"freshet/index/lexical"
)

// firstDepth is how many hits a Store is asked for at first, at least.
const firstDepth = 50

// firstSpare is how many hits beyond those asked for are vouched for at first. Most
// questions need no more, and each costs the catalog about 10 us.
const firstSpare = 5

// found is a hit of a Store on its way to a candidate.
type found struct {
	id       index.ChunkID
	score    float64   // fused
	lexical  float64   // raw, 0 when only its meaning was found
	dense    float64   // cosine
	embedded bool      // it is among the nearest, so dense is known
	terms    []float32 // contributions, nil when not explained
}

// collect searches and vouches until enough passages can be chosen, or there are
// no more: first further down the hits at hand, then with a deeper search.
func (s *session) collect(ctx context.Context) error {
	if len(s.terms()) == 0 && s.dense == nil {
		return nil // there is nothing to ask for
	}
	batch := s.req.Limit + firstSpare
	depth := min(max(firstDepth, 4*s.req.Limit), s.r.o.Limits.Depth)
	for {
		hits, mark, more, err := s.ask(ctx, depth, 2*s.req.Limit+10)
		if err != nil {
			return err
		}
		s.mark, s.candidates = mark, s.candidates[:0]
		for len(hits) > 0 {
			n := min(batch, len(hits))
			if err := s.vouch(ctx, hits[:n]); err != nil {
				return err
			}
			hits = hits[n:]
			batch = 2*s.req.Limit + 10
			s.rank()
			if s.choose(); len(s.chosen) >= s.req.Limit {
				return nil
			}
		}
		if !more || depth >= s.r.o.Limits.Depth {
			return nil
		}
		depth = min(4*depth, s.r.o.Limits.Depth)
	}
}

// ask searches once. More reports that a deeper search may find more.
func (s *session) ask(ctx context.Context, depth, explain int) (hits []found, mark int64, more bool, err error) {
	var queries []index.Query
	terms := s.terms()
	if len(terms) > 0 {
		queries = append(queries, index.Query{
			Base: s.req.Base, Lexical: s.query.Index(), Filter: s.req.Filter, Limit: depth, Explain: explain,
		})
	}
	if s.dense != nil {
		queries = append(queries, index.Query{Base: s.req.Base, Dense: s.dense, Filter: s.req.Filter, Limit: depth})
	}
	results, err := s.active.Store.Search(ctx, queries)
	if err != nil {
		return nil, 0, false, err
	}
	if len(results) != len(queries) {
		return nil, 0, false, fmt.Errorf("the store gave %d results for %d queries", len(results), len(queries))
	}
	mark = results[0].Mark
	for _, r := range results {
		mark = min(mark, r.Mark)
		s.standby = s.standby || r.Standby
		more = more || len(r.Hits) >= depth
	}
	var words, meaning []index.Hit
	if len(terms) > 0 {
		words = results[0].Hits
	}
	if s.dense != nil {
		meaning = results[len(results)-1].Hits
	}
	hits, s.spread = s.fusion.fuse(words, meaning, depth)
	return hits, mark, more, nil
}

// vouch asks the catalog for hits and adds what may be shown to the candidates.
func (s *session) vouch(ctx context.Context, hits []found) error {
	ids := make([]index.ChunkID, len(hits))
	for i, h := range hits {
		ids[i] = h.id
	}
	passages, err := s.r.o.Catalog.Vouch(ctx, index.VouchRequest{
		Base: s.req.Base, Mark: s.mark, IDs: ids, Principals: s.req.Principals, Drafts: s.req.Drafts,
	})
	if err != nil {
		return fmt.Errorf("vouch for %d passages: %w", len(ids), err)
	}
	made := make([]candidate, len(passages)) // at once, because they live as long as one another
	for i := range passages {
		p := &passages[i]
		place := slices.Index(ids, p.Chunk.ID)
		if place < 0 || !s.admits(p) {
			continue
		}
		s.consider(&made[i], p, &hits[place])
		s.candidates = append(s.candidates, &made[i])
	}
	return nil
}

// admits reports whether the request wants a passage that may be shown.
func (s *session) admits(p *index.Passage) bool {
	switch {
	case s.req.Doubts == ExcludeDoubts && (len(p.Conflicts) > 0 || freshness(p, s.now).State == Stale):
		return false
	case s.req.Without != nil && s.req.Without(&p.Document):
		return false
	}
	return contextFit(s.req.Context, p.Document.Facets) != contradicts
}

// consider makes c the candidate of a passage that was found.
func (s *session) consider(c *candidate, p *index.Passage, h *found) {
	*c = candidate{id: p.Chunk.ID, passage: p, found: *h, freshness: freshness(p, s.now)}
	c.scores.Dense = h.dense
	for i, x := range h.terms {
		if i == len(s.query.Terms) {
			break
		}
		switch s.query.Terms[i].Namespace {
		case lexical.Words:
			c.scores.Words += float64(x)
		case lexical.Grams:
			c.scores.Grams += float64(x)
		default:
			c.scores.Title += float64(x)
		}
	}
}
