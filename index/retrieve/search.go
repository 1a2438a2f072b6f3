package retrieve

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"freshet/index"
	"freshet/index/lexical"
)

// Search answers a question. ErrRequest and ErrBase when it cannot be asked that
// way; index.ErrUnavailable when the index cannot be asked now, which is never an
// answer of state none.
func (r *Retriever) Search(ctx context.Context, req Request) (Response, error) {
	started := time.Now()
	base, ok := r.o.Base(req.Base)
	if !ok {
		return Response{}, fmt.Errorf("%w: %q", ErrBase, req.Base)
	}
	active := r.o.Active()
	if err := req.check(r.o.Limits, active.Embed != nil); err != nil {
		return Response{}, err
	}
	s := &session{r: r, active: active, req: &req, base: &base, now: r.o.Now(), fusion: fusionFor(&req, &base, active.Fingerprint)}
	s.options = lexical.Options{
		Base: req.Base, Languages: base.Languages, Weights: base.Weights, Synonyms: base.Synonyms, NoSpeller: req.NoSpeller,
	}
	if err := s.run(ctx); err != nil {
		return Response{}, fmt.Errorf("search %q: %w", req.Base, err)
	}
	resp := s.response()
	resp.TookMS = math.Round(float64(time.Since(started).Microseconds())) / 1000
	return resp, nil
}

// fusionFor is what the request says, or what was learnt for the base and the Space.
func fusionFor(req *Request, base *Base, fingerprint string) Fusion {
	switch {
	case req.Fusion != nil:
		return *req.Fusion
	case base.Fusion != nil && base.Fusion.Fingerprint == fingerprint:
		return *base.Fusion
	}
	return DefaultFusion()
}

// A session is one question on its way.
type session struct {
	r       *Retriever
	active  Active
	req     *Request
	base    *Base
	now     time.Time
	options lexical.Options
	query   lexical.Query
	dense   []float32
	fusion  Fusion
	spread  float64 // of the cosines found
	standby bool    // answered in place of the Store

	degraded   []string
	mark       int64
	candidates []*candidate // vouched for, ranked
	chosen     []*choice
}

// A candidate is a passage that was vouched for.
type candidate struct {
	id        index.ChunkID
	passage   *index.Passage
	found     found
	scores    Scores
	score     float64
	freshness Freshness
	place     int // in the ranking
}

func (s *session) run(ctx context.Context) error {
	s.query = s.r.analyser.Query(s.req.Query, s.options)
	s.embed(ctx)
	err := s.collect(ctx)
	if s.dense != nil && errors.Is(err, index.ErrSpace) {
		s.leaveDense(ctx, err)
		err = s.collect(ctx)
	}
	if err != nil {
		return err
	}
	if s.dense != nil {
		s.r.embedder.note(ctx, s.r.o.Logger, "embedder", nil)
	}
	if s.standby {
		s.degraded = append(s.degraded, DegradedIndex)
	}
	s.rerank(ctx)
	return s.join(ctx)
}

// terms are what is searched lexically.
func (s *session) terms() []lexical.QueryTerm {
	if s.req.Mode == Semantic {
		return nil
	}
	return s.query.Terms
}

// embed gets the question's dense vector; without one the answer is lexical
// alone and says so.
func (s *session) embed(ctx context.Context) {
	if s.active.Embed == nil || s.req.Mode == Lexical {
		return
	}
	within, cancel := context.WithTimeout(ctx, budget(ctx, s.r.o.Limits.Embedding))
	defer cancel()
	v, err := s.active.Embed(within, s.req.Query)
	if err != nil {
		s.leaveDense(ctx, err)
		return
	}
	s.dense = v
}

// leaveDense goes on with words alone, and says so.
func (s *session) leaveDense(ctx context.Context, because error) {
	s.r.embedder.note(ctx, s.r.o.Logger, "embedder", because)
	s.degraded = append(s.degraded, DegradedEmbedder)
	s.dense, s.req.Mode = nil, Lexical
}

// budget is what a helper may take of the time that a request has left: its limit,
// or half of it, so that something is left to answer without.
func budget(ctx context.Context, limit time.Duration) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return min(limit, time.Until(deadline)/2)
	}
	return limit
}

// rerank lets the re-ranker order what was found; its failure leaves the order.
func (s *session) rerank(ctx context.Context) {
	if s.r.o.Rerank == nil || len(s.candidates) == 0 {
		return
	}
	head := s.candidates[:min(len(s.candidates), max(20, s.req.Limit))]
	passages := make([]index.Passage, len(head))
	for i, c := range head {
		passages[i] = *c.passage
	}
	within, cancel := context.WithTimeout(ctx, budget(ctx, s.r.o.Limits.Reranking))
	defer cancel()
	scores, err := s.r.o.Rerank(within, s.req.Query, passages)
	if err != nil || len(scores) != len(head) || slices.ContainsFunc(scores, notANumber) {
		if err == nil {
			err = fmt.Errorf("%d scores for %d passages, or one that is no number", len(scores), len(head))
		}
		s.r.reranker.note(ctx, s.r.o.Logger, "re-ranker", err)
		s.degraded = append(s.degraded, DegradedReranker)
		return
	}
	s.r.reranker.note(ctx, s.r.o.Logger, "re-ranker", nil)
	order := make(map[*candidate]float32, len(head))
	for i, c := range head {
		order[c] = scores[i]
	}
	slices.SortStableFunc(head, func(a, b *candidate) int { return compareScores(float64(order[a]), float64(order[b])) })
	s.choose()
}

func notANumber(x float32) bool { return x != x }

func (s *session) response() Response {
	resp := Response{Mark: s.mark, Spread: s.spread, Hits: make([]Hit, 0, len(s.chosen)), Degraded: orEmpty(s.degraded)}
	for _, c := range s.chosen {
		resp.Hits = append(resp.Hits, c.hit(s.req.Doubts))
	}
	resp.Answer = s.answer()
	return resp
}
