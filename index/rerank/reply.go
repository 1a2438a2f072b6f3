package rerank

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A ranked is one score: Cohere and Jina call it relevance_score, TEI score.
type ranked struct {
	Index     *int     `json:"index"`
	Relevance *float64 `json:"relevance_score"`
	Score     *float64 `json:"score"`
}

// decode reads a reply to so many documents, in either shape, into their order. Every
// document must have one score, and each score be a number.
func decode(body []byte, documents int) ([]float32, error) {
	list, err := parse(body)
	if err != nil {
		return nil, err
	}
	if len(list) != documents {
		return nil, &Error{Reason: WrongCount, Detail: fmt.Sprintf("%d scores for %d passages", len(list), documents)}
	}
	scores := make([]float32, documents)
	seen := make([]bool, documents)
	for _, r := range list {
		switch {
		case r.Index == nil:
			return nil, &Error{Reason: BadIndex, Detail: "a score does not say of which passage it is"}
		case *r.Index < 0 || *r.Index >= documents || seen[*r.Index]:
			return nil, &Error{Reason: BadIndex, Detail: fmt.Sprintf("a score of passage %d, of %d passages, or a second one", *r.Index, documents)}
		}
		value := r.Relevance
		if value == nil {
			value = r.Score
		}
		if value == nil || math.IsNaN(float64(float32(*value))) || math.IsInf(float64(float32(*value)), 0) {
			return nil, &Error{Reason: NotANumber, Detail: fmt.Sprintf("the score of passage %d is no number", *r.Index)}
		}
		scores[*r.Index], seen[*r.Index] = float32(*value), true
	}
	return scores, nil
}

func parse(body []byte) ([]ranked, error) {
	text := bytes.TrimSpace(body)
	if !json.Valid(text) {
		return nil, notJSON(text)
	}
	var list []ranked
	var object struct {
		Results *[]ranked       `json:"results"`
		Error   json.RawMessage `json:"error"`
		Message string          `json:"message"`
	}
	if text[0] == '[' {
		if err := json.Unmarshal(text, &list); err != nil {
			return nil, &Error{Reason: Malformed, Detail: "the reply has another shape than a re-ranker's", Err: err}
		}
		return list, nil
	}
	if err := json.Unmarshal(text, &object); err != nil {
		return nil, &Error{Reason: Malformed, Detail: "the reply has another shape than a re-ranker's", Err: err}
	}
	if object.Results == nil {
		return nil, &Error{Reason: Malformed, Detail: "the reply has no results: " + words(text)}
	}
	return *object.Results, nil
}

// notJSON says what a reply is instead.
func notJSON(text []byte) error {
	switch {
	case len(text) == 0:
		return &Error{Reason: Malformed, Detail: "the reply is empty"}
	case text[0] == '<':
		return &Error{Reason: NotJSON, Detail: "the reply is a page of HTML, as a proxy or a login in between sends: " + words(text)}
	case bytes.Contains(text, []byte("NaN")) && (text[0] == '[' || text[0] == '{'):
		return &Error{Reason: NotANumber, Detail: "a score is NaN"}
	}
	return &Error{Reason: NotJSON, Detail: "the reply is not JSON: " + words(text)}
}

// words are the beginning of what a server says, on one line, printable.
func words(body []byte) string {
	var said strings.Builder
	for _, r := range string(body) {
		if said.Len() >= saidBytes {
			break
		}
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case r == utf8.RuneError || !unicode.IsPrint(r):
			continue
		}
		said.WriteRune(r)
	}
	return strings.Join(strings.Fields(said.String()), " ")
}
