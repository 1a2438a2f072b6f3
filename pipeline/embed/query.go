package embed

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// shortestCut is the length to which a question that is too long is cut at most.
const shortestCut = 256

// Query makes the vector of a question, of length 1; it must not be changed. It
// takes at most Options.QueryBudget and at most what ctx allows. It does not
// retry: an error, which is or wraps an *Error, means to go on without the vector.
// After several failures it fails at once for a while (CircuitOpen), then tries
// again.
func (e *Embedder) Query(ctx context.Context, question string) ([]float32, error) {
	question = strings.TrimSpace(question)
	if question == "" {
		return nil, &Error{Reason: Empty, Detail: "a question without words"}
	}
	v, age := e.cache.get(question)
	if v != nil {
		e.counters.cached(true)
		return v, nil
	}
	e.counters.cached(false)
	if err := e.breaker.allow(); err != nil {
		return nil, fmt.Errorf("embed a question: %w", err)
	}
	v, err := e.question(ctx, question)
	var of *Error
	own := errors.As(err, &of) && of.Reason != TimedOut && of.Reason != ServerError && of.suspects() && of.Reason != Unauthorized
	e.breaker.done(err, err != nil && (own || errors.Is(err, context.Canceled)))
	if err != nil {
		return nil, fmt.Errorf("embed a question: %w", err)
	}
	e.cache.put(question, v, age)
	return v, nil
}

// question asks for a question's vector, cutting it where it is too long.
func (e *Embedder) question(ctx context.Context, text string) ([]float32, error) {
	ctx, cancel := context.WithTimeout(ctx, e.o.QueryBudget)
	defer cancel()
	if wait := e.pace.held(); wait > 0 {
		deadline, _ := ctx.Deadline()
		if wait > time.Until(deadline) {
			return nil, &Error{Reason: RateLimited, Wait: wait, Detail: "the server asked to be left alone"}
		}
		if err := e.o.Sleep(ctx, wait); err != nil {
			return nil, outOfTime(err)
		}
	}
	if e.ledger.doubted(e.canaryKey(Query)) {
		if err := e.askCanary(ctx, ctx, Passage, false); err != nil {
			return nil, outOfTime(err)
		}
	}
	for {
		vectors, reasons, err := e.ask(ctx, Query, []string{text}, e.ledger.turn(Query))
		if ReasonOf(err) == TooLong && len(text) > shortestCut {
			text = cut(text, 2)[0]
			continue
		}
		if err != nil {
			e.slowDown(err)
			return nil, outOfTime(err)
		}
		if vectors[0] == nil {
			return nil, &Error{Reason: reasons[0], Detail: "for a question"}
		}
		return vectors[0], nil
	}
}

// slowDown holds back passages too when the server says so to a question.
func (e *Embedder) slowDown(err error) {
	var of *Error
	if errors.As(err, &of) && of.Reason == RateLimited {
		e.pace.hold(min(max(of.Wait, e.o.FirstBackoff), e.o.Patience))
	}
}

// outOfTime names the end of the budget.
func outOfTime(err error) error {
	if errors.Is(err, context.DeadlineExceeded) && ReasonOf(err) == "" {
		return &Error{Reason: TimedOut, Detail: "no vector within the budget", Err: err}
	}
	return err
}
