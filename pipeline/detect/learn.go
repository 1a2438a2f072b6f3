package detect

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/detect/claims"
	"freshet/pipeline/detect/conflict"
	"freshet/pipeline/detect/duplicate"
)

// learned is what a base teaches about its words: it is learned in a pass over the
// whole base and stands until the next one, so that what is found does not depend on
// when it was looked at.
type learned struct {
	passages    int
	stems       map[uint32]uint32 // in how many passages
	common      map[uint64]bool   // sentences that stand on very many pages, as claims knows them
	boilerplate map[string]*duplicate.Boilerplate
}

// learnedData is how it is kept.
type learnedData struct {
	Passages    int
	Stems       []uint32 // hash, count, ...
	Common      [][]byte
	Boilerplate map[string][]byte
}

func readLearned(data []byte) (*learned, error) {
	l := &learned{}
	if len(data) == 0 {
		return l, nil
	}
	var d learnedData
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&d); err != nil {
		return l, fmt.Errorf("read what was learned: %w", err)
	}
	l.passages = d.Passages
	l.stems = make(map[uint32]uint32, len(d.Stems)/2)
	for i := 0; i+1 < len(d.Stems); i += 2 {
		l.stems[d.Stems[i]] = d.Stems[i+1]
	}
	l.common = make(map[uint64]bool)
	for _, hashes := range d.Common {
		for ; len(hashes) >= 8; hashes = hashes[8:] {
			l.common[binary.BigEndian.Uint64(hashes)] = true
		}
	}
	l.boilerplate = make(map[string]*duplicate.Boilerplate, len(d.Boilerplate))
	for source, data := range d.Boilerplate {
		b := &duplicate.Boilerplate{}
		if err := b.UnmarshalBinary(data); err != nil {
			return l, err
		}
		l.boilerplate[source] = b
	}
	return l, nil
}

// rareStem is in how many passages a stem is taken to be that is in fewer than are
// kept.
const rareStem = 1

// leastKept is the number of passages from which on a stem is kept.
const leastKept = 3

// idf is the natural logarithm of passages over passages with the stem.
func (l *learned) idf(stem string) float64 {
	n := max(l.stems[stemHash(stem)], rareStem)
	return math.Log(1 + float64(l.passages)/float64(n))
}

func stemHash(stem string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(stem)) // it never fails
	return h.Sum32()
}

// short is the first half of a hash.
func short(h index.Hash) uint64 {
	var n uint64
	for _, b := range h[:8] {
		n = n<<8 | uint64(b)
	}
	return n
}

// A pupil learns.
type pupil struct {
	passages int
	stems    map[uint32]uint32
	common   map[string]*duplicate.Count // of sentences as claims knows them, by source
	plain    map[string]*duplicate.Count // as duplicate knows them
}

func newPupil() *pupil {
	return &pupil{stems: make(map[uint32]uint32), common: make(map[string]*duplicate.Count), plain: make(map[string]*duplicate.Count)}
}

// learn looks at every document of a base.
func (e *Engine) learn(ctx context.Context, id string) (catalog.DetectBase, error) {
	p := newPupil()
	documents := 0
	for d, err := range e.Catalog.AllDocuments(ctx, catalog.DocumentFilter{Base: id, States: []catalog.State{catalog.Present, catalog.Unreadable}}) {
		if err != nil {
			return catalog.DetectBase{}, err
		}
		if d.Chunks == 0 {
			continue
		}
		if err := e.pause(ctx); err != nil {
			return catalog.DetectBase{}, err
		}
		chunks, err := e.Catalog.ChunksOf(ctx, d.Key)
		if err != nil {
			return catalog.DetectBase{}, err
		}
		documents++
		p.add(e.scanner, &document{Document: d}, chunks)
	}
	data, err := p.data()
	return catalog.DetectBase{Base: id, Version: Version, Learned: documents, Data: data}, err
}

// mostStems bounds the stems that are counted at once.
const mostStems = 1 << 20

func (p *pupil) add(scanner *claims.Scanner, d *document, chunks []index.Chunk) {
	var sentences []uint64
	seen := make(map[uint32]bool)
	for i := range chunks {
		p.passages++
		clear(seen)
		scan := scanner.Scan(claims.Passage{Text: chunks[i].Text, Kind: chunks[i].Kind, Title: chunks[i].Title, Heading: chunks[i].Heading,
			Question: chunks[i].Question, Locale: localeOf(d, &chunks[i])})
		for j := range scan.Sentences {
			s := &scan.Sentences[j]
			sentences = append(sentences, short(s.Hash))
			for _, stem := range s.Stems {
				seen[stemHash(conflict.Stem(stem))] = true
			}
		}
		for h := range seen {
			p.stems[h]++
		}
	}
	for h, n := range p.stems {
		if len(p.stems) <= mostStems {
			break
		}
		if n < leastKept {
			delete(p.stems, h)
		}
	}
	slices.Sort(sentences)
	count(p.common, d.Source).Add(slices.Compact(sentences))
	page := pageOf(d, chunks)
	count(p.plain, d.Source).Add(page.Sentences())
}

func count(of map[string]*duplicate.Count, source string) *duplicate.Count {
	c := of[source]
	if c == nil {
		c = duplicate.NewCount()
		of[source] = c
	}
	return c
}

func (p *pupil) data() ([]byte, error) {
	d := learnedData{Passages: p.passages, Boilerplate: make(map[string][]byte)}
	type stem struct{ hash, n uint32 }
	var stems []stem
	for h, n := range p.stems {
		if n >= leastKept {
			stems = append(stems, stem{h, n})
		}
	}
	slices.SortFunc(stems, func(a, b stem) int { return cmp.Compare(a.hash, b.hash) })
	for _, s := range stems {
		d.Stems = append(d.Stems, s.hash, s.n)
	}
	for _, source := range sorted(p.common) {
		hashes, err := p.common[source].Learned().MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("keep what was learned: %w", err)
		}
		d.Common = append(d.Common, hashes)
	}
	for _, source := range sorted(p.plain) {
		b, err := p.plain[source].Learned().MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("keep what was learned: %w", err)
		}
		d.Boilerplate[source] = b
	}
	var out bytes.Buffer
	if err := gob.NewEncoder(&out).Encode(d); err != nil {
		return nil, fmt.Errorf("keep what was learned: %w", err)
	}
	return out.Bytes(), nil
}
