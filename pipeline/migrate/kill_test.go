package migrate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"freshet/index/catalog"
)

// A child process runs a migration on a directory and is killed at a place that the
// environment names: no file is closed, nothing that is not on disk survives.

const (
	envDir   = "FRESHET_TEST_MIGRATE_DIR"
	envPlace = "FRESHET_TEST_MIGRATE_PLACE" // a phase, or "page N" of backfill, or "" for none
)

const killDocuments = 200

// killWorld is the world of parent and children: real Stores, two models.
func killWorld(t testing.TB, dir string) (w *world, a, b *fakeModel) {
	w = newWorldIn(t, dir)
	w.embedded = true
	w.options = func(o *Options) { o.Page = 25 }
	return w, w.use(newFakeModel("a", 8)), w.use(newFakeModel("b", 12))
}

func kill() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

func TestChildOfKillTests(t *testing.T) {
	dir, place := os.Getenv(envDir), os.Getenv(envPlace)
	if dir == "" {
		t.Skip("it is run by TestAKillInEveryPhaseIsOvercome")
	}
	w, _, b := killWorld(t, dir)
	var page int
	if _, err := fmt.Sscanf(place, "page %d", &page); err == nil {
		calls := 0
		b.fault = func() error {
			if calls++; calls == page {
				kill()
			}
			return nil
		}
	}
	pages := w.options
	w.options = func(o *Options) {
		pages(o)
		o.Reached = func(p catalog.MigrationPhase) {
			if string(p) == place {
				kill()
			}
		}
	}
	w.start(b.space())
	if _, err := w.machine.Begin(context.Background(), BeginOptions{}); err != nil && !errors.Is(err, ErrRefused) {
		t.Fatal(err)
	}
	w.put(map[string]string{"edited": "Edited while the index changes, by " + place + "."})
	m := w.until("soaking", func(m *catalog.Migration) bool { return m.Phase == catalog.PhaseSoak || m.State.Ended() })
	if !m.State.Ended() {
		w.settle()
	}
	w.embeddedAll()
}

// spawn runs a child; killed says how it ended.
func spawn(t *testing.T, dir, place string) (killed bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChildOfKillTests$", "-test.timeout=100s")
	cmd.Env = append(os.Environ(), envDir+"="+dir, envPlace+"="+place)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() == -1 {
		return true
	}
	if err != nil {
		t.Fatalf("the child at %s: %v\n%s", place, err, out)
	}
	return false
}

func TestAKillInEveryPhaseIsOvercome(t *testing.T) {
	base := t.TempDir()
	w, a, _ := killWorld(t, base)
	w.start(a.space())
	w.fill(killDocuments)
	w.same(killDocuments)
	w.halt()
	must(t, w.catalog.Close())
	w.openCatalog() // the world closes it at its end
	var places []string
	for _, p := range catalog.MigrationPhases() {
		places = append(places, string(p))
	}
	for _, place := range append(places, "page 2", "page 5", "page 8") {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			must(t, os.CopyFS(dir, os.DirFS(base)))
			if !spawn(t, dir, place) {
				t.Fatal("it was not killed")
			}
			// Twice: the process that would go on is killed at the same place.
			again := spawn(t, dir, place)
			if spawn(t, dir, "") {
				t.Fatal("a child was killed by nobody")
			}
			w, _, b := killWorld(t, dir)
			m, err := w.catalog.LastMigration(context.Background())
			if err != nil || m.State != catalog.MigrationDone {
				t.Fatalf("the migration ended as %+v, %v", m, err)
			}
			w.start(b.space())
			w.same(killDocuments + 1)
			if n, _ := b.asked(); n != 0 {
				t.Errorf("%d texts are embedded behind the end", n)
			}
			w.until("removal", func(*catalog.Migration) bool {
				left, err := filepath.Glob(filepath.Join(dir, "index-*"))
				return err == nil && len(left) == 1 && strings.HasSuffix(left[0], "index-2")
			})
			t.Logf("killed again: %v; embedded %d texts in all, backfill begun again %d times", again, m.Progress.Texts, m.Progress.Restarts)
		})
	}
}
