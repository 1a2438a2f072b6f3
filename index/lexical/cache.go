package lexical

import (
	"unicode"

	"github.com/blevesearch/snowballstem"
)

// cacheSize is how many compounds a generation of the cache holds, per language.
const cacheSize = 16384

// A word is what the encoder needs of one word of a compound. Stop words are left
// out of compounds, not marked.
type word struct {
	surface string   // lower case, accents kept
	proper  bool     // letters only: a speller may propose it
	asks    bool     // one of questionWords: counts in titles alone
	spelled uint32   // hash of surface
	stem    uint32   // token ID in Words
	grams   []uint32 // token IDs in Grams
}

// A cache maps compounds of one language to their words. It has two generations:
// when the young one is full it becomes the old one, and what is still in use
// moves over at its next use.
type cache struct {
	language   string
	env        *snowballstem.Env
	young, old map[string][]word
	parts      []string
}

func newCache(language string) *cache {
	return &cache{language: language, env: snowballstem.NewEnv(""), young: make(map[string][]word)}
}

// words returns the words of a compound; the caller keeps neither argument nor
// result.
func (c *cache) words(compound []byte) []word {
	if w, ok := c.young[string(compound)]; ok {
		return w
	}
	w, ok := c.old[string(compound)]
	if !ok {
		w = c.analyse(string(compound))
	}
	if len(c.young) >= cacheSize {
		c.old, c.young = c.young, make(map[string][]word, cacheSize)
	}
	c.young[string(compound)] = w
	return w
}

func (c *cache) analyse(compound string) []word {
	c.parts = split(c.parts[:0], compound)
	stop := stopWords[c.language]
	var list []word
	for _, s := range c.parts {
		folded := fold(s)
		if folded == "" || stop[folded] {
			continue
		}
		if known := c.young[s]; len(known) == 1 && known[0].surface == s {
			list = append(list, known[0])
			continue
		}
		list = append(list, c.word(s, folded))
	}
	return list
}

func (c *cache) word(s, folded string) word {
	st := stem(c.env, s, c.language)
	if st == "" {
		st = folded
	}
	asks := questionWords[c.language][folded]
	w := word{surface: s, proper: proper(s) && !asks, asks: asks, spelled: hash(s), stem: tokenID(Words, hash(st)), grams: grams(folded)}
	for i, g := range w.grams {
		w.grams[i] = tokenID(Grams, g)
	}
	return w
}

// proper reports whether s consists of letters.
func proper(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) {
			return false
		}
	}
	return true
}

// grams returns the hashes of the character 4-grams of _folded_, or of the whole
// when it is shorter.
func grams(folded string) []uint32 {
	s := "_" + folded + "_"
	var at [maxWord*3 + 3]int // byte offset of each rune
	n := 0
	for i := range s {
		if n == len(at)-1 {
			break
		}
		at[n] = i
		n++
	}
	at[n] = len(s)
	if n <= 4 {
		return []uint32{hash(s)}
	}
	list := make([]uint32, 0, n-3)
	for i := 0; i+4 <= n; i++ {
		list = append(list, hash(s[at[i]:at[i+4]]))
	}
	return list
}
