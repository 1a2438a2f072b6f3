package lexical

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"freshet/connectors/connectortest"
)

// passages cuts the texts of a data set into passages of 100 words.
func passages(t testing.TB, set, language string) []Text {
	type page struct{ Title, Text string }
	var list []Text
	connectortest.EachLine(t, set+"/kb.jsonl", func(p page) {
		words := strings.Fields(p.Text)
		for len(words) > 0 {
			n := min(len(words), 100)
			list = append(list, Text{Title: p.Title, Body: strings.Join(words[:n], " "), Language: language})
			words = words[n:]
		}
	})
	return list
}

func BenchmarkEncode100Words(b *testing.B) {
	for _, c := range []struct{ set, language string }{{"faq-fr-servicepublic", "fr"}, {"faq-en-stackexchange", "en"}} {
		b.Run(c.language, func(b *testing.B) {
			list := passages(b, c.set, c.language)
			words, postings := 0, 0
			e := NewEncoder()
			for _, t := range list {
				words += len(strings.Fields(t.Body))
				postings += len(e.Encode(t).Vector.IDs)
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				e.Encode(list[i%len(list)])
				i++
			}
			perText := float64(words) / float64(len(list))
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)*100/perText, "ns/100words")
			b.ReportMetric(float64(postings)/float64(len(list)), "postings")
		})
	}
}

// coined returns a vocabulary of n different words that look like words.
func coined(n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	parts := strings.Fields("re mé con dé pro trans in ex sur a o u ti la mo ra nu si vo ment tion eur able age ique iste er ir ou té el ment on al")
	seen := make(map[string]bool)
	var list []string
	for len(list) < n {
		var s strings.Builder
		for range 2 + r.IntN(4) {
			s.WriteString(parts[r.IntN(len(parts))])
		}
		if w := s.String(); !seen[w] {
			seen[w] = true
			list = append(list, w)
		}
	}
	return list
}

func BenchmarkSpeller(b *testing.B) {
	for _, n := range []int{12_000, 68_000, 274_000} {
		v := newVocabulary()
		list := coined(n)
		for i, w := range list {
			v.change(w, 1+i%7)
		}
		for _, typo := range []struct {
			name    string
			letters int
			edit    func(string) string
		}{
			{"6 letters, one edit", 6, func(s string) string { return s[:2] + "z" + s[3:] }},
			{"10 letters, one edit", 10, func(s string) string { return s[:2] + "z" + s[3:] }},
			{"10 letters, two edits", 10, func(s string) string { return s[:2] + "z" + s[3:7] + "k" + s[8:] }},
		} {
			b.Run(fmt.Sprintf("%d words/%s", n, typo.name), func(b *testing.B) {
				var asked []string
				for _, w := range list {
					if f := fold(w); len(f) == typo.letters && len(asked) < 200 {
						asked = append(asked, typo.edit(f))
					}
				}
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					v.near(asked[i%len(asked)], maxSuggestions)
					i++
				}
			})
		}
	}
}

func BenchmarkTermsAdd(b *testing.B) {
	list := passages(b, "faq-fr-servicepublic", "fr")
	e := NewEncoder()
	encoded := make([]Encoded, len(list))
	for i := range list {
		encoded[i] = e.Encode(list[i])
	}
	terms := NewTerms()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		terms.Add("b", encoded[i%len(encoded)])
		i++
	}
}

func BenchmarkQuery(b *testing.B) {
	list := passages(b, "faq-fr-servicepublic", "fr")
	e := NewEncoder()
	terms := NewTerms()
	for i := range list {
		terms.Add("b", e.Encode(list[i]))
	}
	a := NewAnalyser(terms)
	for name, question := range map[string]string{
		"plain": "Comment faire une demande de permis de conduire à l'étranger ?",
		"typos": "Comment faier une demanda de permsi de conduirre à l'étanger ?",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a.Query(question, Options{Base: "b", Languages: []string{"fr", "en"}})
			}
		})
	}
}
