package chunk

import (
	"strings"
	"testing"

	"freshet/connectors/connectortest"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/formats"
)

type servicePage struct{ ID, URL, Text string }

func servicePages(t testing.TB) []servicePage {
	var pages []servicePage
	connectortest.EachLine(t, "faq-fr-servicepublic/kb.jsonl", func(p servicePage) { pages = append(pages, p) })
	return pages
}

func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestAnswersOfServicePublicStayInOnePiece(t *testing.T) {
	x := formats.New(formats.Config{})
	byID := map[string][]Piece{}
	total, fitting, words := 0, 0, 0
	for _, page := range servicePages(t) {
		text, err := x.Extract(t.Context(), strings.NewReader(page.Text), extract.Options{MediaType: "text/plain"})
		if err != nil {
			t.Fatalf("%s: %v", page.ID, err)
		}
		pieces := hold(t, text, Options{})
		byID[page.ID] = pieces
		for _, p := range pieces {
			total++
			words += p.Words
			if p.Words >= 140 && p.Words <= 300 || len(pieces) == 1 && p.Words <= 300 {
				fitting++
			}
		}
	}
	questions, whole := 0, 0
	type question struct {
		ExpectedDoc string `json:"expected_doc"`
		Answers     []struct{ Text string }
	}
	connectortest.EachLine(t, "faq-fr-servicepublic/queries.jsonl", func(q question) {
		questions++
		for _, a := range q.Answers {
			found := false
			for _, p := range byID[q.ExpectedDoc] {
				found = found || strings.Contains(flat(p.Text), flat(a.Text))
			}
			if found {
				whole++
				return
			}
		}
	})
	t.Logf("%d pieces, %.0f words each, %.1f %% between 140 and 300 words or a whole page; of %d questions %d have an answer whole in one piece",
		total, float64(words)/float64(total), 100*float64(fitting)/float64(total), questions, whole)
	if whole*100 < questions*85 {
		t.Errorf("%d of %d answers are whole in a piece, want 85 %%", whole, questions)
	}
}

func BenchmarkExtractAndSplitRecords(b *testing.B) {
	pages := servicePages(b)
	x := formats.New(formats.Config{})
	b.ReportAllocs()
	pieces, bytes := 0, 0
	i := 0
	for b.Loop() {
		page := &pages[i%len(pages)]
		i++
		text, err := x.Extract(b.Context(), strings.NewReader(page.Text), extract.Options{MediaType: "text/plain", Title: page.ID})
		if err != nil {
			b.Fatal(err)
		}
		got, err := Split(text, Options{})
		if err != nil {
			b.Fatal(err)
		}
		pieces += len(got)
		bytes += len(page.Text)
	}
	b.ReportMetric(float64(pieces)/b.Elapsed().Seconds(), "pieces/s")
	b.ReportMetric(float64(bytes)/1e6/b.Elapsed().Seconds(), "MB/s")
}

func BenchmarkSplit(b *testing.B) {
	x := formats.New(formats.Config{})
	var texts []*extract.Text
	for _, page := range servicePages(b) {
		text, err := x.Extract(b.Context(), strings.NewReader(page.Text), extract.Options{MediaType: "text/plain"})
		if err != nil {
			b.Fatal(err)
		}
		texts = append(texts, text)
	}
	b.ReportAllocs()
	pieces, i := 0, 0
	for b.Loop() {
		got, err := Split(texts[i%len(texts)], Options{})
		if err != nil {
			b.Fatal(err)
		}
		i++
		pieces += len(got)
	}
	b.ReportMetric(float64(pieces)/b.Elapsed().Seconds(), "pieces/s")
}
