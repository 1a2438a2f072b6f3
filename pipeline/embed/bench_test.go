package embed_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"freshet/pipeline/embed"
)

// instant is a provider that costs nothing: what is measured is the Embedder.
type instant struct{ local bool }

func (instant) Embed(_ context.Context, _ embed.Kind, texts []string) ([][]float32, embed.Usage, error) {
	out := make([][]float32, len(texts))
	all := make([]float32, 1024*len(texts))
	for i := range out {
		out[i] = all[1024*i : 1024*(i+1)]
		out[i][len(texts[i])%1024] = 1
	}
	return out, embed.Usage{}, nil
}

func (p instant) Limits() embed.Limits {
	return embed.Limits{Texts: 64, Tokens: 50_000, Local: p.local}
}
func (instant) Identity() embed.Identity { return embed.Identity{Provider: "instant", Model: "m"} }

// BenchmarkPassages is the Embedder's own cost of 512 texts of 600 bytes (one page
// of the pipeline's), with 1,024 numbers each.
func BenchmarkPassages(b *testing.B) {
	e, err := embed.New(embed.Options{Provider: instant{}})
	if err != nil {
		b.Fatal(err)
	}
	all := make([]string, 512)
	for i := range all {
		all[i] = fmt.Sprintf("%d %s", i, strings.Repeat("lorem ipsum ", 50))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Passages(b.Context(), all); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*512/b.Elapsed().Seconds(), "texts/s")
}

// BenchmarkQuery is the cost of a question that is remembered, and of one that is
// not.
func BenchmarkQuery(b *testing.B) {
	e, err := embed.New(embed.Options{Provider: instant{}})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("remembered", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := e.Query(b.Context(), "a question"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			i++
			if _, err := e.Query(b.Context(), fmt.Sprint(i)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
