package word

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"freshet/connectors/connectortest"
	"freshet/pipeline/extract"
)

// manual writes the body of a document as a program for manuals would: headings, text
// in several runs, lists and tables; about 45 words a paragraph.
func manual(paragraphs int) string {
	r := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("the contract of each customer begins on the day that follows the signature and may be ended in writing with one month of notice unless the tariff says otherwise")
	some := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(words[r.IntN(len(words))])
			fmt.Fprintf(&b, "%d ", r.IntN(1000))
		}
		return b.String()
	}
	var b strings.Builder
	const properties = `<w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/><w:sz w:val="22"/><w:lang w:val="en-GB"/></w:rPr>`
	for i := range paragraphs {
		if i%10 == 0 {
			b.WriteString(p("Heading2", run(some(5))))
		}
		if i%7 == 0 {
			b.WriteString(item(2, 0, some(12)) + item(2, 1, some(8)))
		}
		if i%20 == 0 {
			b.WriteString(tbl("A|B|C", some(2)+"|"+some(3)+"|"+some(1), some(2)+"|"+some(3)+"|"+some(1), some(2)+"|"+some(3)+"|"+some(1)))
		}
		fmt.Fprintf(&b, `<w:p w:rsidR="00A1%04X" w:rsidRDefault="00B2%04X"><w:pPr><w:spacing w:after="120"/><w:jc w:val="both"/></w:pPr>`, i, i)
		for range 3 {
			fmt.Fprintf(&b, `<w:r w:rsidRPr="00C3%04X">%s<w:t xml:space="preserve">%s</w:t></w:r>`, i, properties, some(15))
		}
		b.WriteString(`</w:p>`)
	}
	return b.String()
}

func manualFile(t testing.TB, paragraphs int, parts ...string) []byte {
	name, content := styled(headings + numbered)
	return docx(t, manual(paragraphs), append([]string{name, content, "word/numbering.xml", lists}, parts...)...)
}

// TestManyLargeDocumentsTakeBoundedMemory reads 100 files of 5 MB, most of it pictures
// as in real ones, with 1 MB of XML, two at a time.
func TestManyLargeDocumentsTakeBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	picture := make([]byte, 5<<20)
	rng := rand.NewChaCha8([32]byte{})
	_, _ = rng.Read(picture)
	b := manualFile(t, 600, "word/media/image1.png", string(picture))
	runtime.GC()
	before, peak := heap(), atomic.Uint64{}
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(2 * time.Millisecond):
				peak.Store(max(peak.Load(), heap()))
			}
		}
	}()
	files := make(chan struct{}, 100)
	for range 100 {
		files <- struct{}{}
	}
	close(files)
	errs := make(chan error, 2)
	for range 2 {
		go func() {
			var err error
			for range files {
				if _, e := Read(t.Context(), b, extract.Options{}); e != nil {
					err = e
				}
			}
			errs <- err
		}()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	close(done)
	runtime.GC()
	const mb = 1 << 20
	t.Logf("a file has %d bytes; the heap grew by at most %d MB while two were read, by %d kB after 100", len(b), (peak.Load()-before)/mb, (int64(heap())-int64(before))/1024)
	if grown := peak.Load() - before; grown > 100*mb {
		t.Errorf("the heap grew by %d MB", grown/mb)
	}
	if kept := int64(heap()) - int64(before); kept > mb {
		t.Errorf("%d bytes stay", kept)
	}
}

// TestTheLargestDocumentStaysWithinItsMemory reads what just passes the limits.
func TestTheLargestDocumentStaysWithinItsMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	for why, body := range map[string]string{
		"cells":      "<w:tbl>" + strings.Repeat("<w:tr>"+strings.Repeat("<w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>", 100)+"</w:tr>", 1999) + "</w:tbl>",
		"paragraphs": strings.Repeat(p("", run("x")), 499_000),
	} {
		b := docx(t, body)
		runtime.GC()
		before := heap()
		text, err := Read(t.Context(), b, extract.Options{Limits: extract.Limits{Ratio: 10_000}})
		if err != nil {
			t.Fatalf("%s: %v", why, err)
		}
		grown := heap() - before
		t.Logf("%s: the heap grew by %d MB", why, grown>>20)
		if grown > 512<<20 {
			t.Errorf("%s: the heap grew by %d MB", why, grown>>20)
		}
		runtime.KeepAlive(text)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkRead reads a manual of about 30 pages on all processors.
func BenchmarkRead(b *testing.B) {
	file := manualFile(b, 270)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := Read(b.Context(), file, extract.Options{}); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "files/s")
}

// BenchmarkReadOfDocling reads the Word files of the evaluation data.
func BenchmarkReadOfDocling(b *testing.B) {
	names, err := filepath.Glob(filepath.Join(connectortest.DataPath(b, "files-docling/docx/sources"), "*.docx"))
	if err != nil || len(names) == 0 {
		b.Fatal("no Word files: ", err)
	}
	var files [][]byte
	for _, name := range names {
		file, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		files = append(files, file)
	}
	b.ReportAllocs()
	var next atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			file := files[int(next.Add(1))%len(files)]
			if _, err := Read(b.Context(), file, extract.Options{}); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "files/s")
}
