package lexical

import "slices"

// Weights of terms that a user did not type.
const (
	synonymWeight  = 0.7
	variantWeight  = 0.7
	acronymWeight  = 0.7
	spellingWeight = 0.7
)

// maxPhrase is how many content words a side of a synonym may have; rules with
// longer ones are void.
const maxPhrase = 6

// A Synonym is a base owner's rule: who asks for From also means To, and the
// other way round unless OneWay. Both may be several words.
type Synonym struct {
	From, To string
	OneWay   bool
}

// Synonyms are rules made ready for questions. They do not change and may be
// shared between goroutines; nil is none.
type Synonyms struct {
	rules map[phraseKey][]expansion
}

// An expansion is what a phrase also means.
type expansion struct {
	words  []spoken
	weight float32
}

// NewSynonyms prepares rules; a side without content words makes a rule void.
func NewSynonyms(rules []Synonym) *Synonyms { return compileSynonyms(rules, synonymWeight) }

func compileSynonyms(rules []Synonym, weight float32) *Synonyms {
	s := &Synonyms{rules: make(map[phraseKey][]expansion)}
	r := newReader()
	for _, rule := range rules {
		s.rule(r, rule.From, rule.To, weight)
		if !rule.OneWay {
			s.rule(r, rule.To, rule.From, weight)
		}
	}
	return s
}

func (s *Synonyms) rule(r *reader, from, to string, weight float32) {
	every := active{true, true, true}
	target := expand(content(r.read(to, every, maxPhrase+1)), weight)
	source := content(r.read(from, every, maxPhrase+1))
	if len(target.words) == 0 || len(source) == 0 || len(target.words) > maxPhrase || len(source) > maxPhrase {
		return
	}
	for language := range analyses {
		key := phraseOf(source, language)
		if !slices.ContainsFunc(s.rules[key], target.equal) {
			s.rules[key] = append(s.rules[key], target)
		}
	}
}

// matches returns what a phrase also means.
func (s *Synonyms) matches(key phraseKey) []expansion {
	if s == nil {
		return nil
	}
	return s.rules[key]
}

// expand turns a phrase into what it adds to a question. The more words it has,
// the less each counts, as together they stand for one thing.
func expand(phrase []spoken, weight float32) expansion {
	return expansion{words: slices.Clone(phrase), weight: weight * 2 / float32(len(phrase)+1)}
}

func (e expansion) equal(o expansion) bool {
	return slices.EqualFunc(e.words, o.words, func(a, b spoken) bool { return a.stems == b.stems })
}

// A phraseKey identifies a sequence of stems in an analysis.
type phraseKey uint64

func newPhraseKey(language int) phraseKey {
	return phraseKey(14695981039346656037) ^ phraseKey(language)<<56
}

func (k phraseKey) then(stem uint32) phraseKey { return (k ^ phraseKey(stem)) * 1099511628211 }

func phraseOf(phrase []spoken, language int) phraseKey {
	key := newPhraseKey(language)
	for _, w := range phrase {
		key = key.then(w.stems[language])
	}
	return key
}
