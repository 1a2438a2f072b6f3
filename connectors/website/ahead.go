package website

import (
	"bytes"
	"context"
	"io"
	"sync"
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
func (c *crawl) visit(ctx context.Context, t target) (visited, error) {
	if c.site.options.Connections < 2 {
		return c.session.visit(ctx, t)
	}
	a := &c.ahead
	if len(a.flights) > 0 && a.flights[0].target.URL != t.URL {
		a.drop() // the page that was thought to be next was left out
	}
	if len(a.flights) == 0 {
		q, err := c.session.prepare(ctx, t)
		if err != nil {
			return visited{}, err
		}
		a.ask(ctx, q)
	}
	next, ok, err := c.frontier.Ahead(ctx, 1)
	if err != nil {
		return visited{}, err
	}
	if ok && len(a.flights) < 2 && !c.full(next) && next.URL != t.URL {
		// What is wrong with it is said when it is its turn.
		if q, err := c.session.prepare(ctx, targetOf(next)); err == nil {
			a.ask(ctx, q)
		}
	}
	return c.session.answered(ctx, a.take(t))
}

// ask begins to ask for a page and reads the answer's body.
func (a *ahead) ask(ctx context.Context, q *question) {
	ctx, cancel := context.WithCancel(ctx)
	f := &flight{question: q, done: make(chan struct{}), cancel: cancel}
	a.flights = append(a.flights, f)
	a.wait.Go(func() {
		defer close(f.done)
		if q.forbidden {
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

// take waits for the first question's answer.
func (a *ahead) take(t target) *question {
	f := a.flights[0]
	a.flights = a.flights[1:]
	<-f.done
	f.cancel()
	f.target = t
	return f.question
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
