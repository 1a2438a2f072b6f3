package lexical

import (
	"cmp"
	"strings"

	"freshet/index"
)

// An Encoder encodes chunks. It holds a cache of words and is not safe for
// concurrent use: give each worker its own.
type Encoder struct {
	caches map[string]*cache
	scan   scanner
	tokens sorter // packed: namespace in the low bits, token ID above
	marks  sorter // packed: index into found in the low half, hash above
	found  []string
	ids    []uint32 // of the vector that is being built
	values []float32
}

// NewEncoder returns an encoder with an empty cache.
func NewEncoder() *Encoder {
	return &Encoder{caches: map[string]*cache{"": newCache(""), "fr": newCache("fr"), "en": newCache("en")}}
}

// Encode returns the vector and the words of a text. The result does not depend
// on what was encoded before.
func (e *Encoder) Encode(t Text) Encoded {
	c, ok := e.caches[t.Language]
	if !ok {
		t.Language = ""
		c = e.caches[""]
	}
	e.tokens.items, e.marks.items, e.found = e.tokens.items[:0], e.marks.items[:0], e.found[:0]
	var lengths [namespaces]int
	e.add(c, t.Title, true, &lengths)
	question := t.Question
	if question != t.Title {
		e.add(c, question, true, &lengths)
	}
	for _, h := range t.Headings[max(0, len(t.Headings)-2):] {
		if h != t.Title && h != question {
			e.add(c, h, false, &lengths)
		}
	}
	body := t.Body
	if question != "" {
		body = strings.TrimPrefix(body, question)
	}
	e.add(c, body, false, &lengths)
	encoded := Encoded{Vector: e.vector(&lengths), Language: t.Language, Words: e.words(), Acronyms: acronyms(t.Body)}
	if title := cmp.Or(question, t.Title); title != "" {
		encoded.Title, encoded.Asks = slotID(hash(title)), asks(title)
	}
	return encoded
}

func (e *Encoder) add(c *cache, text string, title bool, lengths *[namespaces]int) {
	e.scan.text, e.scan.pos = text, 0
	for e.scan.next() {
		list := c.words(e.scan.key)
		for i := range list {
			w := &list[i]
			if !w.asks {
				e.put(Words, w.stem)
				for _, id := range w.grams {
					e.put(Grams, id)
				}
				lengths[Words]++
				lengths[Grams] += len(w.grams)
			}
			if title {
				e.put(TitleWords, titleID(TitleWords, w.stem))
				for _, id := range w.grams {
					e.put(TitleGrams, titleID(TitleGrams, id))
				}
				lengths[TitleWords]++
				lengths[TitleGrams] += len(w.grams)
			}
			if w.proper {
				e.marks.items = append(e.marks.items, uint64(w.spelled)<<32|uint64(len(e.found)))
				e.found = append(e.found, w.surface)
			}
		}
	}
}

func (e *Encoder) put(n Namespace, id uint32) {
	e.tokens.items = append(e.tokens.items, uint64(id)<<32|uint64(n))
}

// vector counts the tokens. Two namespaces that share an ID share its entry, and
// the higher weight stands.
func (e *Encoder) vector(lengths *[namespaces]int) index.SparseVector {
	var weighers [namespaces]weigher
	for n := range weighers {
		weighers[n] = newWeigher(Namespace(n), lengths[n])
	}
	items := e.tokens.sort()
	ids, values := e.ids[:0], e.values[:0]
	for i := 0; i < len(items); {
		item := items[i]
		j := i + 1
		for j < len(items) && items[j] == item {
			j++
		}
		id, weight := uint32(item>>32), weighers[item&uint64(namespaces-1)].weight(j-i)
		if n := len(ids) - 1; n >= 0 && ids[n] == id {
			values[n] = max(values[n], weight)
		} else {
			ids, values = append(ids, id), append(values, weight)
		}
		i = j
	}
	e.ids, e.values = ids, values
	return index.SparseVector{IDs: append(make([]uint32, 0, len(ids)), ids...), Values: append(make([]float32, 0, len(ids)), values...)}
}

// words returns the distinct words found, in the order of their hashes. Of two
// words with one hash the first in the text stands.
func (e *Encoder) words() []string {
	items := e.marks.sort()
	distinct := 0
	for i := range items {
		if i == 0 || items[i]>>32 != items[i-1]>>32 {
			items[distinct] = items[i]
			distinct++
		}
	}
	list := make([]string, distinct)
	for i := range list {
		list[i] = e.found[uint32(items[i])]
	}
	return list
}
