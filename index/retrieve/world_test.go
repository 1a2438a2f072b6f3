package retrieve

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/index"
	"freshet/index/lexical"
)

var testNow = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A world is a Searcher and a Catalog in memory, compared by brute force. The Store
// holds everything; the Catalog shows what hidden and readers allow.
type world struct {
	t        testing.TB
	terms    *lexical.Terms
	passages []index.Passage
	vectors  []index.SparseVector
	dense    map[index.ChunkID][]float32
	hidden   map[string]bool            // documents that may not be shown
	readers  map[string]string          // document -> the only principal who may read it
	mark     int64                      // of every search
	fail     error                      // of every search
	searched []int                      // limits asked for
	vouched  int                        // passages asked for
	late     func(search int, w *world) // runs before the search of this number
}

func newWorld(t *testing.T) *world {
	return &world{
		t: t, terms: lexical.NewTerms(), dense: make(map[index.ChunkID][]float32),
		hidden: make(map[string]bool), readers: make(map[string]string), mark: 10,
	}
}

// add puts a document of some chunks in; edit may change each passage first.
func (w *world) add(key, title string, texts []string, edit func(*index.Passage)) {
	e := lexical.NewEncoder()
	for ord, text := range texts {
		p := index.Passage{
			Chunk: index.Chunk{
				Document: key, Ord: ord, Kind: index.Prose, Title: title, Text: text, Locale: "en",
				Words: len(strings.Fields(text)), FromSeq: 1, UntilSeq: index.Open,
			},
			Document: index.DocumentInfo{Key: key, ExternalID: "ext-" + key, Base: "b", Title: title, URL: "https://example.org/" + key, Locale: "en"},
		}
		if edit != nil {
			edit(&p)
		}
		p.Chunk.ID = index.NewChunkID(key, nil, p.Chunk.Text, ord)
		encoded := e.Encode(lexical.FromChunk(&p.Chunk))
		w.terms.Add("b", encoded)
		w.passages = append(w.passages, p)
		w.vectors = append(w.vectors, encoded.Vector)
	}
}

func (w *world) retriever(o Options) *Retriever {
	o.Catalog, o.Terms = w, w.terms
	if o.Active == nil {
		o.Active = w.active(nil)
	}
	if o.Base == nil {
		o.Base = func(id string) (Base, bool) { return Base{Languages: []string{"en"}}, id == "b" }
	}
	o.Now = func() time.Time { return testNow }
	return New(o)
}

func (w *world) active(embed Embed) func() Active {
	return func() Active { return Active{Store: w, Embed: embed} }
}

func (w *world) ask(r Request) Response {
	w.t.Helper()
	r.Base = "b"
	resp, err := w.retriever(Options{}).Search(w.t.Context(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp
}

func (w *world) Search(_ context.Context, queries []index.Query) ([]index.Result, error) {
	if w.fail != nil {
		return nil, w.fail
	}
	if w.late != nil {
		w.late(len(w.searched), w)
	}
	var results []index.Result
	for _, q := range queries {
		w.searched = append(w.searched, q.Limit)
		results = append(results, index.Result{Mark: w.mark, Hits: w.hits(q)})
	}
	return results, nil
}

func (w *world) hits(q index.Query) []index.Hit {
	var hits []index.Hit
	for i := range w.passages {
		h := index.Hit{ID: w.passages[i].Chunk.ID, Terms: make([]float32, len(q.Lexical))}
		for n, t := range q.Lexical {
			if at, ok := slices.BinarySearch(w.vectors[i].IDs, t.ID); ok {
				h.Terms[n] = t.Value * w.vectors[i].Values[at]
				h.Score += h.Terms[n]
			}
		}
		for n, x := range w.dense[h.ID] {
			if q.Dense != nil {
				h.Score += x * q.Dense[n]
			}
		}
		if h.Score > 0 {
			hits = append(hits, h)
		}
	}
	slices.SortFunc(hits, func(a, b index.Hit) int {
		if c := compareScores(float64(a.Score), float64(b.Score)); c != 0 {
			return c
		}
		return slices.Compare(a.ID[:], b.ID[:])
	})
	hits = hits[:min(q.Limit, len(hits))]
	for i := range hits {
		if i >= q.Explain || q.Dense != nil {
			hits[i].Terms = nil
		}
	}
	return hits
}

// shows reports whether the catalog vouches for a passage.
func (w *world) shows(p *index.Passage, mark int64, principals []string) bool {
	reader, restricted := w.readers[p.Document.Key]
	return !w.hidden[p.Document.Key] && p.Chunk.FromSeq <= mark && mark < p.Chunk.UntilSeq &&
		(!restricted || slices.Contains(principals, reader))
}

func (w *world) Vouch(_ context.Context, r index.VouchRequest) ([]index.Passage, error) {
	w.vouched += len(r.IDs)
	var list []index.Passage
	for i := range w.passages {
		if p := &w.passages[i]; slices.Contains(r.IDs, p.Chunk.ID) && w.shows(p, r.Mark, r.Principals) {
			list = append(list, *p)
		}
	}
	slices.Reverse(list) // any order will do
	return list, nil
}

func (w *world) Around(_ context.Context, r index.AroundRequest) ([]index.Passage, error) {
	var list []index.Passage
	for _, s := range r.Spans {
		for i := range w.passages {
			p := &w.passages[i]
			if p.Document.Key == s.Document && s.Lo <= p.Chunk.Ord && p.Chunk.Ord <= s.Hi && w.shows(p, r.Mark, r.Principals) {
				list = append(list, *p)
			}
		}
	}
	return list, nil
}

// keys are the documents of the hits, in order.
func keys(hits []Hit) []string {
	var list []string
	for _, h := range hits {
		list = append(list, h.Document.Key)
	}
	return list
}

// filler returns n words that no question asks for.
func filler(n int, seed string) string {
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("%s%c%c", seed, 'a'+i%26, 'a'+i/26%26)
	}
	return strings.Join(words, " ")
}
