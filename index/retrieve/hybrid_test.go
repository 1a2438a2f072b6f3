package retrieve

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"

	"freshet/index"
)

func fixed(v ...float32) Embed {
	return func(context.Context, string) ([]float32, error) { return v, nil }
}

func broken(context.Context, string) ([]float32, error) { return nil, errors.New("down") }

// hitsOf makes a list of scores by ID, best first.
func hitsOf(scores ...float32) func(ids ...byte) []index.Hit {
	return func(ids ...byte) []index.Hit {
		list := make([]index.Hit, len(ids))
		for i, id := range ids {
			list[i] = index.Hit{ID: index.ChunkID{id}, Score: scores[i]}
		}
		return list
	}
}

func TestFusionIsConvexOnRawScores(t *testing.T) {
	f := Fusion{Share: 0.4}
	list, spread := f.fuse(hitsOf(10, 5)(1, 2), hitsOf(0.9, 0.6, 0.5)(3, 2, 4), 3)
	if math.Abs(spread-0.4) > 1e-6 {
		t.Errorf("spread %v, want 0.4", spread)
	}
	want := []struct {
		id            byte
		score, cosine float64
		embedded      bool
	}{{1, 0.6, 0, false}, {2, 0.6*0.5 + 0.4*0.12/0.42, 0.6, true}, {3, 0.4, 0.9, true}, {4, 0.4 * 0.02 / 0.42, 0.5, true}}
	slices.SortFunc(want, func(a, b struct {
		id            byte
		score, cosine float64
		embedded      bool
	}) int {
		return compareScores(a.score, b.score)
	})
	if len(list) != len(want) {
		t.Fatalf("%d passages, want %d", len(list), len(want))
	}
	for i, w := range want {
		got := list[i]
		if got.id[0] != w.id || math.Abs(got.score-w.score) > 1e-6 || math.Abs(got.dense-w.cosine) > 1e-6 || got.embedded != w.embedded {
			t.Errorf("place %d: passage %d, score %.3f, cosine %.3f, embedded %v; want %+v", i, got.id[0], got.score, got.dense, got.embedded, w)
		}
	}
}

func TestCosinesThatLieTogetherTellLessThanTheSpreadThatWasLearnt(t *testing.T) {
	words, meaning := hitsOf(10, 9)(1, 2), hitsOf(0.80, 0.70)(2, 1)
	for spread, first := range map[float64]byte{0: 2, 0.5: 1} {
		f := Fusion{Share: 0.3, Spread: spread}
		if list, _ := f.fuse(words, meaning, 2); list[0].id[0] != first {
			t.Errorf("spread %v: passage %d is first, want %d", spread, list[0].id[0], first)
		}
	}
}

func TestAPassageWhoseVectorIsPendingIsNotPushedDown(t *testing.T) {
	f := Fusion{Share: 0.3}
	// Four vectors are all there is: passage 1, the best by words, has none yet.
	list, _ := f.fuse(hitsOf(10, 6, 5)(1, 2, 3), hitsOf(0.9, 0.8, 0.5, 0.3)(2, 3, 4, 5), 50)
	if list[0].id[0] != 1 {
		t.Errorf("passage %d is first, want the one whose vector is pending", list[0].id[0])
	}
	// Where the list is cut off, it is known to be further away than all in it.
	list, _ = f.fuse(hitsOf(10, 6, 5)(1, 2, 3), hitsOf(0.9, 0.8, 0.5, 0.3)(2, 3, 4, 5), 4)
	if list[0].id[0] != 2 {
		t.Errorf("passage %d is first, want the one that both lists have", list[0].id[0])
	}
}

func TestFusionNeverGivesWhatIsNoNumber(t *testing.T) {
	for name, lists := range map[string][2][]index.Hit{
		"one of each":       {hitsOf(1)(1), hitsOf(0.5)(1)},
		"equal cosines":     {hitsOf(2, 1)(1, 2), hitsOf(0.5, 0.5)(3, 4)},
		"words of weight 0": {hitsOf(0, 0)(1, 2), hitsOf(0.5, 0.4)(3, 4)},
		"negative cosines":  {hitsOf(2, 1)(1, 2), hitsOf(-0.1, -0.4)(3, 1)},
		"meaning alone":     {nil, hitsOf(0.5)(1)},
		"nothing":           {nil, nil},
	} {
		for _, share := range []float64{0, 0.5, 1} {
			f := Fusion{Share: share}
			list, _ := f.fuse(lists[0], lists[1], 50)
			for _, x := range list {
				if math.IsNaN(x.score) || math.IsInf(x.score, 0) || x.score < 0 {
					t.Errorf("%s, share %v: passage %d has score %v", name, share, x.id[0], x.score)
				}
			}
		}
	}
}

func TestWhatWasLearntOfAnotherSpaceIsNotUsed(t *testing.T) {
	w := newWorld(t)
	w.add("word", "", []string{"refund"}, nil)
	w.add("meaning", "", []string{"quokka"}, nil)
	w.dense[w.passages[0].Chunk.ID] = []float32{0, 1}
	w.dense[w.passages[1].Chunk.ID] = []float32{1, 0.1}
	learnt := &Fusion{Fingerprint: "a", Share: 0.9}
	for fingerprint, first := range map[string]string{"a": "meaning", "b": "word"} {
		r := w.retriever(Options{
			Active: func() Active { return Active{Store: w, Embed: fixed(1, 0), Fingerprint: fingerprint} },
			Base:   func(string) (Base, bool) { return Base{Languages: []string{"en"}, Fusion: learnt}, true },
		})
		resp, err := r.Search(t.Context(), Request{Base: "b", Query: "refund"})
		if err != nil || len(resp.Hits) == 0 || resp.Hits[0].Document.Key != first {
			t.Errorf("space %s: %v %v, want %s first", fingerprint, err, keys(resp.Hits), first)
		}
	}
}

func TestADegradedAnswerIsJudgedByTheModelForWords(t *testing.T) {
	w := newWorld(t)
	w.add("d", "", []string{"refund"}, nil)
	w.dense[w.passages[0].Chunk.ID] = []float32{1, 0}
	always := func(bias float64) *Model { return &Model{Bias: bias, Found: 0.6, Uncertain: 0.2} }
	base := Base{Languages: []string{"en"}, Model: always(-9), Fusion: &Fusion{Fingerprint: "a", Share: 0.3, Model: always(9)}}
	for name, c := range map[string]struct {
		embed      Embed
		mode       Mode
		want       State
		confidence float64
	}{
		"hybrid": {fixed(1, 0), Hybrid, Found, 1}, "asked for words": {fixed(1, 0), Lexical, None, 0}, "semantic": {fixed(1, 0), Semantic, Found, 1},
		// What meaning would have found is not denied.
		"degraded": {broken, Hybrid, Uncertain, 0},
	} {
		r := w.retriever(Options{
			Active: func() Active { return Active{Store: w, Embed: c.embed, Fingerprint: "a"} },
			Base:   func(string) (Base, bool) { return base, true },
		})
		resp, err := r.Search(t.Context(), Request{Base: "b", Query: "refund", Mode: c.mode})
		if err != nil || resp.Answer.State != c.want || math.Round(resp.Answer.Confidence) != c.confidence {
			t.Errorf("%s: %v, state %s, confidence %v; want %s, %v", name, err, resp.Answer.State, resp.Answer.Confidence, c.want, c.confidence)
		}
	}
}

// Without a model for hybrid answers, meaning may add passages and change their
// order; what words alone say of the answer stays.
func TestMeaningThatWasNotLearntDoesNotChangeTheStateThatWordsGive(t *testing.T) {
	w := newWorld(t)
	w.add("word", "Refund policy", []string{"refund policy of the shop"}, nil)
	w.add("other", "Opening hours", []string{"we open at nine " + filler(30, "x")}, nil)
	w.add("meaning", "", []string{"quokka"}, nil)
	w.dense[w.passages[0].Chunk.ID] = []float32{0, 1}
	w.dense[w.passages[2].Chunk.ID] = []float32{1, 0}
	r := w.retriever(Options{Active: w.active(fixed(1, 0))})
	answers := map[Mode]Answer{}
	for _, mode := range []Mode{Lexical, Hybrid} {
		resp, err := r.Search(t.Context(), Request{Base: "b", Query: "refund policy", Mode: mode})
		if err != nil {
			t.Fatal(err)
		}
		answers[mode] = resp.Answer
	}
	if l, h := answers[Lexical], answers[Hybrid]; l.State != h.State || math.Abs(l.Confidence-h.Confidence) > 0.05 {
		t.Errorf("by words %s %.3f, hybrid %s %.3f", l.State, l.Confidence, h.State, h.Confidence)
	}
}

func TestWhatOnlyMeaningFindsIsNotDenied(t *testing.T) {
	w := newWorld(t)
	w.add("meaning", "", []string{"quokka"}, nil)
	w.dense[w.passages[0].Chunk.ID] = []float32{1, 0}
	r := w.retriever(Options{Active: w.active(fixed(1, 0))})
	for _, mode := range []Mode{Hybrid, Semantic} {
		resp, err := r.Search(t.Context(), Request{Base: "b", Query: "refund", Mode: mode})
		if err != nil || resp.Answer.State != Uncertain || !slices.Contains(resp.Answer.Reasons, "meaning_not_calibrated") {
			t.Errorf("%s: %v, %s %v", mode, err, resp.Answer.State, resp.Answer.Reasons)
		}
		if len(resp.Hits) != 1 || resp.Hits[0].Scores.Dense != 1 {
			t.Errorf("%s: hits %+v", mode, resp.Hits)
		}
	}
}

func TestDenseFeatures(t *testing.T) {
	w := newWorld(t)
	for i, c := range []float32{0.9, 0.8, 0.7, 0.6, 0.5, 0.4} {
		w.add(string(rune('a'+i)), "", []string{"refund " + filler(10*i, "x")}, nil)
		w.dense[w.passages[i].Chunk.ID] = []float32{c, 0}
	}
	base := Base{Languages: []string{"en"}, Fusion: &Fusion{Share: 0.3, Model: DefaultModel()}}
	r := w.retriever(Options{Active: w.active(fixed(1, 0)), Base: func(string) (Base, bool) { return base, true }})
	resp, err := r.Search(t.Context(), Request{Base: "b", Query: "refund"})
	if err != nil {
		t.Fatal(err)
	}
	f := resp.Answer.Features
	for name, c := range map[string]struct{ got, want float64 }{
		"dense": {f[fDense], 0.9}, "dense_margin": {f[fDenseMargin], 0.4}, "overlap": {f[fOverlap], 1},
	} {
		if math.Abs(c.got-c.want) > 1e-6 {
			t.Errorf("%s is %v, want %v", name, c.got, c.want)
		}
	}
}

func TestTheStandbysAnswerSaysSoAndIsVouchedForAtItsOwnMark(t *testing.T) {
	w := newWorld(t)
	w.add("closed", "", []string{"refund"}, func(p *index.Passage) { p.Chunk.UntilSeq = 7 })
	w.add("open", "", []string{"refund of the shop"}, func(p *index.Passage) { p.Chunk.FromSeq = 7 })
	w.mark = 6 // where the standby is
	r := w.retriever(Options{Active: func() Active { return Active{Store: instead{w}} }})
	resp, err := r.Search(t.Context(), Request{Base: "b", Query: "refund"})
	if err != nil || !slices.Equal(resp.Degraded, []string{DegradedIndex}) || resp.Mark != 6 || !slices.Equal(keys(resp.Hits), []string{"closed"}) {
		t.Errorf("%v, degraded %v, mark %d, hits %v", err, resp.Degraded, resp.Mark, keys(resp.Hits))
	}
}

// instead is a standby.
type instead struct{ *world }

func (s instead) Search(ctx context.Context, queries []index.Query) ([]index.Result, error) {
	results, err := s.world.Search(ctx, queries)
	for i := range results {
		results[i].Standby = true
	}
	return results, err
}

func TestAnEmbedderThatIsAwayIsNoAnswerOfNone(t *testing.T) {
	w := newWorld(t)
	w.add("meaning", "", []string{"quokka"}, nil)
	resp, err := w.retriever(Options{Active: w.active(broken)}).Search(t.Context(), Request{Base: "b", Query: "refund"})
	if err != nil || resp.Answer.State == None || !slices.Equal(resp.Degraded, []string{DegradedEmbedder}) {
		t.Errorf("%v, %s %v, degraded %v", err, resp.Answer.State, resp.Answer.Reasons, resp.Degraded)
	}
}

func TestAnOutageIsLoggedOnceAndItsEnd(t *testing.T) {
	w := newWorld(t)
	w.add("d", "", []string{"refund"}, nil)
	var log bytes.Buffer
	embed := broken
	o := Options{Active: w.active(func(ctx context.Context, q string) ([]float32, error) { return embed(ctx, q) }), Logger: slog.New(slog.NewTextHandler(&log, nil))}
	r := w.retriever(o)
	ask := func(times int) {
		for range times {
			if _, err := r.Search(t.Context(), Request{Base: "b", Query: "refund"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	ask(5)
	embed = fixed(1, 0)
	ask(5)
	if text := log.String(); strings.Count(text, "do without the embedder") != 1 || strings.Count(text, "at hand again") != 1 {
		t.Errorf("log:\n%s", text)
	}
}
