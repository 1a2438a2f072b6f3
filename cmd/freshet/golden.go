package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"freshet/index/evaluate"
	"freshet/index/lexical"
	"freshet/index/retrieve"
	"freshet/pipeline/migrate"
)

// goldenQuestions ask two indexes the same questions before one takes the other's place: those
// of the file that the configuration names, else ones made of the pages' own titles.
type goldenQuestions struct {
	path    string // of the file; ""
	catalog retrieve.Catalog
	terms   *lexical.Terms
	bases   *bases
	titles  func(ctx context.Context, base string) ([]evaluate.Titled, error)
	now     func() time.Time
}

const (
	goldenTitles = 200 // questions made of titles, by knowledge base
	goldenDepth  = 10  // pages that are looked at
)

// ask is migrate.Golden.
func (g *goldenQuestions) ask(ctx context.Context, s *migrate.Serving) (migrate.Answers, error) {
	active := retrieve.Active{Store: s.Store}
	if s.Target.Space.Dimension > 0 {
		active.Fingerprint = s.Target.Space.DenseFingerprint() // by which fusions are kept
	}
	if s.Model != nil {
		active.Embed = s.Model.Query
	}
	r := retrieve.New(retrieve.Options{Active: func() retrieve.Active { return active }, Catalog: g.catalog, Terms: g.terms, Base: g.bases.get, Now: g.now})
	var out migrate.Answers
	for _, base := range g.bases.ids() {
		questions, err := g.questions(ctx, base)
		if err != nil {
			return out, err
		}
		for _, q := range questions {
			resp, err := r.Search(ctx, retrieve.Request{Base: base, Query: q.Question, Limit: goldenDepth, Drafts: true})
			if errors.Is(err, retrieve.ErrRequest) {
				continue // a title that is no question to any index
			}
			if err != nil {
				return out, fmt.Errorf("golden question %q: %w", q.Question, err)
			}
			if len(resp.Degraded) > 0 {
				out.Degraded = resp.Degraded[0]
			}
			out.List = append(out.List, answerOf(q, &resp))
		}
	}
	return out, nil
}

// answerOf is the outcome of a question.
func answerOf(q evaluate.Question, resp *retrieve.Response) migrate.Answer {
	a := migrate.Answer{Question: q.Question, None: resp.Answer.State == retrieve.None}
	for _, h := range resp.Hits {
		if slices.Contains(a.Top, h.Document.ID) {
			continue
		}
		a.Top = append(a.Top, h.Document.ID)
		right := slices.Contains(q.Expected, h.Document.ID) || slices.Contains(q.Expected, retrieve.WithoutPage(h.Document.URL))
		if right && a.Rank == 0 {
			a.Rank = 1 / float64(len(a.Top))
		}
	}
	return a
}

// questions of a knowledge base. Those of a file are asked of every base.
func (g *goldenQuestions) questions(ctx context.Context, base string) ([]evaluate.Question, error) {
	if g.path == "" {
		titles, err := g.titles(ctx, base)
		if err != nil {
			return nil, err
		}
		return evaluate.TitleQuestions(titles, goldenTitles, 1), nil
	}
	f, err := os.Open(g.path)
	if err != nil {
		return nil, fmt.Errorf("the golden questions cannot be read: %w; look at index.questions", err)
	}
	defer f.Close() // it was only read
	return evaluate.ReadQuestions(f)
}

// ids lists the knowledge bases.
func (b *bases) ids() []string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]string, 0, len(b.byID))
	for id := range b.byID {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}
