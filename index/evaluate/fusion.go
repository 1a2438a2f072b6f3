package evaluate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"freshet/index/retrieve"
)

// A Trial is the golden questions of one base.
type Trial struct {
	Base      string
	Questions []Question
}

// ErrNoMeaning: how much meaning counts cannot be learnt now, because questions were
// answered by words alone.
var ErrNoMeaning = errors.New("the questions were answered by words alone")

// How much meaning counts is learnt among these shares, from so many questions of a
// base at most.
var shares = []float64{0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}

const (
	mostLearnt = 300
	// spreadQuantile is which of the questions' spreads becomes the fusion's: that of
	// questions whose cosines tell something. Chosen on faq-fr-servicepublic and
	// faq-en-covid.
	spreadQuantile = 0.75
	// GoldenStrength of LearnFusion suits golden questions: some ten of them move the
	// share, if they agree.
	GoldenStrength = 10
	// usefulShare is how high meaning alone must rank the pages, as a share of what words
	// alone do, to be trusted as much as the default says. Questions made of titles are
	// the authors' words, so words alone find their pages, and what meaning adds cannot
	// be seen on them; but vectors that do not even find a title's page are of no use.
	usefulShare = 0.5
)

// LearnFusion returns the share of meaning for which the right pages rank highest,
// by the mean of one over their rank. It stays near prior's: strength is how much
// that sum over the questions must gain for the share to move by one. Questions that
// expect no page are left out. ErrNoMeaning when the embedder was not at hand for
// one of them, or no passage has a vector.
func LearnFusion(ctx context.Context, search Search, trials []Trial, prior retrieve.Fusion, strength float64) (retrieve.Fusion, error) {
	learnt, asked := prior, answerableOf(trials)
	learnt.Golden = 0
	for _, t := range asked {
		learnt.Golden += len(t.Questions)
	}
	if learnt.Golden == 0 {
		return prior, fmt.Errorf("%w: no question expects a page", ErrQuestions)
	}
	search = withMeaning(search)
	plain := prior
	plain.Spread = 0
	_, spreads, err := rankSum(ctx, search, asked, retrieve.Request{Mode: retrieve.Hybrid, Fusion: &plain})
	if err != nil {
		return prior, err
	}
	if learnt.Spread, err = spreadOf(spreads); err != nil {
		return prior, err
	}
	best := -1.0
	for i, share := range shares {
		tried := learnt
		tried.Share = share
		sum, _, err := rankSum(ctx, search, asked, retrieve.Request{Mode: retrieve.Hybrid, Fusion: &tried})
		if err != nil {
			return prior, err
		}
		away := share - prior.Share
		if sum -= strength * away * away; i == 0 || sum > best {
			best, learnt.Share = sum, share
		}
	}
	return learnt, nil
}

// answerableOf are the questions that are learnt from: a sample of those that expect
// pages, the same one of the same questions.
func answerableOf(trials []Trial) []Trial {
	list := make([]Trial, len(trials))
	for i, t := range trials {
		questions := slices.DeleteFunc(slices.Clone(t.Questions), func(q Question) bool { return len(q.Expected) == 0 })
		r := rand.New(rand.NewPCG(1, uint64(len(questions))))
		r.Shuffle(len(questions), func(i, j int) { questions[i], questions[j] = questions[j], questions[i] })
		list[i] = Trial{Base: t.Base, Questions: questions[:min(len(questions), mostLearnt)]}
	}
	return list
}

// spreadOf is a fusion's spread, of the questions' spreads, ascending.
func spreadOf(spreads []float64) (float64, error) {
	if len(spreads) == 0 || spreads[len(spreads)-1] == 0 {
		return 0, fmt.Errorf("%w: no passage has a vector yet", ErrNoMeaning)
	}
	return quantile(spreads, spreadQuantile), nil
}

// rankSum asks all questions with a request: the sum of one over the rank of the right
// page, and the spreads of the cosines, ascending.
func rankSum(ctx context.Context, search Search, trials []Trial, r retrieve.Request) (sum float64, spreads []float64, err error) {
	r.Limit, r.Drafts = 20, true // two passages of each of ten pages
	for _, t := range trials {
		for _, q := range t.Questions {
			r.Base, r.Query = t.Base, q.Question
			resp, err := search(ctx, r)
			if err != nil {
				return 0, nil, fmt.Errorf("learn how much meaning counts in %s: %w", t.Base, err)
			}
			line := Line{Expected: q.Expected}
			line.rank(resp.Hits)
			if line.Rank > 0 && line.Rank <= 10 {
				sum += 1 / float64(line.Rank)
			}
			spreads = append(spreads, resp.Spread)
		}
	}
	slices.Sort(spreads)
	return sum, spreads, nil
}

// withMeaning fails where a question was answered by words alone.
func withMeaning(search Search) Search {
	return func(ctx context.Context, r retrieve.Request) (retrieve.Response, error) {
		resp, err := search(ctx, r)
		if err == nil && slices.Contains(resp.Degraded, retrieve.DegradedEmbedder) {
			err = fmt.Errorf("%w: the embedder is not at hand", ErrNoMeaning)
		}
		return resp, err
	}
}

// titleTrial is how many titles are asked for to learn the share.
const titleTrial = 100

// learnOfTitles returns prior with the spread of the base, and a lower share where
// meaning alone does not find the pages of their own titles.
func learnOfTitles(ctx context.Context, search Search, base string, titles []Titled, prior retrieve.Fusion) (retrieve.Fusion, error) {
	trials := []Trial{{base, TitleQuestions(titles, titleTrial, 1)}}
	words, _, err := rankSum(ctx, search, trials, retrieve.Request{Mode: retrieve.Lexical})
	if err != nil {
		return prior, err
	}
	meaning, spreads, err := rankSum(ctx, search, trials, retrieve.Request{Mode: retrieve.Semantic})
	if err != nil {
		return prior, err
	}
	learnt := prior
	if learnt.Spread, err = spreadOf(spreads); err != nil {
		return prior, err
	}
	if words > 0 {
		learnt.Share *= min(1, meaning/words/usefulShare)
	}
	return learnt, nil
}

// CalibrateHybrid fits what is known of a base and a Space to the base's own titles:
// the spread and the share of meaning, unless prior has them from golden questions,
// and the model of the answer state of hybrid answers, near that for words. With too
// few titles it returns the prior. It asks up to 1,100 searches and embeds up to 400
// questions. ErrNoMeaning as of LearnFusion.
func CalibrateHybrid(ctx context.Context, search Search, base string, titles []Titled, prior retrieve.Fusion, words *retrieve.Model) (retrieve.Fusion, error) {
	if len(titles) < leastTitles {
		return prior, nil
	}
	search = withMeaning(search)
	learnt := prior
	if prior.Golden == 0 {
		var err error
		if learnt, err = learnOfTitles(ctx, search, base, titles, prior); err != nil {
			return prior, err
		}
	}
	asked := learnt
	asked.Model = words // features are those of hybrid answers only with a model
	lines, err := Run(ctx, TitleQuestions(titles, mostTitles, 2), Options{
		Search: search, Request: retrieve.Request{Base: base, Mode: retrieve.Hybrid, Drafts: true, Fusion: &asked}, Depth: 5,
	})
	if err != nil {
		return prior, fmt.Errorf("calibrate the hybrid answer state of %s: %w", base, err)
	}
	keep := calibrated()
	for i, name := range retrieve.FeatureNames() {
		switch name {
		case "dense", "dense_margin", "overlap":
			keep[i] = 1
		}
	}
	learnt.Model = Fit(Samples(lines, float64(len(lines))), words, tether, keep)
	setThresholds(learnt.Model, lines)
	return learnt, nil
}
