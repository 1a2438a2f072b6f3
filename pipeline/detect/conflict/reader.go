package conflict

import (
	"freshet/index/lexical"
)

// A reader reads words. It keeps those it met, and is not safe for concurrent use.
type reader struct {
	stemmer *lexical.Stemmer
	known   map[knownWord]stemmed
	weigher *weigher
	said    []string
}

type knownWord struct{ word, language string }

type stemmed struct {
	stem string
	stop bool
}

// mostKnown bounds how many words a reader keeps.
const mostKnown = 20_000

func newReader(w *weigher) *reader {
	return &reader{stemmer: lexical.NewStemmer(), known: make(map[knownWord]stemmed), weigher: w}
}

// stem returns the stem of a word and whether it says nothing by itself.
func (r *reader) stem(w *word, language string) (string, bool) {
	k := knownWord{w.lower, language}
	if s, ok := r.known[k]; ok {
		return s.stem, s.stop
	}
	if len(r.known) >= mostKnown {
		clear(r.known)
	}
	var s stemmed
	s.stem, s.stop = r.stemmer.Stem(w.lower, language)
	if functionWords[w.text] || len(w.text) < 2 {
		s.stop = true
	}
	r.known[k] = s
	return s.stem, s.stop
}

// stems appends the stems of a text's content words to list. Numbers are none.
func (r *reader) stems(list []string, text, language string) []string {
	words := splitWords(text)
	for i := range words {
		w := &words[i]
		if stem, stop := r.stem(w, language); !stop && !hasDigit(w.text) && !lexical.Asks(w.text, language) {
			list = append(list, stem)
		}
	}
	return list
}

// functionWords are words that negate, join or modify and are no subjects.
var functionWords = set(`ne n pas plus non ni sans not no t don doesn didn isn aren cannot never without jamais aucun aucune rien
	tres trop tout tous toute toutes aussi ainsi encore deja very also still already just even meme cela ceci ca
	toutefois cependant neanmoins pourtant donc alors notamment egalement generalement normalement desormais however therefore then generally normally`)
