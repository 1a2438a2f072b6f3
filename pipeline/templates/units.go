package templates

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strings"

	"freshet/pipeline/extract"
)

// A unit is what is counted: a block, or an item of a menu. 64 bits of SHA-256: two
// texts of one source that are not alike share them once in 10^7 sources of a
// million blocks.
type unit = uint64

// A hasher makes units. It keeps its buffers: one for each goroutine.
type hasher struct {
	sum hash.Hash
	buf []byte
	out [sha256.Size]byte
}

func newHasher() *hasher { return &hasher{sum: sha256.New()} }

// block is the unit of a block; ok is false when it has no words.
func (h *hasher) block(b *extract.Block) (u unit, ok bool) {
	h.buf = h.buf[:0]
	switch b.Kind {
	case extract.Heading:
		h.text("heading", b.Text)
	case extract.List:
		h.text("list", b.Lead)
		h.items(b.Items)
	case extract.Table:
		h.text("table", b.Lead)
		for _, row := range b.Rows {
			for _, cell := range row {
				h.text("", cell)
			}
			h.buf = append(h.buf, '\n')
		}
	default:
		h.text("text", b.Text)
	}
	return h.unit(), blockHasWords(b)
}

// item is the unit of an item of a menu, without those nested in it.
func (h *hasher) item(it *extract.Item) (u unit, ok bool) {
	h.buf = h.buf[:0]
	h.text("item", it.Text)
	return h.unit(), hasWords(it.Text)
}

func (h *hasher) items(items []extract.Item) {
	for i := range items {
		h.text("-", items[i].Text)
		h.buf = append(h.buf, '(')
		h.items(items[i].Items)
		h.buf = append(h.buf, ')')
	}
}

// text adds s, its white space folded.
func (h *hasher) text(form, s string) {
	h.buf = append(append(h.buf, form...), 0)
	for field := range strings.FieldsSeq(s) {
		h.buf = append(append(h.buf, field...), ' ')
	}
	h.buf = append(h.buf, 0)
}

func (h *hasher) unit() unit {
	h.sum.Reset()
	h.sum.Write(h.buf)
	return binary.BigEndian.Uint64(h.sum.Sum(h.out[:0]))
}

func blockHasWords(b *extract.Block) bool {
	if hasWords(b.Text) || hasWords(b.Lead) {
		return true
	}
	found := false
	eachItem(b.Items, func(it *extract.Item) { found = found || hasWords(it.Text) })
	for _, row := range b.Rows {
		for _, cell := range row {
			if found {
				return true
			}
			found = hasWords(cell)
		}
	}
	return found
}

// Units calls f once for every unit of a text, with how often the text holds it, in
// no order.
func (h *hasher) units(t *extract.Text, into map[unit]int) {
	clear(into)
	for i := range t.Blocks {
		b := &t.Blocks[i]
		if u, ok := h.block(b); ok {
			into[u]++
		}
		if isMenu(b) {
			eachItem(b.Items, func(it *extract.Item) {
				if u, ok := h.item(it); ok {
					into[u]++
				}
			})
		}
	}
}
