package contents

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/index"
)

func open(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(o)
	must(t, err)
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// key is that of a document, as the catalog derives keys.
func key(n int) string { return index.HashTexts("test", fmt.Sprint(n)).String() }

// keep keeps a content and says whether there was room.
func keep(t testing.TB, s *Store, document string, content []byte) bool {
	t.Helper()
	staged, err := s.Stage(document, Hash(content), content)
	must(t, err)
	if staged == nil {
		return false
	}
	must(t, staged.Keep())
	return true
}

func noise(n int) []byte {
	b := make([]byte, n)
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// sizes are the bytes of all files below a directory.
func sizes(t *testing.T, dir string) (total int64, files int) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		total, files = total+info.Size(), files+1
		return err
	}))
	return total, files
}

func TestContentsComeBackAsTheyWere(t *testing.T) {
	s := open(t, Options{Dir: filepath.Join(t.TempDir(), "a", "contents"), Document: 1 << 20, Total: 1 << 30})
	for i, content := range [][]byte{[]byte("x"), []byte(strings.Repeat("A page of words. ", 5000)), noise(100_000), make([]byte, 1<<20)} {
		if !keep(t, s, key(i), content) {
			t.Fatalf("content %d is not kept", i)
		}
		got, err := s.Read(key(i), Hash(content))
		must(t, err)
		if !bytes.Equal(got, content) || !s.Has(key(i), Hash(content)) {
			t.Errorf("content %d came back otherwise", i)
		}
	}
	if total, _ := sizes(t, s.o.Dir); total > 110_000 {
		t.Errorf("what can be compressed takes %d bytes", total)
	}
}

func TestOnlyTheNewestContentOfADocumentIsKept(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir(), Document: 1000, Total: 1 << 20})
	old, young := []byte("old"), []byte("young")
	keep(t, s, key(1), old)
	staged, err := s.Stage(key(1), Hash(young), young)
	must(t, err)
	if got, err := s.Read(key(1), Hash(old)); err != nil || string(got) != "old" {
		t.Errorf("before it is kept: %q, %v", got, err)
	}
	must(t, staged.Keep())
	if _, err := s.Read(key(1), Hash(old)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old one: %v", err)
	}
	staged, err = s.Stage(key(1), Hash(old), old)
	must(t, err)
	must(t, staged.Discard())
	if got, err := s.Read(key(1), Hash(young)); err != nil || string(got) != "young" {
		t.Errorf("after one was discarded: %q, %v", got, err)
	}
	must(t, s.Forget(key(1)))
	must(t, s.Forget(key(1)))
	if _, n := sizes(t, s.o.Dir); n != 0 || s.total != 0 || s.Has(key(1), Hash(young)) {
		t.Errorf("%d files of %d bytes are left", n, s.total)
	}
}

func TestTheLimitsHold(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir(), Document: 1000, Total: 3000})
	if keep(t, s, key(0), noise(1001)) {
		t.Error("one that is too large is kept")
	}
	kept := 0
	for i := range 10 {
		if keep(t, s, key(i), noise(900+i)) {
			kept++
		}
	}
	if kept != 3 {
		t.Errorf("%d are kept, want 3", kept)
	}
	must(t, s.Forget(key(0)))
	again := open(t, s.o) // measures what is there
	if !keep(t, again, key(20), noise(800)) || keep(t, again, key(21), noise(800)) {
		t.Error("the room is measured otherwise after a start")
	}
	if total, _ := sizes(t, s.o.Dir); total > 3000 || total != again.total {
		t.Errorf("the files take %d bytes, %d are known", total, again.total)
	}
	for _, off := range []Options{{Dir: t.TempDir(), Document: 0, Total: 1000}, {Dir: t.TempDir(), Document: 1000, Total: 0}} {
		s := open(t, off)
		if keep(t, s, key(1), []byte("x")) {
			t.Errorf("%+v keeps", off)
		}
	}
}

func TestWhatABrokenFileHoldsIsNotKept(t *testing.T) {
	content := []byte(strings.Repeat("A page of words. ", 500))
	hash := Hash(content)
	whole, err := pack(hash, content)
	must(t, err)
	bomb, err := pack(hash, make([]byte, 10<<20))
	must(t, err)
	s := open(t, Options{Dir: t.TempDir(), Document: 1 << 20, Total: 1 << 20})
	must(t, os.MkdirAll(filepath.Join(s.o.Dir, key(1)[:2]), 0o700))
	for name, file := range map[string][]byte{
		"empty": {}, "head alone": whole[:headSize], "cut off": whole[:len(whole)-5], "zeros": make([]byte, len(whole)), "too long": bomb,
		"another byte": append(append([]byte{}, whole[:len(whole)/2]...), append([]byte{whole[len(whole)/2] ^ 1}, whole[len(whole)/2+1:]...)...),
	} {
		path, err := s.path(key(1))
		must(t, err)
		must(t, os.WriteFile(path, file, 0o600))
		if got, err := s.Read(key(1), hash); !errors.Is(err, fs.ErrNotExist) || got != nil {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	for _, bad := range []string{"", "../../../etc/passwd", "short", strings.ToUpper(key(1)), key(1)[:8] + "/" + key(1)[9:]} {
		if _, err := s.Stage(bad, hash, content); err == nil {
			t.Errorf("%q is taken for a key", bad)
		}
	}
}

func TestASweepKeepsWhatIsWantedAndHasRoom(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Options{Dir: dir, Document: 1 << 20, Total: 1 << 30})
	for i := range 1200 {
		keep(t, s, key(i), noise(100+i))
		path, err := s.path(key(i))
		must(t, err)
		at := time.Now().Add(time.Duration(i-2000) * time.Minute)
		must(t, os.Chtimes(path, at, at))
	}
	must(t, os.WriteFile(filepath.Join(dir, "README"), []byte("of a person"), 0o600))
	_, err := s.Stage(key(5000), index.Hash{1}, noise(50))
	must(t, err)
	asked := 0
	even := func(_ context.Context, documents []string) (map[string]bool, error) {
		asked++
		out := map[string]bool{}
		for _, d := range documents {
			for i := 0; i < 1200; i += 2 {
				if d == key(i) {
					out[d] = true
				}
			}
		}
		return out, nil
	}
	gone, err := s.Sweep(t.Context(), even)
	must(t, err)
	if gone != 600 || asked != 3 || !s.Has(key(4), Hash(noise(104))) || s.Has(key(5), Hash(noise(105))) {
		t.Errorf("%d went, asked %d times", gone, asked)
	}
	if _, err := os.Stat(filepath.Join(dir, "README")); err != nil {
		t.Error("a file of another is gone")
	}
	small := open(t, Options{Dir: dir, Document: 1 << 20, Total: 3000})
	if gone, err = small.Sweep(t.Context(), even); err != nil || gone != 597 {
		t.Errorf("%d went (%v), want all but the two newest and one that has room beside them", gone, err)
	}
	if !small.Has(key(1198), Hash(noise(1298))) {
		t.Error("the newest went")
	}
	off := open(t, Options{Dir: dir})
	if gone, err = off.Sweep(t.Context(), even); err != nil || gone != 3 {
		t.Errorf("switched off, %d went (%v)", gone, err)
	}
	if _, n := sizes(t, dir); n != 1 {
		t.Errorf("%d files are left, want the one of another", n)
	}
}

func TestManyKeepAtOnce(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir(), Document: 1 << 20, Total: 1 << 30})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 50 {
				keep(t, s, key(i*50+k), noise(500+k))
			}
		})
	}
	wg.Wait()
	total, n := sizes(t, s.o.Dir)
	if n != 400 || total != s.total {
		t.Errorf("%d files take %d bytes, %d are known", n, total, s.total)
	}
}

func FuzzUnpack(f *testing.F) {
	whole, err := pack(Hash([]byte("seed")), []byte("seed"))
	must(f, err)
	long, err := pack(index.Hash{}, []byte(strings.Repeat("seed", 500)))
	must(f, err)
	f.Add(whole)
	f.Add(long)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, file []byte) {
		const limit = 1 << 16
		got, err := unpack(file, hashOf(file), limit)
		if err == nil && (Hash(got) != hashOf(file) || len(got) > limit) {
			t.Fatal("another content is returned than the head names")
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	})
}

func BenchmarkKeep(b *testing.B) {
	for _, size := range []int{1 << 10, 20 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			s := open(b, Options{Dir: b.TempDir(), Document: 1 << 30, Total: 1 << 40})
			var page strings.Builder
			rng := rand.New(rand.NewPCG(1, 1))
			for page.Len() < size {
				fmt.Fprintf(&page, "<p>word%d and word%d of a page</p>\n", rng.IntN(5000), rng.IntN(500))
			}
			content := []byte(page.String())
			hash := Hash(content)
			b.SetBytes(int64(len(content)))
			for i := 0; b.Loop(); i++ {
				staged, err := s.Stage(key(i%2000), hash, content)
				must(b, err)
				must(b, staged.Keep())
			}
		})
	}
}
