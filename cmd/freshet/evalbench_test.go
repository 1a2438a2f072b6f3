package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"freshet/pipeline/detect/bench"
)

// The half that measures shows figures and no sentence; what was missed stands in the
// file that was asked for.
func TestTheBenchRunsThroughTheWholeProgram(t *testing.T) {
	w := newWorld(t)
	out := filepath.Join(w.dir, "lists.jsonl")
	shown := w.ok("eval", "conflicts", "--bench", "held", "--seed", "3", "--out", out)
	set, err := bench.Generate(bench.Held, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range set.Plants {
		if strings.Contains(shown, p.ID) || p.A.Quote != "" && strings.Contains(shown, p.A.Quote) {
			t.Fatalf("%s is shown:\n%s", p.ID, shown)
		}
	}
	for _, row := range []string{"copies", "reworded", "yes/no", "drift", "expired", "duplicates", "asked: 0.97 and 0.93"} {
		if !strings.Contains(shown, row) {
			t.Errorf("no word of %q in\n%s", row, shown)
		}
	}
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	n := 0
	for ; lines.Scan(); n++ {
		var l benchLine
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil || (l.Miss == nil) == (l.Flag == nil) {
			t.Errorf("%s: %v", lines.Bytes(), err)
		}
	}
	if n == 0 {
		t.Error("nothing was missed and nothing was false, which no rules can claim")
	}
	if _, err := os.Stat(w.data); !os.IsNotExist(err) {
		t.Error("the bench touched the data directory")
	}
}

func TestTheBenchNeedsAHalf(t *testing.T) {
	w := newWorld(t)
	for _, args := range [][]string{{"eval", "conflicts"}, {"eval", "conflicts", "--bench", "train"}} {
		if r := w.run(args...); r.status != exitUsage || !strings.Contains(r.errors, "dev") {
			t.Errorf("%v: status %d, %s", args, r.status, r.errors)
		}
	}
}
