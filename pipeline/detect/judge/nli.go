package judge

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

// certain is the probability from which NLI is believed, in both directions
// (DOUBTS.md 1.5, step 8).
const certain = 0.9

// predictRequest is the body of Text Embeddings Inference's /predict: pairs of premise
// and hypothesis.
type predictRequest struct {
	Inputs [][2]string `json:"inputs"`
}

type prediction struct {
	Label string  `json:"label"`
	Score float64 `json:"score"`
}

// infer decides by an NLI endpoint: one request with both directions.
func (c *call) infer(ctx context.Context, q *Question) (Verdict, error) {
	a, b := premise(&q.A, &q.B), premise(&q.B, &q.A)
	body, err := c.post(ctx, predictRequest{[][2]string{{a, b}, {b, a}}})
	against, agree := 1.0, 0.0
	if err == nil {
		against, agree, err = c.j.directions(body)
	}
	c.j.breaker.done(err)
	switch {
	case err != nil:
		return Verdict{}, err
	case against >= certain:
		return Verdict{Answer: Conflict, QuoteA: q.A.Sentence, QuoteB: q.B.Sentence, Confidence: against}, nil
	case agree >= certain:
		return Verdict{Answer: Compatible, Confidence: agree}, nil
	}
	return unsure(WhyNeutral), nil
}

// directions is the lesser probability of a contradiction, and the greater of agreement.
func (j *Judge) directions(body []byte) (against, agree float64, err error) {
	lists, err := predictions(body)
	if err != nil {
		return 0, 0, err
	}
	against = 1
	for _, list := range lists {
		no, yes, err := j.scores(list)
		if err != nil {
			return 0, 0, err
		}
		against, agree = min(against, no), max(agree, yes)
	}
	return against, agree, nil
}

// premise is a side as NLI reads it: the sentence, with its heading where the other
// side has another.
func premise(s, other *Side) string {
	heading := strings.Join(s.Heading, " > ")
	if heading == "" || heading == strings.Join(other.Heading, " > ") {
		return s.Sentence
	}
	return heading + ": " + s.Sentence
}

// predictions reads the reply for two pairs.
func predictions(body []byte) ([][]prediction, error) {
	var lists [][]prediction
	if err := json.Unmarshal(body, &lists); err != nil {
		return nil, undecodable(body, err)
	}
	if len(lists) != 2 {
		return nil, &Error{Reason: Malformed, Detail: fmt.Sprintf("%d lists of labels for two pairs", len(lists))}
	}
	for _, list := range lists {
		sum := 0.0
		for _, p := range list {
			if math.IsNaN(p.Score) || p.Score < 0 || p.Score > 1 {
				return nil, &Error{Reason: Malformed, Detail: fmt.Sprintf("the score %v is no probability; the server must not send raw scores", p.Score)}
			}
			sum += p.Score
		}
		if len(list) == 0 || math.Abs(sum-1) > 0.05 {
			return nil, &Error{Reason: Malformed, Detail: fmt.Sprintf("the probabilities of %d labels add up to %.2f", len(list), sum)}
		}
	}
	return lists, nil
}

// scores are the probabilities of a contradiction and of an entailment.
func (j *Judge) scores(list []prediction) (contradiction, entailment float64, err error) {
	known := false
	for _, p := range list {
		label := strings.ToLower(p.Label)
		switch {
		case j.o.Contradiction != "" && strings.EqualFold(p.Label, j.o.Contradiction), j.o.Contradiction == "" && strings.HasPrefix(label, "contradict"):
			contradiction, known = p.Score, true
		case strings.HasPrefix(label, "entail"):
			entailment = p.Score
		}
	}
	if !known {
		return 0, 0, &Error{Reason: Malformed, Detail: fmt.Sprintf("no label of the model means a contradiction (one is %.40q); name it as doubts.judge.contradiction", list[0].Label)}
	}
	return contradiction, entailment, nil
}
