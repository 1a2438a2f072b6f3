package static

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"freshet/pipeline/embed"
)

// BenchmarkEmbed embeds passages of about 110 words: with a table of 256 columns
// made here over the small tokenizers of testdata, and with the directory that
// FRESHET_TEST_STATIC names.
func BenchmarkEmbed(b *testing.B) {
	sentences := strings.Split("Vous pouvez changer d'adresse dans votre espace client à tout moment.|Refunds arrive within ten days after the parcel has come back.|La livraison dure quatorze jours ouvrés, sans frais.|The fee is 25 euros a year and is charged in advance.", "|")
	var texts []string
	for i := range 64 {
		texts = append(texts, fmt.Sprint(i, " ", strings.Repeat(sentences[i%4]+" "+sentences[(i+1)%4]+" ", 5)))
	}
	for _, name := range []string{"wordpiece", "unigram"} {
		tokens, err := os.ReadFile("testdata/" + name + ".json")
		if err != nil {
			b.Fatal(err)
		}
		table := array{name: "embeddings", kind: "F16", shape: []int{400, 256}, raw: make([]byte, 400*256*2)}
		m, err := Open(directory(b, map[string]string{"model.safetensors": string(safetensors(table)), "tokenizer.json": string(tokens), "config.json": "{}"}))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) { benchmark(b, m, texts) })
	}
	if dir := os.Getenv("FRESHET_TEST_STATIC"); dir != "" {
		m, err := Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("directory", func(b *testing.B) { benchmark(b, m, texts) })
	}
}

func benchmark(b *testing.B, m *Model, texts []string) {
	b.ReportAllocs()
	tokens := 0
	for b.Loop() {
		_, usage, err := m.Embed(b.Context(), embed.Passage, texts)
		if err != nil {
			b.Fatal(err)
		}
		tokens = usage.Tokens
	}
	b.ReportMetric(float64(b.N*len(texts))/b.Elapsed().Seconds(), "texts/s")
	b.ReportMetric(float64(tokens)/float64(len(texts)), "tokens/text")
}
