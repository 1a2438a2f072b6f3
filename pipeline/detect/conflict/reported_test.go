package conflict

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"freshet/pipeline/detect/bench"
)

// TestCopiesOfRamdocs says how many of 200 copies of passages of conflict-en-ramdocs
// with one value changed are flagged. It is a report: nothing is chosen by it.
func TestCopiesOfRamdocs(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads a data set")
	}
	f, err := os.Open("../../../../shared/data/conflict-en-ramdocs/ramdocs.jsonl")
	if err != nil {
		t.Skip("there is no ../shared/data: ", err)
	}
	defer f.Close()
	var passages []bench.Passage
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var row struct{ Documents []struct{ Text string } }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		for _, d := range row.Documents {
			passages = append(passages, bench.Passage{Page: fmt.Sprint(len(passages)), Text: d.Text})
		}
	}
	copies := bench.Copies(passages, 200, rand.New(rand.NewPCG(1, 2)))
	c := New(Context{})
	found := 0
	missed := map[string]int{}
	for _, p := range copies {
		ok := false
		for _, pair := range c.Compare(sideOf(c, "a", p.Of.Text), sideOf(c, "b", p.Text)) {
			ok = ok || pair.Tier == Likely
		}
		if ok {
			found++
		} else {
			missed[p.Type]++
		}
	}
	t.Logf("%d of %d copies with one value changed are flagged as likely; missed by type: %v", found, len(copies), missed)
	if 10*found < 9*len(copies) {
		t.Errorf("%d of %d, want nine in ten", found, len(copies))
	}
}
