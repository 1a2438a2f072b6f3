package lexical

import (
	"maps"
	"math"
	"sync"
	"sync/atomic"

	"freshet/index"
)

// Terms counts, for each knowledge base, in how many chunks a token occurs, and
// keeps the base's vocabulary, abbreviations and statistics of titles.
//
// Any number of goroutines may read beside one that writes; writers wait for each
// other. Readers of frequencies never wait, readers of the vocabulary for the
// microseconds that a new word takes.
type Terms struct {
	mu    sync.Mutex // of writers
	bases atomic.Pointer[map[string]*baseTerms]
}

var _ index.Terms = (*Terms)(nil)

type baseTerms struct {
	chunks     atomic.Int64
	languages  [analyses]atomic.Int64 // chunks by how they were analysed
	titled     atomic.Int64           // chunks that have a title
	questions  atomic.Int64           // chunks whose title asks
	titles     atomic.Int64           // distinct titles
	counts     counts
	perTitle   counts // chunks by hash of the title
	vocabulary atomic.Pointer[vocabulary]
	acronyms   *glossary
}

// NewTerms returns empty statistics.
func NewTerms() *Terms {
	t := &Terms{}
	t.bases.Store(&map[string]*baseTerms{})
	return t
}

func (t *Terms) base(name string) *baseTerms { return (*t.bases.Load())[name] }

// open returns the base's statistics, made if need be; t.mu is held.
func (t *Terms) open(name string) *baseTerms {
	if b := t.base(name); b != nil {
		return b
	}
	b := &baseTerms{acronyms: newGlossary()}
	b.vocabulary.Store(newVocabulary())
	all := maps.Clone(*t.bases.Load())
	all[name] = b
	t.bases.Store(&all)
	return b
}

// Add counts a chunk in.
func (t *Terms) Add(base string, e Encoded) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open(base).change(e, 1)
}

// Remove counts out a chunk that was counted in with an equal Encoded.
func (t *Terms) Remove(base string, e Encoded) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open(base).change(e, -1)
}

// Drop forgets a knowledge base.
func (t *Terms) Drop(base string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := maps.Clone(*t.bases.Load())
	delete(all, base)
	t.bases.Store(&all)
}

func (b *baseTerms) change(e Encoded, by int) {
	b.tally(e, by)
	for _, id := range e.Vector.IDs {
		b.counts.add(id, by)
	}
	v := b.vocabulary.Load()
	for _, w := range e.Words {
		v.change(w, by)
	}
	if v.wasteful() {
		b.vocabulary.Store(v.compacted())
	}
	for _, a := range e.Acronyms {
		b.acronyms.change(a, by)
	}
}

// tally counts all of a chunk but its tokens, words and abbreviations.
func (b *baseTerms) tally(e Encoded, by int) {
	b.chunks.Store(max(b.chunks.Load()+int64(by), 0))
	language := &b.languages[analysisOf(e.Language)]
	language.Store(max(language.Load()+int64(by), 0))
	if e.Title != 0 {
		b.changeTitle(e, by)
	}
}

func (b *baseTerms) changeTitle(e Encoded, by int) {
	b.titled.Store(max(b.titled.Load()+int64(by), 0))
	if e.Asks {
		b.questions.Store(max(b.questions.Load()+int64(by), 0))
	}
	switch n := b.perTitle.add(e.Title, by); {
	case n == 0:
		b.titles.Add(-1)
	case n == 1 && by > 0:
		b.titles.Add(1)
	}
}

// Chunks returns the number of chunks of a base.
func (t *Terms) Chunks(base string) int {
	if b := t.base(base); b != nil {
		return int(b.chunks.Load())
	}
	return 0
}

// readable is how many chunks a question in a language is asked of: those in it and
// those without one, or all when there are none or the language is not known. Were
// the chunks in other languages counted, the commonest words of a language would
// look rare in a base of two.
func (b *baseTerms) readable(language string) int {
	if language != "" {
		if n := b.languages[neutral].Load() + b.languages[analysisOf(language)].Load(); n > 0 {
			return int(n)
		}
	}
	return int(b.chunks.Load())
}

// Frequencies returns, for each ID, in how many chunks of the base it occurs.
func (t *Terms) Frequencies(base string, ids []uint32) []int {
	list := make([]int, len(ids))
	if b := t.base(base); b != nil {
		for i, id := range ids {
			list[i] = b.counts.get(id)
		}
	}
	return list
}

// Titles returns the base's statistics of titles.
func (t *Terms) Titles(base string) TitleStats {
	b := t.base(base)
	if b == nil {
		return TitleStats{}
	}
	return TitleStats{
		Chunks: int(b.chunks.Load()), Titled: int(b.titled.Load()),
		Distinct: int(b.titles.Load()), Questions: int(b.questions.Load()),
	}
}

// idf is the weight of a token that occurs in n of total chunks.
func idf(total, n int) float32 {
	n = min(n, total)
	return float32(math.Log1p((float64(total-n) + 0.5) / (float64(n) + 0.5)))
}
