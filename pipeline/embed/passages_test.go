package embed_test

import (
	"testing"

	"freshet/pipeline/embed"
)

func TestEveryTextGetsItsVectorAndEqualTextsAreSentOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := append(texts(300), texts(300)[100:]...)
	got, err := w.e.Passages(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	wantVectors(t, "m", all, got)
	for _, text := range texts(300) {
		if n := w.times(text); n != 1 {
			t.Errorf("%q was answered %d times", text, n)
		}
	}
	if s := w.e.Stats(); s.Embedded != 300 || s.Refused != 0 || s.Tokens < 300*7 {
		t.Errorf("stats %+v", s)
	}
}

func TestSpaceAsksForTheDimensionOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(p *embed.EndpointOptions, _ *embed.Options) { p.Model = "intfloat/multilingual-e5-small" })
	for range 3 {
		s, err := w.e.Space(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if s.Dimension != dimension || s.QueryTo != "query: " || s.PassageTo != "passage: " || !s.Normalised || s.Lexical != "" {
			t.Errorf("space %+v", s)
		}
	}
	if w.count() != 1 {
		t.Errorf("%d requests", w.count())
	}
}
