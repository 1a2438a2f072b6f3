// Package pdf reads PDF files in child processes of this program, so that no file
// can make it crash, hang or take more memory than is allowed.
package pdf

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

// Options are what a Reader is made with.
type Options struct {
	// Command starts a process that calls Work, for instance this program's path and
	// Argument. Required.
	Command []string
	// Passwords are tried on encrypted files, behind the empty one.
	Passwords []string
	// Parallel is how many processes may read at once; 0: as many as Go uses processors.
	Parallel int
	// Pdftotext is the path of poppler's pdftotext; "": it is not used. It is asked
	// for files that this package cannot read or whose text is doubtful.
	Pdftotext string
}

// A Reader reads PDF files. It is safe for concurrent use. Close ends its processes.
type Reader struct {
	options Options
	slots   chan struct{}
	mu      sync.Mutex
	idle    []*child
	closed  bool
}

const (
	// servesFiles is how many files one process reads before another takes its place.
	servesFiles = 500
	// idles is how long a process waits for the next file.
	idles = 20 * time.Second
)

// New returns a Reader. No process is started before a file is to be read.
func New(o Options) *Reader {
	if o.Parallel <= 0 {
		o.Parallel = runtime.GOMAXPROCS(0)
	}
	return &Reader{options: o, slots: make(chan struct{}, o.Parallel)}
}

// Read reads a PDF file. A *connectors.Verdict in the error's chain says why it
// cannot be read as it stands: too_large, malformed, encrypted, empty (pictures
// only, or a text that nobody could read). Any other error is a fault of the child
// process or the cause of ctx. Read returns as soon as ctx is done. A nil Reader has
// the verdict unsupported_media_type on every file.
func (r *Reader) Read(ctx context.Context, content []byte, o extract.Options) (*extract.Text, error) {
	if r == nil {
		return nil, &connectors.Verdict{Reason: connectors.VerdictMediaType, Detail: "PDF files are not read here"}
	}
	o.Limits = o.Limits.WithDefaults()
	t, err := r.own(ctx, content, o)
	if r.options.Pdftotext == "" || ctx.Err() != nil || !defeated(t, err) {
		return t, err
	}
	return r.better(ctx, content, o, t, err)
}

// own reads the file in a child process.
func (r *Reader) own(ctx context.Context, content []byte, o extract.Options) (*extract.Text, error) {
	if len(r.options.Command) == 0 {
		return nil, errors.New("no command is given that starts the process that reads PDF files")
	}
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.Limits.Time, slow(o.Limits))
	defer cancel()
	for {
		c, err := r.take()
		if err != nil {
			return nil, err
		}
		fresh := c.served == 0
		t, alive, err := c.read(ctx, content, request{Passwords: r.options.Passwords, Limits: o.Limits})
		if alive {
			r.give(c)
		} else if err == nil || c.cmd.ProcessState == nil {
			c.end()
		}
		// One that has served before may have ended while it waited.
		if !errors.Is(err, errEnded) {
			return t, err
		}
		if fresh {
			return nil, fmt.Errorf("read a PDF file: %w", err)
		}
	}
}

// take returns an idle child or a new one.
func (r *Reader) take() (*child, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, errors.New("the reader of PDF files is closed")
	}
	for n := len(r.idle); n > 0; n = len(r.idle) {
		c := r.idle[n-1]
		r.idle = r.idle[:n-1]
		if c.rest.Stop() {
			return c, nil
		}
	}
	return start(r.options.Command)
}

// give keeps a child for the next file.
func (r *Reader) give(c *child) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || c.served >= servesFiles {
		go c.end()
		return
	}
	c.rest = time.AfterFunc(idles, func() { r.dismiss(c) })
	r.idle = append(r.idle, c)
}

// dismiss ends a child that has idled.
func (r *Reader) dismiss(c *child) {
	r.mu.Lock()
	for i := range r.idle {
		if r.idle[i] == c {
			r.idle = append(r.idle[:i], r.idle[i+1:]...)
			break
		}
	}
	r.mu.Unlock()
	c.end()
}

// Close ends the idle processes; those that read end when they are done. A closed
// Reader reads nothing more.
func (r *Reader) Close() error {
	r.mu.Lock()
	idle := r.idle
	r.idle, r.closed = nil, true
	r.mu.Unlock()
	for _, c := range idle {
		if c.rest.Stop() {
			c.end()
		}
	}
	return nil
}

// defeated reports whether another program might read the file better.
func defeated(t *extract.Text, err error) bool {
	if v := connectors.AsVerdict(err); v != nil {
		return v.Reason == connectors.VerdictMalformed || v.Reason == connectors.VerdictEmpty
	}
	return err == nil && t.Quality != nil && t.Quality.Doubt != ""
}
