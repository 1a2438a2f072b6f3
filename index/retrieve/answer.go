package retrieve

import (
	"encoding/json"
	"math"
	"slices"
)

// A Model turns features into a confidence, and that into a state.
type Model struct {
	Bias    float64
	Weights Features
	// Found and Uncertain are the least confidence of these states.
	Found, Uncertain float64
}

// Confidence is the probability that the first page is right.
func (m *Model) Confidence(f Features) float64 {
	sum := m.Bias
	for i, x := range f {
		sum += m.Weights[i] * x
	}
	return 1 / (1 + math.Exp(-sum))
}

// Thresholds below which a reason is named.
const (
	lowCover   = 0.5
	flatMargin = 0.05
)

// answer judges what was found. What an embedder that is not at hand would have found
// is not denied.
func (s *session) answer() Answer {
	a := s.judge()
	if a.State == None && slices.Contains(s.degraded, DegradedEmbedder) {
		a.State = Uncertain
		a.Reasons = append(a.Reasons, "meaning_not_searched")
	}
	return a
}

func (s *session) judge() Answer {
	a := Answer{State: None, Reasons: []string{}}
	if len(s.query.Words) == 0 && s.dense == nil {
		a.Reasons = append(a.Reasons, "no_content_words")
		return a
	}
	a.Reasons = s.wordReasons()
	if len(s.candidates) == 0 {
		a.Reasons = append(a.Reasons, "nothing_found")
		return a
	}
	a.Features = s.features()
	model := s.model()
	a.Confidence = math.Round(1000*model.Confidence(a.Features)) / 1000
	switch {
	case a.Confidence >= model.Found:
		a.State = Found
	case a.Confidence >= model.Uncertain:
		a.State = Uncertain
	case s.onlyMeaning():
		a.State = Uncertain
		a.Reasons = append(a.Reasons, "meaning_not_calibrated")
	}
	if a.State != Found {
		if a.Features[fCover] < lowCover {
			a.Reasons = append(a.Reasons, "low_coverage")
		}
		if a.Features[fPageMargin] < flatMargin {
			a.Reasons = append(a.Reasons, "flat_scores")
		}
	}
	if a.State != None {
		if a.Ask = s.clarify(); a.Ask != nil {
			a.State = Clarify
		}
	}
	return a
}

// judgesMeaning reports whether the answer state is that of a hybrid answer. Without
// a model for that, what words found is judged, as if there were no embedder.
func (s *session) judgesMeaning() bool { return s.dense != nil && s.fusion.Model != nil }

// onlyMeaning reports that no word was found, and that no model can tell whether
// what is near in meaning is near enough.
func (s *session) onlyMeaning() bool {
	return s.dense != nil && s.fusion.Model == nil &&
		!slices.ContainsFunc(s.candidates, func(c *candidate) bool { return c.found.lexical > 0 })
}

func (s *session) model() *Model {
	switch {
	case s.judgesMeaning():
		return s.fusion.Model
	case s.base.Model != nil:
		return s.base.Model
	}
	return DefaultModel()
}

// wordReasons names the words that the base does not know, and those that the
// speller took for others.
func (s *session) wordReasons() []string {
	var unmatched, corrected []string
	for _, w := range s.query.Words {
		switch {
		case w.Corrected != "":
			corrected = append(corrected, w.Corrected)
		case !w.Known && !w.Meant:
			unmatched = append(unmatched, w.Text)
		}
	}
	reasons := []string{}
	if len(unmatched) > 0 {
		reasons = append(reasons, "unmatched_terms:"+list(unmatched))
	}
	if len(corrected) > 0 {
		reasons = append(reasons, "corrected:"+list(corrected))
	}
	return reasons
}

func list(words []string) string {
	b, err := json.Marshal(words)
	if err != nil {
		return "[]"
	}
	return string(b)
}
