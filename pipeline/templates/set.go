package templates

import (
	"encoding/json"

	"freshet/index"
	"freshet/index/catalog"
)

// A Set is what was learned of a source, ready for use. The nil Set leaves nothing
// out. It is safe for concurrent use.
type Set struct {
	parts  map[string]map[unit]*catalog.TemplateBlock
	keeper map[keeping]bool
}

type keeping struct {
	page string
	unit unit
}

// NewSet returns the Set of these blocks, which are not changed afterwards.
func NewSet(blocks []catalog.TemplateBlock) *Set {
	s := &Set{parts: make(map[string]map[unit]*catalog.TemplateBlock), keeper: make(map[keeping]bool, len(blocks))}
	for i := range blocks {
		b := &blocks[i]
		part := s.parts[b.Part]
		if part == nil {
			part = make(map[unit]*catalog.TemplateBlock)
			s.parts[b.Part] = part
		}
		part[b.Hash] = b
		s.keeper[keeping{b.Keeper, b.Hash}] = true
	}
	return s
}

// Digest identifies what these blocks leave out, with the rules by which they do.
func Digest(blocks []catalog.TemplateBlock) string {
	acts := make([]catalog.TemplateBlock, len(blocks))
	for i, b := range blocks {
		acts[i] = catalog.TemplateBlock{Hash: b.Hash, Part: b.Part, Everywhere: b.Everywhere, Times: b.Times, Keeper: b.Keeper}
	}
	text, err := json.Marshal(acts)
	if err != nil {
		panic("blocks hold only plain values: " + err.Error())
	}
	return index.HashTexts(Version, string(text)).String()
}

// A standing is how the blocks of a page stand to a Set.
type standing struct {
	set            *Set
	page           string
	whole, section map[unit]*catalog.TemplateBlock
	held           map[unit]int // how often the page holds each unit
}

// of returns what was learned of a unit; the pages of the form and language go
// before those of the section.
func (s *standing) of(u unit) *catalog.TemplateBlock {
	if b := s.whole[u]; b != nil {
		return b
	}
	return s.section[u]
}

// mayGo reports whether a page may do without a unit: it is not the one to keep it,
// and does not hold it more often than the template alone would make it.
func (s *standing) mayGo(u unit, b *catalog.TemplateBlock) bool {
	return b != nil && !s.set.keeper[keeping{s.page, u}] && s.held[u] <= b.Times
}
