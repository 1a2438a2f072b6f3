package embedded

import (
	"log/slog"
	"testing"

	"freshet/index"
	"freshet/index/indextest"
)

func open(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestStoreInMemory(t *testing.T) {
	indextest.Run(t, func(t *testing.T, space index.Space) index.Store {
		return open(t, Options{Space: space})
	})
}

func TestStoreOnDisk(t *testing.T) {
	runOnDisk(t, Options{})
}

// Tiny limits make every mechanism work all the time.
func TestStoreOnDiskWithTinyLimits(t *testing.T) {
	runOnDisk(t, Options{SegmentChunks: 100, MergeAt: 3, WaitAt: 5, SnapshotEvery: 50, CachedFilters: 2, MapBytes: 1})
}

func runOnDisk(t *testing.T, o Options) {
	indextest.Run(t, func(t *testing.T, space index.Space) index.Store {
		o := o
		o.Dir, o.Space, o.Log = t.TempDir(), space, testLog(t)
		return open(t, o)
	}, indextest.Reopen(func(t *testing.T, store index.Store, space index.Space) index.Store {
		old := store.(*Store)
		if err := old.Close(); err != nil {
			t.Fatal(err)
		}
		return open(t, old.options)
	}))
}

// testLog fails the test when something is logged.
func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(failing{t}, nil))
}

type failing struct{ t *testing.T }

func (f failing) Write(b []byte) (int, error) {
	f.t.Errorf("logged: %s", b)
	return len(b), nil
}
