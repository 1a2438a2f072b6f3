package conflict

import (
	"cmp"
	"slices"
	"strings"
)

// Families are the template families of a base: sentences that are equal but for one
// word and the values, as of plans or of shops. Their words are contrast sets: they
// tell one of a family from another, also in other sentences. The zero value and nil
// hold none. It is safe for concurrent use.
type Families struct {
	sets map[uint64][]int32 // hash of a word to the sets that it belongs to, in order
}

// Len is how many words tell members of families apart.
func (f *Families) Len() int {
	if f == nil {
		return 0
	}
	return len(f.sets)
}

const (
	// leastFamily is how many sentences make a family.
	leastFamily = 3
	// mostTemplate is how many words a sentence has at most to be a template, its
	// headings among them.
	mostTemplate = 40
	// mostFamilies bounds what is learnt.
	mostFamilies = 10_000
)

// A specimen is a sentence with one word masked.
type specimen struct {
	template uint64
	masked   uint64
	value    string
}

// Learn finds the template families of some passages: three sentences or more that
// are equal after one word and the values are masked, whose words differ pairwise and
// of whose values most do. What stands above a sentence belongs to it.
func (c *Comparer) Learn(sides []*Side) *Families {
	list := recurring(sides)
	slices.SortFunc(list, func(a, b specimen) int {
		return cmp.Or(cmp.Compare(a.template, b.template), cmp.Compare(a.masked, b.masked), strings.Compare(a.value, b.value))
	})
	f := &Families{sets: make(map[uint64][]int32)}
	next := int32(0)
	for i := 0; i < len(list) && next < mostFamilies; {
		j := i + 1
		for j < len(list) && list[j].template == list[i].template {
			j++
		}
		if words := family(list[i:j]); words != nil {
			for _, w := range words {
				f.sets[w] = append(f.sets[w], next)
			}
			next++
		}
		i = j
	}
	return f
}

// family returns the masked words of specimens of one template, sorted, if they make a
// family.
func family(list []specimen) []uint64 {
	if len(list) < leastFamily {
		return nil
	}
	var words []uint64
	values := map[string]bool{}
	for i := range list {
		if i == 0 || list[i].masked != list[i-1].masked {
			words = append(words, list[i].masked)
			values[list[i].value] = true
		}
	}
	if len(words) < leastFamily || 3*len(values) < 2*len(words) {
		return nil
	}
	return words
}

// recurring lists the specimens of templates of which there may be enough to make a
// family: nearly all templates have one specimen, and to put those in order would be
// most of the work. Templates are counted by some bits of their hash, so that a few are
// listed in vain and none is missed.
func recurring(sides []*Side) []specimen {
	var counts [1 << 14]uint8
	for _, s := range sides {
		for _, m := range s.maskings() {
			for _, x := range m.words {
				if n := &counts[x.template%uint64(len(counts))]; *n < leastFamily {
					*n++
				}
			}
		}
	}
	var list []specimen
	for _, s := range sides {
		for _, m := range s.maskings() {
			for _, x := range m.words {
				if counts[x.template%uint64(len(counts))] >= leastFamily {
					list = append(list, specimen{x.template, x.word, m.value})
				}
			}
		}
	}
	return list
}

// A masking is a sentence with each of its words masked in turn.
type masking struct {
	value string // of its first claim
	words []masked
}

type masked struct{ template, word uint64 }

// maskings are those of the sentences that have a value, made when they are first
// asked for.
func (s *Side) maskings() []masking {
	s.masking.Do(func() {
		for i := range s.sentences {
			if m := s.mask(i); len(m.words) > 0 {
				s.masked = append(s.masked, m)
			}
		}
	})
	return s.masked
}

// mask masks the words of a sentence.
func (s *Side) mask(i int) masking {
	f := &s.sentences[i]
	if len(f.claims) == 0 || f.silent {
		return masking{}
	}
	words := s.template(i)
	if len(words) > mostTemplate {
		return masking{}
	}
	m := masking{value: normal(f.claims[0].Claim), words: make([]masked, 0, len(words))}
	for k, word := range words {
		if word == valueMark || slices.Contains(words[:k], word) {
			continue
		}
		h := hash("template")
		for _, w := range words {
			if w == word {
				w = 0
			}
			h = mix(h, w)
		}
		m.words = append(m.words, masked{h, word})
	}
	return m
}

// valueMark stands for a value in a template.
const valueMark = 1

// template returns the words of what stands above a sentence and of the sentence, its
// values masked.
func (s *Side) template(i int) []uint64 {
	f := &s.sentences[i]
	var list []uint64
	add := func(text string) {
		words := splitWords(text)
		for k := range words {
			list = append(list, token(words[k].text))
		}
		list = append(list, 2)
	}
	add(s.Document.Title)
	if n := len(s.Chunk.Heading); n > 0 {
		add(s.Chunk.Heading[n-1])
	}
	for _, text := range [...]string{f.Heading, f.Row, f.Column, f.Lead} {
		if text != "" {
			add(text)
		}
	}
	words := splitWords(s.slice(f.Start, f.End))
	next := 0
	for k := range words {
		at := f.Start + words[k].start
		for next < len(f.claims) && f.claims[next].End <= at {
			next++
		}
		if next < len(f.claims) && at >= f.claims[next].Start {
			if list[len(list)-1] != valueMark {
				list = append(list, valueMark)
			}
			continue
		}
		list = append(list, token(words[k].text))
	}
	return list
}

// token is the hash of a folded word without the mark of its plural.
func token(folded string) uint64 {
	if len(folded) > 3 {
		folded = strings.TrimRight(folded, "sx")
	}
	return hash(folded)
}

// apart says whether two sentences speak of two members of one family: each has a
// word of it that the other has not.
func (f *Families) apart(a, b *sentence) bool {
	return f != nil && len(f.sets) > 0 && contrasts(f.sets, a, b) == disjoint
}

// contrasts says whether the words of two sentences, and of what stands above them,
// belong to one set and differ; oneSided when only one has a word of a set.
func contrasts(sets map[uint64][]int32, a, b *sentence) overlap {
	result := equalScope
	for _, x := range a.tokens {
		list := sets[x]
		if list == nil || has(b.tokens, x) {
			continue
		}
		result = oneSided
		for _, y := range b.tokens {
			if other := sets[y]; other != nil && !has(a.tokens, y) && meets(list, other) {
				return disjoint
			}
		}
	}
	if result == equalScope {
		for _, y := range b.tokens {
			if sets[y] != nil && !has(a.tokens, y) {
				return oneSided
			}
		}
	}
	return result
}

// contrastsAlone says whether a sentence has, in its own words, one of a contrast set
// that the other has not, nor what stands above it.
func contrastsAlone(sets map[uint64][]int32, a, b *sentence) bool {
	for _, x := range a.own {
		if sets[x] != nil && !has(b.tokens, x) {
			return true
		}
	}
	return false
}

// meets says whether two sorted lists share a number.
func meets(a, b []int32) bool {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			return true
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return false
}
