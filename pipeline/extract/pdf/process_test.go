package pdf

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

func reasonOf(err error) string {
	if v := connectors.AsVerdict(err); v != nil {
		return v.Reason
	}
	return ""
}

var greeting = onePage("BT /F1 12 Tf 50 700 Td (Hello from the child) Tj ET")

func TestTheParentOutlivesItsChildren(t *testing.T) {
	t.Parallel()
	for argument, want := range map[string]struct{ reason, words string }{
		"child-that-crashes": {connectors.VerdictMalformed, "a fault of the program"},
		"child-that-hangs":   {connectors.VerdictTooLarge, "longer than 700ms"},
		"child-that-leaves":  {"", "ended"},
		"child-that-babbles": {"", "does not speak as it should"},
		"child-that-eats":    {connectors.VerdictTooLarge, "more than 64 MB of memory"},
	} {
		t.Run(argument, func(t *testing.T) {
			t.Parallel()
			r := newReader(t, Options{Command: []string{self(t), argument}})
			limits := extract.Limits{Time: 20 * time.Second, Memory: 64 << 20}
			if argument == "child-that-hangs" {
				limits.Time = 700 * time.Millisecond
			}
			_, err := r.Read(t.Context(), greeting, extract.Options{Limits: limits})
			if err == nil || reasonOf(err) != want.reason || !strings.Contains(err.Error(), want.words) {
				t.Errorf("got %v; want reason %q and the words %q", err, want.reason, want.words)
			}
		})
	}
}

func TestACommandThatIsNotThereIsAFault(t *testing.T) {
	t.Parallel()
	_, err := newReader(t, Options{Command: []string{"/nowhere/freshet"}}).Read(t.Context(), greeting, extract.Options{})
	if err == nil || connectors.AsVerdict(err) != nil {
		t.Errorf("got %v; want an error that is no verdict", err)
	}
}

func TestCancellingKillsAtOnce(t *testing.T) {
	t.Parallel()
	r := newReader(t, Options{Command: []string{self(t), "child-that-hangs"}})
	cause := errors.New("the operator has had enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(200*time.Millisecond, func() { cancel(cause) })
	start := time.Now()
	_, err := r.Read(ctx, greeting, extract.Options{})
	if !errors.Is(err, cause) {
		t.Errorf("got %v; want the cause", err)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it took %s", d)
	}
}

func TestAChildServesMany(t *testing.T) {
	t.Parallel()
	r := newReader(t, Options{Parallel: 1})
	for range 20 {
		got, err := r.Read(t.Context(), greeting, extract.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Plain() != "Hello from the child" || got.Blocks[0].Page != 1 || got.Version != Version {
			t.Fatalf("got %q on page %d", got.Plain(), got.Blocks[0].Page)
		}
	}
	if len(r.idle) != 1 || r.idle[0].served != 20 {
		t.Fatalf("%d processes idle; want one that has served 20 files", len(r.idle))
	}
	// One that ended while it waited is replaced unnoticed.
	r.idle[0].kill()
	_ = r.idle[0].cmd.Wait()
	if _, err := r.Read(t.Context(), greeting, extract.Options{}); err != nil {
		t.Errorf("behind a child that ended: %v", err)
	}
}

func TestReadIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	r := newReader(t, Options{Parallel: 3})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 5 {
				if _, err := r.Read(t.Context(), greeting, extract.Options{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n := len(r.idle); n > 3 {
		t.Errorf("%d processes; want at most 3", n)
	}
}

func TestAClosedReaderReadsNothing(t *testing.T) {
	t.Parallel()
	r := newReader(t, Options{})
	if _, err := r.Read(t.Context(), greeting, extract.Options{}); err != nil {
		t.Fatal(err)
	}
	c := r.idle[0]
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if c.cmd.ProcessState == nil {
		t.Error("the idle process lives on")
	}
	if _, err := r.Read(t.Context(), greeting, extract.Options{}); err == nil {
		t.Error("a closed reader read a file")
	}
}
