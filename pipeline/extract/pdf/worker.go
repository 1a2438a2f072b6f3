package pdf

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

// Argument is the hidden argument with which this program becomes a process that
// reads PDF files; see Work.
const Argument = "pdf-worker"

// The statuses with which a child ends itself.
const (
	statusMemory = 71
	statusTime   = 72
)

const (
	workerThreads = 2         // that run at once in a child
	maxStack      = 128 << 20 // bytes of one goroutine's stack
	maxRequest    = 1 << 30   // bytes of a file
	watchEvery    = 10 * time.Millisecond
	untidy        = 64 << 20 // bytes in use, from which on a child gives memory back after a file
	grace         = 2 * time.Second
)

// Work is what a child process does: it reads files that it is sent on in, and
// answers on out, until in ends. It ends the whole process when a file takes more
// memory or time than its request allows, and when the parent is gone. Nothing but
// Work may run in the process.
func Work(in io.Reader, out io.Writer) error {
	runtime.GOMAXPROCS(min(workerThreads, runtime.NumCPU()))
	debug.SetMaxStack(maxStack)
	var limit atomic.Int64
	go watchMemory(&limit)
	type job struct {
		request
		body []byte
	}
	jobs := make(chan job)
	go func() {
		r := bufio.NewReader(in)
		for {
			var j job
			var err error
			if j.body, err = receive(r, &j.request, maxRequest); err != nil {
				os.Exit(0) // the parent is gone, also while a file is read
			}
			jobs <- j
		}
	}()
	for j := range jobs {
		l := j.Limits.WithDefaults()
		limit.Store(l.Memory)
		debug.SetMemoryLimit(l.Memory * 3 / 4)
		late := time.AfterFunc(l.Time+grace, func() { os.Exit(statusTime) })
		answer := work(j.body, j.Passwords, l)
		late.Stop()
		if err := send(out, answer, nil); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		if inUse() > untidy {
			j.body, answer = nil, response{}
			debug.FreeOSMemory()
		}
	}
	return nil
}

// work reads one file; a panic says that it is malformed.
func work(b []byte, passwords []string, l extract.Limits) (out response) {
	defer func() {
		if x := recover(); x != nil {
			out = respond(nil, &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: fmt.Sprintf("it cannot be read, by a fault of this program: %v", x)})
		}
	}()
	ctx, cancel := context.WithTimeoutCause(context.Background(), l.Time, slow(l))
	defer cancel()
	return respond(read(ctx, b, passwords, l))
}

func slow(l extract.Limits) error { return tooLarge("reading it took longer than %s", l.Time) }

func hungry(l extract.Limits) error {
	return tooLarge("reading it took more than %d MB of memory", l.Memory>>20)
}

// watchMemory ends the process when it takes more than limit.
func watchMemory(limit *atomic.Int64) {
	for range time.Tick(watchEvery) {
		if l := limit.Load(); l > 0 && inUse() > l {
			os.Exit(statusMemory)
		}
	}
}

// inUse is how much memory the program has from the system, in bytes.
func inUse() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64() - s[1].Value.Uint64())
}
