package embedded

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"freshet/index"
	"freshet/index/indextest"
)

var testSpace = index.Space{Lexical: "test/1", Provider: "test", Dimension: 5}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func copyDir(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	must(t, os.CopyFS(to, os.DirFS(from)))
	return to
}

// tiny are limits under which everything happens within a few writes.
func tiny(dir string) Options {
	return Options{Dir: dir, Space: testSpace, SegmentChunks: 120, MergeAt: 3, WaitAt: 6, SnapshotEvery: 40, CachedFilters: 2, MapBytes: 2000}
}

// At each step at which the directory changes, what a crash would leave there is
// opened: it has to be the snapshot before or the one after.
func TestACrashLeavesTheOldSnapshotOrTheNew(t *testing.T) {
	for _, mapBytes := range []int64{1, 1 << 30} {
		o := tiny(t.TempDir())
		o.MapBytes = mapBytes
		s := open(t, o)
		maker := indextest.NewMaker(1, testSpace)
		oracle := indextest.NewOracleIn(testSpace)
		seq, err := maker.Operate(t.Context(), 60, 300, 1, s, oracle)
		must(t, err)
		must(t, s.SetMark(t.Context(), index.Mark{Epoch: "old", Seq: seq}))
		must(t, s.Close())
		before := indextest.NewOracleIn(testSpace)
		copyPoints(t, before, oracle)

		s = open(t, o)
		// Until the end only segments reach the disk, as merging writes them.
		s.onDisk(func(d *disk) {
			d.step = func(what string) error {
				if strings.Contains(what, "manifest") {
					return errors.New("not yet")
				}
				return nil
			}
		})
		_, err = maker.Operate(t.Context(), 60, 300, seq, s, oracle)
		must(t, err)
		must(t, s.SetMark(t.Context(), index.Mark{Epoch: "new", Seq: 2 * seq}))
		steps, old := 0, 0
		var left []string
		s.onDisk(func(d *disk) {
			d.step = func(what string) error {
				steps++
				left = append(left, copyDir(t, o.Dir))
				return nil
			}
		})
		must(t, s.Close())
		left = append(left, copyDir(t, o.Dir))
		for i, dir := range left {
			crashed := o
			crashed.Dir, crashed.Log = dir, testLog(t)
			again := open(t, crashed)
			mark, err := again.Mark(t.Context())
			must(t, err)
			want := oracle
			if mark.Epoch == "old" {
				want = before
				old++
			}
			if err := indextest.SameContent(t.Context(), again, want); err != nil {
				t.Fatalf("after %d steps, mark %+v: %v", i, mark, err)
			}
			must(t, again.Close())
		}
		if old == 0 || old == len(left) || steps < 3 {
			t.Fatalf("%d steps, %d of %d left the old snapshot: the test misses the moment", steps, old, len(left))
		}
	}
}

// onDisk lets the test change the disk of a store whose keeper rests.
func (s *Store) onDisk(do func(*disk)) {
	s.write.Lock()
	st := s.state.Swap(nil)
	s.write.Unlock()
	close(s.stop)
	<-s.done
	do(s.disk)
	s.stop, s.done = make(chan struct{}), make(chan struct{})
	s.state.Store(st)
	go s.keep()
}

func copyPoints(t *testing.T, to, from *indextest.Oracle) {
	t.Helper()
	var list []index.Point
	for _, p := range from.Points() {
		list = append(list, p)
	}
	must(t, to.Upsert(t.Context(), list))
}

func TestAFailingDiskCostsOnlyTheSnapshot(t *testing.T) {
	o := tiny(t.TempDir())
	s := open(t, o)
	s.onDisk(func(d *disk) {
		d.options.Log = slog.New(slog.DiscardHandler)
		d.step = func(string) error { return errors.New("no space left") }
	})
	maker, oracle := indextest.NewMaker(2, testSpace), indextest.NewOracleIn(testSpace)
	_, err := maker.Operate(t.Context(), 200, 300, 1, s, oracle)
	must(t, err)
	must(t, indextest.SameContent(t.Context(), s, oracle))
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Fatalf("close: %v", err)
	}
	again := open(t, o)
	if mark, err := again.Mark(t.Context()); err != nil || mark != (index.Mark{}) {
		t.Fatalf("mark %+v, %v", mark, err)
	}
}

func TestASnapshotThatCannotBeUsedIsDiscardedWithTheReason(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Options{Dir: dir, Space: testSpace})
	maker := indextest.NewMaker(3, testSpace)
	must(t, s.Upsert(t.Context(), maker.Points(0, 50, 1)))
	must(t, s.SetMark(t.Context(), index.Mark{Epoch: "e", Seq: 1}))
	must(t, s.Close())
	segments, err := filepath.Glob(filepath.Join(dir, "segment-*"))
	must(t, err)
	if len(segments) == 0 {
		t.Fatal("no segment files")
	}
	segment := filepath.Base(segments[0])
	change := func(name string, do func([]byte) []byte) func(string) {
		return func(dir string) {
			b, err := os.ReadFile(filepath.Join(dir, name))
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, name), do(b), 0o600))
		}
	}
	for name, c := range map[string]struct {
		spoil  func(dir string)
		space  index.Space
		reason string
	}{
		"a bit of a segment is flipped": {change(segment, func(b []byte) []byte { b[len(b)/2] ^= 4; return b }), testSpace, "checksum"},
		"a segment is cut off":          {change(segment, func(b []byte) []byte { return b[:len(b)-8] }), testSpace, "bytes"},
		"a segment is empty":            {change(segment, func([]byte) []byte { return nil }), testSpace, "bytes"},
		"a segment is of the version before": {change(segment, func(b []byte) []byte {
			binary.NativeEndian.PutUint64(b, fileMagic-1)
			end := len(b) - 8
			binary.NativeEndian.PutUint64(b[end:], uint64(crc32.Checksum(b[:end], castagnoli)))
			return b
		}), testSpace, "version"},
		"a segment is missing":    {func(dir string) { must(t, os.Remove(filepath.Join(dir, segment))) }, testSpace, segment},
		"the manifest is cut off": {change(manifestName, func(b []byte) []byte { return b[:len(b)-1] }), testSpace, "checksum"},
		"the manifest is empty":   {change(manifestName, func([]byte) []byte { return nil }), testSpace, "version"},
		"the manifest is of another version": {
			change(manifestName, func(b []byte) []byte { return bytes.Replace(b, []byte("index 1"), []byte("index 2"), 1) }), testSpace, "version",
		},
		"the space is another": {func(string) {}, index.Space{Lexical: "test/2", Provider: "test", Dimension: 5}, "space"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := copyDir(t, dir)
			c.spoil(dir)
			must(t, os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("somebody's"), 0o600))
			var log bytes.Buffer
			o := Options{Dir: dir, Space: c.space, Log: slog.New(slog.NewTextHandler(&log, nil))}
			s := open(t, o)
			stats, err := s.Stats(t.Context())
			must(t, err)
			mark, err := s.Mark(t.Context())
			must(t, err)
			if stats.Points != 0 || mark != (index.Mark{}) {
				t.Fatalf("%d points and the mark %+v are left", stats.Points, mark)
			}
			if !strings.Contains(log.String(), "discarded") || !strings.Contains(log.String(), c.reason) {
				t.Fatalf("the log does not say why: %q", log.String())
			}
			must(t, s.Upsert(t.Context(), indextest.NewMaker(4, c.space).Points(0, 10, 1)))
			must(t, s.Close())
			o.Log = testLog(t)
			s = open(t, o)
			if stats, err := s.Stats(t.Context()); err != nil || stats.Points != 10 {
				t.Fatalf("%+v, %v", stats, err)
			}
			must(t, s.Close())
			if _, err := os.Stat(filepath.Join(dir, "notes.txt")); err != nil {
				t.Fatal("a file that is not the store's was removed")
			}
		})
	}
}

func TestFilesThatNobodyNeedsAreRemoved(t *testing.T) {
	o := tiny(t.TempDir())
	s := open(t, o)
	maker := indextest.NewMaker(5, testSpace)
	_, err := maker.Operate(t.Context(), 400, 300, 1, s)
	must(t, err)
	must(t, s.Close())
	m, err := newDisk(o.complete()).readManifest()
	must(t, err)
	segments, err := filepath.Glob(filepath.Join(o.Dir, "segment-*"))
	must(t, err)
	if len(segments) != len(m.views) {
		t.Fatalf("%d files for %d segments", len(segments), len(m.views))
	}
}

func TestADirectoryThatCannotBeMadeIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	if s, err := Open(Options{Dir: filepath.Join(file, "index")}); err == nil {
		s.Close()
		t.Fatal("no error")
	}
}
