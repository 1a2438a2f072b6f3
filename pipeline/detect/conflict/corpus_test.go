package conflict

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"freshet/index"
	"freshet/pipeline/chunk"
	"freshet/pipeline/detect/bench"
	"freshet/pipeline/detect/claims"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/markup"
)

// A corpus is a small base in memory.
type corpus struct {
	comparer *Comparer
	sides    []*Side
}

// A source is a document before it is read.
type source struct {
	document Document
	text     string
	html     bool
}

// newCorpus reads documents as a sync does.
func newCorpus(t testing.TB, sources []source) *corpus {
	t.Helper()
	scanner := claims.NewScanner()
	thesaurus := thesauri()
	type read struct {
		chunk    *index.Chunk
		document *Document
		scan     *claims.Scan
	}
	var all []read
	frequency := map[string]int{}
	for i := range sources {
		s := &sources[i]
		readText := markup.ReadMarkdown
		if s.html {
			readText = markup.ReadHTML
		}
		text, err := readText(context.Background(), s.text, extract.Options{Limits: extract.Limits{}.WithDefaults()})
		if err != nil {
			t.Fatal(err)
		}
		text.Title = s.document.Title
		text.Language = s.document.Locale
		pieces, _ := chunk.Split(text, chunk.Options{Document: s.document.Key})
		for j := range pieces {
			p := &pieces[j]
			c := &index.Chunk{ID: index.NewChunkID(s.document.Key, p.Heading, p.Text, 0), Document: s.document.Key, Ord: j, Kind: p.Kind,
				Title: s.document.Title, Heading: p.Heading, Question: p.Question, Text: p.Text, Locale: s.document.Locale}
			scan := scanner.Scan(claims.Passage{Text: c.Text, Kind: c.Kind, Title: c.Title, Heading: c.Heading, Question: c.Question, Locale: c.Locale})
			all = append(all, read{c, &s.document, scan})
			for stem := range stemsOf(thesaurus, scan) {
				frequency[stem]++
			}
		}
	}
	n := float64(len(all) + 1)
	idf := func(stem string) float64 { return math.Log(n / (float64(frequency[stem]) + 0.5)) }
	c := &corpus{comparer: New(Context{IDF: idf})}
	for _, r := range all {
		c.sides = append(c.sides, c.comparer.Side(r.chunk, r.document, r.scan))
	}
	families := c.comparer.Learn(c.sides)
	c.comparer = c.comparer.With(families)
	return c
}

func stemsOf(thesaurus *thesaurus, scan *claims.Scan) map[string]bool {
	stems := map[string]bool{}
	for i := range scan.Sentences {
		for _, s := range scan.Sentences[i].Stems {
			stems[thesaurus.canonical(s)] = true
		}
	}
	return stems
}

// A met is a Pair with its sides.
type met struct {
	a, b *Side
	Pair
}

// compareAll compares every two passages.
func (c *corpus) compareAll(floor float64) []met {
	var list []met
	for i, a := range c.sides {
		for _, b := range c.sides[i+1:] {
			for _, p := range c.comparer.compare(a, b, floor) {
				list = append(list, met{a, b, p})
			}
		}
	}
	slices.SortStableFunc(list, func(x, y met) int {
		switch {
		case x.P > y.P:
			return -1
		case x.P < y.P:
			return 1
		}
		return 0
	})
	return list
}

// sentence returns the sentence of a side that a claim stands in.
func (s *Side) sentenceText(n int) string {
	f := &s.Scan.Sentences[n]
	return s.slice(f.Start, f.End)
}

func devSources(t testing.TB, seed uint64) (bench.Set, []source) {
	t.Helper()
	set, err := bench.Generate(bench.Dev, seed)
	if err != nil {
		t.Fatal(err)
	}
	var list []source
	for _, p := range set.Pages {
		list = append(list, source{Document{Key: p.ID, Source: "bench", Locale: p.Locale, Translation: p.Translation, Title: p.Title,
			Path: p.Path, Class: p.Class, Facets: p.Facets, Modified: p.Modified}, p.Body, false})
	}
	return set, list
}

// found turns Pairs into what the bench scores.
func found(list []met) []bench.Found {
	var out []bench.Found
	for _, m := range list {
		kind := bench.Conflict
		if m.Drift {
			kind = bench.Drift
		}
		out = append(out, bench.Found{Kind: kind, Tier: string(m.Tier), Type: string(m.Type), Rule: string(m.Rule), Score: m.P, Members: []bench.FoundMember{
			{Page: m.a.Document.Key, Text: m.a.sentenceText(m.A.Sentence), Value: "a " + m.A.Normal},
			{Page: m.b.Document.Key, Text: m.b.sentenceText(m.B.Sentence), Value: "b " + m.B.Normal},
		}})
	}
	return out
}

// cnilSources is faq-fr-cnil, the natural text that rules are chosen on.
func cnilSources(t testing.TB) []source {
	t.Helper()
	text, err := os.ReadFile("../../../../shared/data/faq-fr-cnil/kb_html.jsonl")
	if err != nil {
		t.Skip("there is no ../shared/data: ", err)
	}
	var list []source
	for line := range strings.Lines(string(text)) {
		var r struct{ ID, Title, URL, HTML string }
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		list = append(list, source{Document{Key: r.ID, Source: "cnil", Locale: "fr", Title: r.Title}, r.HTML, true})
	}
	return list
}

// bySite parts documents by what stands before the slash of their keys: each
// organisation has a base of its own.
func bySite(sources []source) [][]source {
	at := map[string]int{}
	var list [][]source
	for _, s := range sources {
		site, _, _ := strings.Cut(s.document.Key, "/")
		i, ok := at[site]
		if !ok {
			i = len(list)
			at[site] = i
			list = append(list, nil)
		}
		list[i] = append(list[i], s)
	}
	return list
}
