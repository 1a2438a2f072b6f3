package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
)

// large fills a base with so many pages of ten passages, findings and questions.
func (w *world) large(pages, findings, questions int) {
	w.Helper()
	w.at(time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC))
	for i := range 10 {
		w.source(fmt.Sprint("s", i), fmt.Sprintf("owner%d@example.org", i), 60*day)
	}
	const batch = 500
	for from := 0; from < pages; from += batch {
		source := fmt.Sprint("s", from/batch%10)
		b := &catalog.Batch{Source: source, Pass: 1}
		for i := from; i < min(pages, from+batch); i++ {
			b.Changes = append(b.Changes, largePage(source, i))
		}
		_, err := w.c.Apply(w.ctx, b)
		must(w, err)
	}
	w.at(october(2, 0))
	var found catalog.Detection
	for i := range findings {
		kind := []index.FindingKind{index.Conflicting, index.Stale, index.Duplicate}[i%3]
		f := index.Finding{ID: fmt.Sprintf("f%06d", i), Kind: kind, Rule: "value", Type: "money", Severity: float64(i%97) / 97, Suggested: 0, Owners: []string{fmt.Sprintf("owner%d@example.org", i%10)},
			Found: october(1+i%28, 0), Title: map[string]string{"fr": fmt.Sprint("Valeur ", i), "en": fmt.Sprint("Value ", i)}}
		for m := range 4 {
			f.Members = append(f.Members, w.member(fmt.Sprint("s", m), fmt.Sprint("p", i), "Une page", "Le prix est de "+strconv.Itoa(m)+" € par mois.", strconv.Itoa(m)+" €"))
		}
		f.Base, f.Tier, f.State = "aide", index.Likely, index.Undecided
		found.Findings = append(found.Findings, catalog.Detected{Finding: f})
	}
	must(w, w.c.Detect(w.ctx, &found))
	var list []catalog.Query
	for i := range questions {
		list = append(list, catalog.Query{ID: fmt.Sprint("q", i), Base: "aide", At: october(1+i%28, i%24), State: []string{"found", "none", "uncertain"}[i%3], Text: fmt.Sprintf("question %d sur le sujet %d", i%700, i%900),
			Served: []byte(`{"hits":[{"key":"` + catalog.NewDocumentKey("s0", fmt.Sprint("p", i%500), 0) + `"}]}`)})
	}
	must(w, w.c.LogQueries(w.ctx, list))
	w.at(november.Add(time.Hour))
}

func largePage(source string, i int) catalog.Change {
	id := fmt.Sprint("p", i)
	d := catalog.Document{Key: catalog.NewDocumentKey(source, id, 0), Source: source, ExternalID: id, Base: "aide", State: catalog.Present, Revision: "1", TextHash: index.HashTexts("test", id),
		Details: catalog.Details{Title: "Page " + id, URI: "https://aide.example.org/" + id, Access: connectors.Public(), Locale: "fr", Modified: october(1, 0).Add(-time.Duration(i%120) * day)}}
	c := catalog.Change{Document: d, Outcome: catalog.New, Content: true, Text: []byte(`{}`)}
	for n := range 10 {
		text := fmt.Sprintf("Passage %d de la page %s", n, id)
		ch := index.Chunk{ID: index.NewChunkID(d.Key, nil, text, 0), Document: d.Key, Ord: n, Kind: index.Prose, Title: d.Details.Title, Text: text, Locale: "fr", Words: 6}
		ch.Input = ch.InputHash("test")
		c.Chunks = append(c.Chunks, ch)
	}
	return c
}

func TestTenThousandFindings(t *testing.T) {
	if testing.Short() {
		t.Skip("ten thousand findings take some seconds")
	}
	w := newWorld(t, "")
	w.large(1000, 10_000, 3000)
	r := w.october()
	if r.Summary.Open != 10_000 || r.Conflicts.Total != 3334 || r.Summary.Pages != 1000 || r.Summary.Passages != 10_000 {
		t.Errorf("%d open, %d conflicts, %d pages, %d passages", r.Summary.Open, r.Conflicts.Total, r.Summary.Pages, r.Summary.Passages)
	}
	sum := 0
	for _, o := range r.Owners {
		sum += o.Summary.Open
		mine := r.For(o.Owner, 0)
		if mine.Conflicts.Total != o.Totals[Conflicts] || len(mine.Conflicts.Lines) != min(1000, mine.Conflicts.Total) {
			t.Errorf("%s has %d conflicts, %d in lines", o.Owner, mine.Conflicts.Total, len(mine.Conflicts.Lines))
		}
		for i, l := range mine.Conflicts.Lines {
			if i > 0 && l.Priority > mine.Conflicts.Lines[i-1].Priority {
				t.Fatal("the less important comes first")
			}
		}
	}
	if sum != 10_000 {
		t.Errorf("owners have %d together", sum)
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "audit.html"))
	must(t, err)
	must(t, HTML(file, r, RenderOptions{Language: "fr"}))
	info, err := file.Stat()
	must(t, err)
	must(t, file.Close())
	if info.Size() > 4<<20 {
		t.Errorf("the page has %d KB", info.Size()>>10)
	}
}

// BenchmarkAudit makes the audit of 10,000 pages with 100,000 passages, 1,000 findings
// and 20,000 questions, and reports the most memory that was in use above the start.
func BenchmarkAudit(b *testing.B) {
	w := newWorld(b, "")
	w.large(10_000, 1000, 20_000)
	m := w.maker()
	p, err := periodOf("2026-10", time.UTC, w.clock())
	must(b, err)
	var peak uint64
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	b.ReportAllocs()
	for b.Loop() {
		stop := make(chan struct{})
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				var s runtime.MemStats
				runtime.ReadMemStats(&s)
				peak = max(peak, s.HeapAlloc)
				select {
				case <-stop:
					return
				case <-time.After(20 * time.Millisecond):
				}
			}
		}()
		_, err := m.gather(w.ctx, "aide", p, w.clock())
		must(b, err)
		close(stop)
		<-done
	}
	b.ReportMetric(float64(peak-min(peak, before.HeapAlloc))/(1<<20), "peak-MB")
}
