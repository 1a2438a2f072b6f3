package evaluate

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"freshet/index/retrieve"
)

// smallPages is how many pages a small base has: that of a young help centre.
const smallPages = 60

// smallDraws is how many small bases are drawn of a set.
const smallDraws = 40

// beside returns the set with the pages of another language's among its own: what a
// bilingual help centre is to the questions of one language.
func (s set) beside(other set, pages int) set {
	both := s
	both.pages = slices.Clone(s.pages)
	for _, p := range other.pages[:min(pages, len(other.pages))] {
		p.locale = other.language
		both.pages = append(both.pages, p)
	}
	return both
}

// TestQualityOnSmallBases measures where a young help centre is: few pages, so that
// rarity is a rough guess, all of one subject, or in two languages. A question
// counts once for each base that it is asked of. It is development data alone, to
// choose on.
func TestQualityOnSmallBases(t *testing.T) {
	skipRaced(t)
	french, english := servicepublic(t), covid(t)
	for _, c := range []struct {
		name        string
		bases       []set
		hit1, mrr10 float64 // at least
	}{
		{"service-public, 60 pages at random", french.drawn(smallPages), 0.93, 0.95},
		{"service-public, 60 related pages", french.related(smallPages), 0.89, 0.93},
		{"covid, 40 pages at random", english.drawn(40), 0.62, 0.74},
		{"covid beside 60 French pages", []set{english.beside(french, smallPages)}, 0.56, 0.69},
		{"site help beside 67 English pages", []set{extras(t)[1].beside(english, 67)}, 0.70, 0.80},
	} {
		var lines []Line
		for _, s := range c.bases {
			b := indexed(s)
			b.base.Languages = []string{"fr", "en"}
			for _, q := range s.questions {
				resp, err := b.retriever.Search(t.Context(), retrieve.Request{Base: "b", Query: q.Question, Limit: 10})
				if err != nil {
					t.Fatal(err)
				}
				l := Line{Question: q.Question, Expected: q.Expected}
				l.rank(resp.Hits)
				lines = append(lines, l)
			}
		}
		hit1, mrr10 := hitAt(1)(lines), MRR10(lines)
		t.Logf("%-36s %2d bases, %4d questions: hit@1 %s  mrr@10 %s", c.name, len(c.bases), len(lines), show(hitAt(1), lines), show(MRR10, lines))
		if hit1 < c.hit1 || mrr10 < c.mrr10 {
			t.Errorf("%s: hit@1 is %.3f and mrr@10 %.3f, they must be at least %.2f and %.2f", c.name, hit1, mrr10, c.hit1, c.mrr10)
		}
	}
}

// part returns the set with some of its pages alone and the questions that they
// answer.
func (s set) part(pages []int) set {
	p := set{name: s.name, language: s.language}
	has := make(map[string]bool)
	for _, i := range pages {
		p.pages = append(p.pages, s.pages[i])
		has[s.pages[i].id] = true
	}
	for _, q := range s.questions {
		if slices.ContainsFunc(q.Expected, func(id string) bool { return has[id] }) {
			p.questions = append(p.questions, q)
		}
	}
	return p
}

// drawn are small bases of pages at random, the same in every run.
func (s set) drawn(size int) []set {
	r := rand.New(rand.NewPCG(2026, uint64(len(s.pages))))
	list := make([]set, smallDraws)
	for i := range list {
		list[i] = s.part(r.Perm(len(s.pages))[:min(size, len(s.pages))])
	}
	return list
}

// related are small bases of one subject each: a page that answers a question and
// those that share most of its long words, the rarer the better.
func (s set) related(size int) []set {
	words := make([]map[string]bool, len(s.pages))
	in := make(map[string]int)
	for i, p := range s.pages {
		words[i] = make(map[string]bool)
		for _, w := range longWords(strings.ToLower(p.text)) {
			if !words[i][w] {
				words[i][w] = true
				in[w]++
			}
		}
	}
	like := func(a, b int) (sum float64) {
		for w := range words[a] {
			if words[b][w] {
				sum += 1 / float64(in[w])
			}
		}
		return sum / math.Sqrt(float64(1+len(words[b])))
	}
	var list []set
	done := make(map[string]bool)
	for _, q := range s.questions {
		if done[q.Expected[0]] || len(list) == smallDraws {
			continue
		}
		done[q.Expected[0]] = true
		centre := slices.IndexFunc(s.pages, func(p page) bool { return p.id == q.Expected[0] })
		likeness := make([]float64, len(s.pages))
		order := make([]int, len(s.pages))
		for i := range order {
			order[i], likeness[i] = i, like(centre, i)
		}
		likeness[centre] = math.Inf(1)
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(likeness[b], likeness[a]) })
		list = append(list, s.part(order[:min(size, len(order))]))
	}
	return list
}
