package website

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"freshet/connectors"
)

// largeSite serves n pages, each with a text and links to 20 others.
func largeSite(t testing.TB, n int) *testSite {
	s := newTestSite(t)
	text := strings.Repeat("<p>Some words of a page about prices and delays.</p>", 40)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i := 0
		switch {
		case r.URL.Path == "/":
		case strings.HasPrefix(r.URL.Path, "/help/"):
			if _, err := fmt.Sscanf(r.URL.Path, "/help/how-to-do-number-%d", &i); err != nil || i >= n {
				w.WriteHeader(http.StatusNotFound)
				return
			}
		default:
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		tag := fmt.Sprintf(`"%d"`, i)
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		var b strings.Builder
		fmt.Fprintf(&b, "<html><head><title>Page %d</title></head><body>", i)
		for j := range 20 {
			fmt.Fprintf(&b, `<a href="/help/how-to-do-number-%d">another</a> `, (i*20+j+1)%n)
		}
		fmt.Fprintf(&b, "<h1>Page %d</h1>%s</body></html>", i, text)
		io.WriteString(w, b.String())
	})
	return s
}

// ledger is a connectors.Position whose notes lie in a file, so that they do not
// count as the crawler's memory. It keeps what the contract says and nothing else.
type ledger struct {
	t         testing.TB
	mu        sync.Mutex
	file      *os.File
	end       int64
	notes     map[uint64]place // by the key's hash, committed
	unsent    map[string]string
	revisions map[uint64][16]byte
	cursor    string
	ids       []string // Known, if it is to be asked
}

type place struct {
	at  int64
	len int32
}

func newLedger(t testing.TB) *ledger {
	f, err := os.CreateTemp(t.TempDir(), "notes")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &ledger{t: t, file: f, notes: map[uint64]place{}, unsent: map[string]string{}, revisions: map[uint64][16]byte{}}
}

func keyOf(s string) uint64 {
	h := sha256.Sum256([]byte(s))
	return binary.BigEndian.Uint64(h[:8])
}

func (l *ledger) Pass() connectors.Pass     { return connectors.Full }
func (l *ledger) Memory() connectors.Memory { return l }
func (l *ledger) Cursor() string            { return l.cursor }

func (l *ledger) Revision(_ context.Context, id string) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r, ok := l.revisions[keyOf(id)]; ok {
		return string(r[:]), nil
	}
	return "", nil
}

func (l *ledger) Known(context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, id := range l.ids {
			if !yield(id, nil) {
				return
			}
		}
	}
}

func (l *ledger) Get(_ context.Context, key string) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if v, ok := l.unsent[key]; ok {
		return v, nil
	}
	p, ok := l.notes[keyOf(key)]
	if !ok {
		return "", nil
	}
	b := make([]byte, p.len)
	_, err := l.file.ReadAt(b, p.at)
	return string(b), err
}

func (l *ledger) Set(key, value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(value) > 4<<10 {
		l.t.Errorf("the note %.60q has %d bytes", key, len(value))
	}
	l.unsent[key] = value
}

// take does with a change what a pipeline does.
func (l *ledger) take(c connectors.Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch c := c.(type) {
	case connectors.Upsert:
		// A short form of the revision, as long as there is room for.
		h := sha256.Sum256([]byte(c.Document.Revision))
		l.revisions[keyOf(c.Document.ID)] = [16]byte(h[:16])
	case connectors.Checkpoint:
		l.commit(c.Cursor)
	case connectors.PassDone:
		l.commit("")
	}
}

func (l *ledger) commit(cursor string) {
	l.cursor = cursor
	for key, value := range l.unsent {
		if value == "" {
			delete(l.notes, keyOf(key))
			continue
		}
		if _, err := l.file.WriteAt([]byte(value), l.end); err != nil {
			l.t.Fatal(err)
		}
		l.notes[keyOf(key)] = place{at: l.end, len: int32(len(value))}
		l.end += int64(len(value))
	}
	clear(l.unsent)
}

// crash forgets what was not committed.
func (l *ledger) crash() { clear(l.unsent) }

func TestTwentyThousandPagesSurviveManyCrashes(t *testing.T) {
	if testing.Short() {
		t.Skip("it crawls 20,000 pages")
	}
	const n = 20_000
	s := largeSite(t, n)
	site := s.open(t, map[string]any{"max_pages": n + 1})
	site.checkpointEvery = 10
	l := newLedger(t)
	times := make(map[string]int, n)
	crashes, done := 0, false
	for !done {
		visits := 0
		for c, err := range site.Pull(t.Context(), l) {
			if err != nil {
				t.Fatal(err)
			}
			l.take(c)
			if up, ok := c.(connectors.Upsert); ok {
				times[up.Document.ID]++
				visits++
			}
			_, done = c.(connectors.PassDone)
			if visits > 800+crashes*13 {
				break
			}
		}
		if !done {
			l.crash()
			crashes++
		}
	}
	if len(times) != n+1 || crashes < 10 {
		t.Errorf("after %d crashes %d pages came, want %d", crashes, len(times), n+1)
	}
	again := 0
	for _, k := range maps.All(times) {
		again += k - 1
	}
	if most := crashes * 101; again > most {
		t.Errorf("%d pages were visited again after %d crashes, at most %d were not behind a checkpoint", again, crashes, most)
	}
	for key := range l.notes {
		for b := range 1000 {
			if key == keyOf(fmt.Sprint("front:", b)) {
				t.Errorf("block %d of the frontier is left", b)
			}
		}
	}
}

// BenchmarkHundredThousand crawls 100,000 pages of 3 KB over loopback without a
// pause and reports what the heap holds after a tenth and at the end, less what the
// test's own position takes. The server runs in the same process.
func BenchmarkHundredThousand(b *testing.B) {
	const n = 99_999 // and the start
	s := largeSite(b, n)
	for b.Loop() {
		l := newLedger(b)
		site := s.open(b, map[string]any{"max_pages": n + 1})
		site.checkpointEvery = 10
		pages, began := 0, time.Now()
		var tenth, whole, paused uint64
		before := heap(&paused)
		for c, err := range site.Pull(b.Context(), l) {
			if err != nil {
				b.Fatal(err)
			}
			l.take(c)
			if _, ok := c.(connectors.Upsert); !ok {
				continue
			}
			switch pages++; pages {
			case n / 10:
				tenth = heap(&paused)
			case n:
				whole = heap(&paused)
			}
		}
		took := time.Since(began) - time.Duration(paused)
		if pages != n+1 {
			b.Fatalf("%d pages came", pages)
		}
		position := heap(&paused) - before
		runtime.KeepAlive(l)
		mb := func(bytes uint64) float64 { return float64(int64(bytes)) / (1 << 20) }
		b.ReportMetric(float64(pages)/took.Seconds(), "pages/s")
		b.ReportMetric(mb(tenth-before), "MB-at-10000")
		b.ReportMetric(mb(whole-before-position), "MB-at-100000")
		b.ReportMetric(mb(position), "MB-position")
	}
}

// heap returns the bytes that are in use after a collection, and counts the time
// that it took.
func heap(paused *uint64) uint64 {
	at := time.Now()
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	*paused += uint64(time.Since(at))
	return m.HeapAlloc
}
