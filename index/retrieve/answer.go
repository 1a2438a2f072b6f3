package retrieve

import (
	"encoding/json"
	"math"
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

// answer judges what was found.
func (s *session) answer() Answer {
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
	model := s.base.Model
	if model == nil {
		model = DefaultModel()
	}
	a.Confidence = math.Round(1000*model.Confidence(a.Features)) / 1000
	switch {
	case a.Confidence >= model.Found:
		a.State = Found
	case a.Confidence >= model.Uncertain:
		a.State = Uncertain
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
