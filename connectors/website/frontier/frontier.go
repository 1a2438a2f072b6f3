// Package frontier is how far a crawl has got: the addresses that were ever found,
// in the order of their discovery, and what became of them.
//
// They are written into a log of notes in the position's Memory, of which every
// checkpoint adds only what is new; the cursor says how far the log goes. In memory
// stays what is needed to tell a new address from an old one, about 40 bytes each.
package frontier

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"freshet/connectors"
)

// MaxItems is how many addresses a frontier holds; Add refuses more.
const MaxItems = 4_000_000

// MaxDepth stands for every greater depth, and for one that is not known.
const MaxDepth = 1<<16 - 1

// maxText is how many bytes of a link's text are kept.
const maxText = 120

// Item is an address to visit.
type Item struct {
	N     int // its number; every address keeps its first
	URL   string
	Depth int // how many links away from the start
	Hops  int // redirects that led here
	// Again: the address was visited and put to the end.
	Again bool
	Round int // how often it has come again
	// Known: the address was a document's before this pass.
	Known bool
	// Parent is the number of the address that links here, -1 if none is known, and
	// Text what the first link said.
	Parent int
	Text   string
	// Awaited: a known address redirects here for good.
	Awaited bool
}

// Frontier is not for use by several goroutines.
type Frontier struct {
	journal   journal
	numbers   map[uint64]uint32 // of addresses, by their hash
	entries   []entry           // by number
	moves     map[int][]int     // what redirects for good to an address and was not told yet
	refs      map[int]int       // items that are addresses once more
	last      map[int]int       // of addresses that came in again: the item, the last time
	head      int
	documents int
	known     int
	blocks    int // notes that may exist
	err       error
}

// entry is what is kept of an address.
type entry struct {
	parent uint32 // its number and 1
	depth  uint16
	flags  uint8
}

const (
	isDocument = 1 << iota
	isKnown
)

// New returns an empty frontier that writes its log to m, over what an earlier one
// left there.
func New(ctx context.Context, m connectors.Memory) (*Frontier, error) {
	text, err := m.Get(ctx, sizeKey)
	if err != nil {
		return nil, fmt.Errorf("reading the size of an earlier frontier: %w", err)
	}
	f := empty(m)
	if n, err := strconv.Atoi(text); err == nil && n > 0 && n < maxNumber {
		f.blocks = n
	}
	return f, nil
}

func empty(m connectors.Memory) *Frontier {
	return &Frontier{journal: newJournal(m), numbers: map[uint64]uint32{}, moves: map[int][]int{}, refs: map[int]int{}, last: map[int]int{}}
}

// hash identifies an address among those found. 64 bits of SHA-256: two of a
// million addresses are taken for one with a probability of 3e-8.
func hash(url string) uint64 {
	h := sha256.Sum256([]byte(url))
	return binary.BigEndian.Uint64(h[:8])
}

// Add puts an address at the end, or notes that it is nearer to the start than it
// was thought to be. It returns the address's number, and whether it is new.
func (f *Frontier) Add(url string, depth, hops int) (n int, isNew bool) {
	return f.AddLinked(url, depth, hops, -1, "")
}

// AddLinked is Add for an address that another links to with a text, of which 120
// bytes are kept. The first that links there is kept, unless it turned out to be no
// document.
func (f *Frontier) AddLinked(url string, depth, hops, from int, text string) (n int, isNew bool) {
	if old, ok := f.numbers[hash(url)]; ok {
		n = int(old)
		f.Nearer(n, depth)
		if from >= 0 && from != n && !f.held(n) {
			f.put(record{kind: linked, n: n, to: from})
		}
		return n, false
	}
	n = len(f.entries)
	depth = min(depth, MaxDepth)
	if n >= MaxItems {
		return -1, false
	}
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	f.put(record{kind: added, url: url, depth: depth, hops: hops, to: from + 1, text: text})
	return n, true
}

// held reports whether an address has a parent that is, or may still be, a document.
func (f *Frontier) held(n int) bool {
	p := int(f.entries[n].parent) - 1
	return p >= 0 && (!f.Visited(p) || f.entries[p].flags&isDocument != 0)
}

// AddKnown is Add for an address that was a document's before this pass.
func (f *Frontier) AddKnown(url string, depth int) {
	if n, _ := f.Add(url, depth, 0); n >= 0 && f.entries[n].flags&isKnown == 0 {
		f.put(record{kind: known, n: n})
	}
}

// Again puts a visited address to the end once more.
func (f *Frontier) Again(n int) {
	if len(f.entries) < MaxItems {
		f.put(record{kind: again, n: n})
	}
}

// Found notes that an address turned out to be a document.
func (f *Frontier) Found(n int) {
	if f.entries[n].flags&isDocument == 0 {
		f.put(record{kind: found, n: n})
	}
}

// Moved notes that from, an address that was known, redirects to another for good.
func (f *Frontier) Moved(from, to int) { f.put(record{kind: moved, n: from, to: to}) }

// Waiting returns the numbers of what redirects to an address and was not told yet.
func (f *Frontier) Waiting(to int) []int { return f.moves[to] }

// Settled notes that what redirects to an address has been told.
func (f *Frontier) Settled(to int) {
	if len(f.moves[to]) > 0 {
		f.put(record{kind: settled, n: to})
	}
}

// put writes a record and takes it. An error is kept for the next checkpoint.
func (f *Frontier) put(r record) {
	if err := f.journal.append(r); err != nil && f.err == nil {
		f.err = err
	}
	if err := f.take(r); err != nil && f.err == nil {
		f.err = err
	}
}

// take brings the frontier's own memory up to a record.
func (f *Frontier) take(r record) error {
	if r.kind != added && r.n >= len(f.entries) || r.to >= len(f.entries) && (r.kind == moved || r.kind == linked) ||
		r.kind == added && r.to > len(f.entries) {
		return fmt.Errorf("%w: it speaks of an address that is not there", errDamaged)
	}
	switch r.kind {
	case added:
		f.numbers[hash(r.url)] = uint32(len(f.entries))
		f.entries = append(f.entries, entry{depth: uint16(min(r.depth, MaxDepth)), parent: uint32(r.to)})
	case again:
		n := f.first(r.n)
		f.refs[len(f.entries)], f.last[n] = n, len(f.entries)
		f.entries = append(f.entries, entry{})
	case found:
		if f.entries[r.n].flags&isDocument == 0 {
			f.documents++
		}
		f.entries[r.n].flags |= isDocument
	case known:
		if f.entries[r.n].flags&isKnown == 0 {
			f.known++
		}
		f.entries[r.n].flags |= isKnown
	case raised:
		f.entries[r.n].depth = uint16(min(r.depth, MaxDepth))
	case moved:
		f.moves[r.to] = append(f.moves[r.to], r.n)
	case linked:
		f.entries[r.n].parent = uint32(r.to + 1)
	case settled:
		delete(f.moves, r.n)
	}
	return nil
}

// first returns the number under which an item's address came in.
func (f *Frontier) first(n int) int {
	if to, ok := f.refs[n]; ok {
		return to
	}
	return n
}

// Ahead returns the item that comes after so many others; ok is false if there is
// none.
func (f *Frontier) Ahead(ctx context.Context, after int) (it Item, ok bool, err error) {
	n := f.head + after
	if n >= len(f.entries) {
		return Item{}, false, nil
	}
	it, err = f.Item(ctx, f.first(n))
	if to, again := f.refs[n]; again {
		it.Again = true
		for k, other := range f.refs {
			if other == to && k <= n {
				it.Round++
			}
		}
	}
	return it, err == nil, err
}

// Item returns an address by its number.
func (f *Frontier) Item(ctx context.Context, n int) (Item, error) {
	r, err := f.journal.item(ctx, n)
	if err != nil {
		return Item{}, err
	}
	if r.kind != added {
		return Item{}, fmt.Errorf("%w: item %d is no address", errDamaged, n)
	}
	e := f.entries[n]
	return Item{N: n, URL: r.url, Depth: int(e.depth), Hops: r.hops, Parent: int(e.parent) - 1, Text: r.text, Known: e.flags&isKnown != 0, Awaited: len(f.moves[n]) > 0}, nil
}

// All yields every address that was ever added, in order.
func (f *Frontier) All(ctx context.Context) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for n := range f.entries {
			if _, again := f.refs[n]; again {
				continue
			}
			it, err := f.Item(ctx, n)
			if !yield(it, err) || err != nil {
				return
			}
		}
	}
}

// Advance leaves the next item behind.
func (f *Frontier) Advance() { f.head++ }

// Number returns the number of an address; ok is false if it was never added.
func (f *Frontier) Number(url string) (n int, ok bool) {
	v, ok := f.numbers[hash(url)]
	return int(v), ok
}

// IsDocument reports whether an address turned out to be a document in this pass.
func (f *Frontier) IsDocument(url string) bool {
	n, ok := f.Number(url)
	return ok && f.entries[n].flags&isDocument != 0
}

// Visited reports whether the address of this number is behind and does not come again.
func (f *Frontier) Visited(n int) bool { return n < f.head && f.last[n] < max(f.head, 1) }

// Depth returns how far from the start the address of this number is.
func (f *Frontier) Depth(n int) int { return int(f.entries[n].depth) }

// Nearer notes how far from the start an address is, if that is nearer than thought.
func (f *Frontier) Nearer(n, depth int) {
	if depth < f.Depth(n) {
		f.put(record{kind: raised, n: n, depth: depth})
	}
}

// Behind is how many items were left behind, Len how many there are and were.
func (f *Frontier) Behind() int { return f.head }

// Len is how many items there are and were.
func (f *Frontier) Len() int { return len(f.entries) }

// Documents is how many addresses turned out to be documents.
func (f *Frontier) Documents() int { return f.documents }

// Known is how many addresses were documents' before this pass.
func (f *Frontier) Known() int { return f.known }
