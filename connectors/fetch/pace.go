package fetch

import (
	"context"
	"sync"
	"time"
)

// keepHosts is how many hosts are remembered before idle ones are forgotten.
const keepHosts = 1000

// hosts paces requests: per host a number of connections at once and a pause
// between two requests.
type hosts struct {
	now   func() time.Time
	sleep func(context.Context, time.Duration) error
	mu    sync.Mutex
	all   map[string]*host
}

type host struct {
	active int
	next   time.Time     // before which no request may begin
	freed  chan struct{} // closed when a connection is given back
}

func newHosts(now func() time.Time, sleep func(context.Context, time.Duration) error) *hosts {
	return &hosts{now: now, sleep: sleep, all: map[string]*host{}}
}

// acquire waits for the host's turn. The caller calls release once, when the
// response is read.
func (h *hosts) acquire(ctx context.Context, name string, delay time.Duration, connections int) (release func(), err error) {
	for {
		ready, freed, wait := h.try(name, delay, connections)
		switch {
		case ready:
			return sync.OnceFunc(func() { h.release(name) }), nil
		case freed != nil:
			select {
			case <-freed:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		default:
			if err := h.sleep(ctx, wait); err != nil {
				return nil, err
			}
		}
	}
}

func (h *hosts) try(name string, delay time.Duration, connections int) (ready bool, freed <-chan struct{}, wait time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	it, now := h.get(name), h.now()
	if it.active >= connections {
		return false, it.freed, 0
	}
	if wait := it.next.Sub(now); wait > 0 {
		return false, nil, wait
	}
	it.active++
	it.next = now.Add(max(delay, 0))
	return true, nil, 0
}

func (h *hosts) get(name string) *host {
	it, ok := h.all[name]
	if !ok {
		if len(h.all) >= keepHosts {
			h.forget()
		}
		it = &host{freed: make(chan struct{})}
		h.all[name] = it
	}
	return it
}

func (h *hosts) forget() {
	now := h.now()
	for name, it := range h.all {
		if it.active == 0 && !it.next.After(now) {
			delete(h.all, name)
		}
	}
}

func (h *hosts) release(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	it := h.get(name)
	it.active--
	close(it.freed)
	it.freed = make(chan struct{})
}

// hold keeps everybody away from a host that asked for it.
func (h *hosts) hold(name string, wait time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	it := h.get(name)
	if until := h.now().Add(wait); until.After(it.next) {
		it.next = until
	}
}
