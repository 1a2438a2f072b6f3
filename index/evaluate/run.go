package evaluate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"freshet/index"
	"freshet/index/retrieve"
)

// Search answers a question; a Retriever's method.
type Search func(context.Context, retrieve.Request) (retrieve.Response, error)

// Options say what is measured.
type Options struct {
	Search Search
	// Request is what every question is asked with; its Query is replaced, its
	// Limit is Passages.
	Request retrieve.Request
	// Passages is how many are looked at for the answer's words; default 5.
	Passages int
	// Depth is how many passages are ranked for hit@k, mrr@10 and map; default 50.
	Depth int
	// Progress is told how many questions are done; nil: nobody.
	Progress func(done, total int)
}

// A Line is the outcome of one question.
type Line struct {
	Question   string         `json:"question"`
	Expected   []string       `json:"expected"`
	Pages      []string       `json:"pages"` // external IDs, ranked
	Rank       int            `json:"rank"`  // of the first expected page; 0: not there
	AP         float64        `json:"average_precision"`
	State      retrieve.State `json:"state"`
	Confidence float64        `json:"confidence"`
	Reasons    []string       `json:"reasons"`
	// AnswerAt is the rank of the first passage that holds the answer's words;
	// 0: none does, or there is no answer to look for.
	AnswerAt  int     `json:"answer_at"`
	HasAnswer bool    `json:"has_answer"`
	MS        float64 `json:"ms"`
	// Without is the same question with the expected pages left out of the base;
	// nil where nothing was expected.
	Without *Verdict `json:"without,omitempty"`

	Features retrieve.Features `json:"-"`
}

// A Verdict is what the service says of its own answer.
type Verdict struct {
	State      retrieve.State `json:"state"`
	Confidence float64        `json:"confidence"`

	Features retrieve.Features `json:"-"`
}

// Run asks every question: as it is, once timed for its passages and once deeper
// for its pages, and once more with its pages left out. It stops at the first
// error.
func Run(ctx context.Context, questions []Question, o Options) ([]Line, error) {
	if o.Passages <= 0 {
		o.Passages = 5
	}
	if o.Depth <= 0 {
		o.Depth = 50
	}
	lines := make([]Line, 0, len(questions))
	for i, q := range questions {
		line, err := ask(ctx, q, o)
		if err != nil {
			return nil, fmt.Errorf("question %d, %q: %w", i+1, q.Question, err)
		}
		lines = append(lines, line)
		if o.Progress != nil {
			o.Progress(i+1, len(questions))
		}
	}
	return lines, nil
}

func ask(ctx context.Context, q Question, o Options) (Line, error) {
	line := Line{Question: q.Question, Expected: q.Expected, HasAnswer: q.Answer != ""}
	request := o.Request
	request.Query, request.Limit = q.Question, o.Passages
	started := time.Now()
	near, err := o.Search(ctx, request)
	line.MS = float64(time.Since(started).Microseconds()) / 1000
	if err != nil {
		return line, err
	}
	line.State, line.Confidence, line.Reasons = near.Answer.State, near.Answer.Confidence, near.Answer.Reasons
	line.Features = near.Answer.Features
	line.AnswerAt = answerAt(near.Hits, q.Answer)
	request.Limit = o.Depth
	deep, err := o.Search(ctx, request)
	if err != nil {
		return line, err
	}
	line.rank(deep.Hits)
	if len(q.Expected) == 0 {
		return line, nil
	}
	request.Limit = o.Passages
	request.Without = func(d *index.DocumentInfo) bool { return expects(q.Expected, d.ExternalID, d.URL) }
	without, err := o.Search(ctx, request)
	if err != nil {
		return line, err
	}
	line.Without = &Verdict{State: without.Answer.State, Confidence: without.Answer.Confidence, Features: without.Answer.Features}
	return line, nil
}

func expects(expected []string, id, url string) bool {
	return slices.Contains(expected, id) || url != "" && slices.Contains(expected, url)
}

// rank places the pages, each where its first passage is.
func (l *Line) rank(hits []retrieve.Hit) {
	l.Pages = []string{}
	found := 0
	for _, h := range hits {
		if slices.Contains(l.Pages, h.Document.ID) {
			continue
		}
		l.Pages = append(l.Pages, h.Document.ID)
		if !expects(l.Expected, h.Document.ID, retrieve.WithoutPage(h.Document.URL)) {
			continue
		}
		found++
		l.AP += float64(found) / float64(len(l.Pages))
		if l.Rank == 0 {
			l.Rank = len(l.Pages)
		}
	}
	if len(l.Expected) > 0 {
		l.AP /= float64(len(l.Expected))
	}
}

// answerAt returns the rank of the first passage with the answer in it, white
// space folded; 0 when none has.
func answerAt(hits []retrieve.Hit, answer string) int {
	answer = foldSpace(answer)
	if answer == "" {
		return 0
	}
	for i, h := range hits {
		if strings.Contains(foldSpace(h.Text), answer) {
			return i + 1
		}
	}
	return 0
}

func foldSpace(s string) string { return strings.Join(strings.Fields(s), " ") }
