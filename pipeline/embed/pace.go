package embed

import (
	"context"
	"sync"
	"time"
)

// growAfter successes in a row the concurrency grows by one (RETRIEVAL 2.7).
const growAfter = 20

// pace is how many requests are under way, and from when on. It grows additively,
// is halved by every sign of overload, and waits out what the server asks for.
type pace struct {
	now   func() time.Time
	sleep func(context.Context, time.Duration) error

	mu          sync.Mutex
	limit, most int
	busy        int
	good        int // successes since the limit changed
	waiting     []chan struct{}
	until       time.Time // nothing is sent before
	requests    allowance
	tokens      allowance
}

// allowance is what a server said is left until its reset.
type allowance struct {
	left  int
	reset time.Time
}

func newPace(first, most int, now func() time.Time, sleep func(context.Context, time.Duration) error) *pace {
	return &pace{limit: first, most: most, now: now, sleep: sleep}
}

// enter waits until a request of so many tokens may be sent. After nil, leave has
// to be called.
func (p *pace) enter(ctx context.Context, tokens int) error {
	for {
		p.mu.Lock()
		if p.busy < p.limit {
			p.busy++
			p.mu.Unlock()
			break
		}
		turn := make(chan struct{})
		p.waiting = append(p.waiting, turn)
		p.mu.Unlock()
		select {
		case <-turn:
		case <-ctx.Done():
			p.giveUp(turn)
			return ctx.Err()
		}
	}
	for {
		wait := p.due(tokens)
		if wait <= 0 {
			return nil
		}
		if err := p.sleep(ctx, wait); err != nil {
			p.leave()
			return err
		}
	}
}

// due is how long to wait still; at 0 the request's share is taken.
func (p *pace) due(tokens int) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if wait := p.until.Sub(now); wait > 0 {
		return wait
	}
	wait := max(p.requests.wait(1, now), p.tokens.wait(tokens, now))
	if wait <= 0 {
		p.requests.left--
		p.tokens.left -= tokens
	}
	return wait
}

// wait is how long until so many are there. After the reset the server is asked
// again, whatever was left.
func (a allowance) wait(n int, now time.Time) time.Duration {
	if a.left >= n {
		return 0
	}
	return a.reset.Sub(now)
}

func (p *pace) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy--
	p.wake()
}

// wake lets as many go on as there is room for.
func (p *pace) wake() {
	for n := p.limit - p.busy; n > 0 && len(p.waiting) > 0; n-- {
		close(p.waiting[0])
		p.waiting = p.waiting[1:]
	}
}

// giveUp takes a waiting request out of the queue, or hands its turn on.
func (p *pace) giveUp(turn chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, w := range p.waiting {
		if w == turn {
			p.waiting = append(p.waiting[:i], p.waiting[i+1:]...)
			return
		}
	}
	p.wake()
}

// well notes a reply and what it says is left.
func (p *pace) well(left Left) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if left.RequestsReset > 0 {
		p.requests = allowance{left.Requests - max(p.busy-1, 0), now.Add(left.RequestsReset)}
	}
	if left.TokensReset > 0 {
		p.tokens = allowance{left.Tokens, now.Add(left.TokensReset)}
	}
	if p.good++; p.good >= growAfter && p.limit < p.most {
		p.limit++
		p.good = 0
		p.wake()
	}
}

// overloaded halves the concurrency.
func (p *pace) overloaded() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.limit = max(p.limit/2, 1)
	p.good = 0
}

// hold lets nothing be sent for a while.
func (p *pace) hold(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := p.now().Add(d); until.After(p.until) {
		p.until = until
	}
}

// held is how long nothing may be sent.
func (p *pace) held() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(p.until.Sub(p.now()), 0)
}

func (p *pace) concurrency() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.limit
}
