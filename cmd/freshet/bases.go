package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"freshet/index/catalog"
	"freshet/index/lexical"
	"freshet/index/retrieve"
)

// bases keeps what searches need of every knowledge base in memory.
type bases struct {
	catalog *catalog.Catalog

	mu   sync.RWMutex
	byID map[string]retrieve.Base
}

// load reads all of them anew.
func (b *bases) load(ctx context.Context) error {
	list, err := b.catalog.Bases(ctx)
	if err != nil {
		return err
	}
	fresh := make(map[string]retrieve.Base, len(list))
	for _, base := range list {
		rules, err := b.catalog.Synonyms(ctx, base.ID)
		if err != nil {
			return err
		}
		synonyms := make([]lexical.Synonym, len(rules))
		for i, r := range rules {
			synonyms[i] = lexical.Synonym{From: r.Term, To: r.Means, OneWay: !r.TwoWay}
		}
		w, l := base.Weights, learntOf(base.Model)
		fresh[base.ID] = retrieve.Base{Languages: base.Languages, Model: l.Model, Fusion: l.Fusion, Synonyms: lexical.NewSynonyms(synonyms),
			Weights: lexical.Weights{Words: float32(w["words"]), Grams: float32(w["grams"]), TitleWords: float32(w["title_words"]), TitleGrams: float32(w["title_grams"])}}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.byID = fresh
	return nil
}

// get is the Base of retrieve.Options.
func (b *bases) get(id string) (retrieve.Base, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	base, ok := b.byID[id]
	return base, ok
}

// ensure makes a knowledge base exist; one that is there keeps its languages.
func (b *bases) ensure(ctx context.Context, id string) error {
	_, err := b.catalog.Base(ctx, id)
	if !errors.Is(err, catalog.ErrNotFound) {
		return err
	}
	if err := b.catalog.PutBase(ctx, catalog.Base{ID: id}); err != nil {
		return err
	}
	return b.load(ctx)
}

// reloadBases has searches use what was saved.
func (s *service) reloadBases() {
	ctx, cancel := context.WithTimeout(context.Background(), reloadWithin)
	defer cancel()
	if err := s.bases.load(ctx); err != nil {
		s.log.Error("saved synonyms are used after the next start", "error", err)
	}
}

const reloadWithin = 10 * time.Second
