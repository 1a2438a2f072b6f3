package website

import (
	"bytes"
	"context"
	"io"
	"sync"

	"freshet/connectors/website/frontier"
)

// ahead holds the pages that are being asked for where a site allows two
// connections: the one whose turn it is and the next. Answers are taken in the
// frontier's order, so what is said does not depend on which comes first.
type ahead struct {
	flights []*flight
	wait    sync.WaitGroup
}

// flight is a question on its way.
type flight struct {
	*question
	done   chan struct{}
	cancel context.CancelFunc
}

// visit asks for a page and, with two connections, for the one after it as well.
func (c *crawl) visit(ctx context.Context, it frontier.Item) (visited, error) {
	a := &c.ahead
	if len(a.flights) > 0 && a.flights[0].target.URL != it.URL {
		a.drop() // the page that was thought to be next was left out
	}
	q, err := c.prepare(ctx, it)
	if err != nil {
		return visited{}, err
	}
	if q.later {
		a.drop()
		return visited{later: true}, nil
	}
	if len(a.flights) > 0 && (a.flights[0].known.usable != q.known.usable || a.flights[0].known.skipped != q.known.skipped) {
		a.drop() // it was asked for with conditions that do not hold
	}
	if len(a.flights) == 0 {
		a.ask(ctx, q)
	}
	if c.site.options.Connections > 1 {
		if err := c.askNext(ctx); err != nil {
			return visited{}, err
		}
	}
	return c.session.answered(ctx, a.take(q))
}

// askNext asks for the page after the one whose turn it is.
func (c *crawl) askNext(ctx context.Context) error {
	next, ok, err := c.frontier.Ahead(ctx, 1)
	if err != nil || !ok || len(c.ahead.flights) > 1 || c.full(next) || next.URL == c.ahead.flights[0].target.URL {
		return err
	}
	// What is wrong with it is said when it is its turn.
	if q, err := c.prepare(ctx, next); err == nil && !q.later {
		c.ahead.ask(ctx, q)
	}
	return nil
}

// prepare makes the question for an item, with what the crawl knows of it.
func (c *crawl) prepare(ctx context.Context, it frontier.Item) (*question, error) {
	q, err := c.session.prepare(ctx, targetOf(it))
	if err != nil {
		return nil, err
	}
	q.later, err = c.place(ctx, it, q)
	return q, err
}

// ask begins to ask for a page and reads the answer's body.
func (a *ahead) ask(ctx context.Context, q *question) {
	ctx, cancel := context.WithCancel(ctx)
	f := &flight{question: q, done: make(chan struct{}), cancel: cancel}
	a.flights = append(a.flights, f)
	a.wait.Go(func() {
		defer close(f.done)
		if q.forbidden || q.settled || q.err != nil {
			return
		}
		if q.resp, q.err = get(ctx, q.origin.client, q.target.URL, q.header); q.err != nil {
			return
		}
		body, err := io.ReadAll(q.resp.Body)
		_ = q.resp.Body.Close() // it was read as far as it goes
		q.resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), broken{err}))
	})
}

// take waits for the first question's answer. What is known by then is q.
func (a *ahead) take(q *question) *question {
	f := a.flights[0]
	a.flights = a.flights[1:]
	<-f.done
	f.cancel()
	if f.question != q {
		q.resp, q.err = f.resp, f.err
	}
	return q
}

// drop gives up what was asked.
func (a *ahead) drop() {
	for _, f := range a.flights {
		f.cancel()
	}
	a.flights = nil
	a.wait.Wait()
}

// broken is where a body ends, or broke off.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) {
	if b.err == nil {
		return 0, io.EOF
	}
	return 0, b.err
}
