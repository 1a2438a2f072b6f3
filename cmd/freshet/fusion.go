package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"freshet/index/evaluate"
	"freshet/index/retrieve"
	"freshet/pipeline"
)

// learnt is what the catalog keeps of a knowledge base's answers: the model for words,
// and how meaning is put to them.
type learnt struct {
	*retrieve.Model
	Fusion *retrieve.Fusion `json:"Fusion,omitempty"`
}

// learntOf reads what was kept; what cannot be read is as good as nothing.
func learntOf(text string) learnt {
	var l learnt
	if text == "" {
		return l
	}
	if json.Unmarshal([]byte(text), &l) != nil {
		return learnt{}
	}
	return l
}

// keepLearnt makes searches use l, which was learnt at seq.
func (b *bases) keepLearnt(ctx context.Context, base string, l learnt, seq int64) error {
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encode what was learnt of %s: %w", base, err)
	}
	if err := b.catalog.SetModel(ctx, base, string(text), seq); err != nil {
		return err
	}
	return b.load(ctx)
}

// fusionFor is what was kept for a Space, else the default.
func (l learnt) fusionFor(fingerprint string) retrieve.Fusion {
	if l.Fusion != nil && l.Fusion.Fingerprint == fingerprint {
		return *l.Fusion
	}
	f := retrieve.DefaultFusion()
	f.Fingerprint = fingerprint
	return f
}

// lacksMeaning reports that hybrid answers are still judged by their words.
func (l learnt) lacksMeaning(a retrieve.Active) bool {
	return a.Embed != nil && l.fusionFor(a.Fingerprint).Model == nil
}

// fitMeaning learns, of the base's own titles, how much meaning counts and how sure
// hybrid answers are. It reports false when that cannot be learnt yet: passages wait
// for their vectors, or the embedder is not at hand.
func (c *calibrator) fitMeaning(ctx context.Context, base string, titles []evaluate.Titled, l *learnt) (bool, error) {
	active := c.active()
	mark, err := c.catalog.ConsumerMark(ctx, pipeline.EmbeddingConsumer(active.Fingerprint))
	if err != nil {
		return false, err
	}
	head, err := c.catalog.Head(ctx)
	if err != nil || mark < head {
		return false, err
	}
	prior := l.fusionFor(active.Fingerprint)
	if prior.Golden == 0 {
		prior = learnt{}.fusionFor(active.Fingerprint) // not what titles said before
	}
	words := l.Model
	if words == nil {
		words = retrieve.DefaultModel()
	}
	f, err := evaluate.CalibrateHybrid(ctx, c.search, base, titles, prior, words)
	if errors.Is(err, evaluate.ErrNoMeaning) {
		c.log.Info("how much meaning counts is learnt later", "knowledge_base", base, "reason", err)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if c.active().Fingerprint != active.Fingerprint {
		return false, nil // the index was switched meanwhile
	}
	l.Fusion = &f
	return true, nil
}

// learnFusion learns from golden questions how much meaning counts in a knowledge base,
// and keeps it.
func (s *service) learnFusion(ctx context.Context, base string, questions []evaluate.Question) (*retrieve.Fusion, error) {
	active := s.standbys.active()
	if active.Embed == nil {
		return nil, errors.New("there is no embedder, so nothing can be learnt of how much meaning counts; set embedding.provider")
	}
	row, err := s.catalog.Base(ctx, base)
	if err != nil {
		return nil, err
	}
	l := learntOf(row.Model)
	prior := learnt{}.fusionFor(active.Fingerprint)
	f, err := evaluate.LearnFusion(ctx, s.retriever.Search, []evaluate.Trial{{Base: base, Questions: questions}}, prior, evaluate.GoldenStrength)
	if err != nil {
		return nil, err
	}
	f.Model = l.fusionFor(active.Fingerprint).Model
	l.Fusion = &f
	return &f, s.bases.keepLearnt(ctx, base, l, row.ModelSeq)
}
