package evaluate

import (
	"context"
	"slices"

	"freshet/index"
	"freshet/index/lexical"
)

// memory is a Searcher and a Catalog over chunks held in memory, exact and without
// access rules.
type memory struct {
	ids      []index.ChunkID
	passages []index.Passage
	byID     map[index.ChunkID]int
	byOrd    map[string]map[int]int
	postings map[uint32][]posting
	dense    [][]float32 // by chunk; nil: none has a vector
	terms    *lexical.Terms
}

type posting struct {
	at    int
	value float32
}

func newMemory() *memory {
	return &memory{
		byID: make(map[index.ChunkID]int), byOrd: make(map[string]map[int]int),
		postings: make(map[uint32][]posting), terms: lexical.NewTerms(),
	}
}

func (m *memory) add(p index.Passage, e *lexical.Encoder) {
	at := len(m.ids)
	m.ids = append(m.ids, p.Chunk.ID)
	m.passages = append(m.passages, p)
	m.byID[p.Chunk.ID] = at
	if m.byOrd[p.Document.Key] == nil {
		m.byOrd[p.Document.Key] = make(map[int]int)
	}
	m.byOrd[p.Document.Key][p.Chunk.Ord] = at
	encoded := e.Encode(lexical.FromChunk(&p.Chunk))
	m.terms.Add(p.Document.Base, encoded)
	for i, id := range encoded.Vector.IDs {
		m.postings[id] = append(m.postings[id], posting{at, encoded.Vector.Values[i]})
	}
}

func (m *memory) Search(_ context.Context, queries []index.Query) ([]index.Result, error) {
	results := make([]index.Result, len(queries))
	for i, q := range queries {
		results[i] = index.Result{Mark: 1, Hits: m.search(q)}
	}
	return results, nil
}

func (m *memory) search(q index.Query) []index.Hit {
	if q.Dense != nil {
		return m.nearest(q)
	}
	scores := make([]float32, len(m.ids))
	for _, t := range q.Lexical {
		for _, p := range m.postings[t.ID] {
			scores[p.at] += p.value * t.Value
		}
	}
	var order []int
	for at, s := range scores {
		if s > 0 {
			order = append(order, at)
		}
	}
	m.sort(order, scores)
	hits := make([]index.Hit, min(q.Limit, len(order)))
	for i := range hits {
		at := order[i]
		hits[i] = index.Hit{ID: m.ids[at], Score: scores[at]}
		if i < q.Explain {
			hits[i].Terms = m.explain(q.Lexical, at)
		}
	}
	return hits
}

// sort puts chunks in the order of their scores.
func (m *memory) sort(order []int, scores []float32) {
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case scores[a] > scores[b]:
			return -1
		case scores[a] < scores[b]:
			return 1
		}
		return slices.Compare(m.ids[a][:], m.ids[b][:])
	})
}

func (m *memory) nearest(q index.Query) []index.Hit {
	scores := make([]float32, len(m.dense))
	order := make([]int, len(m.dense))
	for at, v := range m.dense {
		scores[at], order[at] = cosine(v, q.Dense), at
	}
	m.sort(order, scores)
	hits := make([]index.Hit, min(q.Limit, len(order)))
	for i := range hits {
		hits[i] = index.Hit{ID: m.ids[order[i]], Score: scores[order[i]]}
	}
	return hits
}

func (m *memory) explain(terms []index.Term, at int) []float32 {
	list := make([]float32, len(terms))
	for i, t := range terms {
		postings := m.postings[t.ID]
		j, ok := slices.BinarySearchFunc(postings, at, func(p posting, at int) int { return p.at - at })
		if ok {
			list[i] = postings[j].value * t.Value
		}
	}
	return list
}

func (m *memory) Vouch(_ context.Context, r index.VouchRequest) ([]index.Passage, error) {
	list := make([]index.Passage, 0, len(r.IDs))
	for _, id := range r.IDs {
		if at, ok := m.byID[id]; ok {
			list = append(list, m.passages[at])
		}
	}
	return list, nil
}

func (m *memory) Around(_ context.Context, r index.AroundRequest) ([]index.Passage, error) {
	var list []index.Passage
	for _, s := range r.Spans {
		for ord := s.Lo; ord <= s.Hi; ord++ {
			if at, ok := m.byOrd[s.Document][ord]; ok {
				list = append(list, m.passages[at])
			}
		}
	}
	return list, nil
}
