package evaluate

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"freshet/index/retrieve"
)

// dimension of the vectors that the tests make up.
const dimension = 128

// meaning says what made-up vectors know.
type meaning int

const (
	atRandom  meaning = iota // nothing
	justAhead                // for half of the questions the right page is nearest, by lead
	farAhead                 // by far
)

// lead is by how much the right page is just ahead, in cosines. Those of the vectors
// made up here have a standard deviation of 0.09.
const lead = 0.02

// embedAs gives every chunk a vector, and every question one that knows what it is
// to know. The other half of the questions has random vectors.
func (b *bench) embedAs(what meaning, seed uint64) {
	r := rand.New(rand.NewPCG(seed, uint64(what)))
	b.store.dense = make([][]float32, len(b.store.ids))
	for at := range b.store.dense {
		b.store.dense[at] = randomVector(r)
	}
	vectors := make(map[string][]float32, len(b.questions))
	for i, q := range b.questions {
		v := randomVector(r)
		if at := b.firstOf(q); what != atRandom && at >= 0 && i%2 == 0 {
			switch what {
			case justAhead:
				b.moveAhead(v, q, at)
			case farAhead:
				add(v, b.store.dense[at], 1)
			}
		}
		vectors[strings.TrimSpace(q.Question)] = v
	}
	b.embed = func(_ context.Context, question string) ([]float32, error) {
		v, ok := vectors[question]
		if !ok {
			return nil, fmt.Errorf("%q is not one of the questions", question)
		}
		return v, nil
	}
}

func randomVector(r *rand.Rand) []float32 {
	v := make([]float32, dimension)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	add(v, v, 0)
	return v
}

// add moves v towards another and normalises it.
func add(v, to []float32, weight float32) {
	sum := 0.0
	for i := range v {
		v[i] += weight * to[i]
		sum += float64(v[i]) * float64(v[i])
	}
	for i := range v {
		v[i] = float32(float64(v[i]) / math.Sqrt(sum))
	}
}

func cosine(a, b []float32) float32 {
	var sum float32
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// firstOf returns the first chunk of an expected page, -1 when there is none.
func (b *bench) firstOf(q Question) int {
	for at := range b.store.passages {
		if d := &b.store.passages[at].Document; expects(q.Expected, d.ExternalID, d.URL) {
			return at
		}
	}
	return -1
}

// moveAhead moves v until a chunk is nearer by lead than those of all pages that are
// not expected.
func (b *bench) moveAhead(v []float32, q Question, chunk int) {
	for range 1000 {
		nearest := float32(-1)
		for at := range b.store.dense {
			if d := &b.store.passages[at].Document; !expects(q.Expected, d.ExternalID, d.URL) {
				nearest = max(nearest, cosine(v, b.store.dense[at]))
			}
		}
		if cosine(v, b.store.dense[chunk]) > nearest+lead {
			return
		}
		add(v, b.store.dense[chunk], 0.02)
	}
}

// mrr asks every question once.
func (b *bench) mrr(t testing.TB, mode retrieve.Mode, f *retrieve.Fusion) float64 {
	t.Helper()
	lines := make([]Line, len(b.questions))
	for i, q := range b.questions {
		resp, err := b.retriever.Search(t.Context(), retrieve.Request{Base: "b", Query: q.Question, Mode: mode, Limit: 20, Fusion: f})
		if err != nil {
			t.Fatal(err)
		}
		lines[i].Expected = q.Expected
		lines[i].rank(resp.Hits)
	}
	return MRR10(lines)
}

// learnOn learns from the questions of several sets.
func learnOn(t testing.TB, sets ...*bench) retrieve.Fusion {
	t.Helper()
	byName := make(map[string]*bench)
	var trials []Trial
	for _, b := range sets {
		byName[b.name] = b
		trials = append(trials, Trial{b.name, b.questions})
	}
	search := func(ctx context.Context, r retrieve.Request) (retrieve.Response, error) {
		b := byName[r.Base]
		r.Base = "b"
		return b.retriever.Search(ctx, r)
	}
	f, err := LearnFusion(t.Context(), search, trials, retrieve.DefaultFusion(), GoldenStrength)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// draws is how often vectors are made up for a figure.
const draws = 3

// What is learnt on two sets holds on the other two: useless vectors do no harm, and
// vectors that are right for half of the questions do good.
func TestHybridDoesNoHarmAndDoesGood(t *testing.T) {
	skipRaced(t)
	development := []*bench{indexed(servicepublic(t)), indexed(covid(t))}
	reported := []*bench{indexed(cnil(t)), indexed(stackexchange(t))}
	for _, c := range []struct {
		name  string
		what  meaning
		least float64 // gain on each reported set, the mean over the draws
		worst float64 // of one draw
	}{
		{"random vectors", atRandom, -0.01, -0.01},
		{"the right page just ahead for half of the questions", justAhead, 0.05, 0.04},
		{"the right page far ahead for half of the questions", farAhead, 0.05, 0.05},
	} {
		gains := make([]float64, len(reported))
		for draw := range uint64(draws) {
			for _, b := range slices.Concat(development, reported) {
				b.embedAs(c.what, draw)
			}
			f := learnOn(t, development...)
			t.Logf("%s, draw %d: share %.2f, spread %.2f, learnt from %d questions", c.name, draw, f.Share, f.Spread, f.Golden)
			for i, b := range reported {
				words, hybrid := b.mrr(t, retrieve.Lexical, nil), b.mrr(t, retrieve.Hybrid, &f)
				t.Logf("  %-22s mrr@10 by words %.3f, by meaning %.3f, hybrid %.3f (%+.3f), with the default share %+.3f",
					b.name, words, b.mrr(t, retrieve.Semantic, nil), hybrid, hybrid-words, b.mrr(t, retrieve.Hybrid, nil)-words)
				gains[i] += (hybrid - words) / draws
				if hybrid-words < c.worst {
					t.Errorf("%s, %s, draw %d: hybrid gains %+.3f, it must gain %+.3f at least", b.name, c.name, draw, hybrid-words, c.worst)
				}
			}
		}
		for i, b := range reported {
			t.Logf("%s, mean of %d draws: %s %+.3f", c.name, draws, b.name, gains[i])
			if gains[i] < c.least {
				t.Errorf("%s, %s: hybrid gains %+.3f, it must gain %+.3f at least", b.name, c.name, gains[i], c.least)
			}
		}
	}
}

// embedTexts gives chunks and questions the vectors of an embedder that is asked for
// any text.
func (b *bench) embedTexts(embed func(string) []float32) {
	b.store.dense = make([][]float32, len(b.store.ids))
	for at := range b.store.dense {
		c := &b.store.passages[at].Chunk
		b.store.dense[at] = embed(c.Title + " " + c.Text)
	}
	b.embed = func(_ context.Context, question string) ([]float32, error) { return embed(question), nil }
}

// byChance is the same vector for the same text, and no more.
func byChance(text string) []float32 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // it never fails
	return randomVector(rand.New(rand.NewPCG(h.Sum64(), 1)))
}

// byPieces counts the 5-letter pieces of a text: a poor embedder, not a useless one.
func byPieces(text string) []float32 {
	v := make([]float32, dimension)
	v[0] = 0.01
	folded := []rune(strings.ToLower(strings.Join(strings.Fields(text), " ")))
	for i := 0; i+5 <= len(folded); i++ {
		h := fnv.New32a()
		_, _ = h.Write([]byte(string(folded[i : i+5]))) // it never fails
		v[h.Sum32()%dimension]++
	}
	add(v, v, 0)
	return v
}

// What a base's own titles teach, without any golden question, bounds the harm of
// useless vectors, and judges hybrid answers no worse than words are judged.
func TestTitlesTeachHowMuchMeaningCounts(t *testing.T) {
	skipRaced(t)
	for _, b := range []*bench{indexed(covid(t)), indexed(stackexchange(t))} {
		words, err := Calibrate(t.Context(), b.retriever.Search, "b", b.titles(), retrieve.DefaultModel())
		if err != nil {
			t.Fatal(err)
		}
		b.base.Model = words
		before := b.run(t, retrieve.Request{Mode: retrieve.Lexical})
		t.Logf("%s by words: mrr@10 %.3f, auroc %.3f", b.name, MRR10(before), auroc3(before))
		for name, embed := range map[string]func(string) []float32{"by chance": byChance, "by pieces": byPieces} {
			b.embedTexts(embed)
			f, err := CalibrateHybrid(t.Context(), b.retriever.Search, "b", b.titles(), retrieve.DefaultFusion(), words)
			if err != nil {
				t.Fatal(err)
			}
			after := b.run(t, retrieve.Request{Mode: retrieve.Hybrid, Fusion: &f})
			t.Logf("%s, vectors %s: share %.2f, spread %.2f, mrr@10 %.3f (%+.3f), auroc %.3f, found %.3f, false answers %.3f", b.name, name, f.Share, f.Spread,
				MRR10(after), MRR10(after)-MRR10(before), auroc3(after), foundRate(after), falseAnswers(after))
			if MRR10(after) < MRR10(before)-0.02 || name == "by chance" && MRR10(after) < MRR10(before)-0.01 || auroc3(after) < auroc3(before)-0.03 {
				t.Errorf("%s, vectors %s: mrr@10 was %.3f and is %.3f, auroc was %.3f and is %.3f", b.name, name, MRR10(before), MRR10(after), auroc3(before), auroc3(after))
			}
			b.embed = nil
		}
	}
}
