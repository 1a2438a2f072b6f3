//go:build unix

package external

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"freshet/connectors"
)

// hanging returns a converter whose program hangs, and the file into which that writes
// the number of its child.
func hanging(t *testing.T, timeout time.Duration) (x *Converter, pids string) {
	pids = filepath.Join(t.TempDir(), "pid")
	return converter(t, "txt", timeout, "hang", "{file}", pids), pids
}

// mustEnd waits until the process with the number in a file is gone.
func mustEnd(t *testing.T, pids string) {
	t.Helper()
	b, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(string(b))
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if syscall.Kill(pid, 0) != nil || err == nil && strings.Contains(string(status), ") Z ") {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("the process %d still runs", pid)
}

func TestAProgramThatTakesTooLongEndsWithItsChildren(t *testing.T) {
	x, pids := hanging(t, time.Second)
	began := time.Now()
	_, err := x.Convert(t.Context(), "doc", ".doc", []byte("x"), 1<<20)
	if v := connectors.AsVerdict(err); v == nil || v.Reason != connectors.VerdictTooLarge || !strings.Contains(v.Detail, "extract.commands.doc.timeout") || time.Since(began) > 20*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
	mustEnd(t, pids)
}

func TestACancelledRunEndsItsProgram(t *testing.T) {
	x, pids := hanging(t, time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for range 500 {
			if b, err := os.ReadFile(pids); err == nil && len(b) > 0 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		cancel()
	}()
	if _, err := x.Convert(ctx, "doc", ".doc", []byte("x"), 1<<20); !errors.Is(err, context.Canceled) || connectors.AsVerdict(err) != nil {
		t.Errorf("got %v", err)
	}
	mustEnd(t, pids)
}
