// Package evaluate measures retrieval with golden questions: where the right page
// ranks, whether its words are among the passages, and whether the service knows
// when it has no answer.
package evaluate

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A Question is one line of a file of golden questions.
type Question struct {
	Question string `json:"question"`
	// Expected are the external IDs or URLs of the pages that answer; empty: the
	// base does not hold the answer.
	Expected []string `json:"expected"`
	// Answer is a text that one of the passages should hold; optional.
	Answer string `json:"answer"`
}

// Limits of a file of questions.
const (
	maxLine      = 1 << 20 // bytes
	maxQuestions = 100_000
)

// ErrQuestions: the questions cannot be read; the message names the line.
var ErrQuestions = errors.New("cannot read the questions")

// ReadQuestions reads questions, one JSON object a line; empty lines are skipped.
func ReadQuestions(r io.Reader) ([]Question, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	var list []Question
	n := 0
	for lines.Scan() {
		n++
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" {
			continue
		}
		var q Question
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			return nil, fmt.Errorf(`%w: line %d is not {"question": "...", "expected": ["..."]}: %w`, ErrQuestions, n, err)
		}
		if q.Question = strings.TrimSpace(q.Question); q.Question == "" {
			return nil, fmt.Errorf("%w: line %d has no question", ErrQuestions, n)
		}
		if len(list) == maxQuestions {
			return nil, fmt.Errorf("%w: more than %d lines", ErrQuestions, maxQuestions)
		}
		list = append(list, q)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%w: line %d: %w", ErrQuestions, n+1, err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: there is none", ErrQuestions)
	}
	return list, nil
}
