package retrieve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/index"
)

func TestNothingIsServedThatTheCatalogRefusesAndTheRestIsRefilled(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for round := range 60 {
		w := newWorld(t)
		pages := 5 + r.IntN(120)
		for d := range pages {
			texts := make([]string, 1+r.IntN(4))
			for i := range texts {
				texts[i] = "refund " + filler(r.IntN(30), fmt.Sprintf("x%dy%d", d, i))
			}
			// Questions are not joined, so that hits can be counted.
			w.add(fmt.Sprintf("d%d", d), "", texts, func(p *index.Passage) {
				p.Chunk.Kind = index.FAQ
				if r.IntN(6) == 0 {
					p.Chunk.UntilSeq = int64(r.IntN(20))
				}
				if r.IntN(6) == 0 {
					p.Chunk.FromSeq = int64(r.IntN(20))
				}
			})
			if r.IntN(3) == 0 {
				w.hidden[fmt.Sprintf("d%d", d)] = true
			}
			if r.IntN(4) == 0 {
				w.readers[fmt.Sprintf("d%d", d)] = []string{"user:a", "user:b"}[r.IntN(2)]
			}
		}
		principals := []string{"user:a"}
		perDocument := make(map[string]int)
		for i := range w.passages {
			if p := &w.passages[i]; w.shows(p, w.mark, principals) {
				perDocument[p.Document.Key]++
			}
		}
		want := 0
		for _, n := range perDocument {
			want += min(n, perPage)
		}
		limit := 1 + r.IntN(50)
		resp := w.ask(Request{Query: "refund", Limit: limit, Principals: principals})
		if len(resp.Hits) != min(limit, want) {
			t.Fatalf("round %d: %d hits, want %d of %d", round, len(resp.Hits), min(limit, want), want)
		}
		served := make(map[string]int)
		for i, h := range resp.Hits {
			at := slices.IndexFunc(w.passages, func(p index.Passage) bool { return p.Chunk.ID == h.ChunkID })
			if !w.shows(&w.passages[at], resp.Mark, principals) {
				t.Fatalf("round %d: hit %d of %s may not be shown", round, i, h.Document.Key)
			}
			if served[h.Document.Key]++; served[h.Document.Key] > perPage {
				t.Fatalf("round %d: three passages of %s", round, h.Document.Key)
			}
			if i > 0 && h.Score > resp.Hits[i-1].Score {
				t.Fatalf("round %d: hit %d has a higher score than the one before", round, i)
			}
		}
	}
}

func TestTheSearchGoesDeeperWhenTheFirstHitsAreRefused(t *testing.T) {
	w := newWorld(t)
	for d := range 300 {
		key := fmt.Sprintf("d%d", d)
		// The fuller the text, the lower it ranks; the first 250 are hidden.
		w.add(key, "", []string{"refund " + filler(d, "z")}, func(p *index.Passage) { p.Chunk.Kind = index.FAQ })
		w.hidden[key] = d < 250
	}
	resp := w.ask(Request{Query: "refund", Limit: 5})
	if len(resp.Hits) != 5 {
		t.Fatalf("%d hits", len(resp.Hits))
	}
	if len(w.searched) != 3 || w.searched[2] <= w.searched[0] {
		t.Errorf("searched with limits %v", w.searched)
	}
}

func TestADeeperSearchIsVouchedAtItsOwnMark(t *testing.T) {
	w := newWorld(t)
	for d := range 100 {
		w.add(fmt.Sprintf("d%d", d), "", []string{"refund " + filler(d, "z")}, func(p *index.Passage) {
			p.Chunk.Kind = index.FAQ
			if d < 55 {
				p.Chunk.UntilSeq = 11
			}
		})
	}
	w.late = func(search int, w *world) { w.mark = 10 + int64(search) }
	for d := range 54 {
		w.hidden[fmt.Sprintf("d%d", d)] = true
	}
	resp := w.ask(Request{Query: "refund", Limit: 3})
	if resp.Mark != 11 || slices.Contains(keys(resp.Hits), "d54") {
		t.Errorf("mark %d, hits %v: d54 was closed at 11", resp.Mark, keys(resp.Hits))
	}
}

func TestOneDocumentOfEqualPagesAndOfATranslationGroupIsServed(t *testing.T) {
	for name, edit := range map[string]func(*index.Passage){
		"same canonical":    func(p *index.Passage) { p.Document.Canonical = "https://example.org/canonical" },
		"same address":      func(p *index.Passage) { p.Document.URL = "https://example.org/same" },
		"translation group": func(p *index.Passage) { p.Document.Translation = "t1" },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.add("first", "Refund", []string{"refund refund"}, edit)
			w.add("second", "", []string{"refund " + filler(80, "x")}, edit)
			w.add("other", "", []string{"refund " + filler(90, "y")}, nil)
			if got := keys(w.ask(Request{Query: "refund"}).Hits); !slices.Equal(got, []string{"first", "other"}) {
				t.Errorf("hits %v", got)
			}
		})
	}
}

func TestTheQuestionsLanguageComesFirst(t *testing.T) {
	w := newWorld(t)
	w.add("fr", "Netflix", []string{"abonnement Netflix"}, func(p *index.Passage) { p.Chunk.Locale, p.Document.Translation = "fr", "t" })
	w.add("en", "Netflix", []string{"subscription to Netflix"}, func(p *index.Passage) { p.Document.Translation = "t" })
	r := w.retriever(Options{Base: func(string) (Base, bool) { return Base{Languages: []string{"fr", "en"}}, true }})
	for question, want := range map[string]string{"what about my Netflix": "en", "que dire de Netflix": "fr"} {
		resp, err := r.Search(t.Context(), Request{Base: "b", Query: question})
		if err != nil {
			t.Fatal(err)
		}
		if got := keys(resp.Hits); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v", question, got)
		}
	}
}

func TestContextExcludesWhatContradictsItAndPrefersWhatMatches(t *testing.T) {
	facet := func(values ...string) func(*index.Passage) {
		return func(p *index.Passage) {
			if values != nil {
				p.Document.Facets = map[string][]string{"plan": values}
			}
		}
	}
	w := newWorld(t)
	w.add("all", "", []string{"refund rules"}, facet())
	w.add("pro", "", []string{"refund rules pro"}, facet("pro"))
	w.add("basic", "", []string{"refund rules basic"}, facet("basic", "free"))
	got := keys(w.ask(Request{Query: "refund rules", Context: map[string][]string{"plan": {"pro"}, "country": {"FR"}}}).Hits)
	if !slices.Equal(got, []string{"pro", "all"}) {
		t.Errorf("hits %v", got)
	}
}

func TestNeighboursAreJoined(t *testing.T) {
	w := newWorld(t)
	w.add("short", "", []string{filler(100, "a"), "refund within days", filler(90, "b"), filler(90, "c")}, nil)
	w.add("both", "", []string{"refund " + filler(100, "d"), "refund " + filler(110, "e"), filler(90, "f")}, nil)
	resp := w.ask(Request{Query: "refund"})
	if len(resp.Hits) != 2 {
		t.Fatalf("%d hits: %v", len(resp.Hits), keys(resp.Hits))
	}
	for _, h := range resp.Hits {
		want := map[string]int{"short": 3, "both": 2}[h.Document.Key]
		if len(h.Joined) != want {
			t.Errorf("%s: %d chunks joined, want %d", h.Document.Key, len(h.Joined), want)
		}
		if !slices.Contains(h.Joined, h.ChunkID) {
			t.Errorf("%s: the hit itself is not among the joined", h.Document.Key)
		}
	}
	short := resp.Hits[slices.Index(keys(resp.Hits), "short")]
	if a, b := strings.Index(short.Text, "refund within"), strings.Index(short.Text, "aaa"); a < 0 || b > a {
		t.Errorf("the text is not in order: %q", short.Text)
	}
}

func TestAJoinedPassageIsVouchedForToo(t *testing.T) {
	w := newWorld(t)
	w.add("d", "", []string{"refund within days", "closed long ago"}, func(p *index.Passage) {
		if p.Chunk.Ord == 1 {
			p.Chunk.UntilSeq = 5
		}
	})
	if h := w.ask(Request{Query: "refund"}).Hits[0]; strings.Contains(h.Text, "closed") {
		t.Errorf("text %q", h.Text)
	}
}

func TestDoubts(t *testing.T) {
	w := newWorld(t)
	w.add("disputed", "", []string{"refund refund fourteen days"}, func(p *index.Passage) {
		p.Conflicts = []index.Conflict{{Finding: "f", Value: "14", OtherValue: "30", OtherDocument: "x"}}
	})
	w.add("calm", "", []string{"refund " + filler(90, "x")}, nil)
	for doubts, want := range map[Doubts]string{
		"": "disputed:1 calm:0", MarkDoubts: "disputed:1 calm:0", ExcludeDoubts: "calm:0", IgnoreDoubts: "disputed:0 calm:0",
	} {
		var got []string
		for _, h := range w.ask(Request{Query: "refund", Doubts: doubts}).Hits {
			got = append(got, fmt.Sprintf("%s:%d", h.Document.Key, len(h.Conflicts)))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("doubts %q: %v, want %s", doubts, got, want)
		}
	}
}

func TestComponentScoresAddUpToTheStoresScore(t *testing.T) {
	w := newWorld(t)
	w.add("d", "Refund policy", []string{"the refund policy of the shop"}, nil)
	h := w.ask(Request{Query: "refund policy"}).Hits[0]
	if sum := h.Scores.Words + h.Scores.Grams + h.Scores.Title; h.Scores.Title <= 0 || h.Scores.Words <= 0 || h.Scores.Grams <= 0 || sum-h.Score > 1e-4 || h.Score-sum > 1e-4 {
		t.Errorf("scores %+v, score %v", h.Scores, h.Score)
	}
}

func TestAFaultIsNoAnswerOfNone(t *testing.T) {
	w := newWorld(t)
	w.add("d", "", []string{"refund"}, nil)
	w.fail = fmt.Errorf("qdrant: %w", index.ErrUnavailable)
	if _, err := w.retriever(Options{}).Search(t.Context(), Request{Base: "b", Query: "refund"}); !errors.Is(err, index.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}

func TestRequestsThatCannotBeAnsweredSayWhy(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		r    Request
		want error
		says string
	}{
		"empty":          {Request{Base: "b", Query: "  "}, ErrRequest, "empty"},
		"too long":       {Request{Base: "b", Query: strings.Repeat("x", 2049)}, ErrRequest, "2048"},
		"not UTF-8":      {Request{Base: "b", Query: "a\xff"}, ErrRequest, "UTF-8"},
		"limit":          {Request{Base: "b", Query: "x", Limit: 51}, ErrRequest, "1 to 50"},
		"negative limit": {Request{Base: "b", Query: "x", Limit: -1}, ErrRequest, "1 to 50"},
		"mode":           {Request{Base: "b", Query: "x", Mode: "fuzzy"}, ErrRequest, "hybrid"},
		"semantic":       {Request{Base: "b", Query: "x", Mode: Semantic}, ErrRequest, "embedding.provider"},
		"doubts":         {Request{Base: "b", Query: "x", Doubts: "maybe"}, ErrRequest, "exclude"},
		"base":           {Request{Base: "z", Query: "x"}, ErrBase, `"z"`},
		"context values": {Request{Base: "b", Query: "x", Context: map[string][]string{"a": make([]string, 65)}}, ErrRequest, "64"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.retriever(Options{}).Search(t.Context(), c.r)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want %v with %q", err, c.want, c.says)
			}
		})
	}
}

func TestTheEmbedderFailingLeavesALexicalAnswer(t *testing.T) {
	w := newWorld(t)
	w.add("d", "", []string{"refund"}, nil)
	slow := func(ctx context.Context, _ string) ([]float32, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	r := w.retriever(Options{Active: w.active(slow), Limits: Limits{Embedding: time.Millisecond}})
	for _, mode := range []Mode{Hybrid, Semantic} {
		resp, err := r.Search(t.Context(), Request{Base: "b", Query: "refund", Mode: mode})
		if err != nil || len(resp.Hits) != 1 || !slices.Equal(resp.Degraded, []string{"embedder"}) {
			t.Errorf("%s: %v, %d hits, degraded %v", mode, err, len(resp.Hits), resp.Degraded)
		}
	}
}

func TestHybridFindsByMeaningWhatNoWordFinds(t *testing.T) {
	w := newWorld(t)
	w.add("word", "", []string{"refund"}, nil)
	w.add("meaning", "", []string{"quokka"}, nil)
	w.dense[w.passages[1].Chunk.ID] = []float32{1, 0}
	r := w.retriever(Options{Active: w.active(func(context.Context, string) ([]float32, error) { return []float32{1, 0}, nil })})
	for mode, want := range map[Mode][]string{Hybrid: {"meaning", "word"}, Semantic: {"meaning"}, Lexical: {"word"}} {
		resp, err := r.Search(t.Context(), Request{Base: "b", Query: "refund", Mode: mode})
		if err != nil {
			t.Fatal(err)
		}
		got := keys(resp.Hits)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v", mode, got)
		}
	}
}

func TestTheRerankerOrdersAndItsFailureIsNamed(t *testing.T) {
	w := newWorld(t)
	w.add("first", "", []string{"refund refund"}, nil)
	w.add("second", "", []string{"refund " + filler(70, "x")}, nil)
	last := func(_ context.Context, _ string, p []index.Passage) ([]float32, error) {
		scores := make([]float32, len(p))
		for i := range p {
			scores[i] = float32(i)
		}
		return scores, nil
	}
	broken := func(context.Context, string, []index.Passage) ([]float32, error) { return nil, errors.New("down") }
	nan := func(_ context.Context, _ string, p []index.Passage) ([]float32, error) {
		return []float32{1, float32(math.NaN())}[:len(p)], nil
	}
	for name, c := range map[string]struct {
		rerank   Rerank
		want     []string
		degraded []string
	}{
		"works": {last, []string{"second", "first"}, []string{}}, "fails": {broken, []string{"first", "second"}, []string{"reranker"}},
		"no number": {nan, []string{"first", "second"}, []string{"reranker"}},
	} {
		resp, err := w.retriever(Options{Rerank: c.rerank}).Search(t.Context(), Request{Base: "b", Query: "refund"})
		if err != nil || !slices.Equal(keys(resp.Hits), c.want) || !slices.Equal(resp.Degraded, c.degraded) {
			t.Errorf("%s: %v %v %v", name, err, keys(resp.Hits), resp.Degraded)
		}
	}
}

func TestTheResponseHasTheAgreedJSON(t *testing.T) {
	w := newWorld(t)
	w.add("d", "Refund", []string{"refund within fourteen days"}, nil)
	b, err := json.Marshal(w.ask(Request{Query: "refund"}))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	hit := got["hits"].([]any)[0].(map[string]any)
	for what, c := range map[string]struct {
		object any
		keys   []string
	}{
		"response":  {got, []string{"answer", "degraded", "hits", "query_id", "took_ms"}},
		"answer":    {got["answer"], []string{"confidence", "reasons", "state"}},
		"hit":       {hit, []string{"chunk_id", "conflicts", "document", "freshness", "score", "scores", "text"}},
		"scores":    {hit["scores"], []string{"dense", "grams", "title", "words"}},
		"document":  {hit["document"], []string{"facets", "heading", "id", "labels", "locale", "owner", "source", "title", "url"}},
		"freshness": {hit["freshness"], []string{"checked", "confirmed_until", "modified", "reasons", "state"}},
	} {
		var names []string
		for name, v := range c.object.(map[string]any) {
			names = append(names, name)
			if v == nil && what != "freshness" {
				t.Errorf("%s.%s is null", what, name)
			}
		}
		slices.Sort(names)
		if !slices.Equal(names, c.keys) {
			t.Errorf("%s has %v, want %v", what, names, c.keys)
		}
	}
}
