package lexical

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// maxAcronyms is how many different abbreviations a base keeps; later ones are
// not learnt.
const maxAcronyms = 5000

// A glossary holds the abbreviations that a base explains, with the number of
// chunks that do.
type glossary struct {
	size    atomic.Int32
	mu      sync.RWMutex
	counts  map[Acronym]int
	byShort map[string][]string
	byLong  map[string][]string
}

func newGlossary() *glossary {
	return &glossary{counts: make(map[Acronym]int), byShort: make(map[string][]string), byLong: make(map[string][]string)}
}

func (g *glossary) change(a Acronym, by int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	defer func() { g.size.Store(int32(len(g.counts))) }()
	was := g.counts[a]
	now := was + by
	switch {
	case now <= 0 && was == 0, was == 0 && len(g.counts) >= maxAcronyms:
	case now <= 0:
		delete(g.counts, a)
		unlink(g.byShort, a.Short, a.Long)
		unlink(g.byLong, longKey(a.Long), a.Short)
	default:
		g.counts[a] = now
		if was == 0 {
			g.byShort[a.Short] = append(g.byShort[a.Short], a.Long)
			key := longKey(a.Long)
			g.byLong[key] = append(g.byLong[key], a.Short)
		}
	}
}

func unlink(m map[string][]string, key, value string) {
	list := slices.DeleteFunc(m[key], func(v string) bool { return v == value })
	if len(list) == 0 {
		delete(m, key)
	} else {
		m[key] = list
	}
}

// longKey is a long form as it is looked up: folded, without stop words.
func longKey(long string) string {
	var kept []string
	for w := range strings.FieldsSeq(fold(long)) {
		if !stopWords["fr"][w] && !stopWords["en"][w] && !questionWords["fr"][w] && !questionWords["en"][w] {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

// long returns what an abbreviation stands for, short the abbreviations of a long
// form, given by its content words.
func (g *glossary) long(short string) []string {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return slices.Clone(g.byShort[short])
}

func (g *glossary) short(long string) []string {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return slices.Clone(g.byLong[long])
}

// empty reports whether the base explains no abbreviation.
func (g *glossary) empty() bool { return g.size.Load() == 0 }
