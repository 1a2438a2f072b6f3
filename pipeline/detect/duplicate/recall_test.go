package duplicate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"freshet/pipeline/detect/duplicate"
)

// edit copies a text with words dropped, replaced, doubled or swapped at a rate.
func edit(r *rand.Rand, text string, rate float64) string {
	in := strings.Fields(text)
	var out []string
	for i := 0; i < len(in); i++ {
		if r.Float64() >= rate {
			out = append(out, in[i])
			continue
		}
		switch r.IntN(4) {
		case 0:
		case 1:
			out = append(out, in[r.IntN(len(in))])
		case 2:
			out = append(out, in[i], "également")
		case 3:
			if len(out) > 0 {
				out = append(out[:len(out)-1], in[i], out[len(out)-1])
			}
		}
	}
	return strings.Join(out, " ")
}

// triples numbers the runs of words of a text, in another way than the package: by the
// strings themselves.
func triples(words []string, width int, ids map[string]uint64) []uint64 {
	var out []uint64
	for i := 0; i+width <= len(words); i++ {
		s := strings.Join(words[i:i+width], " ")
		if ids[s] == 0 {
			ids[s] = uint64(len(ids) + 1)
		}
		out = append(out, ids[s])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func inBoth(x, y []uint64) int {
	n := 0
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] < y[j]:
			i++
		case x[i] > y[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

type edited struct {
	words       []string
	short, long []uint64
	signature   *duplicate.Signature
	keys        []uint64
}

// Candidates by keys against brute force over all pairs of passages of faq-fr-cnil and
// edited copies of them.
func TestCandidatesAgainstBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	ids := map[string]uint64{}
	var all []edited
	add := func(text string) {
		text = strings.Join(plainWords(text), " ")
		w := strings.Fields(text)
		s := duplicate.Read(text)
		if s.Words != len(w) {
			t.Fatalf("%d words are read as %d: %s", len(w), s.Words, text)
		}
		all = append(all, edited{w, triples(w, 3, ids), triples(w, 5, ids), s, s.Keys()})
	}
	keys, chunks := 0, 0
	for _, p := range cnil(t) {
		for _, c := range p.Passages {
			keys, chunks = keys+len(duplicate.Read(c.Text).Keys()), chunks+1
			add(c.Text)
			for _, rate := range []float64{0.01, 0.03, 0.06} {
				add(edit(r, strings.Join(plainWords(c.Text), " "), rate))
			}
		}
	}
	near, found := 0, 0
	for i := range all {
		for j := range i {
			a, b := &all[i], &all[j]
			x, y := a.short, b.short
			if len(a.words) > duplicate.LongWords && len(b.words) > duplicate.LongWords {
				x, y = a.long, b.long
			}
			if min(len(x), len(y)) == 0 || float64(min(len(x), len(y))) < 0.8*float64(max(len(x), len(y))) {
				continue
			}
			n := inBoth(x, y)
			jaccard := float64(n) / float64(len(x)+len(y)-n)
			least := duplicate.NearJaccard
			if min(len(x), len(y)) < duplicate.MinShingles {
				least = duplicate.ShortJaccard
			}
			if jaccard < least || len(a.words) < duplicate.MinWords {
				continue
			}
			near++
			if l := duplicate.Compare(a.signature, b.signature); l.Jaccard != jaccard || !l.Near() {
				t.Fatalf("Jaccard %v, brute force says %v", l.Jaccard, jaccard)
			}
			if inBoth(a.keys, b.keys) > 0 {
				found++
			}
		}
	}
	t.Logf("recall %.4f of %d near pairs among %d texts", float64(found)/float64(near), near, len(all))
	t.Logf("%.1f keys a passage of %d", float64(keys)/float64(chunks), chunks)
	if recall := float64(found) / float64(near); recall < 0.999 || near < 1000 {
		t.Errorf("recall %.4f of %d near pairs", recall, near)
	}
}

// plainWords are the runs of small letters of a text: what both ways read alike.
func plainWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return c < 'a' || c > 'z' })
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{50, 150, 300} {
		text := frenchText(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				duplicate.Read(text)
			}
		})
	}
}

func BenchmarkKeys(b *testing.B) {
	for _, n := range []int{50, 150, 300} {
		s := duplicate.Read(frenchText(n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Keys()
			}
			b.ReportMetric(float64(len(s.Keys())), "keys")
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	x, y := duplicate.Read(frenchText(300)), duplicate.Read(frenchText(290))
	b.ReportAllocs()
	for b.Loop() {
		duplicate.Compare(x, y)
	}
}

func BenchmarkPages(b *testing.B) {
	read := func(n int) *duplicate.Reading {
		p := duplicate.Page{Title: "Livraison"}
		for range 4 {
			p.Passages = append(p.Passages, duplicate.Passage{Text: frenchText(n)})
		}
		return duplicate.ReadPage(p, nil)
	}
	x, y := read(150), read(145)
	b.ReportAllocs()
	for b.Loop() {
		duplicate.Pages(x, y, duplicate.Rules{})
	}
}

// frenchText makes n words with accents, apostrophes and hard spaces.
func frenchText(n int) string {
	r := rand.New(rand.NewPCG(13, 14))
	words := strings.Fields("la livraison d'un colis est gratuite à partir de 49,90\u00a0€ d'achat ; l'été, comptez deux jours de plus où que vous soyez en France métropolitaine, îles comprises « sauf mention contraire »")
	var b strings.Builder
	for i := range n {
		b.WriteString(words[r.IntN(len(words))])
		if i%15 == 14 {
			b.WriteByte('.')
		}
		b.WriteByte(' ')
	}
	return b.String()
}
