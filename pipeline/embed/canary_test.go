package embed_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"freshet/index"
	"freshet/pipeline/embed"
)

// shelf keeps canaries as a catalog would.
type shelf struct {
	mu   sync.Mutex
	kept map[index.Hash][]float32
}

func (s *shelf) options(_ *embed.EndpointOptions, o *embed.Options) {
	o.LoadCanary = func(_ context.Context, key index.Hash) ([]float32, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.kept[key], nil
	}
	o.SaveCanary = func(_ context.Context, key index.Hash, v []float32) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.kept[key] = v
		return nil
	}
}

func TestOneRequestInTwentyCarriesTheCanary(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *embed.EndpointOptions, o *embed.Options) { o.BatchTexts, o.MostConcurrency = 5, 1 })
	if _, err := w.e.Passages(t.Context(), texts(400)); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range w.requests {
		if has(r, embed.CanaryText) {
			n++
		}
		if len(r.Input) > 5 {
			t.Errorf("a request of %d texts where 5 are allowed", len(r.Input))
		}
	}
	if len(w.requests) < 100 || n < len(w.requests)/20 || n > len(w.requests)/20+2 {
		t.Errorf("%d of %d requests carried the canary", n, len(w.requests))
	}
}

// TestNothingOfAChangedModelIsEverHandedOver: the model changes after any request;
// all vectors that come out are of the model that was there before.
func TestNothingOfAChangedModelIsEverHandedOver(t *testing.T) {
	t.Parallel()
	all := texts(200)
	for at := 1; at <= 38; at += 3 {
		w := newWorld(t, func(p *embed.EndpointOptions, o *embed.Options) {
			o.BatchTexts, o.MostConcurrency = 6, 3
			if at%2 == 0 {
				p.QueryPrefix = new("query: ") // which has a canary of its own
			}
		})
		if _, err := w.e.Space(t.Context()); err != nil {
			t.Fatal(err)
		}
		n := 0
		w.set(func(rw http.ResponseWriter, _ *http.Request, a asked) bool {
			w.server.mu.Lock()
			n++
			changed := n > at
			w.server.mu.Unlock()
			if changed {
				w.answer(rw, a, "another")
			}
			return changed
		})
		got, err := w.e.Passages(t.Context(), all)
		if embed.ReasonOf(err) != embed.ModelChanged {
			t.Fatalf("changed after %d: %v", at, err)
		}
		for i, o := range got {
			if o.Refused != "" || !o.Pending() && !near(o.Vector, vectorOf("m", all[i])) {
				t.Fatalf("changed after %d: text %d: %+v", at, i, o)
			}
		}
		if got, err := w.e.Passages(t.Context(), all[:3]); embed.ReasonOf(err) != embed.ModelChanged || !got[0].Pending() {
			t.Fatalf("asked again: %v", err)
		}
		if _, err := w.e.Query(t.Context(), "a question"); embed.ReasonOf(err) != embed.ModelChanged {
			t.Fatalf("a question to the changed model: %v", err)
		}
		w.set(nil)
		w.pass(time.Minute)
		got, err = w.e.Passages(t.Context(), all)
		if err != nil {
			t.Fatalf("the former model is back: %v", err)
		}
		wantVectors(t, "m", all, got)
	}
}

// vllm makes worlds of one identity wherever their servers are.
func vllm(p *embed.EndpointOptions, _ *embed.Options) { p.Preset = "vllm" }

func TestAChangeWhileNobodyWasThereIsNoticed(t *testing.T) {
	t.Parallel()
	s := &shelf{kept: map[index.Hash][]float32{}}
	w := newWorld(t, vllm, s.options)
	if _, err := w.e.Passages(t.Context(), texts(3)); err != nil {
		t.Fatal(err)
	}
	if len(s.kept) != 1 {
		t.Fatalf("%d canaries kept", len(s.kept))
	}
	later := newWorld(t, vllm, s.options)
	later.become("another")
	if got, err := later.e.Passages(t.Context(), texts(3)); embed.ReasonOf(err) != embed.ModelChanged || !got[0].Pending() {
		t.Fatalf("%v", err)
	}
	same := newWorld(t, vllm, s.options)
	if _, err := same.e.Passages(t.Context(), texts(3)); err != nil {
		t.Fatal(err)
	}
	revised := newWorld(t, vllm, s.options, func(p *embed.EndpointOptions, _ *embed.Options) { p.Revision = "2" })
	revised.become("another")
	if _, err := revised.e.Passages(t.Context(), texts(3)); err != nil {
		t.Fatalf("another revision is another space: %v", err)
	}
}

// TestAReorderedReplyIsNoticed: vectors in another order than their indexes say.
func TestAReorderedReplyIsNoticed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.e.Space(t.Context()); err != nil {
		t.Fatal(err)
	}
	rotated := wide(func(d []map[string]any) []map[string]any {
		first := d[0]["embedding"]
		for i := range d[1:] {
			d[i]["embedding"] = d[i+1]["embedding"]
		}
		d[len(d)-1]["embedding"] = first
		return d
	})
	w.set(func(rw http.ResponseWriter, r *http.Request, a asked) bool {
		return len(a.Input) > 1 && rotated(rw, r, a)
	})
	all := texts(150)
	got, err := w.e.Passages(t.Context(), all)
	if embed.ReasonOf(err) != embed.WrongOrder {
		t.Fatal(err)
	}
	for i, o := range got {
		if !o.Pending() {
			t.Fatalf("text %d came out: %+v", i, o)
		}
	}
	w.set(nil)
	got, err = w.e.Passages(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	wantVectors(t, "m", all, got)
}

func TestListsInAnyOrderAreReadByTheirIndex(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(wide(func(d []map[string]any) []map[string]any { slices.Reverse(d); return d }))
	all := texts(100)
	got, err := w.e.Passages(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	wantVectors(t, "m", all, got)
}

// TestWhatCameBeforeAFailureIsNotSentAgain: vectors that wait for a canary stay.
func TestWhatCameBeforeAFailureIsNotSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *embed.EndpointOptions, o *embed.Options) { o.BatchTexts, o.MostConcurrency = 6, 1 })
	n := 0
	w.set(func(rw http.ResponseWriter, _ *http.Request, _ asked) bool {
		if n++; n <= 9 {
			return false
		}
		openAIError(rw, 401, "invalid_request_error", "invalid_api_key", "revoked")
		return true
	})
	all := texts(100)
	got, err := w.e.Passages(t.Context(), all)
	if embed.ReasonOf(err) != embed.Unauthorized {
		t.Fatal(err)
	}
	var pending []string
	for i, o := range got {
		if o.Pending() {
			pending = append(pending, all[i])
		}
	}
	if len(pending) < 90 {
		t.Fatalf("only %d are pending, where nine requests of ten waited for a canary", len(pending))
	}
	w.set(nil)
	got, err = w.e.Passages(t.Context(), pending)
	if err != nil {
		t.Fatal(err)
	}
	wantVectors(t, "m", pending, got)
	for _, text := range all {
		if n := w.times(text); n != 1 {
			t.Errorf("%q was answered %d times", text, n)
		}
	}
}

func TestAQuestionOfAChangedModelIsNotAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.e.Query(t.Context(), "the first"); err != nil {
		t.Fatal(err)
	}
	w.become("another")
	answered := 0
	var err error
	for i := 0; err == nil && i < 50; i++ {
		if _, err = w.e.Query(t.Context(), string(rune('a'+i))+" question"); err == nil {
			answered++
		}
	}
	if embed.ReasonOf(err) != embed.ModelChanged || answered >= 20 {
		t.Fatalf("after %d: %v", answered, err)
	}
	w.become("m")
	w.pass(3 * time.Second)
	for _, q := range []string{"the first", "a question"} { // nothing of the other model is remembered
		v, err := w.e.Query(t.Context(), q)
		if err != nil || !near(v, vectorOf("m", q)) {
			t.Errorf("%q: %v", q, err)
		}
	}
}

// TestTheFirstQuestionFindsTheFormerModelBack: passages found another model, and
// nobody asks for passages any more.
func TestTheFirstQuestionFindsTheFormerModelBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(p *embed.EndpointOptions, _ *embed.Options) { p.QueryPrefix = new("query: ") })
	if _, err := w.e.Passages(t.Context(), texts(3)); err != nil {
		t.Fatal(err)
	}
	w.become("another")
	for err := error(nil); embed.ReasonOf(err) != embed.ModelChanged; {
		_, err = w.e.Passages(t.Context(), []string{"more"})
	}
	if _, err := w.e.Query(t.Context(), "a question"); embed.ReasonOf(err) != embed.ModelChanged {
		t.Fatal(err)
	}
	w.become("m")
	w.pass(3 * time.Second)
	v, err := w.e.Query(t.Context(), "a question")
	if err != nil || !near(v, vectorOf("m", "query: a question")) {
		t.Fatal(err)
	}
}

// TestACallOfAnySizeEnds: more texts than are kept between calls.
func TestACallOfAnySizeEnds(t *testing.T) {
	t.Parallel()
	e, err := embed.New(embed.Options{Provider: instant{}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.Passages(t.Context(), texts(20_000))
	if err != nil || len(got) != 20_000 || got[19_999].Pending() {
		t.Fatal(err)
	}
}

// TestTheDimensionOfAWrongReplyIsNotLearnt: the model that was there while nobody
// was has another dimension; when the former is back, all is well.
func TestTheDimensionOfAWrongReplyIsNotLearnt(t *testing.T) {
	t.Parallel()
	s := &shelf{kept: map[index.Hash][]float32{}}
	before := newWorld(t, vllm, s.options)
	if _, err := before.e.Space(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, vllm, s.options)
	w.set(wide(func(d []map[string]any) []map[string]any {
		for _, it := range d {
			it["embedding"] = []float32{1, 2, 3}
		}
		return d
	}))
	if _, err := w.e.Space(t.Context()); embed.ReasonOf(err) != embed.ModelChanged {
		t.Fatal(err)
	}
	w.set(nil)
	if space, err := w.e.Space(t.Context()); err != nil || space.Dimension != dimension {
		t.Fatalf("%+v %v", space, err)
	}
	if got, err := w.e.Passages(t.Context(), texts(3)); err != nil || got[0].Pending() {
		t.Fatal(err)
	}
}
