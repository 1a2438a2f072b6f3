package api

import (
	"context"
	"sync"
)

// jobs are runs that nobody waits for.
type jobs struct {
	mu     sync.Mutex
	closed bool
	stop   chan struct{}
	wg     sync.WaitGroup
}

// start runs f until it is done or the server closes. It reports whether it did.
func (j *jobs) start(f func(ctx context.Context)) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return false
	}
	j.wg.Go(func() {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		done := make(chan struct{})
		defer close(done)
		go func() {
			select {
			case <-j.stop:
				cancel()
			case <-done:
			}
		}()
		f(ctx)
	})
	return true
}

// close cancels what runs and waits for it.
func (j *jobs) close() {
	j.mu.Lock()
	if !j.closed {
		j.closed = true
		close(j.stop)
	}
	j.mu.Unlock()
	j.wg.Wait()
}
