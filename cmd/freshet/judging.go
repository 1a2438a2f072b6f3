package main

import (
	"context"
	"sync"
	"time"

	"freshet/pipeline/detect"
	"freshet/pipeline/detect/judge"
)

// A run of the judge, which has one budget, ends when nothing was asked for judgePause,
// and after judgeDay at the latest.
const (
	judgePause = 10 * time.Minute
	judgeDay   = 24 * time.Hour
)

// judging asks the judge what the detectors want to know.
type judging struct {
	judge *judge.Judge
	now   func() time.Time

	mu          sync.Mutex
	ask         judge.Ask
	began, last time.Time
}

// judges makes what the engine asks; nil without a judge.
func (s *service) judges() (detect.Judge, error) {
	if s.config == nil {
		return nil, nil
	}
	j, err := newJudge(&s.config.Doubts.Judge, judge.Options{Cache: s.catalog, Log: s.log, Now: s.now})
	if err != nil || j == nil {
		return nil, err
	}
	return (&judging{judge: j, now: s.now}).decide, nil
}

func (g *judging) run() judge.Ask {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	if g.ask == nil || now.Sub(g.last) >= judgePause || now.Sub(g.began) >= judgeDay {
		g.ask, g.began = g.judge.Run(), now
	}
	g.last = now
	return g.ask
}

// decide is a detect.Judge.
func (g *judging) decide(ctx context.Context, q detect.Question) (detect.Verdict, error) {
	v, err := g.run()(ctx, judge.Question{Type: q.Type, A: judgeSide(&q.A), B: judgeSide(&q.B)})
	if err != nil {
		return detect.Verdict{}, err
	}
	out := detect.Verdict{Conflict: v.Answer == judge.Conflict, QuoteA: v.QuoteA, QuoteB: v.QuoteB, Confidence: v.Confidence, Reason: map[string]string{}}
	switch v.Answer {
	case judge.Compatible, judge.DifferentSubject, judge.DifferentScope, judge.Superseded:
		out.Apart = true
	}
	for language, words := range map[string]string{"fr": v.ReasonFR, "en": v.ReasonEN} {
		if words != "" {
			out.Reason[language] = words
		}
	}
	return out, nil
}

func judgeSide(q *detect.Quoted) judge.Side {
	return judge.Side{Sentence: q.Sentence, Value: q.Value, Title: q.Title, Heading: q.Heading, Date: q.Modified, Facets: q.Facets}
}
