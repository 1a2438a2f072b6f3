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
	// titleStrength, times the questions, is the strength for questions made of
	// titles: these are the authors' words, not the users', and so favour words.
	titleStrength = 1.0 / 3
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
	_, spreads, err := rankSum(ctx, search, asked, plain)
	if err != nil {
		return prior, err
	}
	if learnt.Spread = quantile(spreads, spreadQuantile); spreads[len(spreads)-1] == 0 {
		return prior, fmt.Errorf("%w: no passage has a vector yet", ErrNoMeaning)
	}
	best := -1.0
	for i, share := range shares {
		tried := learnt
		tried.Share = share
		sum, _, err := rankSum(ctx, search, asked, tried)
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

// rankSum asks all questions with a fusion: the sum of one over the rank of the right
// page, and the spreads of the cosines, ascending.
func rankSum(ctx context.Context, search Search, trials []Trial, f retrieve.Fusion) (sum float64, spreads []float64, err error) {
	for _, t := range trials {
		for _, q := range t.Questions {
			resp, err := search(ctx, retrieve.Request{
				Base: t.Base, Query: q.Question, Mode: retrieve.Hybrid, Limit: 20, // two passages of each of ten pages
				Drafts: true, Fusion: &f,
			})
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

// CalibrateHybrid fits what is known of a base and a Space to the base's own titles:
// the share of meaning, unless prior has it from golden questions, and the model of
// the answer state of hybrid answers, near that for words. With too few titles it
// returns the prior. It asks up to 2,100 searches and embeds up to 400 questions.
// ErrNoMeaning as of LearnFusion.
func CalibrateHybrid(ctx context.Context, search Search, base string, titles []Titled, prior retrieve.Fusion, words *retrieve.Model) (retrieve.Fusion, error) {
	if len(titles) < leastTitles {
		return prior, nil
	}
	learnt := prior
	if prior.Golden == 0 {
		questions := TitleQuestions(titles, titleTrial, 1)
		var err error
		learnt, err = LearnFusion(ctx, search, []Trial{{base, questions}}, prior, titleStrength*float64(len(questions)))
		if err != nil {
			return prior, err
		}
		learnt.Golden = 0
	}
	learnt.Model = nil // features are those of hybrid answers only with a model
	asked := learnt
	asked.Model = words
	lines, err := Run(ctx, TitleQuestions(titles, mostTitles, 2), Options{
		Search: withMeaning(search), Request: retrieve.Request{Base: base, Mode: retrieve.Hybrid, Drafts: true, Fusion: &asked}, Depth: 5,
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
