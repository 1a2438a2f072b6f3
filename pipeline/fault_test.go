package pipeline

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"freshet/connectors/connectortest"
	"freshet/index"
)

// A child process runs the changed world on a directory and ends at the k-th call
// of source, catalog or Store, or in a phase, as the environment says. Calls that
// fail with an error are tried within this process: nothing ends there.

const (
	envDir   = "FRESHET_TEST_DIR"
	envWhere = "FRESHET_TEST_WHERE" // source, catalog, store, phase-N
	envAt    = "FRESHET_TEST_AT"
	envHow   = "FRESHET_TEST_HOW" // exit, kill
	// A child whose trip was never reached ends with this status.
	statusUntouched = 42
	statusDisturbed = 43
	// Its run came to its end all the same.
	statusOvercome = 44
)

func TestMain(m *testing.M) {
	if os.Getenv(envPaused) != "" {
		os.Exit(pausedChild())
	}
	if os.Getenv(envDir) != "" {
		os.Exit(child())
	}
	os.Exit(m.Run())
}

// disturb runs the changed world on a directory with a trip at one call.
// finished is the error of the run, or nil.
func disturb(ctx context.Context, dir, where string, t *trip) (r *rig, finished error) {
	r = &rig{dir: dir, src: changedWorld()}
	switch {
	case where == "source":
		r.src.Hook(func(context.Context, connectortest.Op, string) error { return t.step() })
	case where == "catalog":
		r.driver = catalogFaults().Name()
	case where == "store":
		r.store = func(s index.Store) index.Store { return trippingStore{s, t} }
	case strings.HasPrefix(where, "phase-"):
		n, _ := strconv.Atoi(strings.TrimPrefix(where, "phase-"))
		r.reached = func(p Phase) {
			if int(p) == n {
				_ = t.step()
			}
		}
	}
	faults := catalogFaults()
	if err := r.open(ctx); err != nil {
		return r, err
	}
	if where == "catalog" {
		faults.Set(t.step)
		defer faults.Set(nil)
	}
	return r, r.run(ctx)
}

func child() int {
	at, _ := strconv.ParseInt(os.Getenv(envAt), 10, 64)
	t := &trip{at: at, act: func() error {
		if os.Getenv(envHow) == "kill" {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
		os.Exit(statusDisturbed)
		return nil
	}}
	if _, err := disturb(context.Background(), os.Getenv(envDir), os.Getenv(envWhere), t); err != nil {
		fmt.Fprintln(os.Stderr, "an undisturbed child failed:", err)
		return 1
	}
	return statusUntouched
}

// injected runs the changed world in this process with one call failing.
func injected(t *testing.T, dir, where string, at int) int {
	t.Helper()
	tripped := false
	r, err := disturb(t.Context(), dir, where, &trip{at: int64(at), act: func() error { tripped = true; return errInjected }})
	must(t, r.close())
	switch {
	case tripped && err == nil:
		return statusOvercome
	case tripped:
		return statusDisturbed
	}
	must(t, err)
	return statusUntouched
}

// spawn runs a child and returns its status; a killed one counts as disturbed.
func spawn(t *testing.T, dir, where, how string, at int) int {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), envDir+"="+dir, envWhere+"="+where, envHow+"="+how, envAt+"="+strconv.Itoa(at))
	out, err := cmd.CombinedOutput()
	status := cmd.ProcessState.ExitCode()
	if how == "kill" && status == -1 {
		return statusDisturbed
	}
	if status != statusUntouched && status != statusDisturbed {
		t.Fatalf("child at %s %d: %v\n%s", where, at, err, out)
	}
	return status
}

func TestAFaultAtEveryCallIsRecoveredFrom(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a process for every call of source, catalog and Store; left out by -short")
	}
	want := &expectations{base: scenarioBase(t)}
	for _, where := range []string{"source", "catalog", "store"} {
		for _, how := range []string{"error", "exit"} {
			t.Run(where+" "+how, func(t *testing.T) {
				t.Parallel()
				for k := 1; ; k++ {
					dir := cloneDir(t, want.base)
					var status int
					if how == "error" {
						status = injected(t, dir, where, k)
					} else {
						status = spawn(t, dir, where, how, k)
					}
					want.recovered(t, dir, status == statusOvercome, fmt.Sprintf("%s at call %d of %s", how, k, where))
					must(t, os.RemoveAll(dir))
					if status == statusUntouched {
						t.Logf("%d calls", k-1)
						return
					}
				}
			})
		}
	}
}

func TestAKillInEveryPhaseIsRecoveredFrom(t *testing.T) {
	want := &expectations{base: scenarioBase(t)}
	for phase := PhaseOpened; phase <= PhaseDeleted; phase++ {
		t.Run(fmt.Sprintf("phase %d", phase), func(t *testing.T) {
			t.Parallel()
			where := fmt.Sprintf("phase-%d", phase)
			kills := 0
			for k := 1; k <= 5; k++ {
				dir, at := cloneDir(t, want.base), k
				if spawn(t, dir, where, "kill", at) == statusUntouched {
					// The phase comes less often in a run: it is killed at the first again.
					dir, at = cloneDir(t, want.base), 1
					if spawn(t, dir, where, "kill", at) == statusUntouched {
						t.Fatalf("phase %d is never entered", phase)
					}
				}
				kills++
				// Twice in a row: the run that would recover is killed too, if it gets there.
				if spawn(t, dir, where, "kill", 1) == statusDisturbed {
					kills++
				}
				want.recovered(t, dir, false, fmt.Sprintf("killed in phase %d at %d", phase, at))
			}
			t.Logf("%d kills", kills)
		})
	}
}
