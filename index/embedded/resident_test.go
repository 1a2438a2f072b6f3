package embedded

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"freshet/index"
)

// BenchmarkResident opens the snapshot in a process of its own, asks every
// question, and reports the memory that is resident then and was at most.
func BenchmarkResident(b *testing.B) {
	c := benchCorpus(b)
	list := filepath.Join(b.TempDir(), "questions")
	f, err := os.Create(list)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	for _, q := range c.questions {
		for _, t := range q.Index() {
			fmt.Fprintf(w, "%d:%g ", t.ID, t.Value)
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	f.Close()
	for b.Loop() {
		child := exec.Command(os.Args[0], "-test.run=^TestResidentChild$", "-test.v")
		child.Env = append(os.Environ(), "EMBEDDED_RESIDENT_DIR="+c.dir, "EMBEDDED_RESIDENT_QUESTIONS="+list)
		out, err := child.CombinedOutput()
		if err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		for _, line := range strings.Split(string(out), "\n") {
			var now, most float64
			if _, err := fmt.Sscanf(line, "resident %f most %f", &now, &most); err == nil {
				b.ReportMetric(now, "MB-resident")
				b.ReportMetric(most, "MB-at-most")
			}
		}
	}
}

// TestResidentChild is the process that BenchmarkResident measures.
func TestResidentChild(t *testing.T) {
	dir := os.Getenv("EMBEDDED_RESIDENT_DIR")
	if dir == "" {
		t.Skip("only as a child of BenchmarkResident")
	}
	s := open(t, Options{Dir: dir, Space: benchSpace})
	f, err := os.Open(os.Getenv("EMBEDDED_RESIDENT_QUESTIONS"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		q := index.Query{Base: "help", Limit: 50}
		for _, field := range strings.Fields(lines.Text()) {
			var term index.Term
			if _, err := fmt.Sscanf(field, "%d:%g", &term.ID, &term.Value); err != nil {
				t.Fatal(err)
			}
			q.Lexical = append(q.Lexical, term)
		}
		if _, err := s.Search(t.Context(), []index.Query{q}); err != nil {
			t.Fatal(err)
		}
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("this system does not tell what is resident")
	}
	fmt.Printf("resident %.0f most %.0f\n", kilobytes(status, "VmRSS:")/1000, kilobytes(status, "VmHWM:")/1000)
}

func kilobytes(status []byte, key string) float64 {
	_, rest, _ := strings.Cut(string(status), key)
	n, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	return n * 1.024
}
