package embedded

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"freshet/index"
	"freshet/index/indextest"
)

// unmerged are limits under which the keeper leaves segments alone.
func unmerged() Options {
	return Options{Space: testSpace, MergeAt: 1 << 20, QuietMergeAt: -1}
}

func judge(t *testing.T, s *Store, oracle *indextest.Oracle, maker *indextest.Maker, n int) {
	t.Helper()
	must(t, indextest.SameContent(t.Context(), s, oracle))
	for range n {
		q := maker.Query()
		results, err := s.Search(t.Context(), []index.Query{q})
		must(t, err)
		// The maker's weights are whole steps, so quantising loses nothing.
		if err := oracle.Judge(q, results[0], 1e-5); err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
	}
}

// What happens to chunks while their segments are being merged is not lost.
func TestAMergeCatchesUpWithTheWritesBesideIt(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			s, oracle := open(t, unmerged()), indextest.NewOracleIn(testSpace)
			maker := indextest.NewMaker(seed, testSpace)
			maker.Bases = []string{"help"}
			seq, err := maker.Operate(t.Context(), 60, 80, 1, s, oracle)
			must(t, err)
			inputs := s.state.Load().bases["help"][1:]
			m := merge(inputs, testSpace.Dimension, 4, func() {})
			_, err = maker.Operate(t.Context(), 10+int(seed)*8, 80, seq, s, oracle)
			must(t, err)
			before := len(s.state.Load().bases["help"])
			s.publish(m)
			if after := len(s.state.Load().bases["help"]); after > before && len(inputs) > 1 {
				t.Fatalf("%d segments before, %d after", before, after)
			}
			judge(t, s, oracle, maker, 30)
		})
	}
}

func TestRandomOperationsWithMergesAndReopening(t *testing.T) {
	for seed := range uint64(3) {
		o := tiny(t.TempDir())
		o.Log = testLog(t)
		s, oracle := open(t, o), indextest.NewOracleIn(testSpace)
		maker := indextest.NewMaker(50+seed, testSpace)
		maker.PerPoint = 8
		seq := int64(1)
		for round := range 8 {
			var err error
			seq, err = maker.Operate(t.Context(), 50, 400, seq, s, oracle)
			must(t, err)
			judge(t, s, oracle, maker, 10)
			if round%3 == 1 {
				must(t, s.Close())
				s = open(t, o)
				judge(t, s, oracle, maker, 10)
			}
			settle(t, s)
			judge(t, s, oracle, maker, 10)
		}
		for base, list := range s.state.Load().bases {
			if small, _ := s.options.smallViews(list); len(small) >= s.options.MergeAt {
				t.Fatalf("%s has %d small segments after all merges", base, len(small))
			}
		}
	}
}

func TestDeadAndPatchedChunksAreRewritten(t *testing.T) {
	s := open(t, Options{Space: testSpace})
	maker := indextest.NewMaker(9, testSpace)
	maker.Bases = []string{"help"}
	points := maker.Points(0, 400, 1)
	must(t, s.Upsert(t.Context(), points))
	var ids []index.ChunkID
	for _, p := range points {
		ids = append(ids, p.ID)
	}
	must(t, s.Delete(t.Context(), ids[:60], 1))
	settle(t, s)
	if v := s.state.Load().bases["help"][0]; v.seg.len() != 400 || v.deaths != 60 {
		t.Fatalf("%d chunks, %d dead: rewritten too early", v.seg.len(), v.deaths)
	}
	must(t, s.Patch(t.Context(), ids[60:110], maker.Payload(), 2))
	settle(t, s)
	waitFor(t, func() bool {
		v := s.state.Load().bases["help"][0]
		return v.seg.len() == 340 && v.waste() == 0
	})
}

// A chunk that is patched again and again must not fill the memory with payloads
// that nobody refers to.
func TestPatchingOneChunkForeverKeepsFewPayloads(t *testing.T) {
	s := open(t, Options{Space: testSpace})
	maker := indextest.NewMaker(10, testSpace)
	points := maker.Points(0, 3, 1)
	must(t, s.Upsert(t.Context(), points))
	for seq := range int64(500) {
		must(t, s.Patch(t.Context(), []index.ChunkID{points[0].ID}, maker.Payload(), seq+2))
	}
	waitFor(t, func() bool {
		return len(s.state.Load().bases[points[0].Base][0].patches.extra) <= 17
	})
}

// Writing in small calls rewrites a chunk a logarithmic number of times, so a
// rebuild is not quadratic.
func TestMergingRewritesAChunkFewTimes(t *testing.T) {
	o := Options{}.complete()
	for _, batch := range []int{1, 7, 64, 1200} {
		var list []*view
		written, merged := 0, 0
		total := 40_000
		if batch == 1 {
			total = 10_000
		}
		for ; written < total; written += batch {
			list = append(list, &view{seg: &segment{ids: make([]index.ChunkID, batch)}})
			for inputs := o.choose(list); inputs != nil; inputs = o.choose(list) {
				n := 0
				taken := map[*view]bool{}
				for _, v := range inputs {
					n += v.alive()
					taken[v] = true
				}
				left := []*view{{seg: &segment{ids: make([]index.ChunkID, n)}}}
				for _, v := range list {
					if !taken[v] {
						left = append(left, v)
					}
				}
				list, merged = left, merged+n
			}
			if len(list) > o.MergeAt+4 {
				t.Fatalf("calls of %d: %d segments", batch, len(list))
			}
		}
		if times := float64(merged) / float64(written); times > 8 {
			t.Errorf("calls of %d: a chunk is rewritten %.1f times", batch, times)
		}
	}
}

func TestAQuietStoreJoinsItsSegments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(Options{Space: index.Space{}})
		if err != nil {
			t.Fatal(err)
		}
		maker := indextest.NewMaker(1, index.Space{})
		for i := range 10 {
			if err := s.Upsert(t.Context(), maker.Points(20*i, 20, int64(i+1))); err != nil {
				t.Fatal(err)
			}
		}
		count := func() (n int) {
			for _, list := range s.state.Load().bases {
				n = max(n, len(list))
			}
			return n
		}
		if n := count(); n < 3 {
			t.Fatalf("there are only %d segments to begin with", n)
		}
		time.Sleep(2 * quietAfter)
		synctest.Wait()
		if n := count(); n >= 3 {
			t.Errorf("%d segments are left after a quiet while", n)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
