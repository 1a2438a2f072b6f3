package claims

import (
	"strings"

	"freshet/index/lexical"
)

// cacheSize is how many different words a generation of a Scanner's cache holds.
const cacheSize = 16_384

// The languages that are read.
const (
	other = iota
	french
	english
	languages
)

var languageNames = [languages]string{other: "", french: "fr", english: "en"}

// A word is what is known of the letters of a token.
type word struct {
	fold    string
	lower   string // accents kept
	stem    [languages]string
	stop    [languages]bool
	lexeme            // zero for words that mean nothing here
	phrases []*phrase // that begin with it, longest first
	says    bool      // may begin a yes or no
	vulgar  bool      // may begin a duration without a number
	opens   bool      // may begin opening hours, though it is no weekday
}

// word returns what is known of a surface. The cache has two generations: when the
// young one is full it becomes the old one.
func (s *Scanner) word(surface string) *word {
	if w, ok := s.young[surface]; ok {
		return w
	}
	w, ok := s.old[surface]
	if !ok {
		w = s.analyse(surface)
	}
	if len(s.young) >= cacheSize {
		s.old, s.young = s.young, make(map[string]*word, cacheSize)
	}
	s.young[strings.Clone(surface)] = w
	return w
}

func (s *Scanner) analyse(surface string) *word {
	surface = strings.Map(func(r rune) rune {
		if ignored(r) {
			return -1
		}
		return r
	}, surface)
	w := &word{lower: strings.ToLower(strings.Clone(surface)), fold: lexical.Fold(surface)}
	for l := range w.stem {
		w.stem[l], w.stop[l] = s.stemmer.Stem(w.lower, languageNames[l])
		if w.stem[l] == w.fold {
			w.stem[l] = w.fold
		}
	}
	w.lexeme = lexicon[w.fold]
	w.phrases = phrases[w.fold]
	switch w.fold {
	case "une", "un", "demi", "half", "trois", "three", "a", "an":
		w.vulgar = true
	}
	w.says, w.opens = says(w.fold), opensHours(w.fold)
	return w
}
