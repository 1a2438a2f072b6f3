package external

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"freshet/connectors"
)

const (
	// lookAround is how often what a program has written is measured.
	lookAround = 100 * time.Millisecond
	// giveUp is how long its output may stay open after it ended.
	giveUp = 2 * time.Second
	// keptErrors is how much of what a program complains about is kept.
	keptErrors = 4 << 10
)

var (
	errTime = errors.New("the time is over")
	errSize = errors.New("too much was written")
)

// A conversion is one run of a program.
type conversion struct {
	Command
	form, program string
	dir           string // of its own: in, out and home are in it
	file, out     string
	limit         int64
}

func prepare(parent string, c Command, form, suffix string, content []byte) (*conversion, error) {
	dir, err := os.MkdirTemp(parent, "freshet-extract-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for an external program: %w; see whether the disk has room", err)
	}
	r := &conversion{Command: c, form: form, program: programName(c), dir: dir}
	r.file = filepath.Join(dir, "in", "document"+suffix)
	r.out = filepath.Join(dir, "out", "document."+c.Produces)
	for _, sub := range []string{"in", "out", "home"} {
		if err == nil {
			err = os.Mkdir(filepath.Join(dir, sub), 0o700)
		}
	}
	if err == nil {
		err = os.WriteFile(r.file, content, 0o600)
	}
	if err != nil {
		r.remove()
		return nil, fmt.Errorf("write a document for an external program: %w; see whether the disk has room", err)
	}
	return r, nil
}

// remove leaves nothing behind; what cannot be removed, the system's cleaning will.
func (r *conversion) remove() { _ = os.RemoveAll(r.dir) }

// run runs the program to its end and returns what it made.
func (r *conversion) run(ctx context.Context) ([]byte, error) {
	path, err := exec.LookPath(r.Args[0])
	if err != nil {
		return nil, failed("the program %s, which extract.commands.%s names, is not on this machine; install it or correct the name", r.Args[0], r.form)
	}
	timed, cancel := context.WithTimeoutCause(ctx, r.Timeout, errTime)
	defer cancel()
	watched, stop := context.WithCancelCause(timed)
	defer stop(nil)

	stdout, stderr := &cut{limit: r.limit, over: func() { stop(errSize) }}, &cut{limit: keptErrors}
	cmd := exec.CommandContext(watched, path, r.words()...)
	cmd.Dir = filepath.Join(r.dir, "out")
	cmd.Env = r.environment()
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.WaitDelay = giveUp
	ownGroup(cmd)
	done := make(chan struct{})
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		r.watch(done, stop)
	}()
	// Linux ends the program when the thread that started it ends.
	runtime.LockOSThread()
	err = cmd.Run()
	runtime.UnlockOSThread()
	if cmd.Process != nil {
		killGroup(cmd.Process.Pid) // what it left running
	}
	close(done)
	<-looked
	if err := r.verdict(ctx, watched, err, stderr.String()); err != nil {
		return nil, err
	}
	if !r.names(placeDir) && !r.names(placeOut) {
		return r.checked(stdout.b.Bytes(), stderr.String())
	}
	return r.written(stderr.String())
}

// words are the arguments with their places filled in.
func (r *conversion) words() []string {
	fill := strings.NewReplacer(placeFile, r.file, placeDir, filepath.Join(r.dir, "out"), placeOut, r.out)
	out := make([]string, 0, len(r.Args))
	for _, a := range r.Args[1:] {
		out = append(out, fill.Replace(a))
	}
	return out
}

func (r *conversion) environment() []string {
	home := filepath.Join(r.dir, "home")
	env := []string{"HOME=" + home, "TMPDIR=" + home, "TMP=" + home, "TEMP=" + home, "LANG=C.UTF-8", "LC_ALL=C.UTF-8"}
	for _, name := range []string{"PATH", "SystemRoot", "TESSDATA_PREFIX"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// verdict says why a run did not end well; nil if it did.
func (r *conversion) verdict(ctx, watched context.Context, err error, complaint string) error {
	if err == nil {
		return nil
	}
	var exit *exec.ExitError
	switch cause := context.Cause(watched); {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(cause, errTime):
		return &connectors.Verdict{Reason: connectors.VerdictTooLarge,
			Detail: fmt.Sprintf("%s took longer than %s; give it more with extract.commands.%s.timeout", r.program, r.Timeout, r.form)}
	case errors.Is(cause, errSize):
		return r.tooMuch()
	case errors.As(err, &exit):
		return failed("%s could not read it (%v)%s", r.program, exit, said(complaint))
	case errors.Is(err, exec.ErrWaitDelay):
		return nil // it ended well; something that it started held its output open
	}
	return fmt.Errorf("run %s: %w", r.program, err)
}

func (r *conversion) tooMuch() error {
	return &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf("%s makes more than %d bytes of it (limits: bytes)", r.program, r.limit)}
}

// said is the last line of what a program complained about.
func said(complaint string) string {
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(complaint, "")), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if last == "" {
		return ""
	}
	return ": " + strings.ToValidUTF8(last[:min(len(last), 300)], "")
}

// written reads the file that the program made: the one that it was told to make, or
// the only one in the folder that ends so.
func (r *conversion) written(complaint string) ([]byte, error) {
	name := r.out
	if r.names(placeDir) {
		found, err := filepath.Glob(filepath.Join(r.dir, "out", "*."+r.Produces))
		if err != nil || len(found) != 1 {
			return nil, failed("%s made %d files in .%s of it, where one is needed%s", r.program, len(found), r.Produces, said(complaint))
		}
		name = found[0]
	}
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, failed("%s made nothing of it%s", r.program, said(complaint))
	case err != nil:
		return nil, fmt.Errorf("look at what %s made: %w", r.program, err)
	case !info.Mode().IsRegular():
		return nil, failed("what %s made of it is not a file", r.program)
	case info.Size() > r.limit:
		return nil, r.tooMuch()
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read what %s made: %w", r.program, err)
	}
	return r.checked(b, complaint)
}

func (r *conversion) checked(b []byte, complaint string) ([]byte, error) {
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, failed("%s found nothing in it%s", r.program, said(complaint))
	}
	return b, nil
}

// watch ends the program when its folder grows beyond bounds: twice what may be read
// of it, and room for what programs put into their home.
func (r *conversion) watch(done <-chan struct{}, stop context.CancelCauseFunc) {
	const home = 256 << 20
	tick := time.NewTicker(lookAround)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			if sizeOf(r.dir) > 2*r.limit+home {
				stop(errSize)
				return
			}
		}
	}
}

func sizeOf(dir string) int64 {
	total := int64(0)
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // it vanished meanwhile
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return nil
	})
	return total
}

// cut keeps what is written up to a limit. It is written to by one goroutine.
type cut struct {
	b     bytes.Buffer
	limit int64
	over  func() // nil: the rest is dropped
}

var _ io.Writer = (*cut)(nil)

// Write keeps p, or says that there is too much.
func (c *cut) Write(p []byte) (int, error) {
	room := c.limit - int64(c.b.Len())
	if int64(len(p)) <= room {
		return c.b.Write(p)
	}
	c.b.Write(p[:max(room, 0)])
	if c.over != nil {
		c.over()
		return 0, errSize
	}
	return len(p), nil
}

func (c *cut) String() string { return c.b.String() }
