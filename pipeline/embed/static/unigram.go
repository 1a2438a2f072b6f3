package static

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// unknownPenalty is what a letter without a token costs below the rarest token
// (sentencepiece, kUnkPenalty).
const unknownPenalty = 10

// unigram finds the tokens of a word whose probabilities have the largest product.
type unigram struct {
	sorted  []scored // by text
	start   []int32  // by the first byte: where its tokens begin
	bytes   []int32  // ids of "<0x00>" to "<0xFF>"; nil: none
	unknown int32
	penalty float64
}

type scored struct {
	text  string
	score float64
	id    int32
}

func readUnigram(raw json.RawMessage) (words, int32, error) {
	var f struct {
		Unknown *int32               `json:"unk_id"`
		Vocab   [][2]json.RawMessage `json:"vocab"`
		Bytes   bool                 `json:"byte_fallback"`
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, 0, err
	}
	if len(f.Vocab) == 0 || len(f.Vocab) > mostTokens {
		return nil, 0, fmt.Errorf("a vocabulary of %d tokens", len(f.Vocab))
	}
	u := &unigram{unknown: -1}
	if f.Unknown != nil {
		if u.unknown = *f.Unknown; u.unknown < 0 || int(u.unknown) >= len(f.Vocab) {
			return nil, 0, fmt.Errorf("unk_id is %d, with %d tokens", u.unknown, len(f.Vocab))
		}
	}
	least := math.Inf(1)
	for i, entry := range f.Vocab {
		s := scored{id: int32(i)}
		if err := errors.Join(json.Unmarshal(entry[0], &s.text), json.Unmarshal(entry[1], &s.score)); err != nil {
			return nil, 0, fmt.Errorf("token %d: %w", i, err)
		}
		least = min(least, s.score)
		u.sorted = append(u.sorted, s)
	}
	u.penalty = least - unknownPenalty
	u.sort()
	if f.Bytes {
		u.fallBack()
	}
	return u, u.unknown, nil
}

// sort makes the tokens searchable; of equal ones the last holds.
func (u *unigram) sort() {
	slices.SortStableFunc(u.sorted, func(a, b scored) int { return strings.Compare(a.text, b.text) })
	n := 0
	for i, s := range u.sorted {
		if s.text == "" || i+1 < len(u.sorted) && u.sorted[i+1].text == s.text {
			continue
		}
		u.sorted[n] = s
		n++
	}
	u.sorted = u.sorted[:n]
	u.start = make([]int32, 257)
	for b := range 257 {
		at, _ := slices.BinarySearchFunc(u.sorted, b, func(s scored, b int) int { return int(s.text[0]) - b })
		u.start[b] = int32(at)
	}
}

func (u *unigram) fallBack() {
	var ids []int32
	for b := range 256 {
		id, ok := u.find(fmt.Sprintf("<0x%02X>", b))
		if !ok {
			return
		}
		ids = append(ids, id)
	}
	u.bytes = ids
}

func (u *unigram) find(token string) (int32, bool) {
	at, ok := slices.BinarySearchFunc(u.sorted, token, func(s scored, t string) int { return strings.Compare(s.text, t) })
	if !ok {
		return 0, false
	}
	return u.sorted[at].id, true
}

func (u *unigram) vocabulary(f func(string, int32)) {
	for _, s := range u.sorted {
		f(s.text, s.id)
	}
	if u.unknown >= 0 {
		f("", u.unknown)
	}
}

// path is the best way to a place in the word.
type path struct {
	score float64
	from  int32 // where its last token begins; -1: not reached
	id    int32 // its last token; -1: unknown
}

func (u *unigram) append(ids []int32, word string) []int32 {
	paths := make([]path, len(word)+1)
	for i := range paths {
		paths[i].from = -1
	}
	for at := 0; at < len(word); {
		_, size := utf8.DecodeRuneInString(word[at:])
		here, single := paths[at].score, false
		u.prefixes(word[at:], func(s *scored) {
			single = single || len(s.text) == size
			paths[at+len(s.text)].offer(here+s.score, at, s.id)
		})
		if !single {
			paths[at+size].offer(here+u.penalty, at, -1)
		}
		at += size
	}
	return u.follow(ids, paths, word)
}

func (p *path) offer(score float64, from int, id int32) {
	if p.from < 0 || score > p.score {
		*p = path{score, int32(from), id}
	}
}

// prefixes calls f for each token that the text begins with, the shortest first.
func (u *unigram) prefixes(text string, f func(*scored)) {
	lo, hi := int(u.start[text[0]]), int(u.start[int(text[0])+1])
	for n := 1; lo < hi; n++ {
		if len(u.sorted[lo].text) == n {
			f(&u.sorted[lo])
			lo++
		}
		if n == len(text) {
			return
		}
		lo, hi = u.narrow(lo, hi, n, text[n])
	}
}

// narrow finds the tokens among lo to hi, all longer than n and alike before, whose
// byte at n is b.
func (u *unigram) narrow(lo, hi, n int, b byte) (int, int) {
	from := lo
	for to := hi; from < to; {
		if mid := int(uint(from+to) >> 1); u.sorted[mid].text[n] < b {
			from = mid + 1
		} else {
			to = mid
		}
	}
	end := from
	for to := hi; end < to; {
		if mid := int(uint(end+to) >> 1); u.sorted[mid].text[n] <= b {
			end = mid + 1
		} else {
			to = mid
		}
	}
	return from, end
}

// follow appends the tokens of the best path; unknown letters in a row are one.
func (u *unigram) follow(ids []int32, paths []path, word string) []int32 {
	before := len(ids)
	for at := len(word); at > 0; {
		p := paths[at]
		if p.id >= 0 {
			ids, at = append(ids, p.id), int(p.from)
			continue
		}
		begin := int(p.from)
		for begin > 0 && paths[begin].id < 0 {
			begin = int(paths[begin].from)
		}
		ids = u.appendUnknown(ids, word[begin:at])
		at = begin
	}
	slices.Reverse(ids[before:])
	return ids
}

// appendUnknown appends backwards.
func (u *unigram) appendUnknown(ids []int32, text string) []int32 {
	if u.bytes != nil {
		for i := len(text) - 1; i >= 0; i-- {
			ids = append(ids, u.bytes[text[i]])
		}
		return ids
	}
	if u.unknown < 0 {
		return ids
	}
	return append(ids, u.unknown)
}
