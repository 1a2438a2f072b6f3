package duplicate

import (
	"encoding/binary"
	"fmt"
	"iter"
	"maps"
	"slices"
)

// A sentence is boilerplate when more than boilerplateDocuments and more than
// boilerplateShare of a source's documents hold it (DOUBTS.md 1.4).
const (
	boilerplateDocuments = 5
	boilerplateShare     = 0.02
	boilerplateWords     = 4 // fewer words than these are never boilerplate: "Yes."
)

// countedSentences bounds the sentences that are counted at once, of about 30 bytes.
const countedSentences = 1 << 20

// A Count counts in how many documents of a source each sentence stands. Documents may
// be added and taken away in any order. It is used by one goroutine at a time; its zero
// value is not usable, NewCount makes one.
type Count struct {
	documents int
	counts    map[uint64]uint32
	most      int
	// Limited: there were more different sentences than can be counted at once, and rare
	// ones were forgotten. What is learned is right, but sentences that became frequent
	// late may be missed.
	Limited bool
}

// NewCount returns a Count of no documents.
func NewCount() *Count { return &Count{counts: make(map[uint64]uint32), most: countedSentences} }

// Add counts a document by its Page.Sentences.
func (c *Count) Add(sentences []uint64) {
	c.documents++
	for _, h := range sentences {
		c.counts[h]++
	}
	if len(c.counts) > c.most {
		c.forget()
	}
}

// Remove takes a document away that was added with just these sentences.
func (c *Count) Remove(sentences []uint64) {
	c.documents = max(c.documents-1, 0)
	for _, h := range sentences {
		switch n := c.counts[h]; n {
		case 0:
		case 1:
			delete(c.counts, h)
		default:
			c.counts[h] = n - 1
		}
	}
}

// forget lets go of the rarest sentences until half of the room is free.
func (c *Count) forget() {
	c.Limited = true
	for least := uint32(1); len(c.counts) > c.most/2; least++ {
		for h, n := range c.counts {
			if n <= least {
				delete(c.counts, h)
			}
		}
	}
}

// Documents is how many are counted.
func (c *Count) Documents() int { return c.documents }

// Learned returns what is boilerplate among the documents so far.
func (c *Count) Learned() *Boilerplate {
	least := max(boilerplateDocuments, boilerplateShare*float64(c.documents))
	out := &Boilerplate{hashes: make(map[uint64]struct{})}
	for h, n := range c.counts {
		if float64(n) > least {
			out.hashes[h] = struct{}{}
		}
	}
	return out
}

// Boilerplate are the sentences of a source that say nothing of the document they stand
// in. It is not changed after it was made; nil has none.
type Boilerplate struct{ hashes map[uint64]struct{} }

// Len is the number of sentences.
func (b *Boilerplate) Len() int {
	if b == nil {
		return 0
	}
	return len(b.hashes)
}

// MarshalBinary writes it for UnmarshalBinary: equal ones are written alike.
func (b *Boilerplate) MarshalBinary() ([]byte, error) {
	out := make([]byte, 0, 8*b.Len())
	if b == nil {
		return out, nil
	}
	for _, h := range slices.Sorted(maps.Keys(b.hashes)) {
		out = binary.BigEndian.AppendUint64(out, h)
	}
	return out, nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (b *Boilerplate) UnmarshalBinary(data []byte) error {
	if len(data)%8 != 0 {
		return fmt.Errorf("read boilerplate: %d bytes are no whole number of sentences", len(data))
	}
	b.hashes = make(map[uint64]struct{}, len(data)/8)
	for ; len(data) > 0; data = data[8:] {
		b.hashes[binary.BigEndian.Uint64(data)] = struct{}{}
	}
	return nil
}

// own returns the tokens without those of boilerplate.
func (b *Boilerplate) own(list []token) []token {
	if b.Len() == 0 {
		return list
	}
	out := make([]token, 0, len(list))
	for s := range sentences(list) {
		if _, found := b.hashes[sentenceHash(s)]; !found {
			out = append(out, s...)
		}
	}
	return out
}

// sentences yields the tokens of one sentence after the other.
func sentences(list []token) iter.Seq[[]token] {
	return func(yield func([]token) bool) {
		for len(list) > 0 {
			end := 1
			for end < len(list) && list[end].class&first == 0 {
				end++
			}
			if !yield(list[:end]) {
				return
			}
			list = list[end:]
		}
	}
}

// sentenceHash is what a sentence is counted by; 0 for one too short to be boilerplate.
func sentenceHash(s []token) uint64 {
	if len(s) < boilerplateWords {
		return 0
	}
	return sequence(s)
}

// sequence hashes tokens in their order.
func sequence(list []token) uint64 {
	h := uint64(len(list))
	for _, t := range list {
		h = mix(h*0x9e3779b97f4a7c15 + t.hash)
	}
	return h
}
