package pdf

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

// A child is a process that reads files, one at a time.
type child struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	errors *tail
	served int
	// hungry: it was killed for the memory that it took.
	hungry atomic.Bool
	rest   *time.Timer // ends it when it idles
}

const (
	childMemoryEvery = 20 * time.Millisecond
	// beside is what a child's process takes besides the memory that its program
	// asks for: the program itself.
	beside = 64 << 20
	// maxText is the largest text that a child may answer, in bytes.
	maxText = 256 << 20
)

// start starts a child.
func start(command []string) (*child, error) {
	c := &child{cmd: exec.Command(command[0], command[1:]...), errors: &tail{}}
	c.cmd.Env = []string{} // nothing of the parent's: no credentials, no settings
	c.cmd.Stderr = c.errors
	c.cmd.WaitDelay = grace
	apart(c.cmd)
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start the process that reads PDF files: %w", err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the process that reads PDF files: %w", err)
	}
	c.out = bufio.NewReaderSize(out, 64<<10)
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the process that reads PDF files: %w", err)
	}
	return c, nil
}

// errEnded: the child ended without an answer.
var errEnded = errors.New("the process that reads PDF files ended")

// read has the child read b. alive says whether it can be used again. An error is a
// verdict, the cause of ctx, or errEnded.
func (c *child) read(ctx context.Context, b []byte, q request) (t *extract.Text, alive bool, err error) {
	stop := context.AfterFunc(ctx, c.kill)
	defer stop()
	watched := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { c.watch(watched, q.Limits.Memory) })
	var answer response
	err = send(c.in, q, b)
	if err == nil {
		_, err = receive(c.out, &answer, maxText)
	}
	close(watched)
	watching.Wait()
	c.served++
	if err == nil {
		t, err = answer.outcome()
		return t, ctx.Err() == nil, err
	}
	c.kill()
	ended := c.cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, false, context.Cause(ctx)
	case c.hungry.Load():
		return nil, false, hungry(q.Limits)
	case connectors.AsVerdict(err) != nil, errors.Is(err, errForeign):
		return nil, false, err
	}
	return nil, false, c.postMortem(ended, q.Limits)
}

// postMortem says in words why the child ended.
func (c *child) postMortem(ended error, l extract.Limits) error {
	var exit *exec.ExitError
	if errors.As(ended, &exit) {
		switch exit.ExitCode() {
		case statusMemory:
			return hungry(l)
		case statusTime:
			return slow(l)
		}
	}
	last := c.errors.firstLine()
	switch {
	case strings.Contains(last, "out of memory"), strings.Contains(last, "cannot allocate"):
		return hungry(l)
	case last != "":
		return &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: "it cannot be read: " + last}
	}
	return fmt.Errorf("%w: %v", errEnded, ended)
}

// watch kills the child when its process takes more memory than it may, should it
// fail to notice by itself.
func (c *child) watch(done <-chan struct{}, limit int64) {
	tick := time.NewTicker(childMemoryEvery)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			if resident(c.cmd.Process.Pid) > limit+beside {
				c.hungry.Store(true)
				c.kill()
				return
			}
		}
	}
}

func (c *child) kill() {
	_ = c.cmd.Process.Kill() // it may have ended
}

// end ends an idle child and waits for it.
func (c *child) end() {
	_ = c.in.Close()
	c.kill()
	_ = c.cmd.Wait()
}

// A tail keeps the beginning of what a child writes to its standard error.
type tail struct {
	mu sync.Mutex
	b  []byte
}

const keptErrors = 4 << 10

// Write keeps p as far as there is room, and takes it all.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p[:min(len(p), keptErrors-len(t.b))]...)
	return len(p), nil
}

// firstLine returns the first line that says something.
func (t *tail) firstLine() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	line, _, _ := bytes.Cut(bytes.TrimSpace(t.b), []byte("\n"))
	return strings.ToValidUTF8(string(line), "")
}
