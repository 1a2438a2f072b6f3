package embedded

import (
	"bytes"
	"context"
	"errors"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"freshet/index"
	"freshet/index/indextest"
)

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for range 1000 {
		if done() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("it does not happen")
}

func TestTermsOfNoOrNegativeValueMakeHitsToo(t *testing.T) {
	space := index.Space{}
	s, oracle := open(t, Options{Space: space}), indextest.NewOracle()
	maker := indextest.NewMaker(11, space)
	points := maker.Points(0, 300, 1)
	must(t, s.Upsert(t.Context(), points))
	must(t, oracle.Upsert(t.Context(), points))
	for i := range 60 {
		q := maker.Query()
		for j := range q.Lexical {
			switch (i + j) % 3 {
			case 0:
				q.Lexical[j].Value = 0
			case 1:
				q.Lexical[j].Value *= -1
			}
		}
		results, err := s.Search(t.Context(), []index.Query{q})
		must(t, err)
		want, err := oracle.Search(t.Context(), []index.Query{q})
		must(t, err)
		if len(want[0].Hits) != len(results[0].Hits) {
			t.Fatalf("%d hits, want %d", len(results[0].Hits), len(want[0].Hits))
		}
		// Values that cancel out leave rounding alone, so the difference is absolute.
		for j, h := range results[0].Hits {
			if math.Abs(float64(h.Score-want[0].Hits[j].Score)) > 1e-4 {
				t.Fatalf("hit %d has score %v, want %v", j, h.Score, want[0].Hits[j].Score)
			}
		}
	}
	// Nothing may be left over for the searches that follow.
	judge(t, s, oracle, maker, 20)
}

func TestVectorsThatCannotBeMeantAreRefused(t *testing.T) {
	s := open(t, Options{Space: testSpace})
	nan := float32(math.NaN())
	for name, p := range map[string]index.Point{
		"terms that do not ascend": {Lexical: index.SparseVector{IDs: []uint32{4, 3}, Values: []float32{1, 1}}},
		"a term twice":             {Lexical: index.SparseVector{IDs: []uint32{4, 4}, Values: []float32{1, 1}}},
		"a weight below 0":         {Lexical: index.SparseVector{IDs: []uint32{4}, Values: []float32{-0.1}}},
		"a weight above the most":  {Lexical: index.SparseVector{IDs: []uint32{4}, Values: []float32{2.3}}},
		"a weight that is none":    {Lexical: index.SparseVector{IDs: []uint32{4}, Values: []float32{nan}}},
		"a direction that is none": {Dense: []float32{1, nan, 0, 0, 0}},
		"an endless direction":     {Dense: []float32{1, float32(math.Inf(1)), 0, 0, 0}},
	} {
		if err := s.Upsert(t.Context(), []index.Point{p}); !errors.Is(err, index.ErrSpace) {
			t.Errorf("%s: error %v, want ErrSpace", name, err)
		}
	}
	if stats, err := s.Stats(t.Context()); err != nil || stats.Points != 0 {
		t.Fatalf("%+v, %v", stats, err)
	}
}

func TestQuantisingKeepsSmallWeights(t *testing.T) {
	for value, want := range map[float32]uint8{0: 0, 1e-9: 1, 0.004: 1, 1.1: 128, 2.1999: 255, 2.2: 255, 2.2001: 255} {
		if got := quantise(value); got != want {
			t.Errorf("%v becomes %d, want %d", value, got, want)
		}
	}
}

func TestVerdictsOfAFilterAreForgottenWhenThereAreTooMany(t *testing.T) {
	c := newFilterCache(2)
	a := c.get("a", 40)
	a.note(17, true)
	a.note(18, false)
	c.get("b", 40)
	if c.get("a", 40) != a {
		t.Fatal("a is forgotten too early")
	}
	c.get("c", 40)
	if len(c.known) != 2 || c.known["b"] != nil {
		t.Fatalf("%d filters are kept, b among them: %v", len(c.known), c.known["b"] != nil)
	}
	for ref, want := range map[int][2]bool{16: {false, false}, 17: {true, true}, 18: {false, true}, 19: {false, false}} {
		if passes, known := a.look(ref); passes != want[0] || known != want[1] {
			t.Errorf("payload %d: %v %v", ref, passes, known)
		}
	}
	if grown := c.get("a", 4000); len(grown.words)*16 < 4000 {
		t.Fatal("the verdicts have no place for new payloads")
	}
}

// Close may come at any moment; what runs either ends well or says that the store
// is closed.
func TestCloseBesideEverything(t *testing.T) {
	for range 20 {
		s, err := Open(tiny(t.TempDir()))
		must(t, err)
		var group sync.WaitGroup
		for worker := range uint64(3) {
			group.Go(func() {
				maker := indextest.NewMaker(worker, testSpace)
				for seq := int64(1); ; seq += 10 {
					_, err := maker.Operate(context.Background(), 10, 300, seq, s)
					if err == nil {
						_, err = s.Search(context.Background(), []index.Query{maker.Query()})
					}
					if err == nil {
						_, err = indextest.AllStamps(context.Background(), s)
					}
					if err != nil {
						if !errors.Is(err, index.ErrUnavailable) {
							t.Errorf("error %v, want ErrUnavailable", err)
						}
						return
					}
				}
			})
		}
		time.Sleep(5 * time.Millisecond)
		must(t, s.Close())
		group.Wait()
	}
}

// A loop over stamps holds on to one state, whatever is written meanwhile.
func TestAStateThatIsInUseNeverChanges(t *testing.T) {
	s := open(t, unmerged())
	maker := indextest.NewMaker(12, testSpace)
	points := maker.Points(0, 40, 1)
	must(t, s.Upsert(t.Context(), points))
	must(t, s.Delete(t.Context(), []index.ChunkID{points[0].ID}, 1))
	must(t, s.Patch(t.Context(), []index.ChunkID{points[1].ID}, maker.Payload(), 2))
	before, err := indextest.AllStamps(t.Context(), s)
	must(t, err)
	greatest := index.ChunkID(bytes.Repeat([]byte{0xff}, 16))
	var seen []index.StampedID
	for stamp, err := range s.Stamps(t.Context(), index.ChunkID{}, greatest) {
		must(t, err)
		seen = append(seen, stamp)
		if len(seen) == 1 {
			for _, p := range points[:30] {
				must(t, s.Patch(t.Context(), []index.ChunkID{p.ID}, maker.Payload(), 3))
				must(t, s.Delete(t.Context(), []index.ChunkID{p.ID}, 3))
			}
		}
	}
	if d := cmp.Diff(before, seen); d != "" {
		t.Fatalf("the loop saw writes: %s", d)
	}
	if after, err := indextest.AllStamps(t.Context(), s); err != nil || len(after) != 10 {
		t.Fatalf("%d stamps after the loop, %v", len(after), err)
	}
}
