package retrieve

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"freshet/index"
)

// Which neighbours are joined to a passage that is served.
const (
	shortWords  = 60  // a passage under so many words gets its neighbours
	joinedWords = 400 // and none has more than this afterwards
	joinPlaces  = 30  // a neighbour ranked above this joins any passage
)

// part is a chunk in a choice.
type part struct {
	id        index.ChunkID
	ord       int
	heading   []string
	text      string
	conflicts []index.Conflict
}

func newPart(p *index.Passage) part {
	return part{p.Chunk.ID, p.Chunk.Ord, p.Chunk.Heading, p.Chunk.Text, p.Conflicts}
}

func newChoice(c *candidate) *choice {
	p := c.passage
	return &choice{main: c, lo: p.Chunk.Ord, hi: p.Chunk.Ord, parts: []part{newPart(p)}, words: wordsOf(p)}
}

func wordsOf(p *index.Passage) int {
	if p.Chunk.Words > 0 {
		return p.Chunk.Words
	}
	return len(strings.Fields(p.Chunk.Text))
}

// takes joins a passage to the choice if it is its neighbour and there is room.
func (c *choice) takes(p *index.Passage) bool {
	ord := p.Chunk.Ord
	if p.Document.Key != c.main.passage.Document.Key || ord != c.lo-1 && ord != c.hi+1 || c.words+wordsOf(p) > joinedWords {
		return false
	}
	if p.Chunk.Kind == index.FAQ || c.main.passage.Chunk.Kind == index.FAQ {
		return false
	}
	c.parts = append(c.parts, newPart(p))
	c.words += wordsOf(p)
	c.lo, c.hi = min(c.lo, ord), max(c.hi, ord)
	return true
}

// joins reports whether a candidate became part of an earlier choice.
func (s *session) joins(c *candidate) bool {
	if c.place >= joinPlaces {
		return false
	}
	for _, x := range s.chosen {
		if x.takes(c.passage) {
			return true
		}
	}
	return false
}

// join gives short passages their neighbours.
func (s *session) join(ctx context.Context) error {
	var spans []index.OrdSpan
	var short []*choice
	for _, c := range s.chosen {
		if c.words >= shortWords || c.main.passage.Chunk.Kind == index.FAQ {
			continue
		}
		short = append(short, c)
		spans = append(spans, index.OrdSpan{Document: c.main.passage.Document.Key, Lo: max(c.lo-1, 0), Hi: c.hi + 1})
	}
	if len(spans) == 0 {
		return nil
	}
	around, err := s.r.o.Catalog.Around(ctx, index.AroundRequest{
		Base: s.req.Base, Mark: s.mark, Spans: spans, Principals: s.req.Principals, Drafts: s.req.Drafts,
	})
	if err != nil {
		return fmt.Errorf("read the neighbours of %d passages: %w", len(spans), err)
	}
	// What follows a short passage explains it more often than what precedes it.
	slices.SortFunc(around, func(a, b index.Passage) int { return b.Chunk.Ord - a.Chunk.Ord })
	for _, c := range short {
		for i := range around {
			if s.admits(&around[i]) && !s.serves(&around[i]) {
				c.takes(&around[i])
			}
		}
	}
	return nil
}

// serves reports whether a chunk is in a choice already.
func (s *session) serves(p *index.Passage) bool {
	return slices.ContainsFunc(s.chosen, func(c *choice) bool {
		return slices.ContainsFunc(c.parts, func(x part) bool { return x.id == p.Chunk.ID })
	})
}

// hit shapes the choice for the response.
func (c *choice) hit(doubts Doubts) Hit {
	h := newHit(c.main, doubts)
	if len(c.parts) == 1 {
		return h
	}
	slices.SortFunc(c.parts, func(a, b part) int { return a.ord - b.ord })
	var text strings.Builder
	var heading []string
	seen := make(map[index.Conflict]bool)
	for _, x := range c.main.passage.Conflicts {
		seen[x] = true
	}
	for i, p := range c.parts {
		if i > 0 {
			text.WriteString("\n\n")
			if n := len(p.heading); n > 0 && !slices.Equal(p.heading, heading) {
				text.WriteString(p.heading[n-1])
				text.WriteString("\n\n")
			}
		}
		text.WriteString(p.text)
		heading = p.heading
		h.Joined = append(h.Joined, p.id)
		for _, x := range p.conflicts {
			if doubts != IgnoreDoubts && !seen[x] {
				seen[x] = true
				h.Conflicts = append(h.Conflicts, Conflict(x))
			}
		}
	}
	h.Text = text.String()
	return h
}
