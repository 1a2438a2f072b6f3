package evaluate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"

	"freshet/index/retrieve"
)

// A Titled is a title with the external IDs of the documents that have it.
type Titled struct {
	Title     string
	Documents []string
}

// How a base's own model is fitted.
const (
	leastTitles = 30  // titles below which the prior stands alone
	mostTitles  = 300 // titles that are turned into questions
	rounds      = 3   // differently worded questions of each title
	tether      = 1   // strength of the prior in Fit

	falseShare = 0.15
	doubtShare = 0.60
	leastFound = 0.40
	mostFound  = 0.90
	mostDoubt  = 0.25
)

// Calibrate fits the model of the answer state to a base, from questions made out
// of its own titles, each asked as it is and with its documents left out. With
// too few titles it returns the prior. It asks up to 2,700 searches, of what
// everybody may read: give it the titles of such documents, all of them.
func Calibrate(ctx context.Context, search Search, base string, titles []Titled, prior *retrieve.Model) (*retrieve.Model, error) {
	if len(titles) < leastTitles {
		return prior, nil
	}
	var lines []Line
	for seed := range uint64(rounds) {
		more, err := Run(ctx, TitleQuestions(titles, mostTitles, seed+1), Options{
			Search: search, Request: retrieve.Request{Base: base, Mode: retrieve.Lexical, Drafts: true}, Depth: 5,
		})
		if err != nil {
			return nil, fmt.Errorf("calibrate the answer state of %s: %w", base, err)
		}
		lines = append(lines, more...)
	}
	model := Fit(Samples(lines, float64(len(lines))/rounds), prior, tether, calibrated())
	setThresholds(model, lines)
	return model, nil
}

// setThresholds places the states so that, of the questions whose documents were
// left out, falseShare are given as found and doubtShare as found or uncertain, within bounds: a wrong
// "none" is worse than a doubtful answer.
func setThresholds(m *retrieve.Model, lines []Line) {
	var wrong []float64
	for _, l := range lines {
		if l.Without != nil {
			wrong = append(wrong, m.Confidence(l.Without.Features))
		}
	}
	slices.Sort(wrong)
	m.Found = min(max(quantile(wrong, 1-falseShare), leastFound), mostFound)
	m.Uncertain = min(quantile(wrong, 1-doubtShare), mostDoubt)
}

// calibrated are the features whose weights a base's titles say something about.
func calibrated() retrieve.Features {
	var keep retrieve.Features
	for i, name := range retrieve.FeatureNames() {
		switch name {
		case "words", "grams", "cover", "words_margin", "grams_margin", "few", "title", "title_cover", "title_share", "title_margin", "page_margin":
			keep[i] = 1
		}
	}
	return keep
}

// How a title is turned into what a user might ask.
const (
	keptShare    = 0.6 // of its words
	foreignWords = 2   // at most so many words of other titles are put in
	shortestKept = 4   // letters: shorter words are left as they are
)

// TitleQuestions makes questions out of a base's own titles, each answered by the
// documents under it: some of the title's longer words are left out, and up to two
// of other titles put in, as users' wording differs from authors'. At most limit
// are made; the same titles and seed give the same questions.
func TitleQuestions(titles []Titled, limit int, seed uint64) []Question {
	r := rand.New(rand.NewPCG(seed, uint64(len(titles))))
	titles = slices.Clone(titles)
	slices.SortFunc(titles, func(a, b Titled) int { return strings.Compare(a.Title, b.Title) })
	r.Shuffle(len(titles), func(i, j int) { titles[i], titles[j] = titles[j], titles[i] })
	var list []Question
	for i, t := range titles {
		if len(list) == limit {
			break
		}
		if words := reword(r, t.Title); len(words) > 0 {
			for range r.IntN(foreignWords + 1) {
				if other := longWords(titles[(i+1+r.IntN(len(titles)))%len(titles)].Title); len(other) > 0 {
					words = append(words, other[r.IntN(len(other))])
				}
			}
			list = append(list, Question{Question: strings.Join(words, " "), Expected: t.Documents})
		}
	}
	return list
}

// reword leaves out some of a title's words; nil when too few are left.
func reword(r *rand.Rand, title string) []string {
	var kept []string
	long := 0
	for _, w := range strings.Fields(title) {
		if utf8.RuneCountInString(w) < shortestKept {
			kept = append(kept, w)
		} else if r.Float64() < keptShare {
			kept = append(kept, w)
			long++
		}
	}
	if long == 0 {
		return nil
	}
	return kept
}

func longWords(title string) []string {
	return slices.DeleteFunc(strings.Fields(title), func(w string) bool { return utf8.RuneCountInString(w) < shortestKept })
}
