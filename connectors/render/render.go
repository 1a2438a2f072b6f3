// Package render has a Chrome, named in the configuration, put pages together that are
// built by programs in the browser.
//
// A page is hostile. It gets a fresh profile of its own, no permissions, downloads,
// windows, service workers, pictures or fonts, a limit of time, requests, bytes,
// elements and memory, and one way to the network: a gate (see gate) that asks for it
// with the guarded client of connectors/fetch. The browser looks up no names and makes
// no connection of its own.
//
// What cannot be kept out is a fault in Chrome itself that gives a page the rights of
// the process. Its sandbox stands against that, which it does not have when Freshet
// runs as root.
package render

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"freshet/connectors"
)

// Options say which browser is used. Zero values take the defaults.
type Options struct {
	Path string // of the program, or its name on the PATH
	// HTTP makes the guarded clients, as connectors.Env.HTTP.
	HTTP         func(connectors.HTTPOptions) *http.Client
	RestartAfter int           // pages
	MaxMemory    int64         // bytes, of all of the browser's processes; on Linux alone
	Idle         time.Duration // after which a browser without pages is ended
	Log          *slog.Logger
}

// Chrome is one browser, started when the first page needs it. Close it. Its methods
// may be called from several goroutines.
type Chrome struct {
	o    Options
	turn chan struct{} // holds one for each page that is shown

	mu      sync.Mutex
	running *process
	idle    *time.Timer
	closed  bool
}

// New returns a browser that is not started yet.
func New(o Options) *Chrome {
	if o.RestartAfter == 0 {
		o.RestartAfter = DefaultRestartAfter
	}
	if o.MaxMemory == 0 {
		o.MaxMemory = DefaultMaxMemory
	}
	if o.Idle == 0 {
		o.Idle = DefaultIdle
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Chrome{o: o, turn: make(chan struct{}, pagesAtOnce)}
}

// Check says what is wrong with the configured browser without starting it; nil if it
// is there.
func (c *Chrome) Check() error {
	_, err := binary(c.o.Path)
	return err
}

// Render is connectors.Env.Render. Pages wait for each other: one is shown at a time.
// When ctx is done the browser is ended at once, with all of its processes.
func (c *Chrome) Render(ctx context.Context, address string, o connectors.RenderOptions) (connectors.Rendered, error) {
	o = withDefaults(o)
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return connectors.Rendered{}, ctx.Err()
	}
	p, err := c.take(ctx)
	if err != nil {
		return connectors.Rendered{}, fmt.Errorf("showing %.200q in a browser: %w", address, err)
	}
	defer c.give(p)
	out, err := c.show(ctx, p, address, o)
	if ctx.Err() != nil {
		p.cancel()
		return connectors.Rendered{}, ctx.Err()
	}
	if err != nil {
		return out, fmt.Errorf("showing %.200q in a browser: %w", address, err)
	}
	return out, nil
}

func withDefaults(o connectors.RenderOptions) connectors.RenderOptions {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MaxDOM == 0 {
		o.MaxDOM = DefaultMaxDOM
	}
	if o.MaxRequests == 0 {
		o.MaxRequests = DefaultMaxRequests
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	return o
}

// take returns the running browser, or starts one.
func (c *Chrome) take(ctx context.Context) (*process, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errors.New("the browser was closed")
	}
	if c.idle != nil {
		c.idle.Stop()
		c.idle = nil
	}
	if p := c.running; p != nil {
		if p.pages < c.o.RestartAfter && p.alive() {
			p.pages++
			return p, nil
		}
		c.end()
	}
	p, err := c.start(ctx)
	if err != nil {
		return nil, err
	}
	p.pages = 1
	c.running = p
	return p, nil
}

// give notes that a page is over.
func (c *Chrome) give(p *process) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running != p {
		return
	}
	if !p.alive() {
		c.end()
		return
	}
	c.idle = time.AfterFunc(c.o.Idle, func() {
		select {
		case c.turn <- struct{}{}:
			defer func() { <-c.turn }()
		default:
			return // it is wanted
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.running == p {
			c.end()
		}
	})
}

// end ends the running browser. The caller holds mu.
func (c *Chrome) end() {
	if c.running != nil {
		c.running.cancel()
		c.running = nil
	}
}

// Close ends the browser, and the page that it shows.
func (c *Chrome) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.idle != nil {
		c.idle.Stop()
	}
	c.end()
	return nil
}
