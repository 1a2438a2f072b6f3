package migrate

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/lexical"
)

// Itself counts sampled passages that, asked for with their own vectors, come first.
type Itself struct {
	Asked  int `json:"asked"`
	First  int `json:"first"`
	Before int `json:"before"` // that come first in the active index; -1 where that cannot be compared
}

// tie is how far, as a share, the first score may be above a passage's own: passages
// of equal text have equal scores, and quantised vectors nearly so.
const tie = 1e-3

// findThemselves asks for sampled passages with their own vectors. An index with
// another order of points, or with vectors of another model, does not find them.
func (m *Machine) findThemselves(ctx context.Context, t *target, seed int64, v *Verification) error {
	sample, err := m.sample(ctx, seed)
	if err != nil || len(sample) == 0 {
		return err
	}
	active := m.Active()
	queries := m.wordQueries(sample)
	first, err := firsts(ctx, t.store, sample, queries)
	if err != nil {
		return fmt.Errorf("ask the new index for texts by their words: %w", err)
	}
	v.Lexical = &Itself{Asked: len(sample), First: first, Before: -1}
	if active.Target.Space.Lexical == t.row.Space.Lexical {
		if err := v.Lexical.before(ctx, active.Store, sample, queries); err != nil {
			return err
		}
	}
	v.judge("words", "by its words", v.Lexical)
	if t.embedding == nil {
		return nil
	}
	sample, queries, err = m.denseQueries(ctx, t, sample)
	if err != nil || len(sample) == 0 {
		return err
	}
	if first, err = firsts(ctx, t.store, sample, queries); err != nil {
		return fmt.Errorf("ask the new index for texts by their meaning: %w", err)
	}
	v.Dense = &Itself{Asked: len(sample), First: first, Before: -1}
	v.judge("meaning", "by its meaning", v.Dense)
	return nil
}

// before asks the active index the same; that it cannot be asked is no fault here.
func (i *Itself) before(ctx context.Context, s index.Store, sample []catalog.OpenChunk, queries []index.Query) error {
	n, err := firsts(ctx, s, sample, queries)
	switch {
	case err == nil:
		i.Before = n
	case !errors.Is(err, index.ErrUnavailable):
		return fmt.Errorf("ask the active index for texts by their words: %w", err)
	}
	return nil
}

// judge says whether enough passages find themselves: nearly all, or as many as do in
// the active index.
func (v *Verification) judge(name, by string, i *Itself) {
	verdict := Good
	if float64(i.First) < selfShare*float64(i.Asked) && (i.Before < 0 || i.First < i.Before) {
		verdict = Doubtful
	}
	v.say(name, verdict, "%d of %d sampled passages come first when each is asked for %s", i.First, i.Asked, by)
}

// sample takes passages by random IDs, the same ones for the same seed.
func (m *Machine) sample(ctx context.Context, seed int64) ([]catalog.OpenChunk, error) {
	r := rand.New(rand.NewPCG(uint64(seed), 0))
	var out []catalog.OpenChunk
	seen := make(map[index.ChunkID]bool)
	for range m.Sample {
		var at index.ChunkID
		binary.BigEndian.PutUint64(at[:], r.Uint64())
		page, err := m.Catalog.OpenChunksAfter(ctx, at, 1)
		if err == nil && len(page) == 0 {
			page, err = m.Catalog.OpenChunksAfter(ctx, index.ChunkID{}, 1)
		}
		if err != nil {
			return nil, err
		}
		if len(page) == 1 && !seen[page[0].Chunk.ID] {
			seen[page[0].Chunk.ID] = true
			out = append(out, page[0])
		}
	}
	return out, nil
}

// wordQueries ask for each passage with its own terms.
func (m *Machine) wordQueries(sample []catalog.OpenChunk) []index.Query {
	encoder := lexical.NewEncoder()
	queries := make([]index.Query, len(sample))
	for i := range sample {
		c := &sample[i]
		v := encoder.Encode(lexical.FromChunk(&c.Chunk)).Vector
		total := m.Statistics.Terms().Chunks(c.Base)
		terms := make([]index.Term, len(v.IDs))
		for k, n := range m.Statistics.Terms().Frequencies(c.Base, v.IDs) {
			terms[k] = index.Term{ID: v.IDs[k], Value: rarity(total, n)}
		}
		queries[i] = index.Query{Base: c.Base, Lexical: terms, Limit: itselfDepth}
	}
	return queries
}

// rarity is the idf of a term that n of total passages have.
func rarity(total, n int) float32 {
	n = min(n, total)
	return float32(math.Log1p((float64(total-n) + 0.5) / (float64(n) + 0.5)))
}

// denseQueries ask for those of the passages that have a vector, with it.
func (m *Machine) denseQueries(ctx context.Context, t *target, sample []catalog.OpenChunk) ([]catalog.OpenChunk, []index.Query, error) {
	hashes := make([]index.Hash, len(sample))
	for i := range sample {
		hashes[i] = sample[i].Chunk.EmbedHash()
	}
	kept, err := m.Catalog.Vectors(ctx, t.row.Space.DenseFingerprint(), hashes)
	if err != nil {
		return nil, nil, err
	}
	var with []catalog.OpenChunk
	var queries []index.Query
	for i := range sample {
		if v := kept[hashes[i]].Values; v != nil {
			with = append(with, sample[i])
			queries = append(queries, index.Query{Base: sample[i].Base, Dense: unit(v), Limit: itselfDepth})
		}
	}
	return with, queries, nil
}

// unit is a vector of length 1 in the direction of v.
func unit(v []float32) []float32 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	out := slices.Clone(v)
	if sum == 0 {
		return out
	}
	norm := float32(math.Sqrt(sum))
	for i := range out {
		out[i] /= norm
	}
	return out
}

const (
	itselfDepth = 20 // how many hits are looked at for passages of equal score
	itselfBatch = 20 // queries of a round trip
)

// firsts counts the passages that come first, or tie with what does.
func firsts(ctx context.Context, s index.Store, sample []catalog.OpenChunk, queries []index.Query) (int, error) {
	n := 0
	for from := 0; from < len(queries); from += itselfBatch {
		to := min(from+itselfBatch, len(queries))
		results, err := s.Search(ctx, queries[from:to])
		if err != nil {
			return 0, err
		}
		for i := range results {
			if comesFirst(results[i].Hits, sample[from+i].Chunk.ID, own(&queries[from+i])) {
				n++
			}
		}
	}
	return n, nil
}

// comesFirst reports whether a passage is the first hit, or ties with it. Where more
// passages of equal text tie than were asked for, one that is not among them counts
// if the score is its own, where that is known.
func comesFirst(hits []index.Hit, id index.ChunkID, own float32) bool {
	for _, h := range hits {
		if h.Score < hits[0].Score*(1-tie) {
			return false
		}
		if h.ID == id {
			return true
		}
	}
	return len(hits) == itselfDepth && own > 0 && math.Abs(float64(hits[0].Score/own-1)) < ownScore
}

// ownScore is how far, as a share, a Store's score may be from what it is without
// quantisation.
const ownScore = 0.02

// own is the score of a passage that is asked for with its own vector. Of a lexical
// query it is not known here: 0.
func own(q *index.Query) float32 {
	var sum float32
	for _, x := range q.Dense {
		sum += x * x
	}
	return sum
}
