package pipeline

import (
	"context"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/indextest"
	"freshet/index/lexical"
)

var testSpace = index.Space{Lexical: lexical.Version, Provider: "test", Model: "hash", Dimension: 8, Normalised: true}

// hashEmbedder makes a vector of each text by its hash and counts what it was sent.
type hashEmbedder struct {
	mu      sync.Mutex
	sent    map[string]int
	fails   error           // what Passages answers after half of the texts
	refuses map[string]bool // texts that it never takes
	before  func()
}

func (h *hashEmbedder) passages(_ context.Context, texts []string) ([]catalog.Vector, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.before != nil {
		h.before()
	}
	if h.sent == nil {
		h.sent = map[string]int{}
	}
	out := make([]catalog.Vector, len(texts))
	for i, text := range texts {
		if h.fails != nil && i >= len(texts)/2 {
			return out, h.fails
		}
		h.sent[text]++
		if h.refuses[text] {
			out[i].Refused = "poisoned"
			continue
		}
		out[i].Values = hashVector(text)
	}
	return out, nil
}

func hashVector(text string) []float32 {
	f := fnv.New64a()
	_, _ = f.Write([]byte(text)) // it never fails
	r := rand.New(rand.NewPCG(f.Sum64(), 1))
	v := make([]float32, testSpace.Dimension)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

// embedding joins a world with an embedder.
func (w *world) embedding(h *hashEmbedder) *Embeddings {
	w.t.Helper()
	w.join(indextest.NewOracleIn(testSpace))
	w.applier.Dense = KeptVectors(w.catalog, testSpace.DenseFingerprint())
	return NewEmbeddings(EmbeddingsOptions{Catalog: w.catalog, Embed: h.passages, Fingerprint: testSpace.DenseFingerprint(),
		Complete: w.applier.Complete, Page: 4})
}

// wantDense fails unless the Store is what the catalog says, with so many vectors.
func (w *world) wantDense(want int) {
	w.t.Helper()
	c, err := w.applier.Reconcile(w.t.Context(), false)
	if err != nil || !c.Equal() {
		w.t.Errorf("catalog and store: %+v, %v", c, err)
	}
	have := 0
	for s, err := range w.store.Stamps(w.t.Context(), index.ChunkID{}, lastID) {
		if err != nil {
			w.t.Fatal(err)
		}
		if s.Stamp.Dense {
			have++
		}
	}
	if have != want {
		w.t.Errorf("%d points have a dense vector, want %d", have, want)
	}
}

func TestNewTextsComeToTheirVectors(t *testing.T) {
	w, h := newWorld(t), &hashEmbedder{}
	e := w.embedding(h)
	w.fill(10)
	w.sync()
	w.wantDense(0)
	must(t, e.CatchUp(t.Context()))
	w.wantDense(10)
	w.src.Put("p03", "Page 3 says another thing, common to nobody.")
	w.sync()
	w.wantDense(9)
	must(t, e.CatchUp(t.Context()))
	w.wantDense(10)
	if len(h.sent) != 11 {
		t.Errorf("%d texts were sent, want 11", len(h.sent))
	}
	for text, n := range h.sent {
		if n != 1 {
			t.Errorf("%q was sent %d times", text, n)
		}
	}
	res, err := w.store.Search(t.Context(), []index.Query{{Base: "help", Dense: hashVector(someText(h)), Limit: 1}})
	if err != nil || len(res[0].Hits) != 1 || res[0].Hits[0].Score < 0.999 {
		t.Errorf("a text does not find itself: %+v, %v", res, err)
	}
	if s := e.Status(); s.Embedded != 11 || s.Failed != "" || s.Refused != 0 {
		t.Errorf("status %+v", s)
	}
}

func someText(h *hashEmbedder) string {
	for text := range h.sent {
		if text != "" && h.sent[text] == 1 && !strings.Contains(text, "topic03") {
			return text
		}
	}
	return ""
}

func TestAFailingEmbedderHoldsUpNoText(t *testing.T) {
	w, h := newWorld(t), &hashEmbedder{fails: errors.New("out of order")}
	e := w.embedding(h)
	w.fill(10)
	w.sync()
	if got := w.served("topic07"); len(got) == 0 || got[0] != "p07" {
		t.Errorf("served %v", got)
	}
	if err := e.CatchUp(t.Context()); err == nil {
		t.Error("the embedder failed and nobody says so")
	}
	if s := e.Status(); s.Mark != 0 || s.Failed == "" {
		t.Errorf("status %+v: pending texts are not known as such", s)
	}
	w.wantDense(2) // of the first page of four
	h.fails = nil
	must(t, e.CatchUp(t.Context()))
	w.wantDense(10)
	for text, n := range h.sent {
		if n != 1 {
			t.Errorf("%q was sent %d times: what was made before the fault is not kept", text, n)
		}
	}
}

func TestARefusedTextIsNotAskedAgainAndAnswersByItsWords(t *testing.T) {
	w, h := newWorld(t), &hashEmbedder{}
	e := w.embedding(h)
	w.fill(6)
	w.sync()
	chunks, err := w.catalog.OpenChunksAfter(t.Context(), index.ChunkID{}, 6)
	must(t, err)
	h.refuses = map[string]bool{chunks[2].Chunk.EmbedText(): true}
	must(t, e.CatchUp(t.Context()))
	w.wantDense(5)
	w.src.Put("p00", "Page 0 is rewritten for the common good.")
	w.sync()
	must(t, e.CatchUp(t.Context()))
	if n := h.sent[chunks[2].Chunk.EmbedText()]; n != 1 {
		t.Errorf("the refused text was sent %d times", n)
	}
	counts, err := w.catalog.CountVectors(t.Context(), testSpace.DenseFingerprint())
	if err != nil || counts.Refused != 1 {
		t.Errorf("counts %+v, %v", counts, err)
	}
}

func TestVectorsThatWereKeptButNotWrittenAreWritten(t *testing.T) {
	w, h := newWorld(t), &hashEmbedder{}
	e := w.embedding(h)
	w.fill(3)
	w.sync()
	e.Complete = func(context.Context, []index.ChunkID) error { return errors.New("the store is away") }
	if err := e.CatchUp(t.Context()); err == nil {
		t.Error("no error")
	}
	if c, err := w.applier.Reconcile(t.Context(), false); err != nil || c.Differ != 3 {
		t.Errorf("comparison %+v, %v: points that lack their kept vector are not seen", c, err)
	}
	e.Complete = w.applier.Complete
	must(t, e.CatchUp(t.Context()))
	w.wantDense(3)
	if len(h.sent) != 3 || e.Status().Embedded != 3 {
		t.Errorf("%d texts sent", e.Status().Embedded)
	}
}

func TestWhatIsDeletedWhileItIsEmbeddedDoesNotComeBack(t *testing.T) {
	w, h := newWorld(t), &hashEmbedder{}
	e := w.embedding(h)
	w.fill(4)
	w.sync()
	h.before = func() {
		h.before = nil
		w.src.Put("p01", "Page 1 was replaced in between.")
		w.sync()
	}
	must(t, e.CatchUp(t.Context()))
	must(t, e.CatchUp(t.Context()))
	w.wantDense(4)
}
