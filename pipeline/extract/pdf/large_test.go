package pdf

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"freshet/pipeline/extract"
)

// large is a file of many pages with much text on each, and more objects.
func large(n int, more ...string) []byte {
	var content strings.Builder
	content.WriteString("BT /F1 9 Tf 11 TL 40 760 Td ")
	for line := range 60 {
		fmt.Fprintf(&content, "(Line %d of a page that says how the office opens on days like these and others) ' ", line)
	}
	content.WriteString("ET")
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "", helvetica}
	var kids strings.Builder
	for range n {
		fmt.Fprintf(&kids, "%d 0 R ", len(objects)+1)
		objects = append(objects, fmt.Sprintf("<</Type/Page/Parent 2 0 R/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>", len(objects)+2), deflated(content.String()))
	}
	objects[1] = fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d/MediaBox[0 0 612 792]>>", kids.String(), n)
	return file(append(objects, more...)...)
}

func TestMemoryOfManyLargeFilesIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads 100 large files")
	}
	const files, pages, limit = 100, 8, 512 << 20
	b := large(pages, stream("/Subtype/Image/Filter/DCTDecode", strings.Repeat("picture ", 512<<10)))
	r := newReader(t, Options{Parallel: 2})
	var most, words atomic.Int64
	watching, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-watching:
				return
			case <-time.After(5 * time.Millisecond):
				r.mu.Lock()
				for _, c := range r.idle {
					most.Store(max(most.Load(), resident(c.cmd.Process.Pid)))
				}
				r.mu.Unlock()
			}
		}
	}()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for range files / 2 {
				text, err := r.Read(t.Context(), b, extract.Options{Limits: extract.Limits{Memory: limit}})
				if err != nil {
					t.Error(err)
					return
				}
				words.Add(int64(len(text.Plain())))
			}
		})
	}
	all.Wait()
	close(watching)
	<-done
	runtime.GC()
	runtime.ReadMemStats(&after)
	t.Logf("%d files of %d KB and %d pages: %d MB of text; a process had %d MB at most between two files, this one grew by %d KB",
		files, len(b)>>10, pages, words.Load()>>20, most.Load()>>20, (int64(after.HeapAlloc)-int64(before.HeapAlloc))>>10)
	if most.Load() > limit {
		t.Errorf("a process had %d MB; the limit is %d", most.Load()>>20, limit>>20)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 32<<20 {
		t.Errorf("the parent keeps %d MB", grown>>20)
	}
	if words.Load() == 0 {
		t.Error("nothing was read")
	}
}

// BenchmarkFile reads a file of 20 pages in this process.
func BenchmarkFile(b *testing.B) {
	data := large(20)
	l := extract.Limits{}.WithDefaults()
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := read(b.Context(), data, nil, l); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(20*float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}

// BenchmarkChildren reads the files of pdf.js in child processes.
func BenchmarkChildren(b *testing.B) {
	dir, files := index(b)
	contents := make([][]byte, 0, len(files))
	for _, f := range files {
		contents = append(contents, load(b, dir, f.File))
	}
	r := newReader(b, Options{})
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Read(b.Context(), contents[n%len(contents)], extract.Options{}); err != nil && reasonOf(err) == "" {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "files/s")
}
