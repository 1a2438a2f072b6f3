package markup

import (
	"unicode"
	"unicode/utf8"

	"freshet/pipeline/extract"
)

// shingles are the hashes of all runs of one, two and three words of a text.
type shingles map[uint64]struct{}

const (
	hashStart = 14695981039346656037
	hashPrime = 1099511628211
)

func newShingles(text string) shingles {
	s := make(shingles, len(text)/2)
	var one, two uint64
	n := 0
	eachWord(text, func(h uint64) {
		s[h] = struct{}{}
		if n > 0 {
			s[chain(one, h)] = struct{}{}
		}
		if n > 1 {
			s[chain(chain(two, one), h)] = struct{}{}
		}
		two, one = one, h
		n++
	})
	return s
}

func chain(a, b uint64) uint64 { return (a*hashPrime ^ b) * hashPrime }

// share is the part of a block's runs of three words that the text has; shorter
// blocks are looked up whole.
func (s shingles) share(b *extract.Block) float64 {
	if len(s) == 0 {
		return 0
	}
	var m matcher
	m.found = s
	m.text(b.Text)
	m.items(b.Items)
	for _, r := range b.Rows {
		for _, c := range r {
			m.text(c)
		}
	}
	if m.all == 0 {
		return 0
	}
	return float64(m.hits) / float64(m.all)
}

type matcher struct {
	found     shingles
	hits, all int
}

func (m *matcher) items(items []extract.Item) {
	for i := range items {
		m.text(items[i].Text)
		m.items(items[i].Items)
	}
}

// text looks a text up; each run counts once, so long texts weigh more.
func (m *matcher) text(text string) {
	var one, two uint64
	n := 0
	look := func(h uint64) {
		m.all++
		if _, ok := m.found[h]; ok {
			m.hits++
		}
	}
	eachWord(text, func(h uint64) {
		if n > 1 {
			look(chain(chain(two, one), h))
		}
		two, one = one, h
		n++
	})
	switch n {
	case 1:
		look(one)
	case 2:
		look(chain(two, one))
	}
}

// eachWord calls f with the hash of each run of letters and digits, in lower case.
func eachWord(text string, f func(uint64)) {
	h := uint64(hashStart)
	inside := false
	for i := 0; i < len(text); {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		i += n
		letter := r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9'
		if r >= utf8.RuneSelf {
			letter = unicode.IsLetter(r) || unicode.IsDigit(r)
			r = unicode.ToLower(r)
		} else if 'A' <= r && r <= 'Z' {
			r |= 0x20
		}
		if letter {
			h = (h ^ uint64(r)) * hashPrime
			inside = true
			continue
		}
		if inside {
			f(h)
			h, inside = hashStart, false
		}
	}
	if inside {
		f(h)
	}
}
